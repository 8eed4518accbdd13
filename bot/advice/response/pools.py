"""What a pool teaches: how strongly results answer to budgets, and whether averages tell margins.

In a pool, log elasticity of campaign i at its first budget is log b0 + (g - 1) z_i + own, own ~
N(0, tau^2), where z_i is how far its log results per unit of money lie above the pool's. As the
margin is the elasticity times the average, log margin = log b0 + g z_i + own: g = 1 says that
averages tell margins, g = 0 that they tell nothing (the harsh null of STATISTICS.md). The posterior
of (b0, g, tau) is kept on a grid and learned from what budgets did to each campaign's own results.
Source: our own simulation; STATISTICS.md items 6, 7 and 12.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from bot.advice.response.baseline import Baseline
from bot.advice.response.clicks import ClickResponse, loud
from bot.advice.response.filter import FilterState, own_answer
from bot.advice.response.panel import Panel
from bot.advice.response.settings import ResponseSettings
from bot.numbers.metrics.sums import Floats, Ints

ELASTICITIES = np.array(
    [0.04, 0.08, 0.13, 0.19, 0.26, 0.34, 0.42, 0.5, 0.58, 0.66, 0.74, 0.84, 1.0]
)
TELLS = np.linspace(-0.4, 1.6, 11)
SPREADS = np.geomspace(0.02, 1.6, 14)
"""Standard deviations that log averages of a pool may have; half-normal of 0.6 before any is seen
(markets of `benchmarks.advice` differ by 0.4 to 0.7)."""
SPREAD_PRIOR = -0.5 * (SPREADS / 0.6) ** 2 + np.log(np.gradient(SPREADS))
OWN_SPREAD = 0.3  # of elasticities, while averages are made up
LOWEST, HIGHEST = 0.02, 1.3
LOG_LOWEST, LOG_HIGHEST = float(np.log(LOWEST)), float(np.log(HIGHEST))
RULED_OUT = 1e-4  # of the likeliest point's weight
_NEWTON = 4


@dataclass(frozen=True, eq=False)
class Grid:
    """Every combination of b0, g and tau, flat, with its prior weight in logs."""

    elasticity: Floats
    tells: Floats
    spread: Floats
    prior: Floats

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many values of each."""
        return len(ELASTICITIES), len(TELLS), self.spread.size // len(ELASTICITIES) // len(TELLS)


@lru_cache(maxsize=8)
def grid(settings: ResponseSettings) -> Grid:
    """The grid of some settings."""
    spreads, weights = (np.array(part) for part in zip(*settings.spreads, strict=True))
    b0, g, tau = (a.ravel() for a in np.meshgrid(ELASTICITIES, TELLS, spreads, indexing="ij"))
    width = np.repeat(np.gradient(ELASTICITIES), len(TELLS) * len(spreads))
    weight = np.tile(weights, len(ELASTICITIES) * len(TELLS))
    prior = np.log(width) + np.log(weight)
    for values, (mean, sd) in ((b0, settings.elasticity), (g, settings.tells)):
        prior = prior - 0.5 * ((values - mean) / sd) ** 2
    return Grid(b0, g, tau, prior)


@dataclass(frozen=True, eq=False)
class Averages:
    """Where each campaign's log average (results per unit of money) lies in its pool.

    Attributes:
        above: Log average above its pool's, shrunk.
        variance: Of that.
        first: The same as far as its first budget goes, around the pool's mean of that.
        middle: The pool's log average, one a pool.
        moved: Log of the usual spend today over the first.
    """

    above: Floats
    variance: Floats
    first: Floats
    middle: Floats
    moved: Floats


@dataclass(frozen=True, eq=False)
class Beliefs:
    """The posterior of each pool over the grid, and what it makes of each campaign.

    Attributes:
        weights: pool x grid, rows add up to 1.
        own: Each campaign's elasticity by its own budgets alone.
        information: How surely: 1 / variance.
        clicks: How its clicks answer, against the pool's.
    """

    grid: Grid
    pool: Ints
    averages: Averages
    weights: Floats
    own: Floats
    information: Floats
    clicks: ClickResponse
    settings: ResponseSettings

    def elasticity(self, rows: Ints, points: Ints) -> tuple[Floats, Floats]:
        """These campaigns' log elasticities at some points, with variance: campaign x point."""
        return _combined(self, rows, points)

    def likely(self, place: int) -> Ints:
        """The points of the grid that a pool's posterior has not ruled out (all but 0.2 %)."""
        weights = self.weights[place]
        return np.flatnonzero(weights >= RULED_OUT * weights.max())

    def mean(self, values: Floats) -> Floats:
        """Posterior mean of a value of the grid, one a pool, whatever other pools there are."""
        return np.asarray((self.weights * values).sum(axis=1), dtype=np.float64)

    @cached_property
    def usual(self) -> Floats:
        """b0: each pool's usual elasticity."""
        return self.mean(self.grid.elasticity)

    @cached_property
    def tells(self) -> Floats:
        """g: how far averages tell margins in each pool."""
        return self.mean(self.grid.tells)


def believe(
    panel: Panel,
    baseline: Baseline,
    state: FilterState,
    settings: ResponseSettings,
    clicks: ClickResponse,
) -> Beliefs:
    """Learn from each campaign's own response, within pools and (less) between those of a group."""
    points = grid(settings)
    doubt = np.where(loud(panel), settings.loud_moves, settings.level_moves)
    own_elasticity, information = own_answer(baseline, state, settings, doubt)
    averages = _averages(panel, state, own_elasticity, information, settings)
    size = len(panel.pools)
    log_likelihoods = np.zeros((size, points.prior.size))
    for place in range(size):
        rows = np.flatnonzero(panel.pool == place)
        guessed = _guess(points.elasticity, points.tells, averages, rows, settings)
        spread = points.spread**2 + _bent(guessed, averages.moved[rows], settings)
        variance = 1 / information[rows, None] + spread * guessed**2
        off = (own_elasticity[rows, None] - guessed) ** 2 / variance
        log_likelihoods[place] = -0.5 * (off + np.log(variance)).sum(axis=0)
    weights = _weights(points, log_likelihoods, panel.groups, settings)
    return Beliefs(
        points, panel.pool, averages, weights, own_elasticity, information, clicks, settings
    )


def _shown(
    own_elasticity: Floats, information: Floats, clicks: ClickResponse, rows: Ints, guessed: Floats
) -> tuple[Floats, Floats]:
    """What results and clicks together show of elasticities, campaign x grid, and how surely.

    Clicks tell how far a campaign's lies from the pool's, which is what the grid makes of it. The
    grid itself is learned from results alone: clicks differ less between campaigns than results.
    """
    loud = clicks.information[rows, None]
    middle = (loud * guessed).sum(axis=0) / max(float(loud.sum()), 1e-9)
    by_clicks = np.clip(middle + clicks.above[rows, None], LOWEST, HIGHEST)
    surely = information[:, None] + loud
    shown = (information * own_elasticity)[:, None] + loud * by_clicks
    return shown / surely, surely


def _guess(
    elasticity: Floats, tells: Floats, averages: Averages, rows: Ints, settings: ResponseSettings
) -> Floats:
    """What the pool makes of a campaign's elasticity at today's budget, campaign x grid.

    At its first budget b0 exp((g - 1) z); since then its log odds fell by `saturates` for every
    factor e by which the budget grew.
    """
    guessed = elasticity * np.exp((tells - 1) * averages.first[rows, None])
    guessed = np.clip(guessed, LOWEST, HIGHEST)
    falls = np.exp(settings.saturates[0] * averages.moved[rows, None])
    return np.where(guessed < 1, guessed / (guessed + (1 - guessed) * falls), guessed)


def _bent(guessed: Floats, moved: Floats, settings: ResponseSettings) -> Floats:
    """Variance of log elasticity that comes of curves that bend more or less than usual."""
    return (settings.saturates[1] * np.maximum(1 - guessed, 0.0) * moved[:, None]) ** 2


def _combined(beliefs: Beliefs, rows: Ints, points: Ints) -> tuple[Floats, Floats]:
    """The pool's log-normal guess and the campaign's own normal estimate, by Newton's method.

    The mode of -(own - e)^2 information / 2 - (log e - log guess)^2 / (2 tau^2) in log e, and the
    inverse of its (Gauss-Newton) curvature there: an elasticity stays positive.
    """
    belief_grid = beliefs.grid
    averages, settings = beliefs.averages, beliefs.settings
    likely = _guess(
        belief_grid.elasticity[points], belief_grid.tells[points], averages, rows, settings
    )
    guess = np.log(likely)
    trust = 1 / (belief_grid.spread[points] ** 2 + _bent(likely, averages.moved[rows], settings))
    own_elasticity, information = _shown(
        beliefs.own[rows], beliefs.information[rows], beliefs.clicks, rows, likely
    )
    log = guess
    for _ in range(_NEWTON):
        elasticity = np.exp(log)
        pull = information * elasticity * (own_elasticity - elasticity) - trust * (log - guess)
        log = log + np.clip(pull / (information * elasticity**2 + trust), -1.0, 1.0)
        log = np.clip(log, LOG_LOWEST, LOG_HIGHEST)
    return log, 1 / (information * np.exp(2 * log) + trust)


def _averages(
    panel: Panel,
    state: FilterState,
    own_elasticity: Floats,
    information: Floats,
    settings: ResponseSettings,
) -> Averages:
    """Log averages at today's usual spend, shrunk to the pool's mean by their spread (item 6).

    The filter's level leans on its own elasticity; it is moved to the one a pool would give.
    """
    trust, prior = 1 / OWN_SPREAD**2, settings.elasticity[0]
    variance = 1 / (information + trust)
    slope = variance * (information * own_elasticity + trust * prior)
    lean = state.cross / state.slope_var
    level = state.level + lean * (slope - state.slope) - state.usual
    level_var = state.level_var - lean * state.cross + lean**2 * variance
    level_var = level_var + settings.level_doubt**2
    above, spread, middle = (np.zeros(panel.count) for _ in range(3))
    for place in range(len(panel.pools)):
        rows = panel.pool == place
        above[rows], spread[rows], middle[rows] = _shrunk(level[rows], level_var[rows])
    moved = (1 - np.clip(slope, 0.2, 0.9)) * (state.usual - state.anchor)
    at_first_budget = above + moved
    sizes = np.bincount(panel.pool, minlength=len(panel.pools))
    at_first_budget = (
        at_first_budget - (np.bincount(panel.pool, at_first_budget, len(sizes)) / sizes)[panel.pool]
    )
    pool_middles = np.array([middle[panel.pool == place][0] for place in range(len(panel.pools))])
    return Averages(above, spread, at_first_budget, pool_middles, state.usual - state.anchor)


def _shrunk(level: Floats, variance: Floats) -> tuple[Floats, Floats, float]:
    """Normal shrinkage over all spreads a pool's averages may have, by how well each explains them.

    What lies above the mean, its variance, the mean. One spread alone, the likeliest, would take
    the luck of few results for a difference (Gelman 2006 on few groups; our own null markets).
    """
    total = variance + SPREADS[:, None] ** 2
    weights = 1 / total
    mean = (weights * level).sum(axis=1) / weights.sum(axis=1)
    away = level - mean[:, None]
    logs = -0.5 * (np.log(total) + away**2 / total).sum(axis=1) - 0.5 * np.log(weights.sum(axis=1))
    logs = logs + SPREAD_PRIOR
    belief = np.exp(logs - logs.max())
    belief = belief / belief.sum()
    shrinkage = SPREADS[:, None] ** 2 / total
    above = shrinkage * away
    expected = belief @ above
    around = belief @ (shrinkage * variance + (above - expected) ** 2)
    return expected, around, float(belief @ mean)


def _weights(
    points: Grid, log_likelihoods: Floats, groups: Ints, settings: ResponseSettings
) -> Floats:
    """Posterior by pool: prior x own likelihood x the others' likelihoods, blurred."""
    out, blurred = np.empty_like(log_likelihoods), np.zeros_like(log_likelihoods)
    sides, sizes = _sides(points, settings), (groups[:, None] == groups).sum(axis=1)
    for place in np.flatnonzero(sizes > 1).tolist():  # a lone pool tells nobody
        blurred[place] = _blurred(points, log_likelihoods[place], sides)
    for place, pool_logs in enumerate(log_likelihoods):
        other_pools = (groups == groups[place]) & (np.arange(len(log_likelihoods)) != place)
        logs = points.prior + pool_logs + blurred[other_pools].sum(axis=0)
        weights = np.exp(logs - logs.max())
        out[place] = weights / weights.sum()
    return out


def _sides(points: Grid, settings: ResponseSettings) -> tuple[Floats, Floats, Floats]:
    """How far each side of the grid is spread by how much pools differ."""
    by_elasticity, by_tells = settings.pools_differ
    return (
        _kernel(ELASTICITIES, by_elasticity),
        _kernel(TELLS, by_tells),
        _kernel(np.arange(points.shape[2], dtype=np.float64), 1.0),
    )


def _blurred(points: Grid, logs: Floats, sides: tuple[Floats, Floats, Floats]) -> Floats:
    """A pool's likelihood as others believe it."""
    cube = np.exp(logs - logs.max()).reshape(points.shape)
    for axis, side in enumerate(sides):
        cube = np.moveaxis(np.tensordot(side, cube, axes=(1, axis)), 0, axis)
    return np.asarray(np.log(np.maximum(cube, 1e-12)).ravel(), dtype=np.float64)


def _kernel(values: Floats, sd: float) -> Floats:
    near = np.exp(-0.5 * ((values[:, None] - values[None, :]) / sd) ** 2)
    return np.asarray(near / near.sum(axis=1, keepdims=True), dtype=np.float64)
