"""A client's stages are weighed by its own money, in two times four weeks, missing as missing."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.numbers.input.history import History
from bot.numbers.input.normalise import normalise
from bot.numbers.signals.signs import FUNNEL, CampaignPlace, funnel

AS_OF = date(2026, 11, 23)
NOW = date(2026, 10, 19), date(2026, 11, 15)
"""Four weeks up to a week ago: its newest sales have come in."""
BEFORE = date(2026, 9, 21), date(2026, 10, 18)
SHARES = ("reach_share", "reach_share_before")
BRAND = (*SHARES, "brand_results", "brand_results_before")
SOLD = tuple(name for name in FUNNEL if name.startswith("stage"))

REACH = CampaignPlace("acme", "NOK", "reach", captured=False)
SELLS = CampaignPlace("acme", "NOK", "convert", captured=False)
KNOWN = CampaignPlace("acme", "NOK", "convert", captured=True)


def campaign(name: str, spend: object, sales: object = None) -> pd.DataFrame:
    """A campaign's ten weeks up to the last data day; a function is asked for every day's."""
    dates = pd.date_range(end=AS_OF - timedelta(1), periods=70)
    told = {"channel": "google_ads", "campaign_id": name, "campaign_name": name, "currency": "NOK"}
    values = {"spend": spend, "conversions": sales}
    own = {k: [v(day.date()) for day in dates] if callable(v) else v for k, v in values.items()}
    return pd.DataFrame({"date": dates, **told, **own})


def found(frames: list[pd.DataFrame], places: list[CampaignPlace]) -> dict[str, list[float]]:
    history = History.of(normalise(pd.concat(frames)))
    columns = funnel(history, AS_OF, places)
    assert set(columns) == set(FUNNEL)
    return {name: column.tolist() for name, column in columns.items()}


def test_the_share_of_reach_is_of_all_the_clients_money():
    """100 of 1 000 a day goes to reach, said of the brand campaign, in both spans."""
    frames = [campaign("a", 100.0), campaign("b", 600.0, 3.0), campaign("c", 300.0, 9.0)]
    columns = found(frames, [REACH, SELLS, KNOWN])
    assert [columns[name][2] for name in SHARES] == pytest.approx([0.1, 0.1])
    assert [columns[name][2] for name in BRAND[2:]] == [9 * 28, 9 * 28]


def test_what_sells_is_counted_without_brand_and_retargeting():
    """Demand that was there anyway is no return of the stage: neither its money nor its sales."""
    frames = [campaign("b", 600.0, 3.0), campaign("c", 300.0, 9.0), campaign("d", 50.0, 1.0)]
    columns = found(frames, [SELLS, KNOWN, SELLS])
    assert [columns["stage_spend"][row] for row in (0, 2)] == [650 * 28, 650 * 28]
    assert columns["stage_results"][0] == columns["stage_results_before"][0] == 4 * 28


def test_each_number_is_said_only_of_those_it_concerns():
    """Shares and brand results of captured demand, the stage's of what sells, none of reach."""
    frames = [campaign("a", 100.0), campaign("b", 600.0, 3.0), campaign("c", 300.0, 9.0)]
    columns = found(frames, [REACH, SELLS, KNOWN])
    told = {name: [not np.isnan(value) for value in columns[name]] for name in FUNNEL}
    assert {name: told[name] for name in BRAND} == dict.fromkeys(BRAND, told["brand_results"])
    assert told["brand_results"] == [False, False, True]
    assert {tuple(told[name]) for name in SOLD} == {(False, True, False)}


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [(*NOW, "stage_spend"), (*BEFORE, "stage_spend_before")],
)
def test_the_spans_are_four_weeks_each_and_leave_the_newest_week_out(first, last, name):
    """A krone on a span's first or last day counts in it, one a day further out does not."""
    for day, counts in (
        (first, True), (last, True),
        (first - timedelta(1), False), (last + timedelta(1), False),
    ):  # fmt: skip
        frame = campaign("b", lambda on, day=day: 1.0 if on == day else 0.0, 0.0)
        assert found([frame], [SELLS])[name] == [1.0 if counts else 0.0], day


def test_clients_and_currencies_are_never_mixed():
    """Another client's reach, or the same client's in euros, changes nothing."""
    frames = [campaign(name, 100.0, 1.0) for name in "abcd"]
    others = [
        CampaignPlace("other", "NOK", "reach", captured=False),
        CampaignPlace("acme", "EUR", "reach", False),
    ]
    columns = found(frames, [KNOWN, REACH, *others])
    assert columns["reach_share"][0] == pytest.approx(0.5)


def test_nothing_measured_is_missing_and_nothing_spent_is_no_share():
    """No sales told: no results, not none sold. No money spent: no share, not nought."""
    columns = found([campaign("a", 0.0), campaign("c", 0.0)], [REACH, KNOWN])
    assert all(np.isnan(columns[name][1]) for name in BRAND)
    known = found([campaign("a", 5.0), campaign("c", 5.0, 0.0)], [REACH, KNOWN])
    assert known["brand_results"][1] == 0


def test_a_client_without_reach_has_no_share_of_it():
    """Nobody starved what was never fed: a share is missing where no campaign is for reach."""
    columns = found([campaign("b", 600.0, 3.0), campaign("c", 300.0, 9.0)], [SELLS, KNOWN])
    assert all(np.isnan(columns[name][1]) for name in SHARES)


money = st.none() | st.integers(0, 10**6).map(float)
stages = st.sampled_from(["reach", "act", "convert", "engage", None])
stood = st.builds(
    CampaignPlace, st.sampled_from(["acme", None]), st.just("NOK"), stages, st.booleans()
)


@given(st.lists(st.tuples(stood, money, money), min_size=1, max_size=6))
def test_shares_lie_between_nought_and_one_and_sums_add_up(campaigns):
    """Whatever is missing: a share is one of the whole, and sums are those of the parts told."""
    frames = [campaign(f"c{at}", spend, sales) for at, (_, spend, sales) in enumerate(campaigns)]
    places = [place for place, _, _ in campaigns]
    columns = found(frames, places)
    for row, place in enumerate(places):
        share = columns["reach_share"][row]
        assert np.isnan(share) or 0 <= share <= 1
        sold = [
            spend
            for other, spend, _ in campaigns
            if (other.client, other.stage) == (place.client, "convert") and not other.captured
        ]
        told = [spend for spend in sold if spend is not None]
        speaks = place.stage == "convert" and not place.captured
        wanted = sum(told) * 28 if speaks and told else np.nan
        assert columns["stage_spend"][row] == pytest.approx(wanted, nan_ok=True)


@given(st.permutations(range(4)), st.sampled_from([1.0, 2.5]))
def test_the_order_and_the_size_of_money_change_no_share(order, times):
    """Campaigns in any order and twice the money: the same share, twice the spend."""
    spends, places = (100.0, 600.0, 300.0, 50.0), (REACH, SELLS, KNOWN, SELLS)
    plain = found([campaign(f"c{at}", spends[at], 2.0) for at in range(4)], list(places))
    frames = [campaign(f"c{at}", spends[one] * times, 2.0) for at, one in enumerate(order)]
    moved = found(frames, [places[one] for one in order])
    for at, one in enumerate(order):
        assert moved["reach_share"][at] == pytest.approx(plain["reach_share"][one], nan_ok=True)
        spent = plain["stage_spend"][one] * times
        assert moved["stage_spend"][at] == pytest.approx(spent, nan_ok=True)
