"""The app's manifest as the local workspace reads it: what is granted, and nothing beyond it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from bot.errors import PerfbotError

HERE = ("127.0.0.1", "localhost", "::1")
COMMAND = ("command", "description", "usage_hint", "url")


@dataclass(frozen=True)
class Command:
    """One slash command of the manifest; `command` with its slash."""

    command: str
    description: str = ""
    usage_hint: str = ""
    url: str = ""

    def to_json(self) -> dict[str, str]:
        return {
            "command": self.command,
            "description": self.description,
            "usage_hint": self.usage_hint,
        }


@dataclass(frozen=True)
class Addresses:
    """Where an app takes what by HTTP: the manifest's request URLs; a command may have its own."""

    events: str
    interactions: str = ""
    commands: Mapping[str, str] = field(default_factory=dict)

    def of(self, kind: str, payload: Mapping[str, Any]) -> str:
        """The address for a payload; `kind` is slash_commands, interactive or events_api."""
        urls_by_kind = {
            "slash_commands": self.commands.get(payload.get("command", ""), ""),
            "interactive": self.interactions,
        }
        return urls_by_kind.get(kind) or self.events


@dataclass(frozen=True)
class Manifest:
    """What an app may do and hears of: scopes, events, commands, its Home tab, being an agent."""

    name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[Command, ...]
    home: bool = False
    interactivity: bool = False
    socket_mode: bool = False
    agent: bool = False
    events_url: str = ""
    interactions_url: str = ""

    def addresses(self) -> Addresses | None:
        """Its request URLs; None where it names none, or one that is not on this machine."""
        command_urls = {command.command: command.url for command in self.commands if command.url}
        urls = (self.events_url, self.interactions_url, *command_urls.values())
        if not self.events_url or any(urlsplit(url).hostname not in HERE for url in urls if url):
            return None
        return Addresses(self.events_url, self.interactions_url, command_urls)

    def command(self, name: str) -> Command | None:
        """The command of that name (with its slash), or None where the manifest has none."""
        return next((entry for entry in self.commands if entry.command == name), None)


def read_manifest(path: str | Path) -> Manifest:
    """The manifest in the YAML (or JSON) file at `path`.

    Raises:
        PerfbotError: The file cannot be read, is not YAML, or lacks the app's name.
    """
    try:
        data = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise PerfbotError(
            f"The Slack manifest cannot be read: {reason}.", file=Path(path).name
        ) from error
    return manifest_of(data, Path(path).name)


def manifest_of(data: Any, file: str = "") -> Manifest:
    """The manifest in `data`, as Slack's manifest format lays it out."""
    if not isinstance(data, dict) or not _at(data, "display_information", "name"):
        raise PerfbotError(
            "This is not a Slack manifest: display_information.name is missing.", file=file
        )
    return Manifest(
        name=_at(data, "features", "bot_user", "display_name")
        or _at(data, "display_information", "name"),
        scopes=frozenset(_at(data, "oauth_config", "scopes", "bot") or ()),
        events=frozenset(_at(data, "settings", "event_subscriptions", "bot_events") or ()),
        commands=tuple(
            _command(command) for command in _at(data, "features", "slash_commands") or ()
        ),
        home=bool(_at(data, "features", "app_home", "home_tab_enabled")),
        interactivity=bool(_at(data, "settings", "interactivity", "is_enabled")),
        agent=_at(data, "features", "agent_view") is not None,
        socket_mode=bool(_at(data, "settings", "socket_mode_enabled")),
        events_url=_at(data, "settings", "event_subscriptions", "request_url") or "",
        interactions_url=_at(data, "settings", "interactivity", "request_url") or "",
    )


def _command(data: dict[str, Any]) -> Command:
    return Command(**{name: data[name] for name in COMMAND if data.get(name)})


def _at(data: Any, *path: str) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data
