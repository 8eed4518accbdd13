"""Values of a digest's smaller lines: what waits, what failed, what became of advice and rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class NotYet:
    """A campaign waiting for data: how many more of `metric`, in about how many days."""

    name: str
    metric: str
    needed: float | None = None
    days: float | None = None


@dataclass(frozen=True)
class Failed:
    """A source whose last pull failed, with the sentence why."""

    source: str
    error: str = ""
    until: date | None = None


@dataclass(frozen=True)
class Answers:
    """What became of the advice given in a week or a month."""

    given: int
    acknowledged: int
    dismissed: int


@dataclass(frozen=True)
class RuleNews:
    """A rule, by its title, that may only watch from now on, and why: `harmful` or `noisy`.

    "" where it may advise again.
    """

    title: str
    why: str = ""
