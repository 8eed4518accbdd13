"""What a rule's message can name: metrics with their windows, thresholds, the receiver, amounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from bot.advice.rules.condition import THRESHOLD
from bot.domain.advice import Advice


@dataclass(frozen=True)
class MetricWindows:
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
    metric_figures = {metric: _figure(windows) for metric, windows in parts.items()}
    return {**metric_figures, THRESHOLD: thresholds}


def _figure(windows: Mapping[str, float | None]) -> MetricWindows:
    """The windows a message can name; evidence has more, for checking."""
    return MetricWindows(
        **{name: windows[name] for name in ("now", "before", "peers", "target") if name in windows}
    )


def message_values(advice: Advice) -> dict[str, Any]:
    """Everything the message of a piece of advice names, ready for rendering.

    `{{ ctr.now }}` of the campaign it is about, `{{ to.cpa.now }}` and `{{ to.name }}` of the
    receiver of a shift, `{{ threshold.step }}`, `{{ move }}`, `{{ effect.low }}`, `{{ name }}`.
    Figures are plain floats in the metric's unit; money is in `advice.currency`.
    """
    campaign_id = advice.campaign_ids[0]
    values = figures(advice.evidence.get(campaign_id, {})) | dict(advice.numbers)
    to, other_campaigns = advice.numbers.get("to"), advice.campaign_ids[1:]
    if isinstance(to, Mapping) or (advice.action == "shift_budget" and other_campaigns):
        to = dict(to) if isinstance(to, Mapping) else {}
        receiver = figures(
            advice.evidence.get(str(to.get("campaign_id", *other_campaigns[:1])), {})
        )
        values["to"] = SimpleNamespace(**{**receiver, **to})
    if isinstance(values.get("effect"), Mapping):
        values["effect"] = SimpleNamespace(**values["effect"])
    return {**values, "currency": advice.currency}
