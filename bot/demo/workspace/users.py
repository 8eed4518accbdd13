"""users.*, bots.*, team.*, auth.*, apps.*, blocks.*: who is here, and the small methods."""

from __future__ import annotations

import secrets

from bot.blockkit import validate
from bot.demo.workspace.api import Call, Method, need_scope
from bot.demo.workspace.conversations import page_of
from bot.demo.workspace.model import (
    APP_ID,
    BOT_ID,
    BOT_USER,
    TEAM_DOMAIN,
    TEAM_ID,
    TEAM_NAME,
    ApiError,
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
    return {"team": {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN}}


def auth_test(state: State, _call: Call) -> Json:
    return {
        "url": f"{state.base_url}/",
        "team": TEAM_NAME,
        "user": state.manifest.name,
        "team_id": TEAM_ID,
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


METHODS = {
    "users.info": Method(users_info, ("users:read",)),
    "users.list": Method(users_list, ("users:read",)),
    "bots.info": Method(bots_info),
    "team.info": Method(team_info),
    "auth.test": Method(auth_test, token="any"),  # noqa: S106 - a kind of token
    "apps.connections.open": Method(connections_open, token="app"),  # noqa: S106 - likewise
    "blocks.validate": Method(blocks_validate),
}
