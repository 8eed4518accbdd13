"""The public sets beside the checkout give the numbers pandas gives."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from bot.numbers.metrics.board import board
from bot.numbers.plan import Plan, PlanEntry

PLAN = Plan((PlanEntry("google_*", channel="google_ads", stage="convert", pricing_model="CPA"),))


@pytest.fixture
def read(shared_data):
    def rows(name: str) -> pd.DataFrame:
        frame = pd.read_csv(shared_data / "canonical" / f"{name}.csv")
        return frame.rename(columns={"campaign": "campaign_name", "budget": "daily_budget"})

    return rows


@pytest.mark.parametrize("window", ["7d", "28d", "mtd", "2021-02-03..2021-02-20"])
def test_prices_of_february_2021_equal_pandas(read, metrics, window):
    """CPC, CPL, CPA and ROAS of the channel google equal those pandas gives."""
    rows = read("marketing_feb2021")
    told = board(rows, date(2021, 3, 1), window, metrics, PLAN, channel="google")
    assert sorted(told.rows["campaign_name"]) == ["google_hot", "google_wide"]
    days = pd.to_datetime(rows["date"])
    inside = rows[
        rows["campaign_name"].str.startswith("google_")
        & days.between(pd.Timestamp(told.now.since), pd.Timestamp(told.now.until))
    ]
    total = inside[["spend", "clicks", "leads", "conversions", "revenue"]].sum()
    found = told.totals("channel").iloc[0]
    for name, below in {"cpc": "clicks", "cpl": "leads", "cpa": "conversions"}.items():
        assert found[f"now.{name}"] == pytest.approx(total["spend"] / total[below], rel=1e-9)
    assert found["now.roas"] == pytest.approx(total["revenue"] / total["spend"], rel=1e-9)
    for name in total.index:
        assert found[f"now.{name}"] == pytest.approx(total[name], rel=1e-12)


def test_reach_of_the_ab_test_is_not_added(read, metrics):
    """A week of daily reach has no window reach; a single day has."""
    rows = read("ab_campaign_aug2019")
    week = board(rows, date(2019, 8, 29), "7d", metrics).rows
    assert week[["now.reach", "now.frequency", "now.cost_per_reach"]].isna().all(axis=None)
    assert week["now.daily_frequency"].gt(1).all()
    day = board(rows, date(2019, 8, 3), "yesterday", metrics).rows
    assert day["now.reach"].notna().all()


def test_two_channels_of_2019_are_told_apart(read, metrics):
    """Facebook and AdWords are found by any of their names."""
    rows = read("fb_vs_adwords_2019")
    for name, want in (("fb", "FB_"), ("adwords", "AW_")):
        told = board(rows, date(2019, 7, 1), "28d", metrics, channel=name).rows
        assert told["campaign_name"].str.startswith(want).all()
        assert len(told) > 0
