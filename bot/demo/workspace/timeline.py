"""What is said where: adding, changing and removing messages, and telling of it."""

from __future__ import annotations

from bot.demo.workspace import events
from bot.demo.workspace.model import ApiError, Ephemeral, Json, Message
from bot.demo.workspace.state import State


def add(state: State, message: Message) -> Message:
    """Puts a message on its channel's timeline and tells the page and the app."""
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
    """Takes a message away; a parent with replies takes its thread along."""
    thread = state.messages[message.channel]
    for ts in [message.ts, *(each.ts for each in replies(state, message.channel, message.ts))]:
        thread.pop(ts, None)
        state.changed("message_deleted", channel=message.channel, ts=ts)
    events.message_deleted(state, message)
    if message.is_reply and message.thread_ts in thread:
        show(state, thread[message.thread_ts])


def show(state: State, message: Message) -> None:
    state.changed("message", message=page_json(state, message))


def replies(state: State, channel: str, thread_ts: str) -> list[Message]:
    """The replies in a thread, oldest first, without its parent."""
    said = state.messages[channel].values()
    return [each for each in said if each.thread_ts == thread_ts and each.is_reply]


def describe(state: State, message: Message, *, all_metadata: bool = False) -> Json:
    """A message as the Web API returns it, with what its thread adds to a parent."""
    found = message.to_api(all_metadata=all_metadata)
    if message.is_reply:
        parent = state.messages[message.channel].get(message.thread_ts or "")
        return {**found, "parent_user_id": parent.user if parent else ""}
    thread = replies(state, message.channel, message.ts)
    return found | _thread(message, thread) if thread else found


def _thread(parent: Message, thread: list[Message]) -> Json:
    people = list(dict.fromkeys(each.user for each in thread))
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
    found = state.messages[channel].get(thread_ts)
    if found is None:
        raise ApiError("thread_not_found")
    return found


def whisper(state: State, said: Ephemeral) -> Ephemeral:
    """Shows a message only its user sees: no history, no event."""
    state.ephemerals.append(said)
    state.changed("ephemeral", ephemeral=said.to_json())
    return said


def hush(state: State, said: Ephemeral) -> None:
    """Takes an ephemeral message away again."""
    state.ephemerals.remove(said)
    state.changed("ephemeral_deleted", channel=said.channel, ts=said.ts)


def ephemeral(state: State, channel: str, ts: str) -> Ephemeral | None:
    """The ephemeral message with that ts, or None."""
    said = state.ephemerals
    return next((each for each in said if each.ts == ts and each.channel == channel), None)
