"""`/perf channel NAME [WINDOW]`, and any other group of campaigns told together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from bot.advice.rules.rulebook import Rulebook
from bot.context.answer_cache import Same
from bot.context.context import Context
from bot.domain.campaign_rows import BoardRow, CampaignRow, GroupRow, spend
from bot.domain.replies import Asker, Reply
from bot.features.digest.spend_moves import given_back, spend_moves
from bot.features.parts.figures_shown import (
    absent,
    all_holes,
    blank,
    causes,
    charts,
    doubles_of,
    exact_figures,
    late,
)
from bot.features.parts.market_moves import market_moves
from bot.features.parts.reporting import rates_of, shown
from bot.numbers.decompose.chains import CHAINS
from bot.numbers.input.windows import Window
from bot.numbers.plan import Plan
from bot.question.grammar import Question, as_subject
from bot.render.values.answers import Uncounted
from bot.render.values.news import Credit
from bot.render.values.templates import (
    CampaignLine,
    ChannelAnswer,
    DoubleTraffic,
    SpendMoved,
    Trend,
)
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot.board_rows import Figures
from bot.snapshot.boards import again
from bot.snapshot.evaluation import JudgedMorning, ids_of
from bot.snapshot.naming import find_channel, title
from bot.snapshot.settling_results import LateResults
from bot.snapshot.standing import verdict
from bot.snapshot.trends import drawable
from bot.snapshot.verdicts import blended_target, head_metric, kpi, kpi_of

WINDOW = "7d"
ROUNDING = 0.005  # a share of the spend nobody sees in figures as they are read


@dataclass(frozen=True)
class Group:
    """Campaigns told together: of a channel, a stage or a pricing model.

    Attributes:
        by: The column they share; `key` its value on the board.
        title: As people call it.
        asks: The question without its window, as the grammar reads it back.
    """

    by: str
    key: str
    title: str
    asks: str


def channel_answer(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:
    """How a channel goes: its numbers, its campaigns, why it changed.

    Raises:
        UnknownName: No such channel or window.
        NoNumbers: Nothing in these days.
    """
    channel = find_channel(context, question.subject, as_of, question.when)
    boards.read_together(context, as_of, question.span(WINDOW), channel)
    figures = boards.figures(context, as_of, question.span(WINDOW), channel)
    group = Group("channel", channel, title(channel), f"channel {as_subject(channel)}")
    return of_group(context, figures, group, asker, aim=question.compare == "target")


def of_group(
    context: Context, figures: Figures, group: Group, asker: Asker, *, aim: bool = False
) -> Reply:
    """A group's numbers, an answer a currency, one under the other; `aim`: against its target.

    Raises:
        NoNumbers: Nothing in these days.
    """
    if len(figures.total(group.by, group.key)) > 1:  # one currency is told as its platform tells it
        figures = shown(context, figures)
    totals = figures.total(group.by, group.key)
    if blank(totals):
        is_channel = group.by == "channel"
        raise absent(
            context, figures, group.key if is_channel else "", "" if is_channel else group.title
        )
    judgement = judged.judged(context, figures.as_of)
    place = ("channels", group, figures.window)
    channels = context.shelf.memo(place, Same(figures), partial(_channels, figures, group))

    def build_reply() -> Reply:
        answers = [_of_currency(context, figures, judgement, group, total) for total in totals]
        return _headline(
            context, asker, [answer.against_target() if aim else answer for answer in answers]
        )

    question_text = f"{group.asks} {asked_again(figures, aim=aim)}"
    rests_on = (Same(figures), Same(judgement), late(context, figures, channels))
    return again(context, question_text, asker, rests_on, build_reply)


def _channels(figures: Figures, group: Group, total: GroupRow | None = None) -> list[str]:
    """Those its campaigns run in, in one currency or in all; its own where it is one."""
    rows = (row for row in figures.rows if row.group_of(group.by) == group.key)
    paid = (row for row in rows if total is None or row.currency == total.currency)
    return sorted({row.channel for row in paid} or {group.key})


def asked_again(figures: Figures, *, aim: bool = False) -> str:
    """A window as the question says it again."""
    return f"{figures.window} vs target" if aim else figures.window


def _headline(context: Context, asker: Asker, answers: Iterable[ChannelAnswer]) -> Reply:
    """Amounts of several currencies, one answer under the other."""
    renderer = context.renderer(asker.language)
    messages = [renderer.render("channel", answer=answer) for answer in answers]
    text = " ".join(message.text for message in messages)
    blocks = [block for message in messages for block in message.blocks]
    return Reply(text, blocks)


def _within(row: CampaignRow, group: Group, total: GroupRow) -> bool:
    return bool(row.currency == total.currency and row.group_of(group.by) == group.key)


def _of_currency(
    context: Context, figures: Figures, judgement: JudgedMorning, group: Group, total: GroupRow
) -> ChannelAnswer:
    rulebook, plan = context.rulebook, context.plan(figures.as_of)
    rows = sorted(
        (row for row in figures.counting(group.by) if _within(row, group, total)),
        key=spend,
        reverse=True,
    )
    metric = head_metric(total, rows, rulebook)
    head = kpi(total, metric, rulebook, blended_target(rows, metric))
    late_results = LateResults.of(context, figures.as_of)
    head = late_results.of_kpi(head, rows, rulebook.metrics, figures.now)
    definition = rulebook.metrics.get(metric)
    result = (definition.over or "") if definition and definition.sum == "spend" else ""
    is_channel, key = group.by == "channel", as_subject(group.key)
    return ChannelAnswer(
        title=group.title,
        kind="" if is_channel else group.by,
        asked=f"{group.asks} {figures.window}",
        window=figures.window,
        since=figures.now.since,
        until=figures.now.until,
        before_days=figures.compared,
        spend=total.now("spend"),
        currency=total.currency,
        result=result,
        results=total.now(result),
        kpi=head,
        uncounted=uncounted_in(total, rows, metric, context.rulebook) if result else None,
        figures=exact_figures(total, head, rulebook.metrics),
        rows=tuple(
            settling_row(
                context, campaign_row(context, row, judgement, plan), row, figures.now, late_results
            )
            for row in rows
        ),
        trends=_trends(context, figures, group, total, metric),
        why=causes(rows, head, rulebook) if _is_alone(total) else (),
        reasons=f"why {key} {metric} {figures.window}" if is_channel and metric in CHAINS else "",
        longer=f"{group.asks} 28d" if figures.window != "28d" else "",
        advice=f"advice {key}" if is_channel and judgement.about(ids_of(rows)) else "",
        unplaced=sum(1 for row in rows if not row.stage),
        late=late(context, figures, _channels(figures, group, total)),
        holes=all_holes(context, figures, _channels(figures, group, total)),
        doubles=_doubles(context, figures, group),
        spend_moved=_spend_moved(context, figures, judgement, group, total),
        prices=market_moves(context, figures.as_of, [group.key]) if _newest(figures, group) else (),
        credits=_credits(context, figures, group, total),
        begins=_begins(figures, group),
        rates=rates_of(context, figures),
    )


def _begins(figures: Figures, group: Group) -> date | None:
    """The first day a channel has numbers of, where that lies inside the days asked about."""
    first_day = figures.begins.get(group.key) if group.by == "channel" else None
    return first_day if first_day and first_day > figures.now.since else None


def _newest(figures: Figures, group: Group) -> bool:
    """Whether the answer is about a channel's newest days: then what moved is news."""
    return group.by == "channel" and figures.now.until == figures.as_of - timedelta(1)


def _spend_moved(
    context: Context, figures: Figures, judgement: JudgedMorning, group: Group, total: GroupRow
) -> tuple[SpendMoved, ...]:
    """Who of a channel spends at a new level, where the answer is about the newest days."""
    if not _newest(figures, group) or late(context, figures, [group.key]):
        return ()
    moves = spend_moves(context, figures, judgement, [group.key])
    return tuple(moved for moved in moves if moved.currency in total.currencies)


def _credits(
    context: Context, figures: Figures, group: Group, total: GroupRow
) -> tuple[Credit, ...]:
    """Money that its campaigns got back on these days."""
    channels = _channels(figures, group, total)
    within = tuple(row for row in figures.counting(group.by) if _within(row, group, total))
    return given_back(context, replace(figures, rows=within), channels)


def _doubles(context: Context, figures: Figures, group: Group) -> tuple[DoubleTraffic, ...]:
    """What the channel brings that another brings as well; of other groups it is counted once."""
    if group.by != "channel":
        return ()
    everything = boards.figures(context, figures.as_of, figures.window)
    return tuple(
        double
        for double in doubles_of(everything)
        if group.title in (double.copy, double.original, double.within)
    )


def settling_row(
    context: Context, line: CampaignLine, row: CampaignRow, days: Window, results: LateResults
) -> CampaignLine:
    """A campaign's line, with what its number of some days ends at once late results are in."""
    return replace(line, kpi=results.of_kpi(line.kpi, [row], context.rulebook.metrics, days))


def campaign_row(
    context: Context, row: CampaignRow, judgement: JudgedMorning, plan: Plan
) -> CampaignLine:
    """A campaign as one line of a table."""
    campaign_kpi, own_kpi = (kpi_of(each, context.rulebook) for each in (row, row.own))
    return CampaignLine(
        name=row.label,
        stage=row.stage or "",
        pricing=row.pricing_model or "",
        spend=row.now("spend"),
        kpi=campaign_kpi,
        verdict=verdict(row.own, own_kpi, judgement, context.rulebook, plan),
        currency=row.currency,
    )


def uncounted_in(
    total: BoardRow, rows: Sequence[CampaignRow], metric: str, rulebook: Rulebook
) -> Uncounted | None:
    """The spend that buys no counted result, where price times results is not the spend."""
    definition = rulebook.metrics[metric]
    price, results, spent = (total.now(name) for name in (metric, definition.over or "", "spend"))
    if price is None or not results or spent is None:
        return None
    uncounted_spend = spent - price * results / definition.scale
    if uncounted_spend <= ROUNDING * spent:
        return None
    none = [row for row in rows if row.now(definition.over or "") is None and spend(row)]
    return Uncounted(uncounted_spend, tuple(row.label for row in none))


def _is_alone(total: GroupRow) -> bool:
    """Whether it is told in the one currency it has: days and causes are of one alone."""
    return total.currencies == (total.currency,)


def _trends(
    context: Context, figures: Figures, group: Group, total: GroupRow, metric: str
) -> tuple[Trend, ...]:
    """Drawn day by day are channels and stages."""
    if group.by not in {"channel", "stage"} or not _is_alone(total):
        return ()
    metrics = ("spend", drawable(metric, context.rulebook))
    group_series = [
        series
        for series in boards.trends(
            context, figures.as_of, group.key if group.by == "channel" else ""
        )
        if series.kind == group.by
        and series.group == group.key
        and series.currency == total.currency
        and series.metric in metrics
    ]
    return charts(group_series, figures.as_of)
