"""The month's money in plain questions: which month, whose budget, and what has ended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.numbers.plan import PlanEntry
from tests.features.conftest import campaign_days, days_until

AS_OF = date(2026, 11, 21)
LAST = AS_OF - timedelta(1)
OCTOBER = date(2026, 10, 31)


@pytest.fixture
def gym(hears):
    """One far over its budget, one that ended in October, and one nobody planned."""
    plan = tuple(
        PlanEntry(name, stage="act", pricing_model="CPL", monthly_budget=budget)
        for name, budget in (("Trondheim", 20_000.0), ("Festival", 31_000.0))
    )
    return hears(
        AS_OF,
        campaign_days("Trondheim", days_until(LAST, 82), 1_000.0),
        campaign_days("Festival", days_until(OCTOBER, 31), 1_000.0),
        campaign_days("Topview", days_until(LAST, 82), 500.0),
        plan=plan,
    )


def test_how_far_over_one_campaign_is_is_its_own_month(gym):
    """Asked of one, it is no question of which: it stands at 100 % and ends at 150 %."""
    answer = gym.ask("how much over budget is Trondheim?")
    assert "Trondheim: €20 000 used, 100 %" in answer
    assert "150 %" in answer
    assert "No campaign" not in answer


@pytest.mark.parametrize("question", [
    "did we stay within budget in october?", "did we stay within budget last month?",
])  # fmt: skip
def test_a_month_that_is_over_is_answered_as_that_month(gym, question):
    """Its own days and nothing foretold; never this month in its place."""
    answer = gym.ask(question)
    assert "€62 000 spent, 1–31 Oct: 122 %" in answer
    assert "€11 000 over" in answer
    assert "way to" not in answer


def test_money_without_a_budget_uses_none_up(gym):
    """What nobody planned stands beside the budget of what somebody did."""
    answer = gym.ask("how much of the budget is left?")
    assert "€31 000 left of the month's €51 000" in answer
    assert "Campaigns without a budget spent €10 000" in answer
    foretold = gym.ask("forecast november spend")
    assert "€45 000 spent by Mon 30 Nov, 59 %" in foretold
    assert "€10 000 of it is of campaigns without a budget" in foretold


def test_what_has_ended_is_foretold_nothing(gym):
    """Its money is left, and stays so."""
    answer = gym.ask("how much of the budget of Festival is left?")
    assert "€31 000 left of the month's €31 000" in answer
    assert "0 % of the budget" in answer


def test_results_that_may_have_stopped_are_said_where_tracking_is_asked_about(hears):
    """Nothing is open, and yet money is held there: whoever asks learns why, and of whom."""
    days, plan = (
        days_until(LAST, 82),
        PlanEntry("*", stage="convert", pricing_model="CPA", target=20.0),
    )
    counted = [1.0, 3.0] * 40 + [0.0, 0.0]
    gyms = [
        campaign_days("Bergen", days, 200.0, conversions=counted, daily_budget=200.0),
        campaign_days("Oslo", days, 200.0, conversions=[2.0, 3.0] * 41, daily_budget=200.0),
    ]
    answer = hears(AS_OF, *gyms, plan=(plan,)).ask("is tracking ok?")
    assert "No tracking fault is open" in answer
    assert "Bergen has counted nothing" in answer
    assert "Oslo" not in answer
