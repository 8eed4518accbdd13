"""How many results a test needs before it can be read."""

from __future__ import annotations

from math import ceil, log

POWER = 1.6449 + 0.8416
"""A 90 % interval that leaves out zero four times out of five."""
BASELINE = 2.0
"""Days before a test that it is held against, for each day of the test."""


def needed_for_budget(times: float, elasticity: float, phi: float) -> float:
    """Results a test of `times` the budget must bring, held against twice as many days before.

    k = (1 + 1/2) phi (z / (b ln times))^2: the log of results after over before has variance
    phi (1/k + 1/(2k)). Source: STATISTICS.md item 13 (phi 1.5, b 0.62: 1,090 results for 1.2 times
    the budget, 220 for 1.5, 75 for 2).
    """
    return (1 + 1 / BASELINE) * phi * (POWER / (elasticity * log(times))) ** 2


def needed_comparing(times: float, phi: float) -> float:
    """Results each of two campaigns needs, where one costs `times` the other a result.

    k = 2 phi (z / ln times)^2. Source: STATISTICS.md item 13 (phi 1.5: 560, 113 and 39).
    """
    return 2 * phi * (POWER / log(times)) ** 2


def days_for(needed: float, a_day: float) -> int:
    """Days until so many results are there, in whole weeks; raises ValueError without results."""
    if not a_day > 0:
        raise ValueError(f"A test needs results, not {a_day} a day.")
    return 7 * max(ceil(needed / a_day / 7 - 1e-9), 1)
