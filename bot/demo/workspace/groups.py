"""usergroups.*: `@leads`, and who is in it."""

from __future__ import annotations

from bot.demo.workspace.api import Call, Method
from bot.demo.workspace.model import TEAM_ID, ApiError, Group, Json
from bot.demo.workspace.state import State


def listing(state: State, call: Call) -> Json:
    """Every group; with `include_users` who is in it."""
    users = call.flag("include_users")
    return {"usergroups": [_to_api(each, users=users) for each in state.groups.values()]}


def members(state: State, call: Call) -> Json:
    """Ids of a group's members; `no_such_subteam` where there is no such group."""
    return {"users": list(group(state, call.needed("usergroup", "no_such_subteam")).users)}


def group(state: State, given: str) -> Group:
    """A group by id or handle."""
    wanted = given.removeprefix("@").casefold()
    for each in state.groups.values():
        if wanted in (each.id.casefold(), each.handle):
            return each
    raise ApiError("no_such_subteam")


def _to_api(each: Group, *, users: bool) -> Json:
    found: Json = {
        "id": each.id,
        "team_id": TEAM_ID,
        "is_usergroup": True,
        "handle": each.handle,
        "name": each.name,
        "user_count": len(each.users),
    }
    return {**found, "users": list(each.users)} if users else found


METHODS = {
    "usergroups.list": Method(listing, ("usergroups:read",)),
    "usergroups.users.list": Method(members, ("usergroups:read",)),
}
