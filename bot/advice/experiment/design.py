"""A test of a bigger budget: its arms, days, price and what decides.

How many results a test needs before it can be read.
The test that advice asks for: planned from a campaign's own numbers.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from math import ceil, log
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.advice.evaluate.posterior import PHI

if TYPE_CHECKING:
    from bot.advice.evaluate.campaign_features import View


POWER = 1.6449 + 0.8416
"""A 90 % interval that leaves out zero four times out of five."""
BASELINE = 2.0
"""Days before a test that it is held against, for each day of the test."""


def needed_for_budget(times: float, elasticity: float, phi: float) -> float:
    """Results a test of `times` the budget must bring, held against twice as many days before.

    k = (1 + 1/2) phi (z / (b ln times))^2: the log of results after over before has variance
    phi (1/k + 1/(2k)). Source: STATISTICS.md item 13 (phi 1.5, b 0.62: 1,090 results for 1.2 times
    the budget, 220 for 1.5, 75 for 2).
    """
    return (1 + 1 / BASELINE) * phi * (POWER / (elasticity * log(times))) ** 2


def needed_comparing(times: float, phi: float) -> float:
    """Results each of two campaigns needs, where one costs `times` the other a result.

    k = 2 phi (z / ln times)^2. Source: STATISTICS.md item 13 (phi 1.5: 560, 113 and 39).
    """
    return 2 * phi * (POWER / log(times)) ** 2


def days_for(needed: float, a_day: float) -> int:
    """Days until so many results are there, in whole weeks; raises ValueError without results."""
    if not a_day > 0:
        raise ValueError(f"A test needs results, not {a_day} a day.")
    return 7 * max(ceil(needed / a_day / 7 - 1e-9), 1)


STEPS = (1.2, 1.5, 2.0)
"""Budgets tried, over today's: the smallest that can be read in time is proposed."""
LONGEST = 42
"""Days: what takes longer is decided by pooled evidence."""
BEFORE = "before"
TEST = "test"


@dataclass(frozen=True)
class Arm:
    """One side of a test: a daily budget (currency units) for so many days."""

    name: str
    budget: float
    days: int


@dataclass(frozen=True)
class TestPlan:
    """How a test is run and read.

    Attributes:
        arms: The days before at today's budget, and the test.
        testable: Whether it can be read within `LONGEST` days; else pooled evidence decides.
        days: Days it runs, in whole weeks; `lag`: days waited after that for late results.
        read_on: The morning it can be read, were it begun today.
        price: Money it costs more than going on as before, currency units; None where the budget
            is not known.
        needed: Results it must bring.
        a_day: Results a day now.
        expected: Results a day in the test over before, if it answers to budgets as usual.
        decides: From this ratio on it has worked: halfway there.
        about: The budget is a guess from spend.
    """

    __test__ = False
    arms: tuple[Arm, ...]
    testable: bool
    days: int
    lag: int
    read_on: date
    price: float | None
    needed: int
    a_day: float
    expected: float
    decides: float
    about: bool = False

    @property
    def budget(self) -> float:
        """The test's daily budget."""
        return self.arms[-1].budget

    def to_json(self) -> dict[str, Any]:
        """Plain data for messages and for what is frozen."""
        return {**asdict(self), "read_on": self.read_on.isoformat(), "arms": [
            asdict(arm) for arm in self.arms]}  # fmt: skip


@dataclass(frozen=True)
class Results:
    """What a campaign brings.

    Attributes:
        a_day: Results a day at today's budget.
        phi: Their overdispersion.
        elasticity: What 1 % more budget brings, in per cent of results.
    """

    a_day: float
    phi: float
    elasticity: float


def plan(
    budget: float, results: Results, lag: int, as_of: date, *, budget_guessed: bool = False
) -> TestPlan | None:
    """The smallest bigger budget that can be read in six weeks, late results included.

    N = results needed / results a day at that budget, in whole weeks, plus the lag. Where even
    twice the budget takes longer it is not testable, and the plan says what it would take.
    Source: STATISTICS.md item 13.

    Args:
        budget: Today's daily budget, currency units.
        results: What it brings; None comes back where it brings nothing.
        lag: Days until results are nearly all in.
        as_of: The morning.
        budget_guessed: The budget is a guess from spend.
    """
    if not (budget > 0 and results.a_day > 0 and results.elasticity > 0):
        return None
    trials = [_tried(times, results) for times in STEPS]
    fits = [trial for trial in trials if trial[1] + lag <= LONGEST]
    times, days, needed = fits[0] if fits else trials[-1]
    expected = times**results.elasticity
    return TestPlan(
        arms=_arms(budget, times, days),
        testable=bool(fits),
        days=days,
        lag=lag,
        read_on=as_of + timedelta(days + lag),
        price=round(budget * (times - 1) * days, 2),
        needed=round(needed),
        a_day=round(results.a_day, 6),
        expected=round(expected, 6),
        decides=round(expected**0.5, 6),
        about=budget_guessed,
    )


def _arms(budget: float, times: float, days: int) -> tuple[Arm, Arm]:
    before = Arm(BEFORE, round(budget, 2), round(BASELINE * days))
    return before, Arm(TEST, round(budget * times, 2), days)


def _tried(times: float, results: Results) -> tuple[float, int, float]:
    needed = needed_for_budget(times, results.elasticity, results.phi)
    return times, days_for(needed, results.a_day * times**results.elasticity), needed


SETTLED = 0.97
"""A day counts as in once so much of it is known."""


def asked(view: View, row: int) -> dict[str, Any]:
    """`{"test": plan}` for a message; empty where results or money are not known."""
    test_plan = planned(view, row)
    return {"test": test_plan.to_json()} if test_plan else {}


def planned(view: View, row: int) -> TestPlan | None:
    """The test of a bigger budget for one campaign, in what its cell is judged by."""
    facts = view.facts
    judge = facts.rulebook.metrics.get(facts.cells[row].judge)
    if judge is None or judge.over is None or judge.over not in facts.rulebook.metrics:
        return None
    dispersion, days = facts.settling.scatter(judge.over)[row], float(view["days.now"][row])
    results, spend = (float(view[f"{name}.now"][row]) for name in (judge.over, "spend"))
    budget = float(view["daily_budget.now"][row])
    full = float(view["complete.now"][row]) if facts.rulebook.metrics[judge.over].lag else 1.0
    if np.isnan(results) or not days > 0:
        return None
    guessed = bool(np.isnan(budget))
    brings = Results(
        a_day=results / full / days,
        phi=float(view[PHI][row]) if np.isnan(dispersion) else float(dispersion),
        elasticity=float(view["threshold.elasticity"][row]),
    )
    lag = _lag(view, row) if facts.rulebook.metrics[judge.over].lag else 1
    daily_budget = spend / days if guessed else budget
    return plan(daily_budget, brings, lag, facts.as_of, budget_guessed=guessed)


def _lag(view: View, row: int) -> int:
    """Newest days of which less than 97 % is known; at most four weeks, and never none."""
    newest = view.facts.scene.complete[row, ::-1][:28]
    return max(1, int((newest < SETTLED).sum()))
