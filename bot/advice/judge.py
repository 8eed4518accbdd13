"""What one rule makes of whole columns: quiet, too little data, not sure, or it speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.advice.certainty import probability
from bot.advice.condition import Bools, Columns, Condition, Floats, every
from bot.advice.rulebook import Rule
from bot.numbers.metrics import Metric

QUIET, TOO_LITTLE, NOT_SURE, SPEAKS = range(4)
VERDICTS = ("quiet", "too_little_data", "not_sure", "speaks")
Glossary: TypeAlias = Mapping[str, Metric]


@dataclass(frozen=True)
class Judged:
    """A verdict a row (index into `VERDICTS`), and how sure it is (NaN where all are facts)."""

    verdict: NDArray[np.int8]
    sure: Floats

    @property
    def speaks(self) -> Bools:
        return np.asarray(self.verdict == SPEAKS)


def judge(rule: Rule, columns: Columns, rows: Bools, glossary: Glossary) -> Judged:
    """What the rule says of the marked rows; the others are quiet."""
    return _judge(rule.when, rule.evidence, rule.sure, columns, rows, glossary)


def _judge(  # noqa: PLR0913, PLR0917 - the six things a verdict depends on
    when: tuple[Condition, ...],
    evidence: tuple[Condition, ...],
    least: float | None,
    columns: Columns,
    rows: Bools,
    glossary: Glossary,
) -> Judged:
    said = every(when, columns, rows.size)
    open_ = rows & (said.holds | said.unknown)
    if not open_.any():
        return Judged(np.full(rows.size, QUIET, np.int8), np.full(rows.size, np.nan))
    enough = every(evidence, columns, rows.size)
    full = rows & said.holds & enough.holds
    sure = probability(when, columns, full, glossary)
    doubtful = sure < (least or 0.0)
    verdict = np.select([full & doubtful, full, open_], [NOT_SURE, SPEAKS, TOO_LITTLE], QUIET)
    return Judged(verdict.astype(np.int8), sure)
