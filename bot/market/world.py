"""A market that answers back: budgets go in, a day's numbers come out, and the truth is known.

`spec.py` and `simulate.py` tell a story for the demo; this is for counting false alarms, regret
and how fast what is wrong is found. The generator is varied by `Kind`, so that nobody tunes to
one world. Each world draws everything from its seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from bot.market.kinds import CHANNELS, POOLS, Kind
from bot.market.response import Array, Curve
from bot.market.simulate import WEEKDAY

FIRST_DAY = date(2026, 1, 5)  # a Monday


@dataclass(frozen=True)
class Happening:
    """An event of the world: what, to which campaign, on which days (inclusive)."""

    kind: str
    campaign: int
    first: int
    last: int


class World:
    """One market; `step` plays a day at the budgets as they stand."""

    def __init__(self, kind: Kind, seed: int) -> None:
        self.kind, self.day = kind, 0
        self.random = np.random.default_rng([seed, *kind.name.encode()])
        self.length = kind.history + kind.days
        self._campaigns()
        self.happenings = self._happen()
        self._weather()
        self.budgets = self.usual.copy()
        self.played: list[dict[str, Any]] = []

    # -- how it is made -------------------------------------------------------------------
    def _campaigns(self) -> None:
        kind, random, n = self.kind, self.random, self.kind.campaigns
        self.pool = np.arange(n) % len(POOLS)
        self.channel = np.array([CHANNELS[i] for i in random.integers(0, len(CHANNELS), n)])
        size = np.exp(random.normal(0, kind.giants, n))
        efficiency = np.exp(random.normal(0, kind.spread, n))
        results = np.array([POOLS[p][3] for p in self.pool]) * size
        price = np.array([POOLS[p][4] for p in self.pool])
        self.usual = np.round(results * price, 2)
        self.scale = results * efficiency
        self.curves = [self._curve(value) for value in efficiency]
        self.dispersion = random.uniform(*kind.dispersion, n)
        self.cpm = np.exp(random.normal(np.log(110), 0.4, n))
        self.ctr = np.exp(random.normal(np.log(0.014), 0.4, n))

    def _curve(self, efficiency: float) -> Curve:
        """`equal`: the part that money buys is the same for all, the base makes up the rest."""
        shape = str(self.random.choice(self.kind.shapes))
        bend = float(np.clip(self.random.normal(*self.kind.bend), 0.25, 0.95))
        if shape == "equal":
            bought = float(np.clip(0.25 / efficiency, 0.05, 1.0))
            return Curve("flat", 0.6, 1 - bought)
        if shape == "hill":
            return Curve("hill", float(self.random.uniform(1.1, 1.8)))
        return Curve(shape, bend, 0.35 if shape == "flat" else 0.0)

    def _happen(self) -> list[Happening]:
        start = self.kind.history + 7
        found = []
        for kind, count in self.kind.events.items():
            for _ in range(count):
                first = int(self.random.integers(start, self.length - 21))
                long = {"spike": 0, "stop": 4, "outage": 9, "partial": 13, "double": 13}.get(
                    kind, 20
                )
                campaign = int(self.random.integers(0, self.kind.campaigns))
                found.append(Happening(kind, campaign, first, first + long))
        return found

    def _weather(self) -> None:
        """Efficiency by day and campaign: drift of its own, moves of its channel, weekdays."""
        n, days = self.kind.campaigns, self.length + 1
        shocks = self.random.normal(0, self.kind.drift, (days, n))
        drift = np.zeros((days, n))
        for t in range(1, days):
            drift[t] = 0.985 * drift[t - 1] + shocks[t]
        moves = {name: self.random.normal(0, self.kind.common, days) for name in CHANNELS}
        common = np.stack([moves[name] for name in self.channel], axis=1)
        weekday = np.array(
            [WEEKDAY[(FIRST_DAY + timedelta(days=t)).weekday()] for t in range(days)]
        )
        self.efficiency = np.exp(drift + common) * weekday[:, None] ** 0.5
        self.broken = np.ones((days, n))
        self.counted = np.ones((days, n))
        self.worn = np.ones((days, n))
        for event in self.happenings:
            self._mark(event)

    def _mark(self, event: Happening) -> None:
        span = slice(event.first, event.last + 1)
        if event.kind == "break":
            self.broken[span, event.campaign] = 0.5
        elif event.kind == "fatigue":
            self.worn[span, event.campaign] = np.linspace(1.0, 0.55, event.last + 1 - event.first)
        elif event.kind == "channel_outage":
            self.counted[span, self.channel == self.channel[event.campaign]] = 0.0
        elif event.kind in ("outage", "partial", "double"):
            factor = {"outage": 0.0, "partial": 0.45, "double": 2.0}[event.kind]
            self.counted[span, event.campaign] = factor

    # -- the truth ------------------------------------------------------------------------
    def expected(self, spend: Array, day: int | None = None) -> Array:
        """True results a day at a spend, without noise: one a campaign."""
        day = self.day if day is None else day
        x = spend / self.usual
        shape = np.array([float(curve(x[i : i + 1])[0]) for i, curve in enumerate(self.curves)])
        rate = self.efficiency[day] * self.broken[day] * self.worn[day]
        return np.asarray(self.scale * shape * rate)

    def marginal(self, spend: Array, day: int | None = None) -> Array:
        """True results that one more currency unit would buy, one a campaign."""
        step = 0.02 * self.usual
        more = self.expected(spend + step, day)
        return np.asarray((more - self.expected(spend - step, day)) / (2 * step))

    def active(self, kind: str) -> list[Happening]:
        return [e for e in self.happenings if e.kind == kind and e.first <= self.day <= e.last]

    @property
    def as_of(self) -> date:
        """The morning: every day before it has been played."""
        return FIRST_DAY + timedelta(days=self.day)

    # -- a day ----------------------------------------------------------------------------
    def step(self) -> None:
        """Play one day at `self.budgets`; record it with all that will be known of it later."""
        random, t = self.random, self.day
        spend = self.budgets * np.exp(random.normal(-0.03, 0.025, self.kind.campaigns))
        spend = np.minimum(spend, self.budgets)
        for event in self.active("spike"):
            spend[event.campaign] *= 2.6
        for event in self.active("stop"):
            spend[event.campaign] = 0.0
        mean = self.expected(spend)
        rate = mean / np.maximum(spend, 1e-9) / np.maximum(self.scale / self.usual, 1e-12)
        # results fall with the click rate when people are tired, after the click when a page breaks
        dear = self.efficiency[t] * self.broken[t] * self.worn[t] / np.maximum(rate, 1e-9)
        shows = 1000 * spend / (self.cpm * dear) * np.exp(random.normal(0, 0.05, len(spend)))
        clicks = random.poisson(shows * self.ctr * self.worn[t]).astype(float)
        drawn = self._scatter(mean) * 1.0
        counted = np.where(
            self.counted[t] <= 1,
            random.binomial(drawn.astype(int), np.minimum(self.counted[t], 1)),
            drawn * self.counted[t],
        )
        self.played.append({
            "t": t, "spend": np.round(spend, 2), "impressions": np.round(shows), "clicks": clicks,
            "budget": self.budgets.copy(), "by_age": self._ages(counted),
            "missing": random.random(len(spend)) < self.kind.missing,
            "late": {c: random.random() < self.kind.late for c in CHANNELS},
        })  # fmt: skip
        self.day += 1

    def _scatter(self, mean: Array) -> Array:
        big = mean > 1000  # people reached: a relative noise, not a count's
        shape = np.maximum(mean, 1e-12) / (self.dispersion - 1)
        few = self.random.poisson(self.random.gamma(shape, self.dispersion - 1)).astype(float)
        many = np.round(mean * np.exp(self.random.normal(0, 0.04, len(mean))))
        return np.where(big, many, few)

    def _ages(self, counted: Array) -> Array:
        """Recorded results by age in days: ages x campaigns; reach and leads come at once."""
        mean, longest = self.kind.lag
        slow = np.array([POOLS[p][2] == "conversions" for p in self.pool])
        ages = np.zeros((longest + 1, len(counted)))
        left = counted.copy()
        for age in range(longest + 1):
            share = np.where(slow, 1 / (1 + mean), 1.0) if age < longest else 1.0
            new = np.where(left < 1e6, self.random.binomial(left.astype(int), share), left * share)
            new = np.where(slow, new, left)
            left = left - new
            ages[age] = new
        seen = ages.cumsum(axis=0)
        taken = self.random.binomial(counted.astype(int), self.kind.falls)
        seen[min(12, longest) :] -= np.where(slow, np.minimum(taken, seen[min(12, longest)]), 0)
        return seen
