"""What campaigns alike get: the ratio of all others, so that one can be held against them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.advice.condition import Floats
from bot.numbers.sums import Ints, divided
from bot.numbers.windows import Window

if TYPE_CHECKING:
    from bot.advice.facts import Facts


def peers(facts: Facts, name: str, window: Window) -> Floats:
    """A ratio of all other campaigns alike, sum over sum; NaN with too few of them.

    Alike: channel, stage, pricing model, currency and client.
    """
    metric, alike = facts.rulebook.metrics[name], facts.told.alike
    if metric.kind != "ratio":
        return np.full(facts.size, np.nan)
    above = facts.history.sum(metric.parts[0], window, metric.parts[1]).value
    below = facts.history.sum(metric.parts[1], window, metric.parts[0]).value
    others = (_others(alike, np.nan_to_num(above)), _others(alike, np.nan_to_num(below)))
    enough = _others(alike, (below > 0).astype(float)) >= facts.threshold("peers")
    return np.where(enough, divided(others[0], others[1], metric.scale), np.nan)


def _others(groups: Ints, values: Floats) -> Floats:
    """The group's sum without one's own part, each campaign by itself."""
    total = np.bincount(groups, weights=values, minlength=len(groups))
    return np.asarray(total[groups] - values, dtype=np.float64)
