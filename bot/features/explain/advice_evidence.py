"""Everything behind a piece of advice: each campaign's numbers, charts, what was said before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from bot.context.context import Context
from bot.domain.advice import Advice
from bot.features.breakdown import named_lines
from bot.features.parts.figures_shown import charts
from bot.render.values.detail_answers import AdviceParts
from bot.render.values.templates import AdviceEvidence, Card, Earlier, EvidenceRow, Side, Trend
from bot.snapshot import boards
from bot.snapshot.trends import Series
from bot.store.base import AdviceRecord

EARLIER = 8
MOST_CHARTS = 2
Numbers = Mapping[str, float | None]


def evidence(context: Context, record: AdviceRecord, card: Card) -> AdviceEvidence:
    """Every number behind the advice, its charts, and earlier advice on its campaigns."""
    now, before = (_days(record.advice, window) for window in ("now", "before"))
    sides = tuple(_sides(context, card)) if card.is_shift else ()
    rows = [
        row for campaign_id in record.advice.evidence for row in _rows(context, card, campaign_id)
    ]
    if sides:
        rows = _besides(rows, sides)
    return AdviceEvidence(
        card=card,
        rows=tuple(rows),
        since=now[0] if now else None,
        until=now[1] if now else None,
        earlier=tuple(_earlier(context, record, card)),
        charts=_charts(context, record, card),
        sides=sides,
        before=before,
        parts=_parts(context, record),
    )


def _parts(context: Context, record: AdviceRecord) -> AdviceParts | None:
    """The keywords, ads or groups it is about, as the numbers of its morning have them now."""
    parts = record.advice.numbers.get("parts")
    if not isinstance(parts, Mapping):
        return None
    rows = boards.figures(context, record.as_of, "28d").rows
    row = next((row for row in rows if row.campaign_id in record.advice.campaign_ids), None)
    level, names = str(parts["level"]), tuple(map(str, parts["names"]))
    lines = named_lines(context, record.as_of, level, row, names) if row else ()
    return AdviceParts(level, lines) if lines else None


def _days(advice: Advice, window: str) -> tuple[date, date] | None:
    """The days of one of its windows."""
    since, _, until = str(advice.numbers.get(window) or "").partition("..")
    return (date.fromisoformat(since), date.fromisoformat(until)) if until else None


def _sides(context: Context, card: Card) -> Iterator[Side]:
    """The campaigns of a shift, in the advice's order: givers first."""
    advice = card.advice
    budgets = advice.budgets_before, advice.budgets
    if guessed := not advice.budgets:
        terms: Any = advice.numbers.get("shift") or {}
        budgets = terms.get("before") or {}, terms.get("after") or {}
    for campaign_id in advice.campaign_ids:
        numbers = advice.evidence.get(campaign_id, {})
        yield Side(
            name=card.names.get(campaign_id, campaign_id),
            rows=tuple(_own(context, card, campaign_id)),
            before=budgets[0].get(campaign_id),
            after=budgets[1].get(campaign_id),
            about=guessed,
            next_cost=_next_cost(numbers),
            currency=advice.currency,
        )


def _next_cost(numbers: Numbers) -> tuple[float, float | None, float | None] | None:
    cost, *bounds = (numbers.get(f"next_cost.{side}") for side in ("now", "low", "high"))
    return None if cost is None else (cost, bounds[0], bounds[1])


def _own(context: Context, card: Card, campaign_id: str) -> Iterator[EvidenceRow]:
    """Spend and results a day, and what a campaign is judged by against its target."""
    metrics, numbers = context.rulebook.metrics, card.advice.evidence.get(campaign_id, {})
    judges: Any = card.advice.numbers.get("judges") or {}
    judge = str(judges.get(campaign_id) or "")
    judge_metric = metrics.get(judge)
    parts = [part for part in (judge_metric.parts if judge_metric else ()) if part != "spend"]
    for name in ("spend", *parts):
        if name in metrics and numbers.get(f"{name}.now") is not None:
            a_day = metrics[name].kind == "sum"
            yield _row(context, card, campaign_id, name, a_day=a_day)
    if judge_metric and judge != "spend":
        yield _row(context, card, campaign_id, judge)


def _row(
    context: Context, card: Card, campaign_id: str, metric: str, *, a_day: bool = False
) -> EvidenceRow:
    """One metric of a campaign in its windows."""
    numbers, definition = (
        card.advice.evidence.get(campaign_id, {}),
        context.rulebook.metrics[metric],
    )
    now, before = (
        _a_day(numbers, metric, window) if a_day else numbers.get(f"{metric}.{window}")
        for window in ("now", "before")
    )
    return EvidenceRow(
        name=card.names.get(campaign_id, campaign_id),
        metric=metric,
        now=now,
        before=before,
        target=numbers.get(f"{metric}.target"),
        currency=card.advice.currency if definition.unit == "money" else None,
        a_day=a_day,
    )


def _a_day(numbers: Numbers, metric: str, window: str) -> float | None:
    """A window's sum over its days with numbers; windows may differ in length."""
    total, days = (numbers.get(f"{name}.{window}") for name in (metric, "days"))
    return total / days if total is not None and days else None


def _rows(context: Context, card: Card, campaign_id: str) -> Iterator[EvidenceRow]:
    """One row a metric, its windows side by side."""
    metrics = context.rulebook.metrics
    columns = card.advice.evidence[campaign_id]
    present_metrics = {
        column.partition(".")[0] for column, value in columns.items() if value is not None
    }
    for metric in dict.fromkeys(column.partition(".")[0] for column in columns):
        if (
            metric in metrics and metric in present_metrics
        ):  # signals are told by the lines that read them
            yield _row(context, card, campaign_id, metric)


def _besides(rows: Iterable[EvidenceRow], sides: Iterable[Side]) -> list[EvidenceRow]:
    """What the table of a shift does not show, sums first: they are what a day's average is of."""
    side_rows = [row for side in sides for row in side.rows]
    covered_metrics = {row.metric for row in side_rows if not row.a_day} | {
        "next_cost",
        "daily_budget",
    }
    sums = {row.metric for row in side_rows if row.a_day} | {"days"}
    remaining_rows = [row for row in rows if row.metric not in covered_metrics]
    return sorted(remaining_rows, key=lambda row: row.metric not in sums)


def _charts(context: Context, record: AdviceRecord, card: Card) -> tuple[tuple[str, Trend], ...]:
    """Four weeks of what the giver and the first receiver are judged by; else that and spend."""
    channel, ids = record.advice.channel, record.advice.campaign_ids
    if not channel or not ids:
        return ()
    channel_series = boards.trends(context, record.as_of, channel)
    campaign_ids = dict.fromkeys((ids[0], record.advice.receiver or ids[0]))
    of = {
        campaign_id: _trends(channel_series, campaign_id.removeprefix(f"{channel}:"), record.as_of)
        for campaign_id in campaign_ids
    }
    judged = [
        (card.names.get(campaign_id, campaign_id), chart)
        for campaign_id in campaign_ids
        for chart in of[campaign_id]
        if chart.line
    ]
    if len(judged) == len(campaign_ids) == MOST_CHARTS:
        return tuple(judged)
    return tuple(("", trend) for trend in of[ids[0]])


def _trends(channel_series: Iterable[Series], campaign_id: str, as_of: date) -> tuple[Trend, ...]:
    """Four weeks of a campaign: what it is judged by, then its spend."""
    campaign_series = [
        series
        for series in channel_series
        if series.kind == "campaign" and series.group.rpartition("|")[2] == campaign_id
    ]
    campaign_series.sort(key=lambda series: series.metric == "spend")
    return charts(campaign_series, as_of)[:MOST_CHARTS]


def _earlier(context: Context, record: AdviceRecord, card: Card) -> Iterator[Earlier]:
    """Other advice about any of its campaigns, newest first."""
    campaign_ids = record.advice.campaign_ids
    earlier_records = [
        candidate
        for candidate in context.store.all_advice()
        if set(campaign_ids) & set(candidate.advice.campaign_ids)
        and candidate.advice.id != record.advice.id
    ]
    earlier_records.sort(key=_opened, reverse=True)
    for earlier_record in earlier_records[:EARLIER]:
        shared = [
            campaign_id
            for campaign_id in earlier_record.advice.campaign_ids
            if campaign_id in campaign_ids
        ]
        names = (
            tuple(card.names.get(campaign_id, campaign_id) for campaign_id in shared)
            if len(campaign_ids) > 1
            else ()
        )
        yield Earlier(
            _opened(earlier_record), earlier_record.advice.title, earlier_record.state, names
        )


def _opened(record: AdviceRecord) -> date:
    return record.advice.opened_on or record.as_of
