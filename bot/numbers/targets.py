"""One target, sixteen thresholds: what everything else may cost where the plan says what one may.

The plan may state a target for any metric; an explicit one always counts. Where it states only what
something deeper in the funnel may cost (a sale T, by `cpa`, `roas` or `margin`; a lead, by `cpl`),
the rest follows by the rates the campaign itself was seen to have (`learned`): affordable CPL =
T x close rate, CPC = T x conversion rate, CPM = 1000 x CTR x affordable CPC: RULES.md. In reach,
where nothing leads to a sale, its peers' price is the target instead, with at least five of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from bot.domain.money import digits
from bot.numbers.metrics.glossary import Metric
from bot.numbers.metrics.sums import MICROS, Floats, Ints
from bot.numbers.signals.peer_rates import Learned

DEEP = (
    "revenue",
    "documented_conversions",
    "repeat_conversions",
    "conversions",
    "qualified_leads",
    "leads",
    "landing_views",
    "clicks",
    "engagements",
    "impressions",
)
"""What money buys, the deepest in the funnel first: a target says what the shallower may cost."""
SAME = {"cost_per_repeat_sale": "cpa", "cpa_documented": "cpa"}
"""A repeat sale or a documented one is a sale: it may cost as much."""
PAID = {"CPM": "cpm", "CPC": "cpc", "CPL": "cpl", "CPA": "cpa"}
PEERS = "peers"
FIGURES = 3
"""Digits that count of a rate, so that what is shown is what was multiplied."""
Stated = Mapping[str, float]


@dataclass(frozen=True)
class Derived:
    """Where a target comes from that nobody stated: `value` = `given` x `rate`.

    Attributes:
        metric: What the target is for, `value` in currency units.
        source: The metric the plan states a target for, or `peers`.
        given: That target (of `roas`: what a unit of revenue may cost), or the peers' price.
        rate: `results` over `of`, shrunk, times the metric's scale, to three digits.
        deep, shallow: The columns it is a rate of.
        peers: Other campaigns it was shrunk to, or whose price it is.
    """

    metric: str
    value: float
    source: str
    given: float
    rate: float
    deep: str
    shallow: str
    results: float
    of: float
    peers: int

    def to_json(self) -> dict[str, Any]:
        """Every number a person needs to work the target out again."""
        return dict(vars(self))


def stated(target: object, judge: str | None) -> dict[str, float]:
    """What the plan says, by metric: a plain number means what the campaign is judged by."""
    if isinstance(target, Mapping):
        return {str(name): float(amount) for name, amount in target.items()}
    plain = isinstance(target, int | float) and target == target  # noqa: PLR0124 - NaN
    return {judge: float(target)} if plain and judge else {}  # type: ignore[arg-type]  # plain


@dataclass(frozen=True, eq=False)
class Targets:
    """The targets of some campaigns on a morning.

    Attributes:
        learned: Their rates, one row a campaign.
        glossary: The metrics.
        said: What the plan states for each.
        about: `stage`, `pricing_model` and `currency` of each.
    """

    learned: Learned
    glossary: Mapping[str, Metric]
    said: Sequence[Stated]
    about: Sequence[tuple[str | None, str | None, str | None]]
    _sources: dict[str, dict[str, Ints]] = field(default_factory=dict, repr=False)

    def values(self, metric: str) -> Floats:
        """The target of a metric: as stated, else derived, else NaN; currency units."""
        amounts = self._stated(metric)
        for source, rows in self._from(metric).items():
            base, rate = self._given(source, rows, metric), self._rate(source, rows, metric)
            amounts[rows] = product(base, rate, self._digits(rows))
        return amounts

    def _stated(self, metric: str) -> Floats:
        """A column of what is stated, which of most metrics is nothing."""
        if not any(metric in metrics for metrics in self._kinds):
            return np.full(len(self.said), np.nan)
        return np.array([targets.get(metric, np.nan) for targets in self.said], dtype=np.float64)

    def derived(self, metric: str, row: int) -> Derived | None:
        """Where a campaign's target comes from; None where it is stated, or there is none."""
        for source, rows in self._from(metric).items():
            place = np.flatnonzero(rows == row)
            if place.size:
                return self._told(metric, source, rows[place])
        return None

    def all_derived(self, row: int) -> dict[str, dict[str, Any]]:
        """Where every derived target of a campaign comes from, by metric."""
        derived_targets = (
            (name, self.derived(name, row)) for name in self.glossary if self.said[row]
        )
        return {name: target.to_json() for name, target in derived_targets if target}

    def _told(self, metric: str, source: str, row: Ints) -> Derived | None:
        base, rate = self._given(source, row, metric), self._rate(source, row, metric)
        value = float(product(base, rate, self._digits(row))[0])
        if np.isnan(value):
            return None
        shallow, deep = str(self.glossary[metric].over), _bought(source, self.glossary)
        details = (metric, value, source, float(base[0]), float(rate[0]), deep or shallow, shallow)
        if source == PEERS:
            return Derived(*details, 0.0, 0.0, int(self.learned.price(shallow)[1][row[0]]))
        if SAME.get(metric) == source:
            return Derived(*details, 0.0, 0.0, 0)
        learned_rate = self.learned.rate(deep, shallow)
        counts = float(learned_rate.results[row[0]]), float(learned_rate.of[row[0]])
        return Derived(*details, *counts, int(learned_rate.peers[row[0]]))

    def _from(self, metric: str) -> dict[str, Ints]:
        """Which campaigns' target of a metric follows from which of their stated ones."""
        if metric not in self._sources:
            rows_by_source: dict[str, list[Ints]] = {}
            kinds = self._kinds if _is_price_of(metric, self.glossary) else {}
            for metrics, rows in kinds.items():
                source = self._source(metric, metrics)
                for name, source_rows in self._split(metric, source, rows) if source else ():
                    rows_by_source.setdefault(name, []).append(source_rows)
            self._sources[metric] = {
                name: np.concatenate(rows) for name, rows in rows_by_source.items()
            }
        return self._sources[metric]

    @cached_property
    def _kinds(self) -> dict[tuple[str, ...], Ints]:
        """The campaigns for which the plan states the same metrics."""
        rows_by_metrics: dict[tuple[str, ...], list[int]] = {}
        for row, targets in enumerate(self.said):
            if targets:
                rows_by_metrics.setdefault(tuple(targets), []).append(row)
        return {
            metrics: np.array(rows, dtype=np.int64) for metrics, rows in rows_by_metrics.items()
        }

    def _source(self, metric: str, metrics: tuple[str, ...]) -> str | None:
        """The nearest of the deeper targets; None where the metric's own is stated, or none is."""
        if metric in metrics:
            return None
        if SAME.get(metric) in metrics:
            return SAME[metric]
        shallow = str(self.glossary[metric].over)
        above = DEEP[: DEEP.index(shallow)] if shallow in DEEP else ()
        near = [name for name in metrics if _bought(name, self.glossary) in above]
        return max(near, key=lambda n: above.index(_bought(n, self.glossary)), default=None)

    def _split(self, metric: str, source: str, rows: Ints) -> Iterator[tuple[str, Ints]]:
        """Where the rate is known; in reach, where it is not, the peers' price of what is paid."""
        if SAME.get(metric) == source:
            yield source, rows
            return
        deep, shallow = _bought(source, self.glossary), str(self.glossary[metric].over)
        rate_known = ~np.isnan(self.learned.rate(deep, shallow).value[rows])
        yield source, rows[rate_known]
        places = [self.about[row][:2] for row in rows]
        paid = [stage == "reach" and PAID.get(model or "") == metric for stage, model in places]
        yield PEERS, rows[np.array(paid, dtype=bool) & ~rate_known]

    def _given(self, source: str, rows: Ints, metric: str) -> Floats:
        if source == PEERS:
            scale = self.glossary[metric].scale
            return self.learned.price(str(self.glossary[metric].over))[0][rows] * scale
        amounts = np.array([self.said[row][source] for row in rows], dtype=np.float64)
        return _figures(1 / amounts) if source == "roas" else amounts

    def _rate(self, source: str, rows: Ints, metric: str) -> Floats:
        """The metric's units of what one of the source's costs, times both scales."""
        if source == PEERS or SAME.get(metric) == source:
            return np.ones(rows.size)
        shallow, priced = str(self.glossary[metric].over), _is_price_of(source, self.glossary)
        scale = self.glossary[metric].scale / (self.glossary[source].scale if priced else 1.0)
        rate = self.learned.rate(_bought(source, self.glossary), shallow).value[rows]
        return _figures(rate * scale)

    def _digits(self, rows: Ints) -> Ints:
        return np.array([digits(self.about[row][2]) for row in rows], dtype=np.int64)


FAR = 10.0
"""Times a result costs more, or less, than its target before somebody is asked what was meant."""
NEARLY, NEAR = 4.0, 2.5
"""Or fewer times, where the target lies this near to what something else costs here."""
SHOWINGS = "cpm"
"""A price near to many a target by chance: it may be named, and makes nothing doubtful."""
PRICES = ("cpm", "cpc", "cost_per_landing_view", "cpl", "cpa")


@dataclass(frozen=True)
class FarOff:
    """By how much a target is off what a result costs, and which other price lies near it.

    Attributes:
        times: How many times over, or under, the target it is.
        meant: The price that lies near the target, "" where none does; `meant_price` that price.
    """

    times: float
    meant: str = ""
    meant_price: float | None = None


def far_off(
    target: float, actual: float, prices: Mapping[str, float | None], *, nothing: bool = False
) -> FarOff | None:
    """How far a target is off, where it is too far to be believed; None where it may be meant.

    Args:
        target: As the plan states it, currency units (or a ratio).
        actual: What it is; with `nothing` all that was spent while no result came.
        prices: What else costs what here, by metric; the target's own left out.
        nothing: Whether no result came at all: it may only be a poor campaign.
    """
    times = max(actual / target, target / actual)
    near = {
        name: price
        for name, price in prices.items()
        if price and price > 0 and max(price / target, target / price) <= NEAR
    }
    meant = min(near, key=lambda each: max(near[each] / target, target / near[each]), default="")
    surely = near.keys() - {SHOWINGS}
    if times < (NEARLY if surely else FAR) or (nothing and (actual < target or not surely)):
        return None
    return FarOff(times, meant, near.get(meant))


def product(base: Floats, rate: Floats, minor: Ints) -> Floats:
    """`base` x `rate`, worked out in whole micros, to the minor unit or three digits that count.

    Whichever is finer; halves to even. Exact while the product has fewer than 15 digits.
    """
    with np.errstate(all="ignore"):
        below = FIGURES - 1 - np.floor(np.log10(base * rate))
        places = np.nan_to_num(np.maximum(minor, below), nan=2.0, posinf=2.0)
        mantissa, shift = _mantissa(rate)
        micros = np.rint(base * MICROS) * mantissa
        power = 6 + shift - places
        rounded = np.where(power >= 0, micros / 10.0 ** np.maximum(power, 0),
                        micros * 10.0 ** np.maximum(-power, 0))  # fmt: skip
        return np.asarray(np.rint(rounded) / 10.0**places, dtype=np.float64)


def _mantissa(rate: Floats) -> tuple[Floats, Floats]:
    """The rate as a whole number of three digits and the places it is shifted by."""
    shift = FIGURES - 1 - np.floor(np.log10(rate))
    scaled = np.where(shift >= 0, rate * 10.0 ** np.maximum(shift, 0),
                      rate / 10.0 ** np.maximum(-shift, 0))  # fmt: skip
    return np.rint(scaled), shift


def _figures(rate: Floats) -> Floats:
    """A rate to three digits that count."""
    with np.errstate(all="ignore"):
        mantissa, shift = _mantissa(rate)
        near = np.where(shift >= 0, mantissa / 10.0 ** np.maximum(shift, 0),
                        mantissa * 10.0 ** np.maximum(-shift, 0))  # fmt: skip
        return np.asarray(near, dtype=np.float64)


def _is_price_of(name: str, glossary: Mapping[str, Metric]) -> bool:
    definition = glossary.get(name)
    return definition is not None and definition.sum == "spend" and definition.better == "lower"


def _bought(source: str, glossary: Mapping[str, Metric]) -> str:
    """What a stated target is a price of; "" for one that is no price."""
    if source in {"roas", "margin"}:
        return "revenue"
    return str(glossary[source].over) if _is_price_of(source, glossary) else ""
