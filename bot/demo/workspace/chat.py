"""chat.* and reactions.*: what the bot says, and the ✅ under a message."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.demo.workspace import timeline
from bot.demo.workspace.api import Call, Method
from bot.demo.workspace.model import BOT_USER, ApiError, Channel, Ephemeral, Json, Message
from bot.demo.workspace.state import State
from bot.demo.workspace.values import message_blocks

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
    message_json = message.to_api(all_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": message_json}


def update(state: State, call: Call) -> Json:
    """Text without blocks takes the blocks away; blocks without text keep the text."""
    channel = standing(readable_by_id(state, call))
    message = state.message(channel.id, call.needed("ts", "message_not_found"))
    if message.is_tombstone:
        raise ApiError("message_not_found")
    if message.user != BOT_USER:
        raise ApiError("cant_update_message")
    block_data, text = call.data("blocks"), call.args.get("text")
    if block_data is None and not text:
        raise ApiError("no_text")
    if len(text or "") > LONGEST_UPDATE:
        raise ApiError("msg_too_long")
    blocks, metadata = message_blocks(state, block_data), _metadata(call.data("metadata"))
    rewrite(state, message, message.text if text is None else text, blocks, metadata)
    message_json = message.to_api(all_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message_json}


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
    ephemeral = Ephemeral(channel.id, user.id, state.new_ts(), text, blocks, thread_ts)
    return {"message_ts": timeline.whisper(state, ephemeral).ts}


def get_permalink(state: State, call: Call) -> Json:
    channel = readable_by_id(state, call)
    message = state.message(channel.id, call.needed("message_ts", "message_not_found"))
    link = f"{state.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def writable(state: State, address: str) -> Channel:
    """Where the bot may write: an id, a user's id (its direct messages), a channel's name."""
    if address in state.users:
        if address == BOT_USER:
            raise ApiError("channel_not_found")
        if state.users[address].deleted:
            raise ApiError("user_disabled")
        return state.dm(address)
    channel = state.channels.get(address) or _by_name(state, address)
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


def _by_name(state: State, address: str) -> Channel:
    name = address.removeprefix("#")
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


def _metadata(metadata: Any) -> Json | None:
    if metadata in (None, {}):
        return None
    fine = isinstance(metadata, dict) and isinstance(metadata.get("event_payload"), dict)
    if not fine or not isinstance(metadata.get("event_type"), str):
        raise ApiError("invalid_metadata_format")
    if len(json.dumps(metadata["event_payload"])) > LARGEST_METADATA:
        raise ApiError("metadata_too_large")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}


CHAT_METHODS = {
    "chat.postMessage": Method(post_message, ("chat:write",)),
    "chat.update": Method(update, ("chat:write",)),
    "chat.delete": Method(delete, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",)),
    "chat.getPermalink": Method(get_permalink),
}


NAME = re.compile(r"[a-z0-9_+'\-]+(::skin-tone-[2-6])?")


def add(state: State, call: Call) -> Json:
    react(state, _target(state, call, "timestamp"), BOT_USER, _name(call))
    return {}


def remove(state: State, call: Call) -> Json:
    unreact(state, _target(state, call, "timestamp"), BOT_USER, _name(call))
    return {}


def get(state: State, call: Call) -> Json:
    message = _target(state, call, "timestamp")
    message_json = {**timeline.describe(state, message), "reactions": message.reaction_list()}
    return {"type": "message", "channel": message.channel, "message": message_json}


def react(state: State, message: Message, user: str, name: str) -> None:
    """Adds a reaction; `already_reacted` where the user has it there."""
    users = message.reactions.setdefault(name, [])
    if user in users:
        raise ApiError("already_reacted")
    users.append(user)
    timeline.show(state, message)
    timeline.reaction(state, "reaction_added", message, user, name)


def unreact(state: State, message: Message, user: str, name: str) -> None:
    """Takes a reaction away; `no_reaction` where there is none."""
    if user not in message.reactions.get(name, []):
        raise ApiError("no_reaction")
    message.reactions[name].remove(user)
    if not message.reactions[name]:
        del message.reactions[name]
    timeline.show(state, message)
    timeline.reaction(state, "reaction_removed", message, user, name)


def _target(state: State, call: Call, key: str) -> Message:
    if not call.text(key):
        raise ApiError("no_item_specified")
    channel = readable_by_id(state, call)
    if key == "timestamp" and call.text("name"):
        standing(channel)
    return state.message(channel.id, call.text(key))


def _name(call: Call) -> str:
    name = call.needed("name", "invalid_name").strip(":")
    if not NAME.fullmatch(name):
        raise ApiError("invalid_name")
    return name


REACTION_METHODS = {
    "reactions.add": Method(add, ("reactions:write",)),
    "reactions.remove": Method(remove, ("reactions:write",)),
    "reactions.get": Method(get, ("reactions:read",)),
}
