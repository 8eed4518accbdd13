"""A word for each campaign on the board: what this morning's advice makes of it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.advice.rulebook import MONEY_ACTIONS
from bot.advice.types import Advice, Advised

FINE, WATCH, MOVE, WAITING, TRACKING = "fine", "watch", "move", "waiting", "tracking"
WORDS = (TRACKING, MOVE, WATCH, WAITING, FINE)
"""Strongest first: of several that fit, the first counts."""
_OF_NOBODY = ("adjust_pacing", "weigh_stages")
"""What is advised of a budget or a client as a whole says nothing about one campaign."""
_UNTRUSTED = ("check_tracking", "hold")


def verdicts(advised: Advised, campaign_ids: Iterable[str]) -> dict[str, str]:
    """`fine`, `watch`, `move`, `waiting` (for data) or `tracking` for each campaign.

    `tracking`: its numbers cannot be trusted or are not in; `move`: money should move; `watch`: any
    other advice; `waiting`: a rule's lines hold or may hold, but there is too little to go on.
    """
    found: dict[str, list[str]] = {}
    for advice in advised.advice:
        if advice.action in _OF_NOBODY:
            continue
        for campaign in advice.campaign_ids:
            found.setdefault(campaign, []).append(_said(advice))
    for back in advised.held_back:
        word = _held(back.guard, missing="missing" in back.numbers)
        if word:
            found.setdefault(back.campaign_id, []).append(word)
    return {id_: _strongest(found.get(id_, [])) for id_ in campaign_ids}


def _said(advice: Advice) -> str:
    if advice.action in _UNTRUSTED:
        return TRACKING
    return MOVE if advice.action in MONEY_ACTIONS else WATCH


def _held(guard: str, *, missing: bool) -> str | None:
    """Nothing measured is no reason to wait; too little of it is."""
    if guard in {"tracking", "late_data"}:
        return TRACKING
    if guard in {"too_little_data", "not_sure", "false_discovery"}:
        return None if missing else WAITING
    return WATCH if guard in {"for", "cooldown", "answered", "learning"} else None


def _strongest(words: list[str]) -> str:
    return min(words, key=WORDS.index, default=FINE)
