"""The two sides of a comparison: what was changed, and the peers nobody touched.

How far apart campaigns drift when nobody touches them: the yardstick of every outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bot.advice.outcome.observing import DayArrays
from bot.numbers.metrics.sums import Bools, Floats, Ints
from bot.numbers.special import stdtrit

OWN, USUAL = 4.0, 8.0
"""Weight of a campaign's own weeks (6 less 2 means) against its stage's (STATISTICS.md item 5)."""
DRIFT, DRIFT_WEIGHT, LEAST_DRIFT = 0.06, 3.0, 0.015
"""What campaigns drift in six weeks (log, standard deviation), worth so many peers; at least."""


@dataclass(frozen=True)
class Drift:
    """What the peers did: their mean log change, its variance, tau squared, degrees of freedom."""

    mean: float
    variance: float
    tau2: float
    freedom: float

    def quantile(self, level: float) -> float:
        """Standard errors each side of an interval (Student's t)."""
        return float(stdtrit(self.freedom, 0.5 + level / 2))


def dispersion(results: Floats, spend: Floats, after: Floats) -> Floats:
    """Variance over mean of each campaign's weeks within before and after, shrunk to the median.

    phi = sum (k - m)^2 / m / (weeks - 2), m = spend x results of the period per unit of its spend;
    then (4 own + 8 median) / 12, at least 1.

    Args:
        results: Campaign x week.
        spend: Campaign x week.
        after: Whether each week lies after (1) or before (0).
    """
    expected = np.zeros_like(results)
    for period in (after == 0, after == 1):
        spent = np.nansum(spend[:, period], axis=1, keepdims=True)
        counted = np.nansum(results[:, period], axis=1, keepdims=True)
        rate = np.divide(counted, spent, out=np.zeros_like(counted), where=spent > 0)
        expected[:, period] = spend[:, period] * rate
    countable = np.isfinite(expected) & (expected > 0) & np.isfinite(results)
    off = np.where(countable, (results - expected) ** 2 / np.where(countable, expected, 1.0), 0.0)
    campaign_phi = off.sum(axis=1) / np.maximum(countable.sum(axis=1) - 2, 1)
    usual = np.median(campaign_phi) if campaign_phi.size else 1.0
    return np.asarray(np.maximum((OWN * campaign_phi + USUAL * usual) / (OWN + USUAL), 1.0))


def drift(changes: Floats, variances: Floats) -> Drift:
    """The peers' common change and how far they scatter beyond their counts.

    tau^2 by DerSimonian and Laird's moments over the peers, below zero too, so that it is right on
    average; shrunk to `DRIFT`^2 with the weight of three peers. The mean is weighted by
    1 / (v + tau^2).

    Args:
        changes: Log change of each peer, at least one.
        variances: Of each, from its counts.
    """
    peers, weight = len(changes), 1 / variances
    mean = float((weight * changes).sum() / weight.sum())
    excess = float((weight * (changes - mean) ** 2).sum()) - (peers - 1)
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    observed_tau2 = excess / scale if peers > 1 and scale > 0 else 0.0
    freedom = DRIFT_WEIGHT + peers - 1
    tau2 = max((DRIFT_WEIGHT * DRIFT**2 + (peers - 1) * observed_tau2) / freedom, LEAST_DRIFT**2)
    weight = 1 / (variances + tau2)
    mean = float((weight * changes).sum() / weight.sum())
    return Drift(mean, float(1 / weight.sum()), tau2, freedom)


FEWEST = 10.0
"""Results a peer needs before; with fewer its change says nothing."""
SAME_BUDGET = 1.1
"""A budget that moved by more than this factor was touched."""
SAME_SPEND = 1.6
"""The same for spend, where budgets are unknown or ignored."""
PRESENT = 0.75
"""Share of the days a peer must have."""
SILENCE, FORETOLD = 2, 8.0
"""Days without a result, and results foretold for them, that make an outage: with fewer, days
that merely sold nothing would be taken out, and what is left would look too good."""


@dataclass(frozen=True, eq=False)
class Sides:
    """Both sides of the comparison over the days that count.

    Attributes:
        before, after: Results of what was changed; `spent_*` and `days_*` likewise.
        change, variance: Its log change and that change's variance from counts.
        phi: Its overdispersion; `parts`: sum of squared shares of its campaigns.
        peer_changes, peer_variances: The same of each peer.
    """

    before: float
    after: float
    spent_before: float
    spent_after: float
    days_before: int
    days_after: int
    change: float
    variance: float
    phi: float
    parts: float
    peer_changes: Floats
    peer_variances: Floats


def silent(days: DayArrays, rows: slice, before: Bools) -> Bools:
    """Days on which these campaigns spent, counted nothing, and more than eight were foretold.

    Runs of at least two such days, by each campaign's own results per unit of spend before.
    """
    results, spend = days.results[rows], days.spend[rows]
    reported = ~np.isnan(results) & ~np.isnan(spend)
    counted = np.where(reported & before, results, 0.0).sum(axis=1)
    spent = np.where(reported & before, spend, 0.0).sum(axis=1)
    rate = np.divide(counted, spent, out=np.zeros_like(counted), where=spent > 0)
    zero = reported & (spend > 0) & (results == 0)
    outages = np.zeros(results.shape[1], dtype=bool)
    for row in range(len(results)):
        for start, end in _runs(zero[row]):
            foretold = rate[row] * spend[row, start:end].sum()
            if end - start >= SILENCE and foretold > FORETOLD:
                outages[start:end] = True
    return outages


def _runs(flags: Bools) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def fit(days: DayArrays, rows: slice, before: Bools, after: Bools) -> Ints:
    """The rows of the peers that are still untouched, complete and unbroken."""
    spend, results, budget = days.spend[rows], days.results[rows], days.budget[rows]
    place = np.arange(len(days.spend))[rows]
    reported = ~np.isnan(spend) & ~np.isnan(results)
    eligible = _present(reported, before) & _present(reported, after)
    eligible &= np.where(reported & before, results, 0.0).sum(axis=1) >= FEWEST
    eligible &= ~_moved(budget[:, before | after], SAME_BUDGET)
    means = np.stack([_mean(spend, reported & before), _mean(spend, reported & after)], axis=1)
    eligible &= ~_moved(means, SAME_SPEND) & (means > 0).all(axis=1)
    broken = [silent(days, slice(row, row + 1), before)[before | after].any() for row in place]
    return np.asarray(place[eligible & ~np.array(broken, dtype=bool)], dtype=np.int64)


def _present(reported: Bools, window: Bools) -> Bools:
    return np.asarray(reported[:, window].mean(axis=1) >= PRESENT)


def _mean(values: Floats, mask: Bools) -> Floats:
    count = mask.sum(axis=1)
    return np.asarray(np.where(mask, values, 0.0).sum(axis=1) / np.maximum(count, 1))


def _moved(values: Floats, factor: float) -> Bools:
    """Whether a row's largest value is more than so many times its smallest."""
    low = np.where(np.isnan(values), np.inf, values).min(axis=1, initial=np.inf)
    high = np.where(np.isnan(values), -np.inf, values).max(axis=1, initial=-np.inf)
    return np.asarray(high > factor * low)


class ComparedDays(NamedTuple):
    """Which days stand on which side of a change, one mark a day."""

    before: Bools
    after: Bools


def sides(
    days: DayArrays, treated_count: int, peers: Ints, compared: ComparedDays, *, price: bool
) -> Sides:
    """The change of what was touched (the first `treated_count` rows together) and of each peer.

    With `price` the log of results per unit of spend, else of results a day.
    """
    before, after = compared
    rows = np.concatenate([np.arange(treated_count), peers])
    results, spend = days.results[rows], days.spend[rows]
    reported = ~np.isnan(results) & ~np.isnan(spend)
    results, spend = np.where(reported, results, 0.0), np.where(reported, spend, 0.0)
    parts = results[:treated_count][:, before].sum(axis=1)
    results = np.vstack([results[:treated_count].sum(axis=0), results[treated_count:]])
    spend = np.vstack([spend[:treated_count].sum(axis=0), spend[treated_count:]])
    count = np.vstack([reported[:treated_count].any(axis=0), reported[treated_count:]])
    then, now = _sums(results, spend, count, before), _sums(results, spend, count, after)
    over = 1 if price else 2
    with np.errstate(divide="ignore", invalid="ignore"):
        changes = np.log((now[0] + 0.5) / now[over]) - np.log((then[0] + 0.5) / then[over])
    phi = _phi(results, spend, before, after)
    variances = phi * (1 / np.maximum(now[0], 0.5) + 1 / np.maximum(then[0], 0.5))
    return Sides(
        before=float(then[0][0]),
        after=float(now[0][0]),
        spent_before=float(then[1][0]),
        spent_after=float(now[1][0]),
        days_before=int(then[2][0]),
        days_after=int(after.sum()) if not price else int(now[2][0]),
        change=float(changes[0]),
        variance=float(variances[0]),
        phi=float(phi[0]),
        parts=float((parts**2).sum() / max(parts.sum() ** 2, 1e-9)),
        peer_changes=changes[1:],
        peer_variances=variances[1:],
    )


def _sums(results: Floats, spend: Floats, reported: Bools, window: Bools) -> tuple[Floats, ...]:
    counted = reported[:, window].sum(axis=1).astype(np.float64)
    return results[:, window].sum(axis=1), spend[:, window].sum(axis=1), counted


def _phi(results: Floats, spend: Floats, before: Bools, after: Bools) -> Floats:
    """Overdispersion by weeks, counted from each window's first day."""
    weeks, late = [], []
    for window, is_after in ((before, 0.0), (after, 1.0)):
        places = np.flatnonzero(window)
        for start in range(0, len(places), 7):
            weeks.append(places[start : start + 7])
            late.append(is_after)
    k = np.stack([results[:, week].sum(axis=1) for week in weeks], axis=1)
    s = np.stack([spend[:, week].sum(axis=1) for week in weeks], axis=1)
    return dispersion(k, s, np.array(late))
