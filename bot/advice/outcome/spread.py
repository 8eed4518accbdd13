"""How far apart campaigns drift when nobody touches them: the yardstick of every outcome.

Weekly counts scatter more than dice do (overdispersion phi), and whole campaigns drift from their
peers (tau). Both are learned from the untouched peers themselves, shrunk to what is usual.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from bot.numbers.sums import Floats

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
    there = np.isfinite(expected) & (expected > 0) & np.isfinite(results)
    off = np.where(there, (results - expected) ** 2 / np.where(there, expected, 1.0), 0.0)
    own = off.sum(axis=1) / np.maximum(there.sum(axis=1) - 2, 1)
    usual = np.median(own) if own.size else 1.0
    return np.asarray(np.maximum((OWN * own + USUAL * usual) / (OWN + USUAL), 1.0))


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
    seen = excess / scale if peers > 1 and scale > 0 else 0.0
    freedom = DRIFT_WEIGHT + peers - 1
    tau2 = max((DRIFT_WEIGHT * DRIFT**2 + (peers - 1) * seen) / freedom, LEAST_DRIFT**2)
    weight = 1 / (variances + tau2)
    mean = float((weight * changes).sum() / weight.sum())
    return Drift(mean, float(1 / weight.sum()), tau2, freedom)
