"""Pictures of a backtest as SVG, drawn by matplotlib; their colours follow the page's theme."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

from bot.backtest.afterwards import Next
from bot.backtest.report import Backtest, RuleReport
from bot.cli import backtest_words as words
from bot.errors import PerfbotError
from bot.numbers.metrics.glossary import Metrics

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, FAINT, FIRST, SECOND = "#010203", "#040506", "#070809", "#0a0b0c"
_THEMED = {INK: "--ink", FAINT: "--faint", FIRST: "--first", SECOND: "--second"}
WIDTH, ROW, MARGIN, SIZE = 5.0, 0.3, 0.8, 10.0  # inches; points
MOST = 20
"""Rules in one picture."""


@dataclass(frozen=True)
class Picture:
    """One picture: what it shows, what it says to those who cannot see it, and its SVG."""

    title: str
    alt: str
    svg: str


def pictures(found: Backtest, metrics: Metrics) -> list[Picture]:
    """The pictures there is something to show in.

    Raises:
        PerfbotError: matplotlib is not installed.
    """
    _matplotlib()
    rules = words.spoken(found)[:MOST]
    made = [
        _weeks(found, rules) if rules else None,
        _alarms(rules) if rules and found.seeds else None,
        _next(found, rules, metrics),
        _change(found),
    ]
    return [picture for picture in made if picture]


def _matplotlib() -> Any:
    try:
        import matplotlib as mpl  # noqa: PLC0415, an extra: only where pictures are wanted
    except ImportError as error:
        raise PerfbotError(
            "The page's pictures need matplotlib.",
            hint='Install it: pip install "perfbot[pictures]"; or ask for --format text or json.',
        ) from error
    return mpl


def _axes(rows: int) -> tuple[Figure, Axes]:
    """Rows from the top down, named on the left."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(WIDTH, MARGIN + ROW * rows), layout="constrained")
    axes = figure.add_subplot()
    axes.set_ylim(rows - 0.5, -0.5)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.tick_params(colors=INK, length=0, labelsize=SIZE)
    return figure, axes


def _named(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), labels=list(names), parse_math=False)


def _legend(figure: Figure) -> None:
    """Above the drawing, where it hides nothing."""
    figure.legend(loc="outside upper right", ncols=2, frameon=False, labelcolor=INK, fontsize=SIZE)


def _weeks(found: Backtest, rules: Sequence[RuleReport]) -> Picture:
    """A dot a rule and week, as large as it spoke of many campaigns."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    figure, axes = _axes(len(rules))
    _named(axes, [rule.id for rule in rules])
    most = max(max(rule.weekly) for rule in rules)
    for row, rule in enumerate(rules):
        places = [week for week, count in enumerate(rule.weekly) if count]
        sizes = [6 + 90 * rule.weekly[week] / most for week in places]
        axes.scatter(places, [row] * len(places), s=sizes, color=FIRST, linewidths=0)
    weeks = len(rules[0].weekly)
    axes.set_xlim(-0.7, weeks - 0.3)
    axes.set_xlabel(f"Weeks from {found.since}", color=INK, fontsize=SIZE)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    loudest = rules[0]
    alt = (
        f"A dot for each week in which a rule spoke, over {weeks} weeks. {len(rules)} rules spoke; "
        f"{loudest.id} most often, {words.a_week(loudest)} times a week."
    )
    return Picture("When each rule spoke", alt, _svg(figure))


def _alarms(rules: Sequence[RuleReport]) -> Picture:
    """Two bars a rule: as it was, and shuffled."""
    figure, axes = _axes(len(rules))
    told = [(rule, rule.alarms) for rule in rules if rule.alarms]
    _named(axes, [rule.id for rule, _ in told])
    rows = [float(row) for row in range(len(told))]
    real, shuffled = [a.real for _, a in told], [a.shuffled for _, a in told]
    axes.barh([y - 0.18 for y in rows], real, 0.34, color=FIRST, label="as it was")
    axes.barh([y + 0.18 for y in rows], shuffled, 0.34, color=SECOND, label="shuffled days")
    axes.set_xlabel("Begins to speak, per 100 campaign-weeks", color=INK, fontsize=SIZE)
    _legend(figure)
    lines = (f"{rule.id} {words.alarms(rule.alarms)}" for rule, _ in told)
    alt = f"How often rules begin to speak in 100 campaign-weeks: {'; '.join(lines)}."
    return Picture("As it was, and with the days shuffled", alt, _svg(figure))


def _next(found: Backtest, rules: Sequence[RuleReport], metrics: Metrics) -> Picture | None:
    """A point and its interval a rule and metric."""
    told = [(rule, one) for rule in rules for one in rule.next if one.low is not None][:MOST]
    if not told:
        return None
    figure, axes = _axes(len(told))
    _named(axes, [f"{rule.id}: {metrics[one.metric].title}" for rule, one in told])
    axes.axvline(0, color=FAINT, linewidth=1)
    for row, (_, one) in enumerate(told):
        low, high = 100 * (one.low or 0.0), 100 * (one.high or 0.0)
        axes.plot([low, high], [row, row], color=FIRST, linewidth=2, solid_capstyle="round")
        axes.plot([100 * one.difference], [row], "o", color=FIRST, markersize=6)
    axes.set_xlabel("Difference, % (90 % interval)", color=INK, fontsize=SIZE)
    lines = "; ".join(f"{rule.id}: {_said(one, metrics)}" for rule, one in told)
    alt = f"What happened in the next {found.days} days, against campaigns alike. {lines}."
    return Picture(f"What happened in the next {found.days} days", alt, _svg(figure))


def _said(one: Next, metrics: Metrics) -> str:
    return words.came(one, metrics)


def _change(found: Backtest) -> Picture | None:
    """How much would no longer, still and newly be said."""
    told = words.altered(found)[:MOST]
    if not told:
        return None
    figure, axes = _axes(len(told))
    _named(axes, [rule.id for rule, _ in told])
    rows = range(len(told))
    axes.barh(rows, [-one.only_before for _, one in told], 0.6, color=SECOND, label="no longer")
    axes.barh(rows, [one.only_after for _, one in told], 0.6, color=FIRST, label="newly")
    axes.axvline(0, color=FAINT, linewidth=1)
    axes.set_xlabel("Campaign-mornings", color=INK, fontsize=SIZE)
    _legend(figure)
    lines = (f"{r.id} {c.only_before} no longer, {c.only_after} newly" for r, c in told)
    alt = f"What the change alters, in campaign-mornings: {'; '.join(lines)}."
    return Picture("What the change alters", alt, _svg(figure))


def _svg(figure: Figure) -> str:
    """The drawing alone, the same bytes for the same figures, in the page's own colours."""
    page = StringIO()
    with _matplotlib().rc_context({"svg.fonttype": "none", "svg.hashsalt": "perfbot"}):
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(page, format="svg", transparent=True, metadata=nothing)
    svg = page.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r' (?:width|height)="[0-9.]+pt"', "", svg, count=2)
    svg = re.sub(r"font: ([0-9.]+)px [^;\"]*", r"font-size: \1px; font-family: inherit", svg)
    for colour, name in _THEMED.items():
        svg = svg.replace(colour, f"var({name})")
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1).strip()
