"""A trend as a chart, and as a sparkline where charts are not understood."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

BARS = "▁▂▃▄▅▆▇█"
GAP = "·"
MOST_POINTS = 20  # Slack's most categories of a chart


@dataclass(frozen=True)
class Trend:
    """A metric day by day, oldest first.

    Attributes:
        values: Of each day, None where missing; for a ratio its numerator.
        over: For a ratio the denominator of each day, so that days can be put together as
            sum over sum; empty for plain sums, which are shown as an average a day.
        scale: The ratio times this (1,000 for a price per thousand).
        line: Drawn as a line, else as bars.
    """

    metric: str
    days: tuple[date, ...]
    values: tuple[float | None, ...]
    over: tuple[float | None, ...] = ()
    scale: float = 1.0
    currency: str | None = None
    line: bool = True


def points(trend: Trend, most: int = MOST_POINTS) -> list[tuple[date, float]]:
    """At most `most` (day, value), days put together where there are more; gaps left out."""
    together = max(1, math.ceil(len(trend.days) / most))
    starts = range(len(trend.days) % together, len(trend.days), together)
    dated_values = [(trend.days[at + together - 1], _value(trend, at, together)) for at in starts]
    return [(day, value) for day, value in dated_values if value is not None]


def _value(trend: Trend, at: int, together: int) -> float | None:
    span = slice(at, at + together)
    if not trend.over:
        present = [_or_nan(value) for value in trend.values[span]]
        present = [value for value in present if math.isfinite(value)]
        return math.fsum(present) / len(present) if present else None
    pairs = zip(trend.values[span], trend.over[span], strict=True)
    complete_pairs = [(_or_nan(top), _or_nan(bottom)) for top, bottom in pairs]
    complete_pairs = [pair for pair in complete_pairs if all(map(math.isfinite, pair))]
    bottom = math.fsum(bottom for _, bottom in complete_pairs)
    return math.fsum(top for top, _ in complete_pairs) / bottom * trend.scale if bottom else None


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def sparkline(values: Sequence[float | None]) -> str:
    """One bar a value, lowest to highest; a gap where there is none, "" without any."""
    present = [value for value in values if value is not None and math.isfinite(value)]
    if not present:
        return ""
    low, span = min(present), max(present) - min(present)
    return "".join(_bar(value, low, span) for value in values)


def _bar(value: float | None, low: float, span: float) -> str:
    if value is None or not math.isfinite(value):
        return GAP
    share = (value - low) / span if span else 0.5
    return BARS[min(len(BARS) - 1, int(share * len(BARS)))]


def chart(
    category_values: Sequence[tuple[str, float]],
    *,
    title: str,
    name: str,
    line: bool,
    label: str = "",
) -> dict[str, Any]:
    """A data_visualization block of one series; `category_values`: (category, value), at least one.

    Texts must be within Slack's limits and categories unique; the page sees to that.
    """
    axis: dict[str, Any] = {"categories": [category for category, _ in category_values]}
    if label:
        axis["y_label"] = label
    series = [
        {"name": name, "data": [{"label": at, "value": value} for at, value in category_values]}
    ]
    drawing = {"type": "line" if line else "bar", "series": series, "axis_config": axis}
    return {"type": "data_visualization", "title": title, "chart": drawing}


def without_visualization(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same message for a Slack that knows no charts: sparklines, and one plain table."""
    return [_simpler(block) for block in blocks]


def _simpler(block: Mapping[str, Any]) -> dict[str, Any]:
    if block.get("type") == "data_visualization":
        return _as_sparkline(block)
    if block.get("type") == "data_table":
        return _as_table(block)
    return dict(block)


def _as_sparkline(block: Mapping[str, Any]) -> dict[str, Any]:
    drawing = block["chart"]
    if "segments" in drawing:
        shares = ", ".join(
            f"{segment['label']} {segment['value']:g}" for segment in drawing["segments"]
        )
        return _context(f"{block['title']}: {shares}")
    lines = [_series(drawing, series) for series in drawing["series"]]
    return _context("\n".join((str(block["title"]), *lines)))


def _series(drawing: Mapping[str, Any], series: Mapping[str, Any]) -> str:
    categories = drawing["axis_config"]["categories"]
    bars = sparkline([point["value"] for point in series["data"]])
    return f"{categories[0]} {bars} {categories[-1]}"


def _context(text: str) -> dict[str, Any]:
    element = {"type": "plain_text", "text": text, "emoji": False}
    return {"type": "context", "elements": [element]}


def _as_table(block: Mapping[str, Any]) -> dict[str, Any]:
    rows = block["rows"][:100]
    columns = zip(*rows, strict=True)
    numbers = [any(cell["type"] == "raw_number" for cell in column) for column in columns]
    settings = [{"align": "right" if is_number else "left"} for is_number in numbers]
    return {"type": "table", "rows": rows, "column_settings": settings}
