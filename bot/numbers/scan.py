"""Has a rate changed at a step, when, and to what: the likelihood-ratio scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.numbers.scene import HORIZON
from bot.numbers.steps import Step
from bot.numbers.sums import Floats, divided, pieces

SPLITS = np.arange(2, 15)
LEAST_BEFORE = 8.0  # results before the split
BASES = (42, HORIZON)
DRIFT = 0.12  # standard deviation of a log rate between six weeks and the next two
Asked = tuple[Step, tuple[float, ...]]
Sides = tuple[Floats, Floats, Floats, Floats]


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


def scan(step: Step, factors: tuple[float, ...]) -> Shift:
    """The likeliest step of a rate to `factor` times what it was, over splits and factors.

    Given K results out of M before the split and k out of m since,

        LLR = [k ln c - (K + k) ln((M + c m) / (M + m))] / (phi + 0.12^2 mu)

    which is the likelihood ratio given their sum, so that a rate known from few results convinces
    less (for large M it is k ln c - mu (c - 1)). phi is the campaign's overdispersion,
    mu = K m / M, and 0.12 what rates of sound campaigns drift by within weeks, so that thousands
    of results do not make a break of what is only a slow move: no LLR is over about 10. It must
    hold
    against the six weeks before as well as against all that is known before, so that a return to
    what once was is not taken for news. Source: STATISTICS.md, "The design", 11; the conditional
    form is Przyborowski and Wilenski's (1940) comparison of two Poisson means.
    """
    return scans(((step, factors),))[0]


def scans(asked: Sequence[Asked]) -> tuple[Shift, ...]:
    """`scan` of several steps of the same campaigns at once: a small scan is mostly calls."""
    found = np.empty((3, len(asked), len(asked[0][0].phi)))
    for part in pieces(found.shape[2]):
        found[:, :, part] = _scanned(asked, part).reshape(3, len(asked), -1)
    return tuple(Shift(*found[:, place]) for place in range(len(asked)))


def _scanned(asked: Sequence[Asked], part: slice) -> Floats:
    """Nats, days since and change of some campaigns, 3 x (steps x campaigns)."""
    counts = _running([step.count[part] for step, _ in asked])
    exposures = _running([step.exposure[part] for step, _ in asked])
    phi = np.concatenate([step.phi[part] for step, _ in asked])
    tried = _factors([factors for _, factors in asked], len(phi) // max(len(asked), 1))
    recent, ever = (_sides(counts, exposures, base) for base in BASES)
    nats = np.minimum(_llr(recent, phi, tried), _llr(ever, phi, tried)).max(axis=0)
    best, each = np.argmax(np.nan_to_num(nats, nan=-np.inf), axis=0), np.arange(len(phi))
    most = np.where(np.isnan(nats).all(axis=0), np.nan, np.fmax(nats[best, each], 0.0))
    since = np.where(np.isnan(most), np.nan, SPLITS[best])
    k, m, before, source = (part[best, each] for part in recent)
    return np.stack([most, since, divided(divided(k, m), divided(before, source))])


def _running(values: Sequence[Floats]) -> Floats:
    """Sums up to each day, with a 0 before the first: (days + 1) x (steps x campaigns)."""
    rows = np.concatenate(values)
    out = np.zeros((HORIZON + 1, len(rows)))
    np.cumsum(rows.T, axis=0, out=out[1:])
    return out


def _factors(each: Sequence[tuple[float, ...]], times: int) -> Floats:
    """What each row is tried with, tried x 1 x rows; who has fewer tries its first again."""
    most = max(map(len, each))
    full = np.array([(*factors, *factors[:1] * (most - len(factors))) for factors in each])
    return np.repeat(full.T, times, axis=1)[:, None, :]


def _sides(counts: Floats, exposures: Floats, base: int) -> Sides:
    """Results and exposure since each split, and those of so many days before: splits x rows."""
    at = HORIZON - SPLITS
    start = np.maximum(at - base, 0)
    k, m = (part[HORIZON] - part[at] for part in (counts, exposures))
    before, source = (part[at] - part[start] for part in (counts, exposures))
    return k, m, before, source


def _llr(sides: Sides, phi: Floats, factors: Floats) -> Floats:
    """The ratio of `scan`, tried x splits x rows; NaN where too little is known."""
    _, m, before, source = sides
    enough = (before >= LEAST_BEFORE) & (m > 0)
    spread = phi + DRIFT**2 * np.nan_to_num(divided(before * m, source))
    return np.where(enough, ratio(*sides, factors) / spread, np.nan)


def ratio(k: Floats, m: Floats, before: Floats, source: Floats, factor: float | Floats) -> Floats:
    """The log likelihood ratio k ln c - (K + k) ln((M + c m) / (M + m)); see `scan`."""
    mixed = np.log(np.maximum(divided(source + factor * m, source + m), 1e-12))
    return np.asarray(k * np.log(factor) - (before + k) * mixed, dtype=np.float64)
