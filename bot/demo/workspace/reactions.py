"""reactions.*: the ✅ under a message."""

from __future__ import annotations

import re

from bot.demo.workspace import events, timeline
from bot.demo.workspace.api import Call, Method
from bot.demo.workspace.chat import readable_by_id, standing
from bot.demo.workspace.model import BOT_USER, ApiError, Json, Message
from bot.demo.workspace.state import State

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
    events.reaction(state, "reaction_added", message, user, name)


def unreact(state: State, message: Message, user: str, name: str) -> None:
    """Takes a reaction away; `no_reaction` where there is none."""
    if user not in message.reactions.get(name, []):
        raise ApiError("no_reaction")
    message.reactions[name].remove(user)
    if not message.reactions[name]:
        del message.reactions[name]
    timeline.show(state, message)
    events.reaction(state, "reaction_removed", message, user, name)


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


METHODS = {
    "reactions.add": Method(add, ("reactions:write",)),
    "reactions.remove": Method(remove, ("reactions:write",)),
    "reactions.get": Method(get, ("reactions:read",)),
}
