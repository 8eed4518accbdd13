"""Has a rate changed at a step, when, and to what: likelihood ratios over the days it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.numbers.scene import HORIZON
from bot.numbers.steps import Step
from bot.numbers.sums import Floats, divided, pieces

SPLITS = np.arange(14, 1, -1)
LEAST_BEFORE = 8.0  # results that the rate before must rest on
HALF_LIFE = 30.0  # days; rates drift, so that what is long past says less of yesterday
DRIFT = 0.14  # standard deviation of a sound campaign's log rate between then and now
Asked = tuple[Step, float]


@dataclass(frozen=True, eq=False)
class Shift:
    """The likeliest step of each campaign's rate, one value a campaign.

    Attributes:
        nats: Log likelihood ratio for a step against none; 0 where nothing speaks for one, NaN
            where too little is known.
        since: Days since it, as the split that fits best.
        change: The rate after over the rate before.
    """

    nats: Floats
    since: Floats
    change: Floats


@dataclass(frozen=True, eq=False)
class _Sides:
    """Results k and exposure m since each split, and the rate before it: splits x rows.

    `unsure` is the relative variance of that rate; NaN where it is not known.
    """

    k: Floats
    m: Floats
    rate: Floats
    unsure: Floats


def scan(step: Step, factor: float) -> Shift:
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


def scans(asked: Sequence[Asked]) -> tuple[Shift, ...]:
    """`scan` of several steps of the same campaigns at once: a small scan is mostly calls."""
    found = np.full((3, len(asked), len(asked[0][0].phi)), np.nan)
    told = [place for place, (step, _) in enumerate(asked) if step.exposure.any()]
    for part in pieces(found.shape[2], len(told)) if told else ():
        some = [asked[place] for place in told]
        found[:, told, part] = _scanned(some, part).reshape(3, len(told), -1)
    return tuple(Shift(*found[:, place]) for place in range(len(asked)))


def _scanned(asked: Sequence[Asked], part: slice) -> Floats:
    """Nats, days since and change of some campaigns, 3 x (steps x campaigns)."""
    counts = np.concatenate([step.count[part] for step, _ in asked])
    exposures = np.concatenate([step.exposure[part] for step, _ in asked])
    phi = np.concatenate([step.phi[part] for step, _ in asked])
    factors = np.repeat([factor for _, factor in asked], len(phi) // max(len(asked), 1))
    recent, ever = _sides(counts, exposures, phi)
    nats = np.minimum(_ratio(recent, phi, factors), _ratio(ever, phi, factors))
    best, each = np.argmax(np.nan_to_num(nats, nan=-np.inf), axis=0), np.arange(len(phi))
    change = divided(divided(recent.k, recent.m)[best, each], recent.rate[best, each])
    found = _mean(nats)
    return np.stack([found, np.where(np.isnan(found), np.nan, SPLITS[best]), change])


def _sides(counts: Floats, exposures: Floats, phi: Floats) -> tuple[_Sides, _Sides]:
    """Against what the days before tell, the recent ones weighing more, and against all of them.

    A rate that is no surer than one from 8 equal results is not known.
    """
    weights = np.exp2(np.arange(HORIZON) / HALF_LIFE)
    (plain, found), (exposed, given) = map(_parted, (counts, exposures))
    weighed, _ = _parted(counts * weights)
    effort, _ = _parted(exposures * weights)
    results = divided(weighed * effort, _parted(exposures * weights**2)[0])
    enough = (results >= LEAST_BEFORE) & (given > 0)
    rate = np.where(enough, divided(weighed, effort), np.nan)
    ever = np.where(enough, divided(plain, exposed), np.nan)
    unsure, never = (phi * divided(np.ones_like(known), known) for known in (results, plain))
    return _Sides(found, given, rate, unsure), _Sides(found, given, ever, never)


def _parted(values: Floats) -> tuple[Floats, Floats]:
    """Sums of the days before each split and of those since, splits x rows."""
    first = HORIZON - int(SPLITS[0])
    sums = np.empty((HORIZON - first + 1, len(values)))
    sums[0] = values[:, :first].sum(axis=1)
    for place, day in enumerate(values[:, first:].T, 1):
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
    known = ~np.isnan(nats)
    most = np.where(known, nats, -np.inf).max(axis=0)
    top = np.where(np.isfinite(most), most, 0.0)
    total = np.where(known, np.exp(nats - top), 0.0).sum(axis=0)
    mean = np.log(divided(total, known.sum(axis=0).astype(np.float64)))
    return np.asarray(np.fmax(mean + top, 0.0) + np.where(known.any(axis=0), 0.0, np.nan))
