"""`/perf compare A and B`: two channels or campaigns side by side.

`/perf channel [METRIC] [WINDOW]`: every channel, by spend or by the number asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from bot.context.answer_cache import Same
from bot.context.context import Context
from bot.domain.campaign_rows import BoardRow, CampaignRow, GroupRow, spend
from bot.domain.replies import Asker, Reply
from bot.errors import UsageError
from bot.features.explain.change import find
from bot.features.explain.decomposition import About
from bot.features.parts.figures_shown import FIRST, absent, blank, figure, holes_of, late
from bot.features.parts.reporting import rates_of, shown
from bot.features.reports import campaign, channel
from bot.features.reports.channel import WINDOW, uncounted_in
from bot.question.grammar import Question, as_subject, subjects
from bot.render.values.answers import ChannelLine, ChannelsAnswer
from bot.render.values.templates import CompareAnswer, Compared, Late, MetricFigure, Option
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.snapshot.boards import again
from bot.snapshot.naming import NEAREST, no_numbers, title
from bot.snapshot.settling_results import LateResults
from bot.snapshot.verdicts import blended_target, head_metric, kpi

MOST = 12


def answer(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    """Two of them in the same days; one alone against the time before.

    Raises:
        UnknownName: No such channel, campaign or window.
        UsageError: Nothing, or more than two, to compare.
        NoNumbers: Nothing in these days.
    """
    figures = boards.figures(context, as_of, "28d")
    if not figures.rows:
        raise no_numbers(context, as_of)
    names = _pair(figures, question)
    if len(names) == 1 and not _several(figures, names[0], question):
        return _alone(context, figures, replace(question, subject=names[0]), asker, as_of)
    if len(names) != 2:
        raise UsageError(
            "I compare two things at a time.", hint="Write /perf compare google and meta."
        )
    window = question.span(WINDOW)
    figures = shown(context, boards.figures(context, as_of, window))
    sides = [find(figures, replace(question, subject=name, metric="")) for name in names]
    question_text = f"compare {' and '.join(side.asks for side in sides)}"
    build_reply = partial(_said, context, figures, sides, question_text, asker)
    missing = _late(context, figures, sides)
    return again(context, f"{question_text} {window}", asker, (Same(figures), missing), build_reply)


def _said(
    context: Context, figures: Figures, sides: Sequence[About], question_text: str, asker: Asker
) -> Reply:
    compared, window = [_side(context, figures, side) for side in sides], figures.window
    comparison = CompareAnswer(
        first=compared[0],
        second=compared[1],
        metrics=_metrics(context, compared),
        asked=f"{question_text} {window}",
        longer=f"{question_text} 28d" if window != "28d" else "",
        window=window,
        since=figures.now.since,
        until=figures.now.until,
        before=(figures.before.since, figures.before.until),
        late=_late(context, figures, sides),
        holes=holes_of(figures, dict.fromkeys(side.channel for side in sides)),
        rates=rates_of(context, figures),
    )
    message = context.renderer(asker.language).render("compare", answer=comparison)
    return Reply(message.text, message.blocks)


def _late(context: Context, figures: Figures, sides: Sequence[About]) -> tuple[Late, ...]:
    return late(context, figures, dict.fromkeys(side.channel for side in sides))


def _pair(figures: Figures, question: Question) -> tuple[str, ...]:
    """The names; words without an `and` are split where both halves name something."""
    names = subjects(question)
    words = names[0].split() if len(names) == 1 else []
    for at in range(1, len(words)):
        halves = (" ".join(words[:at]), " ".join(words[at:]))
        if all(_known(figures, half, question) for half in halves):
            return halves
    return names


def _several(figures: Figures, name: str, question: Question) -> bool:
    """Three or more names in a row, none of them a part of one."""
    words = name.split()
    return (
        len(words) > 2
        and not _known(figures, name, question)
        and all(_known(figures, word, question) for word in words)
    )


def _known(figures: Figures, name: str, question: Question) -> bool:
    try:
        find(figures, replace(question, command="compare", subject=name))
    except Exception:  # noqa: BLE001  whatever is unclear about it, it is no name
        return False
    return True


def _alone(
    context: Context, figures: Figures, question: Question, asker: Asker, as_of: date
) -> Reply:
    words = tuple(question.subject.split())
    if find(figures, question).row:
        campaign_question = replace(question, command="campaign", words=words)
        return campaign.answer(context, campaign_question, asker, as_of)
    return channel.channel_answer(
        context, replace(question, command="channel", words=words), asker, as_of
    )


def _side(context: Context, figures: Figures, subject: About) -> Compared:
    rows = [row for row in subject.rows(figures) if row.channel == subject.channel]
    if blank(rows):
        raise absent(context, figures, subject.channel, subject.name if subject.row else "")
    total = _total(figures, subject, rows)
    currency_rows = [row for row in rows if row.currency == total.currency]
    metric = head_metric(total, currency_rows, context.rulebook)
    metrics = context.rulebook.metrics
    head = kpi(total, metric, context.rulebook, blended_target(currency_rows, metric))
    late_results = LateResults.of(context, figures.as_of)
    return Compared(
        name=subject.name,
        kpi=late_results.of_kpi(head, currency_rows, metrics, figures.now),
        stages=tuple(sorted({str(row.stage or "") for row in currency_rows})),
        currency=total.currency,
        counted=(metrics[metric].over or "") if metric else "",
        uncounted=uncounted_in(total, currency_rows, metric, context.rulebook) if metric else None,
        figures={
            name: MetricFigure(
                name,
                total.now(name),
                total.before(name),
                total.currency if metrics[name].unit == "money" else None,
            )
            for name in metrics
            if total.now(name) is not None
        },
    )


def _total(figures: Figures, subject: About, rows: list[CampaignRow]) -> BoardRow:
    """The campaign itself, or the channel's total in the currency of most of its money."""
    if subject.row:
        return rows[0]
    return max(figures.total("channel", subject.channel), key=spend)


def _metrics(context: Context, sides: list[Compared]) -> tuple[str, ...]:
    """What both have, and what either is judged by; the usual ones first."""
    judged = [side.kpi.metric for side in sides]
    candidates = dict.fromkeys((*judged, *FIRST, *context.rulebook.metrics))
    order = [*FIRST, *(name for name in candidates if name not in FIRST)]
    shared_metrics = [
        name
        for name in order
        if name not in {"days", "missing_days"}
        and (all(name in side.figures for side in sides) or name in judged)
        and any(name in side.figures for side in sides)
    ]
    keep = [name for name in shared_metrics if name in judged]
    return tuple(
        name for name in shared_metrics if name in {*keep, *shared_metrics[: MOST - len(keep)]}
    )


def overview_answer(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    """The channels side by side.

    Raises:
        UnknownName: No such window.
        NoNumbers: Nothing in these days.
    """
    if not boards.figures(context, as_of, "28d").channels:
        raise no_numbers(context, as_of)
    figures = shown(context, boards.figures(context, as_of, question.span(WINDOW)))
    if blank(_channels_of(figures)):
        raise absent(context, figures)
    metric_known = question.metric in context.rulebook.metrics
    metric = question.metric if metric_known else "spend"
    missing = late(context, figures, figures.channels)
    build_reply = partial(_overview_headline, context, figures, metric, asker, missing)
    return again(
        context, _asks(metric, figures.window), asker, (Same(figures), missing), build_reply
    )


def _channels_of(figures: Figures) -> list[GroupRow]:
    return [row for row in figures.groups("channel") if row.group]


def _asks(metric: str, window: str) -> str:
    return f"channel {metric} {window}" if metric != "spend" else f"channel {window}"


def _overview_headline(
    context: Context, figures: Figures, metric: str, asker: Asker, missing: tuple[Late, ...]
) -> Reply:
    definition = context.rulebook.metrics[metric]
    adds = definition.kind == "sum" and definition.unit in {"count", "money"}
    ordered = _ordered(
        _channels_of(figures), metric, best_low=not adds and definition.better == "lower"
    )
    window, late_results = figures.window, LateResults.of(context, figures.as_of)
    channels_answer = ChannelsAnswer(
        asked=_asks(metric, window),
        window=window,
        since=figures.now.since,
        until=figures.now.until,
        metric=metric,
        adds=adds,
        lines=tuple(_line(context, figures, row, metric, late_results) for row in ordered),
        totals=_totals(context, figures, metric) if adds else (),
        options=tuple(_option(row, window) for row in ordered[:NEAREST]),
        longer=_asks(metric, "28d") if window != "28d" else "",
        late=missing,
        holes=holes_of(figures, figures.channels),
        before_days=figures.compared,
        rates=rates_of(context, figures),
    )
    message = context.renderer(asker.language).render("channels", answer=channels_answer)
    return Reply(message.text, message.blocks)


def _ordered(totals: list[GroupRow], metric: str, *, best_low: bool) -> list[GroupRow]:
    """The best or the most first, those without the number last, then by spend."""

    def place(row: GroupRow) -> tuple[bool, float, float]:
        value = row.now(metric)
        return value is None, (value or 0.0) * (1 if best_low else -1), -spend(row)

    return sorted(totals, key=place)


def _line(
    context: Context, figures: Figures, total: GroupRow, metric: str, late_results: LateResults
) -> ChannelLine:
    rows = [row for row in figures.of_channel(str(total.group)) if row.currency == total.currency]
    metrics = context.rulebook.metrics
    head = head_metric(total, rows, context.rulebook)
    channel_kpi = kpi(total, head, context.rulebook, blended_target(rows, head))
    asked_figure = None if metric == "spend" else figure(total, metric, metrics)
    return ChannelLine(
        title(str(total.group)),
        total.now("spend"),
        total.currency,
        late_results.of_kpi(channel_kpi, rows, metrics, figures.now),
        asked_figure,
    )


def _totals(context: Context, figures: Figures, metric: str) -> tuple[MetricFigure, ...]:
    """The sum over all channels; of what is no money over the currencies too."""
    rows = sorted(figures.groups("currency"), key=spend, reverse=True)
    sums = [figure(row, metric, context.rulebook.metrics) for row in rows]
    known_sums = [total for total in sums if total.now is not None]
    if not known_sums or known_sums[0].currency is not None:
        return tuple(known_sums)
    return (MetricFigure(metric, sum(total.now or 0.0 for total in known_sums)),)


def _option(row: GroupRow, window: str) -> Option:
    channel = str(row.group)
    return Option(title(channel), f"channel {as_subject(channel)} {window}")
