"""How results answer to spend, and the best split of a pool's money: the truth a market knows.

Every curve is written in x = spend / usual spend and equals 1 at x = 1, so that a campaign's scale
is its results at its usual spend and its shape is only how they bend.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
GRID = np.linspace(0.0, 5.0, 251)


@dataclass(frozen=True)
class Curve:
    """One campaign's answer to spend.

    Attributes:
        kind: `power`: x**bend; `hill`: an S-curve that saturates; `flat`: a base that comes
            anyway plus a bent part, so that average and marginal return differ.
        bend: The exponent of `power` and `flat`; the steepness of `hill`.
        base: For `flat`, the share of results that no money buys.
    """

    kind: str
    bend: float
    base: float = 0.0

    def __call__(self, x: Array) -> Array:
        """Results at x times the usual spend, as a share of the usual results."""
        x = np.maximum(x, 0.0)
        if self.kind == "hill":
            return np.asarray(2.0 * x**self.bend / (1.0 + x**self.bend))
        return np.asarray(self.base + (1 - self.base) * x**self.bend)

    def slope(self, x: Array) -> Array:
        """Change of results with x: at x = 1 the elasticity."""
        step = 1e-4
        return np.asarray((self(x + step) - self(x - step)) / (2 * step))


def best_split(scales: Array, curves: list[Curve], usual: Array, floor: float = 0.2) -> Array:
    """The spend a campaign that gives a pool the most results for the money it has.

    Each curve is replaced by its concave hull above the floor and the pool's price of one more
    result is found by bisection; on a hull that is the optimum, off it within a grid step.

    Args:
        scales: Results a day at the usual spend, one a campaign.
        curves: One a campaign.
        usual: The usual spend a day; their sum is what the pool may spend.
        floor: No campaign goes under this share of its usual spend.

    Returns:
        Spend a day, one a campaign, with the same sum as `usual`.
    """
    grids = [_hull(curve, floor) for curve in curves]
    low, high = 0.0, 10.0 * float(np.max(scales / usual))
    for _ in range(60):
        price = (low + high) / 2
        spend = _spend(price, scales, grids, usual)
        low, high = (price, high) if spend.sum() > usual.sum() else (low, price)
    spend = _spend(high, scales, grids, usual)
    return np.asarray(spend * usual.sum() / spend.sum())


def _hull(curve: Curve, floor: float) -> tuple[Array, Array]:
    """The corners of the concave hull above `floor`, and the slope that leads to each."""
    x = GRID[floor <= GRID]
    y = curve(x)
    corner_indices = [0]
    for i in range(1, len(x)):
        while len(corner_indices) > 1 and _below(x, y, corner_indices[-2], corner_indices[-1], i):
            corner_indices.pop()
        corner_indices.append(i)
    corners = x[corner_indices]
    slopes = np.diff(y[corner_indices]) / np.diff(corners)
    return corners, np.concatenate([[np.inf], slopes])


def _below(x: Array, y: Array, a: int, b: int, c: int) -> bool:
    return bool((y[b] - y[a]) * (x[c] - x[a]) <= (y[c] - y[a]) * (x[b] - x[a]))


def _spend(price: float, scales: Array, grids: list[tuple[Array, Array]], usual: Array) -> Array:
    """What each campaign spends when another result may cost 1 / price."""
    chosen = [
        corners[np.searchsorted(-slopes * scale / spend, -price, side="right") - 1]
        for (corners, slopes), scale, spend in zip(grids, scales, usual, strict=True)
    ]
    return np.asarray(chosen) * usual
