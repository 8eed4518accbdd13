"""What a piece of advice changes: budgets, what comes of it, what is not settled yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BudgetChange:
    """A daily budget before (None where unknown) and after."""

    name: str
    before: float | None
    after: float
    currency: str | None


@dataclass(frozen=True)
class Effect:
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
