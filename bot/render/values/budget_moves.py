"""What a piece of advice changes: budgets, what comes of it, what is not settled yet.

What a card says of tests, and what people read of budgets set at a platform: before it, and what
came of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.domain.advice import Advice


@dataclass(frozen=True)
class ShownChange:
    """A daily budget before (None where unknown) and after."""

    name: str
    before: float | None
    after: float
    currency: str | None


@dataclass(frozen=True)
class LikelyEffect:
    """What is likely to come of it a week: so many more of `metric`, between low and high."""

    metric: str
    likely: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Settles:
    """A price whose late results are not all in: now, and between what it settles (90 %)."""

    metric: str
    now: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Trial:
    """A shift proposed as a test.

    Attributes:
        days: How long it runs; `wait`, how long results take to come in after that.
        read_on: The morning it can be read, if its budgets are set on the day it begins.
        least: From this much more at the receivers against the givers on it has worked (0.06).
        readable: Whether those days decide by themselves.
    """

    days: int
    wait: int
    read_on: date
    least: float
    readable: bool


@dataclass(frozen=True)
class Tested:
    """A test read before: how much more the receivers brought, against the givers."""

    since: date
    until: date
    more: float
    low: float
    high: float
    least: float
    worked: bool


@dataclass(frozen=True)
class BudgetTest:
    """A test of one campaign's budget as it is told: days, price, what it needs and what decides.

    Attributes:
        before, after: Daily budgets.
        lag: Days waited for late results; `read_on` includes them.
        price: Money it costs more than going on as before.
        needed: Results it must bring; `decides`: from so much more of them a day it has worked.
        testable: Whether it can be read in six weeks.
    """

    before: float
    after: float
    days: int
    lag: int
    price: float | None
    read_on: date
    needed: int
    decides: float
    testable: bool


def budget_test(
    advice: Advice, start_day: date | None, measured_on: date | None = None
) -> BudgetTest | None:
    """The test of one campaign this advice asks for, None where it asks for none.

    Args:
        advice: What is said.
        start_day: The day it begins; None where that is not known.
        measured_on: The morning its outcome is read, once that is fixed.
    """
    test_terms = advice.numbers.get("test")
    if not isinstance(test_terms, Mapping):
        return None
    before, after = test_terms["arms"][0], test_terms["arms"][-1]
    planned = start_day + timedelta(test_terms["days"] + test_terms["lag"]) if start_day else None
    read_on = measured_on or planned or date.fromisoformat(test_terms["read_on"])
    return BudgetTest(
        before["budget"], after["budget"],
        test_terms["days"], test_terms["lag"], test_terms["price"],
        read_on, test_terms["needed"], test_terms["decides"] - 1, test_terms["testable"],
    )  # fmt: skip


def trial(advice: Advice, start_day: date | None, measured_on: date | None = None) -> Trial | None:
    """The test this advice proposes, None where it is none; the days as for `budget_test`."""
    shift_terms = advice.numbers.get("shift")
    if not isinstance(shift_terms, Mapping) or not shift_terms.get("days") or start_day is None:
        return None
    days, wait = int(shift_terms["days"]), int(shift_terms["wait"])
    read_on = measured_on or start_day + timedelta(days + wait)
    return Trial(
        days, wait, read_on, float(shift_terms["decides"]) - 1, bool(shift_terms["readable"])
    )


def tested(advice: Advice) -> tuple[Tested, ...]:
    """Tests of its campaigns that are over and could be read, the oldest first."""
    return tuple(_read(advice.numbers.get("tests") or ()))


def _read(tests: Any) -> Iterator[Tested]:
    for test in tests:
        if test.get("worked") is None or test.get("ratio") is None:
            continue
        uplift, low, high, least = (
            float(test[name]) - 1 for name in ("ratio", "low", "high", "decides")
        )
        since, until = (date.fromisoformat(str(test[name])) for name in ("started", "until"))
        yield Tested(since, until, uplift, low, high, least, bool(test["worked"]))


@dataclass(frozen=True)
class AtPlatform:
    """How a piece of advice stands at the platforms that can be asked to set its budgets.

    Attributes:
        where: What the platforms are called: "Google", "Google and Meta".
        state: `offered` (it may be asked for), `waiting` (it is under way) or `set` (it can be
            taken back).
    """

    where: tuple[str, ...]
    state: str


@dataclass(frozen=True)
class AppliedBudget:
    """What came of one campaign's budget (`bot.domain.platform_budgets.BudgetResult`), by name.

    `where` is what its platform is called.
    """

    name: str
    where: str
    status: str
    before: float
    after: float
    now: float | None
    sentence: str = ""


@dataclass(frozen=True)
class Forbidden:
    """Why nothing was sent (`bot.domain.platform_budgets.Obstacle`), by name, at its platform."""

    reason: str
    name: str = ""
    where: str = ""
    before: float | None = None
    now: float | None = None
    names: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(frozen=True)
class AppliedRun:
    """What came of setting budgets, or of taking that back.

    Attributes:
        takes_back: Whether it set budgets back.
        budgets: Campaign by campaign; empty where nothing was sent.
        forbidden: Why not.
        is_undoable: Whether something of it can be taken back.
        is_waiting: It was sent, and the platform could not be read since.
    """

    advice_id: str
    where: tuple[str, ...]
    currency: str | None
    takes_back: bool = False
    budgets: tuple[AppliedBudget, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    is_undoable: bool = False
    is_waiting: bool = False


@dataclass(frozen=True)
class AccountCaps:
    """What may be moved in an account, currency units a day."""

    account_id: str
    change: float
    day: float
    month: float


@dataclass(frozen=True)
class ApplyForm:
    """What is asked before budgets are set: each from what to what, and the caps that hold."""

    where: tuple[str, ...]
    changes: tuple[ShownChange, ...]
    caps: tuple[AccountCaps, ...] = ()
    currency: str | None = None
