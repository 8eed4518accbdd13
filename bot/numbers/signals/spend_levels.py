"""The day daily spend fell, or rose, to a level its own weekdays have never been at.

Every day since is held against the same weekdays before it, so that a weekend is no fall and a
Monday no rise; a ramp has no day on which it jumped. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
