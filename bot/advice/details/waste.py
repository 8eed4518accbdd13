"""Parts that spend without results: keywords, search terms, audiences, held against the others.

What a part may cost a result is the campaign's target, or `times` what its other parts pay where
that is more: in a campaign that is too dear as a whole the campaign is the news, not its parts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.advice.details.detail_panel import DetailPanel, week_of
from bot.advice.details.discoveries import (
    ShrunkRates,
    cost_of,
    discovered,
    learned_spread,
    of_others,
    shrunk,
)
from bot.numbers.metrics.sums import Bools, Floats, divided

UNKNOWN, TOO_LITTLE, FINE, DEAR, WASTE, GOOD, ALONE = (
    "unknown", "too_little", "fine", "dear", "waste", "good", "alone",
)  # fmt: skip


Verdicts = npt.NDArray[np.str_]


@dataclass(frozen=True)
class WasteBars:
    """When a part is said to waste money; tuned on seeds of their own (`make bench-details`).

    Attributes:
        days: The days looked at.
        times: This many times what the campaign's others pay is too dear.
        sure: Least probability that it really costs more than that.
        chance: Share of what is flagged that may be chance.
        foretold: Results due at the bar before a part is asked at all.
        floor: Money lost a week, in results at the bar, before it is worth a word.
    """

    days: int = 28
    times: float = 1.5
    sure: float = 0.9
    chance: float = 0.05
    foretold: float = 1.0
    floor: float = 0.25


KEYWORDS = WasteBars()
AUDIENCES = WasteBars(days=28, times=1.25, sure=0.9, chance=0.05, foretold=3.0, floor=0.5)


@dataclass(frozen=True)
class Wasted:
    """What was found of each part; money in the campaign's currency, NaN where not known.

    Attributes:
        spend, clicks, results: Of the days looked at.
        bar: What a result may cost.
        usual: What the campaign's other parts pay for a result.
        sure: The probability that this part's result costs more than the bar.
        lost, low, high: Money a week that the others would have spent better (90 %).
        verdict: `unknown`, `too_little`, `fine`, `dear` (likely, not surely), `waste`, `good`,
            `alone` (no other part has a result).
    """

    spend: Floats
    clicks: Floats
    results: Floats
    bar: Floats
    usual: Floats
    sure: Floats
    lost: Floats
    low: Floats
    high: Floats
    verdict: Verdicts

    @property
    def cost(self) -> Floats:
        """Cost per result."""
        return cost_of(self.spend, self.results)


def wasted(panel: DetailPanel, bars: WasteBars = KEYWORDS) -> Wasted:
    """What every part of a level costs a result, and which surely cost too much."""
    rows = panel.within(bars.days)
    spend, clicks, results = (
        panel.add(values, rows)
        for values in (panel.column("spend"), panel.column("clicks"), panel.results)
    )
    exposure = _exposure(panel, spend, clicks)
    usual_cost, usual_rate = _usual(panel, spend, exposure, results)
    bar = np.fmax(panel.target, bars.times * usual_cost)
    rates, judged = _rates(panel, results, exposure, usual_rate)
    least = divided(divided(spend, exposure), bar)  # results per click under which it is too dear
    foretold = exposure / panel.phi * least
    sure = np.where(judged, rates.below(np.where(judged, least, 1.0)), np.nan)
    testable = judged & (foretold >= bars.foretold)
    lost, low, high = _lost(spend, exposure, rates, usual_cost, week_of(bars.days))
    flagged = discovered(np.where(testable, 1 - sure, np.nan), bars.chance) & (sure >= bars.sure)
    flagged &= lost >= bars.floor * bar * week_of(bars.days)
    cheaper = divided(1.1 * divided(spend, exposure), usual_cost)  # results per click, a tenth more
    good = np.where(cheaper > 0, rates.below(np.where(cheaper > 0, cheaper, 1.0)), 1.0)
    verdict = _verdicts(judged, testable, flagged, sure, good)
    verdict = np.where(~judged & (results > 0), ALONE, verdict)
    verdict = np.where(~np.isnan(spend) & np.isnan(results), UNKNOWN, verdict)
    return Wasted(spend, clicks, results, bar, usual_cost, sure, lost, low, high, verdict)


def _exposure(panel: DetailPanel, spend: Floats, clicks: Floats) -> Floats:
    """What results come of: clicks; money in campaigns where some spend without known clicks."""
    unclicked = (np.nan_to_num(spend) > 0) & ~(clicks > 0)
    by_money = panel.together(unclicked.astype(np.float64)) > 0
    exposure = np.where(by_money, spend, clicks)
    return np.where(exposure > 0, exposure, np.nan)


def _usual(
    panel: DetailPanel, spend: Floats, exposure: Floats, results: Floats
) -> tuple[Floats, Floats]:
    """What the campaign's other parts pay for a result, and their results per click."""
    counted = ~np.isnan(results)
    paid, exposed, counted_results = (
        np.where(counted, values, np.nan) for values in (spend, exposure, results)
    )
    other_results = of_others(counted_results, panel.together(counted_results))
    cost = divided(of_others(paid, panel.together(paid)), other_results)
    rate = divided(other_results, of_others(exposed, panel.together(exposed)))
    alone = np.isnan(cost) & ~np.isnan(panel.target)  # none but itself: only the target tells
    own_price = divided(spend, exposure)
    return cost, np.where(alone, divided(own_price, panel.target), rate)


def _rates(
    panel: DetailPanel, results: Floats, exposure: Floats, usual: Floats
) -> tuple[ShrunkRates, Bools]:
    """The shrunk rate of each part, and which parts have one."""
    judged = np.isfinite(results) & np.isfinite(exposure) & (usual > 0)
    count = np.where(judged, np.maximum(np.nan_to_num(results), 0.0), 0.0) / panel.phi
    exposed = np.where(judged, np.nan_to_num(exposure), 0.0) / panel.phi
    rate = np.where(judged, np.nan_to_num(usual, nan=1.0), 1.0)
    spread = learned_spread(count[judged], (exposed * rate)[judged])
    return shrunk(count, exposed, rate, spread), judged


def _lost(
    spend: Floats, exposure: Floats, rates: ShrunkRates, usual: Floats, week: float
) -> tuple[Floats, Floats, Floats]:
    """Spend less what its results would have cost among the others, a week, and its range."""
    lost, low, high = (
        week * (spend - exposure * rate * usual)
        for rate in (rates.mean, rates.quantile(0.95), rates.quantile(0.05))
    )
    return lost, np.fmax(low, 0.0), np.fmax(high, 0.0)


def _verdicts(judged: Bools, asked: Bools, flagged: Bools, sure: Floats, good: Floats) -> Verdicts:
    kinds = [flagged, asked & (good <= 0.05), asked & (sure >= 0.7), asked, judged]
    names = [WASTE, GOOD, DEAR, FINE, TOO_LITTLE]
    return np.select(kinds, names, TOO_LITTLE).astype(np.str_)
