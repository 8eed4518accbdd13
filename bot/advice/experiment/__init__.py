"""Tests: how long, at what price and what decides. Pure."""

from __future__ import annotations

from bot.advice.experiment.design import (
    LONGEST,
    STEPS,
    Arm,
    Results,
    TestPlan,
    days_for,
    needed_comparing,
    needed_for_budget,
    plan,
)

__all__ = [
    "LONGEST",
    "STEPS",
    "Arm",
    "Results",
    "TestPlan",
    "days_for",
    "needed_comparing",
    "needed_for_budget",
    "plan",
]
