"""Ads that tire, and the ad to make more of.

An ad's click rate against that of the campaign's other ads on the same days, over its own showings
so far: clicks ~ Poisson(foretold by the others x exp(a + b x)), x the doublings of its showings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, ndtr

from bot.advice.details.evidence import discovered, of_others, unlikely
from bot.advice.details.panel import DetailPanel, added
from bot.advice.details.waste import Wasted
from bot.numbers.metrics.sums import Bools, Floats, Ints, divided

STEPS = 8
"""Newton's, of a regression with two unknowns; it stands still after five."""


@dataclass(frozen=True)
class CreativeBars:
    """When an ad is said to be tired, or worth repeating.

    Attributes:
        sound: A fall of so much since a tenth of its showings is no news: it is surely more.
        fallen: And it is so much, as far as can be seen.
        sure: Least probability of that.
        chance: Share of the tired that may be chance.
        clicks: Clicks before anything is said.
        best: Least probability that an ad beats the others by a tenth.
    """

    sound: float = 0.15
    fallen: float = 0.2
    sure: float = 0.95
    chance: float = 0.05
    clicks: float = 60.0
    best: float = 0.95


@dataclass(frozen=True)
class TiredAds:
    """What was found of each ad; NaN where not known.

    Attributes:
        start, now: Clicks a showing in its first tenth of showings and in its last week.
        change: What its own showings did to it, against the others: -0.3 is 30 % less.
        low, high: Where that lies (90 %).
        showings: So far.
        tired: Whether it surely is.
    """

    start: Floats
    now: Floats
    change: Floats
    low: Floats
    high: Floats
    showings: Floats
    sure: Floats
    tired: Bools


def tired_ads(panel: DetailPanel, bars: CreativeBars = CreativeBars()) -> TiredAds:
    """Which ads tire by being shown."""
    days = _AdDays.of(panel)
    slope, error = _slopes(days)
    x0, x1 = days.reach()
    change, deviation = np.expm1(slope * (x1 - x0)), error * (x1 - x0)
    middle = slope * (x1 - x0)
    sure = np.asarray(ndtr((np.log1p(-bars.sound) - middle) / deviation), dtype=np.float64)
    clicks = panel.add(days.clicks_all)
    enough = (clicks >= bars.clicks) & np.isfinite(sure) & (x1 - x0 > 1)
    p = np.where(enough, 1 - sure, np.nan)
    start, now = days.ends()
    fell = (now < (1 - bars.sound) * start) & (change <= -bars.fallen)
    tired = discovered(p, bars.chance) & (sure >= bars.sure) & fell
    ends = (np.expm1(middle - 1.645 * deviation), np.expm1(middle + 1.645 * deviation))
    return TiredAds(start, now, change, *ends, days.showings, np.where(enough, sure, np.nan), tired)


@dataclass(frozen=True)
class _AdDays:
    """Ad-days in order, with what the campaign's other ads foretell."""

    panel: DetailPanel
    clicks_all: Floats
    part: Ints
    clicks: Floats
    foretold: Floats
    doublings: Floats
    share: Floats  # of its showings so far that lie before the day's end
    impressions: Floats
    age: Ints
    showings: Floats

    @classmethod
    def of(cls, panel: DetailPanel) -> _AdDays:
        impressions = np.nan_to_num(panel.column("impressions"))
        clicks = panel.column("clicks")
        order = np.lexsort((-panel.age, panel.part))
        part, impressions, clicked = (
            panel.part[order],
            impressions[order],
            np.nan_to_num(clicks)[order],
        )
        total = added(part, impressions, panel.size)
        run = np.cumsum(impressions) - (np.cumsum(total) - total)[part]  # its own showings so far
        foretold = _foretold(panel, panel.age[order], part, impressions, clicked)
        middle = np.maximum(run - impressions / 2, 1.0)
        return cls(
            panel, clicks, part, clicked, foretold, np.log2(middle),
            divided(run, total[part]), impressions, panel.age[order], np.asarray(total, np.float64),
        )  # fmt: skip

    def reach(self) -> tuple[Floats, Floats]:
        """Doublings at a tenth of its showings, and now."""
        return np.log2(np.maximum(0.1 * self.showings, 1.0)), np.log2(
            np.maximum(self.showings, 2.0)
        )

    def ends(self) -> tuple[Floats, Floats]:
        """Its click rate in the first fifth of its showings, and in its last week."""
        return self._rate(self.share <= 0.2), self._rate(self.age <= 7)

    def _rate(self, rows: Bools) -> Floats:
        size = self.panel.size
        clicks = added(self.part[rows], self.clicks[rows], size)
        return divided(clicks, added(self.part[rows], self.impressions[rows], size))


def _foretold(panel: DetailPanel, age: Ints, part: Ints, shown: Floats, clicks: Floats) -> Floats:
    """Clicks of each ad-day, had the ad's usual rate moved as that of the campaign's other ads.

    Each is held against its own usual rate, so that a new ad beside it is no movement. Where the
    others are few, nothing moved.
    """
    size, campaign = panel.size, panel.campaign[part]
    cell = campaign * (int(age.max(initial=0)) + 1) + age
    total = added(part, clicks, size)
    usual = (total / np.maximum(added(part, shown, size), 1.0))[part]
    moved = np.ones(len(part))
    for _ in range(4):
        due = shown * usual * moved
        level = (total + 5.0) / (added(part, due, size) + 5.0)
        due = shown * usual * level[part]
        clicks_of_others, due_of_others = (
            np.bincount(cell, values)[cell] - values for values in (clicks, due)
        )
        moved = (clicks_of_others + 30.0) / (due_of_others + 30.0)
    return np.asarray(shown * usual * moved)


def _slopes(days: _AdDays) -> tuple[Floats, Floats]:
    """The slope of each ad over its doublings, and its standard error with the days' scatter."""
    size, part = days.panel.size, days.part

    def add(values: Floats) -> Floats:
        return np.asarray(added(part, values, size), dtype=np.float64)

    weight = np.where(days.foretold > 0, days.foretold, 0.0)
    centre = divided(add(weight * days.doublings), add(weight))
    x = np.where(weight > 0, days.doublings - centre[part], 0.0)
    level, slope = np.log(divided(add(days.clicks) + 0.5, add(weight) + 0.5)), np.zeros(size)
    for _ in range(STEPS):
        mu = weight * np.exp(np.clip(level[part] + slope[part] * x, -20, 20))
        m0, m1, m2 = add(mu), add(mu * x), add(mu * x * x)
        r0, r1 = add(days.clicks - mu), add((days.clicks - mu) * x)
        det = np.maximum(m0 * m2 - m1 * m1, 1e-9)
        level = np.clip(level + np.clip((m2 * r0 - m1 * r1) / det, -1, 1), -20, 20)
        slope = np.clip(slope + np.clip((m0 * r1 - m1 * r0) / det, -0.5, 0.5), -3, 3)
    phi = _scatter(add, days.clicks, mu)
    return slope, np.sqrt(phi * np.maximum(m0, 1e-9) / det)


def _scatter(add: Callable[[Floats], Floats], clicks: Floats, mu: Floats) -> Floats:
    """Pearson's overdispersion of each ad, shrunk to that of all with the weight of ten days."""
    usable = mu > 0.5
    off = np.where(usable, (clicks - mu) ** 2 / np.where(usable, mu, 1.0), 0.0)
    days, sums = add(usable.astype(np.float64)), add(off)
    usual = max(1.0, float(sums.sum() / max(np.maximum(days - 2, 0).sum(), 1.0)))
    return np.asarray(np.maximum((sums + 10 * usual) / np.maximum(days - 2 + 10, 1.0), 1.0))


def best_ads(panel: DetailPanel, ads: Wasted, least: float = CreativeBars.best) -> Bools:
    """Ads whose results surely cost less than those of the campaign's other ads together.

    The probability is that of its rate over the others' rate by a tenth, both gamma.
    """
    results, spend = np.nan_to_num(ads.results) / panel.phi, np.nan_to_num(ads.spend)
    other_results = of_others(ads.results, panel.together(ads.results)) / panel.phi
    paid = of_others(ads.spend, panel.together(ads.spend))
    due = divided(other_results, paid) * spend * 1.1
    variance = divided(np.ones_like(other_results), other_results) * due**2
    effective = divided(due**2, due + variance)  # as many results as both sides' noise tells
    scale = divided(effective, due)
    chance = gammainc(np.maximum(np.nan_to_num(results * scale), 1e-9), np.nan_to_num(effective))
    sure = np.where((results >= 5) & (other_results >= 5) & (spend > 0), 1 - chance, 0.0)
    p = np.where(sure > 0, 1 - sure, np.nan)
    return np.asarray((sure >= least) & unlikely(p, 0.1))
