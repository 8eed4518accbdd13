"""What happened next: campaigns a rule spoke about, beside campaigns alike it said nothing of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from bot.advice.rules.condition import Bools, Floats
from bot.backtest.ledger import Ledger, runs
from bot.numbers.input.columns import COLUMNS
from bot.numbers.input.history import History
from bot.numbers.input.windows import Window
from bot.numbers.metrics.glossary import Metrics
from bot.numbers.metrics.sums import Ints
from bot.numbers.special import stdtrit

LEVEL = 0.9
FEWEST = 4
"""Campaigns before an interval is told."""
QUIET_FOR = 7
"""Mornings a campaign must not have been spoken about to be held beside one that was."""
NEAREST = 5
FARTHEST = (np.log(3.0), np.log(1.5))
"""How far spend and earlier level of a campaign alike may be: three times, and half as much."""
INSTEAD = {"cost_per_reach": "cpm", "cost_per_repeat_sale": "cpa"}
"""What is looked at where what a cell judges by is not told: people reached, repeat sales."""


@dataclass(frozen=True)
class Next:
    """The judged metric over the next days against the days before, a metric at a time.

    Attributes:
        fired, alike: Mean change of the campaigns spoken about, and of those alike, as a share.
        difference: The former over the latter, less 1; `low` and `high` hold it to 90 %, None with
            fewer than 4 campaigns.
        campaigns, episodes: How many were compared.
        unmatched: Episodes without anybody alike.
    """

    metric: str
    days: int
    fired: float
    alike: float
    difference: float
    low: float | None
    high: float | None
    campaigns: int
    episodes: int
    unmatched: int


@dataclass(eq=False)
class Afterwards:
    """Changes of every campaign after every morning, as finally known.

    Attributes:
        ledger: Who was spoken about when.
        history: Every day, as known in the end: this looks into the future, the rules do not.
        days: How many days count as next.
    """

    ledger: Ledger
    history: History
    metrics: Metrics
    days: int
    _levels: dict[tuple[str, date, int], Floats] = field(default_factory=dict, repr=False)
    _changes: dict[tuple[str, date, int], tuple[Floats, Floats]] = field(
        default_factory=dict, repr=False
    )
    _rows: Ints = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._rows = self.ledger.rows(self.history.entities)

    def of(self, rule: str) -> tuple[Next, ...]:
        """What came after a rule began to speak, by the metric judged, most episodes first."""
        compared_by_metric: dict[str, list[_Compared]] = {}
        for metric, compared in self._episodes(rule):
            compared_by_metric.setdefault(metric, []).append(compared)
        summaries = [
            _together(metric, self.days, compared_by_metric[metric])
            for metric in compared_by_metric
        ]
        return tuple(
            sorted(
                (summary for summary in summaries if summary), key=lambda summary: -summary.episodes
            )
        )

    def _episodes(self, rule: str) -> Iterator[tuple[str, _Compared]]:
        campaigns, starts, _ = runs(self.ledger.said_by(rule))
        if campaigns.size == 0:
            return
        recent = _lately(self.ledger.spoke(self.ledger.place(rule)))
        for campaign, morning in zip(campaigns.tolist(), starts.tolist(), strict=True):
            yield from self._compared(campaign, morning, recent[morning])

    def _compared(
        self, campaign: int, morning: int, spoken: Bools
    ) -> Iterator[tuple[str, _Compared]]:
        on = self.ledger.mornings[morning]
        metric, days = self._judged(campaign, morning)
        if on + timedelta(self.days - 1) > self.history.last:
            return
        before, change = self._change(metric, on, days)
        if np.isnan(change[campaign]) and metric in INSTEAD:
            metric = INSTEAD[metric]
            before, change = self._change(metric, on, days)
        if np.isnan(change[campaign]):
            return
        spend = self._level("spend", Window.ending(on - timedelta(1), days))
        groups = self.ledger.groups[morning]
        fits = (groups == groups[campaign]) & ~spoken & ~np.isnan(change)
        similar = _nearest(fits, (spend, before), campaign)
        alike = float(change[similar].mean()) if similar.size else np.nan
        yield metric, _Compared(campaign, float(change[campaign]), alike)

    def _judged(self, campaign: int, morning: int) -> tuple[str, int]:
        name, days = list(self.ledger.judged)[int(self.ledger.judges[morning, campaign])]
        return str(name), int(str(days))

    def _change(self, metric: str, on: date, days: int) -> tuple[Floats, Floats]:
        """The log of a metric's level before a morning, and what it rose by from then on."""
        key = (metric, on, days)
        if key not in self._changes:
            before = self._level(metric, Window.ending(on - timedelta(1), days))
            after = self._level(metric, Window(on, on + timedelta(self.days - 1)))
            self._changes[key] = before, after - before
        return self._changes[key]

    def _level(self, name: str, window: Window) -> Floats:
        """The log of a value, one for each campaign of the ledger; NaN where it is not above 0."""
        key = (name, window.since, window.days)
        if key not in self._levels:
            values = np.full(len(self.ledger.entities), np.nan)
            level = self._measured(name, window)
            values[self._rows] = np.log(np.where(level > 0, level, np.nan))
            self._levels[key] = values
        return self._levels[key]

    def _measured(self, name: str, window: Window) -> Floats:
        """Sum over sum; half a result more, so that none at all has a price too."""
        metric = self.metrics[name]
        if metric.over is None or metric.sum is None:
            return self.history.sum(name, window).value
        above = self.history.sum(metric.sum, window, metric.over).value
        below = self.history.sum(metric.over, window, metric.sum).value
        half = 0.5 if COLUMNS[metric.over].kind == "count" else 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(above / (below + half), dtype=np.float64)


@dataclass(frozen=True)
class _Compared:
    campaign: int
    change: float
    alike: float


def _lately(spoke: Bools) -> Bools:
    """Mornings x campaigns, whether there was a word that morning or in the week before."""
    total = np.cumsum(spoke, axis=0, dtype=np.int64)
    past = np.zeros_like(total)
    past[QUIET_FOR + 1 :] = total[: -(QUIET_FOR + 1)]
    return np.asarray(total > past)


def _nearest(fits: Bools, traits: tuple[Floats, ...], campaign: int) -> Ints:
    """The campaigns most alike in spend and earlier level, none too far away."""
    rows = np.flatnonzero(fits)
    rows = rows[rows != campaign]
    away = [
        np.abs(trait[rows] - trait[campaign]) / limit
        for trait, limit in zip(traits, FARTHEST, strict=True)
    ]
    near = np.all([part <= 1 for part in away], axis=0)
    order = np.argsort(np.sum(away, axis=0)[near], kind="stable")
    return np.asarray(rows[near][order[:NEAREST]], dtype=np.int64)


def _together(metric: str, days: int, comparisons: list[_Compared]) -> Next | None:
    """The mean of the campaigns' own means: one that was spoken about often counts once."""
    matched = [comparison for comparison in comparisons if not np.isnan(comparison.alike)]
    if not matched:
        return None
    campaigns = np.array([comparison.campaign for comparison in matched])
    numbers = np.unique(campaigns, return_inverse=True)[1]
    count = np.bincount(numbers)
    fired, alike = (
        np.bincount(numbers, weights=[getattr(comparison, name) for comparison in matched]) / count
        for name in ("change", "alike")
    )
    low, high = _interval(fired - alike)
    return Next(
        metric,
        days,
        _share(fired.mean()),
        _share(alike.mean()),
        _share((fired - alike).mean()),
        low,
        high,
        len(count),
        len(matched),
        len(comparisons) - len(matched),
    )


def _interval(differences: Floats) -> tuple[float | None, float | None]:
    """Student's t over campaigns: two episodes of one campaign are no two witnesses."""
    count = differences.size
    if count < FEWEST:
        return None, None
    error = differences.std(ddof=1) / np.sqrt(count) * stdtrit(count - 1, 0.5 + LEVEL / 2)
    mean = differences.mean()
    return _share(mean - error), _share(mean + error)


def _share(log: float) -> float:
    return round(float(np.expm1(log)), 6)
