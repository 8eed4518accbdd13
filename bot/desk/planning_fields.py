"""What was filled into a form (Slack's `view`), and what a form remembers between two steps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.messages.choices import ANY

View = Mapping[str, Any]
CHOSEN = ("selected_user", "selected_conversation", "selected_channel", "selected_date")


def given(view: View) -> dict[str, str]:
    """Action id to what was written or chosen there; "" where nothing was."""
    values = (view.get("state") or {}).get("values") or {}
    return {
        str(action): _said(element)
        for block in values.values()
        for action, element in block.items()
    }


def _said(element: Mapping[str, Any]) -> str:
    option = element.get("selected_option") or {}
    found = (element.get(name) for name in CHOSEN)
    said = str(option.get("value") or element.get("value") or next(filter(None, found), ""))
    return "" if said == ANY else said.strip()


def remembered(view: View) -> dict[str, str]:
    """What `memo` wrote; empty where nothing can be read."""
    try:
        found = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def memo(view: Mapping[str, Any], **told: object) -> dict[str, Any]:
    """The view with what it must remember until it is sent."""
    return {
        **view,
        "private_metadata": json.dumps({name: str(each) for name, each in told.items()}),
    }


def block_of(view: View, action: str) -> str:
    """The id of the input an action is in, where an error about it is shown; else the first's."""
    inputs = [block for block in view.get("blocks", ()) if block["type"] == "input"]
    for block in inputs:
        if block["element"].get("action_id") == action:
            return str(block["block_id"])
    return str(inputs[0]["block_id"]) if inputs else ""
