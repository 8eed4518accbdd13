"""What each campaign of a move is judged by: its own price and results against the time before."""

from __future__ import annotations

import numpy as np

from bot.advice.facts import Facts
from bot.advice.view import View

LOW, HIGH = "next_cost.low", "next_cost.high"


def judge_of(facts: Facts, row: int) -> str:
    """The metric a campaign is judged by, as its stage and pricing model say."""
    return facts.cells[row].judge


def judged(view: View, row: int) -> dict[str, float | None]:
    """A campaign's spend, its metric and what that is made of, now and before, and the target.

    With between what the cost of its next result lies (90 %), where its answer to budgets is known.
    """
    judge, metrics = judge_of(view.facts, row), view.facts.rulebook.metrics
    known = metrics.get(judge)
    parts = tuple(part for part in known.parts if part in metrics) if known else ()
    own = (judge,) if known else ()
    names = dict.fromkeys(("spend", "days", *parts, *own))
    columns = [f"{name}.{window}" for name in names for window in ("now", "before")]
    columns += [f"{name}.target" for name in own]
    told = {column: _plain(float(view[column][row])) for column in columns}
    return told | _ends(view.facts, row)


def _ends(facts: Facts, row: int) -> dict[str, float | None]:
    if row not in facts.answers.places:
        return {}
    low, high = (_plain(float(end[facts.answers.places[row]])) for end in facts.answers.cost_ends)
    return {LOW: low, HIGH: high}


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else value
