"""A change taken apart, as plain data: every number in full, and as it is shown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from bot.messages.values import WhyAnswer, WhyCampaign, WhyPart


def to_json(told: WhyAnswer, as_of: date) -> dict[str, Any]:
    """Every number in full, and as shown; `was + sum of parts = now`."""
    return {
        "as_of": as_of.isoformat(),
        "name": told.name,
        "metric": told.metric,
        "currency": told.currency,
        "window": told.window,
        "now": _period(told.now, told.now_days, told.shown_now),
        "before": _period(told.was, told.before_days, told.shown_was),
        "change": told.change,
        "change_shown": None if told.change is None else str(told.shown_change),
        "parts": [
            {"what": part.what, "before": part.was, "now": part.now, **_part(part)}
            for part in told.parts
        ],
        "campaigns": [
            {
                "campaign_id": each.id,
                "campaign_name": each.name,
                **_part(each),
                "not_split": str(each.gap) if each.gap else None,
            }
            for each in told.campaigns
        ],
        "left_out": list(told.left_out),
        "missing": str(told.lack) if told.lack else None,
    }


def _period(value: float | None, days: tuple[date, date], shown: Decimal) -> dict[str, Any]:
    told = None if value is None else str(shown)
    since, until = (day.isoformat() for day in days)
    return {"since": since, "until": until, "value": value, "shown": told}


def _part(part: WhyPart | WhyCampaign) -> dict[str, Any]:
    return {"part": part.amount, "shown": str(part.shown)}
