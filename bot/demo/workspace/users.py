"""users.*, bots.*, team.*, auth.*, apps.*, blocks.*: who is here, and the small methods.

usergroups.* are groups such as `@leads`, and who is in them; assistant.* is what an agent suggests
to ask, in its conversation with somebody.
"""

from __future__ import annotations

import secrets
from typing import Any

from bot.blockkit import validate
from bot.demo.workspace.api import Call, Method, need_scope
from bot.demo.workspace.conversations import kinds_of, known_dm, page_of
from bot.demo.workspace.model import (
    APP_ID,
    BOT_ID,
    BOT_USER,
    ApiError,
    Group,
    Json,
)
from bot.demo.workspace.state import State


def users_info(state: State, call: Call) -> Json:
    user = state.user(call.needed("user", "user_not_found"))
    return {"user": user.to_api(include_locale=call.flag("include_locale"))}


def users_list(state: State, call: Call) -> Json:
    locale = call.flag("include_locale")
    page, cursor = page_of(list(state.users.values()), call, 1000)
    members = [user.to_api(include_locale=locale) for user in page]
    member_list = {"members": members, "cache_ts": int(state.clock.now())}
    return {**member_list, "response_metadata": {"next_cursor": cursor}}


def bots_info(state: State, call: Call) -> Json:
    need_scope(state, "users:read")
    if call.text("bot", BOT_ID) != BOT_ID:
        raise ApiError("bot_not_found")
    name = state.manifest.name
    return {"bot": {"id": BOT_ID, "app_id": APP_ID, "user_id": BOT_USER, "name": name}}


def team_info(state: State, _call: Call) -> Json:
    need_scope(state, "team:read")
    team = state.team
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain}}


def auth_test(state: State, _call: Call) -> Json:
    return {
        "url": f"{state.base_url}/",
        "team": state.team.name,
        "user": state.manifest.name,
        "team_id": state.team.id,
        "user_id": BOT_USER,
        **({} if state.hides_bot_id else {"bot_id": BOT_ID}),
        **({"enterprise_id": state.enterprise} if state.enterprise else {}),
        "is_enterprise_install": False,
    }


def connections_open(state: State, _call: Call) -> Json:
    """An address for one Socket Mode connection; its ticket works once."""
    if not state.manifest.socket_mode:
        raise ApiError("socket_mode_not_enabled")
    ticket = secrets.token_hex(16)
    state.tickets.add(ticket)
    link = state.base_url.replace("http", "ws", 1)
    return {"url": f"{link}/link/?ticket={ticket}&app_id={APP_ID}"}


def blocks_validate(_state: State, call: Call) -> Json:
    blocks = call.data("blocks")
    if not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    surface = call.text("surface", "message")
    if surface not in ("message", "modal", "home"):
        raise ApiError("invalid_arguments")
    problems = validate(blocks, surface=surface)
    if not problems:
        return {}
    raise ApiError("invalid_blocks", errors=[problem.to_json() for problem in problems])


def users_conversations(state: State, call: Call) -> Json:
    """The channels somebody is in, of those the bot may see."""
    user, kinds = state.user(call.needed("user", "user_not_found")), kinds_of(call)
    visible = [
        channel
        for channel in state.channels.values()
        if channel.kind in kinds
        and user.id in channel.members
        and (channel.kind == "channel" or BOT_USER in channel.members)
    ]
    page, cursor = page_of(visible, call, 1000)
    channels = [channel.to_api() for channel in page]
    return {"channels": channels, "response_metadata": {"next_cursor": cursor}}


METHODS = {
    "users.conversations": Method(users_conversations, ("channels:read", "groups:read")),
    "users.info": Method(users_info, ("users:read",)),
    "users.list": Method(users_list, ("users:read",)),
    "bots.info": Method(bots_info),
    "team.info": Method(team_info),
    "auth.test": Method(auth_test, token="any"),  # noqa: S106 - a kind of token
    "apps.connections.open": Method(connections_open, token="app"),  # noqa: S106 - likewise
    "blocks.validate": Method(blocks_validate),
}


def listing(state: State, call: Call) -> Json:
    """Every group; with `include_users` who is in it."""
    users = call.flag("include_users")
    return {
        "usergroups": [
            _to_api(state, user_group, users=users) for user_group in state.groups.values()
        ]
    }


def members(state: State, call: Call) -> Json:
    """Ids of a group's members; `no_such_subteam` where there is no such group."""
    return {"users": list(group(state, call.needed("usergroup", "no_such_subteam")).users)}


def group(state: State, reference: str) -> Group:
    """A group by id or handle."""
    handle = reference.removeprefix("@").casefold()
    for user_group in state.groups.values():
        if handle in (user_group.id.casefold(), user_group.handle):
            return user_group
    raise ApiError("no_such_subteam")


def _to_api(state: State, user_group: Group, *, users: bool) -> Json:
    group_json: Json = {
        "id": user_group.id,
        "team_id": state.team.id,
        "is_usergroup": True,
        "handle": user_group.handle,
        "name": user_group.name,
        "user_count": len(user_group.users),
    }
    return {**group_json, "users": list(user_group.users)} if users else group_json


GROUPS = {
    "usergroups.list": Method(listing, ("usergroups:read",)),
    "usergroups.users.list": Method(members, ("usergroups:read",)),
}


MOST = 4


def set_suggested_prompts(state: State, call: Call) -> Json:
    """At most four, each with title and message; for an agent `thread_ts` makes it do nothing."""
    channel = known_dm(state, call.needed("channel_id", "channel_not_found"))
    prompts = call.data("prompts")
    if not isinstance(prompts, list) or not prompts or len(prompts) > MOST:
        raise ApiError("invalid_arguments")
    if not all(_is_prompt(prompt) for prompt in prompts):
        raise ApiError("invalid_arguments")
    if not state.manifest.agent:
        raise ApiError("not_allowed")
    if not call.text("thread_ts"):
        state.prompts[channel.id] = {"title": call.text("title"), "prompts": prompts}
        state.changed("prompts", channel=channel.id, **state.prompts[channel.id])
    return {}


def _is_prompt(prompt: Any) -> bool:
    parts = prompt if isinstance(prompt, dict) else {}
    return all(isinstance(parts.get(name), str) and parts[name] for name in ("title", "message"))


ASSISTANTS = {
    "assistant.threads.setSuggestedPrompts": Method(set_suggested_prompts, ("assistant:write",)),
}
