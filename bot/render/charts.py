"""Charts in the reader's language, within Slack's limits.

A chart as a PNG, for a Slack that refuses data_visualization; needs the extra `pictures`.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.blockkit import LIMITS
from bot.render.catalogue import N_
from bot.render.escaping import clip, flat
from bot.render.phrases import Phrases
from bot.render.trend_charts import Trend, chart, points


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
