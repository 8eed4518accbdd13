"""How full the newest days are: learned from how earlier days grew after their first pull.

What late results still bring: between what and what a sum of them settles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd

from bot.numbers.input.columns import Codes, cells_of, day_of
from bot.numbers.input.revisions import Revisions
from bot.numbers.metrics.sums import Bools, Floats, carried
from bot.numbers.special import gamma_quantile, gammaincinv

AGES = 30
_DAYS_LEARNED_FROM = 90
_PRIOR_RESULTS = 20.0
_DISPERSION = 1.5
_PRIOR_STAYS = 2.0 / 3.0  # geometric with a mean of two days (STATISTICS.md 2)


@dataclass(frozen=True, eq=False)
class Completion:
    """Which share of a day's final number is known at each age.

    Attributes:
        by_age: `by_age[a]` for a day pulled a days later; a = 1 is the next morning. Index 0 is
            unused and repeats age 1.
        restated: How many day x campaign values were seen to change; 0: nothing was learned, and
            every day counts as complete.
        doubts: Standard deviation of log `by_age`, the same ages; empty: none.
    """

    by_age: Floats
    restated: int
    doubts: Floats = field(default_factory=lambda: np.zeros(0))

    def at(self, ages: Floats) -> Floats:
        """The completion at these ages, in days; older than known is complete."""
        places = np.clip(ages.astype(int), 0, len(self.by_age) - 1)
        return np.asarray(self.by_age[places], dtype=np.float64)

    def doubts_of_days(self, count: int) -> Floats:
        """How unsure the completion of the last days is (log), oldest first."""
        if not len(self.doubts):
            return np.zeros(count)
        return Completion(self.doubts, self.restated).of_days(count)

    def of_days(self, count: int) -> Floats:
        """The completion of the last `count` days up to the last data day, oldest first."""
        return self.at(np.arange(count, 0, -1, dtype=np.float64))


def _usual() -> Floats:
    """1 - (2/3)^age: the prior alone, two days on average."""
    ages = np.arange(AGES + 1, dtype=np.float64)
    return np.asarray(1 - _PRIOR_STAYS ** np.maximum(ages, 1.0), dtype=np.float64)


USUALLY_FULL = Completion(_usual(), 0)
"""How full sales' newest days are in the field: for whom nobody has watched them fill up yet."""
COMPLETE = Completion(np.ones(AGES + 1), 0)


def completion(numbers: pd.DataFrame, as_of: date, column: str = "conversions") -> Completion:
    """Learn completion from revisions: f_a = sum k(age a+1) / sum k(age a), c_a = product of 1/f.

    STATISTICS.md, "The design", 2: with pseudo-counts from a geometric prior of two days. Imports
    marked backfilled teach nothing. Where no value was ever seen to change, every day counts as
    complete.

    Args:
        numbers: Daily numbers with every revision.
        as_of: The morning.
        column: Which number.
    """
    laid_out = Revisions.of(numbers, as_of - timedelta(_DAYS_LEARNED_FROM)).joined(as_of)
    every = np.ones(len(laid_out.entities), dtype=bool)
    return completions_of(laid_out, (every,), as_of, column)[0]


def completions_of(
    laid_out: Revisions, groups: Sequence[Bools], as_of: date, column: str = "conversions"
) -> list[Completion]:
    """Learn it of several groups of the entities laid out (`completion`)."""
    observations, codes = _observed(laid_out, as_of, column)
    return [_learned(observations.of(np.flatnonzero(group[codes]))) for group in groups]


def _learned(observations: _Seen) -> Completion:
    grid, several = _by_age(observations)
    restated = int(several.sum())
    if restated == 0:
        return COMPLETE
    growth, below = _growth(grid)
    return Completion(_completion(growth), restated, _doubts(growth, below))


@dataclass(frozen=True, eq=False)
class Growth:
    """How the days of some campaigns grew from age to age, added up campaign by campaign.

    Attributes:
        entities: The campaigns.
        above, below: Campaign x age (1 to `AGES` - 1): results a day later, and at that age, of the
            days of which both are known.
        restated: How many of each campaign's days were seen to change.
    """

    entities: tuple[str, ...]
    above: Floats
    below: Floats
    restated: Codes

    @classmethod
    def of(cls, laid_out: Revisions, as_of: date, column: str) -> Growth:
        """Learn it as `completion` does."""
        observed, campaigns = _observed(laid_out, as_of, column)
        observations = observed.of(np.arange(len(campaigns), dtype=np.int64))
        grid, several = _by_age(observations)
        younger, older = grid[:, 1:-1], grid[:, 2:]
        both_known = ~np.isnan(younger) & ~np.isnan(older)
        of_cell = np.zeros(len(grid), dtype=np.int64)
        of_cell[observations.cells] = campaigns
        count = len(laid_out.entities)
        return cls(
            tuple(laid_out.entities),
            _of_campaigns(of_cell, np.where(both_known, older, 0.0), count),
            _of_campaigns(of_cell, np.where(both_known, younger, 0.0), count),
            np.bincount(of_cell[several], minlength=count).astype(np.int64),
        )

    @classmethod
    def joined(cls, parts: Sequence[Growth]) -> Growth:
        """That of different campaigns, in the order of their names."""
        names = [name for part in parts for name in part.entities]
        order = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64)
        above, below, restated = (
            np.concatenate([getattr(part, name) for part in parts])[order]
            for name in ("above", "below", "restated")
        )
        return cls(tuple(names[place] for place in order.tolist()), above, below, restated)

    def completion(self, of: Bools) -> Completion:
        """As `completion` of some of the campaigns."""
        restated = int(self.restated[of].sum())
        if restated == 0:
            return COMPLETE
        growth, below = _grown(self.above[of].sum(axis=0), self.below[of].sum(axis=0))
        return Completion(_completion(growth), restated, _doubts(growth, below))


def _of_campaigns(of_cell: Codes, amounts: Floats, count: int) -> Floats:
    sums = np.zeros((count, amounts.shape[1]))
    np.add.at(sums, of_cell, amounts)
    return sums


@dataclass(frozen=True, eq=False)
class _Seen:
    """Rows to learn from: day x campaign, age when pulled, value, and the age it has now."""

    cells: Codes
    ages: Codes
    revisions: Floats
    counted: Floats
    reached: Codes

    def of(self, rows: Codes) -> _Seen:
        """Some of the rows, their cells numbered as they come."""
        return _Seen(
            pd.factorize(self.cells[rows])[0],
            self.ages[rows],
            self.revisions[rows],
            self.counted[rows],
            self.reached[rows],
        )


def _observed(laid_out: Revisions, as_of: date, column: str) -> tuple[_Seen, Codes]:
    """What there is to learn from on a morning, and which entity each row is of."""
    morning = day_of(np.datetime64(as_of))
    ages = morning - laid_out.days
    learnable = (ages > 0) & (ages <= _DAYS_LEARNED_FROM) & (laid_out.pulled <= morning)
    table, places = laid_out.table, laid_out.places
    values, pulled = (table[name].to_numpy()[places] for name in (column, "pulled_on"))
    late = table["backfilled"].to_numpy()[places]
    usable = np.flatnonzero(learnable & ~late & ~np.isnan(values) & ~np.isnat(pulled))
    codes, days = laid_out.codes[usable], laid_out.days[usable]
    observations = _Seen(
        cells=cells_of(codes, days),
        ages=np.clip(day_of(pulled[usable]) - days, 1, AGES),
        revisions=np.nan_to_num(table["revision"].to_numpy()[places[usable]], nan=-1.0),
        counted=values[usable],
        reached=ages[usable],
    )
    return observations, codes


def _by_age(observations: _Seen) -> tuple[Floats, Bools]:
    """Values of each day x campaign at each age (columns 1 to AGES), NaN where not yet known.

    And of which of them several are.
    """
    order = np.lexsort((observations.revisions, observations.ages, observations.cells))
    grid = np.full((int(observations.cells.max(initial=-1)) + 1, AGES + 1), np.nan)
    grid[observations.cells[order], observations.ages[order]] = observations.counted[order]
    several = np.asarray(np.count_nonzero(~np.isnan(grid), axis=1) > 1)
    grid = carried(grid)
    reached = np.zeros(len(grid), dtype=np.int64)
    reached[observations.cells] = observations.reached
    grid[np.arange(AGES + 1)[None, :] > reached[:, None]] = np.nan
    return grid, several


def _growth(grid: Floats) -> tuple[Floats, Floats]:
    """f_a for a = 1 … AGES-1, and how many results each rests on."""
    younger, older = grid[:, 1:-1], grid[:, 2:]
    both_known = ~np.isnan(younger) & ~np.isnan(older)
    above, below = (np.where(both_known, part, 0.0).sum(axis=0) for part in (older, younger))
    return _grown(above, below)


def _grown(older: Floats, younger: Floats) -> tuple[Floats, Floats]:
    """The same of results added up at each age: of both days' that are known."""
    ages = np.arange(1, AGES, dtype=np.float64)
    prior = (1 - _PRIOR_STAYS ** (ages + 1)) / (1 - _PRIOR_STAYS**ages)
    above, below = older + _PRIOR_RESULTS * prior, younger + _PRIOR_RESULTS
    return np.asarray(above / below, dtype=np.float64), np.asarray(below, dtype=np.float64)


def _doubts(growth: Floats, below: Floats) -> Floats:
    """Root of the sum from a on of var log f = phi |f - 1| / (f^2 k), phi 1.5 (Mack 1993)."""
    variances = _DISPERSION * np.abs(growth - 1) / (growth**2 * below)
    deviations = np.sqrt(np.cumsum(variances[::-1])[::-1])
    return np.concatenate([deviations[:1], deviations, [0.0]])


def _completion(growth: Floats) -> Floats:
    final = np.cumprod((1 / growth)[::-1])[::-1]
    by_age = np.concatenate([final[:1], final, [1.0]])
    return np.asarray(np.clip(by_age, 0.05, 1.0), dtype=np.float64)


LEVEL = 0.9
TOLD_UNDER = 0.97
"""A window of which more is known has settled, as far as a word about it goes."""


def settled(
    known_results: Floats, complete: Floats, phi: Floats | float = 1.5, doubt: Floats | float = 0.0
) -> tuple[Floats, Floats]:
    """Results once all are in: the ends of the middle 90 %.

    Still to come: M = (seen + 1/2)(1 - c)/c on average. Its variance: phi M for those to come,
    M^2 phi/(seen + 1/2) for the rate seen, (seen/c)^2 d^2 for the completion itself; taken as a
    gamma of that mean and variance. Source: the chain ladder and its standard error, Mack 1993.

    Args:
        known_results: Results known, NaN where missing.
        complete: The share of the final number they are, 0-1.
        phi: Overdispersion.
        doubt: Standard deviation of log `complete`.
    """
    with np.errstate(all="ignore"):
        coming = (known_results + 0.5) * (1 - complete) / complete
        rate, lag = phi * coming**2 / (known_results + 0.5), (known_results / complete * doubt) ** 2
        variance = phi * coming + rate + lag
        shape = coming**2 / variance
        low, high = (
            np.where(coming > 0, gammaincinv(shape, end) * variance / coming, 0.0)
            for end in ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
        )
    return known_results + low, known_results + high


def settles(known_results: float, complete: float, phi: float = 1.5) -> tuple[float, float]:
    """`settled` for one number whose completion is not in doubt: an answer waits for no scipy.

    Args:
        known_results: Results known.
        complete: The share of the final number they are, above 0.
        phi: Overdispersion.
    """
    coming = (known_results + 0.5) * (1 - complete) / complete
    if coming <= 0:
        return known_results, known_results
    variance = phi * coming + phi * coming**2 / (known_results + 0.5)
    low, high = (
        gamma_quantile(coming**2 / variance, end) * variance / coming
        for end in ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    )
    return known_results + low, known_results + high
