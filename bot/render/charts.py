"""Charts in the reader's language, within Slack's limits: a trend, or whatever is compared.

Where charts are not understood: a sparkline, or a PNG, which needs the extra `pictures`.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from bot.blockkit import LIMITS
from bot.render.catalogue import N_
from bot.render.escaping import clip, flat
from bot.render.number_formats import NumberForms
from bot.render.phrases import Phrases


def drawn(trend: Trend, phrases: Phrases) -> dict[str, Any] | None:
    """A trend as a chart; None where fewer than two points are known."""
    trend_points = points(trend)
    if len(trend_points) < 2:
        return None
    speech = phrases.speech
    title = flat(phrases.title(trend.metric))
    per_day = not trend.over and phrases.unit(trend.metric) in {"money", "count"}
    heading = speech.say(N_("%(title)s a day") if per_day else N_("%(title)s"), title=title)
    span = speech.forms.span(trend.days[0], trend.days[-1])
    full_title = speech.say(N_("%(heading)s, %(span)s"), heading=heading, span=span)
    days = [(speech.forms.short_day(day), round(value, 4)) for day, value in trend_points]
    return chart(
        _apart(days),
        title=clip(flat(full_title), LIMITS["chart.title"]),
        name=clip(title, LIMITS["chart.label"]),
        line=trend.line,
        label=speech.forms.sign(trend.currency)[: LIMITS["chart.axis"]],
    )


def _apart(days: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Categories made unique; two years' days may read alike."""
    names: set[str] = set()
    apart = []
    for label, value in days:
        name = label
        while name in names:
            name += "'"
        names.add(name)
        apart.append((name[: LIMITS["chart.label"]], value))
    return apart


SIZE, DOTS = (8.0, 3.6), 120  # inches and dots an inch: readable on a phone
INK, LINE = "#1d1c1d", "#1b4b43"
MOST_TICKS = 8


@dataclass(frozen=True)
class Picture:
    """A chart drawn: PNG bytes, and what it shows in words."""

    png: bytes
    alt: str


def picture(block: Mapping[str, Any]) -> Picture | None:
    """A data_visualization of lines or bars as a picture; None without matplotlib, or of a pie."""
    chart = block.get("chart") or {}
    if "series" not in chart:
        return None
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - an extra, and slow to load
    except ImportError:
        return None
    figure = Figure(figsize=SIZE, dpi=DOTS, facecolor="white")  # no pyplot: nothing is shared
    axes = figure.add_subplot()
    labels = [str(category) for category in chart["axis_config"]["categories"]]
    for number, series in enumerate(chart["series"]):
        _draw(axes, chart["type"], labels, series, number)
    _frame(axes, labels, str(chart["axis_config"].get("y_label") or ""), str(block["title"]))
    page = io.BytesIO()
    figure.savefig(page, format="png", bbox_inches="tight", metadata={"Software": None})
    return Picture(page.getvalue(), described(block))


def described(block: Mapping[str, Any]) -> str:
    """What a chart shows, for those who hear it: its title, and each line's ends and extremes."""
    chart = block["chart"]
    descriptions = [_told(series["data"]) for series in chart["series"] if series["data"]]
    return f"{block['title']}: {'; '.join(descriptions)}"[: LIMITS["image.alt_text"]]


def _told(points: Sequence[Mapping[str, Any]]) -> str:
    values = [float(point["value"]) for point in points]
    first_point, last_point = points[0], points[-1]
    ends = f"{first_point['label']} {values[0]:g} → {last_point['label']} {values[-1]:g}"
    return f"{ends} ({min(values):g}–{max(values):g})"


def _draw(axes: Any, kind: str, labels: list[str], series: Mapping[str, Any], number: int) -> None:
    values = {point["label"]: float(point["value"]) for point in series["data"]}
    places = [at for at, label in enumerate(labels) if label in values]
    heights = [values[labels[at]] for at in places]
    if kind == "bar":
        axes.bar(places, heights, color=LINE, alpha=1 - 0.15 * number)
    else:
        axes.plot(places, heights, color=LINE, linewidth=2.2, alpha=1 - 0.15 * number)
        axes.set_ylim(bottom=min(0.0, *heights))


def _frame(axes: Any, labels: list[str], unit: str, title: str) -> None:
    step = max(1, -(-len(labels) // MOST_TICKS))
    places = list(range(0, len(labels), step))
    axes.set_xticks(places)
    texts = axes.set_xticklabels([_drawable(labels[at]) for at in places])
    texts += [axes.set_title(_drawable(title), loc="left", color=INK)]
    texts += [axes.set_ylabel(_drawable(unit), color=INK)]
    for text in texts:
        text.set_parse_math(False)  # a dollar in a name is no formula
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK)


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    from matplotlib.font_manager import findfont, get_font  # noqa: PLC0415 - as above

    return frozenset(get_font(findfont("DejaVu Sans")).get_charmap())


def _drawable(text: str) -> str:
    """Letters the font lacks (emoji) as a dot, so that nothing is drawn as a box."""
    return "".join(letter if ord(letter) in _letters() else "·" for letter in text)


WHOLE_FROM = 20
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


def without_visualization(
    blocks: Sequence[Mapping[str, Any]], forms: NumberForms | None = None
) -> list[dict[str, Any]]:
    """The same message for a Slack that knows no charts: sparklines, and one plain table.

    `forms` write the ends of a sparkline in the reader's language, English where nobody knows it.
    """
    return [_simpler(block, forms or NumberForms("en")) for block in blocks]


def _simpler(block: Mapping[str, Any], forms: NumberForms) -> dict[str, Any]:
    if block.get("type") == "data_visualization":
        return _as_sparkline(block, forms)
    if block.get("type") == "data_table":
        return _as_table(block)
    return dict(block)


def _as_sparkline(block: Mapping[str, Any], forms: NumberForms) -> dict[str, Any]:
    drawing = block["chart"]
    if "segments" in drawing:
        shares = ", ".join(
            f"{segment['label']} {segment['value']:g}" for segment in drawing["segments"]
        )
        return _context(f"{block['title']}: {shares}")
    lines = [_series(drawing, series, forms) for series in drawing["series"]]
    return _context("\n".join((str(block["title"]), *lines)))


def _series(drawing: Mapping[str, Any], series: Mapping[str, Any], forms: NumberForms) -> str:
    categories = drawing["axis_config"]["categories"]
    bars = sparkline([point["value"] for point in series["data"]])
    known = [point["value"] for point in series["data"] if point["value"] is not None]
    if not known:
        return f"{categories[0]} {bars} {categories[-1]}"
    unit = str(drawing["axis_config"].get("y_label") or "")
    first, last = (_end(value, unit, forms) for value in (known[0], known[-1]))
    return f"{categories[0]}: {first} {bars} {last} ({categories[-1]})"


def _end(value: float, unit: str, forms: NumberForms) -> str:
    """The first or last value as people write it: whole from 20 up, small ones to be told apart."""
    digits = 0 if abs(value) >= WHOLE_FROM else 2 if abs(value) >= 1 else 4
    return forms.beside(forms.decimal(value, digits, 0), unit)


def _context(text: str) -> dict[str, Any]:
    element = {"type": "plain_text", "text": text, "emoji": False}
    return {"type": "context", "elements": [element]}


def _as_table(block: Mapping[str, Any]) -> dict[str, Any]:
    rows = block["rows"][:100]
    columns = zip(*rows, strict=True)
    numbers = [any(cell["type"] == "raw_number" for cell in column) for column in columns]
    settings = [{"align": "right" if is_number else "left"} for is_number in numbers]
    return {"type": "table", "rows": rows, "column_settings": settings}
