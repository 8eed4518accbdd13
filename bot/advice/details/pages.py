"""Landing pages that broke: fewer results a click than before, and than the other pages.

Each day of the last two weeks is tried as the one it began on. The campaign's other pages say what
the season and late results did to everybody; the whole account's, where the campaign has no other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.advice.details.detail_panel import DetailPanel
from bot.advice.details.discoveries import of_others, unlikely
from bot.numbers.metrics.sums import Bools, Floats, Ints, divided
from bot.numbers.special import betainc

LATEST = 14
"""Days in which it may have begun; the 28 before them are the page's own past."""
PAST = 28
SEPARATE_LOOKS = 4.0
"""As how many separate questions the thirteen overlapping days count."""
ACCOUNT_WEIGHT = 20.0
"""Results that the account's own movement counts for beside the campaign's other pages."""


@dataclass(frozen=True)
class PageBars:
    """When a page is said to be broken.

    Attributes:
        sound: A fall of so much is no news: it must surely have fallen by more.
        fallen: And by so much, as far as can be seen.
        chance: Share of the broken that may be chance.
        least: Results foretold since then before anything is said.
    """

    sound: float = 0.1
    fallen: float = 0.3
    chance: float = 0.1
    least: float = 8.0


@dataclass(frozen=True)
class BrokenPages:
    """What was found of each page; NaN where not known.

    Attributes:
        days: Days since it began, 0 where nothing did.
        rate, usual: Results a click since then, and what the past and the others foretell.
        lost: Results lost a week.
        spend: Of the week.
        sure: How surely it is no chance.
        broken: Whether it surely is.
    """

    days: Ints
    rate: Floats
    usual: Floats
    lost: Floats
    spend: Floats
    sure: Floats
    broken: Bools


def broken_pages(panel: DetailPanel, bars: PageBars = PageBars()) -> BrokenPages:
    """Which landing pages broke, and since when."""
    clicks, results = (_by_day(panel, values) for values in (panel.column("clicks"), panel.results))
    p, began = np.ones(panel.size), np.zeros(panel.size, dtype=np.int64)
    rate, usual, lost = (np.full(panel.size, np.nan) for _ in range(3))
    for days in range(2, LATEST + 1):
        split = _split(panel, clicks, results, days)
        tail = split.tail(bars.sound, panel.phi)
        tail = np.where(split.foretold >= bars.least, tail, 1.0)
        better = tail < p
        p, began = np.where(better, tail, p), np.where(better, days, began)
        rate = np.where(better, split.rate, rate)
        usual = np.where(better, divided(split.foretold, split.clicks), usual)
        lost = np.where(better, (split.foretold - split.count) * 7 / days, lost)
    chance = np.where(p < 1.0, np.minimum(p * SEPARATE_LOOKS, 1.0), np.nan)
    broken = unlikely(chance, bars.chance) & (rate < (1 - bars.fallen) * usual)
    spend = panel.add(panel.column("spend"), panel.within(7))
    return BrokenPages(np.where(broken, began, 0), rate, usual, lost, spend, 1 - chance, broken)


@dataclass(frozen=True)
class PageSplit:
    """A page before and since a day: what came, and what was foretold."""

    count: Floats
    foretold: Floats
    clicks: Floats
    before: Floats  # results of the past, as many as are told by it and the other pages together

    @property
    def rate(self) -> Floats:
        return divided(self.count, self.clicks)

    def tail(self, fallen: float, phi: float) -> Floats:
        """The chance of so few, had it fallen by just `fallen`: beta, given all that came."""
        k1, k0 = self.count / phi, self.before / phi
        due = self.foretold * (1 - fallen) / phi
        share = divided(due, due + k0)
        usable = (k0 > 0) & np.isfinite(share) & (share > 0)
        chance = betainc(np.where(usable, k0, 1.0), k1 + 1.0, 1 - np.where(usable, share, 0.5))
        return np.where(usable, chance, 1.0)


def _by_day(panel: DetailPanel, values: Floats) -> Floats:
    """Part x day, the newest full day first; what is not known is 0."""
    width = LATEST + PAST
    day = panel.age - panel.skip[panel.part] - 1
    usable = (day >= 0) & (day < width) & ~np.isnan(values)
    cells = panel.part[usable] * width + day[usable]
    flat = np.bincount(cells, values[usable], minlength=panel.size * width)
    return np.asarray(flat, dtype=np.float64).reshape(panel.size, width)


def _split(panel: DetailPanel, clicks: Floats, results: Floats, days: int) -> PageSplit:
    n1, k1 = clicks[:, :days].sum(axis=1), results[:, :days].sum(axis=1)
    n0, k0 = (side[:, days : days + PAST].sum(axis=1) for side in (clicks, results))
    other_pages = [
        of_others(side_sums, panel.together(side_sums)) for side_sums in (n1, k1, n0, k0)
    ]
    moved, certainty = _movement(other_pages, [n1, k1, n0, k0])
    foretold = n1 * np.nan_to_num(divided(k0, n0)) * moved
    before = divided(k0 * certainty, k0 + certainty)  # variances of logs add up: 1/k0 + 1/certainty
    return PageSplit(k1, foretold, n1, np.nan_to_num(before))


def _movement(others: list[Floats], own: list[Floats]) -> tuple[Floats, Floats]:
    """How the other pages' rate moved, and as how many results that is known."""
    n1, k1, n0, k0 = others
    a1, b1, a0, b0 = (float(values.sum()) for values in own)
    account_moved = (b1 / a1) / (b0 / a0) if a1 and b0 and a0 else 1.0
    account_moved = min(max(account_moved, 0.5), 2.0)
    due = n1 * np.nan_to_num(divided(k0, n0))
    moved = (k1 + ACCOUNT_WEIGHT * account_moved) / (due + ACCOUNT_WEIGHT)
    certainty = np.minimum(k0, k1) + ACCOUNT_WEIGHT * 2
    return np.asarray(moved), np.asarray(certainty)
