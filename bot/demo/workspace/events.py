"""What the app hears of: events by the manifest's subscriptions and the bot's membership."""

from __future__ import annotations

import re

from bot.demo.workspace.model import APP_ID, BOT_USER, Channel, Json, Message
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
