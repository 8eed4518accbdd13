"""A campaign that spends nothing has nothing to give: no budget of it is moved."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bot.advice import Plan, advise
from bot.advice.rules.rulebook import MONEY_ACTIONS
from bot.numbers.plan import PlanEntry

PLAN = Plan((PlanEntry("*", target=30.0),))
COUNTS = ["spend", "impressions", "clicks", "conversions"]


def market(campaign, idle: int, budget: float | None, *, absent: bool = False) -> pd.DataFrame:
    """A dear campaign that spends nothing for so many days, beside three that run."""
    old = campaign("Old", days=90, budget=budget, rate=0.02, seed=1, used=0.9)
    stopped = (old["date"].max() - old["date"]).dt.days < idle
    if absent:
        old = old[~stopped]
    else:
        old.loc[stopped, COUNTS] = 0.0
    if budget is None:
        old["daily_budget"] = np.nan
    rates = {"Shop": 0.05, "Search": 0.03, "Brand": 0.08}
    others = [campaign(name, days=90, rate=rate, seed=at) for at, (name, rate)
              in enumerate(rates.items(), 5)]  # fmt: skip
    return pd.concat([old, *others], ignore_index=True)


@pytest.mark.parametrize("budget", [None, 800.0])
@pytest.mark.parametrize("idle", [5, 8, 10, 14, 21])
@pytest.mark.parametrize("absent", [False, True])
def test_nothing_is_taken_from_a_campaign_that_spends_nothing(
    campaign, rulebook, morning, budget, idle, absent
):
    """Zeros or no rows, a budget or none: it gives nothing and gets nothing."""
    advised = advise(market(campaign, idle, budget, absent=absent), morning, rulebook, PLAN)
    moved = [piece for piece in advised.advice if piece.action in MONEY_ACTIONS]
    assert all("old" not in piece.campaign_ids for piece in moved), moved


def test_why_nothing_is_moved_is_told(campaign, rulebook, morning):
    """The guard names the days."""
    advised = advise(market(campaign, 14, None), morning, rulebook, PLAN)
    held = [entry for entry in advised.held_back
            if entry.campaign_id == "old" and entry.guard == "delivery"]  # fmt: skip
    assert held
    assert all(entry.numbers["idle_days"] == 4 for entry in held)


@pytest.mark.parametrize("idle", [0, 2])
def test_a_campaign_off_for_a_weekend_is_still_part_of_its_pool(campaign, rulebook, morning, idle):
    """Two days without spend are no stop that empties a budget."""
    advised = advise(market(campaign, idle, 800.0), morning, rulebook, PLAN)
    assert not [entry for entry in advised.held_back if "idle_days" in entry.numbers]
