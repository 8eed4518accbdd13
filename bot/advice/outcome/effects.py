"""A change against its peers, as an effect: a price, results, and the money it came to."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, expm1, hypot, log1p, sqrt
from typing import TypeAlias

from bot.advice.outcome.peers import Sides
from bot.advice.outcome.spread import Drift

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


def of_price(found: Sides, world: Drift, level: float) -> Effect:
    """Cost per result of a shift: exp(-(change - peers' change)) - 1.

    Variance: phi (1/k before + 1/k after) + tau^2 sum of squared shares + that of the peers' mean.
    The money is what the same results would have cost more: spend (exp(gain) - 1).
    """
    gain = found.change - world.mean
    spread = sqrt(found.variance + world.tau2 * found.parts + world.variance)
    off = world.quantile(level) * spread
    ends = (gain, gain - off, gain + off)
    share = (expm1(ends[0]), expm1(ends[1]), expm1(ends[2]))
    spent = found.spent_after
    return Effect(
        change=(expm1(-ends[0]), expm1(-ends[2]), expm1(-ends[1])),
        money=(spent * share[0], spent * share[1], spent * share[2]),
        share=share,
        gain=gain,
        spread=spread,
    )


def of_results(found: Sides, world: Drift, level: float, worth: float) -> Effect:
    """Results of one campaign against what they would have been, and what the change cost.

    Foretold: results a day before, times the peers' change; won = worth x (results - foretold) -
    (spend - spend of as many days before).
    """
    ratio = found.days_after / max(found.days_before, 1)
    foretold = found.before * ratio * exp(world.mean)
    sure = sqrt(found.phi / found.before + world.tau2 * found.parts + world.variance)
    spread = hypot(sqrt(found.phi * max(found.after, 1.0)), foretold * sure)
    off = world.quantile(level) * spread
    more = found.after - foretold
    cost = found.spent_after - found.spent_before * ratio
    base = max(found.spent_after, found.spent_before * ratio)
    money = [worth * each - cost for each in (more, more - off, more + off)]
    share = [max(each / base, LEAST_SHARE) for each in money]
    return Effect(
        change=(more / foretold, (more - off) / foretold, (more + off) / foretold),
        money=(money[0], money[1], money[2]),
        share=(share[0], share[1], share[2]),
        gain=log1p(share[0]),
        spread=worth * spread / base / (1 + share[0]),
    )
