"""Where a request came from, and so where its answer goes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


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
            user=_id(body.get("user")) or body.get("user_id") or _id(event.get("user")),
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
            user=_id(body.get("user")),
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
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in metadata.items()} if isinstance(metadata, dict) else {}


def _id(value: Any) -> str:
    return str(value.get("id") or "") if isinstance(value, Mapping) else str(value or "")


def _first(name: str, *parts: Mapping[str, Any]) -> str:
    return next((str(place[name]) for place in parts if place.get(name)), "")


def _channel(body: Mapping[str, Any]) -> str:
    item = body.get("item") or {}
    return _id(body.get("channel")) or body.get("channel_id") or _id(item.get("channel"))


def _response_url(body: Mapping[str, Any]) -> str:
    urls = body.get("response_urls") or [{}]
    return body.get("response_url") or urls[0].get("response_url") or ""
