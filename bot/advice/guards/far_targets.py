"""Targets somebody stated that are so far off what results cost that they were hardly meant so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.advice.evaluate.campaign_features import Facts
from bot.numbers.input.windows import Window
from bot.numbers.targets import NEARLY, PRICES, SHOWINGS, far_off

DAYS = 28
"""Four weeks: what a target is held against."""


def off_target(facts: Facts, metric: str) -> list[bool]:
    """Which campaigns' stated target of a metric may be far off: few are looked at one by one."""
    four, definition = _four_weeks(facts), facts.rulebook.metrics
    if metric not in definition:
        return [False] * facts.size
    target, actual = facts.target(metric), facts.metric(metric, four)
    near = (actual < NEARLY * target) & (target < NEARLY * actual)
    return list(((target > 0) & ~near).tolist())


def _four_weeks(facts: Facts) -> Window:
    return Window.ending(facts.as_of - timedelta(1), DAYS)


def far_target(facts: Facts, metric: str, row: int) -> Mapping[str, Any]:
    """The stated target of a metric, and what it is in four weeks, where these are far apart.

    Nothing where somebody said that it is meant.
    """
    four, definition = _four_weeks(facts), facts.rulebook.metrics
    target = float(facts.target(metric)[row])
    if metric not in definition or not target > 0 or target == facts.said("target_meant")[row]:
        return {}
    over = definition[metric].over or ""
    none = definition[metric].sum == "spend" and float(facts.metric(over, four)[row]) == 0
    actual = float(facts.metric("spend" if none else metric, four)[row])
    prices = {
        name: float(facts.metric(name, four)[row])
        for name in PRICES
        if name not in {metric, SHOWINGS} and name in definition
    }
    far = far_off(target, actual, prices, nothing=none) if actual > 0 else None
    kind = "_price" if definition[metric].sum == "spend" else ""
    return {f"target{kind}": target, f"actual{kind}": actual, "metric": metric} if far else {}
