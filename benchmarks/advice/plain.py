"""A plain weekly design: a shrunk posterior, a probability threshold, steps of a fifth.

What anybody would write in an afternoon, and the floor to beat: every Monday each pool's campaigns
are put in order by the chance that their next unit of money buys more than the pool's, and those
that are likely enough to be better take a fifth of a budget from those likely enough to be worse.
It has one detector: nothing counted while clicks go on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from benchmarks.advice.pieces import Answer, Piece, Said
from benchmarks.advice.worlds.curves import Array
from benchmarks.advice.worlds.table import Seen

WINDOW, SKIP, STEP, LIKELY, WEEK = 28, 3, 0.2, 0.8, 7
ELASTICITY, DISPERSION = 0.6, 1.8
SILENT, LEAST_DUE = 2, 7.0
"""Days without a result, and how many clicks foretell, that make an outage."""


class Plain:
    """The weekly design."""

    def morning(self, seen: Seen) -> Said:
        """Checks every morning; budgets on Mondays."""
        days = _days(seen)
        pieces = [Piece(f"outage:{i}:{seen.day // WEEK}", "check_tracking", (int(i),))
                  for i in np.flatnonzero(days.silent)]  # fmt: skip
        if seen.day % WEEK == 0:
            for pool in np.unique(seen.pools):
                pieces += _shifts(seen, days, np.flatnonzero(seen.pools == pool))
        return Said(pieces)

    def hear(self, answers: Sequence[Answer]) -> None:
        """It remembers nothing."""


class _Days:
    """Sums of the newest weeks by campaign; results as the plan counts them, in money."""

    def __init__(self, spend: Array, results: Array, value: Array, silent: Array) -> None:
        self.spend, self.results, self.value, self.silent = spend, results, value, silent


def _days(seen: Seen) -> _Days:
    spend, clicks = seen.grid("spend"), seen.grid("clicks")
    results, value = counted(seen)
    old = slice(max(seen.day - WINDOW - SKIP, 0), seen.day - SKIP)
    sums = [np.nansum(table[old], axis=0) for table in (spend, results, value)]
    usual = sums[1] / np.maximum(np.nansum(clicks[old], axis=0), 1.0)
    due = np.nansum(clicks[-SILENT:], axis=0) * usual
    nothing = np.nansum(results[-SILENT:], axis=0) == 0
    return _Days(*sums, nothing & (due > LEAST_DUE))


def counted(seen: Seen) -> tuple[Array, Array]:
    """Results and what they are worth by the plan, days x campaigns, as known this morning.

    In engage the plan says what revenue must come of a unit of money: there revenue counts.
    """
    rows = seen.numbers
    results = rows["leads"].fillna(rows["conversions"])
    results = results.where(rows["stage"] != "reach", rows["reach"]).to_numpy()
    worth = results * seen.worth[seen.places[1]]
    by_value = (rows["stage"] == "engage").to_numpy()
    worth = np.where(by_value, rows["revenue"].to_numpy() / 3.0, worth)
    return seen.grid("", results), seen.grid("", worth)


def _shifts(seen: Seen, days: _Days, mine: Array) -> list[Piece]:
    """From the likely worse to the likely better, the farthest apart first."""
    mine = mine[(days.spend[mine] > 0) & ~days.silent[mine]]
    if len(mine) < 2:
        return []
    log, spread = _posterior(days, mine)
    middle = float(np.average(log, weights=days.spend[mine]))
    better = ndtr((log - middle) / spread)
    order = np.argsort(better)
    found = []
    for low, high in zip(order, order[::-1], strict=True):
        if better[high] < LIKELY or better[low] > 1 - LIKELY:
            break
        giver, taker = int(mine[low]), int(mine[high])
        room = seen.budgets[giver] - 0.2 * seen.first[giver]
        move = min(STEP * seen.budgets[giver], STEP * seen.budgets[taker], max(room, 0.0))
        if move < 0.03 * seen.budgets[taker]:
            continue
        budgets = {giver: seen.budgets[giver] - move, taker: seen.budgets[taker] + move}
        name = f"shift:{seen.day}:{giver}:{taker}"
        sure = float(min(better[high], 1 - better[low]))
        found.append(Piece(name, "shift_budget", (giver, taker), budgets, sure=sure))
    return found


def _posterior(days: _Days, mine: Array) -> tuple[Array, Array]:
    """Log of what the next unit buys, shrunk to the pool, and its standard deviation."""
    results = np.maximum(days.results[mine], 0.5)
    log = np.log(ELASTICITY * np.maximum(days.value[mine], 1e-9) / days.spend[mine])
    log = np.where(days.results[mine] > 0, log, log.mean() - 0.5)
    noise = DISPERSION / results + 0.05**2
    middle = float(np.average(log, weights=1 / (noise + 0.1)))
    between = max(float(np.mean((log - middle) ** 2 - noise)), 0.05)
    keep = between / (between + noise)
    return middle + keep * (log - middle), np.sqrt(keep * noise + 0.15**2)
