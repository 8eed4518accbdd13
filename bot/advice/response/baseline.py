"""What stands around a campaign's rate: usual spend, silent days, the market's days, scatter.

From what detectors say of campaigns to the days the engine leaves out, and where it starts anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from bot.advice.response.panel import Panel
from bot.advice.response.settings import ResponseSettings
from bot.numbers.metrics.sums import Bools, Floats, Ints
from bot.numbers.signals.history_panel import HistoryPanel
from bot.numbers.signals.overdispersion import medians, shrunk

HALF_LIFE = 10.0  # days, to either side, of the local rate that days are held against
RECENT = 7.0  # days, half-life of the share of a budget that is used
POOLED_DAYS = 7.0  # days of the pool's scatter mixed into a campaign's own (item 5)
WEEKDAY_COUNTS = 100.0
OWN_WANDER = 0.15  # standard deviation, in logs, by which a campaign moves by itself in weeks
STANDS = 2.0  # campaigns that are taken to stand still in every pool
_ROUNDS = 2


@dataclass(frozen=True, eq=False)
class Baseline:
    """What the response is read against; campaign x day unless said otherwise.

    Attributes:
        used: Days that are read.
        counted: Results, 0 on days that are not.
        usual: Log of the spend a day that the budget of the day usually brings.
        strays: Log spend less `usual`, 0 on days not read.
        share: Completion x the market's factor of the day in this pool.
        market: How far the others of its pool stood from where they stand on the last day, in logs:
            what moves all of them is no answer to a budget.
        dispersion: Variance over mean of daily results, a campaign; at least 1.
        anew: The first day of a new rate (`Panel.broken`).
    """

    used: Bools
    counted: Floats
    usual: Floats
    strays: Floats
    share: Floats
    market: Floats
    dispersion: Floats
    anew: Bools


def steady(panel: Panel, settings: ResponseSettings) -> Baseline:
    """Read a panel.

    Expected results of a day are rate(t) x spend^b x completion x day factor. The day factor of a
    pool is (k + c w) / (mu + c), k and mu counted in effective results (over phi) of its campaigns
    (none weighing over three times the median), w its weekday's own factor, c `day_counts`
    (STATISTICS.md items 3 and 5).
    """
    used = _readable(panel, settings)
    usual = _usual(panel, used)
    logs = np.log(np.where(used, panel.spend, 1.0))
    exposed = np.exp(settings.elasticity[0] * (logs - usual[:, -1:])) * panel.complete
    used &= ~_silent(np.where(used, panel.results, np.nan), exposed, settings.silence)
    counted = np.where(used, panel.results, 0.0)
    exposed = np.where(used, exposed, 0.0)
    day = np.ones_like(exposed)
    dispersion = np.ones(panel.count)
    for _ in range(_ROUNDS):
        total = _around(counted)
        expected = _over(total, _around(exposed * day)) * exposed * day
        dispersion = _dispersion(panel, counted, expected, total)
        day = _days(panel, counted, expected / day, dispersion, settings.day_counts)
    strays = np.where(used, logs - usual, 0.0)
    market = _market(panel, counted, exposed * day, dispersion)
    share = panel.complete * day * np.exp(market)
    return Baseline(used, counted, usual, strays, share, market, dispersion, panel.anew)


def _market(panel: Panel, counted: Floats, exposed: Floats, dispersion: Floats) -> Floats:
    """Where the market stood, in logs against the last day, as the pool's other campaigns show it.

    Day by day the others' local rates (budgets taken out, weeks smoothed) move on average so far;
    each weighs by how well it is known, and `STANDS` campaigns that stand still weigh beside them,
    so that one or two others say little. A campaign's own movement never counts for itself.
    """
    total = _around(counted)
    rate = np.log((total + 0.5) / (_around(exposed) + 0.5))
    known = 1 / (dispersion[:, None] / (total + 0.5) + OWN_WANDER**2)
    weight = np.minimum(known[:, 1:], known[:, :-1])
    pool, size = panel.pool, len(panel.pools)
    moves, weights = (_pooled(part, pool, size)[pool] for part in (weight * np.diff(rate), weight))
    still = STANDS / OWN_WANDER**2
    others = (moves - weight * np.diff(rate)) / (weights - weight + still)
    market = np.zeros(rate.shape)
    market[:, :-1] = -np.cumsum(others[:, ::-1], axis=1)[:, ::-1]
    return market


def _readable(panel: Panel, settings: ResponseSettings) -> Bools:
    measured = ~np.isnan(panel.spend) & ~np.isnan(panel.results)
    return measured & (np.nan_to_num(panel.spend) > 0) & (panel.complete >= settings.least_complete)


def _usual(panel: Panel, used: Bools) -> Floats:
    """Log usual spend: the budget of the day x the share of it that is used these weeks.

    Where no budget was ever told, the median of the week's spend ("about").
    """
    budget_known = ~np.isnan(panel.budget) & (np.nan_to_num(panel.budget) > 0)
    budgets = np.log(_carried(np.where(budget_known, panel.budget, np.nan), 1.0))
    budget_used = budget_known & used
    weights = 0.5 ** (np.arange(panel.days)[::-1] / RECENT)
    spent = (np.where(budget_used, panel.spend, 0.0) * weights).sum(axis=1)
    could = (np.where(budget_used, panel.budget, 0.0) * weights).sum(axis=1)
    share = np.log(np.clip(np.where(could > 0, _over(spent, could), 1.0), 0.3, 1.2))
    any_told = budget_known.max(axis=1, keepdims=True)
    return np.where(any_told, budgets + share[:, None], _middling(panel, used))


def _middling(panel: Panel, used: Bools) -> Floats:
    """Log of the median spend of the last 7 days read."""
    untold = np.isnan(panel.budget).all(axis=1)
    out = np.zeros(panel.spend.shape)
    if not untold.any():
        return out
    spend = _carried(np.where(used, panel.spend, np.nan)[untold], 1.0)
    wide = np.concatenate([np.repeat(spend[:, :1], 6, axis=1), spend], axis=1)
    out[untold] = np.log(np.median(sliding_window_view(wide, 7, axis=1), axis=2))
    return out


def _carried(values: Floats, otherwise: float) -> Floats:
    """The newest value so far, before the first one that one; `otherwise` where there is none."""
    present = ~np.isnan(values)
    days = np.arange(values.shape[1])[None, :]
    newest = np.maximum.accumulate(np.where(present, days, -1), axis=1)
    first_place = np.argmax(present, axis=1)[:, None]
    carried_values = np.take_along_axis(values, np.where(newest < 0, first_place, newest), axis=1)
    return np.where(present.max(axis=1, keepdims=True), carried_values, otherwise)


def _silent(results: Floats, exposed: Floats, most: float) -> Bools:
    """Days in runs of zero results in which more than `most` were expected (items 10 and 11)."""
    zero, unknown = np.asarray(results == 0), np.isnan(results)
    if not zero.any():
        return zero
    rate = _over(np.nansum(results, axis=1), np.where(unknown, 0.0, exposed).sum(axis=1))
    foretold = np.where(zero, rate[:, None] * exposed, 0.0)
    forward = _running(foretold, zero, unknown)
    backward = _running(foretold[:, ::-1], zero[:, ::-1], unknown[:, ::-1])[:, ::-1]
    return np.asarray(zero & (forward + backward - foretold > most), dtype=np.bool_)


def _running(values: Floats, inside: Bools, through: Bools) -> Floats:
    """The sum of the run so far; days that are not known do not end a run."""
    columns, goes_on = np.ascontiguousarray(values.T), np.ascontiguousarray((inside | through).T)
    out = np.empty_like(columns)
    total = np.zeros(len(values))
    for day, value in enumerate(columns):
        total = np.where(goes_on[day], total + value, 0.0)
        out[day] = total
    return out.T


def _around(values: Floats) -> Floats:
    """Sums weighed by 0.5 ** (distance in days / HALF_LIFE), to both sides."""
    stays = 0.5 ** (1 / HALF_LIFE)
    columns = np.ascontiguousarray(values.T)
    before, after = np.empty_like(columns), np.empty_like(columns)
    total = np.zeros(columns.shape[1])
    for day in range(len(columns)):
        total = total * stays + columns[day]
        before[day] = total
    total = np.zeros(columns.shape[1])
    for day in reversed(range(len(columns))):
        total = total * stays + columns[day]
        after[day] = total
    return np.ascontiguousarray((before + after - columns).T)


def _dispersion(panel: Panel, counted: Floats, expected: Floats, total: Floats) -> Floats:
    """phi: mean squared Pearson residual, its own days against the pool's median (item 5)."""
    read = expected > 0.05
    leverage = np.clip(_over(expected, total), 0.0, 0.5)
    squared = np.where(read, _over((counted - expected) ** 2, expected) / (1 - leverage), 0.0)
    days = np.maximum(read.sum(axis=1), 1.0)
    campaign_phi = squared.sum(axis=1) / days
    usual = medians(campaign_phi, panel.pool, len(panel.pools))[panel.pool]
    return shrunk(campaign_phi, days, usual, POOLED_DAYS)


def _days(
    panel: Panel, counted: Floats, expected: Floats, dispersion: Floats, pseudo: float
) -> Floats:
    """The market's factor of each day in the campaign's pool; 1 on average over the days."""
    size, pool = len(panel.pools), panel.pool
    weight = (expected / dispersion[:, None]).sum(axis=1)
    most = 3 * medians(weight, pool, size)[pool]
    weighs = (np.minimum(1.0, _over(most, weight)) / dispersion)[:, None]
    k, mu = (_pooled(values * weighs, pool, size) for values in (counted, expected))
    factors = (k + pseudo * _weekdays(k, mu, panel.weekday)) / (mu + pseudo)
    factors = np.clip(factors, 0.4, 2.5)
    factors /= np.exp(np.log(factors).mean(axis=1, keepdims=True))
    spread: Floats = factors[pool]
    return spread


def _pooled(values: Floats, pool: Ints, size: int) -> Floats:
    columns = np.ascontiguousarray(values.T)
    days = [np.bincount(pool, weights=day, minlength=size) for day in columns]
    return np.array(days, dtype=np.float64).reshape(len(columns), size).T.copy()


def _weekdays(k: Floats, mu: Floats, weekday: Ints) -> Floats:
    """Each day's weekday factor, shrunk to 1 (STATISTICS.md item 3)."""
    is_day = (weekday[:, None] == np.arange(7)[None, :]).astype(np.float64)
    factors = (k @ is_day + WEEKDAY_COUNTS) / (mu @ is_day + WEEKDAY_COUNTS)
    return np.asarray(factors[:, weekday], dtype=np.float64)


def _over(above: Floats, below: Floats) -> Floats:
    return np.asarray(above / np.maximum(below, 1e-9), dtype=np.float64)


Span: TypeAlias = tuple[date, date]


def masks(scene: HistoryPanel, untrusted: Bools) -> dict[str, tuple[Span, ...]]:
    """Runs of untrusted days as spans (both ends inclusive), by entity; none for a clean campaign.

    Args:
        scene: Of the morning.
        untrusted: campaign x day over its days, `untrusted_days(scene)` of signals.trouble.
    """
    first_day = scene.as_of - timedelta(untrusted.shape[1])
    edges = np.diff(np.pad(untrusted.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    spans_by_entity: dict[str, tuple[Span, ...]] = {}
    for row in np.flatnonzero(untrusted.any(axis=1)).tolist():
        starts, ends = (np.flatnonzero(edges[row] == side).tolist() for side in (1, -1))
        spans_by_entity[scene.history.entities[row]] = tuple(
            (first_day + timedelta(start), first_day + timedelta(end - 1))
            for start, end in zip(starts, ends, strict=True)
        )
    return spans_by_entity


def breaks(scene: HistoryPanel, since: Floats) -> dict[str, date]:
    """The first day after its rate broke, by entity.

    Args:
        scene: Of the morning.
        since: Days since the break, NaN without one, `break_since(scene)` of signals.trouble.
    """
    return {
        scene.history.entities[row]: scene.as_of - timedelta(int(since[row]))
        for row in np.flatnonzero(~np.isnan(since)).tolist()
    }
