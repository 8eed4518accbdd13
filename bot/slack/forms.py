"""What buttons, menus and forms carry: Slack's JSON in, plain values out, and no further."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.domain.replies import OpenForm, Submission
from bot.render.controls import ANY
from bot.slack.bodies import remembered

CHOSEN = (
    "value",
    "selected_user",
    "selected_conversation",
    "selected_channel",
    "selected_date",
    "selected_time",
)


def value_of(action: Mapping[str, Any]) -> str:
    """The value of a button, or of what was chosen in a menu."""
    option = action.get("selected_option") or {}
    return str(option.get("value") or action.get("value") or "")


def submission(view: Mapping[str, Any]) -> Submission:
    """What stands in a view, and what it remembers."""
    memory, elements = remembered(view), elements_of(view)
    return Submission(
        form=str(view.get("callback_id") or ""),
        inputs={action: _input(element) for action, element in elements.items()},
        ticked={action: _ticked(element) for action, element in elements.items()},
        since=_edition(memory.get("since", "")),
        pattern=memory.get("pattern", ""),
    )


def elements_of(view: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The state of each element of a view, by its action."""
    values = (view.get("state") or {}).get("values") or {}
    return {str(action): element for block in values.values() for action, element in block.items()}


def _input(element: Mapping[str, Any]) -> str:
    option = element.get("selected_option") or {}
    choices = (element.get(name) for name in CHOSEN)
    text = str(option.get("value") or next(filter(None, choices), ""))
    return "" if text == ANY else text.strip()


def _ticked(element: Mapping[str, Any]) -> tuple[str, ...]:
    options = element.get("selected_options") or ()
    return tuple(str(option["value"]) for option in options)


def _edition(since: str) -> int:
    return int(since) if since.isdecimal() and len(since) < 19 else 0


def view_of(form: OpenForm) -> dict[str, Any]:
    """A form as Slack is shown it, with what it must remember until it is sent."""
    memory = {"since": str(form.since)}
    memory |= {} if form.pattern is None else {"pattern": form.pattern}
    return {**form.view, "private_metadata": json.dumps(memory)}


def by_block(view: Mapping[str, Any], errors: Mapping[str, str]) -> dict[str, str]:
    """Errors by field as Slack shows them: by the block of an input; else the first's."""
    return {_block_of(view, name): error for name, error in errors.items()}


def _block_of(view: Mapping[str, Any], name: str) -> str:
    inputs = [block for block in view.get("blocks", ()) if block["type"] == "input"]
    for block in inputs:
        if block["element"].get("action_id") == name:
            return str(block["block_id"])
    return str(inputs[0]["block_id"]) if inputs else ""
