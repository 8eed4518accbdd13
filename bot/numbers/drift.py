"""What changes at a step: breaks in the cost of a result, budget changes."""

from __future__ import annotations

import numpy as np

from bot.numbers.scene import HORIZON, Scene
from bot.numbers.sums import Floats, carried, divided, newest_place

_SPLITS = range(3, 15)
_WORSE, _BETTER = 0.55, 1.55
_BASE_DAYS = 28
_WIDENING = 1.25


def breaks(scene: Scene) -> tuple[Floats, Floats]:
    """How surely a result suddenly costs more (or less) than it used to.

    The highest of [k ln c - mu (c - 1)] / (1.25 phi) over splits of 3 to 14 days: k results since
    the split, mu = spend since x completion x results for each unit spent in the 28 days before,
    c = 0.55 (costs nearly double) or 1.55; phi = overdispersion of those 28 days, at least 1.
    Over 6 is a break. Source: STATISTICS.md, "The design", 11.

    Returns:
        `cost_break` and `cost_relief`; 0 where nothing speaks for one, NaN without spend or with
        fewer than 5 results before every split.
    """
    paid = ~np.isnan(scene.results) & ~np.isnan(scene.column("spend"))
    found = np.where(paid, scene.results, 0.0)
    spent = np.where(paid, scene.column("spend"), 0.0) * scene.complete
    tried = [_split(scene, found, spent, days) for days in _SPLITS]
    worse, better = (np.stack(part) for part in zip(*tried, strict=True))
    return _highest(worse), _highest(better)


def _split(scene: Scene, found: Floats, spent: Floats, days: int) -> tuple[Floats, Floats]:
    base_found = scene.last(found, _BASE_DAYS, skip=days)
    base_spent = scene.last(spent, _BASE_DAYS, skip=days)
    total = base_found.sum(axis=1)
    rate = divided(total, base_spent.sum(axis=1))
    mu = scene.last(spent, days).sum(axis=1) * np.where(total >= 5, rate, np.nan)
    phi = _overdispersion(base_found, base_spent * np.nan_to_num(rate)[:, None])
    k = scene.last(found, days).sum(axis=1)
    worse, better = ((k * np.log(c) - mu * (c - 1)) / (_WIDENING * phi) for c in (_WORSE, _BETTER))
    return worse, better


def _overdispersion(found: Floats, expected: Floats) -> Floats:
    """Mean squared Pearson residual of daily counts, at least 1."""
    residual = divided((found - expected) ** 2, expected)
    days = np.count_nonzero(~np.isnan(residual), axis=1)
    return np.fmax(divided(np.nansum(residual, axis=1), days - 1.0), 1.0)


def _highest(values: Floats) -> Floats:
    known = ~np.isnan(values).all(axis=0)
    return np.where(known, np.max(np.nan_to_num(values, nan=0.0), axis=0, initial=0.0), np.nan)


def budget_change(scene: Scene) -> tuple[Floats, Floats, Floats]:
    """The last change of the daily budget by more than half a per cent in the last 91 days.

    Returns:
        `days_since_budget_change`: mornings since the first day with the new budget (1: it ran for
        one day); `budget_change`: new over old, less 1; `results_since_change`. NaN where no change
        was seen.
    """
    budgets = carried(scene.column("daily_budget"))
    ratio = divided(budgets[:, 1:], budgets[:, :-1])
    moved = np.abs(ratio - 1) > 0.005
    last = newest_place(moved)
    seen = last >= 0
    each = np.arange(scene.count)
    since = np.arange(HORIZON)[None, :] > last[:, None]
    counted = np.where(since & ~np.isnan(scene.results), scene.results, 0.0).sum(axis=1)
    return (
        np.where(seen, HORIZON - 1.0 - last, np.nan),
        np.where(seen, ratio[each, last] - 1, np.nan),
        np.where(seen, counted, np.nan),
    )


def recent_results(scene: Scene) -> Floats:
    """Results of the last 14 days, in what the stage and the pricing model count."""
    found = scene.last(scene.results, 14)
    return np.where(np.isnan(found).all(axis=1), np.nan, np.nansum(found, axis=1))


def age_days(scene: Scene) -> Floats:
    """Mornings since the first day with a row, 91 at most."""
    rows = scene.history.rows
    first = np.where(rows.any(axis=1), np.argmax(rows, axis=1), HORIZON)
    return np.where(first < HORIZON, HORIZON - first, np.nan).astype(np.float64)
