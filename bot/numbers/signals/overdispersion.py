"""How far a campaign's days scatter beyond dice: the overdispersion its certainty stands on."""

from __future__ import annotations

import numpy as np

from bot.numbers.metrics.sums import Bools, Floats, Ints, divided, filled

WEEK, FORTNIGHT = 7, 14
OWN_DAYS, USUAL_DAYS = 28.0, 14.0
"""What a campaign's own days weigh against the median of those alike (STATISTICS.md item 5)."""
FEWEST_DAYS = 14.0
"""Days that tell before anything is learned."""
MOST_MEDIANS = 3.0
GIVEN_WEIGHT = 2.0
"""As many campaigns alike as the table's number counts for."""
_SEASON_COUNTS = 100.0
_LEAST_EXPECTED = 0.05


def pearson(count: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    """Variance over mean of daily counts around their own fortnight's rate, and the days it uses.

    phi = sum (k - r E)^2 / (r E) / (days - fortnights), r = the fortnight's rate: slow moves and
    breaks do not pass for noise. Source: STATISTICS.md item 5; McCullagh & Nelder 1989, 4.5.

    Args:
        count: Campaign x day, 0 where not known; whole fortnights.
        exposure: What it comes from, the same shape, 0 where not known.
    """
    shape = (len(count), count.shape[1] // FORTNIGHT, FORTNIGHT)
    k, e = count.reshape(shape), exposure.reshape(shape)
    expected = e * filled(divided(k.sum(axis=2), e.sum(axis=2)))[:, :, None]
    usable = expected > _LEAST_EXPECTED
    off = np.where(usable, (k - expected) ** 2 / np.where(usable, expected, 1.0), 0.0)
    rates = usable.any(axis=2).sum(axis=1)
    spare = np.maximum(usable.sum(axis=(1, 2)) - rates, 0).astype(np.float64)
    return divided(off.sum(axis=(1, 2)), spare), spare


def shrunk(estimate: Floats, days: Floats, usual: Floats, usual_days: float) -> Floats:
    """(own x days + usual x usual_days) / (days + usual_days), at least 1."""
    mixed = (estimate * days + usual * usual_days) / (days + usual_days)
    return np.asarray(np.maximum(mixed, 1.0), dtype=np.float64)


def medians(values: Floats, groups: Ints, count: int) -> Floats:
    """The median of each group, numbered from 0; NaN for an empty one."""
    order = np.lexsort((values, groups))
    ordered, sizes = values[order], np.bincount(groups, minlength=count)
    ends = np.cumsum(sizes)
    starts = ends - sizes
    if not values.size:
        return np.full(count, np.nan)
    low = ordered[np.clip(starts + (sizes - 1) // 2, 0, values.size - 1)]
    high = ordered[np.clip(starts + sizes // 2, 0, values.size - 1)]
    return np.where(sizes > 0, (low + high) / 2, np.nan)


def scatter(count: Floats, exposure: Floats, groups: Ints, table_phi: Floats) -> Floats:
    """Overdispersion of each campaign's daily count; NaN where too few days tell.

    Pearson residuals with the weekday's season divided out, shrunk to what is usual among the
    campaigns alike with 28:14 days; that itself leans on `table_phi` as on two campaigns.

    Args:
        count: Campaign x day, NaN where missing; whole fortnights.
        exposure: What brings it: spend x share of the final number known.
        groups: Which campaigns are alike, numbered from 0.
        table_phi: The table's own number, a campaign.
    """
    measured = ~np.isnan(count) & (exposure > 0)
    k, e = np.where(measured, count, 0.0), np.where(measured, exposure, 0.0)
    phi, days = pearson(k, e * _season(k, e, groups))
    tells = days >= FEWEST_DAYS
    peer_counts = np.bincount(groups[tells], minlength=int(groups.max(initial=-1)) + 1)[groups]
    usual = (_usual(phi, groups, tells) * peer_counts + table_phi * GIVEN_WEIGHT) / (
        peer_counts + GIVEN_WEIGHT
    )
    dispersions = shrunk(filled(phi), np.minimum(days, OWN_DAYS), usual, USUAL_DAYS)
    return np.where(tells, dispersions, np.nan)


def _usual(phi: Floats, groups: Ints, tells: Bools) -> Floats:
    """The mean of those alike, none counting for more than three medians; 0 where none tells.

    The bare median would be low: squared residuals of few events a day lean to the right.
    """
    size = int(groups.max(initial=-1)) + 1
    most = MOST_MEDIANS * medians(phi[tells], groups[tells], size)
    capped = np.minimum(phi[tells], most[groups[tells]])
    total, counts = (
        np.asarray(np.bincount(groups[tells], weights, size), dtype=np.float64)
        for weights in (capped, np.ones_like(capped))
    )
    return np.asarray(filled(divided(total, counts))[groups], dtype=np.float64)


def _season(count: Floats, exposure: Floats, groups: Ints) -> Floats:
    """The weekday's factor in the campaign's group, shrunk to 1 (STATISTICS.md item 3)."""
    rate = filled(divided(count.sum(axis=1), exposure.sum(axis=1)))
    expected = exposure * rate[:, None]
    weekday = np.arange(count.shape[1]) % WEEK
    size = int(groups.max(initial=-1)) + 1
    k, mu = (_by(values, groups, size, weekday) for values in (count, expected))
    factors = (k + _SEASON_COUNTS) / (mu + _SEASON_COUNTS)
    return np.asarray(factors[groups][:, weekday], dtype=np.float64)


def _by(values: Floats, groups: Ints, size: int, weekday: Ints) -> Floats:
    days = [values[:, weekday == day].sum(axis=1) for day in range(WEEK)]
    return np.stack([np.bincount(groups, day, minlength=size) for day in days], axis=1)
