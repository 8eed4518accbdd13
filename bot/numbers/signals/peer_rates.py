"""Rates a campaign was seen to have over eight weeks, shrunk to its peers, and how surely.

A rate is counted over counted: sales a click, clicks a showing, revenue a lead. Its k events stand
for k_eff = 1 / (phi/k + noise^2/days) of chance alone: STATISTICS.md, item 5. Where at least five
peers know the rate too, a gamma prior of their mean, worth m = 1 / (tau^2 + phi/K) events, pulls it
there; tau, the peers' own spread, is moment-matched and at least 15 % (item 6).

What campaigns alike pay, and how far they differ: a prior for each from all the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.numbers.input.history import History
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import Bools, Floats, Ints, divided, filled

DAYS, SETTLING = 56, 7
"""Days a rate is learned from, and the newest days left out: their sales are still coming in."""
PEERS = 5
"""Least other campaigns before anything is learned from them: RULES.md."""
SPREAD = 0.15
"""A rate known less surely than this (relative standard deviation) is not used."""
ALIKE = ("channel", "stage", "pricing_model", "currency", "client")
"""What peers share: RULES.md."""
PHI, NOISE = 1.5, 0.15
"""Results scatter this much more than dice; days differ by this share for no reason."""
ORDER_VALUES = 1.2
"""Order values differ too: STATISTICS.md, item 5."""


def learned_from(as_of: date) -> Window:
    """The days rates are learned from on a morning."""
    return Window.ending(as_of - timedelta(1 + SETTLING), DAYS)


@dataclass(frozen=True)
class RateOf:
    """How many of one thing came of one of another, a campaign.

    Attributes:
        value: The rate, NaN where it is not known surely enough.
        results: Events seen in the campaign itself, `of` so many.
        peers: How many other campaigns it was shrunk to; 0: to none.
    """

    value: Floats
    results: Floats
    of: Floats
    peers: Ints


@dataclass(frozen=True, eq=False)
class Learned:
    """The rates of a morning, each worked out when it is first asked for.

    Attributes:
        history: Days that hold those of `learned_from(as_of)`.
        alike: Which campaigns are alike (channel, stage, pricing model, currency, client): a
            number each, in the history's order.
    """

    history: History
    alike: Ints
    as_of: date
    _rates: dict[tuple[str, str], RateOf] = field(default_factory=dict, repr=False)

    def rate(self, deep: str, shallow: str) -> RateOf:
        """`deep` (e.g. conversions, or revenue) for each of `shallow` (e.g. clicks)."""
        key = (deep, shallow)
        if key not in self._rates:
            self._rates[key] = self._learn(deep, shallow)
        return self._rates[key]

    def _learn(self, deep: str, shallow: str) -> RateOf:
        sample = self._seen(deep, shallow)
        prior = _prior(sample, self.alike)
        effective = _effective(sample.events, sample.phi, sample.days)
        foretold = divided(effective, sample.relative(prior.mean))
        shape = effective + prior.worth
        value = prior.mean * divided(shape, foretold + prior.worth)
        # a prior alone never weighs so much: without results of its own a rate is not known
        sure = (shape * SPREAD**2 >= 1) & (sample.of > 0)
        return RateOf(np.where(sure, value, np.nan), sample.events, sample.of, prior.peers)

    def _seen(self, deep: str, shallow: str) -> _Seen:
        window, history = learned_from(self.as_of), self.history
        part = history.sum(deep, window, shallow)
        of = filled(history.sum(shallow, window, deep).value)
        days, outcomes = part.days.astype(np.float64), filled(part.value)
        if deep != "revenue":
            return _Seen(outcomes, of, outcomes, days, PHI)
        events = filled(history.sum("conversions", window, deep).value)
        return _Seen(outcomes, of, events, days, PHI * ORDER_VALUES)

    def price(self, unit: str) -> tuple[Floats, Ints]:
        """What one of `unit` costs at the campaign's peers, and how many they are.

        Their spend over their units, without the campaign's own; NaN with fewer than five of them
        or where their prices differ so much that the mean says little.
        """
        window = learned_from(self.as_of)
        spend = filled(self.history.sum("spend", window, unit).value)
        units = filled(self.history.sum(unit, window, "spend").value)
        priced = (spend > 0) & (units > 0)
        logs = np.log(np.where(priced, divided(spend, units), 1.0))
        peer_counts = _pool_of_others(self.alike, priced.astype(np.float64))
        mean = divided(_pool_of_others(self.alike, logs * priced), peer_counts)
        square = divided(_pool_of_others(self.alike, logs**2 * priced), peer_counts)
        near = np.sqrt(np.maximum(square - mean**2, 0.0)) <= SPREAD * np.sqrt(
            np.maximum(peer_counts, 1.0)
        )
        pooled = divided(
            _pool_of_others(self.alike, np.where(priced, spend, 0.0)),
            _pool_of_others(self.alike, np.where(priced, units, 0.0)),
        )
        fine = (peer_counts >= PEERS) & near
        return np.where(fine, pooled, np.nan), peer_counts.astype(np.int64)


def cohort_codes(keys: list[tuple[Any, ...]]) -> Ints:
    """Campaigns with equal keys: a number each."""
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    return np.array([places[key] for key in keys], dtype=np.int64)


def _effective(events: Floats, phi: float, days: Floats) -> Floats:
    """k_eff = 1 / (phi/k + noise^2/days); 0 for no events."""
    positive = events > 0
    spread = phi / np.where(positive, events, 1.0) + NOISE**2 / np.maximum(days, 1.0)
    return np.where(positive, 1 / spread, 0.0)


@dataclass(frozen=True)
class _Seen:
    """What came of what; `events` it stands on, over so many days."""

    got: Floats
    of: Floats
    events: Floats
    days: Floats
    phi: float

    def relative(self, mean: Floats) -> Floats:
        """The rate over the peers' mean."""
        return filled(divided(divided(self.got, self.of), mean))


@dataclass(frozen=True)
class _Prior:
    """The peers' mean rate, the events it is worth (0: no prior), and peers."""

    mean: Floats
    worth: Floats
    peers: Ints


def _prior(sample: _Seen, groups: Ints) -> _Prior:
    """The prior of each campaign's group.

    tau^2 = max(0.15^2, (Q - phi (J - 1)) / (sum E - sum E^2 / sum E)) with E = events foretold by
    the mean and Q = sum E (rate/mean - 1)^2 (DerSimonian and Laird 1986).
    """
    exposed = (sample.of > 0).astype(np.float64)
    peer_counts = _pool_of_others(groups, exposed)
    total, exposure, counted = (_all(groups, part * exposed) for part in _parts(sample))
    mean, per = divided(total, exposure), divided(counted, exposure)
    expected = filled(sample.of * per) * exposed
    apart = _all(groups, expected * (sample.relative(mean) - 1) ** 2)
    expected_total = _all(groups, expected)
    room = expected_total - filled(divided(_all(groups, expected**2), expected_total))
    tau = filled(divided(apart - sample.phi * np.maximum(peer_counts + exposed - 1, 0.0), room))
    shrunk = (peer_counts >= PEERS) & (counted > 0)
    spread = np.maximum(tau, SPREAD**2) + sample.phi / np.where(counted > 0, counted, 1.0)
    return _Prior(
        mean,
        np.where(shrunk, 1 / spread, 0.0),
        np.where(shrunk, peer_counts, 0).astype(np.int64),
    )


def _parts(sample: _Seen) -> tuple[Floats, Floats, Floats]:
    return sample.got, sample.of, sample.events


def _all(groups: Ints, values: npt.NDArray[Any]) -> Floats:
    total = np.bincount(groups, weights=values, minlength=groups.size)
    return np.asarray(total[groups], dtype=np.float64)


def _pool_of_others(groups: Ints, values: Floats | Bools) -> Floats:
    """The group's sum without one's own part, each campaign by itself."""
    return np.asarray(_all(groups, values) - values, dtype=np.float64)


LEAST_SPREAD, MOST_SPREAD = 0.15, 1.0
"""How far campaigns alike are taken to differ (a share of the mean), at least and at most."""


def peer_prior(
    events: Floats, exposure: Floats, groups: Ints, fewest: Floats
) -> tuple[Floats, Floats]:
    """The mean price of the others of a group, and the weight of the gamma prior on its rate.

    Rate m = sum k / sum E; between campaigns v = (sum k^2/E - K^2/E - m (n - 1)) / (E - sum E^2/E)
    by moments; s^2 = v/m^2, at least 0.15^2, times (n + 1)/(n - 1) as it is learned from n, plus
    what is unsure about m itself; the prior is Gamma(a, a x price) with a = 1/s^2. Source:
    STATISTICS.md item 6; DerSimonian & Laird 1986 for the moments.

    Args:
        events: Effective results (over their overdispersion), NaN where missing.
        exposure: Money they came from, over the same overdispersion.
        groups: Which campaigns are alike, numbered from 0.
        fewest: Others needed before they tell anything.

    Returns:
        Price of a result and weight in effective results; NaN where too few others tell.
    """
    usable = ~np.isnan(events) & (exposure > 0)
    k, e = np.where(usable, events, 0.0), np.where(usable, exposure, 0.0)
    squares = np.where(usable, k**2 / np.where(usable, e, 1.0), 0.0)
    n, total, spent, scattered, unequal = (
        _all_others(groups, values) for values in (usable.astype(float), k, e, squares, e**2)
    )
    mean, share = divided(total, spent), divided(unequal, spent**2)
    between = divided(scattered - divided(total**2, spent) - mean * (n - 1), spent * (1 - share))
    spread = np.clip(divided(between, mean**2), LEAST_SPREAD**2, MOST_SPREAD**2)
    spread = spread * (n + 1) / np.maximum(n - 1, 1) * (1 + share) + 1 / np.maximum(total, 1e-9)
    enough = (n >= fewest) & (n >= 2) & (total > 0)
    price = divided(spent, total)
    return np.where(enough, price, np.nan), np.where(enough, 1 / spread, np.nan)


def _all_others(groups: Ints, values: Floats) -> Floats:
    """The group's sum without one's own part, each campaign by itself."""
    total = np.bincount(groups, weights=values, minlength=1)
    return np.asarray(total[groups] - values, dtype=np.float64)
