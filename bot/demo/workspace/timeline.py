"""What is said where: adding, changing and removing messages, and telling of it."""

from __future__ import annotations

from bot.demo.workspace import events
from bot.demo.workspace.model import (
    DELETED,
    SLACKBOT,
    TOMBSTONE,
    ApiError,
    Ephemeral,
    Json,
    Message,
)
from bot.demo.workspace.state import State


def add(state: State, message: Message) -> Message:
    """Puts a message on its channel's timeline and tells the page and the app."""
    message.shows_bot_id, message.team = not state.hides_bot_id, state.team.id
    state.messages[message.channel][message.ts] = message
    show(state, message)
    if message.is_reply:
        show(state, state.message(message.channel, message.thread_ts or ""))
    events.message_posted(state, message)
    return message


def update(state: State, message: Message, before: Json) -> None:
    """Tells of a message that was changed in place; `before` is what it was."""
    show(state, message)
    events.message_changed(state, message, before)


def remove(state: State, message: Message) -> None:
    """Takes a message away; a parent with replies stays as a tombstone, and its thread goes on."""
    if replies(state, message.channel, message.ts):
        _bury(state, message)
        return
    thread = state.messages[message.channel]
    _take_away(state, message)
    events.message_deleted(state, message)
    parent = thread.get(message.thread_ts or "") if message.is_reply else None
    if parent is None:
        return
    if parent.is_tombstone and not replies(state, parent.channel, parent.ts):
        _take_away(state, parent)
    else:
        show(state, parent)


def _take_away(state: State, message: Message) -> None:
    state.messages[message.channel].pop(message.ts)
    state.changed("message_deleted", channel=message.channel, ts=message.ts)


def _bury(state: State, message: Message) -> None:
    before = message.to_api(all_metadata=True)
    message.subtype, message.user, message.text = TOMBSTONE, SLACKBOT, DELETED
    message.blocks, message.files, message.reactions = [], [], {}
    message.metadata, message.edited, message.from_app = None, None, False
    show(state, message)
    events.message_changed(state, message, before)


def show(state: State, message: Message) -> None:
    state.changed("message", message=page_json(state, message))


def replies(state: State, channel: str, thread_ts: str) -> list[Message]:
    """The replies in a thread, oldest first, without its parent."""
    messages = state.messages[channel].values()
    return [message for message in messages if message.thread_ts == thread_ts and message.is_reply]


def describe(state: State, message: Message, *, all_metadata: bool = False) -> Json:
    """A message as the Web API returns it, with what its thread adds to a parent."""
    message_json = message.to_api(all_metadata=all_metadata)
    if message.is_reply:
        parent = state.messages[message.channel].get(message.thread_ts or "")
        return {**message_json, "parent_user_id": parent.user if parent else ""}
    thread = replies(state, message.channel, message.ts)
    return message_json | _thread(message, thread) if thread else message_json


def _thread(parent: Message, thread: list[Message]) -> Json:
    people = list(dict.fromkeys(reply.user for reply in thread))
    return {
        "thread_ts": parent.ts,
        "reply_count": len(thread),
        "reply_users_count": len(people),
        "reply_users": people[:5],
        "latest_reply": thread[-1].ts,
        "is_locked": False,
        "subscribed": True,
    }


def page_json(state: State, message: Message) -> Json:
    """A message as the page and `GET /_control/state` see it."""
    return {
        **describe(state, message, all_metadata=True),
        "channel": message.channel,
        "reactions": message.reaction_list(),
        "broadcast": message.broadcast,
    }


def parent_of(state: State, channel: str, thread_ts: str) -> Message:
    """The message a thread hangs under; `thread_not_found` where there is none."""
    parent = state.messages[channel].get(thread_ts)
    if parent is None:
        raise ApiError("thread_not_found")
    return parent


def whisper(state: State, ephemeral_message: Ephemeral) -> Ephemeral:
    """Shows a message only its user sees: no history, no event."""
    state.ephemerals.append(ephemeral_message)
    state.changed("ephemeral", ephemeral=ephemeral_message.to_json())
    return ephemeral_message


def hush(state: State, ephemeral_message: Ephemeral) -> None:
    """Takes an ephemeral message away again."""
    state.ephemerals.remove(ephemeral_message)
    state.changed("ephemeral_deleted", channel=ephemeral_message.channel, ts=ephemeral_message.ts)


def ephemeral(state: State, channel: str, ts: str) -> Ephemeral | None:
    """The ephemeral message with that ts, or None."""
    ephemerals = state.ephemerals
    return next(
        (
            ephemeral_message
            for ephemeral_message in ephemerals
            if ephemeral_message.ts == ts and ephemeral_message.channel == channel
        ),
        None,
    )
