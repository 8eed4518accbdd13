"""The steps from money to result, each a count out of what it came from, day by day.

money -> showings -> people; showings -> clicks -> visits and results. A cost that doubles broke at
one of them, and each break has its own remedy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.numbers.scene import HORIZON, Scene
from bot.numbers.sums import Bools, Floats, divided

AFTER_THE_CLICK = ("conversions", "leads")
LATE = frozenset({"conversions"})
_WEEK = 7
_USUAL_DAYS = 14.0  # what the median of all weighs against a campaign's own days (STATISTICS.md 5)
_OUTAGE_NATS = 5.0


@dataclass(frozen=True, eq=False)
class Step:
    """One step of every campaign.

    Attributes:
        count: campaign x day, what came out; 0 where not known.
        exposure: campaign x day, what it came from, times the share that is in by now; 0 where
            either is not known, so that a missing day is no day rather than an empty one.
        phi: Variance over mean of a day's count, one a campaign, at least 1.
    """

    count: Floats
    exposure: Floats
    phi: Floats

    @classmethod
    def of(cls, count: Floats, source: Floats, complete: Floats | float = 1.0) -> Step:
        """A step from two columns; days with only one of them, or with no source, do not count."""
        known = ~np.isnan(count) & (source > 0)
        counted = np.where(known, count, 0.0)
        exposure = np.where(known, source * complete, 0.0)
        return cls(counted, exposure, overdispersion(counted, exposure))

    @property
    def known(self) -> Bools:
        """Campaigns with any day that counts."""
        return np.asarray((self.exposure > 0).any(axis=1))

    def without(self, days: Bools) -> Step:
        """The same with some days left out, and what they did to the spread with them."""
        if not days.any():
            return self
        return Step.of(np.where(days, np.nan, self.count), np.where(days, 0.0, self.exposure))


def overdispersion(count: Floats, exposure: Floats) -> Floats:
    """Variance over mean of daily counts around their own week's rate, one a campaign.

    phi = sum (k - r E)^2 / (r E) / (days - weeks), r = the week's rate, so that slow moves and
    earlier breaks do not pass for noise; then 28:14-shrunk to the median of all campaigns by days,
    floor 1. Source: STATISTICS.md, "The design", 5.
    """
    shape = (len(count), HORIZON // _WEEK, _WEEK)
    k, e = count.reshape(shape), exposure.reshape(shape)
    expected = e * divided(k.sum(axis=2), e.sum(axis=2))[:, :, None]
    there = expected > 0
    residual = np.where(there, divided((k - expected) ** 2, expected), 0.0).sum(axis=(1, 2))
    spare = there.sum(axis=(1, 2)) - there.any(axis=2).sum(axis=1)
    own = divided(residual, spare.astype(np.float64))
    usual = float(np.median(own[spare >= _USUAL_DAYS])) if (spare >= _USUAL_DAYS).any() else 1.0
    weighed = (np.nan_to_num(own) * spare + usual * _USUAL_DAYS) / (spare + _USUAL_DAYS)
    return np.asarray(np.maximum(weighed, 1.0), dtype=np.float64)


def results_a_click(scene: Scene) -> Step:
    """Results out of clicks: conversions or leads, whichever a campaign has more of."""
    counted = [scene.column(name) for name in AFTER_THE_CLICK]
    totals = np.stack([np.nansum(each, axis=1) for each in counted])
    best = np.argmax(totals, axis=0)
    complete = np.broadcast_to(scene.complete, counted[0].shape)
    full = [complete if name in LATE else np.ones_like(complete) for name in AFTER_THE_CLICK]
    each = np.arange(scene.count)
    return Step.of(
        np.stack(counted)[best, each], scene.column("clicks"), np.stack(full)[best, each]
    )


def visits_a_click(scene: Scene) -> Step:
    """Landing views out of clicks."""
    return Step.of(scene.column("landing_views"), scene.column("clicks"))


def clicks_a_showing(scene: Scene) -> Step:
    """Clicks out of showings: the CTR."""
    return Step.of(scene.column("clicks"), scene.column("impressions"))


def showings_a_unit(scene: Scene) -> Step:
    """Showings out of money: 1,000 over the CPM."""
    return Step.of(scene.column("impressions"), scene.column("spend"))


def people_a_showing(scene: Scene) -> Step:
    """People reached a day out of showings: one over the daily frequency."""
    return Step.of(scene.column("reach"), scene.column("impressions"))


def dark_days(step: Step) -> Bools:
    """Campaign x day, whether nothing was counted for so long that it was not chance.

    Runs of days with 0 whose expected results make ln P(0) < -5: P(0) = phi^(-mu / (phi - 1)) for
    counts with variance phi x mean. Such days are no evidence about a rate: tracking was out.
    """
    return np.asarray((step.count == 0) & (_silences(step) > _OUTAGE_NATS))


def longest_silence(step: Step) -> Floats:
    """Nats of the longest run of days with 0 that ended and was no outage, one a campaign."""
    nats = _silences(step)
    newest = np.cumsum(step.count, axis=1) == step.count.sum(axis=1)[:, None]
    ended = (step.count == 0) & ~newest & (nats <= _OUTAGE_NATS)
    return np.asarray(np.where(ended, nats, 0.0).max(axis=1, initial=0.0))


def _silences(step: Step) -> Floats:
    """Nats of the run of empty days each day is in, campaign x day."""
    exposed = np.where(step.count > 0, step.exposure, 0.0).sum(axis=1)
    everything = step.exposure.sum(axis=1)
    rate = divided(step.count.sum(axis=1), np.fmax(exposed, 0.75 * everything))
    runs = np.cumsum(step.count > 0, axis=1)
    places = runs + (HORIZON + 1) * np.arange(len(runs))[:, None]
    empty = np.where(step.count > 0, 0.0, step.exposure)
    mass = np.bincount(places.ravel(), weights=empty.ravel(), minlength=places.max(initial=0) + 1)
    return mass[places] * (np.nan_to_num(rate) * per_expected(step.phi))[:, None]


def per_expected(phi: Floats) -> Floats:
    """How many nats against chance one expected result is worth when none came: ln phi/(phi-1)."""
    more = np.maximum(phi - 1.0, 1e-6)
    return np.asarray(np.log1p(more) / more, dtype=np.float64)
