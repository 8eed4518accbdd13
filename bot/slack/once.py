"""Slack says things twice: what stays the same when a request comes again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def request_key(body: Mapping[str, Any]) -> str:
    """The same for every delivery of a request; "" where nothing is.

    Events carry event_id; commands, actions and submissions a trigger_id of their own.
    """
    if event := body.get("event_id"):
        return f"event:{event}"
    if trigger := body.get("trigger_id"):
        return f"trigger:{trigger}"
    return ""
