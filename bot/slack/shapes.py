"""What a request from Slack looks like. Anything else is not handed on: nobody wrote for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

MOST_FIELDS = 200  # of a form; Slack sends a dozen
OBJECT: tuple[type, ...] = (dict,)
TEXT: tuple[type, ...] = (str,)
PARTS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("event", "view", "message", "container", "item", "state"), OBJECT),
    **dict.fromkeys(("user", "channel", "team", "enterprise"), (dict, str)),
    **dict.fromkeys(
        ("type", "command", "text", "trigger_id", "event_id", "response_url", "callback_id"), TEXT
    ),
    **dict.fromkeys(("user_id", "channel_id", "team_id", "ts", "thread_ts", "reaction"), TEXT),
    **dict.fromkeys(("actions", "authorizations", "response_urls", "blocks"), (list,)),
}
LABELLED: Mapping[str, tuple[type, ...]] = {**PARTS, "text": (dict, str)}  # a button's label
INSIDE = ("event", "view", "message", "container", "item")  # Bolt looks into each of them
EACH_OF = ("actions", "authorizations", "response_urls", "blocks")  # lists of objects


class NotFromSlackError(ValueError):
    """A body Slack would never send."""


def body_of(content_type: str, content: bytes) -> dict[str, Any]:
    """The object a request carries: JSON, a form, or a form whose `payload` is JSON.

    Raises:
        NotFromSlackError: It is none of these, or not shaped like one of Slack's.
    """
    try:
        text = content.decode()
        body = json.loads(text) if content_type.startswith("application/json") else _form(text)
    except (ValueError, RecursionError) as error:
        raise NotFromSlackError(f"It cannot be read: {type(error).__name__}.") from error
    if not is_shaped(body):
        raise NotFromSlackError("It is not shaped like a request of Slack's.")
    return body


def is_shaped(body: Any) -> bool:
    """Whether a body, and what stands in it, has the types Slack gives them."""
    if not isinstance(body, dict) or not all(map(_fits, body.items())):
        return False
    inside = [body[name] for name in INSIDE if body.get(name)]
    listed = [item for name in EACH_OF for item in body.get(name) or ()]
    event = body.get("event") or {}
    inside += [event[name] for name in ("item", "message", "previous_message") if event.get(name)]
    fine = all(isinstance(part, dict) and all(map(_fits, part.items())) for part in inside)
    fine = fine and all(isinstance(item, dict) for item in listed)
    return fine and all(_labelled(item) for item in listed) and _is_one(body)


def _is_one(body: Mapping[str, Any]) -> bool:
    """Whether a body says what it is, with what goes with that."""
    if body.get("type") == "event_callback":
        return isinstance((body.get("event") or {}).get("type"), str)
    if body.get("type") == "block_actions":
        acts = body.get("actions") or ()
        return bool(acts) and all(isinstance(action.get("action_id"), str) for action in acts)
    if body.get("type") in {"view_submission", "view_closed"}:
        view = body.get("view") or {}
        return isinstance(view.get("type"), str) and isinstance(view.get("callback_id"), str)
    return bool(body.get("command") or body.get("type") or body.get("ssl_check"))


def _fits(field: tuple[str, Any], types: Mapping[str, tuple[type, ...]] = PARTS) -> bool:
    """Missing, null, or of the type it has at Slack."""
    name, value = field
    return value is None or name not in types or isinstance(value, types[name])


def _labelled(pressed: Mapping[str, Any]) -> bool:
    """As `_fits` for each field of a button, a menu or a block, whose text is an object."""
    return all(_fits(field, LABELLED) for field in pressed.items())


def _form(text: str) -> dict[str, Any]:
    fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    if "payload" not in fields:
        return fields
    payload: dict[str, Any] = json.loads(fields["payload"])
    return payload
