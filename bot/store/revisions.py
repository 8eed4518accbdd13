"""What is new in a batch of daily numbers, against what is stored of them. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.errors import StoreError
from bot.store.incoming import TOLD

KEY = ["date", "campaign"]
_EVER = np.datetime64("2262-01-01", "ns")
_DAY = np.timedelta64(1, "D")

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


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
    again = ordered.duplicated([*KEY, "pulled_on"], keep=False).to_numpy()
    if again.any():
        _refuse_contradiction(ordered[again])
        ordered = ordered.drop_duplicates([*KEY, "pulled_on"])
    turn = ordered.groupby(KEY, sort=False).cumcount().to_numpy()
    return [ordered[turn == number] for number in range(turn.max(initial=-1) + 1)]


def _refuse_contradiction(again: pd.DataFrame) -> None:
    different = again.drop_duplicates([*KEY, "pulled_on", *TOLD])
    clash = different[different.duplicated([*KEY, "pulled_on"])]
    if clash.empty:
        return
    row = clash.iloc[0]
    name = row["campaign_name"] or row["campaign_id"]
    raise StoreError(
        f"{name!r} has two different rows for {row['date']:%Y-%m-%d}.",
        hint="Keep one, or add them up where they are parts of one campaign.",
    )


def decide(batch: pd.DataFrame, stored: pd.DataFrame, given: Collection[str]) -> Decided:
    """Compare a batch, one row a day and campaign, with every stored revision of its rows.

    A value is compared with what was known when it was pulled: the newest revision pulled no
    later. Rows whose `pulled_on` is missing follow the newest revision there is; the first value
    of a day then counts as known the next morning.

    Args:
        batch: Rows of `Incoming` with `campaign` as its number.
        stored: Revisions with `date`, `campaign`, `pulled_on`, `revision`, labels and values.
        given: Columns the batch speaks of; the others keep the earlier revision's value.
    """
    before, latest = _before(batch, stored)
    rows = batch.reset_index(drop=True)
    changed = _fill_in(rows, stored, before, given)
    first = latest == 0
    _date(rows, stored, before, first)
    rows["revision"] = latest + 1
    return Decided(rows, (before < 0) | changed, first)


def _before(batch: pd.DataFrame, stored: pd.DataFrame) -> tuple[Places, Places]:
    """For each row, the place of the revision it follows (-1: none), and the last number used."""
    until = batch["pulled_on"].fillna(_EVER).to_numpy()
    mine = batch[KEY].reset_index(drop=True).assign(row=np.arange(len(batch)), until=until)
    theirs = stored[[*KEY, "pulled_on", "revision"]].assign(place=np.arange(len(stored)))
    both = mine.merge(theirs, on=KEY)
    before = np.full(len(batch), -1, dtype=np.int64)
    latest = np.zeros(len(batch), dtype=np.int64)
    np.maximum.at(latest, both["row"].to_numpy(), both["revision"].to_numpy())
    seen = both[both["pulled_on"] <= both["until"]]
    newest = seen.sort_values(["row", "pulled_on", "revision"]).drop_duplicates("row", keep="last")
    before[newest["row"].to_numpy()] = newest["place"].to_numpy()
    return before, latest


def _fill_in(
    rows: pd.DataFrame, stored: pd.DataFrame, before: Places, given: Collection[str]
) -> Flags:
    """Take over what the batch leaves unsaid; which rows say something else than before."""
    follows = before >= 0
    changed = np.zeros(len(rows), dtype=bool)
    for name in TOLD:
        new = rows[name].to_numpy(copy=True)
        old = new[follows]
        old = stored[name].to_numpy()[before[follows]].astype(new.dtype, copy=False)
        if name in given:
            changed[follows] |= _differ(new[follows], old)
        else:
            new[follows] = old
            rows[name] = new
    return changed


def _differ(new: npt.NDArray[Any], old: npt.NDArray[Any]) -> Flags:
    different: Flags = new != old
    if new.dtype.kind == "f":
        different &= ~(np.isnan(new) & np.isnan(old))
    return different


def _date(rows: pd.DataFrame, stored: pd.DataFrame, before: Places, first: Flags) -> None:
    """Since when each row counts as known, and whether that had to be assumed."""
    said = rows["pulled_on"].to_numpy()
    next_morning = rows["date"].to_numpy() + _DAY
    known = np.where(first, next_morning, rows["local_day"].to_numpy())
    follows = before >= 0
    earlier = stored["pulled_on"].to_numpy()[before[follows]]
    known[follows] = np.maximum(known[follows], earlier)
    silent = np.isnat(said)
    rows["known_on"] = np.where(silent, known, said)
    assumed = silent & first & (rows["local_day"].to_numpy() != next_morning)
    rows["backfilled"] = rows["backfilled"].to_numpy() | assumed
