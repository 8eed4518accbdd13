"""Days, weekdays, weeks or months in an order, those that meet a condition, or the last of them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pandas as pd

from bot.context.context import Context
from bot.domain.replies import Asker, Reply
from bot.features.measures.how_much import (
    PERIODS,
    AmountQuestion,
    column_of,
    scene,
    without_numbers,
)
from bot.features.parts.subjects import EVERYTHING, Subject, daily
from bot.question.slots import Bound, Slots
from bot.render.values.measures import Condition, Measure, RankAnswer

HIGHEST = re.compile(r"\b(?:highest|high|dearest|høyest\w*|dyrest\w*)\b")
SHOWN, LISTED = 10, 99
DAYS = {"day", "weekday", *PERIODS}
EVER = "365d"  # among whose days the last one is looked for


def last_day(context: Context, slots: Slots, asker: Asker, as_of: date) -> Reply:
    """The newest day on which what is asked about was above or below a number."""
    slots = replace(slots, by="day", order="", count=0, window=slots.window or EVER)
    if slots.bound and slots.bound.metric:
        slots = replace(slots, metric=slots.bound.metric)
    at = scene(context, slots, asker, as_of)
    if nothing := without_numbers(at, slots):
        return nothing
    subject = Subject.of(slots.things[0]) if slots.things else EVERYTHING
    ranking = ranked_days(at, slots, subject)
    newest = sorted(zip(ranking.days, ranking.lines, strict=True), reverse=True, key=_by_day)
    days, lines = tuple(day for day, _ in newest), tuple(line for _, line in newest)
    return at.said(
        "ranked", answer=replace(ranking, days=days, lines=lines, within=subject.title, last=True)
    )


def _by_day(line: tuple[date, Measure]) -> date:
    return line[0]


def ranked_days(at: AmountQuestion, slots: Slots, subject: Subject) -> RankAnswer:
    """Days of a window in an order, or its weeks or months as far as they are whole."""
    definition = at.context.rulebook.metrics[slots.metric]
    daily_sums = daily(at.context, at.as_of, subject, at.figures, definition.parts)
    ends = pd.Series(daily_sums.index, daily_sums.index)
    if slots.by in PERIODS:
        daily_sums, ends = _spans(daily_sums, PERIODS[slots.by])
    if slots.by == "weekday":
        daily_sums = _weekdays(daily_sums, mean=not definition.over)
        ends = pd.Series(daily_sums.index, daily_sums.index)
    values = daily_sums[definition.sum or definition.parts[0]]
    if definition.over:
        values = (
            values
            / daily_sums[definition.over].where(daily_sums[definition.over] != 0)
            * definition.scale
        )
    falling, order = direction(at, slots)
    ranked = values.dropna().sort_values(ascending=not falling, kind="stable")
    conditions = tuple(condition_of(at, slots, bound) for bound in (slots.bound, *slots.besides)
                 if bound is not None and bound.number is not None)  # fmt: skip
    for condition in conditions:
        ranked = ranked[[meets(float(value), condition) for value in ranked]]
    ranked = ranked.head(LISTED if conditions else slots.count or SHOWN)
    rows = subject.rows(at.figures)
    currency = rows[0].currency if rows and definition.unit == "money" else None
    lines = [Measure("", slots.metric, float(value), None, currency) for value in ranked]
    days = tuple(day.date() for day in ranked.index)
    last_days = tuple(ends[day].date() for day in ranked.index) if slots.by in PERIODS else ()
    return RankAnswer(
        slots.metric, "weekday" if slots.by == "weekday" else "day", at.period, tuple(lines), order,
        len(values), days=days, ends=last_days, bounds=conditions, currency=currency,
        condition="bound" if conditions else "",
    )  # fmt: skip


def _weekdays(daily_sums: pd.DataFrame, *, mean: bool) -> pd.DataFrame:
    """Each weekday's mean (or its sum, for ratios), by the latest day of that name."""
    full_days = daily_sums.dropna(how="all")
    days = pd.DatetimeIndex(full_days.index)
    by_weekday = full_days.groupby(days.day_of_week)
    sums = by_weekday.mean() if mean else by_weekday.sum(min_count=1)
    latest = pd.Series(days, days.day_of_week).groupby(level=0).max()
    return sums.set_axis(pd.DatetimeIndex(latest.reindex(sums.index)), axis=0)


def _spans(daily_sums: pd.DataFrame, period: str) -> tuple[pd.DataFrame, pd.Series]:
    """Sums of whole weeks or months by their first day, and their last days; parts where no whole.

    Days without any number before the first one do not count as days of a span.
    """
    days_with_numbers = daily_sums.loc[daily_sums.dropna(how="all").index.min() :]
    spans = pd.DatetimeIndex(days_with_numbers.index).to_period(period)
    sums = days_with_numbers.groupby(spans).sum(min_count=1)
    periods = pd.PeriodIndex(sums.index)
    first_days = periods.to_timestamp()
    last_days = pd.Series(periods.to_timestamp(how="end").normalize(), first_days)
    sums.index = first_days
    whole = (first_days >= days_with_numbers.index[0]) & (
        last_days.to_numpy() <= days_with_numbers.index[-1]
    )
    if whole.any():
        return sums[whole], last_days[whole]
    return sums, last_days.clip(upper=days_with_numbers.index[-1])


def direction(at: AmountQuestion, slots: Slots) -> tuple[bool, str]:
    """Whether the highest comes first, and how that is said."""
    order = slots.order or "most"
    definition = at.context.rulebook.metrics.get(slots.metric)
    lower = definition is not None and definition.better == "lower"
    if order in {"best", "worst"}:
        falling = (order == "best") is not lower
        return falling, order if definition is None or definition.better != "none" else "most"
    top = "top" in slots.text.split() and not HIGHEST.search(slots.text)
    if lower and top and order == "most":
        return False, "best"  # the top of a price are the cheapest
    return order == "most", order


def condition_of(at: AmountQuestion, slots: Slots, bound: Bound) -> Condition:
    metric, number = column_of(bound.metric or slots.metric), bound.number or 0.0
    definition = at.context.rulebook.metrics.get(metric)
    if definition is not None and definition.unit == "share" and number >= 1:
        number /= 100  # `ctr above 3` is 3 per cent
    adds = definition is None or definition.kind == "sum"
    return Condition(metric, bound.above, number, bound.each if adds else 0, bound.even)


def meets(value: float, condition: Condition) -> bool:
    """Whether a number is on the side asked for."""
    if condition.even and value == condition.number:
        return True
    return value > condition.number if condition.above else value < condition.number
