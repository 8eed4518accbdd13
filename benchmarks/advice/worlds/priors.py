"""Hyperpriors: what a market may be like. A market is one draw; a family narrows some of them.

A pair is a range from which a market draws one value, uniformly, unless it says otherwise; what
differs between the campaigns of a market is drawn around that value. Where the numbers come from:
elasticities of attributed results from Meridian's default Hill prior (about 0.44 at the usual
spend) and from direct-response practice (0.6 to 0.7), far apart on purpose, as Sethuraman, Tellis
and Briesch (2011) and Shapiro, Hitsch and Tuchman (2021) find them far apart; all others are
what a person sees in accounts: wide.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Range = tuple[float, float]


@dataclass(frozen=True)
class Pool:
    """Campaigns that compete for one budget.

    Attributes:
        stage, pricing, column: As the daily numbers have them; `column` counts the results.
        results: Results a day of a usual campaign.
        price: What one of them costs there; the worth of a result.
        share: Share of an account's campaigns.
        by_value: Whether results are worth what was bought (revenue), not one each.
    """

    stage: str
    pricing: str
    column: str
    results: float
    price: float
    share: float = 0.25
    by_value: bool = False


REACH = Pool("reach", "CPM", "reach", 22_000.0, 0.06)
LEADS = Pool("act", "CPL", "leads", 9.0, 160.0)
SALES = Pool("convert", "CPA", "conversions", 7.0, 320.0)
VALUE = Pool("engage", "CPA", "conversions", 5.0, 150.0, by_value=True)
POOLS = (REACH, LEADS, SALES, VALUE)

USUAL_FAULTS = {
    "outage": 3.0, "partial": 1.5, "double": 1.5, "account": 0.5, "break": 4.0, "drop": 2.0,
    "spike": 3.0, "stop": 2.0, "fatigue": 3.0,
}  # fmt: skip
MANY_FAULTS = {name: 1.7 * many for name, many in USUAL_FAULTS.items()}
NO_FAULTS: dict[str, float] = {}


@dataclass(frozen=True)
class Priors:
    """What a market of a family is drawn from.

    Attributes:
        campaigns: How many, drawn log-uniformly.
        clients: Clients an account is divided into; pools never reach over them.
        pools: The pools, with their shares.
        history, days: Days before the first advice; days of following it.
        volume: Factor on every pool's results a day, log-uniform.
        size: Standard deviation of log usual spend between campaigns.
        efficiency: The same of log results a unit of money.
        elasticity: Mean at the usual spend, and its standard deviation between campaigns.
        skill: How far budgets already follow efficiency (0: not at all).
        shapes: Weights of power, Hill, S, saturating and base curves.
        level: Margins are equal whatever the averages (a null).
        rivalry: Exponent by which campaigns that share an audience take from each other.
        halo: Exponent by which sales follow the people reached.
        dispersion: Variance over mean of daily counts, and `wobble`: own day effect, in logs.
        weekday: Size of the weekday pattern, in logs; `season`: of a wave over the year.
        drift: Daily step of a campaign's own log efficiency; `market`: of the whole market's.
        common: Day effects shared by a channel, in logs.
        shocks: Auction shocks a channel and 100 days; `shock`: how far the price rises, in logs.
        lag: Mean days from click to record, and the longest; `falls`: share taken back later.
        faults: Expected events by kind for 40 campaigns and 100 days.
        repair: Days until a tracking fault is mended.
        missing, late: Chance that a campaign's day is lost; that a channel's comes late.
        weekdays_only, paused, flights: Shares of campaigns that rest on weekends, pause for one
            to three weeks, or start late.
        creatives: Days a creative lives; `wear`: log click rate it loses in that time.
        slack: Share of campaigns whose budget does not bind; `bidding`: of those, with a target.
        targets: Share of campaigns the plan states a target for.
        captured: Share of campaigns of brand or retargeting.
        follow: Shares of people who take all, half or none of the advice.
        amount: Share of an advised change that is made.
    """

    campaigns: Range = (38, 42)
    clients: Range = (1, 1)
    pools: tuple[Pool, ...] = POOLS
    history: int = 28
    days: int = 120
    volume: Range = (0.7, 1.6)
    size: Range = (0.35, 0.7)
    efficiency: Range = (0.48, 0.68)
    elasticity: tuple[Range, Range] = ((0.45, 0.65), (0.08, 0.16))
    skill: Range = (0.0, 0.3)
    shapes: tuple[float, ...] = (0.4, 0.25, 0.1, 0.15, 0.1)
    level: bool = False
    rivalry: Range = (0.0, 0.06)
    halo: Range = (0.0, 0.05)
    dispersion: Range = (1.1, 2.4)
    wobble: Range = (0.03, 0.1)
    weekday: Range = (0.03, 0.15)
    season: Range = (0.0, 0.15)
    drift: Range = (0.008, 0.02)
    market: Range = (0.003, 0.012)
    common: Range = (0.01, 0.04)
    shocks: Range = (0.3, 1.2)
    shock: Range = (0.15, 0.4)
    lag: tuple[Range, Range] = ((0.5, 2.5), (7, 14))
    falls: Range = (0.0, 0.03)
    faults: dict[str, float] = field(default_factory=lambda: USUAL_FAULTS)
    repair: Range = (3, 12)
    missing: Range = (0.0, 0.004)
    late: Range = (0.0, 0.02)
    weekdays_only: Range = (0.0, 0.15)
    paused: Range = (0.0, 0.1)
    flights: Range = (0.0, 0.1)
    creatives: Range = (30, 70)
    wear: Range = (0.0, 0.15)
    slack: Range = (0.0, 0.1)
    bidding: Range = (0.0, 0.5)
    targets: Range = (0.2, 0.7)
    captured: Range = (0.0, 0.08)
    follow: tuple[float, float, float] = (1.0, 0.0, 0.0)
    amount: Range = (1.0, 1.0)
