"""An observer that knows the family a market was drawn from, but of each campaign only the rows.

It is a bound to print beside a goal, not a design: it knows how far campaigns differ, how elastic
they are on average, how noisy days are, how fast campaigns drift and how late results come. What it
learns of each campaign it learns from the rows, by a Kalman filter over log efficiency and
elasticity, the pool's common movement taken out day by day. It acts on its posterior mean every
morning, by a fifth of a budget at most. Not knowing curves' shapes or which fault is which, it is
no strict bound; that nobody with less does better for long is what makes it one to hold against.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.advice.pieces import Answer, Piece, Said
from benchmarks.advice.plain import counted
from benchmarks.advice.worlds.curves import Array, Curves, Ints, S
from benchmarks.advice.worlds.priors import Priors
from benchmarks.advice.worlds.table import Seen

STEP, PAYS, BACK = 0.2, 0.05, 0.985
LEAST_DUE, STRANGE = 4.0, 3.5
"""Results due on a day without any that is left out; standard deviations that mean a break."""
OFTEN = 3
"""Days in a row beyond that before a break is believed."""


def _middle(span: Sequence[float]) -> float:
    return (span[0] + span[1]) / 2


class Mixture:
    """The family's curves mixed by their weights: what a campaign of unknown shape does."""

    def __init__(self, priors: Priors) -> None:
        self.weights = np.array(priors.shapes) / sum(priors.shapes)

    def __call__(self, ratio: Array, elasticity: Array) -> tuple[Array, Array]:
        """Log of results over the usual ones at `ratio` times the usual spend, and of the slope."""
        share, slope = np.zeros(len(ratio)), np.zeros(len(ratio))
        for shape, weight in enumerate(self.weights):
            if weight > 0:
                bend = np.where(shape == S, 1.7, np.maximum(0.75, elasticity + 0.05))
                curves = Curves.of(np.full(len(ratio), shape), elasticity, bend)
                share += weight * curves(ratio)
                slope += weight * curves.slope(ratio)
        return np.log(np.maximum(share, 1e-9)), np.log(np.maximum(slope, 1e-9))


@dataclass
class Belief:
    """What is believed of the campaigns: level and elasticity, with their covariance (n, 2, 2)."""

    mean: Array
    cov: Array
    strange: Array

    @classmethod
    def first(cls, many: int, priors: Priors) -> Belief:
        """Before any row: the level is unknown up to the pool's, the elasticity is the family's."""
        (low, high), spread = priors.elasticity
        variance = _middle(spread) ** 2 + (high - low) ** 2 / 12
        mean = np.tile([0.0, (low + high) / 2], (many, 1))
        cov = np.zeros((many, 2, 2))
        cov[:, 0, 0], cov[:, 1, 1] = _middle(priors.efficiency) ** 2, max(variance, 1e-6)
        return cls(mean, cov, np.zeros(many))

    def drift(self, step: float) -> None:
        """A day goes by: levels move a little."""
        self.cov[:, 0, 0] += step**2

    def learn(self, tilt: Array, surprise: Array, variance: Array, rows: Ints) -> None:
        """One day's rows: how the due result turns with elasticity, and its log over the due."""
        design = np.stack([np.ones(len(rows)), tilt[rows]], axis=1)
        cov = self.cov[rows]
        spread = np.einsum("ni,nij,nj->n", design, cov, design) + variance[rows]
        far = surprise[rows] / np.sqrt(spread)
        self.strange[rows] = np.where(np.abs(far) > STRANGE, self.strange[rows] + 1, 0)
        broken = self.strange[rows] >= OFTEN
        cov[broken, 0, 0] += 0.5
        spread = np.einsum("ni,nij,nj->n", design, cov, design) + variance[rows]
        gain = np.einsum("nij,nj->ni", cov, design) / spread[:, None]
        gain[(np.abs(far) > STRANGE) & ~broken] = 0.0  # once is chance, or a tag
        self.mean[rows] += gain * surprise[rows, None]
        self.mean[rows, 1] = np.clip(self.mean[rows, 1], 0.05, 0.95)
        self.cov[rows] = cov - np.einsum("ni,nj,njk->nik", gain, design, cov)


class Observer:
    """The filter, and what it does with it."""

    def __init__(self, priors: Priors) -> None:
        self.priors, self.day = priors, 0
        self.belief: Belief | None = None
        self.pool_level: Array = np.zeros(0)
        self.delay = _middle(priors.lag[0])
        self.wait = min(int(np.ceil(2.2 * self.delay)), 12) if self.delay > 0.5 else 0
        shared = _middle(priors.weekday) ** 2 + _middle(priors.common) ** 2
        self.common = 1 / (shared + _middle(priors.market) ** 2 + 1e-3)
        self.mixture = Mixture(priors)
        self.gain = priors.efficiency[1] > 0 and not priors.level

    def morning(self, seen: Seen) -> Said:
        """Learns every day that is ripe, then goes to where the posterior mean would be best."""
        if not self.gain:
            return Said()
        days = self._days(seen)
        many = len(seen.budgets)
        if self.belief is None:
            self.belief = Belief.first(many, self.priors)
            self.pool_level = np.zeros(many)
            self._begin(days, seen)
        for day in range(self.day, max(self.day, seen.day - self.wait)):
            self._learn(days, day, seen)
        self.day = max(self.day, seen.day - self.wait)
        rows = [np.flatnonzero(seen.pools == pool) for pool in np.unique(seen.pools)]
        plans = [self._plan(seen, days, mine) for mine in rows]
        return Said([plan for plan in plans if plan], margins=self._margins(seen))

    def hear(self, answers: Sequence[Answer]) -> None:
        """It reads budgets from the rows."""

    # -- rows -----------------------------------------------------------------------------
    def _days(self, seen: Seen) -> dict[str, Array]:
        """Days x campaigns: spend, results, and what they are worth."""
        results, worth = counted(seen)
        return {"spend": seen.grid("spend"), "count": results, "worth": worth}

    def _begin(self, days: dict[str, Array], seen: Seen) -> None:
        """The first usual spend, and each pool's own level."""
        with np.errstate(invalid="ignore", divide="ignore"):
            rate = np.nansum(days["worth"], axis=0) / np.nansum(days["spend"], axis=0)
        for pool in np.unique(seen.pools):
            mine = seen.pools == pool
            good = mine & np.isfinite(rate) & (rate > 0)
            self.pool_level[mine] = np.mean(np.log(rate[good])) if good.any() else 0.0

    def _learn(self, days: dict[str, Array], day: int, seen: Seen) -> None:
        assert self.belief is not None
        self.belief.drift(_middle(self.priors.drift))
        spend, count, worth = (days[name][day] for name in ("spend", "count", "worth"))
        age = max(seen.day - 1 - day, self.wait)
        full = np.where(count < 500, self._full(age), 1.0)
        ratio = np.nan_to_num(np.maximum(spend, 1e-9) / seen.first, nan=1.0)
        level, bend = self.belief.mean.T
        share = self.mixture(ratio, bend)[0]
        tilt = (self.mixture(ratio, np.minimum(bend + 0.02, 0.97))[0] - share) / 0.02
        with np.errstate(invalid="ignore", divide="ignore"):
            due = seen.first * np.exp(self.pool_level + level + share) * full
            each = np.where(count > 0, worth / count, seen.worth)
            expected = due / each
            surprise = (count - expected) / expected
            noise = _middle(self.priors.dispersion) / np.maximum(expected, 0.2)
        variance = noise + _middle(self.priors.wobble) ** 2 + 0.03**2
        known = np.isfinite(surprise) & (spend > 0.05 * seen.first)
        known &= ~((count == 0) & (expected > LEAST_DUE))
        surprise = np.clip(np.where(known, surprise, 0.0), -0.95, 3.0)
        for pool in np.unique(seen.pools):
            rows = np.flatnonzero(known & (seen.pools == pool))
            if not len(rows):
                continue
            weight = 1 / (variance[rows] + self.belief.cov[rows, 0, 0])
            common = float(np.median(surprise[rows])) if len(rows) > 4 else 0.0
            close = np.abs(surprise[rows] - common) < 3 / np.sqrt(weight)
            total = float(weight[close] @ surprise[rows][close])
            self.belief.learn(
                tilt, surprise - total / (weight[close].sum() + self.common), variance, rows
            )

    def _full(self, age: int) -> float:
        return float(1 - np.exp(-(((age + 0.7) / max(self.delay, 1e-3)) ** 0.9)))

    # -- budgets --------------------------------------------------------------------------
    def _margins(self, seen: Seen) -> Array:
        """What the next unit of money buys, as it believes."""
        assert self.belief is not None
        level, bend = self.belief.mean.T
        slope = self.mixture(seen.budgets / seen.first, bend)[1]
        return np.asarray(np.exp(self.pool_level + level + slope))

    def _plan(self, seen: Seen, days: dict[str, Array], mine: Ints) -> Piece | None:
        """Toward equal margins, to the smallest unit of what they spend together."""
        assert self.belief is not None
        budgets, spent = seen.budgets[mine], np.nan_to_num(days["spend"][-7:, mine])
        runs = spent[-3:].max(axis=0) > 0
        used = spent.max(axis=0) > 0.85 * budgets
        if runs.sum() < 2:
            return None
        log, bend = np.log(self._margins(seen)[mine]), self.belief.mean[mine, 1]
        price = float(np.average(log[runs], weights=budgets[runs]))
        step = np.clip((log - price) / (1 - bend), np.log(1 - STEP), np.log(1 + STEP))
        step = np.where(runs & (np.abs(log - price) > PAYS), step, 0.0)
        step = np.where(used | (step < 0), step, 0.0)
        step = np.where(budgets * np.exp(step) < STEP * seen.first[mine], 0.0, step)
        by = budgets * np.expm1(step)
        up, down = by[by > 0].sum(), -by[by < 0].sum()
        if min(up, down) <= 0:
            return None
        by *= np.where(by > 0, min(up, down) / up, min(up, down) / down)
        moved = {int(i): float(seen.budgets[i] + b) for i, b in zip(mine, by, strict=True) if b}
        return Piece(f"observer:{seen.day}:{mine[0]}", "shift_budget", tuple(moved), moved)
