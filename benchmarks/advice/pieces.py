"""What a policy says on a morning, what people answer, and what was read of it afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.advice.worlds.curves import Array
from benchmarks.advice.worlds.table import Seen


@dataclass(frozen=True)
class Piece:
    """A piece of advice, as a policy gives it; campaigns by their number.

    Attributes:
        id: Stays while it stays true.
        action: One of `bot.domain.advice.ACTIONS`.
        campaigns: Those it is about.
        budgets: New daily budgets; `bids`: new bid targets, what a result may cost.
        sure: The probability it states, or None.
        effect: The interval of results a day it promises (90 %), or None.
        rule: The rule it comes from, where there is one.
        quiet: It only watches: nothing to do, and no news.
    """

    id: str
    action: str
    campaigns: tuple[int, ...]
    budgets: Mapping[int, float] = field(default_factory=dict)
    bids: Mapping[int, float] = field(default_factory=dict)
    sure: float | None = None
    effect: tuple[float, float] | None = None
    rule: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class Reading:
    """An acknowledged move as it was read afterwards.

    Attributes:
        before, after: Daily budgets by campaign number.
        first, days: The market's first day of the window read, and how many.
        price: Whether the cost per result is read; else results.
        low, high: The 90 % interval of the change, a fraction.
        verdict: As `bot.advice.outcome` names it.
    """

    before: Mapping[int, float]
    after: Mapping[int, float]
    first: int
    days: int
    price: bool
    low: float
    high: float
    verdict: str


@dataclass(frozen=True)
class Said:
    """A morning: pieces of advice still true, outcomes read today, margins as estimated."""

    pieces: Sequence[Piece] = ()
    readings: Sequence[Reading] = ()
    margins: Array | None = None


@dataclass(frozen=True)
class Answer:
    """What somebody answered: `acknowledge` (with the budgets taken) or `dismiss`."""

    piece: Piece
    verb: str
    budgets: Mapping[int, float] = field(default_factory=dict)


class Policy(Protocol):
    """Something that decides from what is seen, and hears what was answered."""

    def morning(self, seen: Seen) -> Said:
        """What it says this morning."""

    def hear(self, answers: Sequence[Answer]) -> None:
        """What was answered to it."""
