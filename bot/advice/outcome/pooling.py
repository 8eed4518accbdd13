"""One effect over many moves: single readings are mostly too small to tell, together they tell."""

from __future__ import annotations

from collections.abc import Iterable
from math import expm1, sqrt

import numpy as np
from scipy.special import stdtrit

from bot.advice.outcome.types import Outcome, Pooled

LEVEL = 0.9


def pool(outcomes: Iterable[Outcome]) -> Pooled:
    """The mean effect of what was measured, as a change in cost per result.

    Random effects: weights 1 / (v + tau^2), tau^2 by DerSimonian and Laird, the interval by Hartung
    and Knapp (t of n - 1, never narrower than the weights themselves say). Source: IntHout et al.
    2014. Pausing is left out: nothing was bought.
    """
    found = [each for each in outcomes if each.gain is not None and each.spread]
    if len(found) < 2:
        return Pooled(len(found))
    gains = np.array([each.gain for each in found], dtype=np.float64)
    variances = np.array([each.spread for each in found], dtype=np.float64) ** 2
    tau2 = _tau2(gains, variances)
    weight = 1 / (variances + tau2)
    mean = float((weight * gains).sum() / weight.sum())
    scatter = float((weight * (gains - mean) ** 2).sum()) / (len(found) - 1)
    spread = sqrt(max(scatter, 1.0) / float(weight.sum()))
    off = float(stdtrit(len(found) - 1, 0.5 + LEVEL / 2)) * spread
    change, low, high = (expm1(-each) for each in (mean, mean + off, mean - off))
    return Pooled(len(found), change, low, high, sqrt(tau2))


def _tau2(gains: np.ndarray, variances: np.ndarray) -> float:
    weight = 1 / variances
    mean = float((weight * gains).sum() / weight.sum())
    excess = float((weight * (gains - mean) ** 2).sum()) - (len(gains) - 1)
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    return max(excess / scale, 0.0) if scale > 0 else 0.0
