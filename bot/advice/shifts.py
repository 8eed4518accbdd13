"""Moving money between two campaigns of one pool, neutral to the smallest unit.

A pool is what may be compared: stage, what is counted, currency, client and who measured it
(where nobody shared measured, the channel). Captured demand (brand, retargeting) never receives:
its attributed cost says little about what more money would buy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.advice.certainty import effective
from bot.advice.condition import Bools, Columns, value
from bot.advice.money import plain, share_of
from bot.advice.rulebook import Rule

LEAST_SHARE = 0.03
"""Moves under 3 % of a budget are not worth a person's morning (STATISTICS.md item 9)."""
Z90 = 1.6448536269514722
ELASTICITY_SPREAD = 0.15
"""Standard deviation of the response to budget between campaigns (STATISTICS.md item 7)."""


@dataclass(frozen=True)
class Effect:
    """Results more (or fewer) a week, with a 90 % interval."""

    mean: float
    low: float
    high: float


def amount(giver: int, receiver: int, step: float, keep: int = 0) -> int:
    """What moves, in minor units a day: at most `step` of either budget, and `keep` stays.

    0 where that leaves less than 3 % of the giver's budget.
    """
    most = min(share_of(giver, step), share_of(receiver, step), giver - keep)
    least = share_of(giver, LEAST_SHARE)
    moved = plain(max(most, 0))
    return moved if moved > 0 and moved >= least else 0


def pick(rule: Rule, columns: Columns, fits: Bools) -> int | None:
    """The row of the best receiver among those that fit; None where none does."""
    rows = np.flatnonzero(fits)
    to = rule.action.to
    if rows.size == 0 or to is None:
        return None
    if to.pick is None:
        return int(rows[0])
    key = np.broadcast_to(value(to.pick, columns), fits.size)[rows]
    key = key if to.lowest else -key
    return int(rows[np.argmin(np.where(np.isnan(key), np.inf, key))])


@dataclass(frozen=True)
class Side:
    """One campaign's part in an expected effect: results and spend of the same days."""

    results: float
    spend: float
    days: float
    dispersion: float
    noise: float

    @property
    def rate(self) -> float:
        """Results for one unit of money, on average."""
        return self.results / self.spend

    @property
    def spread(self) -> float:
        """Standard deviation of the rate, with overdispersion and day noise."""
        noise = np.array([self.noise**2 / self.days])
        kept = effective(np.array([self.results]), np.array([self.dispersion]), noise)
        return float(np.sqrt(kept[0] + 0.5) / max(kept[0], 1e-9)) * self.rate


def effect(move: float, giver: Side, receiver: Side, elasticity: float) -> Effect | None:
    """Results a week more when `move` (currency units a day) goes from giver to receiver.

    7 * move * b * (rate of receiver - rate of giver): the last money buys `b`, the elasticity,
    of what the average money buys. The interval carries both counts and the spread of b.
    None where a rate is not known.
    """
    parts = (giver.results, giver.spend, receiver.results, receiver.spend)
    if any(np.isnan(parts)) or giver.spend <= 0 or receiver.spend <= 0 or receiver.results <= 0:
        return None
    gap = receiver.rate - giver.rate
    counted = np.hypot(receiver.spread, giver.spread if giver.results > 0 else 0.0)
    weekly = 7 * move
    spread = weekly * np.hypot(elasticity * counted, ELASTICITY_SPREAD * gap)
    mean = weekly * elasticity * gap
    return Effect(float(mean), float(mean - Z90 * spread), float(mean + Z90 * spread))
