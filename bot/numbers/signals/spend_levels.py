"""The day daily spend, or a rate, fell or rose to a level it has kept since. Pure.

Of spend every day since is held against the same weekdays before it, so that a weekend is no fall
and a Monday no rise; a ramp has no day on which it jumped. A rate changed once, long or far enough
to be the new normal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.numbers.metrics.sums import Bools, Floats, Ints, divided, newest_place
from bot.numbers.signals.history_panel import HORIZON, FunnelStep
from bot.numbers.signals.late_results import explained, less_explained

Days = Sequence[float | None]
Test = Callable[[float, Sequence[float]], bool]
FEWEST_BEFORE, LONGEST = 7, 7
"""Known days there must be before, and days after which a level is no news."""
FALL, RISE = 0.3, 0.5
"""Share by which each day lies under the lowest, or over the highest, of its weekdays before."""
STEP = 0.2
"""Share by which the first day must step away from the day before, its weekday's usual step apart:
what ramps never steps."""
WEEK, SEVERAL = 7, 3
SURE, LEAST_SCATTER = 3.5, 0.05
"""Standard deviations of its own days a level must lie apart: the best day is looked for."""


@dataclass(frozen=True)
class LevelChange:
    """A new level of spend: the place of its first day, what a day cost and costs, as a share."""

    at: int
    before: float
    since: float

    @property
    def change(self) -> float:
        """The change as a fraction of what the same weekdays used to cost."""
        return self.since / self.before - 1


def level_change(amounts: Days, fewest: int = 2) -> LevelChange | None:
    """The newest change of level that has lasted until the last day; None where there is none.

    Args:
        amounts: Spend of each day, oldest first, None where nothing is known.
        fewest: Days the level must have lasted.
    """
    amounts = [None if _off(amounts, day) else amounts[day] for day in range(len(amounts))]
    for differs in (_falls, _rises):
        at = _begin(amounts, differs)
        days = [day for day in amounts[at:] if day is not None]
        if fewest <= len(days) and len(amounts) - at <= LONGEST:
            change = _level(amounts, at)
            if change is not None and _is_level(change, amounts):
                return change
    return None


def _is_level(change: LevelChange, amounts: Days) -> bool:
    """Whether it is as much on the whole, and more than its days scatter by themselves."""
    if -FALL < change.change < RISE:
        return False
    if change.since <= 0:
        return True
    before, since = _known(amounts[: change.at]), _known(amounts[change.at :])
    scatter = _scatter(amounts[: change.at])
    noise = max(scatter, LEAST_SCATTER) * math.sqrt(1 / len(since) + 1 / len(before))
    return abs(math.log(change.since / change.before)) >= SURE * noise


def _scatter(amounts: Days) -> float:
    """How far days lie from the mean of their weekday, in logs; days without spend apart."""
    offs: list[float] = []
    for weekday in range(WEEK):
        days = [amount for amount in amounts[weekday::WEEK] if amount]
        mean = sum(days) / len(days) if days else 0.0
        offs += [math.log(day / mean) for day in days]
    return math.sqrt(sum(off * off for off in offs) / max(len(offs) - WEEK, 1))


def _off(amounts: Days, day: int) -> bool:
    """A day on which nothing is spent, as on its weekday before: it tells of no level."""
    weekdays = _known([amounts[place] for place in range(day) if (day - place) % WEEK == 0])
    return amounts[day] == 0 and bool(weekdays) and not any(weekdays)


def _begin(amounts: Days, differs: Test) -> int:
    """The first of the newest days in a row that each differ from their weekdays before the row."""
    at = len(amounts)
    while at > 0 and (amounts[at - 1] is None or _differs(amounts, at - 1, at - 1, differs)):
        at -= 1
    while at < len(amounts) and not _all_differ(amounts, at, differs):
        at += 1
    return at


def _all_differ(amounts: Days, at: int, differs: Test) -> bool:
    if amounts[at] is None or len(_known(amounts[:at])) < FEWEST_BEFORE:
        return False
    days = range(at, len(amounts))
    return _steps(amounts, at) and all(
        amounts[day] is None or _differs(amounts, day, at, differs) for day in days
    )


def _steps(amounts: Days, at: int) -> bool:
    """Whether the level changed from one day to the next; unknown days are taken to."""
    day, eve = amounts[at], amounts[at - 1]
    usual_day, usual_eve = (amounts[at - WEEK - back] if at > WEEK else None for back in (0, 1))
    if not day or not eve:
        return True
    usual = usual_day / usual_eve if usual_day and usual_eve else 1.0
    return abs(day / eve / usual - 1) >= STEP


def _differs(amounts: Days, day: int, before: int, differs: Test) -> bool:
    weekdays = _known([amounts[place] for place in range(before) if (day - place) % WEEK == 0])
    return differs(amounts[day] or 0.0, weekdays or _known(amounts[:before]))


def _falls(amount: float, earlier: Sequence[float]) -> bool:
    """Under the lowest; of three and more the second lowest: one odd day hides no fall."""
    lowest = sorted(earlier)[: 2 if len(earlier) >= SEVERAL else 1]
    return bool(lowest) and amount < (1 - FALL) * lowest[-1]


def _rises(amount: float, earlier: Sequence[float]) -> bool:
    highest = sorted(earlier)[-2 if len(earlier) >= SEVERAL else -1 :]
    return bool(highest) and amount > (1 + RISE) * highest[0]


def _known(amounts: Days) -> list[float]:
    return [amount for amount in amounts if amount is not None]


def _level(amounts: Days, at: int) -> LevelChange | None:
    """What the days since cost, and what the same weekdays used to."""
    before = since = 0.0
    for day in range(at, len(amounts)):
        amount = amounts[day]
        weekdays = _known([amounts[place] for place in range(at) if (day - place) % WEEK == 0])
        earlier = weekdays or _known(amounts[:at])
        if amount is not None:
            before += sum(earlier) / len(earlier)
            since += amount
    days = len(_known(amounts[at:]))
    return LevelChange(at, before / days, since / days) if before else None


FEWEST_DAYS, MOST_DAYS = 3, 70
FEWEST_RESULTS = 8.0
SURE_NATS = 8.0
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
        for row in np.flatnonzero((nats[rows, best] > SURE_NATS) & _is_extreme(change)):
            repaired[row] = _is_repair(step, int(row), int(since[row]), new[row, best[row]])
        return cls(nats[rows, best], since, change, divided(recent, new[rows, best]), repaired)

    @classmethod
    def of_late(cls, step: FunnelStep, unlearned: Bools, alike: Ints) -> NewLevel:
        """The same, where falls of some campaigns may be results that are still to come."""
        level = cls.of(step)
        if not unlearned.any():
            return level
        late = explained(step.count, step.exposure, alike) / step.phi
        return replace(
            level, nats=less_explained(level.nats, level.since, level.change, late, unlearned)
        )

    def beside(self, step: FunnelStep) -> Floats:
        """What another rate did on the same day: since over before; the own change if unknown."""
        place = np.arange(HORIZON)[None, :] >= HORIZON - self.since[:, None]
        since, before = (
            divided(np.where(days, step.count, 0.0).sum(axis=1),
                    np.where(days, step.exposure, 0.0).sum(axis=1))
            for days in (place, ~place)
        )  # fmt: skip
        change = divided(since, before)
        return np.asarray(np.where(np.isnan(change), self.change, change))

    @property
    def extreme(self) -> Bools:
        """Campaigns whose rate is a quarter or four times what it was."""
        return np.asarray((self.nats > SURE_NATS) & _is_extreme(self.change))

    @property
    def news(self) -> Floats:
        """`nats` of a level that is new; 0 where the campaign only came back to an earlier one."""
        return np.asarray(np.where(self.repaired, 0.0, self.nats))

    @property
    def settled(self) -> Bools:
        """Campaigns that are to be held against what came since: far, or large and lasting."""
        large = np.abs(np.log(np.where(self.change > 0, self.change, 1.0))) >= np.log(LARGE)
        steady = np.abs(np.log(np.where(self.recent > 0, self.recent, np.inf))) < np.log(STEADY)
        lasting = (self.nats > SURE_NATS) & large & steady & (self.since > LASTING)
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
    if nats[best] <= SURE_NATS or k1[best] <= 0:
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
