"""A morning's facts as the lines of a rule name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bot.advice.answers import NAMES
from bot.advice.condition import THRESHOLD, Floats
from bot.advice.settling import HIGH, LOW, STANDS_ON
from bot.advice.spans import Spans
from bot.advice.wholes import WHOLES
from bot.numbers.signals import SIGNALS

if TYPE_CHECKING:
    from bot.advice.facts import Facts


class View(Mapping[str, Floats]):
    """`metric.window` -> one value a campaign, for a rule's windows."""

    def __init__(self, facts: Facts, spans: Spans) -> None:
        self.facts, self.spans = facts, spans
        self.now, self.before = spans.windows(facts.as_of)
        self._found: dict[str, Floats] = {}

    def __getitem__(self, column: str) -> Floats:
        if column not in self._found:
            self._found[column] = self._find(column)
        return self._found[column]

    def _find(self, column: str) -> Floats:
        metric, _, window = column.partition(".")
        if metric in STANDS_ON or window in {LOW, HIGH}:
            return self.facts.settling.column(metric, window, self.now, self.before)
        if metric == THRESHOLD:
            return self.facts.threshold(window)
        if metric in SIGNALS:
            return self.facts.signal(metric)
        if metric in NAMES:
            return self.facts.answer(metric)
        return self._measured(metric, window)

    def _measured(self, metric: str, window: str) -> Floats:
        if metric in WHOLES:
            return self.facts.wholes.column(metric)
        if window == "target":
            return self.facts.target(metric)
        if window == "peers":
            return self.facts.peers(metric, self.now)
        return self.facts.metric(metric, self.now if window == "now" else self.before)

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts.rulebook.metrics)

    def __len__(self) -> int:
        return len(self.facts.rulebook.metrics)
