"""usergroups.*: `@leads`, and who is in it."""

from __future__ import annotations

from bot.demo.workspace.api import Call, Method
from bot.demo.workspace.model import TEAM_ID, ApiError, Group, Json
from bot.demo.workspace.state import State


def listing(state: State, call: Call) -> Json:
    """Every group; with `include_users` who is in it."""
    users = call.flag("include_users")
    return {
        "usergroups": [_to_api(user_group, users=users) for user_group in state.groups.values()]
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


def _to_api(user_group: Group, *, users: bool) -> Json:
    group_json: Json = {
        "id": user_group.id,
        "team_id": TEAM_ID,
        "is_usergroup": True,
        "handle": user_group.handle,
        "name": user_group.name,
        "user_count": len(user_group.users),
    }
    return {**group_json, "users": list(user_group.users)} if users else group_json


METHODS = {
    "usergroups.list": Method(listing, ("usergroups:read",)),
    "usergroups.users.list": Method(members, ("usergroups:read",)),
}
