"""What admins do to a workspace: channels, people, the app's token, the organisation it is in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

from bot.demo.workspace import events, groups
from bot.demo.workspace.limits import Limits
from bot.demo.workspace.model import APP_ID, BOT_USER, ApiError, Json, User
from bot.demo.workspace.state import State, channel_json

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
        events.taken_back(self.state, event)
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
