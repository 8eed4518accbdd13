"""A rate that changed once, long or far enough to be the new normal, and the day it did.

A definition that was changed, a tag that counts something else, a page that stays: what came before
says nothing of what to expect. It is said once, with its own date; from then on the campaign is
held against its new level.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bot.numbers.metrics.sums import Bools, Floats, divided, newest_place
from bot.numbers.signals.history_panel import HORIZON, FunnelStep
from bot.numbers.signals.late_results import explained, less_explained

FEWEST_DAYS, MOST_DAYS = 3, 70
FEWEST_RESULTS = 8.0
SURE = 8.0
"""Nats from which a step is no chance, whichever of seventy days it was on."""
MOST_MISSING = 3.0
"""Results the new rate foretells since the last one counted; more are an outage, not chance."""
LASTING = 14
"""Days after which a step is no fault that somebody mends, but how it is."""
_WEEK, STEADY = 7, 1.3
"""Times by which the last week may differ from all that came since the step."""
LARGE, EXTREME = 1.6, 4.0
"""Times by which a rate must differ to be a level of its own; and such as no page is known for."""


@dataclass(frozen=True, eq=False)
class NewLevel:
    """The surest single step of each campaign's rate, one value a campaign.

    Attributes:
        nats: Log likelihood ratio of two rates against one, over the overdispersion; 0 where too
            little is known.
        since: Days since the step.
        change: The rate since over the rate before.
        recent: The rate of the last week over the rate since.
        repaired: Whether the step ended a fault: before it the rate had been as it is since.
    """

    nats: Floats
    since: Floats
    change: Floats
    recent: Floats
    repaired: Bools

    @classmethod
    def of(cls, step: FunnelStep) -> NewLevel:
        """Try every day from three to seventy days ago.

            ln LR = [k1 ln(k1/m1) + k2 ln(k2/m2) - K ln(K/M)] / phi

        where both sides have a result, the old rate rests on 8 and foretells as many since.
        Source: Hinkley (1970), the likelihood of a change point; phi as of STATISTICS.md, 5.
        """
        k, m = (np.cumsum(part, axis=1) for part in (step.count, step.exposure))
        places = HORIZON - 1 - np.arange(FEWEST_DAYS, MOST_DAYS + 1)
        k1, m1 = k[:, places], m[:, places]
        k2, m2 = k[:, -1:] - k1, m[:, -1:] - m1
        old, new = divided(k1, m1), divided(k2, m2)
        enough = (k1 >= FEWEST_RESULTS) & (k2 > 0) & (old * m2 >= FEWEST_RESULTS)
        enough &= new * _since_the_last(step)[:, None] <= MOST_MISSING  # an outage is no level
        single = np.log(np.maximum(divided(k[:, -1:], m[:, -1:]), 1e-12))
        both = k1 * np.log(np.where(enough, old, 1.0)) + k2 * np.log(np.where(enough, new, 1.0))
        nats = np.where(enough, (both - k[:, -1:] * single) / step.phi[:, None], 0.0)
        best, rows = np.argmax(nats, axis=1), np.arange(len(nats))
        since = (FEWEST_DAYS + best).astype(np.float64)
        recent = divided(k[:, -1] - k[:, -1 - _WEEK], m[:, -1] - m[:, -1 - _WEEK])
        change = divided(new, old)[rows, best]
        repaired = np.zeros(len(nats), dtype=bool)
        for row in np.flatnonzero((nats[rows, best] > SURE) & _is_extreme(change)):
            repaired[row] = _is_repair(step, int(row), int(since[row]), new[row, best[row]])
        return cls(nats[rows, best], since, change, divided(recent, new[rows, best]), repaired)

    @classmethod
    def of_late(cls, step: FunnelStep, unlearned: Bools) -> NewLevel:
        """The same, where falls of some campaigns may be results that are still to come."""
        level = cls.of(step)
        if not unlearned.any():
            return level
        late = explained(step.count, step.exposure) / step.phi
        return replace(
            level, nats=less_explained(level.nats, level.since, level.change, late, unlearned)
        )

    @property
    def extreme(self) -> Bools:
        """Campaigns whose rate is a quarter or four times what it was."""
        return np.asarray((self.nats > SURE) & _is_extreme(self.change))

    @property
    def news(self) -> Floats:
        """`nats` of a level that is new; 0 where the campaign only came back to an earlier one."""
        return np.asarray(np.where(self.repaired, 0.0, self.nats))

    @property
    def settled(self) -> Bools:
        """Campaigns that are to be held against what came since: far, or large and lasting."""
        large = np.abs(np.log(np.where(self.change > 0, self.change, 1.0))) >= np.log(LARGE)
        steady = np.abs(np.log(np.where(self.recent > 0, self.recent, np.inf))) < np.log(STEADY)
        lasting = (self.nats > SURE) & large & steady & (self.since > LASTING)
        return np.asarray(self.extreme | lasting)

    def before(self, campaigns: Bools) -> Bools:
        """Campaign x day, days before the step of these campaigns."""
        place = np.arange(HORIZON)[None, :]
        return np.asarray(campaigns[:, None] & (place < HORIZON - self.since[:, None]))


def _is_extreme(change: Floats) -> Bools:
    distance = np.abs(np.log(np.where(change > 0, change, 1.0)))
    return np.asarray(distance >= np.log(EXTREME))


def _is_repair(step: FunnelStep, row: int, since: int, rate: float) -> bool:
    """Whether a campaign came back, by a step, to the rate it had before some ill days.

    The days before the step are split in two where that is likeliest, as they were at the step.
    The first part must be as surely apart from the ill days, and no further from the rate since
    than a level of its own would be.
    """
    k = np.cumsum(step.count[row, : HORIZON - since])
    m = np.cumsum(step.exposure[row, : HORIZON - since])
    k1, m1 = k[:-1], m[:-1]
    k2, m2 = k[-1] - k1, m[-1] - m1
    if k[-1] <= 0 or not len(k1):
        return False
    nats = (_likelihood(k1, m1) + _likelihood(k2, m2) - k[-1] * np.log(k[-1] / m[-1])) / step.phi[
        row
    ]
    best = int(np.argmax(np.where((m1 > 0) & (m2 > 0), nats, -np.inf)))
    if nats[best] <= SURE or k1[best] <= 0:
        return False
    first, ill = k1[best] / m1[best], k2[best] / m2[best]
    return bool(abs(np.log(rate / first)) < np.log(LARGE) < abs(np.log(max(ill, 1e-12) / first)))


def _likelihood(count: Floats, exposure: Floats) -> Floats:
    """`k ln(k / m)`; 0 where nothing was counted."""
    rate = divided(count, exposure)
    return np.asarray(count * np.log(np.where(count > 0, rate, 1.0)))


def _since_the_last(step: FunnelStep) -> Floats:
    """What came in since anything was last counted: clicks, say."""
    last = newest_place(step.count > 0)[:, None]
    return np.asarray(np.where(np.arange(HORIZON)[None, :] > last, step.exposure, 0.0).sum(axis=1))
