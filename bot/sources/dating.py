"""The day of every row: which column holds it, and whether the rows are daily at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from bot.sentences import Sentence
from bot.sources import days, hours
from bot.sources.cells import Flags, TextColumn, Texts
from bot.sources.days import looks_like_day
from bot.sources.given import ReadSettings
from bot.sources.headings import PARTS_OF_CAMPAIGNS, headings
from bot.sources.identity import zones
from bot.sources.layout import IDENTITY
from bot.sources.levels import SplitColumn
from bot.sources.plain import plain
from bot.sources.refusals import AmbiguousDates, BadValue, NotDaily, Unreadable, shown
from bot.sources.table import TextTable
from bot.sources.totals import only_days
from bot.sources.written import written

PERIODS_NAMED_LIKE_DAYS = {"microsoft_ads", "linkedin_ads"}
STARTS = {"date start", "start date in utc", "start date"}
_AGGREGATION = re.compile(r"aggregation:\s*(weekly|monthly|summary|yearly)", re.IGNORECASE)


@dataclass(frozen=True)
class Dated:
    """The rows that have a day.

    Attributes:
        table: Those rows.
        days: The day of each.
        splits: What splits a day and campaign: the segment columns, and hours.
        totals: The rows of totals that were left out.
        notes: How it was decided.
        warnings: What looks wrong.
    """

    table: TextTable
    days: npt.NDArray[np.datetime64]
    splits: Mapping[str, SplitColumn]
    totals: TextTable
    notes: tuple[str, ...]
    warnings: tuple[str, ...]

    def keep(self, rows: Flags) -> Dated:
        """Only the rows marked."""
        splits = {name: split.keep(rows) for name, split in self.splits.items()}
        table, days = self.table.keep(rows), self.days[rows]
        return replace(self, table=table, days=days, splits=splits)


def dated(table: TextTable, settings: ReadSettings) -> Dated:
    """The day of every row; totals and footers left out.

    Args:
        table: All rows.
        settings: The order of day and month, and the account's time zone, where it is known.

    Raises:
        NotDaily: A row covers several days.
        AmbiguousDates, BadValue: Dates with two readings, or none.
        Unreadable: Nothing but totals.
    """
    _refuse_aggregated(table)
    day = next(name for name in ("date", "period_start", "period_end") if table.has(name))
    if day != "date" or _is_start(table, day):
        _refuse_ranges(table, day)
    table, totals, notes = only_days(table, day)
    if not len(table):
        raise Unreadable(
            "The file has totals and no rows of a day.",
            hint=table.layout.dialect.again,
            line=table.layout.line,
        )
    read, values = _decide(table, day, settings.date_order or table.layout.dialect.order)
    own_days = _own_days(table, day, read, values, zones(table, settings))
    apart = steps(own_days.days)
    _refuse_steps(table, apart)
    all_notes = [*notes, *([read.note] if read.note else []), *own_days.notes]
    if day == "period_end" or (day == "period_start" and not table.has("period_end")):
        all_notes.append(_ONLY_STARTS % {"heading": table.layout.heading(day)})
    warnings = (*_steps_warning(apart), *own_days.warnings)
    return Dated(table, own_days.days, own_days.splits, totals, tuple(all_notes), warnings)


_ONLY_STARTS = (
    "Only %(heading)s says the day; a campaign's rows begin one day after the other, so each is "
    "read as a day."
)


def _decide(
    table: TextTable, day: str, order: str | None
) -> tuple[days.Days, npt.NDArray[np.datetime64]]:
    cells = table.cells[day]
    try:
        read = days.decide(cells.words, order)
    except days.UndecidedError as error:
        raise AmbiguousDates(
            Sentence(
                "%(cell)s %(why)s: the file does not say which.",
                cell=shown(error.cell),
                why=error.why,
            ),
            hint=_dates_again(table.layout.dialect.again),
            line=_line(table, day, error.cell),
        ) from error
    except days.NoSuchDayError as error:
        raise BadValue(
            Sentence("There is no day %(cell)s.", cell=shown(error.cell)),
            hint="Mend the date, or export again with dates like 2026-09-01.",
            line=_line(table, day, error.cell),
        ) from error
    values = np.array([read.days[cell] for cell in cells.words], dtype="datetime64[ns]")
    return read, values[cells.codes]


def _dates_again(export_hint: str) -> str:
    return (
        export_hint
        if "2026-09-01" in export_hint
        else Sentence(
            "Write dates as 2026-09-01. %(export_hint)s", export_hint=Sentence(export_hint)
        )
    )


def _line(table: TextTable, day: str, cell: str) -> int:
    return table.line(table.cells[day].equal(cell))


def _refuse_aggregated(table: TextTable) -> None:
    for line in table.layout.preamble:
        if match := _AGGREGATION.search(line):
            raise NotDaily(
                Sentence(
                    "The rows are not daily: the report is %(lower)s.", lower=match[1].lower()
                ),
                hint=table.layout.dialect.again,
                line=table.layout.line,
            )


def _is_start(table: TextTable, day: str) -> bool:
    """Whether a date is only where a period with an end of its own begins (the Graph API's)."""
    return table.has("period_end") and plain(table.layout.heading(day)) in STARTS


def _refuse_ranges(table: TextTable, day: str) -> None:
    """A start that is not also the end: the row covers a range."""
    starts = table.cells[day]
    if day == "period_end" or not table.has("period_end"):
        _refuse_endless(table, day)
        return
    ends = table.cells["period_end"]
    wide = _wide(starts, ends)
    if wide.any():
        row = int(np.flatnonzero(wide)[0])
        raise NotDaily(
            Sentence(
                "The rows are not daily: this one covers %(starts)s to %(ends)s.",
                starts=shown(starts[row]),
                ends=shown(ends[row]),
            ),
            hint=table.layout.dialect.again,
            line=table.line(wide),
        )


def _wide(starts: TextColumn, ends: TextColumn) -> Flags:
    """Rows whose period is longer than a day: a day may end at 23:59 or with the next day."""
    pairs = list(zip(starts, ends, strict=True))
    longer = {pair for pair in set(pairs) if pair[0] != pair[1] and not _of_a_day(*pair)}
    return np.array([pair in longer for pair in pairs], dtype=bool)


def _of_a_day(start: str, end: str) -> bool:
    """Whether a period that begins and ends at moments lies within one day."""
    begins, ends = written(start), written(end)
    if begins is None or ends is None or begins.form != ends.form or ":" not in end:
        return False
    lasts = {
        (ends.read(order) or date.min) - (begins.read(order) or date.max) for order in begins.orders
    }
    return lasts <= {timedelta()} or (not ends.time and timedelta(1) in lasts)


def _refuse_endless(table: TextTable, day: str) -> None:
    """Starts without ends, or the reverse, are days only where a campaign's follow day by day."""
    starts = table.cells[day]
    if _day_by_day(table, starts):
        return
    is_day = starts.where(looks_like_day)
    row = int(np.flatnonzero(is_day)[0]) if is_day.any() else 0
    heading = table.layout.heading(day)
    raise NotDaily(
        Sentence(
            "This row ends on %(starts)s, and nothing says when it begins: with %(heading)s alone "
            "it may cover any number of days."
            if day == "period_end"
            else "This row begins on %(starts)s, and nothing says when it ends: with %(heading)s "
            "alone it may cover any number of days.",
            starts=shown(starts[row]),
            heading=heading,
        ),
        hint=Sentence(
            "Add the start of the period, or the day. %(again)s"
            if day == "period_end"
            else "Add the end of the period, or the day. %(again)s",
            again=Sentence(table.layout.dialect.again),
        ),
        line=int(table.lines[row]),
    )


def _day_by_day(table: TextTable, starts: TextColumn) -> bool:
    words = [word for word in starts.words if looks_like_day(word)]
    try:
        read = days.decide(words, table.layout.dialect.order).days if words else {}
    except (days.UndecidedError, days.NoSuchDayError):
        return False
    name = next(column for column in IDENTITY if table.has(column))
    ordinals: dict[str, set[int]] = {}
    for campaign, start in zip(table.cells[name], starts, strict=True):
        if start in read:
            ordinals.setdefault(campaign, set()).add(read[start].toordinal())
    several = [run for run in ordinals.values() if len(run) > 1]
    return bool(several) and all(max(run) - min(run) + 1 == len(run) for run in several)


def steps(values: npt.NDArray[np.datetime64]) -> str:
    """`week` or `month` where the days come so regularly that a row is likely one."""
    different = np.unique(values)
    gaps = np.diff(different).astype("timedelta64[D]").astype(int)
    if len(gaps) >= 3 and (gaps == 7).all():
        return "week"
    firsts = different.astype("datetime64[M]").astype("datetime64[ns]") == different
    return "month" if len(gaps) >= 2 and firsts.all() else ""


def _refuse_steps(table: TextTable, apart: str) -> None:
    if apart and table.layout.dialect.name in PERIODS_NAMED_LIKE_DAYS:
        raise NotDaily(
            Sentence(
                "The rows are not daily: their dates are a %(apart)s apart.", apart=Sentence(apart)
            ),
            hint=table.layout.dialect.again,
            line=table.layout.line,
        )


def _steps_warning(apart: str) -> tuple[str, ...]:
    if not apart:
        return ()
    return (
        Sentence(
            "All dates are a %(apart)s apart: if a row is a %(apart)s, export by day instead.",
            apart=Sentence(apart),
        ),
    )


@dataclass(frozen=True)
class _OwnDays:
    """The account's own day of each row, and what splits it."""

    days: npt.NDArray[np.datetime64]
    splits: Mapping[str, SplitColumn]
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def _own_days(
    table: TextTable,
    day: str,
    read: days.Days,
    values: npt.NDArray[np.datetime64],
    zone: Texts,
) -> _OwnDays:
    """Hours in UTC go to the day of the account; a single time on all rows is only said."""
    splits = _segments(table)
    column = next((name for name, split in splits.items() if hours.is_hour(split.heading)), None)
    utc = "utc" in plain(table.layout.heading(day)).split()
    if read.times or read.time:
        moments = table.cells[day].changed(hours.moment_of)
    elif column is not None:
        utc = utc or "utc" in plain(splits[column].heading).split()
        moments = splits[column].cells.changed(hours.of_hour_column)
    else:
        return _OwnDays(values, splits)
    placed = hours.hourly(values, moments, zone, utc=utc)
    if read.times:
        splits["hour"] = SplitColumn("hour", placed.hours, part=False)
    elif column is not None:
        splits[column] = SplitColumn(splits[column].heading, placed.hours, part=False)
    return _OwnDays(placed.days, splits, _moved(placed, zone), _time_warning(read, placed))


def _moved(placed: hours.Hourly, zone: Texts) -> tuple[str, ...]:
    if not placed.moved:
        return ()
    names = ", ".join(sorted({str(name) for name in zone.tolist() if name}))
    singular = "1 row is in UTC and went to the account's own day (%(names)s)."
    plural = "%(rows)s rows are in UTC and went to the account's own day (%(names)s)."
    rows = placed.moved
    return (Sentence(singular if rows == 1 else plural, rows=f"{rows:,}", names=names),)


_NO_ZONE = (
    "The times are in UTC, and nothing says the account's time zone: they stay on days of UTC. Say "
    "it with --time-zone Europe/Oslo, or time_zone for the source or account."
)


def _time_warning(read: days.Days, placed: hours.Hourly) -> tuple[str, ...]:
    """The same hour on every row is midnight of somewhere, perhaps of the day before or after."""
    if placed.unplaced:
        return (_NO_ZONE,)
    if read.time and not placed.moved:
        return (
            Sentence(
                "The dates carry the time %(time)s; the day is taken as it is written.",
                time=read.time,
            ),
        )
    return ()


def _segments(table: TextTable) -> dict[str, SplitColumn]:
    parts = headings().parts
    return {
        name: SplitColumn(
            heading,
            table.cells[name],
            plain(heading) in parts or table.layout.level_named(heading)[0] in PARTS_OF_CAMPAIGNS,
        )
        for name in table.layout.segments
        for heading in [table.layout.heading(name)]
    }
