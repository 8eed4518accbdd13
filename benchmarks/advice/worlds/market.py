"""A market that answers back: budgets go in, a day comes out, and the truth is known.

Everything random is drawn when the market is made, from its family and seed alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy.special import gamma

from benchmarks.advice.worlds import account as accounts
from benchmarks.advice.worlds import faults as all_faults
from benchmarks.advice.worlds import weather as all_weather
from benchmarks.advice.worlds.chance import poisson, recorded, scattered
from benchmarks.advice.worlds.curves import CEILING, FLOOR, Array, Split, best_split
from benchmarks.advice.worlds.priors import Priors

FIRST_DAY = date(2026, 1, 5)  # a Monday
AGES = 31
"""Ages at which a day's results may still change: 0 to 30 days."""
BID = 1.5
"""How much more can be spent where the bid target is raised: target ** 1.5."""
DAY = ("spend", "impressions", "clicks", "visits", "people", "budget", "average", "target")


@dataclass(frozen=True)
class Luck:
    """Quantiles and standard normals by day and campaign, drawn beforehand."""

    clicks: Array
    wide: Array
    counts: Array
    first: Array
    second: Array
    spend: Array
    shows: Array
    often: Array
    speed: Array
    order: Array
    lost: Array
    late: Array

    @classmethod
    def drawn(cls, shape: tuple[int, int], random: np.random.Generator) -> Luck:
        flat = [np.clip(random.random(shape), 1e-9, 1 - 1e-9) for _ in range(5)]
        normal = [random.normal(0, 1, shape) for _ in range(5)]
        return cls(*flat, *normal, random.random(shape), random.random(shape))


class Market:
    """One market of a family; `play` plays a day at the budgets as they stand."""

    def __init__(self, priors: Priors, seed: tuple[int, ...]) -> None:
        random = np.random.default_rng(seed)
        self.priors, self.day = priors, 0
        self.account = accounts.drawn(priors, random)
        self.faults = all_faults.drawn(priors, self.account, random)
        self.weather = all_weather.drawn(priors, self.account, self.faults, random)
        self.lasting = self.weather.efficiency(self.account.by_reach)
        self.rivalry = accounts.between(random, priors.rivalry)
        self.halo = accounts.between(random, priors.halo)
        self.lost, self.late = (
            accounts.between(random, span) for span in (priors.missing, priors.late)
        )
        self.longest = min(round(accounts.between(random, priors.lag[1])), AGES - 1)
        self.luck = Luck.drawn(self.account.on.shape, random)
        self.budgets, self.bid = self.account.budget.copy(), np.ones(self.account.size)
        self.length = priors.history + priors.days
        self.played = {n: np.full(self.account.on.shape, np.nan) for n in DAY}
        self.recorded = np.zeros((self.length + 1, AGES, self.account.size))
        self._hull = self.account.curves.hull()
        self.full = _full(self.account.delay, self.account.bent, self.longest)
        self._next: dict[int, float] = {}

    @property
    def as_of(self) -> date:
        """The morning: every day before it has been played."""
        return FIRST_DAY + timedelta(days=self.day)

    # -- the truth ------------------------------------------------------------------------
    def spend(self, budgets: Array, day: int | None = None) -> Array:
        """What is spent at these budgets, without noise: no more than the market can take."""
        most = np.minimum(budgets, self.capacity * self.account.usual)
        return np.asarray(most * self._runs(day))

    @property
    def capacity(self) -> Array:
        """The most that can be spent, as a share of the usual, at the bid targets as they are.

        Nobody finds more to buy than five times the usual, as the best split is told.
        """
        most = self.account.capacity * np.where(self.account.bids, self.bid**BID, 1.0)
        return np.asarray(np.minimum(most, CEILING))

    def _runs(self, day: int | None = None) -> Array:
        """1 where a campaign may run today and is shown, else 0."""
        day = self.day if day is None else day
        stopped = self.faults.spent[day] < 0.5
        return np.asarray((self.account.on[day] & ~stopped).astype(float))

    def results(self, spend: Array, day: int | None = None) -> Array:
        """True results a day at a spend, without the day's passing noise."""
        day = self.day if day is None else day
        own = self.account.results * self.account.curves(spend / self.account.usual)
        own = np.where(spend > 0, own, 0.0) * self.lasting[day]
        crowd = self._crowd(spend)
        found = own * crowd ** (-self.rivalry)
        return np.asarray(found * self._halo(found, day))

    def value(self, spend: Array, day: int | None = None) -> float:
        """What those results are worth, currency units."""
        return float(self.results(spend, day) @ self.account.worth)

    def marginal(self, spend: Array, day: int | None = None) -> Array:
        """What one more unit of money is worth in each campaign, what it takes or gives included.

        The derivative of `value`; a test holds it against finite differences.
        """
        day = self.day if day is None else day
        results, account = self.results(spend, day), self.account
        x = np.maximum(spend, 1e-6) / account.usual
        slope = account.curves.slope(x) / np.maximum(account.curves(x), 1e-12) / account.usual
        worth = results * account.worth
        worth = np.where(account.by_reach, worth + self._carried(results, worth), worth)
        group = np.bincount(account.rivals, worth)
        spent = np.maximum(np.bincount(account.rivals, np.maximum(spend, 0.05 * account.usual)), 1)
        toll = self.rivalry * (group / spent)[account.rivals]
        return np.asarray(np.where(spend > 0, worth * slope - toll, 0.0))

    def _crowd(self, spend: Array) -> Array:
        """How much the campaigns that share an audience spend together, over the usual."""
        rivals, usual = self.account.rivals, self.account.usual
        spent = np.bincount(rivals, np.maximum(spend, 0.05 * usual))
        return np.asarray((spent / np.bincount(rivals, usual))[rivals])

    def _halo(self, results: Array, day: int) -> Array:
        """Sales follow the people reached by the same client, a little."""
        people, share = self.account.by_reach, np.ones(len(results))
        for client in np.unique(self.account.client.astype(str)):
            mine = self.account.client == client
            usual = (self.account.results * self.lasting[day])[mine & people].sum()
            if usual > 0:
                ratio = max(results[mine & people].sum() / usual, 0.05)
                share[mine & ~people] = ratio**self.halo
        return share

    def _carried(self, results: Array, worth: Array) -> Array:
        """What of its client's other results each reach campaign's people carry."""
        out, people = np.zeros(len(results)), self.account.by_reach
        for client in np.unique(self.account.client.astype(str)):
            mine = self.account.client == client
            reached = results[mine & people].sum()
            if reached > 0:
                carried = self.halo * worth[mine & ~people].sum() / reached
                out[mine & people] = carried * results[mine & people]
        return out

    def best(self, like: Array | None = None) -> Split:
        """The best split of each pool's usual money today, and what one more unit buys there.

        Rivalry and halo are taken in at `like`, yesterday's best: a fixed point within days.
        """
        account, runs = self.account, self._runs()
        usual = account.usual * runs
        like = usual if like is None else np.maximum(like, FLOOR * account.usual) * runs
        shares = self.results(like) / np.maximum(
            account.results * account.curves(like / account.usual) * self.lasting[self.day], 1e-12
        )
        worth = account.results * self.lasting[self.day] * shares * account.worth * runs
        results = self.results(like)
        gain = self._carried(results, results * account.worth)
        worth *= 1 + np.where(account.by_reach, gain / np.maximum(results * account.worth, 1e-9), 0)
        own = results * account.worth
        spent = np.maximum(np.bincount(account.rivals, like), 1.0)
        toll = self.rivalry * (np.bincount(account.rivals, own) / spent)[account.rivals]
        money = np.bincount(account.pool, usual, len(account.pools))
        most = np.where(account.bids, CEILING, np.minimum(account.capacity, CEILING))
        hull = self._hull - (toll * account.usual / np.maximum(worth, 1e-9))[:, None]
        return best_split(worth, hull, usual, account.pool, money, most)

    # -- a day ----------------------------------------------------------------------------
    def set_budgets(self, budgets: Mapping[int, float]) -> None:
        """Daily budgets from tomorrow on, by campaign number."""
        self._next.update(budgets)

    def set_bids(self, bids: Mapping[int, float]) -> None:
        """What a result may cost from now on, by campaign number, where the platform bids so."""
        for campaign, target in bids.items():
            if self.account.bids[campaign]:
                first = self.account.usual[campaign] / self.account.results[campaign]
                self.bid[campaign] = min(max(target / first, 0.3), 3.0)

    def play(self) -> None:
        """Play one day at `budgets`, and record it with all that will be known of it later."""
        day, account, luck = self.day, self.account, self.luck
        google = account.channel == "google_ads"
        jitter = np.exp(np.where(google, 0.1, 0.025) * luck.spend[day] - 0.02)
        jitter = np.where(google, jitter, np.minimum(jitter, 1.0))
        limit = np.minimum(self.budgets, self.capacity * account.usual)
        spend = np.round(limit * jitter * account.on[day] * self.faults.spent[day], 2)
        self._record(spend)
        self.day += 1
        for campaign, budget in self._next.items():
            self.budgets[campaign] = budget
        self._next.clear()

    def _record(self, spend: Array) -> None:
        day, account, luck, weather = self.day, self.account, self.luck, self.weather
        x = np.maximum(spend, 1e-6) / account.usual
        falling = account.curves(x) / x
        passing = np.exp(weather.passing[day])
        shown = 1000 * spend / account.cpm * np.exp(-weather.price[day] + 0.05 * luck.shows[day])
        shows = np.round(shown * falling**account.dear)
        often = account.often * np.exp(weather.worn[day] + 0.03 * luck.often[day])
        often = np.where(account.by_reach, often * falling ** (account.dear - 1), often)
        people = np.round(shows / np.maximum(often, 1.0) * np.where(account.by_reach, passing, 1))
        rate = account.ctr * np.exp(weather.click[day]) * falling ** ((1 - account.dear) / 2)
        due = shows * rate
        clicks = np.minimum(poisson(due, luck.clicks[day]), shows)
        mean = self.results(spend) * passing * np.where(due > 1, clicks / np.maximum(due, 1), 1.0)
        counts = scattered(mean, account.dispersion, luck.wide[day], luck.counts[day])
        counts = np.where(account.by_reach, people, counts)
        counts = np.floor(counts * self.faults.counted[day] + luck.second[day] * (counts > 0))
        visits = np.floor(clicks * account.lands * self.faults.landed[day] + luck.first[day])
        bought = scattered(4 * np.maximum(counts, 1), np.full(len(counts), 1.0 + 1e-6),
                           luck.second[day], luck.first[day])  # fmt: skip
        average = account.order * bought / (4 * np.maximum(counts, 1))
        target = np.where(account.bids, account.usual / account.results * self.bid, np.nan)
        seen = (spend, shows, clicks, np.minimum(visits, clicks), people, self.budgets)
        values = (*seen, average, target)
        for name, value in zip(DAY, values, strict=True):
            self.played[name][day] = value
        speed = np.exp(0.2 * luck.speed[day])
        self.recorded[day] = recorded(
            counts, self.full**speed, account.falls, luck.first[day], luck.second[day], day
        )


def _full(delay: Array, bent: Array, longest: int) -> Array:
    """The share of results recorded at each age, ages x campaigns: a Weibull cut off at the end."""
    scale = np.maximum(delay / gamma(1 + 1 / bent), 1e-6)
    shares = -np.expm1(-(((np.arange(AGES)[:, None] + 0.7) / scale) ** bent))
    shares = shares / shares[longest]
    return np.asarray(np.where(np.arange(AGES)[:, None] >= longest, 1.0, np.minimum(shares, 1.0)))
