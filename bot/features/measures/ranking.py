"""Which: campaigns, channels, stages or days in an order, or those that meet a condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow, spend
from bot.domain.replies import Asker, Reply
from bot.features.measures.how_much import (
    AmountQuestion,
    bought,
    line_of,
    of_money,
    rates_said,
    scene,
    without_numbers,
)
from bot.features.measures.judged_prices import judged_line
from bot.features.measures.ranked_days import (
    DAYS,
    LISTED,
    SHOWN,
    condition_of,
    direction,
    meets,
    ranked_days,
)
from bot.features.parts.subjects import EVERYTHING, Subject, by_currency, groups_of
from bot.question.conditions import lacks_target, says_doubled, side_of_change
from bot.question.slots import Bound, Slots
from bot.render.values.measures import Condition, Measure, RankAnswer
from bot.snapshot.naming import title
from bot.snapshot.verdicts import kpi_of

GROUPS = {"channel", "stage", "client"}


def answer(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """The ranking, or the campaigns that meet the condition."""
    at = scene(context, slots, asker, as_of)
    if nothing := without_numbers(at, slots):
        return nothing
    within = [Subject.of(mention) for mention in slots.things if mention.kind != "campaign"]
    if _among_channels(slots) and slots.metric in context.rulebook.metrics:
        rows = [row for channel in within for row in channel.rows(at.figures)]
        ranking = _ranked(at, replace(slots, by="channel"), rows)
        return at.said("ranked", answer=replace(ranking, rates=rates_said(at, slots.metric)))
    subject = within[0] if within else EVERYTHING
    if slots.by in DAYS and slots.things:
        subject = Subject.of(slots.things[0])  # the days of a campaign are its own
    if slots.metric in {"", "target", "monthly_budget"} or _to_target(slots):
        ranking = _by_target(at, slots, subject)
    elif slots.bound and slots.bound.number is not None and slots.by not in DAYS:
        ranking = _meeting(at, slots, subject)
    elif slots.by in DAYS:
        ranking = ranked_days(at, slots, subject)
    else:
        ranking = _ranked(at, slots, subject.rows(at.figures))
    rates = rates_said(at, slots.metric)
    ranking = replace(ranking, within=subject.title, rates=rates, count=slots.count)
    return at.said("ranked", answer=ranking)


def _among_channels(slots: Slots) -> bool:
    """`linkedin, google or meta`: the channels that are named, in an order, of no condition."""
    channels = len(slots.things) > 1 and {mention.kind for mention in slots.things} == {"channel"}
    return channels and slots.bound is None and slots.by not in DAYS


def _to_target(slots: Slots) -> bool:
    return slots.bound is not None and slots.bound.number is None


def _by_target(at: AmountQuestion, slots: Slots, subject: Subject) -> RankAnswer:
    """Each campaign's price beside its target: the worst, those above it, those without one."""
    rows, bounds = subject.rows(at.figures), slots.besides if _to_target(slots) else ()
    conditions = tuple(condition_of(at, slots, bound) for bound in bounds)
    rows = [row for row in rows if all(_holds(at, row, condition) for condition in conditions)]
    lines = [judged_line(at, row, kpi_of(row, at.context.rulebook)) for row in rows]
    currency = rows[0].currency if conditions and rows else None
    base = RankAnswer("", "target", at.period, (), bounds=conditions, currency=currency)
    asked_metric = at.context.rulebook.metrics.get(slots.metric)
    if _to_target(slots) and asked_metric is not None and asked_metric.kind == "ratio":
        lines = [line for line in lines if line.metric == slots.metric]
        base = replace(base, metric=slots.metric)
    if lacks_target(slots.text):
        return replace(
            base, condition="missing", lines=tuple(line for line in lines if line.target is None)
        )
    judged_lines = [line for line in lines if line.over is not None]
    worse = sorted(judged_lines, key=lambda line: -_beyond(at, line))
    if _to_target(slots) and slots.bound and not slots.count:
        if base.metric and not judged_lines:
            return replace(base, condition="target", note="none of it")
        above, beyond = slots.bound.above, slots.bound.beyond
        matches = [line for line in worse if _off_target(_beyond(at, line), slots.bound)]
        return replace(base, condition="target", above=above, beyond=beyond, lines=tuple(matches))
    side = slots.bound is not None and not slots.bound.above
    worst = slots.order in {"worst", "least"} or not slots.order
    order = "worst" if (worst or slots.bound) and not side else "best"
    if not judged_lines:
        return _without_targets(at, slots, subject, order)
    chosen = worse if order == "worst" else worse[::-1]
    return replace(
        base, order=order, lines=tuple(chosen[: slots.count or SHOWN]), of=len(judged_lines)
    )


def _without_targets(at: AmountQuestion, slots: Slots, subject: Subject, order: str) -> RankAnswer:
    """By cost per result, of the campaigns judged by what most of the money is judged by.

    What spent and has no result at all stands first among the worst.
    """
    money = groups_of(subject.rows(at.figures), lambda row: kpi_of(row, at.context.rulebook).metric)
    rows = max(money.values(), key=lambda group: sum(map(spend, group)), default=[])
    if not rows:
        return RankAnswer("", "target", at.period, (), order)
    metric = kpi_of(rows[0], at.context.rulebook).metric
    higher = at.context.rulebook.metrics[metric].better == "higher"
    lines = [line_of(at, row.label, [row], metric) for row in rows]
    priced = [line for line in lines if line.value is not None]
    dear = order == "worst"
    ordered = sorted(priced, key=lambda line: line.value or 0.0, reverse=dear is not higher)
    fruitless = [
        line_of(at, row.label, [row], "spend")
        for row, line in zip(rows, lines, strict=True)
        if line.value is None and row.now("spend")
    ]
    return RankAnswer(
        metric, "campaign", at.period, tuple(ordered[: slots.count or SHOWN]), order, len(lines),
        note="no targets", fruitless=tuple(fruitless) if dear else (),
    )  # fmt: skip


def _beyond(at: AmountQuestion, line: Measure) -> float:
    """How far on the wrong side of its target."""
    over = line.over or 0.0
    return -over if at.context.rulebook.metrics[line.metric].better == "higher" else over


def _off_target(beyond: float, bound: Bound) -> bool:
    """Whether it lies on the side of its target that is asked for, and far enough."""
    if not bound.beyond:
        return (beyond > 0) is bound.above
    return beyond > bound.beyond if bound.above else beyond < -bound.beyond


def _meeting(at: AmountQuestion, slots: Slots, subject: Subject) -> RankAnswer:
    """The campaigns all conditions hold of, by the number that is asked about first."""
    assert slots.bound is not None
    conditions = tuple(condition_of(at, slots, bound) for bound in (slots.bound, *slots.besides))
    rows = subject.rows(at.figures)
    if slots.by in GROUPS:
        lines = _groups_meeting(at, slots, rows, conditions)
    else:
        matching = [
            row for row in rows if all(_holds(at, row, condition) for condition in conditions)
        ]
        lines = [line for line in _groups(at, slots, matching) if line.value is not None]
    falling = slots.order not in {"least", "worst"} or direction(at, slots)[0]
    ordered = sorted(lines, key=lambda line: (line.value or 0.0) * (-1 if falling else 1))
    codes = {row.currency for row in rows}
    currency = codes.pop() if len(codes) == 1 else None  # of several, each keeps its own
    return RankAnswer(
        slots.metric, slots.by if slots.by in GROUPS else "campaign", at.period,
        tuple(ordered[: slots.count or LISTED]), condition="bound", bounds=conditions,
        of=len(rows), note=_each_own(at, slots.metric), currency=currency,
    )  # fmt: skip


def _groups_meeting(
    at: AmountQuestion, slots: Slots, rows: Sequence[CampaignRow], conditions: Sequence[Condition]
) -> list[Measure]:
    """Channels or stages of which all conditions hold, each by its own numbers together."""
    numbers = [
        {
            line.name: line.value
            for line in _groups(at, replace(slots, metric=condition.metric), rows)
        }
        for condition in conditions
    ]
    return [
        line
        for line in _groups(at, slots, rows)
        if all(
            (value := values.get(line.name)) is not None and meets(value, condition)
            for values, condition in zip(numbers, conditions, strict=True)
        )
    ]


def _holds(at: AmountQuestion, row: CampaignRow, condition: Condition) -> bool:
    """Whether a campaign's number is known and on the side asked for."""
    value = line_of(at, row.label, [row], condition.metric).value
    if value is None:
        return False
    if condition.each:
        days = min(row.now("days") or 0.0, float(at.figures.now.days)) or at.figures.now.days
        value *= condition.each / days
    return meets(value, condition)


def _ranked(at: AmountQuestion, slots: Slots, rows: Sequence[CampaignRow]) -> RankAnswer:
    lines = [line for line in _groups(at, slots, rows) if line.value is not None]
    if side := side_of_change(slots.text):
        return _changed(at, slots, lines, side)
    if slots.also and not lines:  # nobody counts the first of them
        return _ranked(at, replace(slots, metric=slots.also[0], also=slots.also[1:]), rows)
    if slots.also:
        return _beside(at, slots, rows, lines)
    falling, order = direction(at, slots)
    ordered = sorted(lines, key=lambda line: (line.value or 0.0) * (-1 if falling else 1))
    metric = lines[0].metric if lines else slots.metric
    return RankAnswer(
        metric, slots.by or "campaign", at.period, _ranked_apart(ordered, rows, slots),
        order, len(lines), note=_note(at, metric, slots, ordered),
        each=not slots.order and slots.by not in {"", "campaign"},
        whole=_whole(at, slots, ordered),
    )  # fmt: skip


def tabled(slots: Slots) -> bool:
    """Whether several numbers of each are asked for: `spend and cpa per campaign`."""
    ranks = slots.order or slots.bound or slots.by in DAYS or side_of_change(slots.text)
    return bool(slots.also) and not ranks


def _beside(
    at: AmountQuestion, slots: Slots, rows: Sequence[CampaignRow], lines: Sequence[Measure]
) -> RankAnswer:
    """A table of several numbers, a line each, the most of the first on top."""
    metric = slots.metric
    ordered = sorted(lines, key=lambda line: -(line.value or 0.0))
    chosen = _ranked_apart(ordered, rows, slots)
    further = [_groups(at, replace(slots, metric=name), rows) for name in slots.also]

    def number(line: Measure, name: str, measures: Sequence[Measure]) -> Measure:
        namesakes = [measure for measure in measures if measure.name == line.name]
        without_currency = [
            measure for measure in namesakes if None in {measure.currency, line.currency}
        ]
        same_currency = [measure for measure in namesakes if measure.currency == line.currency]
        return next(iter((*same_currency, *without_currency)), Measure(line.name, name, None))

    def numbers(line: Measure) -> tuple[Measure, ...]:
        pairs = zip(slots.also, further, strict=True)
        return tuple(number(line, name, measures) for name, measures in pairs)

    table = tuple(map(numbers, chosen))
    counted = any(number.blended is not None for line in table for number in line)
    return RankAnswer(
        metric, slots.by or "campaign", at.period, chosen, "most", len(lines),
        note="counted" if counted else "", beside=table,
    )  # fmt: skip


def _whole(at: AmountQuestion, slots: Slots, lines: Sequence[Measure]) -> float | None:
    """What shares are of: the sum of what adds up, in one currency; None where none is asked."""
    definition = at.context.rulebook.metrics.get(slots.metric)
    adds = definition is not None and definition.kind == "sum"
    one_currency = len({line.currency for line in lines}) == 1
    return (
        sum(line.value or 0.0 for line in lines)
        if slots.form == "share" and adds and one_currency
        else None
    )


def _changed(at: AmountQuestion, slots: Slots, lines: Sequence[Measure], side: str) -> RankAnswer:
    """Whose number went that way, the largest change first: of sums by how much, else by share."""
    definition = at.context.rulebook.metrics.get(slots.metric)
    adds = definition is None or definition.kind == "sum"

    def moved(line: Measure) -> float:
        change = line.change or 0.0
        return change * (line.before or 0.0) if adds else change

    least = 1.0 if says_doubled(slots.text) else 0.0
    way = 1 if side == "up" else -1
    matching = [line for line in lines if line.change is not None and way * moved(line) > 0]
    matching = [line for line in matching if abs(line.change or 0.0) >= least]
    ordered = sorted(matching, key=lambda line: -way * moved(line))
    return RankAnswer(
        lines[0].metric if lines else slots.metric, slots.by or "campaign", at.period,
        tuple(ordered[: slots.count or SHOWN]), side, len(lines), condition="changed",
        above=side == "up", note="doubled" if least else "",
    )  # fmt: skip


def _ranked_apart(
    ordered: Sequence[Measure], rows: Sequence[CampaignRow], slots: Slots
) -> tuple[Measure, ...]:
    """The first of each currency: a dollar is neither more nor less than a pound."""
    count = slots.count or (SHOWN if slots.order else LISTED)
    codes = list(by_currency(rows))
    ranked = [[line for line in ordered if line.currency == code][:count] for code in codes]
    return tuple(line for lines in ranked for line in lines) or tuple(ordered[:count])


def _groups(at: AmountQuestion, slots: Slots, rows: Sequence[CampaignRow]) -> Sequence[Measure]:
    if slots.by in {"", "campaign", *DAYS}:
        return [line_of(at, row.label, [row], slots.metric) for row in rows]
    column = slots.by

    def group_name(row: CampaignRow) -> str:
        key = row.group_of(column) or ""
        return title(key) if column == "channel" else {"stage": key.capitalize()}.get(column, key)

    rows = [row for row in rows if row.group_of(column)]
    if of_money(at, slots.metric):
        groups = groups_of(rows, group_name)
    else:
        groups = {
            name: [row for row in rows if group_name(row) == name] for name in map(group_name, rows)
        }
    return [
        bought(at, line_of(at, name, group_rows, slots.metric), group_rows)
        for name, group_rows in groups.items()
    ]


def _note(at: AmountQuestion, metric: str, slots: Slots, lines: Sequence[Measure]) -> str:
    if slots.by not in {"", "campaign"}:
        return "counted" if any(line.blended is not None for line in lines) else ""
    return _each_own(at, metric)


def _each_own(at: AmountQuestion, metric: str) -> str:
    definition = at.context.rulebook.metrics.get(metric)
    return "spend" if definition is not None and definition.kind == "ratio" else ""
