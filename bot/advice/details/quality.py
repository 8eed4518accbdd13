"""Where a low quality score makes clicks dear, and what a point more would save.

Inside one campaign: log(cost per click) = campaign + slope x quality score, each keyword weighed by
its clicks. What differs between keywords besides (how many want the word) is in the scatter, so
the slope is what goes with a point, not proof that a point brings it: the message says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.advice.details.detail_panel import DetailPanel, added, week_of
from bot.domain.details import RATINGS
from bot.numbers.metrics.sums import Bools, Floats, Ints, divided
from bot.numbers.special import ndtr

POOR = 5.0
"""Scores under this are low; Google calls 1-10 a diagnosis, 5 about what is usual."""


@dataclass(frozen=True)
class QualityBars:
    """When it is worth a word: `keywords` with a score tell, and the slope is surely under 0."""

    days: int = 28
    keywords: int = 8
    z: float = 1.645
    share: float = 0.05  # of the campaign's week that a point would save at least


@dataclass(frozen=True)
class QualityCost:
    """What was found of each campaign, and each keyword's part in it; money a week.

    Attributes:
        score: Of each keyword, as it stood last; NaN where not known.
        slope: Change of a click's price that goes with a point more, a campaign: -0.08 is 8 %.
        saved, low, high: What a point more on the poor keywords goes with, a campaign (90 %).
        by_keyword: Of that, each keyword's.
        weakest: Which of `RATINGS` is most often below average, an index a campaign; -1 unknown.
        sure: How surely the slope is under 0, a campaign.
        dear: Campaigns in which it surely costs.
    """

    score: Floats
    slope: Floats
    saved: Floats
    low: Floats
    high: Floats
    by_keyword: Floats
    weakest: Ints
    sure: Floats
    dear: Bools


def quality_cost(panel: DetailPanel, bars: QualityBars = QualityBars()) -> QualityCost:
    """Where quality scores make clicks dear."""
    rows = panel.within(bars.days)
    spend, clicks = (panel.add(panel.column(name), rows) for name in ("spend", "clicks"))
    score = _newest(panel, "quality_score")
    slope, error, keywords = _slope(panel, spend, clicks, score)
    poor = (score < POOR) & (spend > 0)
    week = np.where(poor, spend * week_of(bars.days), 0.0)
    ends = (slope, slope - 1.645 * error, slope + 1.645 * error)
    count = len(panel.campaigns)
    at_stake = added(panel.campaign, week, count)
    saved, high, low = (at_stake * np.maximum(-np.expm1(np.clip(end, -2, 2)), 0) for end in ends)
    campaign_spend = added(panel.campaign, np.nan_to_num(spend), count)
    enough = saved >= bars.share * campaign_spend * week_of(bars.days)
    dear = (keywords >= bars.keywords) & (slope + bars.z * error < 0) & enough & (at_stake > 0)
    sure = np.asarray(ndtr(divided(-slope, error)), dtype=np.float64)
    keyword_part = np.where(poor, week * np.maximum(-np.expm1(slope), 0)[panel.campaign], 0.0)
    return QualityCost(
        score,
        np.expm1(slope),
        saved,
        low,
        high,
        keyword_part,
        _weakest(panel, week),
        sure,
        np.asarray(dear),
    )


def _newest(panel: DetailPanel, name: str) -> Floats:
    """A score as it stood last, a part; NaN where it never had one."""
    values = panel.column(name)
    scored = np.flatnonzero(~np.isnan(values))
    newest = np.full(panel.size, np.nan)
    order = scored[np.argsort(-panel.age[scored], kind="stable")]
    newest[panel.part[order]] = values[order]
    return newest


def _slope(
    panel: DetailPanel, spend: Floats, clicks: Floats, score: Floats
) -> tuple[Floats, Floats, Floats]:
    """The slope of each campaign, its standard error (sandwich), and the keywords that tell."""
    count = len(panel.campaigns)
    usable = (clicks >= 5) & (spend > 0) & ~np.isnan(score)
    campaign = panel.campaign[usable]
    y, x = np.log(spend[usable] / clicks[usable]), score[usable]
    weight = np.minimum(clicks[usable], 100.0)  # one keyword of ten thousand clicks is one keyword

    def add(values: Floats) -> Floats:
        return added(campaign, values, count)

    total = add(weight)
    x_off = x - divided(add(weight * x), total)[campaign]
    y_off = y - divided(add(weight * y), total)[campaign]
    spread = add(weight * x_off**2)
    slope = divided(add(weight * x_off * y_off), spread)
    residual = y_off - slope[campaign] * x_off
    keywords = add(np.ones_like(weight))
    small = np.sqrt(divided(keywords, np.maximum(keywords - 2, 1)))
    error = divided(np.sqrt(add((weight * x_off * residual) ** 2)), spread) * small
    return slope, error, keywords


def _weakest(panel: DetailPanel, week: Floats) -> Ints:
    """Which part of the score is below average for most of the poor keywords' money."""
    count = len(panel.campaigns)
    below = np.stack([
        added(panel.campaign, np.where(_newest(panel, name) <= 1, week, 0.0), count)
        for name in RATINGS
    ])  # fmt: skip
    return np.where(below.max(axis=0) > 0, below.argmax(axis=0), -1).astype(np.int64)
