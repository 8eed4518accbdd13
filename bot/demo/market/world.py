"""A market that answers back: budgets go in, a day's numbers come out, and the truth is known.

`spec.py` and `simulate.py` tell a story for the demo; this is for counting false alarms, regret
and how fast what is wrong is found. The generator is varied by `Kind`, so that nobody tunes to
one world. Each world draws everything from its seed.

What a marketer sees of a world: daily rows, with every revision known this morning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from bot.demo.market.kinds import CHANNELS, POOLS, Array, Curve, Kind
from bot.demo.market.simulate import WEEKDAY

FIRST_DAY = date(2026, 1, 5)  # a Monday
SEARCH = "google_ads"
TAGS = ("outage", "partial", "double", "channel_outage")
BREAKS = ("page", "checkout", "auction")
LONG = {"spike": 0, "stop": 4, "outage": 9, "partial": 13, "double": 13}  # days after the first
Ints = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Happening:
    """An event of the world: what, to which campaign, on which days (inclusive).

    `cause` tells what broke where a cost doubled: `page` (fewer visits arrive), `checkout` (they
    arrive and do not buy), `auction` (showings cost twice as much) or `audience` (a reach campaign
    shows the same people everything twice).
    """

    kind: str
    campaign: int
    first: int
    last: int
    cause: str = ""


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
        self.ctr = np.exp(random.normal(np.log(0.014), 0.4, n))
        self.often = np.exp(random.normal(np.log(1.4), 0.1, n))  # showings a person and day
        cpm = np.exp(random.normal(np.log(110), 0.4, n))
        reach_cpm = 1000 * self.usual / np.maximum(self.scale * self.often, 1e-9)
        self.cpm = np.where(self.by_reach, reach_cpm, cpm)
        self.lands = random.uniform(0.72, 0.92, n)

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
        happenings = []
        for kind, count in self.kind.events.items():
            for _ in range(count):
                first_day = int(self.random.integers(start, self.length - 21))
                campaign = int(self.random.choice(self._prone(kind)))
                last_day = first_day + LONG.get(kind, 20)
                happenings.append(
                    Happening(kind, campaign, first_day, last_day, self._cause(kind, campaign))
                )
        return happenings

    def _prone(self, kind: str) -> Ints:
        """Who an event can strike: tags count what comes after the click; search ads don't tire."""
        if kind in TAGS:
            return np.flatnonzero(~self.by_reach)
        if kind == "fatigue":
            return np.flatnonzero(self.by_reach | (self.channel != SEARCH))
        return np.arange(self.kind.campaigns)

    def _cause(self, kind: str, campaign: int) -> str:
        if kind != "break":
            return ""
        causes = ("auction", "audience") if self.by_reach[campaign] else BREAKS
        return str(self.random.choice(causes))

    @property
    def by_reach(self) -> Flags:
        """Campaigns of the reach pool: their result is people reached."""
        return np.array([POOLS[p][2] == "reach" for p in self.pool])

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
        self.shown = np.ones((days, n))  # showings a krone
        self.landed = np.ones((days, n))  # visits a click
        for event in self.happenings:
            self._mark(event)

    def _mark(self, event: Happening) -> None:
        span = slice(event.first, event.last + 1)
        if event.kind == "break":
            self.broken[span, event.campaign] = 0.5
            self.shown[span, event.campaign] = 0.5 if event.cause == "auction" else 1.0
            self.landed[span, event.campaign] = 0.5 if event.cause == "page" else 1.0
        elif event.kind == "fatigue":
            self.worn[span, event.campaign] = np.linspace(1.0, 0.55, event.last + 1 - event.first)
        elif event.kind == "channel_outage":
            alike = (self.channel == self.channel[event.campaign]) & ~self.by_reach
            self.counted[span, alike] = 0.0
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
        expected_above = self.expected(spend + step, day)
        return np.asarray((expected_above - self.expected(spend - step, day)) / (2 * step))

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
        shows = 1000 * spend / (self.cpm * dear) * self.shown[t] * self._wobble(0.05)
        clicks = random.poisson(shows * self.ctr * self.worn[t] * self._wobble(0.04)).astype(float)
        visits = random.binomial(clicks.astype(int), self.lands * self.landed[t])
        often = self.often / self.worn[t] ** 0.6 * self._wobble(0.04)
        drawn = self._scatter(mean) * 1.0
        counted = np.where(
            self.counted[t] <= 1,
            random.binomial(drawn.astype(int), np.minimum(self.counted[t], 1)),
            drawn * self.counted[t],
        )
        self.played.append({
            "t": t, "spend": np.round(spend, 2), "impressions": np.round(shows), "clicks": clicks,
            "people": np.round(shows / often), "visits": visits.astype(float),
            "budget": self.budgets.copy(), "by_age": self._ages(counted),
            "missing": random.random(len(spend)) < self.kind.missing,
            "late": {c: random.random() < self.kind.late for c in CHANNELS},
        })  # fmt: skip
        self.day += 1

    def _wobble(self, size: float) -> Array:
        return np.asarray(np.exp(self.random.normal(0, size, self.kind.campaigns)))

    def _scatter(self, mean: Array) -> Array:
        big = mean > 1000  # people reached: a relative noise, not a count's
        shape = np.maximum(mean, 1e-12) / (self.dispersion - 1)
        few = self.random.poisson(self.random.gamma(shape, self.dispersion - 1)).astype(float)
        large_counts = np.round(mean * np.exp(self.random.normal(0, 0.04, len(mean))))
        return np.where(big, large_counts, few)

    def _ages(self, counted: Array) -> Array:
        """Recorded results by age in days: ages x campaigns; reach and leads come at once."""
        mean, longest = self.kind.lag
        slow = np.array([POOLS[p][2] == "conversions" for p in self.pool])
        ages = np.zeros((longest + 1, len(counted)))
        unrecorded = counted.copy()
        for age in range(longest + 1):
            share = np.where(slow, 1 / (1 + mean), 1.0) if age < longest else 1.0
            newly_recorded = np.where(
                unrecorded < 1e6,
                self.random.binomial(unrecorded.astype(int), share),
                unrecorded * share,
            )
            newly_recorded = np.where(slow, newly_recorded, unrecorded)
            unrecorded = unrecorded - newly_recorded
            ages[age] = newly_recorded
        recorded = ages.cumsum(axis=0)
        cancelled = self.random.binomial(counted.astype(int), self.kind.falls)
        recorded[min(12, longest) :] -= np.where(
            slow, np.minimum(cancelled, recorded[min(12, longest)]), 0
        )
        return recorded


Columns = dict[str, np.ndarray[Any, np.dtype[Any]]]


def numbers(world: World, days: int = 90) -> pd.DataFrame:
    """The daily rows of the newest `days` days, with every revision known this morning."""
    pulls = [pull for day in world.played[-days:] for pull in _known(world, day)]
    return pd.DataFrame({name: np.concatenate([p[name] for p in pulls]) for name in pulls[0]})


def _known(world: World, day: dict[str, Any]) -> list[Columns]:
    """The pulls of a played day that changed something; only new ones are made."""
    newest = min(world.day - 1 - day["t"], len(day["by_age"]) - 1)
    pulls: list[Columns] = day.setdefault("pulls", [])
    ages = range(day.get("age", -1) + 1, newest + 1)
    pulls.extend(_pull(world, day, age) for age in ages if _changes(day, age))
    day["age"] = newest
    return pulls


def _changes(day: dict[str, Any], age: int) -> bool:
    return age == 0 or bool((day["by_age"][age] != day["by_age"][age - 1]).any())


def _pull(world: World, day: dict[str, Any], age: int) -> Columns:
    date_ = FIRST_DAY + timedelta(days=day["t"])
    count, now = len(world.pool), day["by_age"][age]
    changed = np.ones(count, bool) if age == 0 else now != day["by_age"][age - 1]
    wait = np.array([day["late"][c] for c in world.channel]).astype(int) if age == 0 else 0
    columns = {
        "date": np.full(count, np.datetime64(date_, "ns")), **_about(world),
        "spend": day["spend"], "impressions": day["impressions"], "clicks": day["clicks"],
        "daily_budget": day["budget"],
        "pulled_on": np.datetime64(date_, "ns") + (1 + age + wait) * np.ones(count, "m8[D]"),
        **_results(world, day, now),
    }  # fmt: skip
    row_mask = changed & ~day["missing"]
    return {name: values[row_mask] for name, values in columns.items()}


def _about(world: World) -> Columns:
    """What stays the same from day to day."""
    count = len(world.pool)
    text: dict[str, list[str]] = {
        "channel": list(world.channel), "account_id": ["a1"] * count,
        "campaign_id": [f"c{i}" for i in range(count)],
        "campaign_name": [f"Campaign {i}" for i in range(count)],
        "stage": [POOLS[p][0] for p in world.pool],
        "pricing_model": [POOLS[p][1] for p in world.pool],
        "currency": ["NOK"] * count, "measured_by": ["shop"] * count,
    }  # fmt: skip
    return {name: np.array(values, dtype=object) for name, values in text.items()}


def _results(world: World, day: dict[str, Any], now: Array) -> Columns:
    """What is counted, each where its platform tells it; NaN elsewhere."""
    results = {}
    for column in ("reach", "leads", "conversions"):
        is_counted = np.array([POOLS[p][2] == column for p in world.pool])
        results[column] = np.where(is_counted, now, np.nan)
    people = world.by_reach
    results["reach"] = np.where(people | (world.channel == SEARCH), results["reach"], day["people"])
    landings_reported = ~people & (world.channel != "linkedin_ads")  # it tells no landing views
    return results | {"landing_views": np.where(landings_reported, day["visits"], np.nan)}
