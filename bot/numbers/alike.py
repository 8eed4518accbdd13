"""What campaigns alike pay, and how far they differ: a prior for each from all the others."""

from __future__ import annotations

import numpy as np

from bot.numbers.sums import Floats, Ints, divided

LEAST_SPREAD, MOST_SPREAD = 0.15, 1.0
"""How far campaigns alike are taken to differ (a share of the mean), at least and at most."""


def alike(events: Floats, exposure: Floats, groups: Ints, fewest: Floats) -> tuple[Floats, Floats]:
    """The mean price of the others of a group, and the weight of the gamma prior on its rate.

    Rate m = sum k / sum E; between campaigns v = (sum k^2/E - K^2/E - m (n - 1)) / (E - sum E^2/E)
    by moments; s^2 = v/m^2, at least 0.15^2, times (n + 1)/(n - 1) as it is learned from n, plus
    what is unsure about m itself; the prior is Gamma(a, a x price) with a = 1/s^2. Source:
    STATISTICS.md item 6; DerSimonian & Laird 1986 for the moments.

    Args:
        events: Effective results (over their overdispersion), NaN where missing.
        exposure: Money they came from, over the same overdispersion.
        groups: Which campaigns are alike, numbered from 0.
        fewest: Others needed before they tell anything.

    Returns:
        Price of a result and weight in effective results; NaN where too few others tell.
    """
    there = ~np.isnan(events) & (exposure > 0)
    k, e = np.where(there, events, 0.0), np.where(there, exposure, 0.0)
    squares = np.where(there, k**2 / np.where(there, e, 1.0), 0.0)
    n, total, spent, scattered, unequal = (
        _others(groups, values) for values in (there.astype(float), k, e, squares, e**2)
    )
    mean, share = divided(total, spent), divided(unequal, spent**2)
    between = divided(scattered - divided(total**2, spent) - mean * (n - 1), spent * (1 - share))
    spread = np.clip(divided(between, mean**2), LEAST_SPREAD**2, MOST_SPREAD**2)
    spread = spread * (n + 1) / np.maximum(n - 1, 1) * (1 + share) + 1 / np.maximum(total, 1e-9)
    enough = (n >= fewest) & (n >= 2) & (total > 0)
    price = divided(spent, total)
    return np.where(enough, price, np.nan), np.where(enough, 1 / spread, np.nan)


def _others(groups: Ints, values: Floats) -> Floats:
    """The group's sum without one's own part, each campaign by itself."""
    total = np.bincount(groups, weights=values, minlength=1)
    return np.asarray(total[groups] - values, dtype=np.float64)
