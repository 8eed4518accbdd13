"""The day of every row: which column holds it, and whether the rows are daily at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.sources import days
from bot.sources.refusals import AmbiguousDates, BadValue, NotDaily, Unreadable, shown
from bot.sources.table import Table
from bot.sources.totals import only_days
from bot.sources.written import written

PERIODS_NAMED_LIKE_DAYS = {"microsoft_ads", "linkedin_ads"}
_AGGREGATION = re.compile(r"aggregation:\s*(weekly|monthly|summary|yearly)", re.IGNORECASE)


@dataclass(frozen=True)
class Dated:
    """The rows that have a day.

    Attributes:
        table: Those rows.
        days: The day of each.
        segments: What splits a day and campaign: the segment columns, and hours.
        notes: How it was decided.
        warnings: What looks wrong.
    """

    table: Table
    days: npt.NDArray[np.datetime64]
    segments: pd.DataFrame
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


def dated(table: Table, order: str | None) -> Dated:
    """The day of every row; totals and footers left out.

    Args:
        table: All rows.
        order: `DMY` or `MDY` from the settings.

    Raises:
        NotDaily: A row covers several days.
        AmbiguousDates, BadValue: Dates with two readings, or none.
        Unreadable: Nothing but totals.
    """
    _refuse_aggregated(table)
    day = "date" if table.has("date") else "period_start"
    if day == "period_start":
        _refuse_ranges(table)
    table, notes = only_days(table, day)
    if not len(table.lines):
        raise Unreadable(
            "The file has totals and no rows of a day.",
            hint=table.layout.dialect.again,
            line=table.layout.line,
        )
    read, values = _decide(table, day, order or table.layout.dialect.order)
    steps = _steps(values)
    _refuse_steps(table, steps)
    said = (*notes, read.note) if read.note else notes
    segments = _segments(table, day, hours=read.times)
    return Dated(table, values, segments, said, (*_steps_warning(steps), *_time_warning(read)))


def _decide(
    table: Table, day: str, order: str | None
) -> tuple[days.Days, npt.NDArray[np.datetime64]]:
    codes, cells = pd.factorize(table.cells[day])
    try:
        read = days.decide([str(cell) for cell in cells], order)
    except days.UndecidedError as error:
        raise AmbiguousDates(
            f"{shown(error.cell)} {error.why}: the file does not say which.",
            hint=f"Write dates as 2026-09-01. {table.layout.dialect.again}",
            line=_line(table, day, error.cell),
        ) from error
    except days.NoSuchDayError as error:
        raise BadValue(
            f"There is no day {shown(error.cell)}.",
            hint="Mend the date, or export again with dates like 2026-09-01.",
            line=_line(table, day, error.cell),
        ) from error
    values = np.array([read.days[str(cell)] for cell in cells], dtype="datetime64[ns]")
    return read, values[codes]


def _line(table: Table, day: str, cell: str) -> int:
    return table.line((table.cells[day] == cell).to_numpy(dtype=bool))


def _refuse_aggregated(table: Table) -> None:
    for line in table.layout.preamble:
        if found := _AGGREGATION.search(line):
            raise NotDaily(
                f"The rows are not daily: the report is {found[1].lower()}.",
                hint=table.layout.dialect.again,
                line=table.layout.line,
            )


def _refuse_ranges(table: Table) -> None:
    """A start that is not also the end: the row covers a range."""
    ends = table.cells["period_end"] if table.has("period_end") else None
    starts = table.cells["period_start"]
    wide = np.ones(len(starts), dtype=bool) if ends is None else (starts != ends).to_numpy()
    if wide.any():
        row = int(np.flatnonzero(wide)[0])
        until = "" if ends is None else f" to {shown(ends[row])}"
        raise NotDaily(
            f"The rows are not daily: this one covers {shown(starts[row])}{until}.",
            hint=table.layout.dialect.again,
            line=table.line(wide),
        )


def _steps(values: npt.NDArray[np.datetime64]) -> str:
    """`week` or `month` where the days come so regularly that a row is likely one."""
    different = np.unique(values)
    gaps = np.diff(different).astype("timedelta64[D]").astype(int)
    if len(gaps) >= 3 and (gaps == 7).all():
        return "week"
    firsts = different.astype("datetime64[M]").astype("datetime64[ns]") == different
    return "month" if len(gaps) >= 2 and firsts.all() else ""


def _refuse_steps(table: Table, steps: str) -> None:
    if steps and table.layout.dialect.name in PERIODS_NAMED_LIKE_DAYS:
        raise NotDaily(
            f"The rows are not daily: their dates are a {steps} apart.",
            hint=table.layout.dialect.again,
            line=table.layout.line,
        )


def _steps_warning(steps: str) -> tuple[str, ...]:
    if not steps:
        return ()
    return (f"All dates are a {steps} apart: if a row is a {steps}, export by day instead.",)


def _time_warning(read: days.Days) -> tuple[str, ...]:
    """The same hour on every row is midnight of somewhere, perhaps of the day before or after."""
    if not read.time:
        return ()
    return (f"The dates carry the time {read.time}; the day is taken as it is written.",)


def _segments(table: Table, day: str, *, hours: bool) -> pd.DataFrame:
    names: Sequence[str] = table.layout.segments
    segments = table.cells[list(names)].copy()
    if hours:
        codes, cells = pd.factorize(table.cells[day])
        times = [each.time if (each := written(str(cell))) else "" for cell in cells]
        segments["hour"] = np.array(times, dtype=object)[codes]
    return segments
