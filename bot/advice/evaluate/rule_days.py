"""Which days a rule looks at, and how full the newest of them are, by channel and stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from bot.advice.rules.condition import Floats
from bot.advice.rules.rulebook import Cell, Rule
from bot.numbers.forecast.reporting_lag import COMPLETE, Completion, completions_of
from bot.numbers.input.revisions import Revisions
from bot.numbers.input.windows import Window
from bot.numbers.metrics.glossary import Metrics
from bot.numbers.metrics.sums import Bools, Ints
from bot.numbers.signals.history_panel import HORIZON


@dataclass(frozen=True)
class Spans:
    """Which days a rule looks at: lengths of now and before, and days held back at the end.

    `sound`: days known to be broken are left out, whatever is read of them.
    """

    now: int
    before: int
    skip: int
    sound: bool = False

    def windows(self, as_of: date) -> tuple[Window, Window]:
        """The two windows of a morning; `before` ends where `now` begins."""
        now = Window.ending(as_of - timedelta(1 + self.skip), self.now)
        return now, now.before(self.before)


def spans_of(rule: Rule, cell: Cell, metrics: Metrics, late: int = 0) -> Spans:
    """The windows a rule uses in a cell: its own before the cell's.

    Days are held back only where the rule reads a metric whose results arrive late, and then for
    everything it reads, so that spend and results are of the same days. Where the channel was seen
    to fill up more slowly (`late` days), more are held back; `skip_last: 0d` in a rule means none.
    What judges performance by results leaves out days on which they were not counted, and what was
    spent on them: a week after a tag was mended its dead days are no reason to cut.
    """
    rule_windows = rule.windows
    skip_days = rule_windows.skip_last if rule_windows.skip_last is not None else cell.skip_last
    lagging = lags(rule, metrics)
    skip = max(skip_days, late) if rule_windows.skip_last != 0 and lagging else 0
    sound = rule.judges_performance and lagging
    return Spans(rule_windows.now or cell.now, rule_windows.before or cell.before, skip, sound)


def lags(rule: Rule, metrics: Metrics) -> bool:
    """Whether a rule reads results that arrive late."""
    return any(name in metrics and metrics[name].lag for name in rule.measures)


FULL_ENOUGH = 0.8
"""A day of which less of the results is known is held back …"""
MOST_HELD = 7
"""… but never more days than these."""


@dataclass(frozen=True, eq=False)
class Lateness:
    """Which share of a day's final results is known at each age, by channel and stage."""

    learned: Mapping[tuple[str, str | None], Completion]

    @classmethod
    def of(cls, numbers: Revisions, as_of: date, descriptions: pd.DataFrame) -> Lateness:
        """Learn from what was restated until the morning (`lag.completion`).

        Args:
            numbers: Daily numbers with every revision.
            as_of: The morning.
            descriptions: One row a campaign: `entity`, `source_channel`, `stage`.
        """
        restated = numbers.restated()
        if not restated.any():
            return cls({})
        keys = dict(zip(descriptions["entity"], _keys(descriptions), strict=True))
        entity_keys = [keys.get(entity) for entity in numbers.entities]
        moved = {
            key: None
            for key, was_restated in zip(entity_keys, restated, strict=True)
            if was_restated and key
        }
        groups = [
            np.array([entity_key == key for entity_key in entity_keys], dtype=bool) for key in moved
        ]
        return cls(dict(zip(moved, completions_of(numbers, groups, as_of), strict=True)))

    def complete(self, descriptions: pd.DataFrame) -> Floats:
        """Campaign x day (the last 91, oldest first): the share of the final number known."""
        full = COMPLETE.of_days(HORIZON)
        if not self.learned:
            return np.broadcast_to(full, (len(descriptions), HORIZON))
        days = {key: completion.of_days(HORIZON) for key, completion in self.learned.items()}
        return np.array([days.get(key, full) for key in _keys(descriptions)]).reshape(-1, HORIZON)

    def unlearned(self, about: pd.DataFrame, at_once: frozenset[str]) -> Bools:
        """Campaigns of which it is not known how full their newest days are, and that came at once.

        Args:
            about: One row a campaign: `entity`, `source_channel`, `stage`.
            at_once: Entities nobody has watched (`Revisions.at_once`).
        """
        keys = zip(about["entity"], _keys(about), strict=True)
        alone = [entity in at_once and key not in self.learned for entity, key in keys]
        return np.array(alone, dtype=bool)

    def doubts(self, descriptions: pd.DataFrame) -> Floats:
        """Campaign x day: standard deviation of the log of `complete`."""
        sure = np.zeros(HORIZON)
        days = {key: completion.doubts_of_days(HORIZON) for key, completion in self.learned.items()}
        return np.array([days.get(key, sure) for key in _keys(descriptions)]).reshape(-1, HORIZON)


def _keys(descriptions: pd.DataFrame) -> list[tuple[str, str | None]]:
    columns = (descriptions[name].tolist() for name in ("source_channel", "stage"))
    return list(zip(*columns, strict=True))


def late_days(complete: Floats) -> Ints:
    """Newest days, of each campaign, that are less than `FULL_ENOUGH` filled; at most a week."""
    newest = complete[:, ::-1][:, :MOST_HELD]
    return np.asarray((newest < FULL_ENOUGH).sum(axis=1), dtype=np.int64)
