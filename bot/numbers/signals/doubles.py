"""The same traffic through two sources: campaigns whose days another campaign has as well.

An ad platform and the analytics tool beside it, or one account under two names, bring the same
money twice. Two campaigns are one where both are called the same in different channels or accounts
and their days agree but for what two ways of counting differ by; or where, under whatever names and
in one account as well, their days are the same to the digit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from bot.numbers.input.columns import coded, first_rows
from bot.numbers.input.daily import campaigns_only, newest
from bot.numbers.input.history import History
from bot.numbers.input.names import CHANNELS, normal_name
from bot.numbers.metrics.sums import Floats, divided, filled

LOOKED_AT, FEWEST = 28, 7
"""Newest days that are held beside each other, and how many both must have."""
COUNTS = ("impressions", "clicks")
MONEY_OFF, COUNTS_OFF = 0.02, 0.1
"""How far two sources' spend and counts of one day may lie apart."""
MOST_DAYS = 0.8
"""Share of the days that must agree."""
VARIED = 5
"""Different days two campaigns of other names must share to the digit."""
MOST_ALIKE = 40
"""Campaigns of one name that are compared pair by pair."""


def doubles(history: History, names: Sequence[str]) -> Mapping[str, str]:
    """Which campaigns repeat which: the entity of each copy, with that of the one that counts.

    The ad platform's own numbers count before another tool's, then those with more days.

    Args:
        history: Days of every campaign.
        names: What each is called, in the order of the history's entities.
    """
    days = _Days.of(history)
    pairs = [pair for pair in _alike(history, names, days) if days.same(*pair)]
    pairs += [pair for pair in _equal(days) if days.identical(*pair)]
    originals: dict[int, int] = {}
    for first, second in pairs:
        kept, copy = sorted((first, second), key=lambda row: _rank(history, row, days))
        originals.setdefault(copy, originals.get(kept, kept))
    entities = history.entities
    return {entities[copy]: entities[original] for copy, original in originals.items()}


def names_of(rows: pd.DataFrame) -> dict[str, str]:
    """What each campaign of known rows is called, as `doubles` compares it, by entity."""
    codes, entities = coded(rows)
    names = rows["campaign_name"].fillna("").to_numpy()[first_rows(codes)].tolist()
    return dict(zip(entities, names, strict=True))


def doubles_known(visible: pd.DataFrame) -> Mapping[str, str]:
    """The same of daily rows as known on a morning, any revisions; rows of details are left out."""
    if visible.empty:
        return {}
    since = visible["date"].max() - pd.Timedelta(days=LOOKED_AT - 1)
    rows = newest(campaigns_only(visible[visible["date"] >= since]))
    return doubles(History.of(rows), [*names_of(rows).values()])


class _Days:
    """The newest days of every campaign: spend and counts, NaN where missing."""

    def __init__(self, columns: Mapping[str, Floats]) -> None:
        self.columns = columns

    @classmethod
    def of(cls, history: History) -> _Days:
        grids = {name: history.column(name)[:, -LOOKED_AT:] for name in ("spend", *COUNTS)}
        return cls({name: grid for name, grid in grids.items() if np.isfinite(grid).any()})

    def known(self, row: int) -> int:
        """Days with any number."""
        return int(max((np.isfinite(grid[row]).sum() for grid in self.columns.values()), default=0))

    def same(self, first: int, second: int) -> bool:
        """Whether money, where both have it, and a count agree on most days of both."""
        agreeing = [name for name in self.columns if self._agree(name, first, second)]
        contrary = [
            name
            for name in self.columns
            if name not in agreeing and self._shared(name, first, second).sum() >= FEWEST
        ]
        return any(name in COUNTS for name in agreeing) and not contrary

    def _shared(self, name: str, first: int, second: int) -> Floats:
        grid = self.columns[name]
        return np.asarray(np.isfinite(grid[first]) & np.isfinite(grid[second]), dtype=float)

    def _agree(self, name: str, first: int, second: int) -> bool:
        grid = self.columns[name]
        one, other = grid[first], grid[second]
        both = np.isfinite(one) & np.isfinite(other) & ((one > 0) | (other > 0))
        most = min(int((one > 0).sum()), int((other > 0).sum()))
        if both.sum() < FEWEST or both.sum() < MOST_DAYS * most:
            return False
        off = divided(np.abs(one - other)[both], np.maximum(one, other)[both])
        near = off <= (MONEY_OFF if name == "spend" else COUNTS_OFF)
        return bool(near.mean() >= MOST_DAYS)

    def identical(self, first: int, second: int) -> bool:
        """Whether every number of both is the same, on days that differ among themselves."""
        pairs = [(grid[first], grid[second]) for grid in self.columns.values()]
        same = all(np.array_equal(one, other, equal_nan=True) for one, other in pairs)
        lived = np.stack([one for one, _ in pairs], axis=1)
        lived = lived[filled(lived).sum(axis=1) > 0]
        return same and len(lived) >= FEWEST and len(np.unique(lived, axis=0)) >= VARIED


def _alike(history: History, names: Sequence[str], days: _Days) -> Iterator[tuple[int, int]]:
    """Campaigns of one name in two channels or accounts."""
    if not days.columns:
        return
    called: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        called.setdefault(normal_name(str(name)), []).append(row)
    for rows in called.values():
        if 1 < len(rows) <= MOST_ALIKE:
            yield from (pair for pair in combinations(rows, 2) if _apart(history, *pair))


def _equal(days: _Days) -> Iterator[tuple[int, int]]:
    """Campaigns whose sums are equal, of one account as of two."""
    if "spend" not in days.columns or len(days.columns) < 2:
        return
    sums = np.stack([np.nansum(grid, axis=1) for grid in days.columns.values()], axis=1)
    alike: dict[tuple[float, ...], list[int]] = {}
    _, places, counts = np.unique(sums[:, 0], return_inverse=True, return_counts=True)
    for row in np.flatnonzero((sums > 0).all(axis=1) & (counts[places] > 1)).tolist():
        alike.setdefault(tuple(sums[row].tolist()), []).append(row)
    for rows in alike.values():
        if 1 < len(rows) <= MOST_ALIKE:
            yield from combinations(rows, 2)


def _apart(history: History, first: int, second: int) -> bool:
    places = [history.entities[row].split("|")[:2] for row in (first, second)]
    return places[0] != places[1]


def _rank(history: History, row: int, days: _Days) -> tuple[bool, int, str]:
    entity = history.entities[row]
    return entity.partition("|")[0] not in CHANNELS, -days.known(row), entity
