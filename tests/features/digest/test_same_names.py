"""Two campaigns of one name are told apart everywhere; one campaign in two sources is told once."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from bot.numbers.plan import PlanEntry
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from tests.features.conftest import campaign_days, days_until

AS_OF = date(2026, 4, 21)
DAYS = days_until(AS_OF - timedelta(1), 40)
STOPPED = DAYS[:-2]  # the last two days have no showing
PLAN = [PlanEntry(match="*", stage="convert", pricing_model="CPA", monthly_budget=3000)]


def traffic(name: str, channel: str, account: str = "1", *, seed: int = 1, days=DAYS, **columns):
    clicks = np.random.default_rng(seed).integers(200, 260, len(DAYS))[: len(days)] * 1.0
    own = {"clicks": clicks, "impressions": clicks * 40} | columns
    return campaign_days(name, days, clicks * 0.5, channel=channel, account_id=account, **own)


@pytest.mark.parametrize(
    ("places", "labels"),
    [
        ((("google_ads", "1"), ("meta_ads", "1")), ("Camp A (Google)", "Camp A (Meta)")),
        ((("google_ads", "1"), ("google_ads", "2")), ("Camp A (Google 1)", "Camp A (Google 2)")),
    ],
)
def test_a_name_two_campaigns_share_has_its_place_beside_it(hears, places, labels):
    """In the digest and its thread, in lists, choices, searches and reasons."""
    heard = hears(
        AS_OF,
        *(traffic("Camp A", *place, seed=at, days=STOPPED) for at, place in enumerate(places)),
        *(traffic(f"Other {at}", *place, seed=9 + at) for at, place in enumerate(places)),
    )
    record_names = [record.advice.numbers["name"]
                    for record in judged.judged(heard.context, AS_OF).shown]  # fmt: skip
    assert set(labels) <= set(record_names)
    doors = ("advice", "find Camp A", 'campaign "Camp A"', 'why "Camp A"')
    for answer in (heard.digest(), *(heard.ask(f"/perf {door}") for door in doors)):
        for label in labels:
            assert label in answer, (label, answer)
    assert heard.ask(f'/perf campaign "{labels[0]}"').startswith(labels[0])


def test_a_name_nobody_shares_stays_as_it_is(hears):
    """Nothing is put beside it."""
    heard = hears(AS_OF, traffic("Camp A", "google_ads"), traffic("Camp B", "meta_ads", seed=2))
    assert "Camp A (" not in heard.ask("/perf channel google")


@pytest.fixture
def doubled(hears):
    """Two campaigns of Google that an analytics tool brings once more, a little differently."""
    pairs = [("Camp A", STOPPED, 1), ("Camp B", DAYS, 2)]
    own = [traffic(name, "google_ads", days=days, seed=seed) for name, days, seed in pairs]
    copies = [
        frame.assign(channel="google_analytics", clicks=(frame["clicks"] * 0.96).round())
        for frame in own
    ]
    return hears(AS_OF, *own, *copies, plan=PLAN)


def test_the_same_traffic_through_two_sources_is_named_and_judged_once(doubled):
    """One piece of advice, one sum; digest, both channels and sources say why."""
    about = [record.advice.numbers["name"] for record in judged.judged(doubled.context, AS_OF).shown
             if record.advice.action == "check_delivery"]  # fmt: skip
    assert about == ["Camp A (Google)"]
    named = "Google analytics brings the same numbers as Google"
    doors = ("channel google", "channel google analytics", "sources")
    for answer in (doubled.digest(), *(doubled.ask(f"/perf {door}") for door in doors)):
        assert named in answer, answer
    assert "de samme tallene som Google" in doubled.digest("nb")


def test_money_that_two_sources_bring_is_counted_once(doubled):
    """By stage and in all; the copy's own channel still shows what it brought. Pace too."""
    figures = boards.figures(doubled.context, AS_OF, "7d")
    channel = {row.group: row.now("spend") for row in figures.groups("channel")}
    assert channel["google_ads"] == pytest.approx(channel["google_analytics"])
    for by in ("stage", "currency", "pricing_model"):
        assert [row.now("spend") for row in figures.groups(by)] == [channel["google_ads"]]
    assert [row.double_of for row in figures.rows].count(None) == 2
    month = boards.figures(doubled.context, AS_OF, "mtd").total("channel", "google_ads")[0]
    money = f"€{month.now('spend'):,.0f}".replace(",", " ")
    assert money in doubled.ask("/perf pacing")
    assert money in doubled.ask("/perf pacing by account")
