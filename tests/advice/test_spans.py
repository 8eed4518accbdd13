"""Which days a rule looks at."""

from __future__ import annotations

from datetime import date

from bot.advice.evaluate.cohorts import Spans
from bot.numbers.input.windows import Window


def test_before_ends_where_now_begins() -> None:
    """A rule's windows follow each other, and days held back move both."""
    now, before = Spans(14, 28, 2).windows(date(2026, 11, 23))
    assert now == Window(date(2026, 11, 7), date(2026, 11, 20))
    assert before == Window(date(2026, 10, 10), date(2026, 11, 6))
