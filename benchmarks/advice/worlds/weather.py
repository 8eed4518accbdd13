"""What moves efficiency from day to day: the campaign itself, its channel, the market, a fault."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.advice.worlds.account import Account, between
from benchmarks.advice.worlds.curves import Array
from benchmarks.advice.worlds.faults import Fault, Faults
from benchmarks.advice.worlds.priors import Priors

BACK = 0.985
"""How much of yesterday's drift is left today."""


@dataclass(frozen=True)
class Weather:
    """Factors by day and campaign, logs: of the price of showings, of clicks and of sales.

    `price`, `click` and `sale` last and may be acted on; `passing` is the day's own and is over
    tomorrow. Efficiency is exp(click + sale - price), for reach exp(-price - worn).
    """

    price: Array
    click: Array
    sale: Array
    passing: Array
    worn: Array

    def efficiency(self, people: np.ndarray) -> Array:
        """Lasting efficiency, days x campaigns, as a factor."""
        counted = np.where(people, -self.worn, self.click + self.sale)
        return np.asarray(np.exp(counted - self.price))


def drawn(priors: Priors, account: Account, faults: Faults, random: np.random.Generator) -> Weather:
    """Weather for every day of a market, with what goes wrong in it."""
    days, many = account.on.shape
    own = _walk(between(random, priors.drift), (days, many), random)
    part = random.dirichlet((2, 2, 2), many).T
    market = _walk(between(random, priors.market), (days, 1), random)
    season = between(random, priors.season) * np.sin(
        2 * np.pi * (np.arange(days) / 365 + random.random())
    )
    price = _channels(priors, account, random) - own * part[0]
    worn = _wear(priors, (days, many), random)
    sale = own * part[2] + market + season[:, None] + _weekdays(priors, account, random)
    click = own * part[1] - worn
    weather = Weather(price, click, sale, _passing(priors, account, random), worn.copy())
    for fault in faults.all:
        _strike(weather, fault)
    return weather


def _walk(step: float, size: tuple[int, int], random: np.random.Generator) -> Array:
    """A mean-reverting walk that starts where it would be found on any day."""
    steps = random.normal(0, step, size)
    steps[0] /= np.sqrt(1 - BACK**2)
    for day in range(1, size[0]):
        steps[day] += BACK * steps[day - 1]
    return np.asarray(steps)


def _channels(priors: Priors, account: Account, random: np.random.Generator) -> Array:
    """Auction shocks: now and then the showings of a whole channel are dearer for some days."""
    days = account.on.shape[0]
    names, channel = np.unique(account.channel.astype(str), return_inverse=True)
    price = np.zeros((days, len(names)))
    for place in range(len(names)):
        for _ in range(random.poisson(between(random, priors.shocks) * days / 100)):
            first, long = int(random.integers(0, days)), int(random.integers(3, 15))
            price[first : first + long, place] += between(random, priors.shock)
    return np.asarray(price[:, channel])


def _wear(priors: Priors, size: tuple[int, int], random: np.random.Generator) -> Array:
    """Log click rate lost as a creative ages; a new one starts afresh, a little better or worse."""
    days, many = size
    life = random.uniform(*priors.creatives, many)
    age = np.arange(days)[:, None] + random.random(many) * life
    number = (age // life).astype(int)
    luck = random.normal(0, 0.05, (int(number.max()) + 1, many))
    lost = between(random, priors.wear) * random.random(many)
    fresh = np.take_along_axis(luck, number, axis=0)
    if priors.level or between(random, priors.wear) == 0:
        fresh = np.zeros(size)
    return np.asarray(lost * (age % life) / life + fresh)


def _weekdays(priors: Priors, account: Account, random: np.random.Generator) -> Array:
    """A pattern a pool, the same every week: weekends differ most."""
    days, size = account.on.shape[0], between(random, priors.weekday)
    pattern = random.normal(0, 0.35, (len(account.pools), 7))
    pattern[:, 5:] += random.choice([-1.5, 1.0], (len(account.pools), 1), p=[0.6, 0.4])
    pattern -= pattern.mean(axis=1, keepdims=True)
    return np.asarray(size * pattern[account.pool][:, np.arange(days) % 7].T)


def _passing(priors: Priors, account: Account, random: np.random.Generator) -> Array:
    days, many = account.on.shape
    names, channel = np.unique(account.channel.astype(str), return_inverse=True)
    shared = random.normal(0, between(random, priors.common), (days, len(names)))
    return np.asarray(shared[:, channel] + random.normal(0, 1, (days, many)) * account.wobble)


def _strike(weather: Weather, fault: Fault) -> None:
    """What a fault does to efficiency; what it does to counting or spending is told elsewhere."""
    days, rows = slice(fault.first, fault.last + 1), [fault.campaigns[0]]
    log = float(np.log(max(fault.size, 1e-9)))
    if fault.kind == "fatigue":
        slide = np.linspace(0.0, log, fault.last + 1 - fault.first)[
            : len(weather.click[days]), None
        ]
        weather.click[days, rows] += slide
        weather.worn[days, rows] -= slide
    elif fault.kind == "drop" or (fault.kind == "break" and fault.cause in {"page", "checkout"}):
        weather.sale[days, rows] += log
    elif fault.kind == "break" and fault.cause == "audience":
        weather.worn[days, rows] -= log
    elif fault.kind == "break":
        weather.price[days, rows] -= log
