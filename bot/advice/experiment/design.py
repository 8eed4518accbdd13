"""A test of a bigger budget: its arms, days, price and what decides.

How many results a test needs before it can be read. The test that advice asks for is planned from a
campaign's own numbers, and what it came to is read from the numbers of each morning.
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
from collections.abc import Iterable, Iterator, Mapping

from bot.advice.evaluate.campaign_features import Facts
from bot.domain.advice import Shift, TestRead
from bot.numbers.metrics.sums import Bools, Floats, Ints

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


BASELINE_DAYS = 28
"""Days a test is held against."""
FEWEST = 4
"""Days after the change, and before it, without which nothing is read."""
SHOWN = timedelta(28)
"""How long after its end a test is still told of."""
Z90 = 1.6448536269514722


def tests_read(
    facts: Facts, shifts: Mapping[tuple[str, tuple[str, ...]], Shift]
) -> tuple[TestRead, ...]:
    """Tests that run or ended lately, the oldest first; one nobody started is left out.

    A test starts on the first day on which every budget has gone at least half its way (in logs),
    and ends after its days, or on the day before one of them goes back.
    """
    tests = sorted((shift.on, key) for key, shift in shifts.items() if shift.days)
    if not tests:
        return ()
    rows = {id_: row for row, id_ in enumerate(facts.ids)}
    readings = (_read(facts, key, shifts[key], rows) for _, key in tests)
    return tuple(reading for reading in readings if reading is not None)


def _read(
    facts: Facts, key: tuple[str, tuple[str, ...]], shift: Shift, rows: Mapping[str, int]
) -> TestRead | None:
    places = facts.answers.places
    if any(id_ not in rows or rows[id_] not in places for id_ in key[1]):
        return None
    mine = np.array([rows[id_] for id_ in key[1]], dtype=np.int64)
    days_in_place = _there(facts, mine, key[1], shift)
    span = _span(days_in_place, facts.as_of, shift)
    if span is None or shift.expected is None or shift.decides is None or shift.days is None:
        return None
    started, until = span
    ended = until + timedelta(shift.wait)
    if ended + SHOWN < facts.as_of:
        return None
    running = facts.as_of <= ended
    side = _Sides(facts, mine, key[1], shift)
    ratio, low, high = side.compared(started, min(until, facts.as_of - timedelta(1)))
    worked = None if running or ratio is None else ratio >= shift.decides
    return TestRead(
        key[0], key[1], started, until, running, ratio, low, high,
        shift.expected, shift.decides, worked,
    )  # fmt: skip


def _there(facts: Facts, rows: Ints, ids: Iterable[str], shift: Shift) -> Bools:
    """Each day, whether all budgets are nearer to what the test wants than to what was."""
    named = tuple(ids)
    budgets = facts.scene.column("daily_budget")[rows]
    before = np.array([shift.before[id_] for id_ in named])[:, None]
    after = np.array([shift.after[id_] for id_ in named])[:, None]
    with np.errstate(all="ignore"):
        progress = np.log(budgets / before) / np.log(after / before)
    progress_known = ~np.isnan(progress)
    within = np.where(progress_known, (progress >= 0.5) & (progress <= 2.0), True)
    return np.asarray(within.all(axis=0) & progress_known.any(axis=0), dtype=np.bool_)


def _span(days_in_place: Bools, as_of: date, shift: Shift) -> tuple[date, date] | None:
    """The first and the last day of the test; None where it was not started."""
    first_day = as_of - timedelta(days_in_place.size)
    since = max((shift.on - first_day).days, 0)
    days = np.flatnonzero(days_in_place[since:])
    if days.size == 0 or shift.days is None:
        return None
    start = since + int(days[0])
    stops = np.flatnonzero(~days_in_place[start:])
    length = min(shift.days, int(stops[0]) if stops.size else shift.days)
    started = first_day + timedelta(start)
    return started, started + timedelta(length - 1)


@dataclass(frozen=True, eq=False)
class _Sides:
    """Receivers and givers of a test, after against before."""

    facts: Facts
    rows: Ints
    ids: tuple[str, ...]
    shift: Shift

    def compared(
        self, started: date, until: date
    ) -> tuple[float | None, float | None, float | None]:
        """Results of the receivers over the givers, after over before, with a 90 % interval.

        exp(log ratio of the receivers - log ratio of the givers); a side's ratio is results a day
        (over completion and the market's day) after over before. Variance: phi k / (sum k)^2 each
        side and time, and the engine's drift^2 (D + 28) / 3 a side (STATISTICS.md item 13).
        """
        takes = np.array(
            [
                self.shift.after[campaign_id] > self.shift.before[campaign_id]
                for campaign_id in self.ids
            ]
        )
        sides = [self._side(self.rows[part], started, until) for part in (takes, ~takes)]
        if any(side is None for side in sides):
            return None, None, None
        (log, variance), (giver_log, giver_variance) = (side for side in sides if side is not None)
        spread = Z90 * float(np.sqrt(variance + giver_variance))
        ends = (log - giver_log, log - giver_log - spread, log - giver_log + spread)
        ratio, low, high = (round(float(np.exp(end)), 6) for end in ends)
        return ratio, low, high

    def _side(self, rows: Ints, started: date, until: date) -> tuple[float, float] | None:
        campaign_responses = self.facts.answers.found
        places = np.array([self.facts.answers.places[row] for row in rows.tolist()])
        baseline, first_day = campaign_responses.about, campaign_responses.panel.first
        start, end = (started - first_day).days, (until - first_day).days + 1
        log, variance = (
            0.0,
            campaign_responses.settings.drift**2 * (end - start + BASELINE_DAYS) / 3,
        )
        for sign, low, high in ((1, start, end), (-1, max(start - BASELINE_DAYS, 0), start)):
            used = baseline.used[places, low:high]
            k = baseline.counted[places, low:high].sum(axis=1)
            shares = np.where(used, baseline.share[places, low:high], 0.0).sum(axis=1)
            if used.any(axis=0).sum() < FEWEST or k.sum() <= 0 or not (shares > 0).all():
                return None
            log += sign * float(np.log((k / shares).sum()))
            variance += float(
                (_phi(campaign_responses.about.dispersion, places) * k).sum() / k.sum() ** 2
            )
        return log, variance


def _phi(dispersion: Floats, places: Ints) -> Floats:
    return np.asarray(dispersion[places], dtype=np.float64)


def of_pool(tests: Iterable[TestRead], ids: Iterable[str]) -> Iterator[TestRead]:
    """The tests that are over and about any of these campaigns."""
    named = frozenset(ids)
    yield from (test for test in tests if not test.running and named & set(test.campaign_ids))
