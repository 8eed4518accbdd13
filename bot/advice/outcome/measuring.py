"""What came of a change: its campaigns against what untouched peers did meanwhile.

A change against its peers, as an effect: a price, results, and the money it came to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import exp, expm1, hypot, log1p, sqrt
from typing import TypeAlias

import numpy as np
import pandas as pd

from bot.advice.outcome.observing import DayArrays, applied
from bot.advice.outcome.peers import ComparedDays, Drift, Sides, drift, fit, sides, silent
from bot.advice.outcome.types import Applied, Frozen, Outcome
from bot.numbers.input.windows import Window
from bot.numbers.special import ndtr

Three: TypeAlias = tuple[float, float, float]
LEAST_SHARE = -0.95


@dataclass(frozen=True)
class Effect:
    """What came of a change: the middle and both ends of the interval, each.

    Attributes:
        change: Of the cost per result (a shift) or of the results, a fraction, low before high.
        money: Currency units won in the days measured; `share`: the same over the spend.
        gain, spread: Log of what a unit of money bought more, and its standard error.
    """

    change: Three
    money: Three
    share: Three
    gain: float
    spread: float


def of_price(compared_sides: Sides, world: Drift, level: float) -> Effect:
    """Cost per result of a shift: exp(-(change - peers' change)) - 1.

    Variance: phi (1/k before + 1/k after) + tau^2 sum of squared shares + that of the peers' mean.
    The money is what the same results would have cost more: spend (exp(gain) - 1).
    """
    gain = compared_sides.change - world.mean
    spread = sqrt(compared_sides.variance + world.tau2 * compared_sides.parts + world.variance)
    off = world.quantile(level) * spread
    ends = (gain, gain - off, gain + off)
    share = (expm1(ends[0]), expm1(ends[1]), expm1(ends[2]))
    spent = compared_sides.spent_after
    return Effect(
        change=(expm1(-ends[0]), expm1(-ends[2]), expm1(-ends[1])),
        money=(spent * share[0], spent * share[1], spent * share[2]),
        share=share,
        gain=gain,
        spread=spread,
    )


def of_results(compared_sides: Sides, world: Drift, level: float, worth: float) -> Effect:
    """Results of one campaign against what they would have been, and what the change cost.

    Foretold: results a day before, times the peers' change; won = worth x (results - foretold) -
    (spend - spend of as many days before).
    """
    ratio = compared_sides.days_after / max(compared_sides.days_before, 1)
    foretold = compared_sides.before * ratio * exp(world.mean)
    sure = sqrt(
        compared_sides.phi / compared_sides.before
        + world.tau2 * compared_sides.parts
        + world.variance
    )
    spread = hypot(sqrt(compared_sides.phi * max(compared_sides.after, 1.0)), foretold * sure)
    off = world.quantile(level) * spread
    extra_results = compared_sides.after - foretold
    cost = compared_sides.spent_after - compared_sides.spent_before * ratio
    base = max(compared_sides.spent_after, compared_sides.spent_before * ratio)
    money = [
        worth * extra - cost for extra in (extra_results, extra_results - off, extra_results + off)
    ]
    share = [max(amount / base, LEAST_SHARE) for amount in money]
    return Effect(
        change=(
            extra_results / foretold,
            (extra_results - off) / foretold,
            (extra_results + off) / foretold,
        ),
        money=(money[0], money[1], money[2]),
        share=(share[0], share[1], share[2]),
        gain=log1p(share[0]),
        spread=worth * spread / base / (1 + share[0]),
    )


FEWEST_DAYS, MAY_BE_LATE = 7, 3
"""Days of the window that must count, and how many a week's test may lack; a change seen later is
not measured."""
PATIENCE = timedelta(14)
"""How long late numbers are waited for, after the morning it should have been read."""


def measure(frozen: Frozen, numbers: pd.DataFrame, as_of: date) -> Outcome | None:
    """The outcome, once its window and the late results are in; None while waiting.

    Difference-in-differences on the log cost per result (of giver and receiver together) or on
    results (of one campaign), against the untouched peers frozen beforehand, less those changed
    or broken since. The interval carries weekly overdispersion and the peers' own drift, with
    Student's t of peers + 2 degrees of freedom. Source: STATISTICS.md, "The effect of an
    acknowledged shift".

    Args:
        frozen: What was fixed at the acknowledgement.
        numbers: Daily numbers from the days before on, any revisions.
        as_of: The morning; `frozen.read_on` is the first that reads it.
    """
    if as_of < frozen.read_on:
        return None
    application = applied(frozen, numbers, as_of)
    after = _counted(frozen, application)
    blank = _blank(frozen, as_of, application)
    if application.state == "not_yet" or after.days < _fewest(frozen):
        outside = application.state == "changed_outside"
        return replace(blank, because="changed_outside" if outside else "not_applied")
    entities = [*(campaign.entity for campaign in frozen.treated), *frozen.controls]
    span = Window(frozen.before.since, as_of - timedelta(1))
    days = DayArrays.of(numbers, as_of, span, entities, frozen.column)
    if _is_late(frozen, days, after) and as_of < frozen.read_on + PATIENCE:
        return None
    return _compared(frozen, days, after, blank)


def _fewest(frozen: Frozen) -> int:
    return min(FEWEST_DAYS, frozen.days - MAY_BE_LATE)


def _blank(frozen: Frozen, as_of: date, application: Applied) -> Outcome:
    """An outcome that says only that nothing was measured."""
    return Outcome(
        advice_id=frozen.advice_id,
        rule=frozen.rule,
        of=frozen.of,
        price=frozen.price,
        on=frozen.on,
        as_of=as_of,
        verdict="not_measured",
        applied=application.state,
        currency=frozen.currency,
    )


def _counted(frozen: Frozen, application: Applied) -> Window:
    """The days that count: from the day after the change was seen, until it was changed again."""
    since = max(frozen.after.since, (application.since or frozen.on) + timedelta(1))
    return Window(since, min(frozen.after.until, application.until or frozen.after.until))


def _is_late(frozen: Frozen, days: DayArrays, after: Window) -> bool:
    """Whether a campaign that was changed has no day yet at the window's end or later."""
    if frozen.action == "pause":
        return False
    newer = np.array([days.day(place) >= after.until for place in range(days.span.days)])
    spend_known = ~np.isnan(days.spend[: len(frozen.treated)][:, newer])
    return not bool(spend_known.any(axis=1).all())


def _compared(frozen: Frozen, days: DayArrays, after: Window, blank: Outcome) -> Outcome:
    treated_count, price = len(frozen.treated), frozen.of == "price"
    counts = ~silent(days, slice(0, treated_count), days.within(frozen.before))
    if frozen.action == "pause":
        counts |= days.within(after)
    before, now = days.within(frozen.before) & counts, days.within(after) & counts
    if min(before.sum(), now.sum()) < _fewest(frozen):
        return replace(blank, because="tracking")
    peers = fit(days, slice(treated_count, None), before, now)
    if not peers.size:
        return replace(blank, because="no_peers")
    compared_sides = sides(days, treated_count, peers, ComparedDays(before, now), price=price)
    if (
        compared_sides.before <= 0
        or (price and compared_sides.spent_after <= 0)
        or not (price or frozen.worth)
    ):
        return replace(blank, because="no_results")
    world = drift(compared_sides.peer_changes, compared_sides.peer_variances)
    effect = (
        of_price(compared_sides, world, frozen.level)
        if price
        else of_results(compared_sides, world, frozen.level, frozen.worth or 0.0)
    )
    counted = replace(blank, peers=int(peers.size), days=int(now.sum()), freedom=world.freedom)
    return _told(counted, effect, frozen)


def _told(blank: Outcome, effect: Effect, frozen: Frozen) -> Outcome:
    change, low, high = effect.change
    money, money_low, money_high = effect.money
    verdict = _verdict(effect.share[1], effect.share[2], frozen.smallest)
    if verdict in {"worked", "harmful"} and not _plausible(effect, frozen):
        verdict = "too_small_to_tell"
    return replace(
        blank,
        verdict=verdict,
        change=change,
        low=low,
        high=high,
        money=money,
        money_low=money_low,
        money_high=money_high,
        gain=effect.gain,
        spread=effect.spread,
    )


def _verdict(low: float, high: float, smallest: float) -> str:
    """The frozen bar: the whole interval on one side of zero, or within what counts as none."""
    if low > 0:
        return "worked"
    if high < 0:
        return "harmful"
    return "no_effect" if -smallest < low and high < smallest else "too_small_to_tell"


DIFFER = 0.3
"""What moved money buys more or less where it goes, as a standard deviation in logs: margins of a
pool lie about a third apart (docs/how-it-decides.md)."""


def _plausible(effect: Effect, frozen: Frozen) -> bool:
    """Whether the sign is as sure as the interval says once it is known what a change can come to.

    A fifth of a budget moves what a unit of money buys by some 6 %; a reading of -40 % give or
    take 20 is noise more often than not, though its interval leaves zero out. Of 56 verdicts that
    intervals alone told of 427 random moves and placebos, 31 pointed the wrong way. Prior of the
    effect: normal around zero, by how far budgets moved (in logs); alone a budget's change may win
    or lose all it moves.
    """
    logs = [abs(log1p(one.after / one.before - 1)) for one in frozen.treated
            if min(one.after, one.before) > 0]  # fmt: skip
    if frozen.action == "pause" or not logs:
        return True
    prior = sum(logs) / len(logs) * (DIFFER if frozen.of == "price" else 1.0)
    told = abs(effect.gain) / effect.spread * prior / hypot(prior, effect.spread)
    return bool(ndtr(told) >= 0.5 + frozen.level / 2)
