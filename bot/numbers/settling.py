"""What late results still bring: between what and what a sum of them settles."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaincinv

from bot.numbers.sums import Floats

LEVEL = 0.9
TOLD_UNDER = 0.97
"""A window of which more is known has settled, as far as a word about it goes."""


def settled(
    seen: Floats, complete: Floats, phi: Floats | float = 1.5, doubt: Floats | float = 0.0
) -> tuple[Floats, Floats]:
    """Results once all are in: the ends of the middle 90 %.

    Still to come: M = (seen + 1/2)(1 - c)/c on average. Its variance: phi M for those to come,
    M^2 phi/(seen + 1/2) for the rate seen, (seen/c)^2 d^2 for the completion itself; taken as a
    gamma of that mean and variance. Source: the chain ladder and its standard error, Mack 1993.

    Args:
        seen: Results known, NaN where missing.
        complete: The share of the final number they are, 0-1.
        phi: Overdispersion.
        doubt: Standard deviation of log `complete`.
    """
    with np.errstate(all="ignore"):
        coming = (seen + 0.5) * (1 - complete) / complete
        rate, lag = phi * coming**2 / (seen + 0.5), (seen / complete * doubt) ** 2
        variance = phi * coming + rate + lag
        shape = coming**2 / variance
        low, high = (
            np.where(coming > 0, gammaincinv(shape, end) * variance / coming, 0.0)
            for end in ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
        )
    return seen + low, seen + high
