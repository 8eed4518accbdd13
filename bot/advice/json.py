"""Advice as plain data, in the shape `perfbot advise --format json` has had from the start."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from bot.advice.types import Advice, Advised, HeldBack


def to_json(advised: Advised, as_of: date) -> dict[str, Any]:
    """`{"as_of", "advice": [Advice], "held_back": [{campaign_id, rule, guard, numbers}]}`."""
    return {
        "as_of": as_of.isoformat(),
        "advice": [advice_to_json(advice) for advice in advised.advice],
        "held_back": [held_back_to_json(back) for back in advised.held_back],
    }


def advice_to_json(advice: Advice) -> dict[str, Any]:
    """One piece of advice with every field of `Advice`; days as ISO text, missing as null."""
    found: dict[str, Any] = plain(asdict(advice))
    return found


def held_back_to_json(back: HeldBack) -> dict[str, Any]:
    """What was held back: campaign, rule, guard and its numbers."""
    found: dict[str, Any] = plain(asdict(back))
    return found


def plain(value: Any) -> Any:
    """Only what JSON knows: text, numbers, null, lists and objects; NaN and infinity as null."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
