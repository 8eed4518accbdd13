"""Is anything counted at all: by one campaign, or by an account all at once."""

from __future__ import annotations

import numpy as np

from bot.numbers.scan import LEAST_BEFORE
from bot.numbers.scene import HORIZON, Scene
from bot.numbers.steps import Step, longest_silence, per_expected
from bot.numbers.sums import Bools, Floats, Ints, divided

_RATE_DAYS = 56
_HALF = 0.5
_GONE = (0.1, 0.45)  # what an account's results may fall to: nearly nothing, or the half of it
_ACCOUNT_SPLITS = tuple(range(1, 15))
_FEWEST_CAMPAIGNS = 3


def silence(step: Step) -> Floats:
    """Nats against chance for the days since anything was last counted, one a campaign.

    -ln P(0) = K' ln(1 + g m phi / M), K' = K / phi, g = ln phi / (phi - 1): the chance of no result
    out of exposure m under a negative binomial with variance phi x mean, its rate known from K
    results out of M in the 56 days before (gamma). For large M it is g mu: with phi = 1 each
    expected result is worth one nat, with phi = 2 seven tenths.

    Less half of what the campaign's longest silence of the last 91 days came to, outages apart:
    where results come in clusters, silence is cheap.

    Returns:
        0 where the last day counted something; NaN with fewer than 8 results before.
    """
    place = np.arange(HORIZON)[None, :]
    counted = np.where(step.count > 0, place, -1)
    last = counted.max(axis=1, initial=-1)[:, None]
    before = (place <= last) & (place > last - _RATE_DAYS)
    m = np.where(place > last, step.exposure, 0.0).sum(axis=1)
    known = np.where(before, step.count, 0.0).sum(axis=1)
    source = np.where(before, step.exposure, 0.0).sum(axis=1)
    share = divided(m, source) * step.phi * per_expected(step.phi)
    nats = known / step.phi * np.log1p(share)
    told = np.fmax(nats - _HALF * longest_silence(step), 0.0)
    return np.where(known >= LEAST_BEFORE, told, np.nan)


def account_loss(scene: Scene, step: Step) -> Floats:
    """Nats for an account counting a tenth or a half of what its clicks foretell, all at once.

    The scan's ratio over the account's results against what each campaign's own rate of the six
    weeks before foretells; without its largest campaign it must hold as well, so that one broken
    campaign does not speak for all. One value a campaign, the same for all of an account; 0 for
    one of which nothing was to be expected, NaN with fewer than 3 campaigns counted.
    """
    nats = np.stack([
        each for days in _ACCOUNT_SPLITS for each in _account(scene.accounts, step, days)
    ])  # fmt: skip
    most = np.nan_to_num(nats, nan=0.0).max(axis=0)
    return np.where(np.isnan(nats).all(axis=0), np.nan, most)


def _account(accounts: Ints, step: Step, days: int) -> list[Floats]:
    base = slice(HORIZON - days - 42, HORIZON - days)
    before, source = step.count[:, base].sum(axis=1), step.exposure[:, base].sum(axis=1)
    counted = before >= LEAST_BEFORE
    k, m = (part[:, HORIZON - days :].sum(axis=1) for part in (step.count, step.exposure))
    foretold = np.where(counted, np.nan_to_num(divided(before, source)) * m, 0.0)
    parts = [np.where(counted, part, 0.0) for part in (k, foretold, before)]
    largest = _largest(accounts, foretold)
    size = int(accounts.max(initial=-1)) + 1
    whole = [_summed(accounts, part, size) for part in parts]
    rest = [w - part[largest] for w, part in zip(whole, parts, strict=True)]
    phi = divided(_summed(accounts, foretold * step.phi, size), whole[1])
    enough = _summed(accounts, counted & (m > 0), size) >= _FEWEST_CAMPAIGNS
    nats = [
        np.fmin(*(ratio(k, mu, own, own, factor) / phi for k, mu, own in (whole, rest)))
        for factor in _GONE
    ]
    told = (np.where(enough, each, np.nan)[accounts] for each in nats)
    return [np.where(counted, each, np.nan) for each in told]


def _summed(accounts: Ints, values: Floats | Bools, size: int) -> Floats:
    return np.bincount(accounts, weights=values, minlength=size).astype(np.float64)


def _largest(accounts: Ints, values: Floats) -> Ints:
    """The place of each account's largest value."""
    order = np.lexsort((values, accounts))
    last = np.searchsorted(accounts[order], np.arange(int(accounts.max(initial=-1)) + 1), "right")
    return np.asarray(order[last - 1], dtype=np.int64)


def ratio(k: Floats, m: Floats, before: Floats, source: Floats, factor: float) -> Floats:
    """The log likelihood ratio k ln c - (K + k) ln((M + c m) / (M + m)) of k results out of m.

    Given the sum of results before (K out of M) and since, after a step by c: Przyborowski and
    Wilenski's (1940) comparison of two Poisson means; k ln c - mu (c - 1) for large M.
    """
    mixed = np.log(np.maximum(divided(source + factor * m, source + m), 1e-12))
    return np.asarray(k * np.log(factor) - (before + k) * mixed, dtype=np.float64)
