"""What people do, as the app hears of it: messages, commands, buttons, forms.

What admins do to a workspace: channels, people, the app's token, the organisation it is in.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Protocol

from bot.demo.workspace import timeline, values
from bot.demo.workspace import users as groups
from bot.demo.workspace.chat import rewrite, standing
from bot.demo.workspace.faults import Limits
from bot.demo.workspace.model import (
    APP_ID,
    BOT_USER,
    ApiError,
    Channel,
    Ephemeral,
    Json,
    Message,
    ResponseUrl,
    User,
    View,
)
from bot.demo.workspace.state import State, channel_json
from bot.demo.workspace.values import elements

NAMED = re.compile(r"(?<!\S)@([\w.\-]+)")
KNOWN = re.compile(r"&lt;([@#][A-Z0-9]+)(?:\|[^&]*)?&gt;")


def say(state: State, user: User, channel: Channel, text: str, thread_ts: str = "") -> Message:
    """Posts what a person typed: `@perfbot` becomes a mention, `& < >` are escaped."""
    if user.id not in channel.members:
        raise ApiError("not_in_channel")
    standing(channel)
    if not text.strip():
        raise ApiError("no_text")
    if thread_ts:
        parent = timeline.parent_of(state, channel.id, thread_ts)
        thread_ts = parent.thread_ts or parent.ts
    message = Message(channel.id, state.new_ts(), user.id, typed(state, text), thread_ts=None)
    message.thread_ts = thread_ts or None
    return timeline.add(state, message)


def edit(state: State, user: User, message: Message, text: str) -> None:
    """Changes what a person said; `cant_update_message` where it was another who said it."""
    if message.user != user.id:
        raise ApiError("cant_update_message")
    if not text.strip():
        raise ApiError("no_text")
    rewrite(state, message, typed(state, text), [])


def typed(state: State, text: str) -> str:
    """Typed text as Slack stores it."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return NAMED.sub(lambda mention: _mention(state, mention), KNOWN.sub(r"<\1>", escaped))


def _mention(state: State, mention: re.Match[str]) -> str:
    try:
        return f"<@{state.user_named(mention[1]).id}>"
    except ApiError:
        return mention[0]


def command_payload(state: State, user: User, channel: Channel, command: str, text: str) -> Json:
    """The body of a slash command."""
    url = response_url(state, user, channel)
    return {
        "token": "local",
        "team_id": state.team.id,
        "team_domain": state.team.domain,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.kind == "im" else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        **({"enterprise_id": state.enterprise} if state.enterprise else {}),
        "response_url": url,
        "trigger_id": state.trigger(user.id),
    }


def message_action(state: State, user: User, channel: Channel, body: Json) -> Json:
    """The block_actions payload of a click in a message, an ephemeral one too."""
    ts = str(body.get("ts", ""))
    whispered = timeline.ephemeral(state, channel.id, ts)
    message = whispered or state.message(channel.id, ts)
    _may_see(user, channel, whispered)
    block_id, element = _pressed(message.blocks, body)
    container = {"type": "message", "message_ts": ts, "channel_id": channel.id}
    payload = _interaction(state, "block_actions", user) | {
        "container": {**container, "is_ephemeral": whispered is not None},
        "channel": {"id": channel.id, "name": channel.name or "directmessage"},
        "state": {"values": values.collect(message.blocks, body.get("values") or {})},
        "trigger_id": state.trigger(user.id),
        "response_url": response_url(state, user, channel, ts, message.thread_ts),
        "actions": [_action(state, block_id, element, body.get("value"))],
    }
    if message.thread_ts:
        payload["container"]["thread_ts"] = message.thread_ts
    if isinstance(message, Message):
        payload["message"] = timeline.describe(state, message, all_metadata=True)
    return payload


def view_action(state: State, user: User, view: View, body: Json) -> Json:
    """The block_actions payload of a click in a modal or on the Home tab."""
    block_id, element = _pressed(view.content["blocks"], body)
    typed_values = dict(body.get("values") or {})
    if values.stateful(element):
        typed_values[block_id] = {
            **typed_values.get(block_id, {}),
            element["action_id"]: body.get("value"),
        }
    view.values = values.collect(view.content["blocks"], typed_values, view.values)
    return _interaction(state, "block_actions", user) | {
        "container": {"type": "view", "view_id": view.id},
        "view": view.to_api(),
        "trigger_id": state.trigger(user.id, view.id),
        "actions": [_action(state, block_id, element, body.get("value"))],
    }


def submission(state: State, user: User, view: View) -> Json:
    """The view_submission payload of a modal as it is filled in now."""
    details = {"view": view.to_api(), "trigger_id": state.trigger(user.id, view.id)}
    return _interaction(state, "view_submission", user) | details | {"response_urls": []}


def closed(state: State, user: User, view: View, *, cleared: bool = False) -> Json:
    """The view_closed payload, for a view that asked for it."""
    return _interaction(state, "view_closed", user) | {
        "view": view.to_api(),
        "is_cleared": cleared,
    }


def response_url(
    state: State,
    user: User,
    channel: Channel,
    message_ts: str | None = None,
    thread_ts: str | None = None,
) -> str:
    """A fresh address the app may answer at."""
    url_record = ResponseUrl(
        state.new_id("R"), channel.id, user.id, state.clock.now(), thread_ts, message_ts
    )
    state.response_urls[url_record.id] = url_record
    return f"{state.base_url}/response/{url_record.id}"


def _interaction(state: State, kind: str, user: User) -> Json:
    person = {"id": user.id, "username": user.name, "name": user.name, "team_id": state.team.id}
    return {
        "type": kind,
        "user": person,
        "api_app_id": APP_ID,
        "token": "local",
        "team": {"id": state.team.id, "domain": state.team.domain},
        "enterprise": {"id": state.enterprise, "name": "Grid"} if state.enterprise else None,
        "is_enterprise_install": False,
        "bot_user_id": BOT_USER,
        "action_ts": state.new_ts(),
    }


def _may_see(user: User, channel: Channel, whispered: Ephemeral | None) -> None:
    if user.id not in channel.members or (whispered and whispered.user != user.id):
        raise ApiError("message_not_found")


def _pressed(blocks: list[Json], body: Json) -> tuple[str, Json]:
    """The element an action is about: by action_id, and block_id and value where given."""
    candidates = [
        (block_id, element)
        for block_id, element in elements(blocks)
        if element["action_id"] == body.get("action_id")
        and body.get("block_id") in (None, block_id)
        and _offers(element, body.get("value"))
    ]
    if not candidates:
        raise ApiError("no_such_action")
    return candidates[0]


def _offers(element: Json, value: Any) -> bool:
    kind = element["type"]
    if kind in ("button", "icon_button"):
        return value in (None, element.get("value"))
    if kind == "feedback_buttons":
        return any(element[button_name]["value"] == value for button_name in FEEDBACK)
    if kind in ("overflow", *values.ONE_OPTION) and isinstance(value, str):
        return any(option.get("value") == value for option in values.options(element))
    return True


FEEDBACK = ("positive_button", "negative_button")
PRESSED: tuple[str, ...] = ("text", "value", "style", "url")


def _action(state: State, block_id: str, element: Json, value: Any) -> Json:
    kind = element["type"]
    base = {"type": kind, "action_id": element["action_id"], "block_id": block_id}
    return {**base, "action_ts": state.new_ts(), **_detail(element, kind, value)}


def _detail(element: Json, kind: str, value: Any) -> Json:
    if kind in ("button", "icon_button"):
        return {key: element[key] for key in PRESSED if key in element}
    if kind == "feedback_buttons":
        pressed = next(
            element[button_name]
            for button_name in FEEDBACK
            if element[button_name]["value"] == value
        )
        return {"text": pressed["text"], "value": value}
    if kind == "overflow":
        options = values.options(element)
        return {
            "selected_option": next(option for option in options if option.get("value") == value)
        }
    state = values.element_state(element, value) if values.stateful(element) else {"value": value}
    return {key: setting for key, setting in state.items() if key != "type"}


# What the bot's calls are refused with, once Slack has said so in an event.
REVOKED = {"tokens_revoked": "token_revoked", "app_uninstalled": "account_inactive"}


class Ending(Protocol):
    """Ends the app's connections."""

    async def disconnect(self, reason: str = ...) -> None: ...


class Admin:
    """The verbs of the control API that only an admin has.

    Args:
        state: The workspace.
        ending: Ends the app's connections when it is uninstalled.
    """

    def __init__(self, state: State, ending: Ending) -> None:
        self.state, self.ending = state, ending

    def verbs(self) -> dict[str, Callable[[Json], Awaitable[Json]]]:
        """By the names the control API knows them by."""
        return {
            "channel": self.channel,
            "group": self.group,
            "person": self.person,
            "organisation": self.organisation,
            "revoke": self.revoke,
            "install": self.install,
            "limits": self.limits,
            "hide": self.hide,
        }

    async def channel(self, body: Json) -> Json:
        """`{"channel", "archived"?, "members"?: [names], "deleted"?: true}`."""
        channel = self.state.channel_named(str(body["channel"]))
        if body.get("deleted"):
            self.state.channels.pop(channel.id)
            self.state.messages.pop(channel.id)
            self.state.changed("reset")
            return {}
        channel.archived = bool(body.get("archived", channel.archived))
        if "members" in body:
            channel.members = [self.state.user_named(str(name)).id for name in body["members"]]
        self.state.changed("channel", channel=channel_json(channel))
        return {"members": list(channel.members)}

    async def group(self, body: Json) -> Json:
        """`{"group", "members": [names]}`: who is in a user group from now on."""
        user_group = groups.group(self.state, str(body["group"]))
        user_group.users = [self.state.user_named(str(name)).id for name in body["members"]]
        return {"users": list(user_group.users)}

    async def person(self, body: Json) -> Json:
        """`{"name", "id"?, "real_name"?, "locale"?, "deactivated"?, "channels"?: [names]}`.

        A new one, or a known one changed. Whoever is deactivated is in no channel any more. An id
        may begin with W, as people of a Grid organisation have it.
        """
        existing = self._known(str(body["name"]))
        person = existing or User(
            str(body.get("id") or self.state.new_id("U")), str(body["name"]), ""
        )
        person = replace(
            person,
            real_name=str(body.get("real_name") or person.real_name or body["name"]),
            locale=str(body.get("locale") or person.locale),
            deleted=bool(body.get("deactivated", person.deleted)),
        )
        self.state.users[person.id] = person
        for name in body.get("channels") or ():
            members = self.state.channel_named(str(name)).members
            members += [person.id] if person.id not in members else []
        for channel in self.state.channels.values() if person.deleted else ():
            if channel.kind != "im":
                channel.members = [member for member in channel.members if member != person.id]
        self.state.changed("reset")
        return {"id": person.id}

    def _known(self, name: str) -> User | None:
        try:
            return self.state.user_named(name)
        except ApiError:
            return None

    async def organisation(self, body: Json) -> Json:
        """`{"enterprise": "E…"}`: the workspace is part of a Grid organisation; "" for none."""
        self.state.enterprise = str(body.get("enterprise") or "")
        return {}

    async def revoke(self, body: Json) -> Json:
        """`{"event": "tokens_revoked" | "app_uninstalled"}`: told first, then every call fails."""
        event = str(body.get("event") or "tokens_revoked")
        if event not in REVOKED:
            raise ApiError("unknown_event", known=sorted(REVOKED))
        timeline.taken_back(self.state, event)
        self.state.revoked = REVOKED[event]
        return {"app": APP_ID}

    async def install(self, _body: Json) -> Json:
        """The app is installed again: its token works."""
        self.state.revoked = ""
        return {"bot": BOT_USER}

    async def limits(self, body: Json) -> Json:
        """`{"burst"?, "each_second"?}`: messages Slack takes into one channel."""
        usual = Limits()
        self.state.limits = Limits(
            float(body.get("burst", usual.burst)), float(body.get("each_second", usual.each_second))
        )
        return {}

    async def hide(self, body: Json) -> Json:
        """`{"bot_id": true}`: messages do not say which app they are of, as on some servers."""
        self.state.hides_bot_id = bool(body.get("bot_id"))
        return {}
