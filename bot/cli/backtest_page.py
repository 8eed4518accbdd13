"""A backtest as one page that needs nothing else: pictures inside, names inert.

A backtest in the terminal: short, the rules that spoke first.
"""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.backtest.report import Backtest
from bot.cli import backtest_words as words
from bot.cli.backtest_pictures import pictures
from bot.cli.printing import table
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
