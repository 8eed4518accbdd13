"""Reach of whole windows as the platform gives it: another table than the daily numbers.

And when the rows of a file were pulled, where it says: such a window may have ended since.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.due_days import zone_of
from bot.numbers.input.names import account_key, channel_key, normal_name
from bot.sentences import Sentence
from bot.sources import days, figures
from bot.sources.cells import Flags, Texts
from bot.sources.given import ReadSettings
from bot.sources.identity import identities, refuse_channelless
from bot.sources.refusals import (
    AmbiguousDates,
    BadValue,
    MissingColumn,
    RepeatedRow,
    Unreadable,
    shown,
)
from bot.sources.table import TextTable


def pulled(table: TextTable, zone: Texts) -> dict[str, pd.Series]:
    """`pulled_at` in UTC and `pulled_on`, its day where the account is; nothing where unsaid.

    Raises:
        BadValue: A cell that is no date.
    """
    times = {name: _times(table, name) for name in ("pulled_on", "pulled_at") if table.has(name)}
    if "pulled_at" in times:
        local = _local_days(times["pulled_at"], zone)
        times["pulled_on"] = times["pulled_on"].fillna(local) if "pulled_on" in times else local
    return times


def _times(table: TextTable, name: str) -> pd.Series:
    cells = table.cells[name]
    missing = cells.missing()
    words = pd.Series(list(cells.words), dtype="str")
    read = pd.to_datetime(words, errors="coerce", utc=True, format="ISO8601").dt.tz_localize(None)
    times = read.astype("datetime64[ns]").to_numpy()[cells.codes]
    wrong = np.isnat(times) & ~missing
    if wrong.any():
        raise BadValue(
            Sentence(
                "%(cells)s is no date (column %(name)s).",
                cells=shown(cells[int(np.flatnonzero(wrong)[0])]),
                name=name,
            ),
            hint="Write it as 2026-09-01.",
            line=table.line(wrong),
        )
    return pd.Series(np.where(missing, np.datetime64("NaT", "ns"), times))


def _local_days(times: pd.Series, zone: Texts) -> pd.Series:
    """The day of a moment where the account is, in UTC where nothing says where."""
    days: pd.Series = times.dt.normalize()
    for name in {zone_name for zone_name in zone.tolist() if zone_name is not None}:
        local_zone = zone_of(str(name))
        if local_zone is not None:
            in_zone = zone == name
            local = times[in_zone].dt.tz_localize("UTC").dt.tz_convert(local_zone)
            days[in_zone] = local.dt.tz_localize(None).dt.normalize()
    return days


KEY = ["channel", "account_id", "campaign_id", "since", "until", "pulled_at"]


@dataclass(frozen=True)
class Reached:
    """Reach of windows.

    Attributes:
        frame: `channel, account_id, campaign_id, since, until, reach, pulled_at` (NaT where the
            file does not say), one row a campaign, window and pull.
        notes: What a person should know of how it was read.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]


def windows(table: TextTable, settings: ReadSettings) -> Reached:
    """The reach of each window and campaign.

    Raises:
        RefusedFile: A row without a window, campaign or whole number, or the same window twice.
    """
    since, until = _bound(table, "since"), _bound(table, "until")
    if "reach" not in table.cells:
        raise MissingColumn(
            "There is no column for the reach.", hint=_COLUMNS, line=table.layout.line
        )
    has_name = _named(table)
    named_rows = table.keep(has_name)
    if not len(named_rows):
        raise Unreadable("No row names a campaign.", hint=_COLUMNS, line=table.layout.line)
    texts = identities(named_rows, settings)
    refuse_channelless(named_rows, texts["channel"])
    order = settings.date_order or named_rows.layout.dialect.order
    frame = pd.DataFrame({
        "channel": [channel_key(str(word)) for word in texts["channel"]],
        "account_id": [
            account_key(str(word or "")) for word in _of(texts, "account_id", named_rows)
        ],
        "campaign_id": _ids(named_rows, texts),
        "since": _days(named_rows, since, order),
        "until": _days(named_rows, until, order),
        "reach": _reach(named_rows),
        "pulled_at": pulled(named_rows, texts["time_zone"]).get("pulled_at", pd.NaT),
    })  # fmt: skip
    _refuse_backwards(named_rows, frame)
    _refuse_repeats(named_rows, frame)
    rows = int((~has_name).sum())
    total = (
        Sentence("1 row without a campaign was")
        if rows == 1
        else Sentence("%(rows)s rows without a campaign were", rows=rows)
    )
    return Reached(frame, (Sentence("%(total)s left out.", total=total),) if rows else ())


_COLUMNS = "Columns: channel, account_id, campaign_id, since, until, reach, pulled_at."


def _of(
    texts: dict[str, npt.NDArray[np.object_]], name: str, table: TextTable
) -> npt.NDArray[np.object_]:
    return texts.get(name, _none(table))


def _none(table: TextTable) -> npt.NDArray[np.object_]:
    return np.full(len(table), None, dtype=object)


def _bound(table: TextTable, name: str) -> str:
    """The column of a window's first or last day: its own, else the period of the report."""
    period = {"since": "period_start", "until": "period_end"}[name]
    for column in (name, period, "date" if name == "since" else period):
        if table.has(column):
            return column
    raise MissingColumn(
        Sentence(
            "There is no column for the %(value)s day of the window.",
            value=Sentence("first" if name == "since" else "last"),
        ),
        hint=_COLUMNS,
        line=table.layout.line,
    )


def _named(table: TextTable) -> Flags:
    has_name = np.zeros(len(table), dtype=bool)
    for name in ("campaign_id", "campaign_name"):
        if table.has(name):
            has_name |= ~table.cells[name].blank()
    return has_name


def _ids(table: TextTable, texts: dict[str, npt.NDArray[np.object_]]) -> list[str]:
    ids, names = (_of(texts, name, table) for name in ("campaign_id", "campaign_name"))
    return [
        str(key) if key else normal_name(str(name)) for key, name in zip(ids, names, strict=True)
    ]


def _days(table: TextTable, column: str, order: str | None) -> npt.NDArray[np.datetime64]:
    cells = table.cells[column]
    wrong = ~cells.where(days.looks_like_day)
    if wrong.any():
        raise BadValue(
            Sentence(
                "%(cells)s is no date (column %(heading)s).",
                cells=shown(cells[int(np.flatnonzero(wrong)[0])]),
                heading=table.layout.heading(column),
            ),
            hint="Write it as 2026-09-01.",
            line=table.line(wrong),
        )
    try:
        read = days.decide(cells.words, order).days
    except (days.UndecidedError, days.NoSuchDayError) as error:
        why = getattr(error, "why", Sentence("is no day"))
        raise AmbiguousDates(
            Sentence("%(cell)s %(why)s.", cell=shown(error.cell), why=why),
            hint="Write dates as 2026-09-01.",
            line=table.line(cells.equal(error.cell)),
        ) from error
    return np.array([read[cell] for cell in cells.words], dtype="datetime64[ns]")[cells.codes]


def _reach(table: TextTable) -> npt.NDArray[np.float64]:
    column = figures.column(table.cells["reach"])
    try:
        sign = figures.decide({"reach": column}, machine=table.layout.dialect.machine)
        values = figures.parse(column, sign)
    except (figures.NoNumberError, figures.AmbiguousError) as error:
        text = error.cell.text
        raise BadValue(
            Sentence("%(text)s is no number of people.", text=shown(text)),
            hint="Mend the cell, or leave it empty.",
            line=table.line(table.cells["reach"].where(lambda word: text in word)),
        ) from error
    wrong = (values % 1 != 0) & ~np.isnan(values) | (values < 0)
    if wrong.any():
        raise BadValue(
            Sentence(
                "A reach of %(values)s is no number of people.", values=f"{values[wrong][0]:g}"
            ),
            hint="Mend the cell, or leave it empty.",
            line=table.line(wrong),
        )
    return values


def _refuse_backwards(table: TextTable, frame: pd.DataFrame) -> None:
    wrong = (frame["since"] > frame["until"]).to_numpy(dtype=bool)
    if wrong.any():
        raise BadValue(
            "This window ends before it begins.",
            hint="Mend the row.",
            line=table.line(wrong),
        )


def _refuse_repeats(table: TextTable, frame: pd.DataFrame) -> None:
    repeated = frame.duplicated(KEY).to_numpy(dtype=bool)
    if repeated.any():
        raise RepeatedRow(
            "This row repeats the window and campaign of another.",
            hint="Keep one of them: the reach of parts cannot be added.",
            line=table.line(repeated),
        )
