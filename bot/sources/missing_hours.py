"""Hours that an hourly export lacks: a day with fewer of them than the days beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.sentences import Sentence
from bot.sources.hours import zone_of

WHOLE = 24
_DAY = timedelta(days=1)


def short_days(frame: pd.DataFrame, hours: npt.NDArray[np.object_]) -> Iterator[Sentence]:
    """What is to be said of an account's days that lack hours, one sentence an account.

    An hour in which nothing of an account was shown has no row, so a day is only said to lack one
    where both the day before and the day after have all of theirs. Days on which the clock is set
    forward have an hour less; the first and the last day of a file may be cut off.

    Args:
        frame: `channel`, `account_id`, `date` and `time_zone` of each row.
        hours: The hour of each row as text, different where the hours are.
    """
    table = frame[["channel", "account_id", "date", "time_zone"]].assign(hour=hours)
    for (_, _), rows in table.groupby(["channel", "account_id"], dropna=False, sort=False):
        counts = rows.groupby("date")["hour"].nunique()
        zone = next((name for name in rows["time_zone"] if isinstance(name, str)), None)
        days = pd.DatetimeIndex(counts.index).date.tolist()
        whole = dict(zip(days, counts.astype(int).tolist(), strict=True))
        short = [
            day for day, count in whole.items()
            if count < hours_of(day, zone) and all(_is_whole(whole, beside, zone)
                                                   for beside in (day - _DAY, day + _DAY))
        ]  # fmt: skip
        if short:
            yield _said(short, whole, zone)


def hours_of(day: date, zone: str | None) -> int:
    """How many hours of its own clock a day has; 23 where it may be set forward somewhere."""
    known = zone_of(zone) if zone else None
    if known is None:
        return WHOLE - 1 if _may_be_set_forward(day) else WHOLE
    start, end = (datetime(at.year, at.month, at.day, tzinfo=known).astimezone(UTC)
                  for at in (day, day + _DAY))  # fmt: skip
    return min(WHOLE, round((end - start) / timedelta(hours=1)))


def _may_be_set_forward(day: date) -> bool:
    zones = ("Europe/Oslo", "America/New_York", "America/Santiago", "Australia/Sydney")
    return any(hours_of(day, zone) < WHOLE for zone in zones)


def _is_whole(counts: dict[date, int], day: date, zone: str | None) -> bool:
    return counts.get(day, 0) >= hours_of(day, zone)


def _said(short: list[date], counts: dict[date, int], zone: str | None) -> Sentence:
    day, more = short[0], len(short) - 1
    values = {"day": f"{day:%Y-%m-%d}", "count": counts[day], "whole": hours_of(day, zone)}
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
