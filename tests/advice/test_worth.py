"""Advice is about money somebody would get up for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bot.advice import advise
from bot.advice.rules.rulebook import Rulebook
from bot.domain.money import least_worth
from bot.numbers.input.normalise import normalise
from bot.numbers.plan import Plan, PlanEntry

AS_OF = pd.Timestamp("2026-09-01")


def rows(name: str, scale: float, cpa: float, currency: str = "USD") -> pd.DataFrame:
    """Fifty days of a campaign that pays `cpa` a sale, `scale` sales a day."""
    days = pd.date_range(end=AS_OF - pd.Timedelta(days=1), periods=50)
    sales = np.full(50, scale)
    return pd.DataFrame({
        "date": days, "channel": "google_ads", "account_id": "1", "campaign_id": name,
        "campaign_name": name, "currency": currency, "spend": sales * cpa,
        "impressions": sales * 2_000, "clicks": sales * 40, "conversions": sales,
        "daily_budget": sales * cpa,
    })  # fmt: skip


def plan(target: float) -> Plan:
    return Plan((PlanEntry("google_ads:*", stage="convert", pricing_model="CPA", target=target),))


@pytest.mark.parametrize(("unit", "speaks"), [(1.0, True), (0.001, False)])
def test_the_same_fault_is_said_of_real_money_and_not_of_cents(
    rulebook: Rulebook, unit: float, speaks: bool
) -> None:
    """A sale at three times its target is news at 600 dollars a day, and none at 60 cents."""
    numbers = normalise(pd.concat([rows("dear", 20, 30 * unit), rows("fine", 20, 10 * unit)]))
    told = advise(numbers, AS_OF.date(), rulebook, plan(10 * unit))
    about = [advice for advice in told.advice if "dear" in advice.campaign_ids]
    assert bool(about) == speaks
    small = [held for held in told.held_back if held.guard == "too_small"]
    assert bool(small) == (not speaks)
    for held in small:
        assert held.numbers["stake"] < held.numbers["least_stake"]


def test_a_coffee_is_a_coffee_in_every_currency() -> None:
    """The absolute floor is about five euros: some 50 kroner, 800 yen; 5 where nobody knows."""
    assert (least_worth("EUR"), least_worth("nok"), least_worth("JPY")) == (5, 50, 800)
    assert least_worth(None) == least_worth("XXX") == 5
