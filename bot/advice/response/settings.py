"""What the engine takes for granted. Numbers a team may want to change belong to the rulebook."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ResponseSettings:
    """Priors, noise and limits; tuned on tuning seeds of our own simulation only.

    Attributes:
        least_complete: Days of which less is known are not read (STATISTICS.md item 2).
        silence: A run of zero results counts as an outage when this many were expected in it.
        drift: Daily standard deviation of a campaign's log rate (random walk).
        bend: How far elasticity may wander, as a standard deviation, while a budget moves by a
            factor e: near 0 a power curve, the higher the more an S-curve is expected.
        saturates: How fast elasticity falls as a budget grows: log odds of elasticity lost where
            the budget grows by a factor e, and the standard deviation between campaigns. 0 is a
            power curve, 1 a Hill curve of exponent 1.
        forget: Daily standard deviation of elasticity by itself: evidence fades over years.
        passive: Days on which spend strays by less than this from its usual share of the budget
            say nothing about elasticity: platforms spend more when demand is high.
        day_counts: Pseudo-counts that hold a day's market factor near its weekday's.
        jump: Standard deviation added to a rate once residuals pile up (a break, double counts).
        broken: The same where a detector says since when a rate is another one.
        elasticity: Prior mean and standard deviation of a pool's usual elasticity (item 7).
        tells: Prior mean and standard deviation of how far averages tell margins: 1 fully, 0 not.
        spreads: Spread of log elasticity between campaigns of a pool: values and prior weights.
        pools_differ: Standard deviation between pools of usual elasticity and of what averages
            tell: what is learned in one pool is believed that far in the next.
        clicks_tell: Share of a falling return that shows before the click: in the price of
            showings and in how many of them are clicked. The rest shows in who buys.
        clicks_differ: How far the elasticity of a campaign's results may lie from what its clicks
            tell so, both against their pool's: standard deviation (markets with known truth).
        level_doubt: Standard deviation of log averages by what the filter does not know of:
            auctions, ads that wear off, tags broken in part. In markets with known truth it
            was 0.1 sure and 0.2 off.
        level_moves: How far a level moves by itself while a budget does, in logs (an ad renewed, an
            auction), which looks like an answer to it; `loud_moves`: that of results counted no
            later than clicks, whose days are told by the pool's others; `clicks_move`: the level of
            clicks, whose auctions are taken out by channel.
        sure: Least probability that a campaign's margin lies above (or below) the level a plan goes
            by. As most are surer, about one krone in ten moves the wrong way; 0.9 halves that, and
            loses three quarters of a point of what could be had more.
        gain: Rules hear of a margin beyond the pool's from log(1 + gain / elasticity) on.
        step: Share of a budget that moves at most (item 9): no learning phase starts.
        least: Moves under this share of a budget are not worth a morning.
        turns: Days for which a budget that was changed is not changed back.
        known: A pool's response is known once averages surely tell margins, or surely do not.
        tells_least: What averages must tell at least for that.
        keep: Share of its first budget that a campaign always keeps.
        most: Campaigns in one piece of advice at most, each side.
        evidence_days: How old what is remembered is: days by then as full as they get.
    """

    least_complete: float = 0.25
    silence: float = 5.0
    drift: float = 0.02
    bend: float = 0.3
    saturates: tuple[float, float] = (0.8, 0.5)
    forget: float = 0.004
    passive: float = 0.15
    day_counts: float = 100.0
    jump: float = 0.3
    broken: float = 0.7
    elasticity: tuple[float, float] = (0.6, 0.2)
    tells: tuple[float, float] = (1.0, 0.4)
    spreads: tuple[tuple[float, float], ...] = ((0.12, 0.35), (0.28, 0.4), (0.6, 0.25))
    pools_differ: tuple[float, float] = (0.15, 0.3)
    clicks_differ: float = 0.1
    clicks_tell: float = 0.8
    level_doubt: float = 0.15
    level_moves: float = 0.1
    loud_moves: float = 0.04
    clicks_move: float = 0.03
    sure: float = 0.8
    gain: float = 0.07
    step: float = 0.2
    least: float = 0.03
    turns: int = 14
    known: float = 0.97
    tells_least: float = 0.5
    shaken: int = 14
    keep: float = 0.2
    most: int = 8
    evidence_days: int = 60


DEFAULTS = ResponseSettings()
