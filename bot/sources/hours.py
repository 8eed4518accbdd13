"""Rows by the hour: the account's day each belongs to, and hours a clock change gives twice.

A day with fewer hours than the days beside it lacks some: that is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.due_days import zone_of
from bot.numbers.input.history import Feed
from bot.numbers.source_health import ShortDay
from bot.sentences import Sentence
from bot.sources.cells import Flags, TextColumn, Texts
from bot.sources.plain import plain
from bot.sources.written import written

HOUR = {"hour", "hour of day", "hour utc", "segments hour", "time på døgnet", "stunde", "heure",
        "hora", "ora", "hora del día", "tageszeit"}  # fmt: skip
# Where nothing says the zone, an hour may come twice on a day these clocks are set back.
_KNOWN = ("Europe/Oslo", "Europe/London", "America/New_York", "America/Santiago",
          "Australia/Sydney", "Pacific/Auckland")  # fmt: skip
_CLOCK = re.compile(
    r"(\d{1,2})(?::(\d{2}))?(?::(\d{2})(?:[.,]\d*)?)?([ap]m)?(z|utc|gmt|[+-]\d{2}:?\d{2})?"
)
_EPOCH = date(1970, 1, 1)
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Hourly:
    """Rows by the hour on the account's own days.

    Attributes:
        days: The day of each row.
        hours: The hour of each row as text that differs where the hours do; a UTC hour that falls
            on an hour given twice carries its offset.
        moved: Rows that went to another day than the one written.
        unplaced: Whether some rows are in UTC and nothing says where the account is.
    """

    days: Days
    hours: TextColumn
    moved: int
    unplaced: bool


def hourly(days: Days, moments: TextColumn, zones: Texts, *, utc: bool) -> Hourly:
    """The account's own day and hour of each row.

    Args:
        days: The day written in each row.
        moments: The time of each row: with its offset where the file writes one (`05:00+00:00`).
        zones: The time zone of each row's account, None where it is not known.
        utc: Whether times without an offset are UTC.
    """
    zone_codes, zone_names = _factorized(zones)
    day_numbers = days.astype("datetime64[D]").astype(np.int64)
    kinds = np.stack([day_numbers, moments.codes.astype(np.int64), zone_codes])
    different, places = np.unique(kinds, axis=1, return_inverse=True)
    placed = [
        _placed(_EPOCH + timedelta(days=day), moments.words[word], zone_names[zone], utc=utc)
        for day, word, zone in different.T.tolist()
    ]
    places = places.reshape(-1)
    own_days = np.array([entry.day for entry in placed], dtype="datetime64[D]")[places]
    hours = TextColumn.of(placed[place].hour for place in places.tolist())
    return Hourly(
        own_days.astype("datetime64[ns]"), hours,
        int((own_days != days.astype("datetime64[D]")).sum()),
        any(entry.unplaced for entry in placed),
    )  # fmt: skip


@dataclass(frozen=True)
class _Placed:
    day: date
    hour: str
    unplaced: bool = False


def _placed(day: date, moment: str, zone: str | None, *, utc: bool) -> _Placed:
    clock, offset = _clock(moment)
    if offset is None and utc:
        offset = timedelta()
    if offset is None:
        return _Placed(day, f"{clock:%H:%M:%S}")
    if zone is None or zone_of(zone) is None:
        return _Placed(day, moment, unplaced=not offset)
    at = (datetime.combine(day, clock, UTC) - offset).astimezone(zone_of(zone))
    return _Placed(at.date(), f"{at:%H:%M:%S%z}")


def _factorized(values: Texts) -> tuple[npt.NDArray[np.int64], list[str | None]]:
    names = list(dict.fromkeys(values.tolist()))
    places = {name: place for place, name in enumerate(names)}
    return np.array([places[name] for name in values.tolist()], dtype=np.int64), names


@lru_cache(maxsize=4096)
def _clock(moment: str) -> tuple[time, timedelta | None]:
    """`05:00+02:00` as a time of day and what it is ahead of UTC."""
    match = _CLOCK.fullmatch(moment)
    if not match:
        return time(), None
    hour = int(match[1]) % 12 + (12 if match[4] == "pm" else 0) if match[4] else int(match[1])
    clock = time(min(hour, 23), int(match[2] or 0), int(match[3] or 0))
    if not match[5]:
        return clock, None
    digits = match[5].replace(":", "")
    if digits in {"z", "utc", "gmt"}:
        return clock, timedelta()
    ahead = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return clock, -ahead if digits[0] == "-" else ahead


def moment_of(cell: str) -> str:
    """The time of day in a date's cell, with its offset; midnight as `00:00`."""
    read = written(cell)
    return f"{read.time or '00:00'}{read.offset}" if read else "00:00"


def of_hour_column(cell: str) -> str:
    """A cell of a column of hours as a time of day: `5`, `05`, `05:00`, `05:00:00 - 05:59:59`."""
    match = re.match(r"\s*(\d{1,2})(?::(\d{2}))?(?:\.0)?\s*(?::\d{2})?\s*(?:-.*|–.*)?$", cell)
    if not match or int(match[1]) > 23:
        return cell
    return f"{int(match[1]):02}:{match[2] or '00'}"


def is_hour(heading: str) -> bool:
    """Whether a heading is of a column of hours."""
    return plain(heading) in HOUR or plain(heading).startswith("hour ")


def given_twice(days: Days, hours: TextColumn, zones: Texts) -> Flags:
    """Rows in an hour that comes twice on that day, because the clock is set back.

    Where nothing says the zone, an hour that comes twice somewhere else that day may here, too.
    """
    rows = zip(days.astype("datetime64[D]").tolist(), hours, zones.tolist(), strict=True)
    return np.array([_twice(*row) for row in rows], dtype=bool)


@lru_cache(maxsize=1 << 16)
def _twice(day: date, hour: str, zone: str | None) -> bool:
    clock, offset = _clock(of_hour_column(hour))
    if offset is not None:
        return False
    at = datetime.combine(day, clock)
    return any(_ambiguous(at, name) for name in ([zone] if zone else _KNOWN))


def _ambiguous(at: datetime, zone: str) -> bool:
    zone_info = zone_of(zone)
    earlier_offset, later_offset = (
        at.replace(tzinfo=zone_info, fold=fold).utcoffset() for fold in (0, 1)
    )
    return earlier_offset is not None and later_offset is not None and earlier_offset > later_offset


WHOLE = 24
_DAY = timedelta(days=1)


def short_days(frame: pd.DataFrame, hours: npt.NDArray[np.object_]) -> list[list[ShortDay]]:
    """The days that lack hours, by account.

    An hour in which nothing of an account was shown has no row, so a day is only said to lack one
    where both the day before and the day after have all of theirs. Days on which the clock is set
    forward have an hour less; the first and the last day of a file may be cut off.

    Args:
        frame: `channel`, `account_id`, `date` and `time_zone` of each row.
        hours: The hour of each row as text, different where the hours are.
    """
    table = frame[["channel", "account_id", "date", "time_zone"]].assign(hour=hours)
    short: list[list[ShortDay]] = []
    for (channel, account), rows in table.groupby(
        ["channel", "account_id"], dropna=False, sort=False
    ):
        counts = rows.groupby("date")["hour"].nunique()
        zone = next((name for name in rows["time_zone"] if isinstance(name, str)), None)
        days = pd.DatetimeIndex(counts.index).date.tolist()
        hours_by_day = dict(zip(days, counts.astype(int).tolist(), strict=True))
        short.append(short_of_counts((str(channel), _text(account)), hours_by_day, zone))
    return [days for days in short if days]


def short_of_counts(feed: Feed, counts: Mapping[date, int], zone: str | None) -> list[ShortDay]:
    """The same of one account, by how many hours each day has."""
    return [
        ShortDay(*feed, day, count, hours_of(day, zone))
        for day, count in sorted(counts.items())
        if count < hours_of(day, zone)
        and all(_is_whole(counts, beside, zone) for beside in (day - _DAY, day + _DAY))
    ]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def hours_of(day: date, zone: str | None) -> int:
    """How many hours of its own clock a day has; 23 where it may be set forward somewhere."""
    place = zone_of(zone) if zone else None
    if place is None:
        return WHOLE - 1 if _may_be_set_forward(day) else WHOLE
    start, end = (datetime(at.year, at.month, at.day, tzinfo=place).astimezone(UTC)
                  for at in (day, day + _DAY))  # fmt: skip
    return min(WHOLE, round((end - start) / timedelta(hours=1)))


def _may_be_set_forward(day: date) -> bool:
    zones = ("Europe/Oslo", "America/New_York", "America/Santiago", "Australia/Sydney")
    return any(hours_of(day, zone) < WHOLE for zone in zones)


def _is_whole(counts: Mapping[date, int], day: date, zone: str | None) -> bool:
    return counts.get(day, 0) >= hours_of(day, zone)


def short_days_said(short: Sequence[ShortDay]) -> Sentence:
    """What is to be said of an account's days that lack hours."""
    first, more = short[0], len(short) - 1
    values = {"day": f"{first.day:%Y-%m-%d}", "count": first.hours, "whole": first.whole}
    if not more:
        return Sentence(
            "%(day)s has %(count)s of its %(whole)s hours, and the days beside it have all: what "
            "ran in the others is not in it. Export it again.",
            **values,
        )
    return Sentence(
        "%(day)s has %(count)s of its %(whole)s hours, and the days beside it have all; so it is "
        "with another day: what ran in the others is not in them. Export them again."
        if more == 1
        else "%(day)s has %(count)s of its %(whole)s hours, and the days beside it have all; so it "
        "is with %(more)s other days: what ran in the others is not in them. Export them again.",
        **values,
        more=more,
    )
