"""What would change the verdict: for each line that holds, the value at which it flips."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bot.advice.condition import (
    THRESHOLD,
    AnyOf,
    Condition,
    Floats,
    Line,
    Name,
    names,
    truth,
    value,
)
from bot.advice.types import Reason
from bot.numbers.metrics import Metric

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_PREFERRED = ("ratio", "per_reach", "daily")


def reasons(conditions: tuple[Condition, ...], numbers: Mapping[str, Floats]) -> list[Reason]:
    """The lines that hold, with both sides as numbers; of `any`, those that do."""
    return [
        Reason(line.text, _number(line, numbers, left=True), _number(line, numbers, left=False))
        for line in _holding(conditions, numbers)
    ]


def _holding(conditions: tuple[Condition, ...], numbers: Mapping[str, Floats]) -> list[Line]:
    lines: list[Line] = []
    for part in conditions:
        lines += part.lines if isinstance(part, AnyOf) else (part,)
    return [line for line in lines if truth(line, numbers, 1).holds[0]]


def _number(line: Line, numbers: Mapping[str, Floats], *, left: bool) -> float | None:
    side = _plain(value(line.left if left else line.right, numbers))
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
    found: dict[str, Reason] = {}
    for line in _holding(conditions, numbers):
        subject = _subject(line, glossary)
        at = _solved(line, subject, numbers) if subject else None
        if subject and at is not None:
            now = float(numbers[subject.column][0])
            sign = line.sign if _rises(line, numbers, subject) else _TURNED[line.sign]
            said = f"{subject.column} {sign} {at:.6g}"
            found.setdefault(subject.column, Reason(said, now, at))
    return list(found.values())


def _rises(line: Line, numbers: Mapping[str, Floats], subject: Name) -> bool:
    """Whether left gains on right as the subject grows."""
    return _gap(line, numbers, subject, 1.0) > _gap(line, numbers, subject, 0.0)


def _subject(line: Line, glossary: Mapping[str, Metric]) -> Name | None:
    """What moves first: a ratio of now, else a count of now, else spend, else a detector."""
    read = [n for n in names(line) if n.metric != THRESHOLD and n.window == "now"]
    ranked = sorted(read, key=lambda name: _rank(glossary.get(name.metric)))
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
    return _plain(value(line.left, moved) - value(line.right, moved))


def _plain(number: Floats | float) -> float:
    """A column of one campaign, or a constant."""
    return number.item() if isinstance(number, np.ndarray) else float(number)
