"""Everything at once, for the page's first look and for `GET /_control/state`."""

from __future__ import annotations

from bot.demo.workspace import timeline
from bot.demo.workspace.model import BOT_USER, TEAM_NAME, Json
from bot.demo.workspace.state import State, channel_json


def snapshot(state: State) -> Json:
    """The whole workspace: who, where, what was said, which views are open."""
    return {
        "team": TEAM_NAME,
        "app": {
            "name": state.manifest.name,
            "user": BOT_USER,
            "home": state.manifest.home,
            "commands": [each.to_json() for each in state.manifest.commands],
        },
        "now": state.clock.now(),
        "connected": state.connected,
        "users": [
            {
                "id": each.id,
                "name": each.name,
                "real_name": each.real_name,
                "is_bot": each.is_bot,
                "color": each.color,
            }
            for each in state.users.values()
        ],
        "channels": [channel_json(each) for each in state.channels.values()],
        "messages": [
            timeline.page_json(state, each)
            for said in state.messages.values()
            for each in said.values()
        ],
        "ephemerals": [each.to_json() for each in state.ephemerals],
        "views": _views(state),
        "prompts": state.prompts,
        "homes": {user: view.to_api() for user, view in state.homes.items()},
    }


def _views(state: State) -> list[Json]:
    """Open modals, each user's stack bottom first."""
    found = [state.views[each] for stack in state.stacks.values() for each in stack]
    return [{**each.to_api(), "user": each.user, "errors": each.errors} for each in found]
