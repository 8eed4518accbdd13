"""How sure: the posterior probability that a rule's lines hold, not just their point values.

A ratio stands on a count (a CPA of 400 on conversions, a CTR on clicks). With Jeffreys' prior
the rate behind k events is Gamma(k/phi + 1/2), a share Beta(k/phi + 1/2, (n - k)/phi + 1/2);
phi, the overdispersion, keeps it honest (plain Poisson intervals cover 53-66 % where they
promise 90). Days differ by more than counting, so k is further capped by the number of days:
1/k_eff = phi/k + noise^2/days.

What is taken as a fact (probability 1 where it holds): lines that only count (`days.now >= 6`),
targets, peers, thresholds, frequency, detectors' z values, and sums of two uncertain parts.
The lines of a rule are multiplied: they lean on the same days and mostly agree, so the product
is on the quiet side. Of `any`, the surest line counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy import special

from bot.advice.condition import (
    THRESHOLD,
    AnyOf,
    Bools,
    Columns,
    Condition,
    Floats,
    Line,
    Name,
    Sum,
    Term,
    names,
    truth,
    value,
)
from bot.numbers.columns import COLUMNS
from bot.numbers.metrics import Metric

UNCERTAIN_WINDOWS = ("now", "before")
PHI, NOISE = "threshold.overdispersion", "threshold.day_noise"
REVENUE_DISPERSION = 1.2
"""Order values differ too: STATISTICS.md item 5."""
SHOWN_NOISE = 1 / 3
"""Showings scatter by about 5 % a day, a third of what results do: STATISTICS.md item 11."""
_GRID = (np.arange(64) + 0.5) / 64
_Glossary: TypeAlias = Mapping[str, Metric]


@dataclass(frozen=True)
class Count:
    """What a metric's uncertainty stands on.

    `shape` says where the count is: `up` (over something), `down` (below something), `share`
    (a part of another count) or `count` (by itself).
    """

    name: str
    shape: str
    dispersion: float = 1.0


@dataclass(frozen=True)
class Posterior:
    """A gamma or beta posterior, possibly of 1/x; `above(x)` = P(X > x), and its quantiles."""

    above: Callable[[Floats], Floats]
    quantile: Callable[[Any], Floats]


@dataclass(frozen=True)
class _Side:
    factor: Floats
    uncertain: Name | None


def stands_on(metric: Metric | None) -> Count | None:
    """The count below a metric, or None where its value is a fact."""
    if metric is None or metric.kind not in {"sum", "ratio"}:
        return None
    if metric.over is None:
        return Count(metric.name, "count") if metric.unit == "count" else None
    if metric.sum == "revenue":
        return Count("conversions", "up", REVENUE_DISPERSION)
    if metric.sum == "spend":
        return Count(metric.over, "down") if COLUMNS[metric.over].kind == "count" else None
    return Count(str(metric.sum), "share")


def probability(
    conditions: Iterable[Condition], columns: Columns, rows: Bools, glossary: _Glossary
) -> Floats:
    """P(all conditions hold) for the marked rows, which are those where they do; NaN elsewhere.

    NaN also where every condition is a plain fact: there is nothing to be unsure about.
    """
    out = np.full(rows.size, np.nan)
    unsure = [part for part in conditions if _unsure(part, glossary)]
    if rows.any() and unsure:
        kept = Rows(columns, rows)
        out[rows] = np.multiply.reduce([_holds(part, kept, glossary) for part in unsure])
    return out


def _unsure(condition: Condition, glossary: _Glossary) -> bool:
    lines = condition.lines if isinstance(condition, AnyOf) else (condition,)
    return any(_uncertain_names(line, glossary) for line in lines)


def _holds(condition: Condition, columns: Rows, glossary: _Glossary) -> Floats:
    if isinstance(condition, Line):
        return _line(condition, columns, glossary)
    parts = [
        np.where(truth(line, columns, columns.size).holds, _line(line, columns, glossary), 0.0)
        for line in condition.lines
    ]
    return np.asarray(np.maximum.reduce(parts), dtype=np.float64)


def _line(line: Line, columns: Rows, glossary: _Glossary) -> Floats:
    sure = np.ones(columns.size)
    unsure = _uncertain_names(line, glossary)
    left, right = (_side(term, unsure, columns) for term in (line.left, line.right))
    if not unsure or left is None or right is None:
        return sure
    if line.sign in {"<", "<="}:
        left, right = right, left
    with np.errstate(all="ignore"):
        found = _greater(left, right, columns, glossary)
    return np.where(np.isnan(found), sure, np.clip(found, 0.0, 1.0))


def _uncertain_names(line: Line, glossary: _Glossary) -> tuple[Name, ...]:
    """The names that are estimates; none where the line does nothing but count."""
    used = [name for name in names(line) if name.metric != THRESHOLD]
    found = [n for n in used if n.window in UNCERTAIN_WINDOWS and stands_on(glossary.get(n.metric))]
    only_counts = all(glossary[n.metric].over is None for n in found)
    return () if only_counts and len(found) == len(used) else tuple(found)


def _side(term: Term, unsure: tuple[Name, ...], columns: Rows) -> _Side | None:
    """The term as factor x one estimate; None where it is more tangled than that."""
    inside = [name for name in names(term) if name in unsure]
    if not inside:
        return _Side(np.broadcast_to(value(term, columns), columns.size), None)
    if isinstance(term, Name):
        return _Side(np.ones(columns.size), term)
    if len(inside) > 1 or not isinstance(term, Sum) or term.sign != "*":
        return None
    left, right = (_side(part, unsure, columns) for part in (term.left, term.right))
    if left is None or right is None:
        return None
    return _Side(left.factor * right.factor, left.uncertain or right.uncertain)


def _greater(left: _Side, right: _Side, columns: Rows, glossary: _Glossary) -> Floats:
    """P(left > right) for positive factors; NaN where a factor is not positive."""
    scale = np.where((left.factor > 0) & (right.factor >= 0), right.factor / left.factor, np.nan)
    first = left.uncertain and posterior(left.uncertain, columns, glossary)
    second = right.uncertain and posterior(right.uncertain, columns, glossary)
    if first and second:
        return _mean(first.above(scale * second.quantile(_GRID[:, None])))
    if first:
        return first.above(scale)
    return 1 - second.above(1 / scale) if second else np.ones(columns.size)


def _mean(parts: Floats) -> Floats:
    """The mean of the rows, added up one after the other, so that it is the same for any size."""
    return np.asarray(np.add.accumulate(parts, axis=0)[-1] / len(parts))


def posterior(name: Name, columns: Columns, glossary: _Glossary) -> Posterior | None:
    """What the numbers allow a metric's true value to be, a row; None where it is a fact.

    Its quantiles and tail probabilities are NaN where the count it stands on is missing.
    """
    count = stands_on(glossary.get(name.metric))
    if count is None:
        return None
    seen, events = columns[name.column], columns[f"{count.name}.{name.window}"]
    phi = columns[PHI] * count.dispersion
    daily = columns[NOISE] * (SHOWN_NOISE if count.name == "impressions" else 1.0)
    noise = daily**2 / columns[f"days.{name.window}"]
    kept = effective(events, phi, noise)
    if count.shape == "share":
        over = columns[f"{glossary[name.metric].over}.{name.window}"]
        whole = np.where(kept > 0, kept / seen, over / phi)
        return _beta(kept + 0.5, np.maximum(whole - kept, 0) + 0.5)
    if count.shape == "down":
        return _inverse_gamma(kept + 0.5, kept * seen)
    rate = np.where(kept > 0, kept / seen, 1 / phi)
    return _gamma(kept + 0.5, rate)


def effective(events: Floats, phi: Floats, noise: Floats) -> Floats:
    """k_eff = 1 / (phi/k + noise^2/days); 0 for no events."""
    with np.errstate(all="ignore"):
        spread = phi / events + np.nan_to_num(noise, nan=0.0, posinf=0.0)
        return np.where(events > 0, 1 / spread, events * 0.0)


def _gamma(shape: Floats, rate: Floats) -> Posterior:
    return Posterior(
        above=lambda x: np.asarray(special.gammaincc(shape, rate * x), dtype=np.float64),
        quantile=lambda u: np.asarray(special.gammaincinv(shape, u) / rate, dtype=np.float64),
    )


def _inverse_gamma(shape: Floats, scale: Floats) -> Posterior:
    return Posterior(
        above=lambda x: np.asarray(special.gammainc(shape, scale / x), dtype=np.float64),
        quantile=lambda u: np.asarray(scale / special.gammainccinv(shape, u), dtype=np.float64),
    )


def _beta(a: Floats, b: Floats) -> Posterior:
    return Posterior(
        above=lambda x: np.asarray(special.betaincc(a, b, np.clip(x, 0, 1)), dtype=np.float64),
        quantile=lambda u: np.asarray(special.betaincinv(a, b, u), dtype=np.float64),
    )


class Rows(Mapping[str, Floats]):
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
