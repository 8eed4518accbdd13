"""What one can do about budgets: nothing, rules of thumb, a plain design, perfbot, the truth.

A policy sees only what a marketer sees (`Seen`), except `truth`, which knows the margins, and
`observer`, which knows the family a market was drawn from: the bounds printed beside each goal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.advice.detectors import Detectors
from benchmarks.advice.engine import Engine
from benchmarks.advice.observer import Observer
from benchmarks.advice.perfbot import Perfbot
from benchmarks.advice.pieces import Answer, Piece, Policy, Said
from benchmarks.advice.plain import Plain
from benchmarks.advice.score import NAMES, name_of
from benchmarks.advice.worlds.curves import Array, Ints
from benchmarks.advice.worlds.market import Market
from benchmarks.advice.worlds.table import Seen

STEP, PAYS = 0.2, 0.1
"""Budgets move by a fifth a day at most, and not for less than a tenth."""


class Quiet:
    """A policy that hears nothing."""

    def morning(self, _seen: Seen) -> Said:
        """Nothing is said."""
        return Said()

    def hear(self, answers: Sequence[Answer]) -> None:
        """Nothing is remembered."""


class Truth(Quiet):
    """Knows the margins and every fault; goes to the best split by a fifth of a budget a day."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self._best: Array | None = None

    def morning(self, seen: Seen) -> Said:
        """One piece a pool where it pays; names faults the day after they begin."""
        market = self.market
        self._best = market.best(self._best).spend
        running = market.spend(seen.budgets) > 0
        rows = [np.flatnonzero((seen.pools == pool) & running) for pool in np.unique(seen.pools)]
        plans = [self._plan(seen, mine) for mine in rows if len(mine) > 1]
        return Said([*(plan for plan in plans if plan), *self._faults(seen.day)])

    def _plan(self, seen: Seen, mine: Ints) -> Piece | None:
        """Toward the best split of what these campaigns spend, to the sum they have."""
        assert self._best is not None
        spend = self.market.spend(seen.budgets)[mine]
        goal = self._best[mine] * spend.sum() / max(self._best[mine].sum(), 1e-9)
        steps = np.clip(np.log(np.maximum(goal, 1e-9) / spend), np.log(1 - STEP), np.log(1 + STEP))
        steps[np.abs(np.log(np.maximum(goal, 1e-9) / spend)) < PAYS] = 0.0
        by = spend * np.expm1(steps)
        up, down = by[by > 0].sum(), -by[by < 0].sum()
        if min(up, down) <= 0:
            return None
        by *= np.where(by > 0, min(up, down) / up, min(up, down) / down)
        moved = {int(i): float(seen.budgets[i] + b) for i, b in zip(mine, by, strict=True) if b}
        name = f"truth:{seen.day}:{mine[0]}"
        return Piece(name, "shift_budget", tuple(moved), moved, sure=1.0)

    def _faults(self, day: int) -> list[Piece]:
        return [
            Piece(f"fault:{number}", min(NAMES[name_of(fault)]), fault.campaigns, sure=1.0)
            for number, fault in enumerate(self.market.faults.all)
            if fault.first < day <= fault.last
        ]


POLICIES: dict[str, Callable[[Market], Policy]] = {
    "nothing": lambda _market: Quiet(),
    "plain": lambda _market: Plain(),
    "perfbot": lambda _market: Perfbot(),
    "engine": Engine,
    "engine-average": lambda market: Engine(market, knows=("average",)),
    "engine-elasticity": lambda market: Engine(market, knows=("elasticity",)),
    "engine-both": lambda market: Engine(market, knows=("average", "elasticity")),
    "detectors": lambda _market: Detectors(),
    "observer": lambda market: Observer(market.priors),
    "truth": Truth,
}
