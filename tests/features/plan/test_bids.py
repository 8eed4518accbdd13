"""A platform's bid target is the target of a campaign for which the plan has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from bot import rules_files
from bot.ask import Context
from bot.context.context import BIDS, plan_on
from bot.features.plan.entries import keep_bids
from bot.jobs import pull_keeping
from bot.numbers.input.daily import normalise
from bot.numbers.plan import PlanEntry
from bot.settings import PlanSettings, Settings
from bot.snapshot import boards
from bot.sources.base import AccountPull, CampaignFacts, Pulled, Purpose
from bot.store import open_store

MORNING = date(2026, 11, 28)
NOTHING_SET = Settings()
NOW = datetime(2026, 11, 28, 6, tzinfo=UTC)


@pytest.fixture
def store():
    opened = open_store(":memory:")
    yield opened
    opened.close()


def _facts(campaign_id: str, target: float | None, metric: str = "cpa") -> CampaignFacts:
    purpose = Purpose("convert", "CPA", known=True)
    return CampaignFacts(
        "123-456-7890", campaign_id, f"Sales {campaign_id}", "enabled", purpose,
        bid_metric=metric, bid_target=target,
    )  # fmt: skip


def _pulled(*campaigns: CampaignFacts, at: datetime = NOW, ok: bool = True) -> Pulled:
    days = pd.date_range(end=pd.Timestamp(at.date()) - pd.Timedelta(days=1), periods=28)
    rows = pd.DataFrame(
        {
            "date": day, "channel": "google_ads", "account_id": "123-456-7890",
            "campaign_id": campaign.campaign_id, "campaign_name": campaign.name,
            "stage": "convert", "pricing_model": "CPA", "currency": "NOK", "spend": 900.0,
            "impressions": 10_000, "clicks": 300, "conversions": 3,
            "pulled_on": pd.Timestamp(at.date()),
        }
        for campaign in campaigns for day in days
    )  # fmt: skip
    account = AccountPull("123-456-7890", ("google_ads",), ok, at.date() - timedelta(days=1))
    return Pulled(normalise(rows), at, (account,), campaigns=campaigns)


def _rows(store, settings: Settings = NOTHING_SET, on: date = MORNING):
    context = Context(store, rules_files.load(None), {}, settings, lambda: NOW)
    return {row.campaign_id: row for row in boards.figures(context, on, "28d").rows}


def test_a_bid_target_stands_in_and_says_so(store):
    """Without an entry the board has the platform's target, marked; the plan's own one wins."""
    pull_keeping.kept(store, "google", _pulled(_facts("1", 250.0), _facts("2", None)), None)
    rows = _rows(store)
    assert (rows["1"].target("cpa"), rows["1"].target_from) == (250.0, "platform")
    assert (rows["2"].target("cpa"), rows["2"].target_from) == (None, "")
    entry = PlanSettings(match="Sales 1", target=400.0)
    planned = _rows(store, Settings(plan=(entry,), file=Path("perfbot.toml")))
    assert (planned["1"].target("cpa"), planned["1"].target_from) == (400.0, "plan")


def test_an_entry_without_a_target_leaves_room_for_the_bid(store):
    """A pattern that only gives the client or a budget does not take the bid target away."""
    keep_bids(store, _pulled(_facts("1", 3.5, "roas")))
    plan = replace(plan_on(store, Settings(), MORNING), entries=(PlanEntry("Sales*", client="A"),))
    table = pd.DataFrame({
        "channel": ["google_ads"], "account_id": ["123-456-7890"], "campaign_id": ["1"],
        "campaign_name": ["Sales 1"],
    })  # fmt: skip
    resolved = plan.resolve(table, MORNING).iloc[0]
    assert (resolved["target"], resolved["target_from"]) == ({"roas": 3.5}, "platform")
    assert resolved["client"] == "A"


def test_a_morning_is_replayed_with_the_bid_known_then(store):
    """A target raised, then taken away: each morning has the one that held."""
    later, last = NOW + timedelta(days=3), NOW + timedelta(days=6)
    assert keep_bids(store, _pulled(_facts("1", 250.0)))
    assert keep_bids(store, _pulled(_facts("1", 300.0), at=later))
    assert keep_bids(store, _pulled(_facts("1", None), at=last))

    def known(on: date) -> list[dict[str, float]]:
        return [dict(bid) for bid in plan_on(store, Settings(), on).bids.values()]

    assert known(MORNING - timedelta(days=1)) == []
    assert known(MORNING) == [{"cpa": 250.0}]
    assert known(MORNING + timedelta(days=2)) == [{"cpa": 250.0}]
    assert known(later.date()) == [{"cpa": 300.0}]
    assert known(last.date()) == []


def test_the_same_again_and_an_account_that_failed_change_nothing(store):
    """A pull that says nothing new makes no event, and a failed account's targets stay."""
    first = _pulled(_facts("1", 250.0))
    assert keep_bids(store, first)
    assert not keep_bids(store, first)
    assert not keep_bids(store, _pulled(_facts("1", None), ok=False))
    assert len(store.events(kind="bids.read")) == 1
    assert [row.origin for row in store.plan_rows()] == [BIDS]
