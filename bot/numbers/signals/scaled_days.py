"""Days of an account on which everything is twice, or a part, of what such a day usually has.

An export written twice and added up doubles spend, showings and clicks of every campaign alike.
One of a day that was not over has the same part of all of them. What people do (a sale, a budget)
moves campaigns apart, or prices with them, or lasts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bot.numbers.input.history import Feed, History
from bot.numbers.metrics.sums import Bools, Floats, divided
from bot.numbers.signals.common_movement import row_medians

COLUMNS = ("spend", "impressions", "clicks")
LOOKED_AT, WEEK = 28, 7
FEWEST = 2
"""Campaigns that must agree; three for a day that was not over."""
BIG = 0.05  # of the account's spend: smaller campaigns are chance
DOUBLE, ABOUT = 2.0, 0.17  # how far, in logs, each column of the account may be from twice
EACH = 0.3  # … and showings of each campaign
PART = 0.6  # a day has at most this share of the usual, where it was not over
ALIKE, SAME = 0.2, 0.25  # how far apart columns, and campaigns, may then be, in logs
QUIET = 0.35  # how far, in logs, the days beside it may be from usual


@dataclass(frozen=True)
class ScaledDay:
    """A day of an account out of scale.

    Attributes:
        times: What everything is of the usual: about 2, or under 1.
        campaigns: How many show it.
    """

    day: date
    times: float
    campaigns: int


def scaled_days_of(history: History) -> Mapping[Feed, tuple[ScaledDay, ...]]:
    """Of the last four weeks, by channel and account; days in a row are no such days.

    Args:
        history: Six weeks of rows, the last column being the last day; `COLUMNS` of it.
    """
    if not history.entities:
        return {}
    values = [np.nan_to_num(history.column(name)) for name in COLUMNS]
    found = {
        feed: tuple(_scaled([column[rows] for column in values], history.first))
        for feed, rows in history.feeds.items()
        if len(rows) >= FEWEST
    }
    return {feed: days for feed, days in found.items() if days}


def _scaled(values: list[Floats], first_day: date) -> Iterator[ScaledDay]:
    spend = values[0].sum(axis=1)
    big = spend >= BIG * max(float(spend.sum()), 1e-9)
    logs = np.stack([_log(column[big].sum(axis=0)[None])[0] for column in values])
    each = _log(values[1][big])
    days = logs.shape[1]
    newest = max(np.flatnonzero(values[0].any(axis=0)), default=-1)
    for day in range(max(days - LOOKED_AT, 0), days):
        known = ~np.isnan(each[:, day])
        if known.sum() < FEWEST or np.isnan(logs[:, day]).any():
            continue
        beside = logs[0, [at for at in (day - 1, day + 1) if 0 <= at < days]]
        if (np.abs(beside[~np.isnan(beside)]) > QUIET).any():
            continue
        whole, own = logs[:, day], each[known, day]
        if _double(whole, own) or (day == newest and _unfinished(whole, own)):
            times = float(np.exp(whole.mean()))
            yield ScaledDay(first_day + timedelta(day), times, int(known.sum()))


def _double(whole: Floats, own: Floats) -> bool:
    target = np.log(DOUBLE)
    return bool((np.abs(whole - target) <= ABOUT).all() and (np.abs(own - target) <= EACH).all())


def _unfinished(whole: Floats, own: Floats) -> bool:
    part: Bools = whole <= np.log(PART)
    alike = float(np.ptp(whole)) <= ALIKE and (np.abs(own - whole[1]) <= SAME).all()
    return bool(part.all() and alike and len(own) > FEWEST)


def _log(amounts: Floats) -> Floats:
    """Log of each day over what its weekday has in the weeks beside it; NaN where nobody knows."""
    days = amounts.shape[1]
    padded = np.pad(amounts, ((0, 0), (2 * WEEK, WEEK)), constant_values=np.nan)
    padded = np.where(padded > 0, padded, np.nan)
    around = [padded[:, at : at + days] for at in (0, WEEK, 3 * WEEK)]
    usual = row_medians(np.stack(around, axis=2).reshape(-1, len(around))).reshape(amounts.shape)
    ratio = divided(np.where(amounts > 0, amounts, np.nan), usual)
    return np.log(np.where(ratio > 0, ratio, np.nan))
