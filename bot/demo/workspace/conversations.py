"""conversations.*: channels, and what was said in them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TypeVar

from bot.demo.workspace import timeline
from bot.demo.workspace.api import Call, Method, need_scope
from bot.demo.workspace.model import BOT_USER, ApiError, Channel, Json, Message
from bot.demo.workspace.state import State

Item = TypeVar("Item")
PREFIX = {"channel": "channels", "group": "groups", "im": "im"}


def open_dm(state: State, call: Call) -> Json:
    """The direct messages with one user; `users` or a known `channel`."""
    if call.text("channel"):
        channel = state.channel(call.text("channel"))
    else:
        names = [user_id for user_id in call.text("users").split(",") if user_id]
        if not names:
            raise ApiError("users_list_not_supplied")
        if len(names) > 1:
            need_scope(state, "mpim:write")
        if state.user(names[0]).deleted:
            raise ApiError("user_disabled")
        channel = state.dm(names[0])
    description = channel.to_api() if call.flag("return_im") else {"id": channel.id}
    return {"channel": description, "no_op": True, "already_open": True}


def info(state: State, call: Call) -> Json:
    channel = _known(state, call, "read")
    return {"channel": channel.to_api()}


def listing(state: State, call: Call) -> Json:
    kinds = kinds_of(call)
    for kind in kinds:
        need_scope(state, f"{PREFIX[kind]}:read")
    visible = [
        channel
        for channel in state.channels.values()
        if channel.kind in kinds and (channel.kind == "channel" or BOT_USER in channel.members)
    ]
    page, cursor = page_of(visible, call, 1000)
    channels = [channel.to_api() for channel in page]
    return {"channels": channels, "response_metadata": {"next_cursor": cursor}}


def members(state: State, call: Call) -> Json:
    channel = _known(state, call, "read")
    page, cursor = page_of(channel.members, call, 1000)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def history(state: State, call: Call) -> Json:
    """Newest first; replies only where they were broadcast; never an ephemeral message."""
    channel, within = _joined(state, call), _within(call)
    messages = [
        message
        for message in reversed(state.messages[channel.id].values())
        if (not message.is_reply or message.broadcast) and within(message)
    ]
    page, cursor = page_of(messages, call, 999)
    return {"pin_count": 0, **_said(state, call, page, cursor)}


def replies(state: State, call: Call) -> Json:
    """The parent first, then its replies, oldest first."""
    channel = _joined(state, call)
    message = timeline.parent_of(state, channel.id, call.needed("ts", "thread_not_found"))
    parent = timeline.parent_of(state, channel.id, message.thread_ts or message.ts)
    thread_replies = timeline.replies(state, channel.id, parent.ts)
    thread = list(filter(_within(call), thread_replies))
    page, cursor = page_of([parent, *thread], call, 1000)
    return _said(state, call, page, cursor)


def _said(state: State, call: Call, page: list[Message], cursor: str) -> Json:
    everything = call.flag("include_all_metadata")
    messages = [timeline.describe(state, message, all_metadata=everything) for message in page]
    answer: Json = {"messages": messages, "has_more": bool(cursor)}
    return {**answer, "response_metadata": {"next_cursor": cursor}} if cursor else answer


def _known(state: State, call: Call, verb: str) -> Channel:
    channel = state.channel(call.needed("channel", "channel_not_found"))
    need_scope(state, f"{PREFIX[channel.kind]}:{verb}")
    if channel.kind != "channel" and BOT_USER not in channel.members:
        raise ApiError("channel_not_found")
    return channel


def known_dm(state: State, channel_id: str) -> Channel:
    """A conversation of the bot's with one person."""
    channel = state.channel(channel_id)
    if channel.kind != "im" or BOT_USER not in channel.members:
        raise ApiError("channel_not_found")
    return channel


def _joined(state: State, call: Call) -> Channel:
    channel = _known(state, call, "history")
    if BOT_USER not in channel.members:
        raise ApiError("not_in_channel")
    return channel


def _within(call: Call) -> Callable[[Message], bool]:
    oldest, latest = _time(call, "oldest", 0.0), _time(call, "latest", float("inf"))
    if call.flag("inclusive"):
        return lambda message: oldest <= float(message.ts) <= latest
    return lambda message: oldest < float(message.ts) < latest


def _time(call: Call, name: str, default: float) -> float:
    try:
        return float(call.text(name) or default)
    except ValueError:
        raise ApiError(f"invalid_ts_{name}") from None


def page_of(items: list[Item], call: Call, most: int) -> tuple[list[Item], str]:
    """The page a call asks for by `limit` and `cursor`, and the next cursor."""
    limit = call.number("limit", 100, most)
    start = _start(call.text("cursor"))
    has_more = len(items) > start + limit
    return items[start : start + limit], _cursor(start + limit) if has_more else ""


def _cursor(start: int) -> str:
    return base64.b64encode(f"next:{start}".encode()).decode()


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except ValueError:
        raise ApiError("invalid_cursor") from None


def kinds_of(call: Call) -> list[str]:
    """The kinds of conversations a call asks for; public channels where it names none."""
    types = call.text("types", "public_channel")
    kinds = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "im"}
    if any(kind_name.strip() not in kinds for kind_name in types.split(",")):
        raise ApiError("invalid_types")
    return [kinds[kind_name.strip()] for kind_name in types.split(",")]


METHODS = {
    "conversations.open": Method(open_dm, ("im:write",)),
    "conversations.info": Method(info),
    "conversations.list": Method(listing),
    "conversations.members": Method(members),
    "conversations.history": Method(history),
    "conversations.replies": Method(replies),
}
