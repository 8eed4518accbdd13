"""What every signal looks at: the last three months of each campaign, up to one morning.

The steps from money to result, each a count out of what it came from, day by day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from bot.numbers.forecast.reporting_lag import COMPLETE, Completion
from bot.numbers.input.history import History
from bot.numbers.input.revisions import Revisions
from bot.numbers.input.windows import Window
from bot.numbers.metrics.glossary import result_columns, results
from bot.numbers.metrics.sums import Bools, Floats, Ints, divided, filled, pieces

HORIZON = 91
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class HistoryPanel:
    """The last 91 days of every campaign, the last column being the last data day.

    Attributes:
        as_of: The morning.
        history: campaign x day arrays.
        results: campaign x day, what counts as a result for each campaign.
        accounts: Which account (channel and account id) each campaign is in, numbered.
        complete: Share of the final number that is known, by day, oldest first.
        cohorts: Which campaigns share channel, stage and pricing model, numbered; `stages`: which
            share the latter two.
        unlearned: Campaigns whose results may arrive late without anybody having watched it: all
            that is known of them came at once.
        undue: Of each campaign, how many of the newest days its account cannot have yet.
    """

    as_of: date
    history: History
    results: Floats
    accounts: Ints
    complete: Floats
    cohorts: Ints
    stages: Ints
    unlearned: Bools
    undue: Ints

    @classmethod
    def of(
        cls,
        numbers: pd.DataFrame,
        as_of: date,
        resolved: pd.DataFrame | None = None,
        lag: Completion = COMPLETE,
    ) -> HistoryPanel:
        """Look at known rows; `resolved` (`Plan.resolve`, with `entity`) tells stage and model."""
        days = Window.ending(as_of - timedelta(1), HORIZON)
        revisions = Revisions.of(numbers, days.since).known(as_of, days)
        return cls.over(revisions.history(), as_of, resolved, lag.of_days(HORIZON))

    @classmethod
    def over(
        cls,
        history: History,
        as_of: date,
        resolved: pd.DataFrame | None,
        complete: Floats,
        unlearned: Bools | None = None,
    ) -> HistoryPanel:
        """Look at the 91 days of a history, each of which is due."""
        all_due = np.zeros(len(history.entities), dtype=np.int64)
        watched = np.zeros(len(history.entities), dtype=bool) if unlearned is None else unlearned
        accounts = ["|".join(name.split("|", 2)[:2]) for name in history.entities]
        kinds = _kinds(history, resolved)
        counted = results(history, _columns(kinds))
        alike = [f"{entity.split('|', 1)[0]}|{kind}" for entity, kind in
                 zip(history.entities, kinds, strict=True)]  # fmt: skip
        cohorts, stages = _numbered(alike), _numbered([str(kind) for kind in kinds])
        return cls(as_of, history, counted, _numbered(accounts), complete, cohorts, stages, watched,
                   all_due)  # fmt: skip

    @property
    def count(self) -> int:
        """How many campaigns."""
        return len(self.history.entities)

    def column(self, name: str) -> Floats:
        """Campaign x day values of a column, NaN where missing."""
        return self.history.column(name)

    def last(self, values: Floats, days: int, skip: int = 0) -> Floats:
        """The last `days` columns, not counting the `skip` newest."""
        return values[:, HORIZON - days - skip : HORIZON - skip]

    def has(self, *names: str) -> bool:
        """Whether each of these columns was measured at all."""
        return all(map(self.history.has, names))

    @cached_property
    def _once(self) -> dict[str, Any]:
        return {}

    def once(self, name: str, work: Callable[[HistoryPanel], T]) -> T:
        """What several detectors read, worked out for the first and kept for the others."""
        if name not in self._once:
            self._once[name] = work(self)
        value: T = self._once[name]
        return value

    @cached_property
    def counted_alike(self) -> Ints:
        """Which campaigns share account, stage and pricing model: their results come in alike."""
        pairs = self.accounts * (self.cohorts.max(initial=-1) + 1) + self.cohorts
        return np.asarray(np.unique(pairs, return_inverse=True)[1], dtype=np.int64)

    @cached_property
    def channels(self) -> Ints:
        """Which channel each campaign is in, numbered."""
        return _numbered([entity.split("|", 1)[0] for entity in self.history.entities])

    @property
    def due(self) -> Bools:
        """Campaign x day, whether its account can have numbers of the day by now."""
        return np.asarray(np.arange(HORIZON)[None, :] < HORIZON - self.undue[:, None])

    @cached_property
    def feed(self) -> Bools:
        """Campaign x day, whether its account has a row of any campaign."""
        order = np.argsort(self.accounts, kind="stable")
        if order.size == 0:
            return self.history.rows
        starts = np.searchsorted(self.accounts[order], np.arange(self.accounts.max() + 1))
        reported = np.logical_or.reduceat(self.history.rows[order], starts, axis=0)
        return np.asarray(reported[self.accounts], dtype=bool)


def _numbered(words: list[str]) -> Ints:
    return np.asarray(pd.factorize(np.array(words, dtype=object))[0], dtype=np.int64)


Kind = tuple[str | None, str | None]


def _kinds(history: History, resolved: pd.DataFrame | None) -> list[Kind]:
    """Stage and pricing model of each campaign, None where not known."""
    if resolved is None or resolved.empty:
        return [(None, None)] * len(history.entities)
    pairs = zip(
        map(_word, resolved["stage"].tolist()),
        map(_word, resolved["pricing_model"].tolist()),
        strict=True,
    )
    known = dict(zip(resolved["entity"].tolist(), pairs, strict=True))
    return [known.get(entity, (None, None)) for entity in history.entities]


def _columns(kinds: list[Kind]) -> list[tuple[str, ...]]:
    columns_by_pair = {kind: result_columns(*kind) for kind in {*kinds}}
    return [columns_by_pair[kind] for kind in kinds]


def _word(word: object) -> str | None:
    return word if isinstance(word, str) else None


AFTER_THE_CLICK = ("conversions", "leads")
"""Of these only conversions arrive late."""
_PIECES = 8
_WEEK = 7
_USUAL_DAYS = 14.0  # what the median of all weighs against a campaign's own days (STATISTICS.md 5)
_OUTAGE_NATS = 5.0


@dataclass(frozen=True, eq=False)
class FunnelStep:
    """One step of every campaign.

    Attributes:
        count: campaign x day, what came out; 0 where not known.
        exposure: campaign x day, what it came from, times the share that is in by now; 0 where
            either is not known, so that a missing day is no day rather than an empty one.
        phi: Variance over mean of a day's count, one a campaign, at least 1.
    """

    count: Floats
    exposure: Floats
    phi: Floats
    _spread: tuple[Floats, Ints] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, count: Floats, source: Floats, complete: Floats | float = 1.0) -> FunnelStep:
        """A step from two columns; days with only one of them, or with no source, do not count."""
        counted, exposure = np.zeros(count.shape), np.zeros(count.shape)
        full = np.broadcast_to(complete, count.shape)
        for part in pieces(len(count), _PIECES):
            usable = ~np.isnan(count[part]) & (source[part] > 0)
            if not usable.any():
                continue
            np.copyto(counted[part], count[part], where=usable)
            np.multiply(source[part], full[part], out=exposure[part], where=usable)
        return cls._counted(counted, exposure, residuals(counted, exposure))

    @classmethod
    def _counted(cls, count: Floats, exposure: Floats, spread: tuple[Floats, Ints]) -> FunnelStep:
        return cls(count, exposure, _weighed(*spread), spread)

    @property
    def known(self) -> Bools:
        """Campaigns with any day that counts."""
        return np.asarray((self.exposure > 0).any(axis=1))

    def less_full(self, campaigns: Bools, usual: Completion) -> FunnelStep:
        """The same, the newest days of some campaigns only as full as is usual in the field."""
        if not campaigns.any():
            return self
        full = np.where(campaigns[:, None], usual.of_days(HORIZON), 1.0)
        return FunnelStep._counted(self.count, self.exposure * full, self._spread or residuals(
            self.count, self.exposure))  # fmt: skip

    def without(self, days: Bools) -> FunnelStep:
        """The same with some days left out, and what they did to the spread with them."""
        if not days.any():
            return self
        rows = np.flatnonzero(days.any(axis=1))
        count, exposure = self.count.copy(), self.exposure.copy()
        squares, spare = self._spread or residuals(count, exposure)
        count[rows] = np.where(days[rows], 0.0, count[rows])
        exposure[rows] = np.where(days[rows], 0.0, exposure[rows])
        squares, spare = squares.copy(), spare.copy()
        squares[rows], spare[rows] = residuals(count[rows], exposure[rows])
        return FunnelStep._counted(count, exposure, (squares, spare))


def overdispersion(count: Floats, exposure: Floats) -> Floats:
    """Variance over mean of daily counts around their own week's rate, one a campaign.

    phi = sum (k - r E)^2 / (r E) / (days - weeks), r = the week's rate, so that slow moves and
    earlier breaks do not pass for noise; then 28:14-shrunk to the median of all campaigns by days,
    floor 1. Source: STATISTICS.md, "The design", 5.
    """
    return _weighed(*residuals(count, exposure))


def _weighed(squares: Floats, spare: Ints) -> Floats:
    phi = divided(squares, spare.astype(np.float64))
    usual = float(np.median(phi[spare >= _USUAL_DAYS])) if (spare >= _USUAL_DAYS).any() else 1.0
    weighed = (filled(phi) * spare + usual * _USUAL_DAYS) / (spare + _USUAL_DAYS)
    return np.asarray(np.maximum(weighed, 1.0), dtype=np.float64)


def residuals(count: Floats, exposure: Floats) -> tuple[Floats, Ints]:
    """Of each campaign the sum of squared Pearson residuals, and the days beyond one a week."""
    squares, spare = np.zeros(len(count)), np.zeros(len(count), dtype=np.int64)
    for part in pieces(len(count), _PIECES):
        if exposure[part].any():
            squares[part], spare[part] = _residuals(count[part], exposure[part])
    return squares, spare


def _residuals(count: Floats, exposure: Floats) -> tuple[Floats, Ints]:
    shape = (len(count), HORIZON // _WEEK, _WEEK)
    k, e = count.reshape(shape), exposure.reshape(shape)
    expected = e * divided(_of_weeks(k), _of_weeks(e))[:, :, None]
    usable = expected > 0
    squares = np.where(usable, (k - expected) ** 2 / np.where(usable, expected, 1.0), 0.0)
    spare = usable.sum(axis=(1, 2)) - usable.any(axis=2).sum(axis=1)
    return squares.sum(axis=(1, 2)), spare


def _of_weeks(days: Floats) -> Floats:
    """The sums over the last axis, a day of all weeks at a time: weeks are short, and many."""
    total = days[..., 0].copy()
    for day in range(1, _WEEK):
        total += days[..., day]
    return total


def sells(scene: HistoryPanel) -> Bools:
    """Campaigns whose results are conversions and not leads: only those arrive late."""
    totals = np.stack([np.nansum(scene.column(name), axis=1) for name in AFTER_THE_CLICK])
    return np.asarray(np.argmax(totals, axis=0) == 0)


def results_a_click(scene: HistoryPanel) -> FunnelStep:
    """Results out of clicks: conversions or leads, whichever a campaign has more of."""
    counted = [scene.column(name) for name in AFTER_THE_CLICK]
    sold = sells(scene)[:, None]
    count, full = np.where(sold, *counted), np.where(sold, scene.complete, 1.0)
    return FunnelStep.of(count, scene.column("clicks"), full)


def visits_a_click(scene: HistoryPanel) -> FunnelStep:
    """Landing views out of clicks."""
    return FunnelStep.of(scene.column("landing_views"), scene.column("clicks"))


def showings_a_unit(scene: HistoryPanel) -> FunnelStep:
    """Showings out of money: 1,000 over the CPM."""
    return FunnelStep.of(scene.column("impressions"), scene.column("spend"))


def people_a_showing(scene: HistoryPanel) -> FunnelStep:
    """People reached a day out of showings: one over the daily frequency."""
    return FunnelStep.of(scene.column("reach"), scene.column("impressions"))


def dark_days(step: FunnelStep) -> Bools:
    """Campaign x day, whether nothing was counted for so long that it was not chance.

    Runs of days with 0 whose expected results make ln P(0) < -5: P(0) = phi^(-mu / (phi - 1)) for
    counts with variance phi x mean. Such days are no evidence about a rate: tracking was out.
    """
    return np.asarray((step.count == 0) & (_silences(step) > _OUTAGE_NATS))


def longest_silence(step: FunnelStep) -> Floats:
    """Nats of the longest run of days with 0 that ended and was no outage, one a campaign."""
    nats = _silences(step)
    newest = np.cumsum(step.count, axis=1) == step.count.sum(axis=1)[:, None]
    ended = (step.count == 0) & ~newest & (nats <= _OUTAGE_NATS)
    return np.asarray(np.where(ended, nats, 0.0).max(axis=1, initial=0.0))


def _silences(step: FunnelStep) -> Floats:
    """Nats of the run of empty days each day is in, campaign x day."""
    out = np.empty(step.count.shape)
    for part in pieces(len(out), _PIECES):
        out[part] = _silent(step.count[part], step.exposure[part], step.phi[part])
    return out


def _silent(count: Floats, exposure: Floats, phi: Floats) -> Floats:
    counted = count > 0
    exposed = np.where(counted, exposure, 0.0).sum(axis=1)
    rate = divided(count.sum(axis=1), np.fmax(exposed, 0.75 * exposure.sum(axis=1)))
    places = np.cumsum(counted, axis=1) + (HORIZON + 1) * np.arange(len(counted))[:, None]
    empty = np.where(counted, 0.0, exposure)
    mass = np.bincount(places.ravel(), weights=empty.ravel(), minlength=places.max(initial=0) + 1)
    return mass[places] * (filled(rate) * per_expected(phi))[:, None]


def per_expected(phi: Floats) -> Floats:
    """How many nats against chance one expected result is worth when none came: ln phi/(phi-1)."""
    excess = np.maximum(phi - 1.0, 1e-6)
    return np.asarray(np.log1p(excess) / excess, dtype=np.float64)
