"""When a test can be read, and what will decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bot.advice.response.responding import Responses
from bot.numbers.sums import Floats, Ints

POWER = 1.6449 + 0.8416  # a 90 % interval, 80 % power (STATISTICS.md item 13)
WEEKS = range(1, 7)
BEFORE = 28.0  # days the test is held against
SETTLED = 0.8  # a day counts as in once so much of it is known


@dataclass(frozen=True)
class Readout:
    """How a test is read.

    Attributes:
        days: Days it runs, in whole weeks (the last try where not readable).
        until: The morning it can be read: those days plus the lag.
        readable: Whether it decides by itself within six weeks; else "decided by pooled evidence".
        expected: Results of the receivers over the givers, after over before, if the pool answers
            as it usually does: 1.12 is 12 % more.
        decides: From this ratio on the pool counts as answering: halfway there.
    """

    days: int
    until: date
    readable: bool
    expected: float
    decides: float


def readout(found: Responses, rows: Ints, ratios: Floats, elasticity: float) -> Readout:
    """Days until b |log ratio|, pooled over the test's campaigns, stands out.

    Information after D days: sum over campaigns of (log ratio)^2 over
    phi / k (1/D + 1/28) + drift^2 (D + 28) / 3, with k results a day; readable when
    b sqrt(information) >= 2.49. Source: STATISTICS.md item 13.
    """
    by = np.log(ratios)
    weeks = next((w for w in WEEKS if _reads(found, rows, by, elasticity, 7.0 * w)), None)
    days = 7 * (weeks or WEEKS[-1])
    expected = (
        elasticity * float(np.abs(by).mean()) * (2 if (by > 0).any() and (by < 0).any() else 1)
    )
    until = found.panel.as_of + timedelta(days + _lag(found, rows))
    return Readout(
        days, until, weeks is not None, float(np.exp(expected)), float(np.exp(expected / 2))
    )


def _reads(found: Responses, rows: Ints, by: Floats, elasticity: float, days: float) -> bool:
    counts = found.about.dispersion[rows] / np.maximum(np.exp(found.rate[rows]), 1e-9)
    wander = found.settings.drift**2 * (days + BEFORE) / 3
    information = by**2 / (counts * (1 / days + 1 / BEFORE) + wander)
    return bool(elasticity * np.sqrt(information.sum()) >= POWER)


def _lag(found: Responses, rows: Ints) -> int:
    """Newest days less than 80 % known, of the slowest campaign; the last day takes one to come."""
    newest = found.panel.complete[rows, ::-1]
    return int((newest < SETTLED).sum(axis=1).max(initial=1))
