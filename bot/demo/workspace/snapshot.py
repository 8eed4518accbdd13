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
            "commands": [command.to_json() for command in state.manifest.commands],
        },
        "now": state.clock.now(),
        "connected": state.connected,
        "users": [
            {
                "id": person.id,
                "name": person.name,
                "real_name": person.real_name,
                "is_bot": person.is_bot,
                "color": person.color,
            }
            for person in state.users.values()
        ],
        "channels": [channel_json(channel) for channel in state.channels.values()],
        "messages": [
            timeline.page_json(state, message)
            for channel_messages in state.messages.values()
            for message in channel_messages.values()
        ],
        "ephemerals": [ephemeral.to_json() for ephemeral in state.ephemerals],
        "views": _views(state),
        "prompts": state.prompts,
        "homes": {user: view.to_api() for user, view in state.homes.items()},
    }


def _views(state: State) -> list[Json]:
    """Open modals, each user's stack bottom first."""
    views = [state.views[view_id] for stack in state.stacks.values() for view_id in stack]
    return [{**view.to_api(), "user": view.user, "errors": view.errors} for view in views]
