"""What a whole account pays for showings moved at once: the auction or the season, and no campaign.

The day is told by the two levels that fit best; campaigns must have moved alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bot.numbers.input.history import Feed, History
from bot.numbers.metrics.sums import Floats, divided
from bot.numbers.signals.common_movement import row_medians

PRICES = (("cpm", "impressions"), ("cpc", "clicks"))
FEWEST, BIG = 3, 0.02
"""Campaigns that pay for showings, each with this share of the account's spend."""
NEWS, SHORTEST, WEEK = 14, 3, 7
LEAST, OWN = 0.18, 0.1  # in logs: what moves the account, and what a campaign has of it
ALL = 0.8  # share of the campaigns, and of the spend, that must have moved alike
SURE = 6.0  # standard deviations; the best of twelve days is looked for
STEADIEST = 0.02  # what a price moves from day to day at least, in logs


@dataclass(frozen=True)
class MarketPrice:
    """A price that an account's campaigns share and that is at a new level.

    Attributes:
        metric: `cpm`, or `cpc` where no showings are known.
        change: As a fraction of the four weeks before; `since` the first day.
        campaigns, of: How many moved alike, of how many.
    """

    metric: str
    change: float
    since: date
    campaigns: int
    of: int


def market_prices(history: History) -> Mapping[Feed, MarketPrice]:
    """The accounts whose price of showings moved in the last two weeks, in nearly all campaigns.

    Args:
        history: Six weeks of rows; the columns spend, impressions and clicks.
    """
    prices = {
        feed: _moved(history, rows) for feed, rows in history.feeds.items() if len(rows) >= FEWEST
    }
    return {feed: price for feed, price in prices.items() if price}


def _moved(history: History, rows: list[int]) -> MarketPrice | None:
    spend = np.nan_to_num(history.column("spend")[rows])
    sums = spend.sum(axis=1)
    big = sums >= BIG * max(float(sums.sum()), 1e-9)
    for metric, bought in PRICES:
        counted = np.nan_to_num(history.column(bought)[rows])[big]
        if counted.any():
            logs = _logs(spend[big], counted)
            return _step(logs, sums[big], metric, history.first)
    return None


def _logs(spend: Floats, bought: Floats) -> Floats:
    price = divided(spend, np.where(bought > 0, bought, np.nan))
    return np.log(np.where(price > 0, price, np.nan))


def _step(logs: Floats, spend: Floats, metric: str, first_day: date) -> MarketPrice | None:
    """The likeliest day of the last two weeks from which the campaigns' common price is another."""
    days = logs.shape[1]
    if len(logs) < FEWEST or days < NEWS + 2 * WEEK:
        return None
    level = row_medians(logs[:, : days - NEWS])
    common = row_medians((logs - level[:, None]).T)
    common = common - _weekdays(common[: days - NEWS])[np.arange(days) % WEEK]
    splits = [_told(common, since) for since in range(SHORTEST, NEWS + 1)]
    best = int(np.argmax([abs(sure) for sure, _ in splits]))
    sure, change = splits[best]
    at = days - SHORTEST - best
    if abs(sure) < SURE or abs(change) < LEAST:
        return None
    own = row_medians(logs[:, at:]) - row_medians(logs[:, :at])
    known = ~np.isnan(own)
    alike = known & (own * np.sign(change) >= OWN)
    enough = alike.sum() >= max(FEWEST, ALL * known.sum())
    if not enough or spend[alike].sum() < ALL * spend[known].sum():
        return None
    return MarketPrice(
        metric,
        float(np.expm1(change)),
        first_day + timedelta(at),
        int(alike.sum()),
        int(known.sum()),
    )


def _weekdays(before: Floats) -> Floats:
    """What each weekday's price is off the usual; 0 where nobody knows."""
    places = np.arange(len(before)) % WEEK
    medians = [row_medians(before[None, places == day]) for day in range(WEEK)]
    return np.asarray(np.nan_to_num(np.concatenate(medians)), dtype=np.float64)


def _told(common: Floats, since: int) -> tuple[float, float]:
    """Standard deviations of a step so many days ago, and its size in logs."""
    sides = [side[~np.isnan(side)] for side in (common[:-since], common[-since:])]
    if len(sides[0]) < 2 * WEEK or len(sides[1]) < SHORTEST:
        return 0.0, 0.0
    before, after = sides
    spread = max(float(np.sqrt((before.var() * len(before) + after.var() * len(after))
                               / (len(before) + len(after)))), STEADIEST)  # fmt: skip
    change = float(after.mean() - before.mean())
    return change / (spread * np.sqrt(1 / len(before) + 1 / len(after))), change
