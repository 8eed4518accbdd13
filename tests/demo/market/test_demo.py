"""The demo's market: seeded, whole, and with the news that was planted."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from bot.demo.market.demo import CAMPAIGNS, DemoMarket, demo
from bot.demo.market.simulate import play

MORNING = date(2026, 11, 23)


@pytest.fixture(scope="module")
def market() -> DemoMarket:
    return demo(MORNING, seed=7)


def newest(numbers: pd.DataFrame) -> pd.DataFrame:
    ordered = numbers.sort_values("pulled_on")
    return ordered.drop_duplicates(["date", "campaign_id"], keep="last")


def of(numbers: pd.DataFrame, name: str, days: int, before: int = 0) -> pd.DataFrame:
    last = pd.Timestamp(MORNING) - pd.Timedelta(days=1 + before)
    rows = newest(numbers)[lambda f: f["campaign_name"] == name]
    return rows[(rows["date"] <= last) & (rows["date"] > last - pd.Timedelta(days=days))]


def test_the_same_seed_gives_the_same_market(market: DemoMarket) -> None:
    """The same seed and morning give the same numbers; another seed gives others."""
    pd.testing.assert_frame_equal(market.numbers, demo(MORNING, seed=7).numbers)
    assert not market.numbers["spend"].equals(demo(MORNING, seed=8).numbers["spend"])


def test_a_campaign_more_changes_no_other() -> None:
    """Each campaign draws from a stream of its own."""
    few = play(CAMPAIGNS[:3], MORNING, days=30, seed=1, currency="NOK").numbers
    many = play(CAMPAIGNS, MORNING, days=30, seed=1, currency="NOK").numbers
    kept = many[many["campaign_id"].isin(few["campaign_id"])][few.columns]
    pd.testing.assert_frame_equal(few, kept.reset_index(drop=True))


def test_it_has_all_stages_models_and_four_channels(market: DemoMarket) -> None:
    """About a dozen campaigns in four channels, all four stages, all four pricing models."""
    campaigns = newest(market.numbers).drop_duplicates("campaign_id")
    assert len(campaigns) == 13
    assert campaigns["channel"].nunique() == 4
    assert set(campaigns["stage"]) == {"reach", "act", "convert", "engage"}
    assert set(campaigns["pricing_model"]) == {"CPM", "CPC", "CPL", "CPA"}


def test_nothing_is_known_before_it_happened(market: DemoMarket) -> None:
    """No row is dated on or after the morning, or pulled on or before its own day."""
    assert (market.numbers["date"] < pd.Timestamp(MORNING)).all()
    assert (market.numbers["pulled_on"] > market.numbers["date"]).all()
    assert (market.numbers["pulled_on"] <= pd.Timestamp(MORNING)).all()


def test_a_day_is_restated_upwards_as_sales_come_in(market: DemoMarket) -> None:
    """Late sales make later pulls of a day larger, never smaller."""
    retargeting = market.numbers[market.numbers["campaign_id"] == "m-retargeting"]
    growth = retargeting.sort_values("pulled_on").groupby("date")["conversions"].diff().dropna()
    assert (growth >= 0).all()
    assert growth.sum() > 50


def test_the_planted_news_is_in_the_numbers(market: DemoMarket) -> None:
    """Fatigue, outage, broken landing page and a winner at its budget can be read off."""
    numbers = market.numbers
    tired, fresh = (
        of(numbers, "Meta | Awareness autumn", 7),
        of(numbers, "Meta | Awareness autumn", 28, 14),
    )
    assert tired["clicks"].sum() / tired["impressions"].sum() < 0.75 * (
        fresh["clicks"].sum() / fresh["impressions"].sum()
    )
    dark = of(numbers, "Meta | Leads B2B", 3)
    assert dark["leads"].sum() == 0
    assert dark["clicks"].sum() > 300
    broken, whole = of(numbers, "Google | Generic", 9, 1), of(numbers, "Google | Generic", 28, 14)
    assert broken["conversions"].sum() / broken["clicks"].sum() < 0.7 * (
        whole["conversions"].sum() / whole["clicks"].sum()
    )
    winner = of(numbers, "Google | Shopping", 7)
    assert winner["spend"].sum() / winner["daily_budget"].sum() > 0.97
    assert winner["spend"].sum() / winner["conversions"].sum() < 250
