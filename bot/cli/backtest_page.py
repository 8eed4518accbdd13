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


def page(found: Backtest, metrics: Metrics) -> str:
    """The whole page; every name in it is escaped.

    Raises:
        PerfbotError: matplotlib is not installed.
    """
    made = Environment(
        loader=FileSystemLoader(shipped("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawn = [(each, Markup(each.svg)) for each in pictures(found, metrics)]  # noqa: S704, our own
    return made.get_template("backtest.html").render(
        found=found,
        metrics=metrics,
        pictures=drawn,
        words=words,
        moments=lambda several: [words.moment(one, metrics) for one in several],
    )


def text(found: Backtest, metrics: Metrics) -> str:
    """The report as text."""
    parts = [words.head(found), words.shuffles(found), *_parts(found, metrics)]
    return "\n\n".join(part for part in parts if part)


def _parts(found: Backtest, metrics: Metrics) -> Iterator[str]:
    if found.changed:
        yield _changed(found, metrics)
    yield _spoken(found) or "No rule spoke."
    yield _next(found, metrics)
    yield _held(found)
    quiet = [rule.id for rule in words.quiet(found)]
    if quiet:
        yield f"Never spoke: {', '.join(quiet)}."
    yield words.left(found)


def _spoken(found: Backtest) -> str:
    heads = ["Rule", "A week", "Campaigns", "Lasts", "Alone", "Begins per 100 weeks", "Along with"]
    rows = [
        [
            rule.id, words.a_week(rule), str(rule.campaigns), words.lasted(rule), words.alone(rule),
            words.alarms(rule.alarms), words.also(rule),
        ]
        for rule in words.spoken(found)
    ]  # fmt: skip
    return table(heads, rows, (1, 2, 4)) if rows else ""


def _next(found: Backtest, metrics: Metrics) -> str:
    rules = words.spoken(found)
    rows = [[rule.id, words.came(rule.next[0], metrics)] for rule in rules if rule.next]
    if not rows:
        return ""
    heads = ["Rule", f"What happened in the next {found.days} days"]
    return table(heads, rows)


def _held(found: Backtest) -> str:
    rows = [[rule.id, words.held(rule)] for rule in words.held_back(found) if rule.held]
    return table(["Rule", "Kept quiet by (campaign-mornings)"], rows) if rows else ""


def _changed(found: Backtest, metrics: Metrics) -> str:
    what = ", ".join(found.changed)
    altered = words.altered(found)
    if not altered:
        return f"With {what} nothing would have been said otherwise."
    rows = [
        [rule.id, *map(words.whole, (one.only_before, one.both, one.only_after)),
         words.alarms(one.alarms)]
        for rule, one in altered
    ]  # fmt: skip
    heads = ["Rule", "No longer", "As before", "Newly", "Begins per 100 weeks"]
    examples = [
        f"  {sign} {rule.id}: {words.moment(moment, metrics)}"
        for rule, one in altered
        for sign, moments in (("-", one.lost), ("+", one.gained))
        for moment in moments
    ]
    told = f"With {what} (campaign-mornings):\n{table(heads, rows, (1, 2, 3))}"
    return "\n".join([told, *examples])
