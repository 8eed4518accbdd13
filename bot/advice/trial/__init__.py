"""Tests: how long, at what price, what decides, and how one may look at them early. Pure."""

from __future__ import annotations

from bot.advice.trial.needed import days_for, needed_comparing, needed_for_budget
from bot.advice.trial.peeking import Sequence, sequence
from bot.advice.trial.plan import LONGEST, STEPS, Arm, TestPlan, plan

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
