"""A morning's facts as the lines of a rule name them.

What a rule's message can name: metrics with their windows, thresholds, the receiver, amounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bot.advice.evaluate.budget_answers import NAMES
from bot.advice.evaluate.cohorts import WHOLES, Spans
from bot.advice.evaluate.uncertainty import HIGH, LOW, STANDS_ON
from bot.advice.rules.condition import THRESHOLD, Floats
from bot.numbers.signals.signs import SIGNALS

if TYPE_CHECKING:
    from bot.advice.evaluate.campaign_features import Facts
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from bot.domain.advice import Advice


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


@dataclass(frozen=True)
class Figure:
    """One metric in its windows; None where a window is missing or was not asked for."""

    now: float | None = None
    before: float | None = None
    peers: float | None = None
    target: float | None = None


def figures(numbers: Mapping[str, float | None]) -> dict[str, Any]:
    """`{"ctr.now": x, "threshold.step": y}` as `{"ctr": Figure(now=x), "threshold": …}`."""
    parts: dict[str, dict[str, float | None]] = {}
    for column, number in numbers.items():
        metric, _, window = column.partition(".")
        parts.setdefault(metric, {})[window] = number
    thresholds = SimpleNamespace(**parts.pop(THRESHOLD, {}))
    told = {metric: _figure(own) for metric, own in parts.items()}
    return {**told, THRESHOLD: thresholds}


def _figure(own: Mapping[str, float | None]) -> Figure:
    """The windows a message can name; evidence has more, for checking."""
    return Figure(
        **{name: own[name] for name in ("now", "before", "peers", "target") if name in own}
    )


def message_values(advice: Advice) -> dict[str, Any]:
    """Everything the message of a piece of advice names, ready for rendering.

    `{{ ctr.now }}` of the campaign it is about, `{{ to.cpa.now }}` and `{{ to.name }}` of the
    receiver of a shift, `{{ threshold.step }}`, `{{ move }}`, `{{ effect.low }}`, `{{ name }}`.
    Figures are plain floats in the metric's unit; money is in `advice.currency`.
    """
    first = advice.campaign_ids[0]
    values = figures(advice.evidence.get(first, {})) | dict(advice.numbers)
    to, others = advice.numbers.get("to"), advice.campaign_ids[1:]
    if isinstance(to, Mapping) or (advice.action == "shift_budget" and others):
        to = dict(to or {})
        receiver = figures(advice.evidence.get(str(to.get("campaign_id", *others[:1])), {}))
        values["to"] = SimpleNamespace(**{**receiver, **to})
    if isinstance(values.get("effect"), Mapping):
        values["effect"] = SimpleNamespace(**values["effect"])
    return {**values, "currency": advice.currency}
