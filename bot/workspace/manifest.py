"""The app's manifest as the local workspace reads it: what is granted, and nothing beyond it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import PerfbotError


@dataclass(frozen=True)
class Command:
    """One slash command of the manifest; `command` with its slash."""

    command: str
    description: str = ""
    usage_hint: str = ""

    def to_json(self) -> dict[str, str]:
        return {
            "command": self.command,
            "description": self.description,
            "usage_hint": self.usage_hint,
        }


@dataclass(frozen=True)
class Manifest:
    """What an app may do and hears of: scopes, events, commands, its Home tab."""

    name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[Command, ...]
    home: bool = False
    interactivity: bool = False
    socket_mode: bool = False

    def command(self, name: str) -> Command | None:
        """The command of that name (with its slash), or None where the manifest has none."""
        return next((each for each in self.commands if each.command == name), None)


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
        commands=tuple(_command(each) for each in _at(data, "features", "slash_commands") or ()),
        home=bool(_at(data, "features", "app_home", "home_tab_enabled")),
        interactivity=bool(_at(data, "settings", "interactivity", "is_enabled")),
        socket_mode=bool(_at(data, "settings", "socket_mode_enabled")),
    )


def _command(data: dict[str, Any]) -> Command:
    return Command(data["command"], data.get("description", ""), data.get("usage_hint", ""))


def _at(data: Any, *path: str) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data
