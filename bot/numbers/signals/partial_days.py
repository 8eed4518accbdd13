"""Days of which only a part came in: campaigns are lacking, or the day was not over yet.

An export of some campaigns only, a pull that ended too soon and a file made at noon all look like a
day on which everybody did worse. A campaign that was paused on purpose does not come back the next
day; of the newest day nobody can know, so there it takes more of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from bot.numbers.input.columns import Codes, cells_of, codes_of, day_of, first_rows
from bot.numbers.input.daily import campaigns_only
from bot.numbers.input.history import Feed, History, feed_of
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import Bools, Floats, filled

LOOKED_AT = 28
"""Days that are judged; two weeks more say what is expected of them."""
WEEK = 7
LACKS, LACKS_NEWEST, FEWEST = 0.25, 1 / 3, 2
"""Shares of the expected campaigns that must be lacking, and how many at least."""
CAME_BACK = 0.5
"""Of those that are lacking, so many must be there again on a later day."""
ALL_DAY = 23
"""An hour from which an export holds nearly all of its day."""

FeedDay = tuple[Feed, date]


@dataclass(frozen=True)
class PartialDay:
    """A day of an account that is not complete.

    Attributes:
        lacking, expected: Campaigns without a row, of those expected to have one; 0 where it is
            hours that are lacking.
        share: Of the account's usual spend of the day what those come to, 0-1; None where unknown.
        until_hour: The account's own hour at which the day was exported; None where campaigns lack.
    """

    day: date
    lacking: int = 0
    expected: int = 0
    share: float | None = None
    until_hour: int | None = None


def recent_days(numbers: pd.DataFrame, as_of: date) -> History:
    """The days that are judged and those that say what is expected of them, of known rows."""
    return History.of(campaigns_only(numbers), judged_days(as_of))


def judged_days(as_of: date) -> Window:
    """Those days."""
    return Window.ending(as_of - timedelta(1), LOOKED_AT + 2 * WEEK)


def partial_days_of(
    history: History, hours: Mapping[FeedDay, ExportHours]
) -> Mapping[Feed, tuple[PartialDay, ...]]:
    """The days of the last four weeks that are not complete, by channel and account.

    A campaign is expected on a day where it had a row a week and two weeks before and on one of the
    three days before. Of an account that has rows that day at least a quarter of those expected,
    and two, must lack (a third on its newest day), and half of them be there again later.

    Args:
        history: Known rows, as `recent_days` takes them.
        hours: When each day was exported, as `export_hours` says.
    """
    if not history.entities:
        return {}
    days: dict[Feed, dict[date, PartialDay]] = {}
    for feed, partial in (*_lacking(history), *_too_early(hours)):
        days.setdefault(feed, {}).setdefault(partial.day, partial)
    return {feed: tuple(by_day[day] for day in sorted(by_day)) for feed, by_day in days.items()}


def _lacking(history: History) -> list[tuple[Feed, PartialDay]]:
    """Days without campaigns that are expected."""
    names, feeds = _feeds_of(history.entities)
    present = history.rows
    expected = _expected(present)
    lacks = expected & ~present
    comes_again = lacks & _later(present)
    usual = _usual(history)
    counts = [_by_feed(part, feeds, len(names)) for part in (present, expected, lacks, comes_again)]
    present_count, due, lacking_count, returned = counts
    money = [_by_feed(np.where(part, usual, 0.0), feeds, len(names)) for part in (expected, lacks)]
    newest = (present_count > 0) & ~_later(present_count > 0)
    enough = lacking_count >= np.maximum(FEWEST, np.where(newest, LACKS_NEWEST, LACKS) * due)
    partial = (present_count > 0) & enough & (newest | (returned >= CAME_BACK * lacking_count))
    partial[:, : 2 * WEEK] = False
    return [
        (
            names[feed],
            PartialDay(
                history.first + timedelta(day),
                int(lacking_count[feed, day]),
                int(due[feed, day]),
                _share(money[1][feed, day], money[0][feed, day]),
            ),
        )
        for feed, day in np.argwhere(partial).tolist()
    ]


def _share(part: float, total: float) -> float | None:
    return float(part / total) if total > 0 else None


def _expected(present: Bools) -> Bools:
    """Campaign x day, whether a row is to be expected; nobody knows of the first two weeks."""
    recently = np.zeros_like(present)
    for step in (1, 2, 3):
        recently[:, step:] |= present[:, :-step]
    expected = np.zeros_like(present)
    expected[:, 2 * WEEK :] = present[:, WEEK:-WEEK] & present[:, : -2 * WEEK]
    return np.asarray(expected & recently)


def _later(present: Bools) -> Bools:
    """Whether there is a row on any later day."""
    backwards = np.logical_or.accumulate(present[:, ::-1], axis=1)[:, ::-1]
    return np.pad(backwards, ((0, 0), (0, 1)))[:, 1:]


def _usual(history: History) -> Floats:
    """Campaign x day, spend of the same weekday: the mean of one and two weeks before."""
    spend = filled(history.column("spend"))
    usual = np.zeros_like(spend)
    usual[:, 2 * WEEK :] = (spend[:, WEEK:-WEEK] + spend[:, : -2 * WEEK]) / 2
    return np.asarray(usual)


def _feeds_of(entities: tuple[str, ...]) -> tuple[list[Feed], Codes]:
    places: dict[Feed, int] = {}
    codes = [places.setdefault(feed_of(entity), len(places)) for entity in entities]
    return list(places), np.array(codes, dtype=np.int64)


def _by_feed(values: Bools | Floats, feeds: Codes, count: int) -> Floats:
    sums = np.zeros((count, values.shape[1]))
    np.add.at(sums, feeds, values.astype(np.float64))
    return sums


class ExportHours(NamedTuple):
    """Of an account's day: its rows, those exported on that day itself, and their latest hour."""

    rows: int
    early: int
    latest: int

    def beside(self, other: ExportHours) -> ExportHours:
        """The same of both: rows of different campaigns."""
        latest = max(self.latest, other.latest)
        return ExportHours(self.rows + other.rows, self.early + other.early, latest)


def export_hours(
    numbers: pd.DataFrame, as_of: date, zone: str = "UTC"
) -> dict[FeedDay, ExportHours]:
    """When the rows of the last four weeks were exported, by the account's own clock."""
    first_judged = pd.Timestamp(as_of - timedelta(LOOKED_AT))
    inside = (numbers["date"] >= first_judged) & (numbers["date"] < pd.Timestamp(as_of))
    recent = campaigns_only(numbers[inside.to_numpy()])
    stamps = recent["pulled_at"]
    near = stamps.notna() & ((stamps - recent["date"]) < pd.Timedelta(days=2))
    hours = np.full(len(recent), -1, dtype=np.int64)
    if near.any():
        hours[near.to_numpy()] = _hours(recent[near.to_numpy()], zone)
    feeds = codes_of(recent, ("channel", "account_id"))
    cells = cells_of(feeds, day_of(recent["date"].to_numpy()))
    codes = pd.factorize(cells)[0].astype(np.int64)
    rows, early = np.bincount(codes), np.bincount(codes, hours >= 0).astype(np.int64)
    latest = np.full(len(rows), -1, dtype=np.int64)
    np.maximum.at(latest, codes, hours)
    feed_rows = recent[["channel", "account_id", "date"]].iloc[first_rows(codes)]
    places = feed_rows.itertuples(index=False, name=None)
    counts = zip(rows.tolist(), early.tolist(), latest.tolist(), strict=True)
    return {
        ((str(channel), str(account or "")), day.date()): ExportHours(*count)
        for (channel, account, day), count in zip(places, counts, strict=True)
    }


def _too_early(hours: Mapping[FeedDay, ExportHours]) -> list[tuple[Feed, PartialDay]]:
    """Days that were exported before they were over."""
    return [
        (feed, PartialDay(day, share=1 - exported.latest / 24, until_hour=exported.latest))
        for (feed, day), exported in hours.items()
        if exported.early / exported.rows >= 0.5 and exported.latest < ALL_DAY
    ]


def _hours(rows: pd.DataFrame, zone: str) -> Codes:
    """The local hour of rows exported on their own day; -1 for those exported after it."""
    hours = np.full(len(rows), -1, dtype=np.int64)
    zones = rows["time_zone"].fillna(zone).to_numpy()
    stamps = rows["pulled_at"].dt.tz_localize("UTC")
    for name in dict.fromkeys(zones.tolist()):
        inside = zones == name
        local = stamps[inside].dt.tz_convert(_zone(str(name)))
        own_day = local.dt.tz_localize(None).dt.normalize() == rows["date"][inside]
        hours[inside] = np.where(own_day, local.dt.hour, -1)
    return hours


@lru_cache(maxsize=4096)
def _zone(name: str) -> ZoneInfo:
    """The account's zone; UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
