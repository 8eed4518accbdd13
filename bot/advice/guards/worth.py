"""Is it worth a line: advice about less money than anybody would get up for is not said.

The floor is a share of what the account spends in a week, and never less than about five euros:
in an account of one dollar a day nobody moves eight cents for six weeks. What is broken and urgent
is exempt where it touches more than that.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from bot.advice.composing import Draft
from bot.advice.evaluate.campaign_features import Facts
from bot.domain.advice import HeldBack
from bot.domain.money import least_worth
from bot.numbers.metrics.sums import Floats

_DAYS, _WEEK = 28, 7
EXEMPT = ("hold",)
"""What only says that numbers are missing is about no money."""


def worth_saying(drafts: Iterable[Draft], facts: Facts) -> tuple[list[Draft], list[HeldBack]]:
    """Drafts about enough money, and those held back as `too_small`, with both amounts."""
    least = least_stakes(facts)
    worthy_drafts: list[Draft] = []
    holdbacks: list[HeldBack] = []
    for draft in drafts:
        floor = float(least[draft.rows[0]])
        about = _about(draft)
        if about is None or draft.rule.action.do in EXEMPT or about >= floor:
            worthy_drafts.append(draft)
            continue
        numbers = {"stake": about, "least_stake": round(floor, 2)}
        holdbacks += [
            HeldBack(facts.ids[row], draft.rule.id, "too_small", numbers) for row in draft.rows
        ]
    return worthy_drafts, holdbacks


def _about(draft: Draft) -> float | None:
    """Money a week the advice is about: what a shift moves, what is at stake, else the spend."""
    if draft.moves is not None:
        return draft.moves
    if draft.stake is not None:
        return float(draft.stake.amount)
    spend = float(draft.view["spend.now"][draft.rows[0]]) * _WEEK / draft.view.spans.now
    return round(spend, 2) if np.isfinite(spend) else None


def least_stakes(facts: Facts) -> Floats:
    """Money a week below which nothing is said of each campaign, in its currency."""
    scene, currencies = facts.scene, facts.said("currency")
    spend = scene.last(scene.column("spend"), _DAYS)
    known_days = (~np.isnan(spend)).any(axis=0).sum()
    weekly = np.nansum(spend, axis=1) / max(int(known_days), 1) * _WEEK
    groups = np.unique(
        [f"{account} {code}" for account, code in zip(scene.accounts, currencies, strict=True)],
        return_inverse=True,
    )[1]
    account = np.bincount(groups, weights=weekly)[groups]
    absolute = np.array([least_worth(code) for code in currencies])
    share: Floats = np.maximum(facts.threshold("least_stake") * account, absolute)
    return share
