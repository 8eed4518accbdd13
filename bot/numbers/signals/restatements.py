"""Days that were corrected after the fact by more than their source's corrections usually come to.

Platforms correct their newest days every morning, and late results come in for weeks; how far is
learned from what earlier pulls of the same account changed. What goes beyond that (another
attribution setting, a tag that was mended, a wrong file) changes what earlier mornings believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

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
from bot.numbers.input.history import Feed
from bot.numbers.metrics.sums import MICROS, Floats, filled

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
    return Corrections.of(history, as_of).beyond_usual(as_of)


def _newest_beyond(laid_out: Corrections, as_of: date) -> dict[Feed, Restatement]:
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
class Corrections:
    """What each pull changed of each account's days, and what these came to.

    Amounts are whole millionths: their sums are the same in any order.

    Attributes:
        names: The accounts, in order.
        day_keys: Account x `_DAYS` + day of every day with a row, in order.
        now: By metric, what each of these days comes to.
        moved: By metric, the places in `day_keys` and the mornings of every correction, in order,
            and what it changed.
        watched: Account x `_DAYS` + each morning on which somebody looked at it, in order.
    """

    names: list[Feed]
    day_keys: Codes
    now: Mapping[str, Floats]
    moved: Mapping[str, tuple[Codes, Codes, Floats]]
    watched: Codes

    @classmethod
    def of(cls, history: pd.DataFrame, as_of: date) -> Corrections:
        """Of daily rows with every revision."""
        since = np.datetime64(as_of - timedelta(LEARNED_FROM), "ns")
        rows = campaigns_only(history[(history["date"] >= since).to_numpy()])[list(_NEEDED)]
        days, pulled = day_of(rows["date"].to_numpy()), day_of(pulled_on(rows))
        cells = cells_of(codes_of(rows, (*IDENTITY, "level", "parent_id")), days)
        order = np.lexsort((rows["revision"].fillna(-1.0).to_numpy(), pulled, cells))
        table, cells, pulled = rows.iloc[order], cells[order], pulled[order]
        feeds = codes_of(table, ("channel", "account_id"))
        places = first_rows(feeds)
        pairs = (table[name].fillna("").to_numpy()[places] for name in ("channel", "account_id"))
        names = [(str(channel), str(account)) for channel, account in zip(*pairs, strict=True)]
        day_keys, feed_days = np.unique(feeds * _DAYS + days[order], return_inverse=True)
        now, moved = {}, {}
        for metric in WATCHED:
            values = np.rint(table[metric].to_numpy(dtype=np.float64) * MICROS)
            newest = np.append(cells[1:] != cells[:-1], True)[: len(cells)]
            now[metric] = _added(feed_days[newest], filled(values[newest]), len(day_keys))
            delta = np.where(cells[1:] == cells[:-1], values[1:] - values[:-1], np.nan)
            changed = 1 + np.flatnonzero(np.isfinite(delta) & (delta != 0))
            moved[metric] = _by_pull(feed_days[changed], pulled[changed], delta[changed - 1])
        looked = ~table["backfilled"].to_numpy(dtype=bool)
        return cls(names, day_keys, now, moved, np.unique(feeds[looked] * _DAYS + pulled[looked]))

    @classmethod
    def joined(cls, parts: Sequence[Corrections]) -> Corrections:
        """Those of different campaigns, of the same accounts or of others."""
        names = sorted({name for part in parts for name in part.names})
        of_name = {name: place for place, name in enumerate(names)}
        feeds = [np.array([of_name[name] for name in part.names], dtype=np.int64) for part in parts]
        keys = [_renumbered(part.day_keys, codes) for part, codes in zip(parts, feeds, strict=True)]
        day_keys = np.unique(np.concatenate(keys))
        places = [np.searchsorted(day_keys, part_keys) for part_keys in keys]
        now, moved = {}, {}
        for metric in WATCHED:
            values = np.concatenate([part.now[metric] for part in parts])
            now[metric] = _added(np.concatenate(places), values, len(day_keys))
            days = [at[part.moved[metric][0]] for part, at in zip(parts, places, strict=True)]
            pulls = (
                np.concatenate([part.moved[metric][column] for part in parts]) for column in (1, 2)
            )
            moved[metric] = _by_pull(np.concatenate(days), *pulls)
        looked = [
            _renumbered(part.watched, codes) for part, codes in zip(parts, feeds, strict=True)
        ]
        return cls(names, day_keys, now, moved, np.unique(np.concatenate(looked)))

    def beyond_usual(self, as_of: date) -> Mapping[Feed, Restatement]:
        """As `restatements`."""
        if not any(len(days) for days, _, _ in self.moved.values()):
            return {}
        return _newest_beyond(self, as_of)

    def mornings(self, feed: int) -> Codes:
        """Those on which somebody looked at an account, by its number."""
        begin, end = np.searchsorted(self.watched, (feed * _DAYS, (feed + 1) * _DAYS))
        return np.asarray(self.watched[begin:end] % _DAYS)


def _added(places: Codes, amounts: Floats, count: int) -> Floats:
    """Whole amounts added up: exact, so that their order is of no matter."""
    return np.bincount(places, amounts, count).astype(np.float64)


def _by_pull(days: Codes, pulled: Codes, deltas: Floats) -> tuple[Codes, Codes, Floats]:
    """What each pull changed of each day."""
    keys, places = np.unique(days * _DAYS + pulled, return_inverse=True)
    return keys // _DAYS, keys % _DAYS, _added(places, deltas, len(keys))


def _renumbered(keys: Codes, feeds: Codes) -> Codes:
    """Keys that begin with an account's number, under other numbers."""
    return np.asarray(feeds[keys // _DAYS] * _DAYS + keys % _DAYS) if len(keys) else keys


def _of_metric(laid: Corrections, metric: str, as_of: date) -> Iterator[tuple[Feed, Restatement]]:
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


def _changes(laid: Corrections, metric: str) -> pd.DataFrame:
    """Each day's corrections by each pull: `delta`, the sum `before` it and the `share` it is."""
    days, pulled, deltas = laid.moved[metric]
    if not len(days):
        return pd.DataFrame()
    now = laid.now[metric]
    feed_of_day = laid.day_keys // _DAYS
    average = np.bincount(feed_of_day, now) / np.maximum(np.bincount(feed_of_day), 1) / MICROS
    so_far = np.cumsum(deltas)
    ends = np.searchsorted(days, days, side="right") - 1
    before = (now[days] - (so_far[ends] - so_far + deltas)) / MICROS
    deltas = deltas / MICROS
    feeds, dates = laid.day_keys[days] // _DAYS, laid.day_keys[days] % _DAYS
    if metric in MONEY:
        real = before >= BIG_DAY * average[feeds]
    else:
        real = np.abs(deltas) >= 5 + 3 * np.sqrt(np.maximum(before, 0.0))
    columns = {"feed": feeds, "day": dates, "pulled": pulled, "delta": deltas, "before": before,
               "share": np.abs(deltas) / np.where(before > 0, before, np.nan),
               "age": np.digitize(pulled - dates, AGES), "real": real}  # fmt: skip
    return pd.DataFrame({name: column[before > 0] for name, column in columns.items()})


def _usual(
    laid: Corrections, changes: pd.DataFrame, metric: str, place: tuple[int, int, int]
) -> float:
    """How far nine in ten earlier pulls corrected days of that age; infinite where unknowable."""
    feed, pull, age = place
    mornings = laid.mornings(feed)
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
