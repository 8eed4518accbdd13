"""What would change the verdict: for each line that holds, the value at which it flips.

What a rule's evidence still lacks: how much there is, how much it takes, and when it is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from bot.advice.details.signals import DETAIL_SIGNALS
from bot.advice.evaluate.rule_days import Spans
from bot.advice.rules.condition import (
    THRESHOLD,
    AnyOf,
    Columns,
    Condition,
    Floats,
    Line,
    Name,
    names,
    truth,
    value,
)
from bot.domain.advice import Reason
from bot.numbers.metrics.glossary import Metric
from bot.numbers.metrics.sums import Bools, Ints, divided

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_PREFERRED = ("ratio", "per_reach", "daily")


def reasons(conditions: tuple[Condition, ...], numbers: Mapping[str, Floats]) -> list[Reason]:
    """The lines that hold, with both sides as numbers; of `any`, those that do."""
    return [
        Reason(
            line.text,
            _number(line, numbers, left_side=True),
            _number(line, numbers, left_side=False),
        )
        for line in _holding(conditions, numbers)
    ]


def _holding(conditions: tuple[Condition, ...], numbers: Mapping[str, Floats]) -> list[Line]:
    lines: list[Line] = []
    for part in conditions:
        lines += part.lines if isinstance(part, AnyOf) else (part,)
    return [line for line in lines if truth(line, numbers, 1).holds[0]]


def _number(line: Line, numbers: Mapping[str, Floats], *, left_side: bool) -> float | None:
    side = _plain_number(value(line.left if left_side else line.right, numbers))
    return None if np.isnan(side) else side


def flips(
    conditions: tuple[Condition, ...],
    numbers: Mapping[str, Floats],
    glossary: Mapping[str, Metric],
) -> list[Reason]:
    """For each line that holds, its number that may move, as it is and where the line flips.

    `line` says the line by that number (`ctr.now < 0.0075`), `left` is its value now, `right` the
    value it has to cross. Lines that cannot be solved for one number are left out.
    """
    reason_by_column: dict[str, Reason] = {}
    for line in _holding(conditions, numbers):
        subject = _subject(line, glossary)
        at = _solved(line, subject, numbers) if subject else None
        if subject and at is not None:
            now = float(numbers[subject.column][0])
            sign = line.sign if _rises(line, numbers, subject) else _TURNED[line.sign]
            text = f"{subject.column} {sign} {at:.6g}"
            reason_by_column.setdefault(subject.column, Reason(text, now, at))
    return list(reason_by_column.values())


def _rises(line: Line, numbers: Mapping[str, Floats], subject: Name) -> bool:
    """Whether left gains on right as the subject grows."""
    return _gap(line, numbers, subject, 1.0) > _gap(line, numbers, subject, 0.0)


def _subject(line: Line, glossary: Mapping[str, Metric]) -> Name | None:
    """What moves first: its parts' money, a ratio of now, a count of now, spend, a detector."""
    read = [n for n in names(line) if n.metric != THRESHOLD and n.window == "now"]
    ranked = sorted(
        read, key=lambda name: (name.metric not in DETAIL_SIGNALS, _rank(glossary.get(name.metric)))
    )
    return ranked[0] if ranked else None


def _rank(metric: Metric | None) -> int:
    if metric is None:
        return 3
    if metric.kind in _PREFERRED:
        return 0
    return 2 if metric.unit == "money" else 1


def _solved(line: Line, subject: Name, numbers: Mapping[str, Floats]) -> float | None:
    """The subject's value at which left equals right: a line is straight in it, or left out."""
    gaps = [_gap(line, numbers, subject, at) for at in (0.0, 1.0, 2.0)]
    slope = gaps[1] - gaps[0]
    bent = abs((gaps[2] - gaps[1]) - slope) > 1e-9 * max(1.0, abs(slope))
    if bent or slope == 0 or not np.isfinite(slope):
        return None
    at = -gaps[0] / slope
    return at if np.isfinite(at) and at >= 0 else None


def _gap(line: Line, numbers: Mapping[str, Floats], subject: Name, at: float) -> float:
    moved = {**numbers, subject.column: np.array([at])}
    return _plain_number(value(line.left, moved) - value(line.right, moved))


def _plain_number(number: Floats | float) -> float:
    """A column of one campaign, or a constant."""
    return number.item() if isinstance(number, np.ndarray) else float(number)


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
    window: int = 0
    per_day: float | None = None
    on: date | None = None

    def to_json(self) -> dict[str, Any]:
        """`{"metric", "have", "need", "per_day", "days", "on"}`, missing as None."""
        requirement = {"metric": self.metric, "have": self.have, "need": self.need}
        on = self.on.isoformat() if self.on else None
        return {**requirement, "per_day": self.per_day, "days": self.days, "on": on}


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
    waitings: list[tuple[Waiting, ...]] = [()] * len(rows)
    for condition in evidence if rows.size else ():
        lacks: dict[int, Waiting] = {}
        for line in _counting(condition):  # of several that would do, the widest that is known
            lacks |= dict(_lacks(line, columns, rows, spans, as_of))
        if not lacks:
            continue
        holds = _holds(condition, columns)[rows] if isinstance(condition, AnyOf) else None
        for place, lack in lacks.items():
            if holds is None or not holds[place]:
                waitings[place] = (*waitings[place], lack)
    return waitings


def _holds(condition: AnyOf, columns: Columns) -> Bools:
    lines = (truth(line, columns, _size(columns, line)).holds for line in condition.lines)
    return np.asarray(np.logical_or.reduce(list(lines)), dtype=bool)


def _counting(condition: Condition) -> Iterator[Line]:
    """Lines that ask for at least so many of something that is counted day by day."""
    for line in condition.lines if isinstance(condition, AnyOf) else (condition,):
        if line.sign[0] != ">":
            continue
        counted = {name.metric for name in names(line.left)}
        if counted and counted <= {*COUNTED}:
            yield line


def _lacks(
    line: Line, columns: Columns, rows: Ints, spans: Spans, as_of: date
) -> Iterator[tuple[int, Waiting]]:
    line_truth = truth(line, columns, _size(columns, line))
    short = np.flatnonzero(line_truth.false[rows])
    if not short.size:
        return
    have, need = (_side(side, columns, rows)[short] for side in (line.left, line.right))
    windows = {name.window for name in names(line.left)}
    window_days = sum(
        {"now": spans.now, "before": spans.before}.get(window, 0) for window in windows
    )
    day_columns = [f"days.{window}" for window in sorted(windows)]
    past = np.sum([np.nan_to_num(columns[column][rows][short]) for column in day_columns], axis=0)
    rate = divided(have, past)
    extra_days = np.ceil(divided(need - have, rate) - 1e-9)
    extra_days = np.where(
        (past + extra_days <= window_days) & (extra_days <= LONGEST), extra_days, np.nan
    )
    metric = next(iter(names(line.left))).metric
    for place, *parts in zip(short, have, need, rate, extra_days, strict=True):
        had, needed, daily, days = map(_plain_requirement, parts)
        on = as_of + timedelta(int(days)) if days is not None else None
        yield int(place), Waiting(metric, had or 0.0, needed or 0.0, days, window_days, daily, on)


def _size(columns: Columns, line: Line) -> int:
    return int(np.size(columns[next(iter(names(line.left))).column]))


def _side(side: Any, columns: Columns, rows: Ints) -> Floats:
    values = np.asarray(value(side, columns), dtype=np.float64)
    return np.full(rows.size, float(values)) if values.ndim == 0 else values[rows]


def _plain_requirement(number: float) -> float | None:
    return None if np.isnan(number) else round(float(number), 6)
