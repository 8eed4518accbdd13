"""Which hours of each day a connector's table of hours has: a day that lacks some is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from bot.numbers.source_health import ShortDay
from bot.sources.connectors import selects
from bot.sources.connectors.layouts import Report
from bot.sources.connectors.schemas import RawColumn
from bot.sources.hours import WHOLE, short_of_counts

HOUR, HOURS = "own_hour", "hours"
Masks = defaultdict[tuple[str, date], int]
"""Hours of the clock (UTC, or the account's own) that an account's day has rows of, as bits."""


def masks() -> Masks:
    """Of no day yet."""
    return defaultdict(int)


def by_campaign(
    raw: selects.Raw, report: Report, days: selects.ReportDays
) -> sa.Select[Any] | None:
    """A day and campaign with the hours it has rows of, as bits; None where rows are no hours."""
    column = _hour_column(raw, report)
    if column is None:
        return None
    rows = selects.dated(raw, report, days, (column.name,))
    hour = _hour(raw, rows.c[column.name], column).label(HOUR)
    timed = sa.select(*rows.c, hour).subquery("timed")
    names = {name: raw.expression(timed, report.columns.get(name, ()))
             for name in ("account", "campaign")}  # fmt: skip
    keys = {name: value for name, value in names.items() if value is not None}
    bit = sa.case({number: 1 << number for number in range(WHOLE)}, value=timed.c[HOUR])
    hours = sa.func.sum(sa.distinct(bit)).label(HOURS)
    labelled = (value.label(name) for name, value in keys.items())
    return sa.select(timed.c[selects.DAY], *labelled, hours).group_by(
        timed.c[selects.DAY], *keys.values()
    )


def _hour_column(raw: selects.Raw, report: Report) -> RawColumn | None:
    """Where the hour of a row is: in its moment, or in a column of its own."""
    of_hours = report.moments and "hour" in raw.table.name
    names = [name for name in (*report.day, *report.key) if of_hours or "hour" in name]
    columns = (raw.column((name,)) for name in names)
    return next((column for column in columns if column and column.kind != "day"), None)


def _hour(raw: selects.Raw, value: selects.Expression, column: RawColumn) -> sa.ColumnElement[Any]:
    if column.kind == "other":
        return value
    if raw.dialect == "sqlite":
        return sa.cast(sa.func.strftime("%H", value), sa.Integer)
    if column.kind == "text":
        value = sa.cast(value, sa.DateTime())
    return sa.extract("hour", raw.in_utc(value) if column.kind == "moment" else value)


def short_days(channel: str, seen: Masks, zones: Mapping[str, str | None]) -> Iterator[ShortDay]:
    """The days that lack hours, of every account.

    Args:
        channel: Of all of them.
        seen: The hours of each account's days.
        zones: Where each account is.
    """
    counts: defaultdict[str, dict[date, int]] = defaultdict(dict)
    for (account, day), mask in seen.items():
        counts[account][day] = mask.bit_count()
    for account, days in counts.items():
        yield from short_of_counts((channel, account), days, zones.get(account))
