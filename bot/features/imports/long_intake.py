"""A long file into the store part by part, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from bot.features.imports.intake import one_currency
from bot.numbers.input.daily import IDENTITY, normalise
from bot.numbers.schema_changes import columns_of
from bot.snapshot.feed_health import remember_columns
from bot.sources.exports import columns_read
from bot.sources.long_files import LongFile, NeedsWhole
from bot.store import Store
from bot.store.incoming_rows import spoken_of
from bot.store.records import Imported

LOOKED_BACK = timedelta(days=27)
"""The newest days that are kept at hand: what is doubted of a file is doubted of these."""

_AT_HAND = ["date", *IDENTITY, "campaign_name", "spend", "impressions", "clicks"]


@dataclass(frozen=True)
class LongIntake:
    """What came of a long file.

    Attributes:
        imported: What was stored.
        notes, warnings: As `bot.sources.exports.ReadFile` has them.
    """

    imported: Imported
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    _newest: pd.DataFrame

    def newest(self) -> pd.DataFrame:
        """Its rows of the newest days, in canonical shape: whose they are, spend and counts."""
        return normalise(self._newest)


def keep(store: Store, file: LongFile, name: str, at: datetime, last: date) -> LongIntake:
    """Store a file's daily numbers as they are read.

    Args:
        store: Where it goes.
        file: The file.
        name: What it is called: the source of its rows.
        at: Now.
        last: The last day that can have numbers; of later ones only the whole file can tell.

    Raises:
        NeedsWhole: It cannot be read part by part; nothing of it is stored.
        StoreError: As `Store.add_numbers`; nothing of it is stored.
    """
    counts: list[Imported] = []
    newest: list[pd.DataFrame] = []
    feeds: dict[tuple[str, str], tuple[str, ...]] = {}
    with store.atomic("numbers"):
        for frame, columns in _alike(file):
            if frame["date"].max() > pd.Timestamp(last):
                raise NeedsWhole
            one_currency(store, frame)
            counts.append(store.add_numbers(frame, source=name, pulled_at=at, columns=columns))
            feeds |= columns_of(frame, columns_read(file.layout, frame))
            newest = _newest([*newest, frame])
        remember_columns(store, feeds, at.date())
    notes, warnings = file.agreement.said or ((), ())
    rows, added, restated, unchanged = (
        sum(getattr(count, name) for count in counts)
        for name in ("rows", "added", "restated", "unchanged")
    )
    agreement = file.agreement
    imported = Imported(
        rows, len(agreement.days), len(agreement.campaigns), added, restated, unchanged
    )
    return LongIntake(imported, notes, warnings, pd.concat(newest, ignore_index=True))


def _alike(file: LongFile) -> Iterator[tuple[pd.DataFrame, tuple[str, ...]]]:
    """Each part with the columns it speaks of, which are those of the whole file."""
    columns: tuple[str, ...] | None = None
    for frame in file.frames():
        spoken = spoken_of(frame, None)
        columns = spoken if columns is None else columns
        if spoken != columns:  # what one part leaves out another brings: only the whole can tell
            raise NeedsWhole
        yield frame, columns


def _newest(frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
    since = max(frame["date"].max() for frame in frames) - LOOKED_BACK
    recent = [frame.loc[frame["date"] >= since, _AT_HAND] for frame in frames]
    return [frame for frame in recent if len(frame)]
