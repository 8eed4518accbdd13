"""What a move of budgets should bring, with an interval that means what it says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from bot.advice.response.responding import Margins, Responses
from bot.numbers.sums import Floats, Ints

DAYS = 7
_HALVINGS = 40


@dataclass(frozen=True)
class Effect:
    """Results more (or fewer) a week.

    Attributes:
        mean: Expected.
        low, high: The middle 90 %.
        sure: P(more results than before).
    """

    mean: float
    low: float
    high: float
    sure: float


def effect(found: Responses, margins: Margins, rows: Ints, ratios: Floats) -> Effect:
    """Sum over campaigns of mu_i (ratio_i^b_i - 1), a week.

    At each point of the pool's grid the sum is taken as normal (delta method in log mu_i and b_i);
    mixed over the grid by its posterior weights, so that what is not known about the pool's answer
    to budgets widens the interval. Source: our own simulation, where 87-93 % must be covered.

    Args:
        found: This morning's responses.
        margins: Of the campaigns' pool.
        rows: The campaigns that move (places in `found`).
        ratios: New budget over old, one a campaign.
    """
    places = np.searchsorted(margins.rows, rows)
    slope, slope_var = margins.slope[places], margins.slope_var[places]
    by = np.log(ratios)[:, None]
    level = DAYS * np.exp(found.rate[rows])[:, None]
    grown = np.exp(slope * by)
    mean = (level * (grown - 1)).sum(axis=0)
    rate_var = found.beliefs.averages.variance[rows, None]
    variance = (level * (grown - 1)) ** 2 * rate_var + (level * grown * by) ** 2 * slope_var
    return _mixed(mean, np.sqrt(variance.sum(axis=0)), margins.weights)


def _mixed(mean: Floats, spread: Floats, weights: Floats) -> Effect:
    kept = weights > 1e-6
    mean, spread = mean[kept], np.maximum(spread[kept], 1e-12)
    weights = weights[kept] / weights[kept].sum()
    ends = [_quantile(mean, spread, weights, share) for share in (0.05, 0.95)]
    above = float(weights @ ndtr(mean / spread))
    return Effect(float(weights @ mean), ends[0], ends[1], above)


def _quantile(mean: Floats, spread: Floats, weights: Floats, share: float) -> float:
    low, high = float((mean - 6 * spread).min()), float((mean + 6 * spread).max())
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if weights @ ndtr((middle - mean) / spread) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2
