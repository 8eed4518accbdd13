"""Has a rate changed at a step, when, and to what: the likelihood-ratio scan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from bot.numbers.scene import HORIZON
from bot.numbers.steps import Step
from bot.numbers.sums import Floats, divided

SPLITS = tuple(range(2, 15))
LEAST_BEFORE = 8.0  # results before the split
BASES = (42, HORIZON)
DRIFT = 0.12  # standard deviation of a log rate between six weeks and the next two


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


def scan(step: Step, factors: tuple[float, ...], splits: Iterable[int] = SPLITS) -> Shift:
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
    counts, exposures = _running(step.count), _running(step.exposure)
    tried = [_split(counts, exposures, days, factors, step.phi) for days in splits]
    nats = np.stack([one.nats for one in tried])
    best = np.argmax(np.nan_to_num(nats, nan=-np.inf), axis=0)
    each = np.arange(nats.shape[1])
    since = np.stack([one.since for one in tried])[best, each]
    change = np.stack([one.change for one in tried])[best, each]
    found = np.where(np.isnan(nats).all(axis=0), np.nan, np.fmax(nats[best, each], 0.0))
    return Shift(found, np.where(np.isnan(found), np.nan, since), change)


def _running(values: Floats) -> Floats:
    """Sums up to each day, with a 0 before the first."""
    out = np.zeros((values.shape[0], HORIZON + 1))
    np.cumsum(values, axis=1, out=out[:, 1:])
    return out


def _split(
    counts: Floats, exposures: Floats, days: int, factors: tuple[float, ...], phi: Floats
) -> Shift:
    at = HORIZON - days
    k, m = (part[:, HORIZON] - part[:, at] for part in (counts, exposures))
    nats, change = np.full((len(factors), len(k)), np.inf), np.full(len(k), np.nan)
    for base in BASES:
        start = max(0, at - base)
        before, source = (part[:, at] - part[:, start] for part in (counts, exposures))
        enough = (before >= LEAST_BEFORE) & (m > 0)
        spread = phi + DRIFT**2 * np.nan_to_num(divided(before * m, source))
        told = np.stack([ratio(k, m, before, source, c) for c in factors]) / spread
        nats = np.minimum(nats, np.where(enough, told, np.nan))
        change = divided(divided(k, m), divided(before, source)) if base == BASES[0] else change
    return Shift(nats.max(axis=0, initial=-np.inf), np.full(len(k), float(days)), change)


def ratio(k: Floats, m: Floats, before: Floats, source: Floats, factor: float) -> Floats:
    """The log likelihood ratio k ln c - (K + k) ln((M + c m) / (M + m)); see `scan`."""
    mixed = np.log(np.maximum(divided(source + factor * m, source + m), 1e-12))
    return np.asarray(k * np.log(factor) - (before + k) * mixed, dtype=np.float64)
