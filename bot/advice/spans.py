"""Which days a rule looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.advice.rulebook import Cell, Rule
from bot.numbers.metrics import Metrics
from bot.numbers.windows import Window


@dataclass(frozen=True)
class Spans:
    """Which days a rule looks at: lengths of now and before, and days held back at the end."""

    now: int
    before: int
    skip: int

    def windows(self, as_of: date) -> tuple[Window, Window]:
        """The two windows of a morning; `before` ends where `now` begins."""
        now = Window.ending(as_of - timedelta(1 + self.skip), self.now)
        return now, now.before(self.before)


def spans_of(rule: Rule, cell: Cell, metrics: Metrics, late: int = 0) -> Spans:
    """The windows a rule uses in a cell: its own before the cell's.

    Days are held back only where the rule reads a metric whose results arrive late, and then for
    everything it reads, so that spend and results are of the same days. Where the channel was seen
    to fill up more slowly (`late` days), more are held back; `skip_last: 0d` in a rule means none.
    """
    own = rule.windows
    held = own.skip_last if own.skip_last is not None else cell.skip_last
    skip = max(held, late) if own.skip_last != 0 and lags(rule, metrics) else 0
    return Spans(own.now or cell.now, own.before or cell.before, skip)


def lags(rule: Rule, metrics: Metrics) -> bool:
    """Whether a rule reads results that arrive late."""
    found = (metrics.get(name) for name in rule.measures)
    return any(metric.lag for metric in found if metric)
