"""How surely a part's results cost more than they may: shrunk, and false discoveries held down.

A keyword's results per click are drawn from its campaign's, with a spread that is learned: gamma
around the campaign's rate, Poisson counts (Robbins 1956; Efron 2010, chapter 1). Thousands are
asked at once, so the share of chance among what is flagged is held down, not the chance of each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.numbers.metrics.sums import Bools, Floats, Ints, divided
from bot.numbers.special import gammainc, gammaincinv

LEAST_SPREAD, MOST_SPREAD = 0.02, 2.0
"""Variance of the parts' rates around their campaign's, relative to its square."""
USUAL_SPREAD, USUAL_WEIGHT = 0.25, 10.0
"""What is taken for it while few parts tell, and as how many parts that counts."""


@dataclass(frozen=True)
class ShrunkRates:
    """Results per click of each part, as known after shrinking: Gamma(shape, 1 / rate).

    Attributes:
        shape, rate: Of the posterior, a part.
    """

    shape: Floats
    rate: Floats

    @property
    def mean(self) -> Floats:
        return np.asarray(self.shape / self.rate)

    def below(self, bar: Floats) -> Floats:
        """The probability that it is under `bar`."""
        return np.asarray(gammainc(self.shape, self.rate * bar), dtype=np.float64)

    def quantile(self, share: float) -> Floats:
        """The value under which it lies with this probability."""
        return np.asarray(gammaincinv(self.shape, share) / self.rate, dtype=np.float64)


def learned_spread(count: Floats, expected: Floats) -> float:
    """The relative variance of parts around what their campaign foretells, by moments.

    (k - mu)^2 - mu has the mean v mu^2: regressed on mu^2, each weighed by how much it tells.
    """
    usable = np.isfinite(count) & np.isfinite(expected) & (expected > 0)
    k, mu = count[usable], expected[usable]
    spread, excess = USUAL_SPREAD, (k - mu) ** 2 - mu
    for _ in range(5):
        variance = mu + 2 * (mu + spread * mu**2) ** 2
        information = mu**4 / variance
        weight = USUAL_WEIGHT * float(np.median(information)) if information.size else 1.0
        total = float(information.sum()) + weight
        spread = (float((mu**2 * excess / variance).sum()) + weight * USUAL_SPREAD) / (total or 1.0)
        spread = min(max(spread, LEAST_SPREAD), MOST_SPREAD)
    return spread


def shrunk(count: Floats, exposure: Floats, usual: Floats, spread: float) -> ShrunkRates:
    """The rate of each part, drawn towards the `usual` one of its campaign.

    Args:
        count: Results, over the overdispersion.
        exposure: Clicks, over it too.
        usual: The campaign's rate without this part; over 0.
        spread: The relative variance of parts around their campaign's rate; over 0.
    """
    strength = 1.0 / spread
    return ShrunkRates(strength + count, strength / usual + exposure)


def discovered(error: Floats, share: float) -> Bools:
    """The largest set of which at most `share` is expected to be wrong; NaN is not asked.

    `error` is the probability that saying so is wrong: the set's mean is held under `share`
    (Bayesian false discovery rate: Newton and others 2004; STATISTICS.md item 8).
    """
    places = np.flatnonzero(~np.isnan(error))
    order = places[np.argsort(error[places], kind="stable")]
    fits = np.cumsum(error[order]) <= share * np.arange(1, order.size + 1)
    return _first(error.size, order, fits)


def unlikely(p: Floats, share: float) -> Bools:
    """Of p-values the largest set of which at most `share` is chance (Benjamini, Hochberg 1995)."""
    places = np.flatnonzero(~np.isnan(p))
    order = places[np.argsort(p[places], kind="stable")]
    fits = p[order] <= share * np.arange(1, order.size + 1) / max(order.size, 1)
    return _first(p.size, order, fits)


def _first(size: int, order: Ints, fits: Bools) -> Bools:
    """The first of an order, as far as the last that fits."""
    flagged = np.zeros(size, dtype=bool)
    fitting = np.flatnonzero(fits)
    if fitting.size:
        flagged[order[: fitting[-1] + 1]] = True
    return flagged


def of_others(own: Floats, together: Floats) -> Floats:
    """The campaign's sum without one's own part; a missing own part takes nothing away."""
    return np.asarray(np.maximum(together - np.nan_to_num(own), 0.0), dtype=np.float64)


def cost_of(spend: Floats, results: Floats) -> Floats:
    """Spend per result; NaN where none came."""
    return divided(spend, results)
