"""How sure: the posterior probability that a rule's lines hold, not just their point values.

What each estimate may be is told by `posterior`. Taken as a fact (probability 1 where it holds):
lines that only count (`days.now >= 6`), targets, thresholds, frequency, detectors' z values. A line
with one estimate on each side is worked out exactly; where estimates are multiplied or added up
(`cpa.before * conversions.now`) each is drawn at 127 points of a lattice, the same every time, and
the share of points at which the line holds is how sure it is. A line whose estimates cannot be
told (the count they stand on is missing) is as good as a coin: nothing with an estimate in it is
ever certain. The lines of a rule are multiplied: they lean on the same days and mostly agree, so
the product is on the quiet side. Of `any`, the surest line counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from bot.advice.evaluate.posterior import NOISE, PHI, effective, posterior, stands_on
from bot.advice.rules.condition import (
    THRESHOLD,
    AnyOf,
    Bools,
    Columns,
    Condition,
    Floats,
    Line,
    Name,
    Term,
    TermSum,
    names,
    truth,
    value,
)
from bot.numbers.metrics.glossary import Metric

__all__ = [
    "NOISE",
    "PHI",
    "ColumnRows",
    "effective",
    "lattice",
    "posterior",
    "probability",
    "stands_on",
]

UNCERTAIN_WINDOWS = ("now", "before")
_GRID = (np.arange(64) + 0.5) / 64
_POINTS, _STEP = 127, 34
"""A rank-1 lattice (Korobov): for up to four estimates its points fill the cube evenly."""
UNTOLD = 0.5
_Glossary: TypeAlias = Mapping[str, Metric]


@dataclass(frozen=True)
class _Side:
    factor: Floats
    uncertain: Name | None


def probability(
    conditions: Iterable[Condition], columns: Columns, rows: Bools, glossary: _Glossary
) -> Floats:
    """P(all conditions hold) for the marked rows, which are those where they do; NaN elsewhere.

    NaN also where every condition is a plain fact: there is nothing to be unsure about.
    """
    out = np.full(rows.size, np.nan)
    unsure = [part for part in conditions if _unsure(part, glossary)]
    if rows.any() and unsure:
        marked_rows = ColumnRows(columns, rows)
        out[rows] = np.multiply.reduce([_holds(part, marked_rows, glossary) for part in unsure])
    return out


def _unsure(condition: Condition, glossary: _Glossary) -> bool:
    lines = condition.lines if isinstance(condition, AnyOf) else (condition,)
    return any(_uncertain_names(line, glossary) for line in lines)


def _holds(condition: Condition, columns: ColumnRows, glossary: _Glossary) -> Floats:
    if isinstance(condition, Line):
        return _line(condition, columns, glossary)
    parts = np.zeros((len(condition.lines), columns.size))
    for part, line in zip(parts, condition.lines, strict=True):
        holds = truth(line, columns, columns.size).holds
        if holds.any():
            part[holds] = _line(line, ColumnRows(columns, holds), glossary)
    return np.asarray(np.maximum.reduce(parts), dtype=np.float64)


def _line(line: Line, columns: ColumnRows, glossary: _Glossary) -> Floats:
    sure = np.ones(columns.size)
    unsure = _uncertain_names(line, glossary)
    left_side, right = (_side(term, unsure, columns) for term in (line.left, line.right))
    if not unsure:
        return sure
    if left_side is None or right is None:
        return _drawn(line, unsure, columns, glossary)
    if line.sign in {"<", "<="}:
        left_side, right = right, left_side
    with np.errstate(all="ignore"):
        exact = _greater(left_side, right, columns, glossary)
    if np.isnan(exact).any():
        exact = np.where(np.isnan(exact), _drawn(line, unsure, columns, glossary), exact)
    return np.clip(exact, 0.0, 1.0)


def _drawn(
    line: Line, unsure: tuple[Name, ...], columns: ColumnRows, glossary: _Glossary
) -> Floats:
    """The share of a lattice's points at which the line holds, each estimate drawn by itself.

    `UNTOLD` where an estimate's count is missing, so that nothing can be drawn.
    """
    spreads = {}
    for name in unsure:
        if name.column not in spreads:
            spreads[name.column] = posterior(name, columns, glossary)
    named = {name.column: columns[name.column] for name in names(line)}
    holds, drawable = np.zeros(columns.size), np.ones(columns.size, dtype=bool)
    for point in range(_POINTS):
        drawn = {
            column: spread.quantile(_place(point, dimension))
            for dimension, (column, spread) in enumerate(spreads.items())
            if spread is not None
        }
        drawable &= ~np.isnan(np.stack(list(drawn.values()))).any(axis=0)
        holds += truth(line, named | drawn, columns.size).holds
    return np.where(drawable, holds / _POINTS, UNTOLD)


@lru_cache(maxsize=16)
def lattice(dimensions: int) -> Floats:
    """Point x dimension at which estimates are drawn, each in 0 to 1; always the same."""
    places = [
        [_place(point, dimension) for dimension in range(dimensions)] for point in range(_POINTS)
    ]
    return np.array(places)


def _place(point: int, dimension: int) -> float:
    """A point's coordinate, 0 to 1; the first dimension is stratified evenly."""
    return ((point * pow(_STEP, dimension, _POINTS)) % _POINTS + 0.5) / _POINTS


def _uncertain_names(line: Line, glossary: _Glossary) -> tuple[Name, ...]:
    """The names that are estimates; none where the line does nothing but count."""
    used = [name for name in names(line) if name.metric != THRESHOLD]
    estimates = [
        n for n in used if n.window in UNCERTAIN_WINDOWS and stands_on(glossary.get(n.metric))
    ]
    only_counts = all(glossary[n.metric].over is None for n in estimates)
    return () if only_counts and len(estimates) == len(used) else tuple(estimates)


def _side(term: Term, unsure: tuple[Name, ...], columns: ColumnRows) -> _Side | None:
    """The term as factor x one estimate; None where it is more tangled than that."""
    inside = [name for name in names(term) if name in unsure]
    if not inside:
        return _Side(np.broadcast_to(value(term, columns), columns.size), None)
    if isinstance(term, Name):
        return _Side(np.ones(columns.size), term)
    if len(inside) > 1 or not isinstance(term, TermSum) or term.sign != "*":
        return None
    left_side, right = (_side(part, unsure, columns) for part in (term.left, term.right))
    if left_side is None or right is None:
        return None
    return _Side(left_side.factor * right.factor, left_side.uncertain or right.uncertain)


def _greater(left_side: _Side, right: _Side, columns: ColumnRows, glossary: _Glossary) -> Floats:
    """P(left > right) for positive factors; NaN where a factor is not positive."""
    scale = np.where(
        (left_side.factor > 0) & (right.factor >= 0), right.factor / left_side.factor, np.nan
    )
    alone = left_side.uncertain is None or right.uncertain is None
    left_posterior = left_side.uncertain and posterior(
        left_side.uncertain, columns, glossary, alone=alone
    )
    right_posterior = right.uncertain and posterior(right.uncertain, columns, glossary, alone=alone)
    if left_posterior and right_posterior:
        return _mean(left_posterior.above(scale * right_posterior.quantile(_GRID[:, None])))
    if left_posterior:
        return left_posterior.above(scale)
    return 1 - right_posterior.above(1 / scale) if right_posterior else np.ones(columns.size)


def _mean(parts: Floats) -> Floats:
    """The mean of the rows, added up one after the other, so that it is the same for any size."""
    return np.asarray(np.add.accumulate(parts, axis=0)[-1] / len(parts))


class ColumnRows(Mapping[str, Floats]):
    """Columns cut to some rows, as they are asked for."""

    def __init__(self, columns: Columns, rows: Bools) -> None:
        self._columns, self._rows = columns, np.flatnonzero(rows)
        self._cut: dict[str, Floats] = {}
        self.size = int(self._rows.size)

    def __getitem__(self, name: str) -> Floats:
        if name not in self._cut:
            self._cut[name] = np.asarray(self._columns[name][self._rows])
        return self._cut[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)
