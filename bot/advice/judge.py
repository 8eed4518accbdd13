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


def judge_receiver(rule: Rule, columns: Columns, rows: Bools, glossary: Glossary) -> Judged:
    """Which of the marked rows may receive what the rule moves.

    By the rule's own conditions, and only where the budget is what holds a campaign back: a known
    budget must be used up (`threshold.full`).
    """
    to = rule.action.to
    when, evidence = (to.when, to.evidence) if to else ((), ())
    unused = columns["budget_used.now"] < columns["threshold.full"]
    return _judge(when, evidence, rule.sure, columns, rows & ~unused, glossary)


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
