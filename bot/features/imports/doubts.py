"""What looks wrong with numbers beside those that are stored already, said as they are imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from bot.numbers.input.daily import campaigns_only, last_names, placed_showings
from bot.numbers.signals.detectors import ANOTHER_UNIT
from bot.numbers.signals.doubles import doubles_known
from bot.sentences import Sentence, counted
from bot.store.reader import Reader

LOOKED_BACK = timedelta(days=13)
LEAST = 3  # rows that agree by accident are few
MOST_OF = 0.8
OVERSPENT = 5.0
"""Times its daily budget that no platform bills a day."""
_CENTS, _FAR = (70, 150), 500  # a budget in cents over a day that used most of it; beyond any use
FEWEST_DAYS = 3  # before a price can be said to have jumped
_PRICES = (("spend", "clicks"), ("spend", "impressions"), ("revenue", "conversions"))
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
        yield Sentence(
            "%(rows)s dated after today, up to %(day)s: are day and month the right way round?",
            rows=counted(int(ahead.sum()), "1 row is", "%(count)s rows are"),
            day=f"{frame['date'].max():%Y-%m-%d}",
        )
    yield from _elsewhere(store, frame, stored_at)
    yield from _twice(frame)
    yield from _other_units(store, frame)
    yield from _other_budgets(frame)


def _twice(frame: pd.DataFrame) -> Iterator[str]:
    """The same traffic through two sources in one file, or under two campaigns of an account."""
    doubled = doubles_known(frame)
    twins = {copy: kept for copy, kept in doubled.items() if _place(copy) == _place(kept)}
    names = last_names(frame) if twins else {}
    for copy, kept in twins.items():
        yield Sentence(
            "%(copy)s has the same numbers as %(original)s on every day: they are judged and "
            "counted once. Was one of them exported twice?",
            copy=names.get(copy, copy),
            original=names.get(kept, kept),
        )
    pairs = Counter(
        (copy.split("|")[0], kept.split("|")[0])
        for copy, kept in doubled.items()
        if copy not in twins
    )
    for (copy, original), count in pairs.items():
        yield Sentence(
            "%(copy)s brings the same numbers as %(original)s for %(campaigns)s: they are judged "
            "and counted once. Import one of the two.",
            copy=copy,
            original=original,
            campaigns=counted(count, "1 campaign", "%(count)s campaigns"),
        )


def _other_units(store: Reader, frame: pd.DataFrame) -> Iterator[str]:
    """Money that from one day on is many times, or a small part, of what it was beside its counts.

    A price may double; that every day costs, or brings, fifty times as much is another unit.
    """
    first_day = frame["date"].min().date()
    stored_rows = store.numbers(first_day - LOOKED_BACK, frame["date"].max().date())
    cells = ["date", "channel", "account_id", "campaign_id"]
    rows = campaigns_only(pd.concat([stored_rows, frame])).drop_duplicates(cells, keep="last")
    for place, of_account in rows.groupby(["channel", "account_id"], sort=False):
        told_of: set[str] = set()
        for money, bought in _PRICES:
            priced = of_account[of_account[money].gt(0) & of_account[bought].gt(0)]
            days = priced.groupby("date")[[money, bought]].sum().sort_index()
            jump = _jump(days[money] / days[bought])
            if jump is not None and jump[0] >= pd.Timestamp(first_day) and money not in told_of:
                told_of.add(money)
                label = " ".join(filter(None, map(str, place)))
                yield Sentence(
                    "From %(day)s on %(money)s of %(label)s is about %(times)s times what it was "
                    "before, for as many results: is it in another unit there (millionths, "
                    "hundredths)? Mend it and import those days again.",
                    day=f"{jump[0]:%Y-%m-%d}",
                    money=money,
                    label=label,
                    times=f"{jump[1]:,.12g}",
                )


def _other_budgets(frame: pd.DataFrame) -> Iterator[str]:
    """Daily budgets that no day came near, or that every day spent many times: another unit.

    A budget may be far too high for a campaign. That all of an account's are some hundred times
    what their dearest days spent, or far more, is cents or micros. Platforms bill a day at twice
    its budget at most, so that `OVERSPENT` times on every day is another unit, too.
    """
    rows = campaigns_only(frame)
    rows = rows[rows.daily_budget.gt(0) & rows.spend.gt(0)]
    times = rows.daily_budget / rows.spend
    for place, days in times.groupby([rows.channel, rows.account_id]):
        median = float(f"{days.median():.2g}")
        too_high = days.min() >= ANOTHER_UNIT and (
            _CENTS[0] <= median <= _CENTS[1] or median > _FAR
        )
        if len(days) < FEWEST_DAYS or not (too_high or days.max() * OVERSPENT <= 1):
            continue
        yield Sentence(
            "%(column)s of %(label)s is about %(times)s times what a day spent, for every "
            "campaign: is it in another unit (millionths, hundredths)? Pace and budgets are judged "
            "by it; mend it and import those days again.",
            column="daily_budget",
            label=" ".join(filter(None, map(str, place))),
            times=f"{median:,.12g}",
        )


def _jump(prices: pd.Series) -> tuple[pd.Timestamp, float] | None:
    """The day from which every price is in another unit than every one before; how far apart."""
    values = prices.to_numpy()
    for at in range(FEWEST_DAYS, len(values)):
        before, since = values[:at], values[at:]
        if since.min() >= ANOTHER_UNIT * before.max() or since.max() * ANOTHER_UNIT <= before.min():
            return prices.index[at], float(f"{np.median(since) / np.median(before):.2g}")
    return None


def _place(campaign: str) -> list[str]:
    """Channel and account of an entity."""
    return campaign.split("|")[:2]


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
            yield Sentence(
                "The same numbers are stored under %(stored)s already (%(same)s of %(rows)s rows "
                "of the last fortnight): under %(place)s they count twice. Check --channel and "
                "--account.",
                stored=stored_place,
                same=f"{same:,}",
                rows=f"{row_count:,}",
                place=place,
            )
