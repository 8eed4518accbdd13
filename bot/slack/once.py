"""Slack says things twice: a global middleware lets each request through once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import BoltRequest, BoltResponse

from bot.slack.base import Parts


def request_key(body: dict[str, Any]) -> str:
    """What stays the same when Slack sends the same request again; "" where nothing does.

    Events carry event_id; commands, actions and submissions a trigger_id of their own.
    """
    if event := body.get("event_id"):
        return f"event:{event}"
    if trigger := body.get("trigger_id"):
        return f"trigger:{trigger}"
    return ""


def middleware(parts: Parts) -> Callable[..., BoltResponse]:
    """Claims each request under its key; whoever comes second is only acknowledged.

    The retry header alone says nothing: the first delivery may have been lost.
    """

    def once(req: BoltRequest, next: Callable[[], BoltResponse]) -> BoltResponse:  # noqa: A002  (Bolt hands arguments by name)
        key = request_key(req.body)
        if key and not parts.store.claim("slack", key, parts.clock()):
            return BoltResponse(status=200, body="")
        return next()

    return once
