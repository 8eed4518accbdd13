"""Has a rate changed at a step, when, and to what: likelihood ratios over the days it may be.

What changes at a step: breaks in the cost of a result, budget changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from bot.numbers.metrics.sums import Floats, Ints, carried, divided, filled, newest_place, pieces
from bot.numbers.signals.history_panel import HORIZON, FunnelStep, HistoryPanel

SPLITS = np.arange(14, 1, -1)
LEAST_BEFORE = 8.0  # results that the rate before must rest on
HALF_LIFE = 30.0  # days; rates drift, so that what is long past says less of yesterday
DRIFT = 0.14  # standard deviation of a sound campaign's log rate between then and now
DATED = 1.0
"""Nats from which it is worked out when a step may have begun."""
TAIL = 0.05
"""Left out at either end of the days on which a step may have begun."""
Asked = tuple[FunnelStep, float]


@dataclass(frozen=True, eq=False)
class RateStep:
    """The likeliest step of each campaign's rate, one value a campaign.

    Attributes:
        nats: Log likelihood ratio for a step against none; 0 where nothing speaks for one, NaN
            where too little is known.
        since: Days since it, as the split that fits best.
        change: The rate after over the rate before.
        least, most: Days between which it began, nine to one, where there was one; `since` where
            next to nothing speaks for it.
    """

    nats: Floats
    since: Floats
    change: Floats
    least: Floats
    most: Floats


@dataclass(frozen=True, eq=False)
class _Sides:
    """Results k and exposure m since each split, and the rate before it: splits x rows.

    `unsure` is the relative variance of that rate; NaN where it is not known.
    """

    k: Floats
    m: Floats
    rate: Floats
    unsure: Floats

    def of(self, rows: Ints) -> _Sides:
        """The same of some rows."""
        return _Sides(self.k[:, rows], self.m[:, rows], self.rate[:, rows], self.unsure[:, rows])


def scan(step: FunnelStep, factor: float) -> RateStep:
    """The likeliest step of a rate to `factor` times what it was, over splits of 2 to 14 days.

    k results since the split are negative binomial with mean mu = rate x exposure and variance
    phi' mu; after a step all of it is scaled by c. With b = phi' - 1

        ln LR = (mu / b + k) ln((1 + b) / (1 + c b)) + k ln c

    phi' = phi + mu (v + 0.14^2) holds what is not known: the campaign's own overdispersion phi, the
    relative variance v of its rate, and what rates of sound campaigns drift by, so that thousands
    of results do not make a break of what is only a slow move. The rate weighs days by half in 30;
    the step must hold against all that is known before as well, so that a return to what once was
    is not taken for news.

    The mean of LR over the splits counts, not the highest: a mean of likelihood ratios is one
    itself, so that looking at thirteen days where it may have begun is paid for, and days that
    agree add up. Source: STATISTICS.md, "The design", 11; Shiryaev (1963) and Roberts (1966) for
    the mean, the negative binomial for phi instead of a Poisson ratio over phi.
    """
    return scans(((step, factor),))[0]


def scans(step_factors: Sequence[Asked]) -> tuple[RateStep, ...]:
    """`scan` of several steps of the same campaigns at once: a small scan is mostly calls."""
    parts = len(fields(RateStep))
    shifts = np.full((parts, len(step_factors), len(step_factors[0][0].phi)), np.nan)
    exposed_places = [place for place, (step, _) in enumerate(step_factors) if step.exposure.any()]
    for part in pieces(shifts.shape[2], len(exposed_places)) if exposed_places else ():
        exposed = [step_factors[place] for place in exposed_places]
        shifts[:, exposed_places, part] = _scanned(exposed, part).reshape(
            parts, len(exposed_places), -1
        )
    return tuple(RateStep(*shifts[:, place]) for place in range(len(step_factors)))


def _scanned(step_factors: Sequence[Asked], part: slice) -> Floats:
    """What a `RateStep` holds, of some campaigns, fields x (steps x campaigns)."""
    counts = np.concatenate([step.count[part] for step, _ in step_factors])
    exposures = np.concatenate([step.exposure[part] for step, _ in step_factors])
    phi = np.concatenate([step.phi[part] for step, _ in step_factors])
    factors = np.repeat(
        [factor for _, factor in step_factors], len(phi) // max(len(step_factors), 1)
    )
    recent, ever = _sides(counts, exposures, phi)
    nats = np.minimum(_ratio(recent, phi, factors), _ratio(ever, phi, factors))
    best, row_places = np.argmax(filled(nats, -np.inf), axis=0), np.arange(len(phi))
    change = divided(divided(recent.k, recent.m)[best, row_places], recent.rate[best, row_places])
    mean_nats = _mean(nats)
    days = np.stack([SPLITS[best].astype(np.float64)] * 3)
    likely = np.flatnonzero(mean_nats > DATED)
    if likely.size:
        days[1:, likely] = _began(recent.of(likely), ever.of(likely), phi[likely], best[likely])
    days[:, np.isnan(mean_nats)] = np.nan
    return np.stack([mean_nats, days[0], change, *days[1:]])


def _began(recent: _Sides, ever: _Sides, phi: Floats, best: Ints) -> Floats:
    """Least and most days since the step, nine to one, given that there was one.

    The splits' likelihoods as weights, two rates each: (k1 ln(k1/m1) + k2 ln(k2/m2)) / phi; what a
    sound rate drifts by says nothing of the day. A twentieth is left out at either end.
    """
    before, after = phi / ever.unsure, divided(recent.k, recent.m)
    logs = (np.log(np.where(rate > 0, rate, 1.0)) for rate in (ever.rate, after))
    fits = sum(k * log for k, log in zip((before, recent.k), logs, strict=True)) / phi
    fits = filled(fits, -np.inf)
    weights = np.cumsum(np.exp(fits - fits.max(axis=0)), axis=0)
    least, most = (np.argmax(weights >= edge * weights[-1], axis=0) for edge in (1 - TAIL, TAIL))
    places = np.stack([np.maximum(least, best), np.minimum(most, best)])
    days: Floats = SPLITS[places].astype(np.float64)
    return days


def _sides(counts: Floats, exposures: Floats, phi: Floats) -> tuple[_Sides, _Sides]:
    """Against what the days before tell, the recent ones weighing more, and against all of them.

    A rate that is no surer than one from 8 equal results is not known.
    """
    weights = np.exp2(np.arange(HORIZON) / HALF_LIFE)
    (plain, recent_counts), (exposed, recent_exposures) = map(_parted, (counts, exposures))
    weighed, _ = _parted(counts * weights)
    effort, _ = _parted(exposures * weights)
    results = divided(weighed * effort, _parted(exposures * weights**2)[0])
    enough = (results >= LEAST_BEFORE) & (recent_exposures > 0)
    rate = np.where(enough, divided(weighed, effort), np.nan)
    ever = np.where(enough, divided(plain, exposed), np.nan)
    unsure, never = (
        phi * divided(np.ones_like(known_results), known_results)
        for known_results in (results, plain)
    )
    return _Sides(recent_counts, recent_exposures, rate, unsure), _Sides(
        recent_counts, recent_exposures, ever, never
    )


def _parted(values: Floats) -> tuple[Floats, Floats]:
    """Sums of the days before each split and of those since, splits x rows."""
    first_split = HORIZON - int(SPLITS[0])
    sums = np.empty((HORIZON - first_split + 1, len(values)))
    sums[0] = values[:, :first_split].sum(axis=1)
    for place, day in enumerate(values[:, first_split:].T, 1):
        np.add(sums[place - 1], day, out=sums[place])
    before = sums[: len(SPLITS)]
    return before, sums[-1] - before


def _ratio(sides: _Sides, phi: Floats, factors: Floats) -> Floats:
    """Log LR of `scan`, splits x rows; NaN where too little is known."""
    mu = sides.rate * sides.m
    extra = np.maximum(phi + mu * (sides.unsure + DRIFT**2) - 1.0, 1e-6)
    scaled = np.log((1.0 + extra) / (1.0 + factors * extra))
    return np.asarray((mu / extra + sides.k) * scaled + sides.k * np.log(factors))


def _mean(nats: Floats) -> Floats:
    """The log of the mean of exp(nats) over the splits known, at least 0; NaN without any."""
    nats_known = ~np.isnan(nats)
    most = np.where(nats_known, nats, -np.inf).max(axis=0)
    top = np.where(np.isfinite(most), most, 0.0)
    total = np.where(nats_known, np.exp(nats - top), 0.0).sum(axis=0)
    mean = np.log(divided(total, nats_known.sum(axis=0).astype(np.float64)))
    return np.asarray(np.fmax(mean + top, 0.0) + np.where(nats_known.any(axis=0), 0.0, np.nan))


_SPLITS = range(3, 15)
_WORSE, _BETTER = 0.55, 1.55
_BASE_DAYS = 28
_WIDENING = 1.25


def breaks(scene: HistoryPanel) -> tuple[Floats, Floats]:
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
    results = np.where(paid, scene.results, 0.0)
    spent = np.where(paid, scene.column("spend"), 0.0) * scene.complete
    splits = [_split(scene, results, spent, days) for days in _SPLITS]
    worse, better = (np.stack(part) for part in zip(*splits, strict=True))
    return _highest(worse), _highest(better)


def _split(scene: HistoryPanel, results: Floats, spent: Floats, days: int) -> tuple[Floats, Floats]:
    base_found = scene.last(results, _BASE_DAYS, skip=days)
    base_spent = scene.last(spent, _BASE_DAYS, skip=days)
    total = base_found.sum(axis=1)
    rate = divided(total, base_spent.sum(axis=1))
    mu = scene.last(spent, days).sum(axis=1) * np.where(total >= 5, rate, np.nan)
    phi = _overdispersion(base_found, base_spent * filled(rate)[:, None])
    k = scene.last(results, days).sum(axis=1)
    worse, better = ((k * np.log(c) - mu * (c - 1)) / (_WIDENING * phi) for c in (_WORSE, _BETTER))
    return worse, better


def _overdispersion(counts: Floats, expected: Floats) -> Floats:
    """Mean squared Pearson residual of daily counts, at least 1."""
    residual = divided((counts - expected) ** 2, expected)
    days = np.count_nonzero(~np.isnan(residual), axis=1)
    return np.fmax(divided(np.nansum(residual, axis=1), days - 1.0), 1.0)


def _highest(values: Floats) -> Floats:
    has_value = ~np.isnan(values).all(axis=0)
    return np.where(has_value, np.max(filled(values, 0.0), axis=0, initial=0.0), np.nan)


def budget_change(scene: HistoryPanel) -> tuple[Floats, Floats, Floats]:
    """The last change of the daily budget by more than half a per cent in the last 91 days.

    Returns:
        `days_since_budget_change`: mornings since the first day with the new budget (1: it ran for
        one day); `budget_change`: new over old, less 1; `results_since_change`. NaN where no change
        was seen.
    """
    budgets = carried(scene.column("daily_budget"))
    ratio = divided(budgets[:, 1:], budgets[:, :-1])
    moved = np.abs(ratio - 1) > 0.005
    last_place = newest_place(moved)
    change_seen = last_place >= 0
    campaign_places = np.arange(scene.count)
    since = np.arange(HORIZON)[None, :] > last_place[:, None]
    counted = np.where(since & ~np.isnan(scene.results), scene.results, 0.0).sum(axis=1)
    return (
        np.where(change_seen, HORIZON - 1.0 - last_place, np.nan),
        np.where(change_seen, ratio[campaign_places, last_place] - 1, np.nan),
        np.where(change_seen, counted, np.nan),
    )


def recent_results(scene: HistoryPanel) -> Floats:
    """Results of the last 14 days, in what the stage and the pricing model count."""
    results = scene.last(scene.results, 14)
    return np.where(np.isnan(results).all(axis=1), np.nan, np.nansum(results, axis=1))


def age_days(scene: HistoryPanel) -> Floats:
    """Mornings since the first day with a row, 91 at most."""
    rows = scene.history.rows
    first_place = np.where(rows.any(axis=1), np.argmax(rows, axis=1), HORIZON)
    return np.where(first_place < HORIZON, HORIZON - first_place, np.nan).astype(np.float64)
