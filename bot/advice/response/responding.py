"""How each campaign answers to its budget this morning, with what is not known about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from bot.advice.response.baseline import Baseline, steady
from bot.advice.response.clicks import click_response, part, with_clicks, witnesses
from bot.advice.response.filter import FilterState, follow, start
from bot.advice.response.panel import Panel
from bot.advice.response.pools import Beliefs, believe
from bot.advice.response.settings import DEFAULTS, ResponseSettings
from bot.domain.advice import Evidence
from bot.numbers.metrics.sums import Bools, Floats, Ints
from bot.numbers.special import ndtr

CHANGE = 0.005  # a budget that moves by less was not edited
FIELDS = ("level", "slope", "level_var", "cross", "slope_var", "usual", "anchor", "piled", "calm")


@dataclass(frozen=True, eq=False)
class Margins:
    """Campaigns of one pool at each point of the grid.

    Attributes:
        rows: Which campaigns.
        weights: Posterior weight of each point.
        gap: Log margin above the pool's (its budgets' weighted geometric mean), campaign x grid.
        variance: Of that.
        slope, slope_var: Elasticity, campaign x grid.
        band: Gaps that small are not worth moving for: log(1 + gain / b0).
    """

    rows: Ints
    weights: Floats
    gap: Floats
    variance: Floats
    slope: Floats
    slope_var: Floats
    band: float
    _above: dict[float, Floats] = field(default_factory=dict, repr=False)

    def chance(self, side: int) -> Floats:
        """P(the margin lies beyond the band above (1) or below (-1) the pool's), a campaign."""
        return self._chances[side]

    @cached_property
    def _chances(self) -> dict[int, Floats]:
        spread = np.sqrt(self.variance)
        beyond = {side: ndtr((side * self.gap - self.band) / spread) for side in (1, -1)}
        return {side: _mean(part, self.weights) for side, part in beyond.items()}

    def likely(self, side: int, level: float = 0.0) -> Floats:
        """P(the margin lies above (1) or below (-1) a level), a campaign.

        The level is a log over the pool's margin.
        """
        if level not in self._above:
            beyond = np.asarray(ndtr((self.gap - level) / np.sqrt(self.variance)))
            self._above[level] = _mean(beyond, self.weights)
        above = self._above[level]
        return np.asarray(above if side > 0 else 1 - above, dtype=np.float64)

    @cached_property
    def dear(self) -> Floats:
        """P(all of its money buys less than the next does in the pool), a campaign.

        That is how surely nothing is lost where it is paused: its average against their margin.
        """
        log_slope = np.log(self.slope)
        around = np.maximum(self.variance - self.slope_var / self.slope**2, 1e-9)
        return _mean(np.asarray(ndtr((log_slope - self.gap) / np.sqrt(around))), self.weights)

    @cached_property
    def doubt(self) -> Floats:
        """Standard deviation of the gap with all that is not known, one a campaign."""
        around = self.variance + (self.gap - self.expected[:, None]) ** 2
        return np.sqrt(_mean(around, self.weights))

    @cached_property
    def expected(self) -> Floats:
        """Posterior mean of the gap, one a campaign."""
        return _mean(self.gap, self.weights)

    @cached_property
    def elasticity(self) -> Floats:
        """Posterior mean of the elasticity, one a campaign."""
        return _mean(self.slope, self.weights)


def _mean(values: Floats, weights: Floats) -> Floats:
    """Over the grid, a campaign; the same to the last bit wherever the numbers lie in memory."""
    return np.asarray((values * weights).sum(axis=1), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Responses:
    """The answer to budgets of every campaign that trades, as of a morning.

    Attributes:
        panel: The days; rows of everything here are its campaigns, sorted by entity.
        about: What stands around their rates.
        state: Rate and own elasticity at today's usual spend.
        beliefs: What the pools teach.
        evidence: To be remembered for a later morning with a shorter history.
    """

    panel: Panel
    about: Baseline
    state: FilterState
    beliefs: Beliefs
    settings: ResponseSettings
    evidence: Evidence
    _margins: dict[tuple[int, float], Margins] = field(default_factory=dict, repr=False)

    @property
    def entities(self) -> tuple[str, ...]:
        """One a row."""
        return tuple(campaign.entity for campaign in self.panel.campaigns)

    @cached_property
    def budgets(self) -> Floats:
        """The newest daily budget; where none was ever told the usual spend, currency units."""
        daily_budgets = self.panel.budget
        frame = pd.DataFrame(np.where(daily_budgets > 0, daily_budgets, np.nan)).ffill(axis=1)
        newest = frame.to_numpy()[:, -1]
        return np.where(np.isnan(newest), np.exp(self.state.usual), newest)

    @cached_property
    def guessed(self) -> Bools:
        """Whether the budget is a guess from spend ("about")."""
        return np.asarray(~np.any(self.panel.budget > 0, axis=1), dtype=np.bool_)

    @cached_property
    def changed_days(self) -> Floats:
        """Mornings since the usual spend was last moved by an edit; infinite where never."""
        moved = np.abs(np.diff(self.about.usual, axis=1)) > CHANGE
        days_since = np.argmax(moved[:, ::-1], axis=1) + 1.0
        return np.where(moved.any(axis=1) & ~self.guessed, days_since, np.inf)

    @cached_property
    def changed_side(self) -> Ints:
        """Which way that edit went: 1 more, -1 less, 0 where there was none."""
        moves = np.diff(self.about.usual, axis=1)
        moved = np.abs(moves) > CHANGE
        last = moves.shape[1] - 1 - np.argmax(moved[:, ::-1], axis=1)
        side = np.sign(np.take_along_axis(moves, last[:, None], axis=1)[:, 0])
        return np.where(np.isfinite(self.changed_days), side, 0).astype(np.int64)

    @cached_property
    def rate(self) -> Floats:
        """Log results a day at the usual spend, shrunk to the pool."""
        averages = self.beliefs.averages
        middle = averages.middle[self.panel.pool]
        return np.asarray(middle + averages.above + self.state.usual, dtype=np.float64)

    @cached_property
    def tells_surely(self) -> Floats:
        """P(averages tell margins at all), one a pool: g over `tells_least`."""
        over = self.beliefs.grid.tells > self.settings.tells_least
        return self.beliefs.mean(over.astype(np.float64))

    @cached_property
    def known(self) -> Bools:
        """Whether each pool has been seen to answer, so that moves may be scaled."""
        return self.tells_surely >= self.settings.known

    def margins(self, place: int) -> Margins:
        """The campaigns of one pool; worked out once, whatever steps settings allow."""
        key = (place, self.settings.gain)
        if key not in self._margins:
            self._margins[key] = self._pooled(place)
        return self._margins[key]

    def _pooled(self, place: int) -> Margins:
        beliefs, rows = self.beliefs, np.flatnonzero(self.panel.pool == place)
        points = beliefs.likely(place)
        log_slope, own_var = beliefs.elasticity(rows, points)
        log_margin = beliefs.averages.above[rows, None] + log_slope
        shares = self.budgets[rows] / self.budgets[rows].sum()
        variance = beliefs.averages.variance[rows, None] + own_var
        band = float(np.log1p(self.settings.gain / beliefs.usual[place]))
        gap = log_margin - (shares[:, None] * log_margin).sum(axis=0)
        weights, slope = beliefs.weights[place, points], np.exp(log_slope)
        weights = weights / weights.sum()
        return Margins(rows, weights, gap, variance, slope, own_var * slope**2, band)

    def table(self) -> pd.DataFrame:
        """Signals that rules may read, a row an entity.

        `marginal`: what the last money buys, in the pool's (1: the same; 1.5: half as much more);
        `marginal_sure`: P(it lies on that side, beyond the band); `elasticity` and `elasticity_sd`;
        `response_known`: 1 once the pool has been seen to answer; `response_sure`: P(averages tell
        margins there); `result_rate`: results a day at today's budget.
        """
        columns = {name: np.zeros(self.panel.count) for name in SIGNALS}
        for place in range(len(self.panel.pools)):
            pool_margins = self.margins(place)
            up, down = pool_margins.chance(1), pool_margins.chance(-1)
            around = (
                pool_margins.slope_var
                + (pool_margins.slope - pool_margins.elasticity[:, None]) ** 2
            )
            for name, values in zip(
                SIGNALS,
                (
                    np.exp(pool_margins.expected),
                    np.where(pool_margins.expected > 0, up, down),
                    pool_margins.elasticity,
                    np.sqrt(around @ pool_margins.weights),
                    float(self.known[place]),
                    self.tells_surely[place],
                    np.exp(self.rate[pool_margins.rows]),
                ),
                strict=True,
            ):
                columns[name][pool_margins.rows] = values
        return pd.DataFrame(columns, index=pd.Index(self.entities, name="entity"))


SIGNALS = {
    "marginal": "What the last money buys, in what it buys in the pool",
    "marginal_sure": "How surely that lies beyond the pool's, on its side",
    "elasticity": "Per cent more results for a per cent more budget",
    "elasticity_sd": "How far off that may be",
    "response_known": "1 once budgets of the pool were seen to bring results",
    "response_sure": "How surely averages tell there what more money buys",
    "result_rate": "Results a day at today's budget",
}


def responses(
    panel: Panel, settings: ResponseSettings = DEFAULTS, evidence: Evidence | None = None
) -> Responses:
    """Read the days and tell how each campaign answers to its budget.

    Args:
        panel: `panel_of(numbers, as_of, campaigns)` or `Panel.of_scene`.
        settings: What is taken for granted.
        evidence: Of an earlier morning; days up to its own are not read again.
    """
    rows = witnesses(panel)
    both = with_clicks(panel, rows)
    baseline = steady(both, settings)
    state, since = _resumed(both, panel.count, baseline, settings, evidence)
    evidence_end = max(panel.days - settings.evidence_days, since)
    state = follow(baseline, state, settings, since, evidence_end)
    remembered = _remembered(both, baseline, state, evidence_end)
    state = follow(baseline, state, settings, evidence_end)
    own, clicks = part(state, slice(panel.count)), part(state, slice(panel.count, None))
    about, lower = part(baseline, slice(panel.count)), part(baseline, slice(panel.count, None))
    by_clicks = click_response(panel, rows, lower, clicks, settings)
    beliefs = believe(panel, about, own, settings, by_clicks)
    return Responses(panel, about, own, beliefs, settings, remembered)


def _resumed(
    panel: Panel,
    count: int,
    baseline: Baseline,
    settings: ResponseSettings,
    evidence: Evidence | None,
) -> tuple[FilterState, int]:
    """Start from what is remembered, campaign by campaign; new ones start afresh.

    From place `count` on the panel has clicks for results. Levels are remembered as they stood on
    the day; here they are about the market as it stands on the last one.
    """
    fresh = start(baseline, settings)
    since = (evidence.day - panel.first).days + 1 if evidence else 0
    if evidence is None or not 0 < since < panel.days:
        return fresh, 0
    stored = np.stack([getattr(fresh, name) for name in FIELDS])
    for place, campaign in enumerate(panel.campaigns):
        values = evidence.states.get(campaign.entity, ())
        later = len(FIELDS) * (place >= count)
        if len(values) >= later + len(FIELDS):
            stored[:, place] = values[later : later + len(FIELDS)]
    resumed = FilterState(*stored)
    return replace(resumed, level=resumed.level - baseline.market[:, since - 1]), since


def _remembered(
    panel: Panel, baseline: Baseline, state: FilterState, evidence_end: int
) -> Evidence:
    """A campaign's state, and after it that of its clicks."""
    state = replace(state, level=state.level + baseline.market[:, evidence_end - 1])
    stored = np.stack([getattr(state, name) for name in FIELDS], axis=1)
    day = panel.first + timedelta(evidence_end - 1)
    states: dict[str, tuple[float, ...]] = {}
    for campaign, values in zip(panel.campaigns, stored.tolist(), strict=True):
        states[campaign.entity] = (*states.get(campaign.entity, ()), *values)
    return Evidence(day, states)
