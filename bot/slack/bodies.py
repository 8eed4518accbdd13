"""What Slack sends: what it must look like, which request it is, who sent it and from where.

What has another shape is not handed on: nobody wrote for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self
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
    **dict.fromkeys(
        ("user_id", "channel_id", "team_id", "file_id", "ts", "thread_ts", "reaction"), TEXT
    ),
    **dict.fromkeys(("actions", "authorizations", "response_urls", "blocks"), (list,)),
}
LABELLED: Mapping[str, tuple[type, ...]] = {**PARTS, "text": (dict, str)}  # a button's label
CHOSEN: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("value", "selected_date", "selected_time", "selected_user"), TEXT),
    **dict.fromkeys(("selected_channel", "selected_conversation", "action_id"), TEXT),
    "selected_option": OBJECT,
    "selected_options": (list,),
}
ADDRESS = re.compile(r"https?://[!-~]+")
INSIDE = ("event", "view", "message", "container", "item")  # Bolt looks into each of them
NEVER_NULL = ("event", "actions", "view")  # Bolt asks what is in them wherever they are named
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
    if not isinstance(body, dict) or not all(map(_fits, body.items())) or not _is_text(body):
        return False
    if any(name in body and body[name] is None for name in NEVER_NULL):
        return False
    inside = [body[name] for name in INSIDE if body.get(name)]
    listed = [item for name in EACH_OF for item in body.get(name) or ()]
    event = body.get("event") or {}
    inside += [event[name] for name in ("item", "message", "previous_message") if event.get(name)]
    fine = all(isinstance(part, dict) and all(map(_fits, part.items())) for part in inside)
    fine = fine and all(isinstance(item, dict) for item in listed)
    fine = fine and all(_labelled(item) for item in listed) and _is_one(body)
    return fine and all(map(_is_chosen, body.get("actions") or ())) and _is_view(body.get("view"))


def _is_event(event: Mapping[str, Any]) -> bool:
    """Whether an event says what happened, and where: what was written or marked has a place."""
    kind = event.get("type")
    if not isinstance(kind, str):
        return False
    if kind.startswith("reaction_"):
        item = event.get("item") or {}
        of_message = item.get("type", "message") == "message"
        placed = all(isinstance(item.get(name), str) for name in ("channel", "ts"))
        return isinstance(event.get("user"), str) and (placed or not of_message)
    return kind not in WRITTEN or all(
        isinstance(event.get(name), str) for name in ("channel", "ts")
    )


def _is_chosen(element: Any) -> bool:
    """Whether what was pressed, chosen or typed is of the types Slack gives it."""
    if not isinstance(element, dict) or not all(_fits(field, CHOSEN) for field in element.items()):
        return False
    chosen, ticked = element.get("selected_option"), element.get("selected_options") or ()
    if chosen is not None and not (
        isinstance(chosen, dict) and _fits(("text", chosen.get("value")))
    ):
        return False
    return all(isinstance(one, dict) and isinstance(one.get("value"), str) for one in ticked)


def _is_view(view: Any) -> bool:
    """Whether a modal has blocks that are blocks, and what was filled in by block and action."""
    if not view:
        return True
    state = {} if view.get("state") is None else view["state"]
    if view.get("blocks", ()) is None:
        return False
    if not isinstance(state, dict) or not all(map(_is_block, view.get("blocks") or ())):
        return False
    values = {} if state.get("values") is None else state["values"]
    filled = isinstance(values, dict) and all(isinstance(one, dict) for one in values.values())
    return filled and all(_is_chosen(each) for one in values.values() for each in one.values())


def _is_block(block: Any) -> bool:
    if not isinstance(block, dict) or not isinstance(block.get("type"), str):
        return False
    return block["type"] != "input" or (
        isinstance(block.get("element"), dict) and isinstance(block.get("block_id"), str)
    )


def _is_text(body: Mapping[str, Any]) -> bool:
    """Whether it could be written down again: JSON can name halves of letters."""
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _is_one(body: Mapping[str, Any]) -> bool:
    """Whether a body says what it is, with what goes with that."""
    if body.get("type") == "event_callback":
        return _is_event(body.get("event") or {})
    if body.get("type") == "block_actions":
        acts = body.get("actions") or ()
        return bool(acts) and all(isinstance(action.get("action_id"), str) for action in acts)
    if body.get("type") in {"view_submission", "view_closed"}:
        view = body.get("view") or {}
        return isinstance(view.get("type"), str) and isinstance(view.get("callback_id"), str)
    return bool(body.get("command") or body.get("type") or body.get("ssl_check"))


def _fits(field: tuple[str, Any], types: Mapping[str, tuple[type, ...]] = PARTS) -> bool:
    """Missing, null, or of the type it has at Slack."""
    name = field[0]
    return field[1] is None or name not in types or isinstance(field[1], types[name])


def _labelled(pressed: Mapping[str, Any]) -> bool:
    """As `_fits` for each field of a button, a menu or a block, whose text is an object."""
    return all(_fits(field, LABELLED) for field in pressed.items())


def _form(text: str) -> dict[str, Any]:
    fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    if "payload" not in fields:
        return fields
    payload: dict[str, Any] = json.loads(fields["payload"])
    return payload


WRITTEN = ("message", "app_mention")


@dataclass(frozen=True)
class Place:
    """Who asked, and where.

    Attributes:
        message_ts: The message whose button was pressed, or "".
        response_url, trigger_id: What Slack lent us for half an hour and three seconds.
    """

    user: str
    channel: str = ""
    thread_ts: str = ""
    message_ts: str = ""
    response_url: str = ""
    trigger_id: str = ""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """Read it from the body of any request: command, action, submission or event."""
        event, message = body.get("event") or {}, body.get("message") or {}
        container = body.get("container") or {}
        return cls(
            user=_sender(body),
            channel=_channel(body) or _channel(event) or container.get("channel_id") or "",
            thread_ts=_first("thread_ts", event, message, container),
            message_ts=str(container.get("message_ts") or message.get("ts") or ""),
            response_url=_response_url(body),
            trigger_id=body.get("trigger_id") or "",
        )

    @classmethod
    def of_submission(cls, body: Mapping[str, Any]) -> Self:
        """A modal knows its place only from what `kept` wrote into it."""
        metadata = remembered(body["view"])
        return cls(
            user=_sender(body),
            channel=metadata.get("channel", ""),
            thread_ts=metadata.get("thread_ts", ""),
        )

    def kept(self, **fields: str) -> str:
        """The place as a modal's private_metadata, for the submission that has none."""
        return json.dumps({"channel": self.channel, "thread_ts": self.thread_ts, **fields})


def remembered(view: Mapping[str, Any]) -> dict[str, str]:
    """What `Place.kept` wrote into a view; empty where somebody else's words are there."""
    try:
        metadata = json.loads(view.get("private_metadata") or "{}")
    except (ValueError, TypeError, RecursionError):
        return {}
    return {str(k): str(v) for k, v in metadata.items()} if isinstance(metadata, dict) else {}


def _sender(body: Mapping[str, Any]) -> str:
    event = body.get("event") or {}
    person = _id(event.get("user")) or event.get("user_id") or ""
    return _id(body.get("user")) or body.get("user_id") or str(person)


def _id(value: Any) -> str:
    return str(value.get("id") or "") if isinstance(value, Mapping) else str(value or "")


def _first(name: str, *parts: Mapping[str, Any]) -> str:
    return next((str(place[name]) for place in parts if place.get(name)), "")


def _channel(body: Mapping[str, Any]) -> str:
    item = body.get("item") or {}
    return _id(body.get("channel")) or body.get("channel_id") or _id(item.get("channel"))


def _response_url(body: Mapping[str, Any]) -> str:
    """Where an answer may be sent; "" where what is named is no address on the web."""
    urls = body.get("response_urls") or [{}]
    address = str(body.get("response_url") or urls[0].get("response_url") or "")
    return address if ADDRESS.fullmatch(address) else ""


def request_key(body: Mapping[str, Any]) -> str:
    """The same for every delivery of a request; "" where nothing is.

    What a person wrote is known by its place, so that a message and the mention in it are one, and
    so are what was delivered and what is read back later; an edit is another. Other events carry
    event_id; commands, actions and submissions a trigger_id of their own.
    """
    event = body.get("event") or {}
    if event.get("type") in WRITTEN and event.get("channel") and event.get("ts"):
        edited = (event.get("edited") or {}).get("ts") or ""
        return f"said:{event['channel']}:{event['ts']}:{edited}".rstrip(":")
    if event_id := body.get("event_id"):
        return f"event:{event_id}"
    if trigger := body.get("trigger_id"):
        return f"trigger:{trigger}"
    return ""


@dataclass(frozen=True)
class Heard:
    """A request from Slack as the listeners share it; what it asks is its own listener's.

    Attributes:
        place: Where it came from, and where an answer goes.
        key: The same for every delivery of it.
        topic: What it is called in the log.
        awaited: Whether somebody waits for an answer, and may be told what went wrong.
    """

    place: Place
    key: str
    topic: str
    awaited: bool = True

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """Read it from the body of any request."""
        event = body.get("event") or {}
        actions = body.get("actions") or [{}]
        topic = body.get("command") or event.get("type") or actions[0].get("action_id")
        opened = event.get("type") == "app_home_opened"
        return cls(place_of(body), request_key(body), str(topic or body.get("type")), not opened)

    @property
    def user(self) -> str:
        """The id of whoever sent it; "" where it names nobody, and so may nothing."""
        return self.place.user


def place_of(body: Mapping[str, Any]) -> Place:
    """Where something was sent: from a message, or from a modal that remembers its place."""
    return Place.of_submission(body) if body.get("view") else Place.of(body)


def typed(listener: Callable[[Heard, str, Any], None]) -> Callable[..., None]:
    """For Bolt: a command, acknowledged at once, then handed on with what was typed after it."""

    def acknowledge(ack: Callable[[], Any], body: dict[str, Any], client: Any) -> None:
        ack()
        listener(Heard.of(body), str(body.get("text") or ""), client)

    return acknowledge
