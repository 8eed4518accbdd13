"""Files of daily numbers into the store: kinds of tables that were told, and keeping what was read.

The same whether a file is handed in at the terminal or dropped into a Slack channel. Details are
kept as many and as long as the settings say; a long file part by part, all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from bot.domain.details import DetailSpan
from bot.numbers.exchange import currency_changes, last_day
from bot.numbers.input.daily import IDENTITY, distinct, normalise
from bot.numbers.schema_changes import columns_of
from bot.settings import Details
from bot.snapshot.feed_health import remember_columns, remember_hours
from bot.sources.exports import ReadFile, columns_read
from bot.sources.long_files import LongFile, NeedsWhole
from bot.sources.refusals import other_currency, shown
from bot.store.base import Store
from bot.store.incoming_rows import spoken_of
from bot.store.reader import Reader
from bot.store.records import DetailsImported, Imported

AS_USUAL = Details()


def keep_details(
    store: Store,
    frame: pd.DataFrame,
    today: date,
    limits: Details = AS_USUAL,
    spans: Sequence[DetailSpan] = (),
) -> DetailsImported:
    """Store detail rows, and forget those that are old by now.

    Old is counted from the newest day there are numbers of, so that a history from some years
    back has its details as well; a day still to come makes nothing old.

    Args:
        store: Where they go.
        frame: `bot.numbers.input.detail_rows.INCOMING`.
        today: The day it is.
        limits: `[details]` of perfbot.toml.
        spans: What the rows are all of.

    Raises:
        ImpossibleRowError: A row that cannot be true.
    """
    days = [store.last_day(), pd.to_datetime(frame["date"]).max().date() if len(frame) else None]
    newest = max((day for day in days if day is not None), default=today)
    first_day = min(newest, today) - timedelta(days=limits.keep_days)
    with store.atomic("numbers"):
        stored = store.add_details(frame, spans=spans, since=first_day, most=limits.rows_per_day)
        store.forget_details(first_day)
    return stored


MAPPINGS = "import:mappings"  # what was said of kinds of tables: a preference of nobody's
NOTHING = Imported(0, 0, 0, 0, 0, 0)


def keep(
    store: Store,
    parsed: ReadFile,
    name: str,
    at: datetime,
    limits: Details = AS_USUAL,
) -> tuple[Imported, DetailsImported | None]:
    """Keep a table, all of it or nothing; what that came to, and its details where it has any.

    Args:
        store: Where it goes.
        parsed: The table, as read.
        name: What it is called: the source of its rows.
        at: Now.
        limits: `[details]` of perfbot.toml.

    Raises:
        MixedCurrencies: It is in another currency than what is stored of the same account.
        ImpossibleRowError: A row that cannot be true.
        StoreError: Rows that contradict each other; a database in trouble.
    """
    with store.atomic("numbers"):
        stored = _numbers(store, parsed, name, at)
        if parsed.details is None:
            return stored, None
        return stored, keep_details(store, parsed.details, at.date(), limits)


def one_currency(store: Reader, frame: pd.DataFrame) -> None:
    """See to it that no campaign, and no account with an id, comes to have two currencies.

    Rows that bring every stored day anew may be in another: then the stored ones were mislabelled.

    Raises:
        MixedCurrencies: They are in another currency than what is stored of the same.
    """
    if frame.empty or len({*distinct(frame, "currency"), *store.currencies()} - {""}) < 2:
        return
    census = store.census(date.min, last_day(frame), as_of=date.max)
    for change in currency_changes(frame, census):
        beside = change.stays_beside(store.numbers(), frame)
        if beside is not None:
            place = f"{change.channel} {change.account_id}".strip()
            raise other_currency(
                f"{shown(change.campaign_id)} of {place}" if change.campaign_id else place,
                (change.stored, change.coming),
                beside,
                change.account_id or change.channel,
            )


def _numbers(store: Store, parsed: ReadFile, name: str, at: datetime) -> Imported:
    """Daily numbers, or the reach of whole windows."""
    reach = parsed.window_reach
    if parsed.frame.empty and parsed.details is not None:
        return NOTHING
    if reach is None:
        one_currency(store, parsed.frame)
        remember_columns(store, columns_of(parsed.frame, parsed.columns), at.date())
        remember_hours(store, parsed.frame, parsed.short_days)
        return store.add_numbers(parsed.frame, source=name, pulled_at=at)
    changed = store.add_window_reach(reach)
    campaigns = len(reach[["channel", "account_id", "campaign_id"]].drop_duplicates())
    return Imported(len(reach), 0, campaigns, changed, 0, len(reach) - changed)


def together(counts: Sequence[Imported]) -> Imported:
    """Several tables as one."""
    fields = ("rows", "days", "campaigns", "added", "restated", "unchanged")
    return Imported(*(sum(getattr(count, name) for count in counts) for name in fields))


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


def keep_long(store: Store, file: LongFile, name: str, at: datetime, last: date) -> LongIntake:
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
            remember_hours(store, frame, ())
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
