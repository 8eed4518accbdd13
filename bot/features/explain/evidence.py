"""Everything behind a piece of advice: each campaign's numbers, charts, what was said before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bot.context.context import Office
from bot.domain.advice import Advice
from bot.features.parts.figures_shown import charts
from bot.render.values.templates import Card, Earlier, Evidence, EvidenceRow, Side, Trend
from bot.snapshot import boards
from bot.snapshot.trends import Series
from bot.store.base import AdviceRecord

EARLIER = 8
MOST_CHARTS = 2
Numbers = Mapping[str, float | None]


def evidence(office: Office, record: AdviceRecord, shown: Card) -> Evidence:
    """Every number behind the advice, its charts, and earlier advice on its campaigns."""
    now, before = (_days(record.advice, window) for window in ("now", "before"))
    sides = tuple(_sides(office, shown)) if shown.is_shift else ()
    rows = [row for each in record.advice.evidence for row in _rows(office, shown, each)]
    if sides:
        rows = _besides(rows, sides)
    return Evidence(
        card=shown,
        rows=tuple(rows),
        since=now[0] if now else None,
        until=now[1] if now else None,
        earlier=tuple(_earlier(office, record, shown)),
        charts=_charts(office, record, shown),
        sides=sides,
        before=before,
    )


def _days(advice: Advice, window: str) -> tuple[date, date] | None:
    """The days of one of its windows."""
    since, _, until = str(advice.numbers.get(window) or "").partition("..")
    return (date.fromisoformat(since), date.fromisoformat(until)) if until else None


def _sides(office: Office, shown: Card) -> Iterator[Side]:
    """The campaigns of a shift, in the advice's order: givers first."""
    advice = shown.advice
    budgets = advice.budgets_before, advice.budgets
    if guessed := not advice.budgets:
        terms = advice.numbers.get("shift") or {}
        budgets = terms.get("before") or {}, terms.get("after") or {}
    for each in advice.campaign_ids:
        numbers = advice.evidence.get(each, {})
        yield Side(
            name=shown.names.get(each, each),
            rows=tuple(_own(office, shown, each)),
            before=budgets[0].get(each),
            after=budgets[1].get(each),
            about=guessed,
            next_cost=_next_cost(numbers),
            currency=advice.currency,
        )


def _next_cost(numbers: Numbers) -> tuple[float, float | None, float | None] | None:
    cost = numbers.get("next_cost.now")
    if cost is None:
        return None
    return cost, numbers.get("next_cost.low"), numbers.get("next_cost.high")


def _own(office: Office, shown: Card, campaign_id: str) -> Iterator[EvidenceRow]:
    """Spend and results a day, and what a campaign is judged by against its target."""
    metrics, numbers = office.rulebook.metrics, shown.advice.evidence.get(campaign_id, {})
    judge = str((shown.advice.numbers.get("judges") or {}).get(campaign_id) or "")
    known = metrics.get(judge)
    parts = [part for part in (known.parts if known else ()) if part != "spend"]
    for name in ("spend", *parts):
        if name in metrics and numbers.get(f"{name}.now") is not None:
            a_day = metrics[name].kind == "sum"
            yield _row(office, shown, campaign_id, name, a_day=a_day)
    if known and judge != "spend":
        yield _row(office, shown, campaign_id, judge)


def _row(
    office: Office, shown: Card, campaign_id: str, metric: str, *, a_day: bool = False
) -> EvidenceRow:
    """One metric of a campaign in its windows."""
    numbers, known = shown.advice.evidence.get(campaign_id, {}), office.rulebook.metrics[metric]
    now, before = (
        _a_day(numbers, metric, window) if a_day else numbers.get(f"{metric}.{window}")
        for window in ("now", "before")
    )
    return EvidenceRow(
        name=shown.names.get(campaign_id, campaign_id),
        metric=metric,
        now=now,
        before=before,
        target=numbers.get(f"{metric}.target"),
        currency=shown.advice.currency if known.unit == "money" else None,
        a_day=a_day,
    )


def _a_day(numbers: Numbers, metric: str, window: str) -> float | None:
    """A window's sum over its days with numbers; windows may differ in length."""
    total, days = (numbers.get(f"{name}.{window}") for name in (metric, "days"))
    return total / days if total is not None and days else None


def _rows(office: Office, shown: Card, campaign_id: str) -> Iterator[EvidenceRow]:
    """One row a metric, its windows side by side."""
    known = office.rulebook.metrics
    columns = shown.advice.evidence[campaign_id]
    told = {column.partition(".")[0] for column, value in columns.items() if value is not None}
    for metric in dict.fromkeys(column.partition(".")[0] for column in columns):
        if metric in known and metric in told:  # signals are told by the lines that read them
            yield _row(office, shown, campaign_id, metric)


def _besides(rows: Iterable[EvidenceRow], sides: Iterable[Side]) -> list[EvidenceRow]:
    """What the table of a shift does not show, sums first: they are what a day's average is of."""
    own = [row for side in sides for row in side.rows]
    whole = {row.metric for row in own if not row.a_day} | {"next_cost", "daily_budget"}
    sums = {row.metric for row in own if row.a_day} | {"days"}
    left = [row for row in rows if row.metric not in whole]
    return sorted(left, key=lambda row: row.metric not in sums)


def _charts(office: Office, record: AdviceRecord, shown: Card) -> tuple[tuple[str, Trend], ...]:
    """Four weeks of what the giver and the first receiver are judged by; else that and spend."""
    channel, ids = str(record.advice.numbers.get("channel") or ""), record.advice.campaign_ids
    if not channel or not ids:
        return ()
    known, to = boards.trends(office, record.as_of, channel), record.advice.numbers.get("to") or {}
    both = dict.fromkeys((ids[0], str(to.get("campaign_id") or ids[0])))
    of = {each: _trends(known, each.removeprefix(f"{channel}:"), record.as_of) for each in both}
    judged = [(shown.names.get(each, each), one) for each in both for one in of[each] if one.line]
    if len(judged) == len(both) == MOST_CHARTS:
        return tuple(judged)
    return tuple(("", trend) for trend in of[ids[0]])


def _trends(known: Iterable[Series], campaign_id: str, as_of: date) -> tuple[Trend, ...]:
    """Four weeks of a campaign: what it is judged by, then its spend."""
    found = [
        each
        for each in known
        if each.kind == "campaign" and each.group.rpartition("|")[2] == campaign_id
    ]
    found.sort(key=lambda each: each.metric == "spend")
    return charts(found, as_of)[:MOST_CHARTS]


def _earlier(office: Office, record: AdviceRecord, shown: Card) -> Iterator[Earlier]:
    """Other advice about any of its campaigns, newest first."""
    about = record.advice.campaign_ids
    found = [
        each
        for each in office.store.all_advice()
        if set(about) & set(each.advice.campaign_ids) and each.advice.id != record.advice.id
    ]
    found.sort(key=_opened, reverse=True)
    for each in found[:EARLIER]:
        shared = [one for one in each.advice.campaign_ids if one in about]
        names = tuple(shown.names.get(one, one) for one in shared) if len(about) > 1 else ()
        yield Earlier(_opened(each), each.advice.title, each.state, names)


def _opened(record: AdviceRecord) -> date:
    return record.advice.opened_on or record.as_of
