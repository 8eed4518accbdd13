"""Ads that tire, and the ad to make more of.

An ad's click rate against that of the campaign's other ads on the same days, over its own showings
so far: clicks ~ Poisson(foretold by the others x exp(a + b x)), x how far its showings wore it,
with each doubling or from a knee on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bot.advice.details.detail_panel import DetailPanel, added
from bot.advice.details.discoveries import discovered, of_others, unlikely
from bot.advice.details.waste import Wasted
from bot.numbers.metrics.sums import Bools, Floats, Ints, divided
from bot.numbers.special import gammainc, ndtr

STEPS = 8
"""Newton's, of a regression with two unknowns; it stands still after five."""
KNEES = (0.5, 0.75, 0.875)
"""Shares of its showings after which an ad may begin to tire."""


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
    middle, deviation = _wear(days)
    sure = np.asarray(ndtr((np.log1p(-bars.sound) - middle) / deviation), dtype=np.float64)
    sure = 1 - np.minimum((1 - sure) * len(days.ways()), 1.0)  # of several ways the best was taken
    clicks = panel.add(days.clicks_all)
    enough = (clicks >= bars.clicks) & np.isfinite(sure) & (days.showings > 100)
    start, now = days.ends()
    change = np.expm1(middle)
    fell = (now < (1 - bars.sound) * start) & (change <= -bars.fallen)
    sure = np.where(enough, sure, np.nan)
    tired = discovered(1 - sure, bars.chance) & (sure >= bars.sure) & fell
    with np.errstate(over="ignore"):  # after a single day anything may come: the end is open
        ends = (np.expm1(middle - 1.645 * deviation), np.expm1(middle + 1.645 * deviation))
    return TiredAds(start, now, change, *ends, days.showings, sure, tired)


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

    def ways(self) -> list[Floats]:
        """How far an ad may be worn on each day, 1 now.

        With each doubling of its showings since a tenth of them, or from one of `KNEES` on.
        """
        total = np.log2(np.maximum(0.1 * self.showings, 1.0))[self.part]
        slow = (self.doublings - total) / np.log2(10)
        return [slow, *(np.maximum(self.share - knee, 0.0) / (1 - knee) for knee in KNEES)]

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


def _wear(days: _AdDays) -> tuple[Floats, Floats]:
    """What its showings did to each ad until now, in logs, and its error: the likeliest way."""
    fits = [_slope(days, way) for way in days.ways()]
    best = np.argmax(np.stack([likelihood for _, _, likelihood in fits]), axis=0)
    slopes, errors = (np.stack([fit[side] for fit in fits]) for side in (0, 1))
    ads = np.arange(best.size)
    return slopes[best, ads], errors[best, ads]


def _slope(days: _AdDays, way: Floats) -> tuple[Floats, Floats, Floats]:
    """The slope of each ad, its standard error with the days' scatter, and its log likelihood."""
    size, part = days.panel.size, days.part

    def add(values: Floats) -> Floats:
        return added(part, values, size)

    weight = np.where(days.foretold > 0, days.foretold, 0.0)
    centre = divided(add(weight * way), add(weight))
    x = np.where(weight > 0, way - centre[part], 0.0)
    level, slope = np.log(divided(add(days.clicks) + 0.5, add(weight) + 0.5)), np.zeros(size)
    for _ in range(STEPS):
        mu = weight * np.exp(np.clip(level[part] + slope[part] * x, -20, 20))
        m0, m1, m2 = add(mu), add(mu * x), add(mu * x * x)
        r0, r1 = add(days.clicks - mu), add((days.clicks - mu) * x)
        det = np.maximum(m0 * m2 - m1 * m1, 1e-9)
        level = np.clip(level + np.clip((m2 * r0 - m1 * r1) / det, -1, 1), -20, 20)
        slope = np.clip(slope + np.clip((m0 * r1 - m1 * r0) / det, -1, 1), -6, 6)
    phi = _scatter(add, days.clicks, mu)
    likelihood = add(days.clicks * np.log(np.maximum(mu, 1e-300)) - mu)
    return slope, np.sqrt(phi * np.maximum(m0, 1e-9) / det), np.nan_to_num(likelihood, nan=-np.inf)


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
