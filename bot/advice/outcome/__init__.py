"""What came of acknowledged advice: frozen beforehand, measured against untouched peers. Pure."""

from __future__ import annotations

from bot.advice.outcome.freezing import MEASURED, controls, freeze
from bot.advice.outcome.measuring import measure
from bot.advice.outcome.observing import applied
from bot.advice.outcome.scores import (
    AdviceStep,
    Demotion,
    RuleScore,
    Scoreboard,
    demoted,
    pool,
    scoreboard,
)
from bot.advice.outcome.types import (
    APPLIED,
    FROZEN,
    OUTCOME,
    Applied,
    Frozen,
    Outcome,
    Pooled,
    Treated,
    as_stored,
)

__all__ = [
    "APPLIED",
    "FROZEN",
    "MEASURED",
    "OUTCOME",
    "AdviceStep",
    "Applied",
    "Demotion",
    "Frozen",
    "Outcome",
    "Pooled",
    "RuleScore",
    "Scoreboard",
    "Treated",
    "applied",
    "as_stored",
    "controls",
    "demoted",
    "freeze",
    "measure",
    "pool",
    "scoreboard",
]
