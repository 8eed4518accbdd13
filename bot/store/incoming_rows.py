"""Daily numbers on their way in: what a frame says, and what of it is new. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.errors import StoreError
from bot.numbers.input.columns import COLUMNS, MONEY, VALUES
from bot.numbers.input.daily import is_normal, normalise
from bot.store.codec import Micros, to_micros

LABELS = ("stage", "pricing_model", "billed_by", "measured_by", "currency")
CAMPAIGN = ("channel", "account_id", "campaign_id", "level", "parent_id")
TOLD = (*LABELS, *VALUES)
KEY = ["date", "campaign"]
_EVER = np.datetime64("2262-01-01", "ns")
_DAY = np.timedelta64(1, "D")

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Incoming:
    """Rows ready to be compared with what is stored.

    Attributes:
        rows: One a day, campaign and pull: `date`, the campaign's columns (`level` and
            `parent_id` "" for a campaign itself), `campaign_name`, `account_name`, `time_zone`,
            `source`, `pulled_at` (UTC), `pulled_on` (NaT where the source did not say),
            `local_day` of the pull, labels ("" missing), money in micros, other values float64.
        given: The labels and values the frame speaks of; the others keep what is stored.
    """

    rows: pd.DataFrame
    given: tuple[str, ...]


def prepare(
    frame: pd.DataFrame, *, source: str, pulled_at: datetime, columns: Collection[str] | None = None
) -> Incoming:
    """Rows of a frame in any shape `normalise` takes; see `Store.add_numbers` for `columns`."""
    if pulled_at.tzinfo is None:
        raise ValueError(f"{pulled_at} has no time zone.")
    table = frame if is_normal(frame) else normalise(frame)  # sources have done it at their door
    rows = table.assign(**{name: _micros(frame, table, name) for name in MONEY})
    for name in (*LABELS, "level", "parent_id"):
        rows[name] = rows[name].fillna("").astype(object)
    rows.loc[rows["level"] == "campaign", "level"] = ""
    rows["source"] = rows["source"].fillna(source).astype(object)
    rows["local_day"] = _local_days(rows, pulled_at)
    stamp = pd.Timestamp(pulled_at).tz_convert("UTC").tz_localize(None)
    rows["pulled_at"] = rows["pulled_at"].fillna(stamp)
    return Incoming(rows, spoken_of(frame, columns))


def spoken_of(frame: pd.DataFrame, columns: Collection[str] | None) -> tuple[str, ...]:
    """Which labels and values the frame speaks of.

    Those named in `columns`; else its columns. A frame with every canonical column, as `normalise`
    leaves it, no longer tells an absent column from an empty one: there, an empty column is absent.
    """
    if columns is not None:
        return tuple(name for name in TOLD if name in columns)
    if not set(COLUMNS) <= set(frame.columns):
        return tuple(name for name in TOLD if name in frame.columns)
    return tuple(name for name in TOLD if frame[name].notna().any())


def _micros(frame: pd.DataFrame, table: pd.DataFrame, name: str) -> Micros:
    """From the frame as given where it holds Decimals: they are exact, floats are not."""
    exact = name in frame.columns and frame[name].dtype == object
    return to_micros((frame if exact else table)[name].to_numpy())


def _local_days(rows: pd.DataFrame, pulled_at: datetime) -> pd.Series:
    """The day of the pull where the account is; without a zone, by `pulled_at`'s own clock."""
    stamps = rows["pulled_at"]
    if stamps.isna().all() and rows["time_zone"].isna().all():
        return pd.Series(np.datetime64(pulled_at.date(), "ns"), index=rows.index)
    kinds = pd.DataFrame({"at": stamps, "zone": rows["time_zone"]})
    codes = kinds.groupby(["at", "zone"], dropna=False, sort=False).ngroup().to_numpy()
    first_rows = np.unique(codes, return_index=True)[1]
    days = [
        _local_day(at, zone, pulled_at)
        for at, zone in zip(*(kinds[name].iloc[first_rows] for name in kinds), strict=True)
    ]
    return pd.Series(np.array(days, dtype="datetime64[ns]")[codes], index=rows.index)


def _local_day(at: pd.Timestamp, zone: str | None, pulled_at: datetime) -> np.datetime64:
    moment = pulled_at if pd.isna(at) else at.to_pydatetime().replace(tzinfo=UTC)
    try:
        local = moment.astimezone(ZoneInfo(zone)) if isinstance(zone, str) else moment
    except (KeyError, ValueError, OSError):  # no such zone: the pull's own clock is near enough
        local = moment
    return np.datetime64(local.date(), "ns")


@dataclass(frozen=True)
class Decided:
    """What a batch comes to.

    Attributes:
        rows: The whole batch with `known_on` (when its value counts as known), `revision` and
            `backfilled`, what it left unsaid filled in from the revision before.
        write: Which of the rows are new revisions.
        first: Which of the rows are the first of their day and campaign.
    """

    rows: pd.DataFrame
    write: Flags
    first: Flags


def layers(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Split rows into batches with one row a day and campaign, older pulls first.

    Raises:
        StoreError: Two rows of one day, campaign and pull that differ: neither can be believed.
    """
    ordered = rows.sort_values([*KEY, "pulled_on"], kind="stable", na_position="last")
    repeated = ordered.duplicated([*KEY, "pulled_on"], keep=False).to_numpy()
    if repeated.any():
        _refuse_contradiction(ordered[repeated])
        ordered = ordered.drop_duplicates([*KEY, "pulled_on"])
    turn = ordered.groupby(KEY, sort=False).cumcount().to_numpy()
    return [ordered[turn == number] for number in range(turn.max(initial=-1) + 1)]


def _refuse_contradiction(repeated: pd.DataFrame) -> None:
    different = repeated.drop_duplicates([*KEY, "pulled_on", *TOLD])
    clash = different[different.duplicated([*KEY, "pulled_on"])]
    if clash.empty:
        return
    row = clash.iloc[0]
    name = row["campaign_name"] or row["campaign_id"]
    raise StoreError(
        f"{name!r} has two different rows for {row['date']:%Y-%m-%d}.",
        hint="Keep one, or add them up where they are parts of one campaign.",
    )


def decide(batch: pd.DataFrame, stored: pd.DataFrame, columns: Collection[str]) -> Decided:
    """Compare a batch, one row a day and campaign, with every stored revision of its rows.

    A value is compared with what was known when it was pulled: the newest revision pulled no
    later. Rows whose `pulled_on` is missing follow the newest revision there is; the first value
    of a day then counts as known the next morning.

    Args:
        batch: Rows of `Incoming` with `campaign` as its number.
        stored: Revisions with `date`, `campaign`, `pulled_on`, `revision`, labels and values.
        columns: Columns the batch speaks of; the others keep the earlier revision's value.
    """
    before, latest = _before(batch, stored)
    rows = batch.reset_index(drop=True)
    changed = _fill_in(rows, stored, before, columns)
    is_first = latest == 0
    _date(rows, stored, before, is_first)
    rows["revision"] = latest + 1
    return Decided(rows, (before < 0) | changed, is_first)


def _before(batch: pd.DataFrame, stored: pd.DataFrame) -> tuple[Places, Places]:
    """For each row, the place of the revision it follows (-1: none), and the last number used."""
    until = batch["pulled_on"].fillna(_EVER).to_numpy()
    mine = batch[KEY].reset_index(drop=True).assign(row=np.arange(len(batch)), until=until)
    theirs = stored[[*KEY, "pulled_on", "revision"]].assign(place=np.arange(len(stored)))
    pairs = mine.merge(theirs, on=KEY)
    before = np.full(len(batch), -1, dtype=np.int64)
    latest = np.zeros(len(batch), dtype=np.int64)
    np.maximum.at(latest, pairs["row"].to_numpy(), pairs["revision"].to_numpy())
    earlier = pairs[pairs["pulled_on"] <= pairs["until"]]
    newest = earlier.sort_values(["row", "pulled_on", "revision"]).drop_duplicates(
        "row", keep="last"
    )
    before[newest["row"].to_numpy()] = newest["place"].to_numpy()
    return before, latest


def _fill_in(
    rows: pd.DataFrame, stored: pd.DataFrame, before: Places, columns: Collection[str]
) -> Flags:
    """Take over what the batch leaves unsaid; which rows say something else than before."""
    follows = before >= 0
    changed = np.zeros(len(rows), dtype=bool)
    for name in TOLD:
        values = rows[name].to_numpy(copy=True)
        earlier_values = values[follows]
        earlier_values = stored[name].to_numpy()[before[follows]].astype(values.dtype, copy=False)
        if name in columns:
            changed[follows] |= _differ(values[follows], earlier_values)
        else:
            values[follows] = earlier_values
            rows[name] = values
    return changed


def _differ(after: npt.NDArray[Any], before: npt.NDArray[Any]) -> Flags:
    different: Flags = after != before
    if after.dtype.kind == "f":
        different &= ~(np.isnan(after) & np.isnan(before))
    return different


def _date(rows: pd.DataFrame, stored: pd.DataFrame, before: Places, is_first: Flags) -> None:
    """Since when each row counts as known, and whether that had to be assumed."""
    stated = rows["pulled_on"].to_numpy()
    next_morning = rows["date"].to_numpy() + _DAY
    known_on = np.where(is_first, next_morning, rows["local_day"].to_numpy())
    follows = before >= 0
    earlier = stored["pulled_on"].to_numpy()[before[follows]]
    known_on[follows] = np.maximum(known_on[follows], earlier)
    silent = np.isnat(stated)
    rows["known_on"] = np.where(silent, known_on, stated)
    assumed = silent & is_first & (rows["local_day"].to_numpy() != next_morning)
    rows["backfilled"] = rows["backfilled"].to_numpy() | assumed
