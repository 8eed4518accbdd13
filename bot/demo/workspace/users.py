"""users.*, bots.*, team.*, auth.*, apps.*, blocks.*: who is here, and the small methods.

usergroups.* are groups such as `@leads`, and who is in them; assistant.* is what an agent suggests
to ask, in its conversation with somebody; conversations.* are channels, and what was said in them.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from bot.blockkit import validate
from bot.demo.workspace import timeline
from bot.demo.workspace.api import Call, Method, need_scope
from bot.demo.workspace.model import (
    APP_ID,
    BOT_ID,
    BOT_USER,
    ApiError,
    Channel,
    Group,
    Json,
    Message,
)
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


def list_channels(state: State, call: Call) -> Json:
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


def channel_members(state: State, call: Call) -> Json:
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


CONVERSATION_METHODS = {
    "conversations.open": Method(open_dm, ("im:write",)),
    "conversations.info": Method(info),
    "conversations.list": Method(list_channels),
    "conversations.members": Method(channel_members),
    "conversations.history": Method(history),
    "conversations.replies": Method(replies),
}


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


USER_METHODS = {
    "users.conversations": Method(users_conversations, ("channels:read", "groups:read")),
    "users.info": Method(users_info, ("users:read",)),
    "users.list": Method(users_list, ("users:read",)),
    "bots.info": Method(bots_info),
    "team.info": Method(team_info),
    "auth.test": Method(auth_test, token="any"),  # noqa: S106 - a kind of token
    "apps.connections.open": Method(connections_open, token="app"),  # noqa: S106 - likewise
    "blocks.validate": Method(blocks_validate),
}


def list_groups(state: State, call: Call) -> Json:
    """Every group; with `include_users` who is in it."""
    users = call.flag("include_users")
    return {
        "usergroups": [
            _to_api(state, user_group, users=users) for user_group in state.groups.values()
        ]
    }


def group_members(state: State, call: Call) -> Json:
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
    "usergroups.list": Method(list_groups, ("usergroups:read",)),
    "usergroups.users.list": Method(group_members, ("usergroups:read",)),
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
