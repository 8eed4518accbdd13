"""How full the newest days are: learned from how earlier days grew after their first pull."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from bot.numbers.daily import campaigns_only, entity, visible_on
from bot.numbers.sums import Floats

AGES = 30
_DAYS_LEARNED_FROM = 90
_PRIOR_RESULTS = 20.0
_PRIOR_STAYS = 2.0 / 3.0  # geometric with a mean of two days (STATISTICS.md 2)


@dataclass(frozen=True, eq=False)
class Completion:
    """Which share of a day's final number is known at each age.

    Attributes:
        by_age: `by_age[a]` for a day pulled a days later; a = 1 is the next morning. Index 0 is
            unused and repeats age 1.
        restated: How many day x campaign values were seen to change; 0: nothing was learned, and
            every day counts as complete.
    """

    by_age: Floats
    restated: int

    def at(self, ages: Floats) -> Floats:
        """The completion at these ages, in days; older than known is complete."""
        places = np.clip(ages.astype(int), 0, len(self.by_age) - 1)
        return np.asarray(self.by_age[places], dtype=np.float64)

    def of_days(self, count: int) -> Floats:
        """The completion of the last `count` days up to the last data day, oldest first."""
        return self.at(np.arange(count, 0, -1, dtype=np.float64))


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
    seen = campaigns_only(visible_on(numbers, as_of))
    recent = seen["date"] >= pd.Timestamp(as_of) - pd.Timedelta(days=_DAYS_LEARNED_FROM)
    seen = seen[recent & ~seen["backfilled"] & seen[column].notna() & seen["pulled_on"].notna()]
    grid, restated = _by_age(seen, as_of, column)
    if restated == 0:
        return COMPLETE
    return Completion(_completion(_growth(grid)), restated)


def _by_age(seen: pd.DataFrame, as_of: date, column: str) -> tuple[Floats, int]:
    """Values of each day x campaign at each age (columns 1 to AGES), NaN where not yet known."""
    cells = pd.factorize(entity(seen) + "|" + seen["date"].astype(str))[0]
    ages = (seen["pulled_on"] - seen["date"]).dt.days.clip(1, AGES).to_numpy()
    order = np.lexsort((seen["revision"].fillna(-1.0), ages, cells))
    grid = np.full((int(cells.max(initial=-1)) + 1, AGES + 1), np.nan)
    grid[cells[order], ages[order]] = seen[column].to_numpy()[order]
    restated = int((np.count_nonzero(~np.isnan(grid), axis=1) > 1).sum())
    grid = pd.DataFrame(grid).ffill(axis=1).to_numpy(copy=True)
    reached = np.zeros(len(grid), dtype=np.int64)
    reached[cells] = (pd.Timestamp(as_of) - seen["date"]).dt.days.to_numpy()
    grid[np.arange(AGES + 1)[None, :] > reached[:, None]] = np.nan
    return grid, restated


def _growth(grid: Floats) -> Floats:
    """f_a for a = 1 … AGES-1."""
    younger, older = grid[:, 1:-1], grid[:, 2:]
    both = ~np.isnan(younger) & ~np.isnan(older)
    ages = np.arange(1, AGES, dtype=np.float64)
    prior = (1 - _PRIOR_STAYS ** (ages + 1)) / (1 - _PRIOR_STAYS**ages)
    above = np.where(both, older, 0.0).sum(axis=0) + _PRIOR_RESULTS * prior
    below = np.where(both, younger, 0.0).sum(axis=0) + _PRIOR_RESULTS
    return np.asarray(above / below, dtype=np.float64)


def _completion(growth: Floats) -> Floats:
    final = np.cumprod((1 / growth)[::-1])[::-1]
    by_age = np.concatenate([final[:1], final, [1.0]])
    return np.asarray(np.clip(by_age, 0.05, 1.0), dtype=np.float64)
