"""Daily numbers on their way in: what a frame says, and what it leaves unsaid. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from bot.numbers.input.columns import COLUMNS, MONEY, VALUES
from bot.numbers.input.daily import normalise
from bot.store.money import Micros, to_micros

LABELS = ("stage", "pricing_model", "billed_by", "measured_by", "currency")
CAMPAIGN = ("channel", "account_id", "campaign_id", "level", "parent_id")
TOLD = (*LABELS, *VALUES)


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
    frame: pd.DataFrame, *, source: str, pulled_at: datetime, given: Collection[str] | None = None
) -> Incoming:
    """Rows of a frame in any shape `normalise` takes; see `Store.add_numbers` for `given`."""
    if pulled_at.tzinfo is None:
        raise ValueError(f"{pulled_at} has no time zone.")
    table = normalise(frame)
    rows = table.assign(**{name: _micros(frame, table, name) for name in MONEY})
    for name in (*LABELS, "level", "parent_id"):
        rows[name] = rows[name].fillna("").astype(object)
    rows.loc[rows["level"] == "campaign", "level"] = ""
    rows["source"] = rows["source"].fillna(source).astype(object)
    rows["local_day"] = _local_days(rows, pulled_at)
    stamp = pd.Timestamp(pulled_at).tz_convert("UTC").tz_localize(None)
    rows["pulled_at"] = rows["pulled_at"].fillna(stamp)
    return Incoming(rows, spoken_of(frame, given))


def spoken_of(frame: pd.DataFrame, given: Collection[str] | None) -> tuple[str, ...]:
    """Which labels and values the frame speaks of.

    Those named in `given`; else its columns. A frame with every canonical column, as `normalise`
    leaves it, no longer tells an absent column from an empty one: there, an empty column is absent.
    """
    if given is not None:
        return tuple(name for name in TOLD if name in given)
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
    first = np.unique(codes, return_index=True)[1]
    days = [
        _local_day(at, zone, pulled_at)
        for at, zone in zip(*(kinds[name].iloc[first] for name in kinds), strict=True)
    ]
    return pd.Series(np.array(days, dtype="datetime64[ns]")[codes], index=rows.index)


def _local_day(at: pd.Timestamp, zone: str | None, pulled_at: datetime) -> np.datetime64:
    moment = pulled_at if pd.isna(at) else at.to_pydatetime().replace(tzinfo=UTC)
    try:
        local = moment.astimezone(ZoneInfo(zone)) if isinstance(zone, str) else moment
    except (KeyError, ValueError, OSError):  # no such zone: the pull's own clock is near enough
        local = moment
    return np.datetime64(local.date(), "ns")
