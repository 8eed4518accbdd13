"""What a workspace holds: people, channels, messages, views, files. Values, no behaviour beyond."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
ChannelKind = Literal["channel", "group", "im"]

TEAM_ID, TEAM_NAME, TEAM_DOMAIN = "T0LOCAL01", "Nordlys", "nordlys"
APP_ID, BOT_ID, BOT_USER = "A0PERFBOT", "B0PERFBOT", "U0PERFBOT"
SLACKBOT = "USLACKBOT"
TOMBSTONE, DELETED = "tombstone", "This message was deleted."
KARI, OLA = "U0KARI001", "U0OLA0001"
PERFORMANCE, GENERAL, RANDOM = "C0PERFORM", "C0GENERAL", "C0RANDOM1"
LEADS = "S0LEADS01"


@dataclass(frozen=True)
class Team:
    """Which workspace it is."""

    id: str = TEAM_ID
    name: str = TEAM_NAME
    domain: str = TEAM_DOMAIN


class ApiError(Exception):
    """A call Slack refuses: `{"ok": false, "error": …}` and what comes with it."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error, self.extra = error, extra

    def to_json(self) -> Json:
        return {"ok": False, "error": self.error, **self.extra}


@dataclass(frozen=True)
class User:
    id: str
    name: str
    real_name: str
    is_bot: bool = False
    tz: str = "Europe/Oslo"
    tz_offset: int = 3600
    locale: str = "en-US"
    color: str = "4a154b"
    deleted: bool = False

    def to_api(self, *, include_locale: bool = False) -> Json:
        """The user object of `users.info`."""
        profile = {"real_name": self.real_name, "display_name": self.name}
        if self.is_bot:
            profile["bot_id"] = BOT_ID
        user_json = {
            "id": self.id,
            "team_id": TEAM_ID,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": self.deleted,
            "color": self.color,
            "tz": self.tz,
            "tz_offset": self.tz_offset,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_admin": False,
            "profile": profile,
        }
        return {**user_json, "locale": self.locale} if include_locale else user_json


@dataclass
class Channel:
    id: str
    name: str
    members: list[str]
    kind: ChannelKind = "channel"
    topic: str = ""
    created: int = 0
    archived: bool = False

    def to_api(self) -> Json:
        """The conversation object of `conversations.info`."""
        if self.kind == "im":
            return {"id": self.id, "created": self.created, "is_im": True, "is_open": True} | {
                "user": next((member for member in self.members if member != BOT_USER), "")
            }
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_im": False,
            "is_private": self.kind == "group",
            "is_archived": self.archived,
            "is_general": self.name == "general",
            "is_member": BOT_USER in self.members,
            "created": self.created,
            "num_members": len(self.members),
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": self.topic, "creator": "", "last_set": 0},
        }


@dataclass
class Group:
    """A user group: `@leads`."""

    id: str
    handle: str
    name: str
    users: list[str]


@dataclass
class Message:
    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    from_app: bool = False
    metadata: Json | None = None
    edited: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[Json] = field(default_factory=list)
    subtype: str | None = None
    broadcast: bool = False
    shows_bot_id: bool = True
    team: str = TEAM_ID

    @property
    def is_tombstone(self) -> bool:
        """A deleted message whose thread goes on: its place, and nothing of what it said."""
        return self.subtype == TOMBSTONE

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    def to_api(self, *, all_metadata: bool = False) -> Json:
        """The message object of `conversations.history`, without what its thread adds."""
        message_json: Json = {
            "type": "message",
            "user": self.user,
            "text": self.text,
            "ts": self.ts,
        }
        optional = {
            "subtype": self.subtype,
            "thread_ts": self.thread_ts,
            "blocks": self.blocks,
            "files": self.files,
            "edited": self.edited,
            "reactions": self.reaction_list(),
            "metadata": self.metadata if all_metadata else None,
        }
        message_json |= {key: value for key, value in optional.items() if value}
        message_json["team"] = self.team
        return message_json | self._app() if self.from_app and self.shows_bot_id else message_json

    def reaction_list(self) -> list[Json]:
        return [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in self.reactions.items()
        ]

    def _app(self) -> Json:
        profile = {"id": BOT_ID, "app_id": APP_ID, "name": "perfbot", "team_id": self.team}
        return {"bot_id": BOT_ID, "app_id": APP_ID, "bot_profile": profile}


@dataclass
class Ephemeral:
    """A message only `user` sees: never in the history, gone when the workspace stops."""

    channel: str
    user: str
    ts: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    author: str = BOT_USER

    def to_json(self) -> Json:
        return {
            "channel": self.channel,
            "user": self.user,
            "ts": self.ts,
            "text": self.text,
            "blocks": self.blocks,
            "thread_ts": self.thread_ts,
            "author": self.author,
        }


@dataclass
class View:
    """A modal or a Home tab as Slack keeps it; `content` is what the app sent."""

    id: str
    user: str
    content: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    team: str = TEAM_ID

    def to_api(self) -> Json:
        """The view object of `views.open` and of interaction payloads."""
        content = self.content
        return {
            "id": self.id,
            "team_id": self.team,
            "type": content["type"],
            "title": content.get("title"),
            "close": content.get("close"),
            "submit": content.get("submit"),
            "blocks": content["blocks"],
            "private_metadata": content.get("private_metadata", ""),
            "callback_id": content.get("callback_id", ""),
            "external_id": content.get("external_id", ""),
            "state": {"values": self.values},
            "hash": self.hash,
            "clear_on_close": bool(content.get("clear_on_close")),
            "notify_on_close": bool(content.get("notify_on_close")),
            "submit_disabled": bool(content.get("submit_disabled")),
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "app_id": APP_ID,
            "app_installed_team_id": self.team,
            "bot_id": BOT_ID,
        }


@dataclass
class ResponseUrl:
    """Where an app answers an interaction: 5 uses within 30 minutes."""

    id: str
    channel: str
    user: str
    created: float
    thread_ts: str | None = None
    message_ts: str | None = None
    uses: int = 0


@dataclass
class Trigger:
    """What lets an app open a modal: 3 seconds, once."""

    id: str
    user: str
    created: float
    view_id: str | None = None
    used: bool = False


@dataclass
class File:
    id: str
    name: str
    title: str = ""
    content: bytes = b""
    mimetype: str = "application/octet-stream"
    uploaded: bool = False
    completed: bool = False
    channels: list[str] = field(default_factory=list)
    alt_text: str = ""
    created: int = 0
    user: str = BOT_USER
    shares: Json = field(default_factory=dict)
    deleted: bool = False
