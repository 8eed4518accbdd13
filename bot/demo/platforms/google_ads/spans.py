"""Which days a query is about: BETWEEN, comparisons and DURING on dates and moments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.demo.platforms.google_ads.access import Refusal
from bot.demo.platforms.google_ads.fields import day
from bot.demo.platforms.google_ads.gaql import Condition, Query, Token, refused

MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?")
KEPT_DAYS = 30  # of the change history
MOST_EVENTS = 10_000


@dataclass(frozen=True)
class Span:
    """Days from `since` to `until`, both included; None where a side is open."""

    since: date | None = None
    until: date | None = None

    @property
    def finite(self) -> bool:
        return self.since is not None and self.until is not None

    def within(self, since: date | None, until: date | None) -> Span:
        """What is in both."""
        starts = [day for day in (self.since, since) if day]
        ends = [day for day in (self.until, until) if day]
        return Span(max(starts, default=None), min(ends, default=None))


def _back(days: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today - timedelta(days=days), today - timedelta(days=1))


def _month_before(today: date) -> tuple[date, date]:
    last_day = today.replace(day=1) - timedelta(days=1)
    return last_day.replace(day=1), last_day


def _week(
    first_weekday: int, *, weeks_ago: int = 0, long: int = 7
) -> Callable[[date], tuple[date, date]]:
    """A week that starts on a weekday (0 Monday), so many weeks ago; this week ends today."""

    def days(today: date) -> tuple[date, date]:
        start = today - timedelta(days=(today.weekday() - first_weekday) % 7 + 7 * weeks_ago)
        return start, start + timedelta(days=long - 1) if weeks_ago else today

    return days


DURING: dict[str, Callable[[date], tuple[date, date]]] = {
    "TODAY": lambda today: (today, today),
    "YESTERDAY": _back(1),
    "LAST_7_DAYS": _back(7),
    "LAST_14_DAYS": _back(14),
    "LAST_30_DAYS": _back(30),
    "THIS_MONTH": lambda today: (today.replace(day=1), today),
    "LAST_MONTH": _month_before,
    "THIS_WEEK_MON_TODAY": _week(0),
    "THIS_WEEK_SUN_TODAY": _week(6),
    "LAST_WEEK_MON_SUN": _week(0, weeks_ago=1),
    "LAST_WEEK_SUN_SAT": _week(6, weeks_ago=1),
    "LAST_BUSINESS_WEEK": _week(0, weeks_ago=1, long=5),
}


def span(conditions: Iterable[Condition], today: date) -> Span:
    """The days that conditions on date segments leave.

    Raises:
        Refusal: A day or a DURING word that is none, a month that does not start on its first.
    """
    limits = Span()
    for condition in conditions:
        limits = _narrowed(limits, condition, today)
    if limits.since and limits.until and limits.since > limits.until:
        return replace(limits, until=limits.since - timedelta(days=1))
    return limits


def _narrowed(limits: Span, condition: Condition, today: date) -> Span:
    operator = condition.operator
    if operator == "DURING":
        return limits.within(*_during(condition.values[0], today))
    days = [_aligned(condition.field, token) for token in condition.values]
    if days[0] > days[-1]:
        raise refused("INVALID_VALUE_WITH_BETWEEN_OPERATOR", "the range starts after its end.")
    first_day, last_day = days[0], _end(condition.field, days[-1])
    day_on = timedelta(days=1)
    spans: dict[str, tuple[date | None, date | None]] = {
        "=": (first_day, last_day), "BETWEEN": (first_day, last_day), ">=": (first_day, None),
        ">": (last_day + day_on, None), "<=": (None, last_day), "<": (None, first_day - day_on),
    }  # fmt: skip
    if operator not in spans:
        raise refused("OPERATOR_FIELD_MISMATCH", f"{operator} does not make a date range.")
    return limits.within(*spans[operator])


def _during(token: Token, today: date) -> tuple[date, date]:
    if token.written not in DURING:
        raise refused(
            "INVALID_VALUE_WITH_DURING_OPERATOR", f"invalid date range {token.written}.",
            token.written,
        )  # fmt: skip
    return DURING[token.written](today)


def _aligned(name: str, token: Token) -> date:
    """Weeks are named by their Monday, months and quarters by their first day."""
    span_day = day(token)
    unit = name.removeprefix("segments.")
    starts = {
        "week": span_day.weekday() == 0, "month": span_day.day == 1,
        "quarter": span_day.day == 1 and span_day.month % 3 == 1,
    }  # fmt: skip
    if not starts.get(unit, True):
        message = f"{token.value} is not the first day of a {unit}."
        raise refused("MISALIGNED_DATE_FOR_FILTER", message, token.value)
    return span_day


def _end(name: str, first_day: date) -> date:
    unit = name.removeprefix("segments.")
    if unit == "week":
        return first_day + timedelta(days=6)
    months = {"month": 1, "quarter": 3}.get(unit)
    if months is None:
        return first_day
    later = first_day.replace(day=28) + timedelta(days=31 * months - 24)
    return later.replace(day=1) - timedelta(days=1)


# -- the change history -------------------------------------------------------------------
def moments(query: Query, now: datetime) -> tuple[datetime, datetime]:
    """From when to when changes are asked for, in the account's own time without a zone.

    Raises:
        Refusal: No finite range, one older than 30 days, or no LIMIT of at most 10,000.
    """
    if query.limit is None:
        raise _change(
            "LIMIT_NOT_SPECIFIED", "The change_event search request must specify a LIMIT."
        )
    if query.limit > MOST_EVENTS:
        raise _change("INVALID_LIMIT_CLAUSE", "The LIMIT should be less than or equal to 10K.")
    since, until = _range(query, now.date())
    if since is None or until is None:
        raise _change(
            "CHANGE_DATE_RANGE_INFINITE",
            "The change_event search request must specify a finite range filter on "
            "change_date_time.",
        )
    if since > until:
        raise _change("CHANGE_DATE_RANGE_NEGATIVE", "The range starts after its end.")
    if since.date() < now.date() - timedelta(days=KEPT_DAYS):
        raise _change(
            "START_DATE_TOO_OLD",
            "The requested start date is too old. It cannot be older than 30 days.",
        )
    return since, until


def _range(query: Query, today: date) -> tuple[datetime | None, datetime | None]:
    starts: list[datetime] = []
    ends: list[datetime] = []
    for condition in query.where:
        if condition.field != "change_event.change_date_time":
            continue
        low, high = _edges(condition, today)
        operator = condition.operator
        if operator in ("=", "BETWEEN", "DURING", ">", ">="):
            starts.append(low)
        if operator in ("=", "BETWEEN", "DURING", "<", "<="):
            ends.append(low if operator == "<" else high)
    return max(starts, default=None), min(ends, default=None)


def _edges(condition: Condition, today: date) -> tuple[datetime, datetime]:
    if condition.operator == "DURING":
        first_day, last_day = _during(condition.values[0], today)
        return datetime.combine(first_day, time.min), datetime.combine(last_day, time.max)
    low, high = condition.values[0], condition.values[-1]
    return _moment(low, time.min), _moment(high, time.max)


def _moment(token: Token, edge: time) -> datetime:
    """A moment, or a whole day of which `edge` is meant."""
    if token.kind == "text" and MOMENT.fullmatch(token.value):
        try:
            return datetime.fromisoformat(token.value)
        except ValueError:
            pass
    return datetime.combine(day(token), edge)


def _change(code: str, message: str) -> Refusal:
    return Refusal("change_event_error", code, message)
