"""Each campaign's rate and elasticity followed day by day: a quasi-Poisson state-space filter.

log mu_t = level_t + b_t (log spend_t - usual_t) + log share_t. When the usual spend moves by D
(a budget change), level gains b D; level wanders by `drift` a day; b wanders by `bend` |D|, so that
the slope is that of the curve where the budget is now, not of a chord across all it has been (an
S-curve bends). Each day is one linear-Bayes step (West, Harrison & Migon 1985) with the count's
quasi-Poisson variance phi mu. Evaluated in our own simulation; STATISTICS.md items 4, 5, 7 and 12.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bot.advice.response.baseline import Baseline
from bot.advice.response.settings import ResponseSettings
from bot.numbers.metrics.sums import Floats

VAGUE = 4.0
"""Prior variance of a campaign's own elasticity here; the pool's knowledge is added later."""
LEVEL_VARIANCE = 1.0
CLIP = 3.5  # a day's residual counts as at most so many standard deviations
PILED = 8.0  # the sum of residuals, each day 0.9 of what it was, that tells a jump
FIRST_DAYS = 21
LONG_AGO = 999.0


@dataclass(frozen=True, eq=False)
class FilterState:
    """What is known of each campaign at the end of a day: one value a campaign.

    Attributes:
        level: Log results a day at the usual spend.
        slope: Its own elasticity there, with a vague prior only.
        level_var, cross, slope_var: Their covariance.
        usual: Log of the usual spend the level is about.
        anchor: Log of the usual spend when the campaign was first seen.
        piled: Residuals piled up, in standard deviations.
        calm: Days since they last told a jump.
    """

    level: Floats
    slope: Floats
    level_var: Floats
    cross: Floats
    slope_var: Floats
    usual: Floats
    anchor: Floats
    piled: Floats
    calm: Floats


@dataclass(frozen=True, eq=False)
class FilterDay:
    """One day of all campaigns."""

    used: Floats
    counted: Floats
    usual: Floats
    strays: Floats
    says: Floats
    share: Floats
    anew: Floats


def start(baseline: Baseline, settings: ResponseSettings) -> FilterState:
    """Before the first day: the rate of the first three weeks, loosely held."""
    early = baseline.used & (np.cumsum(baseline.used, axis=1) <= FIRST_DAYS)
    exposed = np.where(
        early, np.exp(settings.elasticity[0] * baseline.strays) * baseline.share, 0.0
    )
    k = np.where(early, baseline.counted, 0.0).sum(axis=1)
    size = len(k)
    zero = np.zeros(size)
    level = np.log(k + 0.5) - np.log(exposed.sum(axis=1) + 0.5)
    first_usual = baseline.usual[:, 0]
    return FilterState(
        level, np.full(size, settings.elasticity[0]), np.full(size, LEVEL_VARIANCE), zero,
        np.full(size, VAGUE), first_usual, first_usual, zero, np.full(size, LONG_AGO),
    )  # fmt: skip


def follow(
    baseline: Baseline,
    state: FilterState,
    settings: ResponseSettings,
    since: int = 0,
    until: int | None = None,
) -> FilterState:
    """The state after the days from place `since` up to, not including, `until`."""
    says = np.where(np.abs(baseline.strays) > settings.passive, baseline.strays, 0.0)
    arrays = (
        baseline.used,
        baseline.counted,
        baseline.usual,
        baseline.strays,
        says,
        baseline.share,
        baseline.anew,
    )
    days = (values[:, since:until].T for values in arrays)
    for day_values in zip(
        *(np.ascontiguousarray(part, dtype=np.float64) for part in days), strict=True
    ):
        day = FilterDay(*day_values)
        state = _broken(_moved(state, day.usual, settings), day, settings)
        state = _read(state, day, baseline.dispersion, settings)
    return state


def _broken(state: FilterState, day: FilterDay, settings: ResponseSettings) -> FilterState:
    """Where a rate broke its level is open again; what budgets taught about slopes stays."""
    if not day.anew.any():
        return state
    opened = state.level_var + day.anew * settings.broken**2
    return replace(state, level_var=opened, piled=np.where(day.anew > 0, 0.0, state.piled))


def _moved(state: FilterState, usual: Floats, settings: ResponseSettings) -> FilterState:
    """A night later: rates drift, and where the usual spend moved, along the curve."""
    level_var = state.level_var + settings.drift**2
    slope_var = state.slope_var + settings.forget**2
    by = usual - state.usual
    if not by.any():
        return replace(state, level_var=level_var, slope_var=slope_var)
    bent = (settings.bend * by) ** 2
    falls = settings.saturates[0] * np.clip(state.slope * (1 - state.slope), 0.0, 0.25) * by
    return FilterState(
        level=state.level + (state.slope - falls / 2) * by,
        slope=state.slope - falls,
        level_var=level_var + 2 * by * state.cross + by**2 * slope_var + bent * by**2 / 3,
        cross=state.cross + by * slope_var + bent * by / 2,
        slope_var=slope_var + bent,
        usual=usual,
        anchor=state.anchor,
        piled=state.piled,
        calm=state.calm,
    )


def _read(
    state: FilterState, day: FilterDay, dispersion: Floats, settings: ResponseSettings
) -> FilterState:
    """Bayes' rule for one day's count, linear in log rate; odd days weigh less."""
    expected = np.exp(state.level + state.slope * day.strays) * day.share + 1e-12
    to_level = state.level_var + state.cross * day.says
    to_slope = state.cross + state.slope_var * day.says
    curved = (settings.bend * day.strays**2) ** 2 / 4
    variance = to_level + to_slope * day.says + dispersion / expected + curved
    spread = np.sqrt(variance)
    off = (day.counted - expected) / expected / spread
    off = np.minimum(np.maximum(off, -CLIP), CLIP) * day.used
    precision = day.used / variance
    by_level, by_slope, error = to_level * precision, to_slope * precision, off * spread
    piled = np.where(day.used > 0, 0.9 * state.piled + off, state.piled)
    jumped = np.abs(piled) > PILED
    return FilterState(
        level=state.level + by_level * error,
        slope=state.slope + by_slope * error,
        level_var=state.level_var - by_level * to_level + jumped * settings.jump**2,
        cross=state.cross - by_level * to_slope,
        slope_var=state.slope_var - by_slope * to_slope,
        usual=state.usual,
        anchor=state.anchor,
        piled=np.where(jumped, 0.0, piled),
        calm=np.where(jumped, 0.0, state.calm + 1.0),
    )


def own_answer(
    baseline: Baseline, state: FilterState, settings: ResponseSettings, doubt: float | Floats
) -> tuple[Floats, Floats]:
    """Each campaign's elasticity by its own days alone, and how surely (1 / variance).

    A level that moves by itself (an ad renewed, an auction) while a budget does looks like an
    answer: by `doubt`, in logs, over how far the budget ever moved.
    """
    known = np.maximum(1 / state.slope_var - 1 / VAGUE, 1e-4)
    own = (state.slope / state.slope_var - settings.elasticity[0] / VAGUE) / known
    moved = np.maximum(np.ptp(baseline.usual, axis=1), np.abs(state.usual - state.anchor))
    looks = (doubt / np.maximum(moved, 1e-3)) ** 2
    return own, np.maximum(1 / (1 / known + looks), 1e-4)
