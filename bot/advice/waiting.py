"""What a rule's evidence still lacks: how much there is, how much it takes, and when it is there.

`have` of `need` came in on the days of the windows that had numbers: per_day = have / days, and
(need - have) / per_day days more will do, rounded up. A window of fixed length does not fill for
ever: once it is full, what comes in at one end goes out at the other, so a day is named only while
some of its days are still to come. Days held back for late results are no extra wait: the windows
end so many days earlier on every morning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from bot.advice.condition import AnyOf, Columns, Condition, Floats, Line, names, truth, value
from bot.advice.spans import Spans
from bot.numbers.sums import Ints, divided

COUNTED = ("days", "impressions", "clicks", "leads", "conversions", "engagements", "landing_views",
           "qualified_leads", "repeat_conversions")  # fmt: skip
LONGEST = 42
"""Days after which naming a day promises too much: STATISTICS.md, item 13."""


@dataclass(frozen=True)
class Waiting:
    """What the evidence still lacks: `have` of `need`.

    Attributes:
        metric: One of `COUNTED`.
        days: Whole days until there is enough at this pace; None: not within 42 days, or never
            in windows of this length.
        window: Days of the windows it is counted in.
        per_day: How much comes in a day; None where no day had numbers.
        on: The morning there is enough.
    """

    metric: str
    have: float
    need: float
    days: float | None
    window: int
    per_day: float | None = None
    on: date | None = None

    def to_json(self) -> dict[str, Any]:
        """`{"metric", "have", "need", "per_day", "days", "on"}`, missing as None."""
        told = {"metric": self.metric, "have": self.have, "need": self.need}
        on = self.on.isoformat() if self.on else None
        return {**told, "per_day": self.per_day, "days": self.days, "on": on}


def waits(
    evidence: Sequence[Condition], columns: Columns, rows: Ints, spans: Spans, as_of: date
) -> list[tuple[Waiting, ...]]:
    """What each of some campaigns still lacks of a rule's evidence, in the lines' order.

    Args:
        evidence: The rule's lines; only those that count something are looked at.
        columns: As the rule sees them.
        rows: Which campaigns.
        spans: The rule's windows.
        as_of: The morning.
    """
    found: list[list[Waiting]] = [[] for _ in rows]
    for line in _counting(evidence) if rows.size else ():
        for place, lack in _lacks(line, columns, rows, spans, as_of):
            found[place].append(lack)
    return [tuple(each) for each in found]


def _counting(evidence: Sequence[Condition]) -> Iterator[Line]:
    """Lines that ask for at least so many of something that is counted day by day."""
    for line in evidence:
        if isinstance(line, AnyOf) or line.sign[0] != ">":
            continue
        counted = {name.metric for name in names(line.left)}
        if counted and counted <= {*COUNTED}:
            yield line


def _lacks(
    line: Line, columns: Columns, rows: Ints, spans: Spans, as_of: date
) -> Iterator[tuple[int, Waiting]]:
    told = truth(line, columns, _size(columns, line))
    short = np.flatnonzero((~told.holds & ~told.unknown)[rows])
    have, need = (_side(side, columns, rows)[short] for side in (line.left, line.right))
    windows = {name.window for name in names(line.left)}
    held = sum({"now": spans.now, "before": spans.before}.get(each, 0) for each in windows)
    past = np.sum([np.nan_to_num(columns[f"days.{each}"][rows][short]) for each in sorted(windows)],
                  axis=0)  # fmt: skip
    rate = divided(have, past)
    more = np.ceil(divided(need - have, rate) - 1e-9)
    more = np.where((past + more <= held) & (more <= LONGEST), more, np.nan)
    metric = next(iter(names(line.left))).metric
    for place, *parts in zip(short, have, need, rate, more, strict=True):
        had, needed, daily, days = map(_plain, parts)
        on = as_of + timedelta(int(days)) if days is not None else None
        yield int(place), Waiting(metric, had or 0.0, needed or 0.0, days, held, daily, on)


def _size(columns: Columns, line: Line) -> int:
    return int(np.size(columns[next(iter(names(line.left))).column]))


def _side(side: Any, columns: Columns, rows: Ints) -> Floats:
    found = np.asarray(value(side, columns), dtype=np.float64)
    return np.full(rows.size, float(found)) if found.ndim == 0 else found[rows]


def _plain(number: float) -> float | None:
    return None if np.isnan(number) else round(float(number), 6)
