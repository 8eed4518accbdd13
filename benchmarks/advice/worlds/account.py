"""An account as it is drawn: its campaigns, their sizes, curves, funnels and calendars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.advice.worlds.curves import BASE, HILL, POWER, SATURATING, Array, Curves, Ints, S
from benchmarks.advice.worlds.priors import Pool, Priors, Range

CHANNELS = ("google_ads", "meta_ads", "linkedin_ads", "tiktok_ads", "microsoft_ads")
SHARES = (0.35, 0.35, 0.1, 0.12, 0.08)
SEARCH = ("google_ads", "microsoft_ads")
SILENT_WHEN_OFF = ("google_ads", "linkedin_ads")  # no row for a day without a showing
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Texts = np.ndarray[Any, np.dtype[np.object_]]


@dataclass(frozen=True)
class Account:
    """The campaigns of a market: arrays of one length, and what is said of each.

    Attributes:
        pools: The pools that exist: a pool of the priors for each client.
        pool: Index into `pools`.
        usual: Spend a day at which the curves equal 1, currency units.
        budget: The first daily budget: the usual spend, or more where it does not bind.
        results: Results a day at the usual spend; `worth` of one of them, currency units.
        order: Revenue of one result, currency units.
        capacity: The most that can be spent, as a share of the usual; `bids`: whether a bid
            target sets it, so that another target moves it.
        cpm, ctr, lands, often: Price of 1,000 showings, clicks a showing, visits a click, showings
            a person and day, all at the usual spend; `audience`: people who can be reached.
        dear: The share of the falling return that shows in the price of showings.
        dispersion, wobble: Noise of daily counts, and of a campaign's days in logs.
        delay, bent: Scale and shape of the days from click to record.
        falls: Share of recorded results that are taken back.
        on: Days x campaigns: it may run; `told`: the platform has a row of that day.
        target: What the plan says a result may cost, else NaN.
    """

    pools: tuple[Pool, ...]
    pool: Ints
    client: Texts
    channel: Texts
    account_id: Texts
    usual: Array
    budget: Array
    results: Array
    worth: Array
    order: Array
    curves: Curves
    capacity: Array
    bids: Flags
    audience: Array
    rivals: Ints
    cpm: Array
    ctr: Array
    lands: Array
    often: Array
    dear: Array
    dispersion: Array
    wobble: Array
    delay: Array
    bent: Array
    falls: Array
    on: Flags
    told: Flags
    target: Array
    captured: Flags

    @property
    def size(self) -> int:
        return len(self.pool)

    @property
    def ids(self) -> Texts:
        return np.array([f"c{i}" for i in range(self.size)], dtype=object)

    @property
    def by_reach(self) -> Flags:
        """Campaigns whose result is people reached."""
        return self.counts("reach")

    def counts(self, column: str) -> Flags:
        """Campaigns whose results stand in this column."""
        return np.array([one.column == column for one in self.pools], dtype=bool)[self.pool]


def between(random: np.random.Generator, span: Range) -> float:
    """One value of a range, uniform."""
    return float(random.uniform(*span))


def drawn(priors: Priors, random: np.random.Generator) -> Account:
    """One account of a family."""
    many = round(float(np.exp(random.uniform(*np.log(priors.campaigns)))))
    clients = int(random.integers(priors.clients[0], priors.clients[1] + 1))
    pools = tuple(pool for _ in range(clients) for pool in priors.pools)
    pool = _pools(priors, clients, many, random)
    client = np.array([f"client-{number // len(priors.pools)}" for number in pool], dtype=object)
    channel = random.choice(np.array(CHANNELS, dtype=object), many, p=SHARES)
    account = np.array([f"{one[-1]}-{each}" for one, each in zip(client, channel, strict=True)])
    money = _money(priors, pools, pool, random)
    slack = random.random(many) < between(random, priors.slack)
    budget = np.round(money["usual"] / np.where(slack, random.uniform(0.4, 0.85, many), 1.0), 2)
    bids = slack & (random.random(many) < between(random, priors.bidding))
    return Account(
        pools=pools, pool=pool, client=client, channel=channel,
        account_id=account.astype(object), budget=budget,
        capacity=np.where(slack, 1.0, np.inf), bids=bids,
        rivals=_rivals(pool, random), **_calendar(priors, channel, random),
        captured=random.random(many) < between(random, priors.captured),
        target=_targets(priors, money, random), **money,
        **_funnel(pools, pool, channel, money, random), **_noise(priors, pools, pool, random),
    )  # fmt: skip


def _pools(priors: Priors, clients: int, many: int, random: np.random.Generator) -> Ints:
    """Every pool gets two campaigns, where there are enough, the others by share."""
    shares = np.tile([one.share for one in priors.pools], clients)
    first = np.tile(np.arange(len(shares)), 2)[:many]
    others = random.choice(len(shares), many - len(first), p=shares / shares.sum())
    return np.asarray(random.permutation(np.concatenate([first, others])), dtype=np.int64)


def _money(
    priors: Priors, pools: tuple[Pool, ...], pool: Ints, random: np.random.Generator
) -> dict[str, Any]:
    """Usual spend, results, what they are worth, and the curves."""
    many, volume = len(pool), np.exp(random.uniform(*np.log(priors.volume), len(pools)))
    better = random.normal(0, between(random, priors.efficiency), many)
    better = np.maximum(better, -1.1) if priors.level else better  # no more is bought than all
    size = random.normal(0, between(random, priors.size), many)
    size += between(random, priors.skill) * better
    price = np.array([one.price for one in pools])[pool]
    usual = np.array([one.results for one in pools])[pool] * volume[pool] * np.exp(size) * price
    order = _orders(pools, pool, price, random)
    value = np.array([one.by_value for one in pools])[pool]
    worth = np.where(value, order / (3 * np.exp(0.18)), price)  # a value pool's mean is its price
    gain = usual * np.exp(better)
    return {
        "usual": np.round(usual, 2), "worth": worth, "order": order, "results": gain / worth,
        "curves": _curves(priors, np.exp(better), random),
    }  # fmt: skip


def _orders(
    pools: tuple[Pool, ...], pool: Ints, price: Array, random: np.random.Generator
) -> Array:
    """Revenue of a result: about three times its price; it differs widely where value counts."""
    spread = np.where([one.by_value for one in pools], 0.6, 0.1)[pool]
    return np.asarray(3 * price * np.exp(random.normal(0, 1, len(pool)) * spread))


def _curves(priors: Priors, better: Array, random: np.random.Generator) -> Curves:
    """Curves of the family; where margins are level, only the part that money buys is alike."""
    many = len(better)
    if priors.level:
        bought = np.clip(0.3 / better, 0.03, 0.95)
        return Curves.of(np.full(many, BASE), 0.6 * bought, np.full(many, 0.6))
    weights = np.array(priors.shapes) / sum(priors.shapes)
    shape = random.choice(len(weights), many, p=weights)
    (low, high), spread = priors.elasticity
    middle = random.uniform(low, high)
    elasticity = np.clip(random.normal(middle, between(random, spread), many), 0.08, 0.92)
    bend = np.where(shape == S, random.uniform(1.2, 2.2, many), random.uniform(0.6, 0.9, many))
    bend = np.where(shape == S, np.maximum(bend, elasticity + 0.2), bend)
    kinds = (POWER, HILL, S, SATURATING, BASE)
    assert set(np.unique(shape)) <= set(kinds)
    return Curves.of(shape.astype(np.int64), elasticity, bend)


def _funnel(
    pools: tuple[Pool, ...],
    pool: Ints,
    channel: Texts,
    money: dict[str, Any],
    random: np.random.Generator,
) -> dict[str, Array]:
    """Prices and rates between showing and result, which together give the usual results."""
    many = len(pool)
    people = np.array([one.column == "reach" for one in pools])[pool]
    often = np.exp(random.normal(np.log(1.4), 0.12, many))
    usual, results = money["usual"], money["results"]
    cpm = np.exp(random.normal(np.log(110), 0.45, many))
    cpm = np.where(people, 1000 * usual / np.maximum(results * often, 1e-9), cpm)
    search = np.isin(channel, SEARCH)
    ctr = np.exp(random.normal(np.where(search, np.log(0.03), np.log(0.012)), 0.4))
    shows = 1000 * usual / cpm
    needed = np.where(people, 0.0, 5 * results / np.maximum(shows, 1e-9))  # a fifth buys, at most
    return {
        "cpm": cpm, "ctr": np.clip(np.maximum(ctr, needed), 0, 0.5),
        "lands": random.uniform(0.72, 0.92, many), "often": often,
        "dear": random.uniform(0.2, 0.8, many),
        "audience": shows * np.exp(random.normal(np.log(14), 0.5, many)),
    }  # fmt: skip


def _noise(
    priors: Priors, pools: tuple[Pool, ...], pool: Ints, random: np.random.Generator
) -> dict[str, Array]:
    many = len(pool)
    slow = np.array([one.column == "conversions" for one in pools])[pool]
    delay = between(random, priors.lag[0]) * np.exp(random.normal(0, 0.25, many))
    return {
        "dispersion": random.uniform(*priors.dispersion, many),
        "wobble": random.uniform(*priors.wobble, many),
        "delay": np.where(slow, delay, 0.0), "bent": random.uniform(0.7, 1.1, many),
        "falls": np.where(slow, between(random, priors.falls), 0.0),
    }  # fmt: skip


def _rivals(pool: Ints, random: np.random.Generator) -> Ints:
    """Groups of about four in a pool that share an audience."""
    group = random.integers(0, 1_000_000, len(pool)) % np.maximum(1, np.bincount(pool)[pool] // 4)
    return np.unique(pool * 1000 + group, return_inverse=True)[1].astype(np.int64)


def _calendar(priors: Priors, channel: Texts, random: np.random.Generator) -> dict[str, Flags]:
    """Days on which each may run; who pauses has no row then, who rests on weekends may have one.

    Day 0 is a Monday.
    """
    many, days = len(channel), np.arange(priors.history + priors.days + 1)
    rests = random.random(many) < between(random, priors.weekdays_only)
    weekends = rests & (days % 7 >= 5)[:, None]
    pauses = random.random(many) < between(random, priors.paused)
    first, long = random.integers(20, len(days), many), random.integers(7, 22, many)
    away = pauses & (days[:, None] >= first) & (days[:, None] < first + long)
    late = random.random(many) < between(random, priors.flights)
    away |= late & (days[:, None] < random.integers(5, 70, many))
    told = ~away & ~(weekends & np.isin(channel, SILENT_WHEN_OFF))
    return {"on": ~(weekends | away), "told": told}


def _targets(priors: Priors, money: dict[str, Any], random: np.random.Generator) -> Array:
    """What a result may cost: about what it does cost, as people set it once and leave it."""
    usual, results = money["usual"], money["results"]
    stated = random.random(len(usual)) < between(random, priors.targets)
    price = np.median(usual / (results * money["worth"])) * money["worth"]
    return np.where(stated, price * np.exp(random.normal(0.1, 0.15, len(usual))), np.nan)
