"""The special functions of statistics, from scipy, loaded when the first of them is wanted.

Loading scipy.special takes as long as answering a question from a morning that is judged already.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scipy.special import (
        betainc,
        betaincc,
        betaincinv,
        gammainc,
        gammaincc,
        gammainccinv,
        gammaincinv,
        gammaln,
        ndtr,
        ndtri,
        stdtrit,
    )
else:

    class _Later:
        """A function of scipy.special under its name."""

        def __init__(self, name: str) -> None:
            self.name = name
            self.function: Any = None

        def __call__(self, *values: Any) -> Any:
            if self.function is None:
                from scipy import special  # noqa: PLC0415, what this module is for

                self.function = getattr(special, self.name)
            return self.function(*values)

    betainc, betaincc, betaincinv = map(_Later, ("betainc", "betaincc", "betaincinv"))
    gammainc, gammaincc, gammaln = map(_Later, ("gammainc", "gammaincc", "gammaln"))
    gammainccinv, gammaincinv = map(_Later, ("gammainccinv", "gammaincinv"))
    ndtr, ndtri, stdtrit = map(_Later, ("ndtr", "ndtri", "stdtrit"))

_CLOSE, _MOST_STEPS, _MOST_TERMS = 1e-13, 60, 1_000_000


def gamma_quantile(shape: float, share: float) -> float:
    """Below what this share of a gamma lies: `gammaincinv` for one number, without scipy.

    Newton's steps on ln P as a function of ln x. It is concave, so that from below the steps
    never pass the root, and a start above it costs one step back. Sources: the series of
    P(a, x), DLMF 8.7.1; the start, Wilson and Hilferty 1931.

    Args:
        shape: Above 0; the scale is 1.
        share: Between 0 and 1, both excluded.
    """
    cube = 1 - 1 / (9 * shape) + NormalDist().inv_cdf(share) / (3 * math.sqrt(shape))
    least = (math.log(share) + math.lgamma(shape + 1)) / shape
    log_x = max(least, math.log(shape) + 3 * math.log(cube)) if cube > 0 else least
    for _ in range(_MOST_STEPS):
        log_terms = math.log(_series(shape, math.exp(log_x)))
        log_below = shape * log_x - math.exp(log_x) - math.lgamma(shape + 1) + log_terms
        step = (log_below - math.log(share)) * math.exp(log_terms) / shape
        log_x -= step
        if abs(step) < _CLOSE * max(1.0, abs(log_x)):
            break
    return math.exp(log_x)


def _series(shape: float, x: float) -> float:
    """P(a, x) over its first term, x^a e^-x / gamma(a + 1)."""
    total = term = 1.0
    for number in range(1, _MOST_TERMS):
        term *= x / (shape + number)
        total += term
        if term < total * _CLOSE / 100:
            break
    return total


__all__ = [
    "betainc",
    "betaincc",
    "betaincinv",
    "gamma_quantile",
    "gammainc",
    "gammaincc",
    "gammainccinv",
    "gammaincinv",
    "gammaln",
    "ndtr",
    "ndtri",
    "stdtrit",
]
