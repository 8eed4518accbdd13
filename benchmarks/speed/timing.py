"""How long something takes, beside a floor that does only the unavoidable part of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Work = Callable[[], Any]


@dataclass(frozen=True)
class Timed:
    """One line of the benchmark.

    Attributes:
        what, size: What was measured, over how much.
        ours: Seconds of processor time: what others do on the machine meanwhile counts little.
            By the clock where `beside` says so.
        beside: What the floor does.
        floor: Its seconds, measured in the same run; None where the goal is absolute.
        goal: The most that `ratio` may be.
    """

    what: str
    size: str
    ours: float
    beside: str
    floor: float | None
    goal: float | None

    @property
    def ratio(self) -> float:
        return self.ours if self.floor is None else self.ours / self.floor


def compared(  # noqa: PLR0913, PLR0917 - what a line of the table says
    what: str, size: str, ours: Work, beside: str, floor: Work, goal: float | None, repeats: int = 3
) -> Timed:
    """Both measured in turns, so that a busy moment hits both; the best of each counts."""
    say(f"{what}, {size} …")
    pairs = [(seconds(ours), seconds(floor)) for _ in range(repeats)]
    return Timed(what, size, min(p[0] for p in pairs), beside, min(p[1] for p in pairs), goal)


def best(work: Work, repeats: int) -> float:
    """The least processor time of several runs, in seconds."""
    return min(seconds(work) for _ in range(repeats))


def seconds(work: Work) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def say(text: str) -> None:
    """Progress, on stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
