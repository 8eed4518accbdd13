"""A backtest as one page that needs nothing else: pictures inside, names inert."""

from __future__ import annotations

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.backtest.report import Backtest
from bot.cli import backtest_words as words
from bot.cli.backtest_pictures import pictures
from bot.numbers.metrics import Metrics
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
