"""The day a price broke: one level before, another since, as far as chance does not explain it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bot.numbers.signals.late_results import explained

SURE = 3.5  # standard deviations; the best of three weeks of days is looked for
OVERDISPERSION = 1.5  # results scatter more than dice do (STATISTICS.md)
LIKELY = 1.64  # standard deviations of one price looked at once: nine in ten
WEATHER = 0.1  # what a price moves from day to day even on many results, as a fraction
UNCOUNTED = 7.0  # results due on a day that has none: it was not counted
FEWEST_BEFORE, FEWEST_SINCE = 7, 3  # days


@dataclass(frozen=True)
class Break:
    """A break: the place of its first day, and the price since as a multiple of before."""

    at: int
    ratio: float


@dataclass(frozen=True)
class _Side:
    spent: float
    results: float
    days: int


def broken(
    spent: Sequence[float | None], results: Sequence[float | None], full: Sequence[float] = ()
) -> Break | None:
    """The likeliest day the price changed, where chance does not explain it.

    The day whose two levels make the results likeliest, as Poisson counts of what was spent. Each
    day's spend counts as far as its results are in, so that late results are no break; nor are
    days on which nothing was counted. A day of a credit has no price.

    Where nobody knows how full days are, a rise that looks like results still to come is none.

    Args:
        spent: Of each day, oldest first, None where missing.
        results: What it bought.
        full: Which share of each day's results is in by now; empty where nothing is late.
    """
    days = _counted(list(_days(spent, results, full)))
    candidates = [
        (gain, at)
        for at in range(FEWEST_BEFORE, len(days) - FEWEST_SINCE + 1)
        if (gain := _gain(_side(days[:at]), _side(days[at:]))) is not None
    ]
    if not candidates:
        return None
    gain, at = max(candidates)
    before, since = _side(days[:at]), _side(days[at:])
    if not full and _price(since) > _price(before) and _lateness(spent, results) >= gain:
        return None
    change = math.log(_price(since) / _price(before))
    return (
        Break(days[at][0], math.exp(change))
        if abs(change) >= SURE * _noise(before, since)
        else None
    )


def beyond_chance(ratio: float, results: tuple[float, float], days: tuple[int, int]) -> bool:
    """Whether a price changed by more than its few results explain: 4 against 1 tell nothing.

    Args:
        ratio: The price now as a multiple of the one before.
        results: What each price rests on, now and before.
        days: That each was counted on.
    """
    if ratio <= 0 or min(results) <= 0:
        return False
    now, before = (_Side(0.0, *side) for side in zip(results, days, strict=True))
    return abs(math.log(ratio)) >= LIKELY * _noise(before, now)


def _lateness(spent: Sequence[float | None], results: Sequence[float | None]) -> float:
    """How much likelier the likeliest lateness makes the results than one level."""
    count, source = np.zeros((1, len(spent))), np.zeros((1, len(spent)))
    for place, amount, counted in _days(spent, results, ()):
        count[0, place], source[0, place] = counted, amount
    return float(explained(count, source)[0])


def _days(
    spent: Sequence[float | None], results: Sequence[float | None], full: Sequence[float]
) -> Iterator[tuple[int, float, float]]:
    for place, (amount, count) in enumerate(zip(spent, results, strict=True)):
        if amount is not None and amount > 0 and count is not None:
            yield place, amount * (full[place] if full else 1.0), count


def _counted(days: list[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """Without days on which nothing was counted though much was due."""
    overall = _side(days)
    usual = overall.results / overall.spent if overall.spent else 0.0
    return [day for day in days if day[2] or day[1] * usual < UNCOUNTED]


def _side(days: Sequence[tuple[int, float, float]]) -> _Side:
    return _Side(sum(day[1] for day in days), sum(day[2] for day in days), len(days))


def _price(side: _Side) -> float:
    return side.spent / side.results


def _gain(before: _Side, since: _Side) -> float | None:
    """How much likelier two levels are than one; None where one side bought nothing."""
    if before.results <= 0 or since.results <= 0:
        return None
    overall_price = (before.spent + since.spent) / (before.results + since.results)
    return sum(side.results * math.log(overall_price / _price(side)) for side in (before, since))


def _noise(before: _Side, since: _Side) -> float:
    sides = (before, since)
    chance = OVERDISPERSION * sum(1 / side.results for side in sides)
    return math.sqrt(chance + WEATHER**2 * sum(1 / side.days for side in sides))
