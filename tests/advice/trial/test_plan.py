"""A test is as long as it takes to be read, and no longer."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.experiment import (
    LONGEST,
    Results,
    days_for,
    needed_comparing,
    needed_for_budget,
    plan,
)

MORNING = date(2026, 11, 23)


@pytest.mark.parametrize(("times", "results"), [(1.2, 1_090), (1.5, 220), (2.0, 75)])
def test_results_needed_for_a_budget(times: float, results: float) -> None:
    """The check values of STATISTICS.md, from the formula."""
    assert needed_for_budget(times, 0.62, 1.5) == pytest.approx(results, rel=0.01)


@pytest.mark.parametrize(("times", "results"), [(1.2, 560), (1.5, 113), (2.0, 39)])
def test_results_needed_to_compare_two_campaigns(times: float, results: float) -> None:
    """The check values of STATISTICS.md, from the formula."""
    assert needed_comparing(times, 1.5) == pytest.approx(results, rel=0.015)


@pytest.mark.parametrize("times", [1.5, 2.0])
def test_the_power_is_the_one_promised(times: float) -> None:
    """With so many results about four tests in five are read.

    A little fewer at twice the budget, as the days before have fewer results than the rule of
    thumb allows them.
    """
    chance, tries = np.random.default_rng(3), 20_000
    k, b, phi = needed_for_budget(times, 0.62, 1.5), 0.62, 1.5
    more = phi - 1
    after = chance.poisson(chance.gamma(k / more, more, tries))
    before = chance.poisson(chance.gamma(2 * k / times**b / more, more, tries))
    log = np.log(2 * after / before)
    spread = np.sqrt(phi * (1 / after + 1 / before))
    assert 0.7 <= (log - 1.6449 * spread > 0).mean() <= 0.85


@given(
    st.floats(0.05, 500), st.floats(1, 6), st.floats(0.3, 0.9), st.integers(0, 28),
    st.floats(1, 1e6),
)  # fmt: skip
def test_a_plan_is_whole_weeks_bounded_and_priced(
    a_day: float, phi: float, elasticity: float, lag: int, budget: float
) -> None:
    """Whole weeks; what is testable ends in time and has its results; the price is the extra."""
    found = plan(budget, Results(a_day, phi, elasticity), lag, MORNING)
    assert found is not None
    assert found.days % 7 == 0
    assert found.read_on == MORNING + timedelta(found.days + lag)
    if found.testable:
        assert found.days + lag <= LONGEST
        assert a_day * found.expected * found.days >= found.needed - 1
    before, after = (arm.budget for arm in found.arms)
    assert found.price == pytest.approx((after - before) * found.days, abs=0.02 * found.days)
    assert 1 < found.decides < found.expected


def test_a_small_campaign_needs_a_bigger_step() -> None:
    """Fifty a day: a fifth more tells. Eight a day: half more. One a day: nothing tells."""
    told = [plan(1_000, Results(a_day, 1.5, 0.62), 2, MORNING) for a_day in (50, 8, 2.5, 0.5)]
    assert [one.budget for one in told if one] == [1_200, 1_500, 2_000, 2_000]
    assert [one.testable for one in told if one] == [True, True, True, False]


def test_nothing_is_planned_without_results_or_budget() -> None:
    """No results a day, no budget: no plan; and days need results."""
    assert plan(0, Results(1, 1.5, 0.6), 0, MORNING) is None
    assert plan(1, Results(0, 1.5, 0.6), 0, MORNING) is None
    with pytest.raises(ValueError, match="results"):
        days_for(10, 0)
