"""Tests: how long, at what price, what decides, and how one may look at them early. Pure."""

from __future__ import annotations

from bot.advice.experiment.design import (
    LONGEST,
    STEPS,
    Arm,
    TestPlan,
    days_for,
    needed_comparing,
    needed_for_budget,
    plan,
)
from bot.advice.experiment.peeking import Sequence, sequence

__all__ = [
    "LONGEST",
    "STEPS",
    "Arm",
    "Sequence",
    "TestPlan",
    "days_for",
    "needed_comparing",
    "needed_for_budget",
    "plan",
    "sequence",
]
