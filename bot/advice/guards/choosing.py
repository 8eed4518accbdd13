"""Of all that could be said: one piece of advice a campaign, and no stage below its floor.

False discoveries: of all that is likely this morning, no more is said than is mostly right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from bot.advice.budgets import Budgets
from bot.advice.composing import Draft
from bot.advice.guards.holds import Guards
from bot.advice.rules.condition import Bools, Floats
from bot.domain.advice import SEVERITIES, HeldBack
from bot.domain.money import share_of

WHOLE = ("budget", "client")
"""Advice about a budget or a client as a whole is no campaign's one piece of the day."""
Weight = tuple[int, float, int, tuple[int, ...]]
_TAKES = ("cut_budget", "pause")


def choose(
    drafts: list[Draft], guards: Guards, budgets: Budgets
) -> tuple[list[Draft], list[HeldBack]]:
    """The drafts to say, weightiest first, and those passed over with the reason.

    Said by severity, then money at stake, then the rulebook's order; chosen with shifts before
    their equals (they spoke for nobody with weightier advice). Cuts and pauses of one
    morning leave each stage its floor.
    """
    chosen: list[Draft] = []
    holdbacks: list[HeldBack] = []
    spoken: dict[int, str] = {}
    cut_totals: dict[tuple[object, ...], int] = {}
    order = {rule.id: place for place, rule in enumerate(guards.rulebook.rules)}
    for draft in sorted(drafts, key=lambda draft: _rank(draft, order)):
        if draft.rule.together in WHOLE:
            chosen.append(draft)
            continue
        holdback = _passed_over(draft, guards, spoken) or _floor(draft, guards, budgets, cut_totals)
        if holdback:
            holdbacks.append(holdback)
            continue
        chosen.append(draft)
        spoken |= dict.fromkeys(draft.rows, draft.rule.id)
    return sorted(chosen, key=lambda draft: _weight(draft, order)), holdbacks


def _rank(draft: Draft, order: Mapping[str, int]) -> tuple[int, bool, Weight]:
    severity = SEVERITIES.index(draft.rule.severity)
    return -severity, draft.shift is None, _weight(draft, order)


def _weight(draft: Draft, order: Mapping[str, int]) -> Weight:
    severity, place = SEVERITIES.index(draft.rule.severity), order[draft.rule.id]
    stake = float(draft.stake.amount) if draft.stake else 0.0
    return -severity, -stake, place, draft.rows


def _passed_over(draft: Draft, guards: Guards, spoken: dict[int, str]) -> HeldBack | None:
    for row in draft.rows:
        if row in spoken:
            numbers = {"instead": spoken[row], "campaign_id": guards.campaign(row)}
            return HeldBack(guards.campaign(draft.rows[0]), draft.rule.id, "one_a_day", numbers)
    return None


def _floor(
    draft: Draft, guards: Guards, budgets: Budgets, cut_totals: dict[tuple[object, ...], int]
) -> HeldBack | None:
    """Cuts and pauses may take only so much of a stage in a morning; a lone campaign is exempt."""
    row, change = draft.rows[0], draft.change
    if draft.rule.action.do not in _TAKES or change is None or len(budgets.stage_of(row)) < 2:
        return None
    key, total = guards.facts.stage_key(row), budgets.total(row)
    most = total - share_of(total, guards.facts.table[row]["floor"])
    cut_total = cut_totals.get(key, 0) + change.move
    if cut_total > most and not change.about:
        units = [budgets.units(amount, row) for amount in (cut_total, most, total)]
        numbers = dict(zip(("taken", "most", "stage_budget"), units, strict=True))
        return HeldBack(guards.campaign(row), draft.rule.id, "floor", numbers)
    cut_totals[key] = cut_total
    return None


MOST_WRONG = 0.15
"""Share of what is said that may be wrong, on average."""


def discoveries(
    drafts: Sequence[Draft], campaign: Callable[[int], str]
) -> tuple[list[Draft], list[HeldBack]]:
    """The drafts to say, in their order, and those held back (`false_discovery`).

    Args:
        drafts: Everything that passed its own guards.
        campaign: The id of a campaign by its row.
    """
    sure = np.array([draft.sure for draft in drafts], dtype=np.float64)
    accepted, error = controlled(sure)
    holdbacks = [
        HeldBack(campaign(draft.rows[0]), draft.rule.id, "false_discovery", {
            "sure": round(draft.sure, 6),
            "wrong": round(float(error), 6),
            "most_wrong": MOST_WRONG,
            "findings": int((~np.isnan(sure)).sum()),
        })
        for draft, is_accepted, error in zip(drafts, accepted, error, strict=True)
        if not is_accepted
    ]  # fmt: skip
    return [
        draft for draft, is_accepted in zip(drafts, accepted, strict=True) if is_accepted
    ], holdbacks


def controlled(sure: Floats, most: float = MOST_WRONG) -> tuple[Bools, Floats]:
    """Which findings to keep, and the mean error of each with everything at least as sure.

    Args:
        sure: Posterior probability of each, NaN for a plain fact, which is always kept.
        most: The mean posterior error of what is kept, at most.
    """
    error = np.zeros(sure.size)
    estimates = np.flatnonzero(~np.isnan(sure))
    order = estimates[np.argsort(-sure[estimates], kind="stable")]
    wrong = 1 - sure[order]
    running = np.cumsum(wrong) / np.arange(1, order.size + 1)
    # equal probabilities stand or fall together: nobody's place in the list decides
    last_place = np.searchsorted(wrong, wrong, side="right") - 1
    error[order] = running[last_place] if order.size else running
    return np.asarray(error <= most + 1e-12), error
