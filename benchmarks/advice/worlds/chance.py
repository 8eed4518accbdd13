"""Counts with given means from numbers drawn beforehand: one market has one luck.

Whatever a policy does, the same day of the same campaign draws the same quantile; two policies in
one market differ by what they did and not by their luck, which is what makes paired differences
narrow.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaincinv, ndtri, pdtrik

from benchmarks.advice.worlds.curves import Array

MANY = 200.0
"""Above this mean a normal distribution is as good."""


def poisson(mean: Array, quantile: Array) -> Array:
    """Poisson counts at these quantiles of their distributions."""
    few = np.minimum(mean, MANY)
    with np.errstate(invalid="ignore"):
        low = np.ceil(pdtrik(quantile, few) - 1e-9)
    low = np.where(quantile <= np.exp(-few), 0.0, low)
    high = np.round(mean + np.sqrt(mean) * ndtri(quantile))
    return np.asarray(np.where(mean > MANY, np.maximum(high, 0.0), low))


def scattered(mean: Array, dispersion: Array, first: Array, second: Array) -> Array:
    """Counts with variance = dispersion x mean: a gamma quantile, then a Poisson one."""
    scale = np.maximum(dispersion - 1, 1e-6)
    shape = np.maximum(mean, 1e-9) / scale
    wide = gammaincinv(np.minimum(shape, 1e5), first) * scale
    smooth = mean + np.sqrt(mean * scale) * ndtri(first)
    return poisson(np.where(shape > 1e5, np.maximum(smooth, 0), wide), second)


def recorded(  # noqa: PLR0913, PLR0917 - everything a record depends on
    counts: Array, full: Array, falls: Array, first: Array, second: Array, day: int
) -> Array:
    """What is recorded of a day's results at each age, ages x campaigns; whole numbers.

    Args:
        counts: The results there will have been, before any is taken back.
        full: Share of them recorded at each age, ages x campaigns, 1 at the last.
        falls: Share taken back, from the fifth to the last day.
        first, second: Quantiles by which shares are rounded.
        day: Of the market; varies which age takes back.
    """
    ages = np.arange(len(full))[:, None]
    seen = np.floor(counts * full + first)
    since = np.clip((ages - 5 - day % 4) / max(len(full) - 12, 1), 0.0, 1.0)
    taken = np.floor(counts * falls * since + second * (since > 0))
    return np.asarray(np.maximum(seen - taken, 0.0))
