"""A backtest in the terminal, and as a page that needs nothing else: pictures inside, names inert.

Its pictures are SVG, drawn by matplotlib; their colours follow the page's theme.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.backtest.afterwards import Next
from bot.backtest.report import Backtest, RuleReport
from bot.cli import backtest_words as words
from bot.cli.plain_text import table
from bot.errors import PerfbotError
from bot.numbers.metrics.glossary import Metrics
from bot.places import shipped


def page(report: Backtest, metrics: Metrics) -> str:
    """The whole page; every name in it is escaped.

    Raises:
        PerfbotError: matplotlib is not installed.
    """
    environment = Environment(
        loader=FileSystemLoader(shipped("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawn = [(picture, Markup(picture.svg)) for picture in pictures(report, metrics)]  # noqa: S704, our own
    return environment.get_template("backtest.html").render(
        found=report,
        metrics=metrics,
        pictures=drawn,
        words=words,
        moments=lambda several: [words.moment(moment, metrics) for moment in several],
    )


def text(report: Backtest, metrics: Metrics) -> str:
    """The report as text."""
    parts = [words.head(report), words.shuffles(report), *_parts(report, metrics)]
    return "\n\n".join(part for part in parts if part)


def _parts(report: Backtest, metrics: Metrics) -> Iterator[str]:
    if report.changed:
        yield _changed(report, metrics)
    yield _spoken(report) or "No rule spoke."
    yield _next(report, metrics)
    yield _held(report)
    quiet = [rule.id for rule in words.quiet(report)]
    if quiet:
        yield f"Never spoke: {', '.join(quiet)}."
    yield words.left(report)


def _spoken(report: Backtest) -> str:
    heads = ["Rule", "A week", "Campaigns", "Lasts", "Alone", "Begins per 100 weeks", "Along with"]
    rows = [
        [
            rule.id, words.a_week(rule), str(rule.campaigns), words.lasted(rule), words.alone(rule),
            words.alarms(rule.alarms), words.also(rule),
        ]
        for rule in words.spoken(report)
    ]  # fmt: skip
    return table(heads, rows, (1, 2, 4)) if rows else ""


def _next(report: Backtest, metrics: Metrics) -> str:
    rules = words.spoken(report)
    rows = [[rule.id, words.came(rule.next[0], metrics)] for rule in rules if rule.next]
    if not rows:
        return ""
    heads = ["Rule", f"What happened in the next {report.days} days"]
    return table(heads, rows)


def _held(report: Backtest) -> str:
    rows = [[rule.id, words.held(rule)] for rule in words.held_back(report) if rule.held]
    return table(["Rule", "Kept quiet by (campaign-mornings)"], rows) if rows else ""


def _changed(report: Backtest, metrics: Metrics) -> str:
    changes = ", ".join(report.changed)
    altered = words.altered(report)
    if not altered:
        return f"With {changes} nothing would have been said otherwise."
    rows = [
        [rule.id, *map(words.whole, (change.only_before, change.both, change.only_after)),
         words.alarms(change.alarms)]
        for rule, change in altered
    ]  # fmt: skip
    heads = ["Rule", "No longer", "As before", "Newly", "Begins per 100 weeks"]
    examples = [
        f"  {sign} {rule.id}: {words.moment(moment, metrics)}"
        for rule, change in altered
        for sign, moments in (("-", change.lost), ("+", change.gained))
        for moment in moments
    ]
    summary = f"With {changes} (campaign-mornings):\n{table(heads, rows, (1, 2, 3))}"
    return "\n".join([summary, *examples])


if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, FAINT, FIRST, SECOND = "#010203", "#040506", "#070809", "#0a0b0c"
_THEMED = {INK: "--ink", FAINT: "--faint", FIRST: "--first", SECOND: "--second"}
WIDTH, ROW, MARGIN, SIZE = 5.0, 0.3, 0.8, 10.0  # inches; points
MOST = 20
"""Rules in one picture."""


@dataclass(frozen=True)
class SvgPicture:
    """One picture: what it shows, what it says to those who cannot see it, and its SVG."""

    title: str
    alt: str
    svg: str


def pictures(report: Backtest, metrics: Metrics) -> list[SvgPicture]:
    """The pictures there is something to show in.

    Raises:
        PerfbotError: matplotlib is not installed.
    """
    _matplotlib()
    rules = words.spoken(report)[:MOST]
    candidates = [
        _weeks(report, rules) if rules else None,
        _alarms(rules) if rules and report.seeds else None,
        _next_picture(report, rules, metrics),
        _change(report),
    ]
    return [picture for picture in candidates if picture]


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


def _weeks(report: Backtest, rules: Sequence[RuleReport]) -> SvgPicture:
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
    axes.set_xlabel(f"Weeks from {report.since}", color=INK, fontsize=SIZE)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    loudest = rules[0]
    alt = (
        f"A dot for each week in which a rule spoke, over {weeks} weeks. {len(rules)} rules spoke; "
        f"{loudest.id} most often, {words.a_week(loudest)} times a week."
    )
    return SvgPicture("When each rule spoke", alt, _svg(figure))


def _alarms(rules: Sequence[RuleReport]) -> SvgPicture:
    """Two bars a rule: as it was, and shuffled."""
    figure, axes = _axes(len(rules))
    rule_alarms = [(rule, rule.alarms) for rule in rules if rule.alarms]
    _named(axes, [rule.id for rule, _ in rule_alarms])
    rows = [float(row) for row in range(len(rule_alarms))]
    real, shuffled = [a.real for _, a in rule_alarms], [a.shuffled for _, a in rule_alarms]
    axes.barh([y - 0.18 for y in rows], real, 0.34, color=FIRST, label="as it was")
    axes.barh([y + 0.18 for y in rows], shuffled, 0.34, color=SECOND, label="shuffled days")
    axes.set_xlabel("Begins to speak, per 100 campaign-weeks", color=INK, fontsize=SIZE)
    _legend(figure)
    lines = (f"{rule.id} {words.alarms(rule.alarms)}" for rule, _ in rule_alarms)
    alt = f"How often rules begin to speak in 100 campaign-weeks: {'; '.join(lines)}."
    return SvgPicture("As it was, and with the days shuffled", alt, _svg(figure))


def _next_picture(
    report: Backtest, rules: Sequence[RuleReport], metrics: Metrics
) -> SvgPicture | None:
    """A point and its interval a rule and metric."""
    outcomes = [
        (rule, outcome) for rule in rules for outcome in rule.next if outcome.low is not None
    ][:MOST]
    if not outcomes:
        return None
    figure, axes = _axes(len(outcomes))
    _named(axes, [f"{rule.id}: {metrics[outcome.metric].title}" for rule, outcome in outcomes])
    axes.axvline(0, color=FAINT, linewidth=1)
    for row, (_, row_outcome) in enumerate(outcomes):
        low, high = 100 * (row_outcome.low or 0.0), 100 * (row_outcome.high or 0.0)
        axes.plot([low, high], [row, row], color=FIRST, linewidth=2, solid_capstyle="round")
        axes.plot([100 * row_outcome.difference], [row], "o", color=FIRST, markersize=6)
    axes.set_xlabel("Difference, % (90 % interval)", color=INK, fontsize=SIZE)
    lines = "; ".join(f"{rule.id}: {_said(outcome, metrics)}" for rule, outcome in outcomes)
    alt = f"What happened in the next {report.days} days, against campaigns alike. {lines}."
    return SvgPicture(f"What happened in the next {report.days} days", alt, _svg(figure))


def _said(outcome: Next, metrics: Metrics) -> str:
    return words.came(outcome, metrics)


def _change(report: Backtest) -> SvgPicture | None:
    """How much would no longer, still and newly be said."""
    changes = words.altered(report)[:MOST]
    if not changes:
        return None
    figure, axes = _axes(len(changes))
    _named(axes, [rule.id for rule, _ in changes])
    rows = range(len(changes))
    axes.barh(
        rows, [-change.only_before for _, change in changes], 0.6, color=SECOND, label="no longer"
    )
    axes.barh(rows, [change.only_after for _, change in changes], 0.6, color=FIRST, label="newly")
    axes.axvline(0, color=FAINT, linewidth=1)
    axes.set_xlabel("Campaign-mornings", color=INK, fontsize=SIZE)
    _legend(figure)
    lines = (f"{r.id} {c.only_before} no longer, {c.only_after} newly" for r, c in changes)
    alt = f"What the change alters, in campaign-mornings: {'; '.join(lines)}."
    return SvgPicture("What the change alters", alt, _svg(figure))


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
