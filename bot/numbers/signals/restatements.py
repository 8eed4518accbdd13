"""Days that were corrected after the fact by more than their source's corrections usually come to.

Platforms correct their newest days every morning, and late results come in for weeks; how far is
learned from what earlier pulls of the same account changed. What goes beyond that (another
attribution setting, a tag that was mended, a wrong file) changes what earlier mornings believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from bot.numbers.input.columns import (
    IDENTITY,
    MONEY,
    Codes,
    cells_of,
    codes_of,
    day_of,
    first_rows,
)
from bot.numbers.input.daily import campaigns_only, pulled_on
from bot.numbers.metrics.sums import Bools

LEARNED_FROM = 90
"""Days whose corrections are looked at, and that earlier pulls may be old."""
NEWS = 7
"""Days a correction is news."""
AGES = (4, 8)
"""A day's corrections are held against those of days as young: up to 3 days, up to 7, older."""
WATCHED = ("spend", "impressions", "clicks", "leads", "conversions", "revenue")
LATE = frozenset({"leads", "conversions", "revenue"})
FLOOR, LATE_FLOOR = 0.1, 0.3
"""Shares of a day that nobody need look at; results that come in late move more."""
USUAL, BEYOND = 0.9, 1.5
"""The share of earlier pulls that is usual, and how many times that is beyond it."""
FEWEST_PULLS = 5
"""Earlier pulls before a young day's late results are judged."""
FEWEST_DAYS = 3
"""Days of leads, conversions or revenue a pull must correct: a late sale outweighs a day of few."""
BIG_DAY = 0.2
"""Of the account's average day: money of smaller days moves by chance."""

Feed = tuple[str, str]  # channel and account id


@dataclass(frozen=True)
class Restatement:
    """The newest correction of an account beyond the usual.

    Attributes:
        on: The morning it was known.
        days: The days it corrected so far.
        metric: The column that moved most.
        change: What their sum became, as a fraction of what it was, less 1.
        usual: How far a pull usually corrects a day of that age, as a fraction.
    """

    on: date
    days: tuple[date, ...]
    metric: str
    change: float
    usual: float


def restatements(history: pd.DataFrame, as_of: date) -> Mapping[Feed, Restatement]:
    """The newest correction beyond the usual of each account, where the last week brought one.

    A correction of a day is the sum of what changed of the campaigns it had already, over what they
    and the others came to before. It is beyond the usual where it is over a floor, over 1.5 times
    what nine in ten earlier pulls corrected days of that age by (pulls that changed nothing are 0;
    first values that were filled in later are no pull), and more than counting alone explains
    (5 + 3 standard deviations of a count); of leads, conversions and revenue three days at least.
    Where fewer than five pulls were watched, those of the newest week are left alone: they always
    come late.

    Args:
        history: Daily rows with every revision that is known.
        as_of: The morning.
    """
    since = np.datetime64(as_of - timedelta(LEARNED_FROM), "ns")
    rows = campaigns_only(history[(history["date"] >= since).to_numpy()])
    if rows.empty:
        return {}
    laid_out = _Laid.of(rows)
    if not laid_out.is_revision.any():
        return {}
    newest: dict[Feed, Restatement] = {}
    for metric in WATCHED:
        for feed, restatement in _of_metric(laid_out, metric, as_of):
            before = newest.get(feed)
            if before is None or _weight(restatement) > _weight(before):
                newest[feed] = restatement
    return newest


def _weight(restatement: Restatement) -> tuple[date, float]:
    return restatement.on, abs(restatement.change)


_NEEDED = (*IDENTITY, "level", "parent_id", "date", "pulled_on", "pulled_at", "revision",
           "backfilled", *WATCHED)  # fmt: skip
_DAYS = 1_000_000  # more than there are days since 1970: room for one beside another number


@dataclass(frozen=True, eq=False)
class _Laid:
    """Revisions in the order they became known, those of one day and campaign together.

    Attributes:
        names: The accounts; `feeds` which of them each row is of.
        feed_days: Which account and day each row is of; `day_keys` account x `_DAYS` + day of each.
        is_revision, is_newest: Whether the row corrects the one before it, and is the last.
    """

    table: pd.DataFrame
    names: list[Feed]
    feeds: Codes
    pulled: Codes
    feed_days: Codes
    day_keys: Codes
    is_revision: Bools
    is_newest: Bools

    @classmethod
    def of(cls, rows: pd.DataFrame) -> _Laid:
        rows = rows[list(_NEEDED)]
        days, pulled = day_of(rows["date"].to_numpy()), day_of(pulled_on(rows))
        cells = cells_of(codes_of(rows, (*IDENTITY, "level", "parent_id")), days)
        revisions = rows["revision"].fillna(-1.0).to_numpy()
        order = np.lexsort((revisions, pulled, cells))
        table, cells = rows.iloc[order], cells[order]
        feeds = codes_of(table, ("channel", "account_id"))
        places = first_rows(feeds)
        pairs = (table[name].fillna("").to_numpy()[places] for name in ("channel", "account_id"))
        names = [(str(channel), str(account)) for channel, account in zip(*pairs, strict=True)]
        is_revision = np.append(False, cells[1:] == cells[:-1])
        is_newest = np.append(cells[1:] != cells[:-1], True)
        day_keys, feed_days = np.unique(feeds * _DAYS + days[order], return_inverse=True)
        return cls(
            table, names, feeds, pulled[order], feed_days, day_keys, is_revision, is_newest
        )  # fmt: skip

    @cached_property
    def watched(self) -> Mapping[int, Codes]:
        """Mornings on which somebody looked at each account, by its number."""
        looked = ~self.table["backfilled"].to_numpy(dtype=bool)
        keys = np.unique(self.feeds[looked] * _DAYS + self.pulled[looked])
        feeds, mornings = keys // _DAYS, keys % _DAYS
        return {int(feed): mornings[feeds == feed] for feed in np.unique(feeds)}


def _of_metric(laid: _Laid, metric: str, as_of: date) -> Iterator[tuple[Feed, Restatement]]:
    changes = _changes(laid, metric)
    if changes.empty:
        return
    morning = int(day_of(np.datetime64(as_of)))
    floor = LATE_FLOOR if metric in LATE else FLOOR
    recent = changes[(changes["pulled"] > morning - NEWS) & changes["real"]]
    large = recent[recent["share"] > floor]
    flagged: dict[int, list[tuple[pd.DataFrame, float]]] = {}
    fewest = FEWEST_DAYS if metric in LATE else 1
    for _, days in large.groupby(["feed", "pulled", "age"]):
        if len(days) < fewest:
            continue
        feed, pull, age = (int(days[name].iloc[0]) for name in ("feed", "pulled", "age"))
        usual = _usual(laid, changes, metric, (feed, pull, age))
        beyond = days[days["share"] > max(floor, BEYOND * usual)]
        if len(beyond) >= fewest:
            flagged.setdefault(feed, []).append((beyond, usual))
    for feed, corrections in flagged.items():
        yield laid.names[feed], _restatement(metric, corrections)


def _changes(laid: _Laid, metric: str) -> pd.DataFrame:
    """Each day's corrections by each pull: `delta`, the sum `before` it and the `share` it is."""
    values = laid.table[metric].to_numpy(dtype=np.float64)
    delta = np.where(laid.is_revision, values - np.append(np.nan, values[:-1]), np.nan)
    moved = np.isfinite(delta) & (delta != 0)
    if not moved.any():
        return pd.DataFrame()
    keys, places = np.unique(
        laid.feed_days[moved] * _DAYS + laid.pulled[moved], return_inverse=True
    )
    deltas, days, pulled = np.bincount(places, delta[moved]), keys // _DAYS, keys % _DAYS
    newest = laid.is_newest
    now = np.bincount(laid.feed_days[newest], np.nan_to_num(values[newest]), len(laid.day_keys))
    feed_of_day = laid.day_keys // _DAYS
    average = np.bincount(feed_of_day, now) / np.maximum(np.bincount(feed_of_day), 1)
    so_far = np.cumsum(deltas)
    ends = np.searchsorted(days, days, side="right") - 1
    before = now[days] - (so_far[ends] - so_far + deltas)
    feeds, dates = laid.day_keys[days] // _DAYS, laid.day_keys[days] % _DAYS
    if metric in MONEY:
        real = before >= BIG_DAY * average[feeds]
    else:
        real = np.abs(deltas) >= 5 + 3 * np.sqrt(np.maximum(before, 0.0))
    columns = {"feed": feeds, "day": dates, "pulled": pulled, "delta": deltas, "before": before,
               "share": np.abs(deltas) / np.where(before > 0, before, np.nan),
               "age": np.digitize(pulled - dates, AGES), "real": real}  # fmt: skip
    return pd.DataFrame({name: column[before > 0] for name, column in columns.items()})


def _usual(laid: _Laid, changes: pd.DataFrame, metric: str, place: tuple[int, int, int]) -> float:
    """How far nine in ten earlier pulls corrected days of that age; infinite where unknowable."""
    feed, pull, age = place
    mornings = laid.watched.get(feed, np.zeros(0, dtype=np.int64))
    watched = mornings[mornings < pull]
    if age < len(AGES) and metric in LATE and len(watched) < FEWEST_PULLS:
        return float("inf")
    if not len(watched):
        return 0.0
    feeds = changes["feed"].to_numpy()
    begin, end = np.searchsorted(feeds, (feed, feed + 1))  # they lie in the order of accounts
    ages, pulls, shares = (
        changes[name].to_numpy()[begin:end] for name in ("age", "pulled", "share")
    )
    alike = (ages == age) & np.isin(pulls, watched)
    largest = np.zeros(len(watched))
    np.maximum.at(largest, np.searchsorted(watched, pulls[alike]), shares[alike])
    return float(np.quantile(largest, USUAL))


def _restatement(metric: str, flagged: list[tuple[pd.DataFrame, float]]) -> Restatement:
    """Of the newest pull among them: all of its days, whatever their age."""
    pull = max(int(days["pulled"].iloc[0]) for days, _ in flagged)
    newest = [(days, usual) for days, usual in flagged if int(days["pulled"].iloc[0]) == pull]
    days = pd.concat([part for part, _ in newest])
    return Restatement(
        on=_date(pull),
        days=tuple(_date(day) for day in sorted(days["day"].unique().tolist())),
        metric=metric,
        change=float(days["delta"].sum() / days["before"].sum()),
        usual=max(usual for _, usual in newest),
    )


def _date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(day)
