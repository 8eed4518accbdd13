"""chat.*: what the bot says."""

from __future__ import annotations

import json
from typing import Any

from bot.demo.workspace import timeline
from bot.demo.workspace.api import Call, Method
from bot.demo.workspace.blocks import message_blocks
from bot.demo.workspace.model import BOT_USER, ApiError, Channel, Ephemeral, Json, Message
from bot.demo.workspace.state import State

LONGEST_POST, LONGEST_UPDATE, LARGEST_METADATA = 40_000, 4_000, 8_000


def post_message(state: State, call: Call) -> Json:
    channel = writable(state, call.needed("channel", "channel_not_found"))
    blocks = message_blocks(state, call.data("blocks"))
    text = call.text("text")
    if not text.strip() and not blocks:
        raise ApiError("no_text")
    message = Message(
        channel=channel.id,
        ts=state.new_ts(),
        user=BOT_USER,
        text=text[:LONGEST_POST],
        blocks=blocks,
        thread_ts=_thread(state, channel, call.text("thread_ts")),
        from_app=True,
        metadata=_metadata(call.data("metadata")),
        broadcast=call.flag("reply_broadcast"),
    )
    timeline.add(state, message)
    said = message.to_api(all_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": said}


def update(state: State, call: Call) -> Json:
    """Text without blocks takes the blocks away; blocks without text keep the text."""
    channel = standing(readable_by_id(state, call))
    message = state.message(channel.id, call.needed("ts", "message_not_found"))
    if message.is_tombstone:
        raise ApiError("message_not_found")
    if message.user != BOT_USER:
        raise ApiError("cant_update_message")
    given, text = call.data("blocks"), call.args.get("text")
    if given is None and not text:
        raise ApiError("no_text")
    if len(text or "") > LONGEST_UPDATE:
        raise ApiError("msg_too_long")
    blocks, metadata = message_blocks(state, given), _metadata(call.data("metadata"))
    rewrite(state, message, message.text if text is None else text, blocks, metadata)
    said = message.to_api(all_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": said}


def rewrite(
    state: State, message: Message, text: str, blocks: list[Json], metadata: Json | None = None
) -> None:
    """Replaces what a message says; it is marked as edited and keeps its place."""
    before = message.to_api(all_metadata=True)
    message.text, message.blocks = text, blocks
    message.metadata = metadata or message.metadata
    message.edited = {"user": message.user, "ts": state.new_ts()}
    timeline.update(state, message, before)


def delete(state: State, call: Call) -> Json:
    channel = standing(readable_by_id(state, call))
    message = state.message(channel.id, call.needed("ts", "message_not_found"))
    if message.user != BOT_USER:
        raise ApiError("cant_delete_message")
    timeline.remove(state, message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(state: State, call: Call) -> Json:
    channel = writable(state, call.needed("channel", "channel_not_found"))
    user = state.user(call.needed("user", "user_not_found"))
    if user.id not in channel.members:
        raise ApiError("user_not_in_channel")
    blocks, text = message_blocks(state, call.data("blocks")), call.text("text")
    if not text.strip() and not blocks:
        raise ApiError("no_text")
    thread_ts = call.text("thread_ts") or None
    said = Ephemeral(channel.id, user.id, state.new_ts(), text, blocks, thread_ts)
    return {"message_ts": timeline.whisper(state, said).ts}


def get_permalink(state: State, call: Call) -> Json:
    channel = readable_by_id(state, call)
    message = state.message(channel.id, call.needed("message_ts", "message_not_found"))
    link = f"{state.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def writable(state: State, given: str) -> Channel:
    """Where the bot may write: an id, a user's id (its direct messages), a channel's name."""
    if given in state.users:
        if given == BOT_USER:
            raise ApiError("channel_not_found")
        if state.users[given].deleted:
            raise ApiError("user_disabled")
        return state.dm(given)
    channel = state.channels.get(given) or _by_name(state, given)
    standing(channel)
    if BOT_USER not in channel.members:
        public = channel.kind == "channel"
        if public and "chat:write.public" in state.manifest.scopes:
            return channel
        raise ApiError("not_in_channel" if public else "channel_not_found")
    return channel


def standing(channel: Channel) -> Channel:
    """The channel where something may still be said; `is_archived` otherwise."""
    if channel.archived:
        raise ApiError("is_archived")
    return channel


def readable_by_id(state: State, call: Call) -> Channel:
    """A channel by its id only, as all methods but postMessage want it; the bot is in it."""
    channel = state.channel(call.needed("channel", "channel_not_found"))
    if BOT_USER not in channel.members:
        raise ApiError("channel_not_found")
    return channel


def _by_name(state: State, given: str) -> Channel:
    name = given.removeprefix("#")
    for channel in state.channels.values():
        if channel.kind == "channel" and channel.name == name:
            return channel
    raise ApiError("channel_not_found")


def _thread(state: State, channel: Channel, thread_ts: str) -> str | None:
    if not thread_ts:
        return None
    parent = timeline.parent_of(state, channel.id, thread_ts)
    if parent.is_reply:
        raise ApiError("cannot_reply_to_message")
    return thread_ts


def _metadata(given: Any) -> Json | None:
    if given in (None, {}):
        return None
    fine = isinstance(given, dict) and isinstance(given.get("event_payload"), dict)
    if not fine or not isinstance(given.get("event_type"), str):
        raise ApiError("invalid_metadata_format")
    if len(json.dumps(given["event_payload"])) > LARGEST_METADATA:
        raise ApiError("metadata_too_large")
    return {"event_type": given["event_type"], "event_payload": given["event_payload"]}


METHODS = {
    "chat.postMessage": Method(post_message, ("chat:write",)),
    "chat.update": Method(update, ("chat:write",)),
    "chat.delete": Method(delete, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",)),
    "chat.getPermalink": Method(get_permalink),
}
