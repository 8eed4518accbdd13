"""Budgets that do not bind: what a cut takes, and what a raise cannot bring."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bot.advice.response import responses
from bot.advice.response.proposals import effect, gain

POOL = ("a",) * 10
AVERAGES = [1.0, -0.9, -0.8, -0.7, -0.6, 0.5, 0.5, 0.4, 0.6, 0.5]


def _holding_back(market: Any, shares: dict[int, float]) -> Any:
    """What budgets of which only a share can be used come to."""
    made = market(8, POOL, results=40.0, z=AVERAGES)
    made.play(made.usual, 42)
    panel = made.panel()
    budget = panel.budget.copy()
    for row, share in shares.items():
        budget[row] /= share
    return responses(replace(panel, budget=budget))


@pytest.mark.parametrize(("used", "lost"), [(0.6, 0.0), (0.85, 0.2), (1.0, 1.0)])
def test_a_cut_takes_first_what_goes_unused(market: Any, used: float, lost: float) -> None:
    """A fifth off a budget of which 60 % is used costs nothing; the promise says so."""
    found = _holding_back(market, {1: used})
    whole = _holding_back(market, {})
    rows, ratios = np.array([1]), np.array([0.8])
    promised, bound = (effect(each, each.margins(0), rows, ratios) for each in (found, whole))
    assert promised.mean == pytest.approx(lost * bound.mean, rel=0.35, abs=1e-9)
    assert promised.low <= promised.mean <= promised.high <= 1e-9
    assert gain(found, found.margins(0), 1, 0.8) == promised.mean


@pytest.mark.parametrize("ratio", [0.8, 1.2])
def test_what_is_promised_follows_from_usual_spend_and_budgets(market: Any, ratio: float) -> None:
    """Spend is the usual one or the new budget, whichever is less: both stand in the evidence."""
    found = _holding_back(market, {1: 0.85})
    usual, budget = float(np.exp(found.state.usual[1])), float(found.budgets[1])
    bound = gain(_holding_back(market, {}), found.margins(0), 1, ratio)
    spend = min(usual, ratio * budget)
    rate, margins = 7 * float(np.exp(found.rate[1])), found.margins(0)
    told = rate * float(margins.weights @ ((spend / usual) ** margins.slope[1] - 1))
    assert gain(found, margins, 1, ratio) == pytest.approx(told, rel=1e-9, abs=1e-9)
    assert abs(told) < 0.5 * abs(bound)
