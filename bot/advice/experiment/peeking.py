"""Looking at a test before its days are over, without being fooled by looking often."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

SPREAD = 5.0
"""Variance of the mixture over that of the last day: about the best for one look at 90 %."""


@dataclass(frozen=True)
class Sequence:
    """What a test says so far: results after over before, between low and high.

    All days taken together, the truth lies outside at most once in ten tests: one may look every
    morning and stop at will.
    """

    ratio: float
    low: float
    high: float


def sequence(  # noqa: PLR0913, PLR0917 - two counts, and how they are compared
    before: float, after: float, share: float, phi: float, planned: float, level: float = 0.9
) -> Sequence | None:
    """A confidence sequence for the ratio of results a day; None while there are none.

    With v = phi (1/k before + 1/k after) the log ratio's variance so far and w five times that
    planned for the last day (there it is tightest), Robbins' normal mixture: half-width
    sqrt((v + v^2/w)(ln(1 + w/v) + 2 ln(1/alpha))). Source: Robbins 1970; Howard et al. 2021,
    "Time-uniform, nonparametric, nonasymptotic confidence sequences", eq. 14.

    Args:
        before: Results of the days before.
        after: Results of the test so far.
        share: Days of the test so far over days before.
        phi: Overdispersion.
        planned: Results the test should have in the end; sets where the sequence is tightest.
        level: Of the interval.
    """
    if before <= 0 or after <= 0 or share <= 0:
        return None
    variance = phi * (1 / before + 1 / after)
    mixed = SPREAD * phi * (1 / before + 1 / max(planned, 1.0))
    width = sqrt(
        (variance + variance**2 / mixed) * (log(1 + mixed / variance) + 2 * log(1 / (1 - level)))
    )
    middle = log(after / before / share)
    return Sequence(exp(middle), exp(middle - width), exp(middle + width))
