"""`/perf channel [METRIC] [WINDOW]`: every channel, by spend or by the number asked about."""

from __future__ import annotations

from datetime import date
from functools import partial

from bot.desk import boards
from bot.desk.absent import absent, blank
from bot.desk.again import again
from bot.desk.figures import Figures, Row, spend
from bot.desk.grammar import Question, as_subject
from bot.desk.names import NEAREST, no_numbers, title
from bot.desk.office import Office
from bot.desk.shelf import Same
from bot.desk.showing import figure, late
from bot.desk.types import Asker, Reply
from bot.desk.verdicts import blended_target, head_metric, kpi
from bot.messages.answers import Figure
from bot.messages.channels import ChannelLine, ChannelsAnswer
from bot.messages.values import Late, Option

WINDOW = "7d"


def answer(office: Office, question: Question, asker: Asker, as_of: date) -> Reply:
    """The channels side by side.

    Raises:
        UnknownName: No such window.
        NoNumbers: Nothing in these days.
    """
    if not boards.figures(office, as_of, "28d").channels:
        raise no_numbers(office, as_of)
    figures = boards.figures(office, as_of, question.span(WINDOW))
    totals = [row for row in figures.groups("channel") if row["group"]]
    if blank(totals):
        raise absent(office, figures)
    known = question.metric in office.rulebook.metrics
    metric = question.metric if known else "spend"
    missing = late(office, figures, figures.channels)
    made = partial(_said, office, figures, totals, metric, asker, missing)
    return again(office, _asks(metric, figures.window), asker, (Same(figures), missing), made)


def _asks(metric: str, window: str) -> str:
    return f"channel {metric} {window}" if metric != "spend" else f"channel {window}"


def _said(  # noqa: PLR0913, PLR0917  what it is made of
    office: Office,
    figures: Figures,
    totals: list[Row],
    metric: str,
    asker: Asker,
    missing: tuple[Late, ...],
) -> Reply:
    known = office.rulebook.metrics[metric]
    adds = known.kind == "sum" and known.unit in {"count", "money"}
    ordered = _ordered(totals, metric, best_low=not adds and known.better == "lower")
    window = figures.window
    found = ChannelsAnswer(
        asked=_asks(metric, window),
        window=window,
        since=figures.now.since,
        until=figures.now.until,
        metric=metric,
        adds=adds,
        lines=tuple(_line(office, figures, row, metric) for row in ordered),
        totals=_totals(office, figures, metric) if adds else (),
        options=tuple(_option(row, window) for row in ordered[:NEAREST]),
        longer=_asks(metric, "28d") if window != "28d" else "",
        late=missing,
        before_days=figures.compared,
    )
    message = office.renderer(asker.language).render("channels", answer=found)
    return Reply(message.text, message.blocks)


def _ordered(totals: list[Row], metric: str, *, best_low: bool) -> list[Row]:
    """The best or the most first, those without the number last, then by spend."""

    def place(row: Row) -> tuple[bool, float, float]:
        value = row.get(f"now.{metric}")
        return value is None, (value or 0.0) * (1 if best_low else -1), -spend(row)

    return sorted(totals, key=place)


def _line(office: Office, figures: Figures, total: Row, metric: str) -> ChannelLine:
    rows = [
        row
        for row in figures.of_channel(str(total["group"]))
        if row["currency"] == total["currency"]
    ]
    head = head_metric(total, rows, office.rulebook)
    asked = None if metric == "spend" else figure(total, metric, office.rulebook.metrics)
    return ChannelLine(
        title(str(total["group"])),
        total["now.spend"],
        total["currency"],
        kpi(total, head, office.rulebook, blended_target(rows, head)),
        asked,
    )


def _totals(office: Office, figures: Figures, metric: str) -> tuple[Figure, ...]:
    """The sum over all channels; of what is no money over the currencies too."""
    rows = sorted(figures.groups("currency"), key=spend, reverse=True)
    found = [figure(row, metric, office.rulebook.metrics) for row in rows]
    known = [each for each in found if each.now is not None]
    if not known or known[0].currency is not None:
        return tuple(known)
    return (Figure(metric, sum(each.now or 0.0 for each in known)),)


def _option(row: Row, window: str) -> Option:
    channel = str(row["group"])
    return Option(title(channel), f"channel {as_subject(channel)} {window}")
