"""What campaigns alike share from day to day: the market, not the campaign.

A dearer auction, a season, a holiday move every campaign of a channel at once. What is judged of a
campaign is what is left when the common movement of those alike is taken off.
"""

from __future__ import annotations

import numpy as np

from bot.numbers.metrics.sums import Floats, Ints, divided, filled
from bot.numbers.signals.history_panel import FunnelStep, HistoryPanel

PEERS = 5
"""Campaigns of one channel, stage and pricing model from which they are a market of their own."""
_NOW, _BEFORE = 14, 28
_STILL = 3
_FEWEST, _LEANS, _WEEKDAY_LEANS = 5.0, 0.5, 50.0
MOST = 1.5
"""No market is taken to move further than this, in logs."""


def market_of(scene: HistoryPanel) -> Ints:
    """The market of each campaign, numbered: its cohort, or its channel where that is small."""
    return scene.once("market_of", _markets)


def _markets(scene: HistoryPanel) -> Ints:
    sizes = np.bincount(scene.cohorts, minlength=1)[scene.cohorts]
    codes = np.where(sizes >= PEERS, scene.cohorts, -1 - scene.channels)
    return np.asarray(np.unique(codes, return_inverse=True)[1], dtype=np.int64)


def together_of(scene: HistoryPanel) -> Ints:
    """Campaigns whose money is turned up and down together: an account, or all of small ones."""
    return scene.once("together_of", _together)


def _together(scene: HistoryPanel) -> Ints:
    sizes = np.bincount(scene.accounts, minlength=1)[scene.accounts]
    return np.where(sizes >= PEERS, scene.accounts, scene.accounts.max(initial=-1) + 1)


def common(logs: Floats, groups: Ints, most: float = MOST, still: int = 1) -> Floats:
    """How far each campaign's market is from where it usually is, campaign x day, in logs.

    Each day the median over the group of every campaign's distance from its own median, with one
    more (`still`) that has not moved: of two campaigns that differ, nothing is common. 0 where a
    campaign is alone.

    Args:
        logs: Logs of a price or rate, campaign x day, NaN where missing.
        groups: Which campaigns share a market, numbered from 0.
        most: No campaign is taken to be further away than this.
        still: How many campaigns that have not moved the median leans on.
    """
    out = np.zeros(logs.shape)
    if np.isnan(logs).all():
        return out
    away = np.clip(logs - row_medians(logs)[:, None], -most, most)
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    for rows in np.split(order, starts[1:]) if order.size else ():
        if len(rows) > 1:
            unmoved = np.zeros((still, logs.shape[1]))
            several = np.count_nonzero(~np.isnan(away[rows]), axis=0) > 1
            out[rows] = several * row_medians(np.concatenate([away[rows], unmoved]).T)
    return out


def without_market(step: FunnelStep, scene: HistoryPanel) -> FunnelStep:
    """The same step, its exposure as it would have been had the market stood still.

    Only for counts of hundreds a day: the logs of few are mostly chance.
    """
    if not step.exposure.any():
        return step
    rate = divided(step.count, step.exposure)
    logs = np.log(np.where(rate > 0, rate, np.nan))
    moved = common(logs, market_of(scene))
    if not moved.any():
        return step
    has_exposure = step.exposure > 0
    return FunnelStep.of(np.where(has_exposure, step.count, np.nan), step.exposure * np.exp(moved))


def seasoned(step: FunnelStep, groups: Ints) -> FunnelStep:
    """The same step, its exposure as what is usual on such a weekday and in such a week.

    For counts of few a day. The weekday's factor is that of all campaigns of the group, the week's
    the common movement of their sums of seven days: a weekend, a season, a market that drifts are
    no break of one campaign's. Weekly sums of few are chance themselves: the median leans on three
    campaigns that stand still, so that two or three neighbours' luck is no market.

    Args:
        step: Results out of clicks, say.
        groups: Which campaigns share demand, numbered from 0.
    """
    rate = filled(divided(step.count.sum(axis=1), step.exposure.sum(axis=1)))
    if not rate.any():
        return step
    foretold = step.exposure * rate[:, None]
    weekday = _weekdays(step.count, foretold, groups)
    k, mu = (_weekly(part) for part in (step.count, foretold * weekday))
    logs = np.log((k + _LEANS) / (mu + _LEANS))
    moved = common(np.where(mu >= _FEWEST, logs, np.nan), groups, still=_STILL)
    has_exposure = step.exposure > 0
    return FunnelStep.of(
        np.where(has_exposure, step.count, np.nan), step.exposure * weekday * np.exp(moved)
    )


def _weekdays(count: Floats, foretold: Floats, groups: Ints) -> Floats:
    """The weekday factor of each campaign's group, shrunk to 1 as by 50 results; its mean is 1."""
    size, days = int(groups.max(initial=-1)) + 1, np.arange(count.shape[1]) % 7
    sums = []
    for values in (count, foretold):
        by_day = [values[:, days == day].sum(axis=1) for day in range(7)]
        sums.append(np.stack([np.bincount(groups, day_sums, size) for day_sums in by_day], axis=1))
    factors = (sums[0] + _WEEKDAY_LEANS) / (sums[1] + _WEEKDAY_LEANS)
    factors /= factors.mean(axis=1, keepdims=True)
    return np.asarray(factors[groups][:, days], dtype=np.float64)


def _weekly(values: Floats) -> Floats:
    """Sums of seven days up to each day."""
    sums = np.cumsum(values, axis=1)
    earlier = np.concatenate([np.zeros((len(values), 7)), sums[:, :-7]], axis=1)
    return np.asarray(sums - earlier, dtype=np.float64)


def market_cpm(scene: HistoryPanel) -> Floats:
    """What 1,000 showings cost in each campaign's market now, over what they did before.

    The common movement's mean of 14 days against that of the 28 before; 1 where nothing is common.
    """
    price = divided(scene.column("spend"), scene.column("impressions"))
    logs = np.log(np.where(price > 0, price, np.nan))
    moved = common(logs, market_of(scene))
    now, before = scene.last(moved, _NOW), scene.last(moved, _BEFORE, skip=_NOW)
    return np.asarray(np.exp(now.mean(axis=1) - before.mean(axis=1)))


def row_medians(values: Floats) -> Floats:
    """The median of each row's values that are there, NaN where none is."""
    ordered = np.sort(values, axis=1)  # what is missing comes last
    there = np.count_nonzero(~np.isnan(values), axis=1)
    rows = np.arange(len(values))
    low, high = (ordered[rows, np.maximum(place, 0) // 2] for place in (there - 1, there))
    return np.where(there > 0, (low + high) / 2, np.nan)
