"""How results answer to spend, for all campaigns at once, and the best split of a pool's money.

Every curve is written in x = spend / usual spend, equals 1 at x = 1, and has there the elasticity
it was drawn with: what a campaign's average return is says nothing of its marginal one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
SHAPES = ("power", "hill", "s", "saturating", "base")
POWER, HILL, S, SATURATING, BASE = range(len(SHAPES))
FLOOR, CEILING = 0.2, 5.0
"""No campaign is taken under a fifth of its usual spend, none over five times as much."""
GRID: Array = np.exp(np.linspace(np.log(FLOOR), np.log(CEILING), 49))


@dataclass(frozen=True)
class Curves:
    """The answers to spend of some campaigns, arrays of one length.

    Attributes:
        shape: Index into `SHAPES`.
        steep: The exponent of `power`, `base` and the Hill curves; the rate of `saturating`.
        half: For the Hill curves x**steep at which half of the most is reached.
        base: The share of results that no money buys (`base` only, else 0).
    """

    shape: Ints
    steep: Array
    half: Array
    base: Array

    @classmethod
    def of(cls, shape: Ints, elasticity: Array, bend: Array) -> Curves:
        """Curves with this elasticity at the usual spend.

        Args:
            shape: Index into `SHAPES`.
            elasticity: Between 0 and 1, ends excluded.
            bend: The exponent of `s` (over 1) and of the bought part of `base` (over the
                elasticity); the others need none.
        """
        steep = np.select(
            [shape == POWER, shape == HILL, shape == SATURATING],
            [elasticity, np.ones(len(shape)), _rate(elasticity)],
            bend,
        )
        hills = (shape == HILL) | (shape == S)
        half = np.where(hills, elasticity / np.maximum(steep - elasticity, 1e-9), 0.0)
        base = np.where(shape == BASE, 1 - elasticity / np.maximum(bend, elasticity), 0.0)
        return cls(shape, np.where(shape == BASE, np.maximum(bend, elasticity), steep), half, base)

    def __call__(self, x: Array) -> Array:
        """Results at x times the usual spend, as a share of the usual; x is (…, campaigns)."""
        x = np.maximum(x, 0.0)
        raised = x**self.steep
        hills = raised * (1 + self.half) / np.maximum(raised + self.half, 1e-300)
        full = -np.expm1(-self.steep * x) / -np.expm1(-self.steep)
        bought = self.base + (1 - self.base) * raised
        found = np.where(self.shape == SATURATING, full, bought)
        return np.asarray(np.where((self.shape == HILL) | (self.shape == S), hills, found))

    def slope(self, x: Array) -> Array:
        """The change of that share with x: at x = 1 the elasticity."""
        x = np.maximum(x, 1e-6)
        raised = x**self.steep
        power = (1 - self.base) * self.steep * raised / x
        hills = self.steep * self.half * (1 + self.half) * raised / x / (raised + self.half) ** 2
        full = self.steep * np.exp(-self.steep * x) / -np.expm1(-self.steep)
        found = np.where(self.shape == SATURATING, full, power)
        return np.asarray(np.where((self.shape == HILL) | (self.shape == S), hills, found))

    def hull(self) -> Array:
        """Slopes of the concave hull over `GRID`: (campaigns, len(GRID) - 1), never rising."""
        values = self(GRID[:, None]).T
        return np.stack([_hull(row) for row in values])


def _rate(elasticity: Array) -> Array:
    """The k at which k / (exp(k) - 1), the elasticity of 1 - exp(-k x) at 1, is the given one."""
    rates = np.linspace(1e-3, 12, 4000)
    return np.asarray(np.interp(-elasticity, -rates / np.expm1(rates), rates))


def _hull(values: Array) -> Array:
    """The slopes between neighbours of `GRID` on the hull of one curve: averages are pooled."""
    widths = np.diff(GRID)
    blocks: list[tuple[float, float, int]] = []  # rise, width, how many
    for rise, width in zip(np.diff(values), widths, strict=True):
        block = (float(rise), float(width), 1)
        while blocks and blocks[-1][0] * block[1] <= block[0] * blocks[-1][1]:
            before = blocks.pop()
            block = (block[0] + before[0], block[1] + before[1], block[2] + before[2])
        blocks.append(block)
    return np.repeat([rise / width for rise, width, _ in blocks], [many for *_, many in blocks])


@dataclass(frozen=True)
class Split:
    """The best split: spend a campaign, and what one more unit of money buys in each pool."""

    spend: Array
    price: Array


def best_split(  # noqa: PLR0913, PLR0917 - everything a split depends on
    worth: Array, hull: Array, usual: Array, pool: Ints, money: Array, most: Array
) -> Split:
    """The split of each pool's money that is worth most: pieces of hull, the steepest first.

    On concave curves it is the optimum within a step of the grid; where a curve is S-shaped, no
    split is worth more than its hull, and at most one campaign a pool ends inside a hull's span.

    Args:
        worth: What a campaign's results at its usual spend are worth today.
        hull: `Curves.hull()`.
        usual: The usual spend; 0 for a campaign that is off.
        pool: The pool of each campaign, from 0.
        money: What each pool may spend.
        most: The most a campaign can spend, as a share of its usual spend.
    """
    pools, pieces = len(money), hull.shape[1]
    width = np.clip(most[:, None] - GRID[:-1], 0.0, np.diff(GRID)) * usual[:, None]
    gain = hull * (worth / np.maximum(usual, 1e-12))[:, None]
    pool_of = np.repeat(pool, pieces)
    order = np.lexsort((-gain.ravel(), pool_of))
    cost = width.ravel()[order]
    left = money - np.bincount(pool, FLOOR * usual, pools)
    start = np.concatenate([[0.0], np.cumsum(np.bincount(pool_of, width.ravel(), pools))[:-1]])
    spent = np.cumsum(cost) - start[pool_of[order]]
    taken = np.clip(left[pool_of[order]] - (spent - cost), 0.0, cost)
    spend = np.bincount(order // pieces, taken, len(usual)) + FLOOR * usual
    bought = (taken > 0) & (cost > 0)
    price = np.full(pools, np.inf)
    np.minimum.at(price, pool_of[order][bought], gain.ravel()[order][bought])
    return Split(spend, np.where(np.isfinite(price), price, 0.0))
