"""The test that advice asks for: planned from a campaign's own numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bot.advice.posterior import PHI
from bot.advice.trial.plan import TestPlan, plan

if TYPE_CHECKING:
    from bot.advice.view import View

SETTLED = 0.97
"""A day counts as in once so much of it is known."""


def asked(view: View, row: int) -> dict[str, Any]:
    """`{"test": plan}` for a message; empty where results or money are not known."""
    found = planned(view, row)
    return {"test": found.to_json()} if found else {}


def planned(view: View, row: int) -> TestPlan | None:
    """The test of a bigger budget for one campaign, in what its cell is judged by."""
    facts = view.facts
    judge = facts.rulebook.metrics.get(facts.cells[row].judge)
    if judge is None or judge.over is None or judge.over not in facts.rulebook.metrics:
        return None
    own, days = facts.settling.scatter(judge.over)[row], float(view["days.now"][row])
    results, spend = (float(view[f"{name}.now"][row]) for name in (judge.over, "spend"))
    budget = float(view["daily_budget.now"][row])
    full = float(view["complete.now"][row]) if facts.rulebook.metrics[judge.over].lag else 1.0
    if np.isnan(results) or not days > 0:
        return None
    return plan(
        budget=spend / days if np.isnan(budget) else budget,
        a_day=results / full / days,
        phi=float(view[PHI][row]) if np.isnan(own) else float(own),
        elasticity=float(view["threshold.elasticity"][row]),
        lag=_lag(view, row) if facts.rulebook.metrics[judge.over].lag else 1,
        as_of=facts.as_of,
        about=bool(np.isnan(budget)),
    )


def _lag(view: View, row: int) -> int:
    """Newest days of which less than 97 % is known; at most four weeks, and never none."""
    newest = view.facts.scene.complete[row, ::-1][:28]
    return max(1, int((newest < SETTLED).sum()))
