"""What is said where: adding, changing and removing messages, and telling of it.

The app hears of it by the manifest's subscriptions and the bot's membership.
"""

from __future__ import annotations

import re

from bot.demo.workspace.model import (
    APP_ID,
    BOT_USER,
    DELETED,
    SLACKBOT,
    TOMBSTONE,
    ApiError,
    Channel,
    Ephemeral,
    Json,
    Message,
)
from bot.demo.workspace.state import State

SUBSCRIPTIONS = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}
MENTION = re.compile(rf"<@{BOT_USER}(\|[^>]*)?>")


def message_posted(state: State, message: Message) -> None:
    """A message was posted, by a person or by the bot itself: both are delivered."""
    channel = state.channels[message.channel]
    message_json = _described(state, message)
    _message(state, channel, message_json)
    if MENTION.search(message.text) and not message.from_app:
        _mention(state, channel, message_json)


def message_changed(state: State, message: Message, before: Json) -> None:
    now = message.to_api(all_metadata=True)
    details = {"message": now, "previous_message": before}
    _subtype(state, message.channel, "message_changed", details)


def message_deleted(state: State, message: Message) -> None:
    was = message.to_api(all_metadata=True)
    details = {"deleted_ts": message.ts, "previous_message": was}
    _subtype(state, message.channel, "message_deleted", details)


def reaction(state: State, kind: str, message: Message, user: str, name: str) -> None:
    """`kind` is reaction_added or reaction_removed."""
    if kind not in state.manifest.events or BOT_USER not in _members(state, message.channel):
        return
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    event = {"type": kind, "user": user, "reaction": name, "item": item}
    _send(state, {**event, "item_user": message.user, "event_ts": state.new_ts()})


def file_shared(state: State, channel: Channel, user: str, file_id: str) -> None:
    """A file was shared where the bot is: its id, and where to ask about it."""
    if "file_shared" not in state.manifest.events or BOT_USER not in channel.members:
        return
    event: Json = {"type": "file_shared", "channel_id": channel.id, "file_id": file_id}
    event |= {"user_id": user, "file": {"id": file_id}, "event_ts": state.new_ts()}
    _send(state, event)


def home_opened(state: State, user: str, tab: str) -> None:
    """The user looked at the app's Home (or its messages)."""
    if "app_home_opened" not in state.manifest.events:
        return
    event: Json = {"type": "app_home_opened", "user": user, "tab": tab}
    view = state.homes.get(user)
    if view is not None and tab == "home":
        event["view"] = view.to_api()
    _send(state, {**event, "channel": state.dm(user).id, "event_ts": state.new_ts()})


def taken_back(state: State, kind: str) -> None:
    """`tokens_revoked` or `app_uninstalled`, where the app wants to hear of it."""
    if kind in state.manifest.events:
        event: Json = {"type": kind, "event_ts": state.new_ts()}
        if kind == "tokens_revoked":
            event["tokens"] = {"oauth": [], "bot": [BOT_USER]}
        _send(state, event)


def envelope(state: State, event: Json) -> Json:
    """The Events API's outer event, with an id of its own."""
    enterprise = state.enterprise or None
    authorization = {"enterprise_id": enterprise, "team_id": state.team.id, "user_id": BOT_USER}
    return {
        "token": "local",
        "team_id": state.team.id,
        **({"enterprise_id": state.enterprise} if state.enterprise else {}),
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": state.new_id("Ev"),
        "event_time": int(state.clock.now()),
        "authorizations": [{**authorization, "is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event['event_ts']}",
    }


def _described(state: State, message: Message) -> Json:
    message_json = message.to_api(all_metadata=True)
    parent = state.messages[message.channel].get(message.thread_ts or "")
    return (
        {**message_json, "parent_user_id": parent.user}
        if message.is_reply and parent
        else message_json
    )


def _message(state: State, channel: Channel, message_json: Json) -> None:
    if SUBSCRIPTIONS[channel.kind] not in state.manifest.events or BOT_USER not in channel.members:
        return
    placement = {
        "channel": channel.id,
        "channel_type": channel.kind,
        "event_ts": message_json["ts"],
    }
    _send(state, {**message_json, **placement})


def _mention(state: State, channel: Channel, message_json: Json) -> None:
    subscribed = "app_mention" in state.manifest.events and channel.kind != "im"
    if subscribed and BOT_USER in channel.members:
        _send(
            state,
            {
                **message_json,
                "type": "app_mention",
                "channel": channel.id,
                "event_ts": message_json["ts"],
            },
        )


def _subtype(state: State, channel: str, subtype: str, details: Json) -> None:
    ts = state.new_ts()
    event = {"type": "message", "subtype": subtype, "hidden": True, "ts": ts, **details}
    _message(state, state.channels[channel], event)


def _members(state: State, channel: str) -> list[str]:
    return state.channels[channel].members


def _send(state: State, event: Json) -> None:
    state.emit(envelope(state, event))


def add(state: State, message: Message) -> Message:
    """Puts a message on its channel's timeline and tells the page and the app."""
    message.shows_bot_id, message.team = not state.hides_bot_id, state.team.id
    state.messages[message.channel][message.ts] = message
    show(state, message)
    if message.is_reply:
        show(state, state.message(message.channel, message.thread_ts or ""))
    message_posted(state, message)
    return message


def update(state: State, message: Message, before: Json) -> None:
    """Tells of a message that was changed in place; `before` is what it was."""
    show(state, message)
    message_changed(state, message, before)


def remove(state: State, message: Message) -> None:
    """Takes a message away; a parent with replies stays as a tombstone, and its thread goes on."""
    if replies(state, message.channel, message.ts):
        _bury(state, message)
        return
    thread = state.messages[message.channel]
    _take_away(state, message)
    message_deleted(state, message)
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
    message_changed(state, message, before)


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
