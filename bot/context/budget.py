"""How long a question may take: whoever works on it looks at the clock now and then.

Python ends no thread from outside. So the time is looked at wherever something is read from the
store: between two reads lies at most one piece of work over what was read.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.errors import PerfbotError

QUESTION = 30.0  # seconds; most take a tenth of one
_end: ContextVar[float | None] = ContextVar("perfbot_budget", default=None)


class OverBudget(PerfbotError):
    """A question that took too long, and was given up."""

    code = "over_budget"

    def __init__(self) -> None:
        super().__init__(
            "That took too long, so I gave it up.",
            hint="Ask about fewer days, or about one campaign.",
        )


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is read inside is read in time, or not at all; the outer of two budgets holds."""
    if _end.get() is not None:
        yield
        return
    token = _end.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _end.reset(token)


def check() -> None:
    """Give up where the time is over.

    Raises:
        OverBudget: It is.
    """
    end = _end.get()
    if end is not None and time.monotonic() > end:
        raise OverBudget
