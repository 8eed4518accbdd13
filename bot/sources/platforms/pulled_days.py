"""An account's days as they come in, kept until all of them are there, without holding them.

What a platform sends piece by piece is stored whole or not at all. Until its last piece has come
the days lie in memory, and beyond `IN_MEMORY` in a file without a name that is gone when it is
closed: ten thousand campaigns over 400 days take no more memory than over 40. What was changed on
a platform that has no entry for it is noticed by holding pulls side by side.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from weakref import finalize

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.errors import SourceError
from bot.sources.base import CampaignFacts, PlatformChange

IN_MEMORY = 32 << 20
"""Bytes of an account's days that are kept without a file."""
NO_ROOM = SourceError(
    "There is no room on the disk to keep what the platform sends.",
    hint="Nothing of it is stored; make room where temporary files are, the next pull asks again.",
)
Span = tuple[date, date]
Ends = dict[str, tuple[pd.Timestamp, pd.Timestamp]]


def _kept() -> IO[bytes]:
    return SpooledTemporaryFile(IN_MEMORY)


@dataclass
class PulledDays:
    """The days of an account, `bot.sources.platforms.client.Client.days` by `days`; to be closed.

    Attributes:
        ends: First and last day of each campaign that has any.
        names: What a campaign was last called, where the days say it.
        shown_until: The last day of each campaign on which anything was shown.
        columns: What there is besides campaign and day, in the order in which it came.
    """

    ends: Ends = field(default_factory=dict)
    names: dict[str, str | None] = field(default_factory=dict)
    shown_until: dict[str, date] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    _file: IO[bytes] = field(default_factory=_kept)
    _pieces: list[tuple[Span, int, list[str]]] = field(default_factory=list)
    _ids: list[str] = field(default_factory=list)
    _codes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        finalize(self, self._file.close)  # whoever takes none of the days leaves no file open

    def close(self) -> None:
        """The file, if there is one, is gone."""
        self._file.close()

    def add(self, span: Span, frame: pd.DataFrame) -> None:
        """A piece: days after those of every piece before it, maybe without a row.

        Raises:
            SourceError: There is no room for it.
        """
        if frame.empty:
            return
        days = frame.assign(date=pd.to_datetime(frame["date"]))
        self._remember(days)
        columns = [
            str(name) for name in days if name not in {"campaign_id", "campaign_name", "date"}
        ]
        self.columns += [name for name in columns if name not in self.columns]
        try:
            self._pieces.append((span, self._file.seek(0, os.SEEK_END), columns))
            self._write(self._coded(days["campaign_id"]))
            self._write(days["date"].to_numpy("datetime64[D]").astype(np.int64))
            for name in columns:
                self._write(days[name].to_numpy(np.float64, na_value=np.nan))
        except OSError as error:
            raise NO_ROOM from error

    def between(self, since: date, until: date) -> pd.DataFrame:
        """The rows of these days: `campaign_id`, `date` and all of `columns`."""
        frames = [
            frame[frame["date"].between(pd.Timestamp(since), pd.Timestamp(until))]
            for (first, last), place, columns in self._pieces
            if first <= until and since <= last
            for frame in [self._piece(place, columns)]
        ]
        empty = pd.DataFrame({"campaign_id": pd.Series(dtype=object), "date": pd.to_datetime([])})
        rows = pd.concat(frames, ignore_index=True) if frames else empty
        return rows.reindex(columns=["campaign_id", "date", *self.columns])

    def _piece(self, place: int, columns: list[str]) -> pd.DataFrame:
        self._file.seek(place)
        ids = np.array(self._ids, dtype=object)
        return pd.DataFrame({
            "campaign_id": pd.Series(ids[self._read()], dtype=object),
            "date": self._read().astype("datetime64[D]").astype("datetime64[ns]"),
            **{name: self._read() for name in columns},
        })  # fmt: skip

    def _remember(self, days: pd.DataFrame) -> None:
        """What is asked of all the days together."""
        ranges = days.groupby("campaign_id")["date"].agg(["min", "max"])
        for key, first, last in ranges.itertuples():
            self.ends[str(key)] = (self.ends.get(str(key), (first, last))[0], last)
        if "campaign_name" in days:
            for key, name in days.groupby("campaign_id")["campaign_name"].last().items():
                known = self.names.get(str(key))
                self.names[str(key)] = known if pd.isna(name) else str(name)
        if "impressions" in days:
            shown = days[days["impressions"] > 0].groupby("campaign_id")["date"].max()
            self.shown_until |= {str(key): day.date() for key, day in shown.items()}

    def _coded(self, ids: pd.Series) -> npt.NDArray[np.int64]:
        codes, different = pd.factorize(ids)
        for text in different:
            if text not in self._codes:
                self._codes[text] = len(self._ids)
                self._ids.append(text)
        return np.array([self._codes[text] for text in different], dtype=np.int64)[codes]

    def _write(self, values: npt.NDArray[np.generic]) -> None:
        np.lib.format.write_array(self._file, np.ascontiguousarray(values), allow_pickle=False)

    def _read(self) -> npt.NDArray[np.generic]:
        return np.lib.format.read_array(self._file, allow_pickle=False)


SOMEBODY, NOTICED = "somebody", "noticed"  # by whom, and through what
REMEMBERED = timedelta(days=60)
Standing = tuple[str, float | None]
Sides = tuple[str, "float | str | None", "float | str | None"]


@dataclass(frozen=True)
class ChangeLedger:
    """What is known of an account's changes.

    Attributes:
        since: The day from which they are known.
        campaigns: Status and daily budget of each at the last pull.
        changes: Those noticed so far, oldest first.
    """

    since: date | None = None
    campaigns: Mapping[str, Standing] | None = None
    changes: tuple[PlatformChange, ...] = ()

    def after(
        self, facts: Sequence[CampaignFacts], shown_until: Mapping[str, date], now: datetime
    ) -> ChangeLedger:
        """The ledger with what a pull noticed.

        Args:
            facts: The campaigns as they are.
            shown_until: The last day of each on which anything was shown; a campaign was switched
                off after it.
            now: The moment of the pull, in the account's time zone.
        """
        noticed = [
            PlatformChange(fact.account_id, (fact.campaign_id,), moment, *sides, SOMEBODY, NOTICED)
            for fact in facts
            for sides, moment in self._different(fact, shown_until.get(fact.campaign_id), now)
        ]
        remembered = [change for change in self.changes if now - change.when <= REMEMBERED]
        standings = {fact.campaign_id: (fact.status, fact.daily_budget) for fact in facts}
        since = self.since or now.date() - timedelta(days=1)
        changes = sorted((*remembered, *noticed), key=lambda change: change.when)
        return ChangeLedger(max(since, (now - REMEMBERED).date()), standings, tuple(changes))

    def unlogged(
        self, logged: Sequence[PlatformChange], shown_until: Mapping[str, date], since: date
    ) -> tuple[PlatformChange, ...]:
        """Statuses noticed that a platform's own history does not explain.

        It has no entry for a campaign that ended as it was to, or whose ad sets were all switched
        off, and at most so many entries.

        Args:
            logged: The platform's own history.
            shown_until: Likewise as `after` takes it.
            since: The first day of that history.
        """
        newest = {
            campaign: change.after
            for change in sorted(logged, key=lambda change: change.when)
            if change.what == "status"
            for campaign in change.campaign_ids
        }
        return tuple(
            change
            for change in self.changes
            for campaign in change.campaign_ids
            if change.what == "status"
            and change.when.date() >= since
            and campaign in shown_until
            and newest.get(campaign) != change.after
        )

    def _different(
        self, fact: CampaignFacts, last_day: date | None, now: datetime
    ) -> list[tuple[Sides, datetime]]:
        status, budget = (self.campaigns or {}).get(fact.campaign_id, (None, fact.daily_budget))
        differences: list[tuple[Sides, datetime]] = []
        silent = fact.status in ("paused", "ended", "removed")
        if fact.status != status and (silent or (status and fact.status == "enabled")):
            moment = _midnight_after(last_day, now) if silent and last_day else now
            differences.append((("status", status, fact.status), moment))
        if fact.daily_budget != budget:
            differences.append((("budget", budget, fact.daily_budget), now))
        return differences

    def text(self) -> str:
        """As it is remembered until the next pull."""
        return json.dumps({
            "since": self.since and self.since.isoformat(), "campaigns": self.campaigns or {},
            "changes": [
                [change.when.isoformat(), change.campaign_ids[0], change.what, change.before,
                 change.after] for change in self.changes
            ],
        })  # fmt: skip


def ledger_of(text: str, account_id: str) -> ChangeLedger:
    """What an earlier pull left; an empty ledger where it left none, or none that can be read."""
    try:
        stored = json.loads(text)
        since = date.fromisoformat(stored["since"])
        standings = {str(key): (str(s), b) for key, (s, b) in stored["campaigns"].items()}
        changes = [_change(row, account_id) for row in stored["changes"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return ChangeLedger()
    return ChangeLedger(since, standings, tuple(changes))


def _change(row: Sequence[Any], account_id: str) -> PlatformChange:
    written, campaign_id, aspect, before, after = row
    moment = datetime.fromisoformat(written)
    return PlatformChange(
        account_id, (campaign_id,), moment, aspect, before, after, SOMEBODY, NOTICED
    )


def _midnight_after(day: date, now: datetime) -> datetime:
    return min(datetime.combine(day + timedelta(days=1), time(), now.tzinfo), now)
