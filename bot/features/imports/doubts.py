"""What looks wrong with numbers beside those that are stored already, said as they are imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pandas as pd

from bot.numbers.input.daily import entity, placed_showings
from bot.numbers.signals.doubles import doubles_known
from bot.store.reader import Reader

LOOKED_BACK = timedelta(days=13)
LEAST = 3  # rows that agree by accident are few
MOST_OF = 0.8
_SAME = ["date", "name", "spend", "impressions", "clicks"]


def doubts(
    store: Reader, frame: pd.DataFrame, today: date, stored_at: datetime | None = None
) -> Iterator[str]:
    """Sentences about rows of days to come, and about numbers that are stored under another name.

    Args:
        store: The database.
        frame: The rows.
        today: Where perfbot is.
        stored_at: When the rows were stored, where they are stored already.
    """
    if frame.empty:
        return
    ahead = frame["date"] > pd.Timestamp(today + timedelta(days=1))
    if ahead.any():
        rows = "1 row is" if ahead.sum() == 1 else f"{int(ahead.sum()):,} rows are"
        yield (
            f"{rows} dated after today, up to {frame['date'].max():%Y-%m-%d}: are day and month "
            "the right way round?"
        )
    yield from _elsewhere(store, frame, stored_at)
    yield from _twice(frame)


def _twice(frame: pd.DataFrame) -> Iterator[str]:
    """The same traffic through two sources in one file, or under two campaigns of an account."""
    doubled = doubles_known(frame)
    own = {copy: kept for copy, kept in doubled.items() if _place(copy) == _place(kept)}
    names = _names(frame) if own else {}
    for copy, kept in own.items():
        yield (
            f"{names.get(copy, copy)} has the same numbers as {names.get(kept, kept)} on every "
            "day: they are judged and counted once. Was one of them exported twice?"
        )
    pairs = Counter(
        (copy.split("|")[0], kept.split("|")[0])
        for copy, kept in doubled.items()
        if copy not in own
    )
    for (copy, original), count in pairs.items():
        campaigns = "1 campaign" if count == 1 else f"{count:,} campaigns"
        yield (
            f"{copy} brings the same numbers as {original} for {campaigns}: "
            "they are judged and counted once. Import one of the two."
        )


def _place(campaign: str) -> list[str]:
    """Channel and account of an entity."""
    return campaign.split("|")[:2]


def _names(frame: pd.DataFrame) -> dict[str, str]:
    """What each campaign is called last, by entity."""
    names = frame["campaign_name"].fillna(frame["campaign_id"]).astype(str)
    return dict(zip(entity(frame), names, strict=True))


def _elsewhere(store: Reader, frame: pd.DataFrame, stored_at: datetime | None) -> Iterator[str]:
    """The same traffic that came in before under another channel or account counts twice."""
    last_day = frame["date"].max()
    mine = placed_showings(frame[frame["date"] >= last_day - LOOKED_BACK])
    known = store.numbers((last_day - LOOKED_BACK).date(), last_day.date())
    if stored_at is not None:
        own = pd.Timestamp(stored_at).tz_convert("UTC").tz_localize(None)
        known = known[known["pulled_at"] != own]
    stored = placed_showings(known)
    if len(mine) < LEAST or stored.empty:
        return
    overlap = mine.merge(stored, on=_SAME, suffixes=("", "_before"))
    relabelled = overlap[overlap["place"] != overlap["place_before"]]
    for (place, stored_place), rows in relabelled.groupby(["place", "place_before"], sort=False):
        row_count = int((mine["place"] == place).sum())
        same = len(rows.drop_duplicates(_SAME))
        if same >= LEAST and same >= MOST_OF * row_count:
            yield (
                f"The same numbers are stored under {stored_place} already "
                f"({same:,} of {row_count:,} rows of "
                f"the last fortnight): under {place} they count twice. Check --channel and "
                "--account."
            )
