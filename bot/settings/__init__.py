"""What a person has set: perfbot.toml and the environment, read once, every problem together."""

from __future__ import annotations

from bot.settings.models import (
    AccountSettings,
    App,
    Details,
    PlanSettings,
    Quiet,
    Retention,
    RulesSettings,
    Settings,
    Slack,
    SourceSettings,
    Who,
)
from bot.settings.reading import DEFAULT_FILE, SettingsProblems, read
from bot.settings.secret_files import Tokens, add_env_file

__all__ = [
    "DEFAULT_FILE",
    "AccountSettings",
    "App",
    "Details",
    "PlanSettings",
    "Quiet",
    "Retention",
    "RulesSettings",
    "Settings",
    "SettingsProblems",
    "Slack",
    "SourceSettings",
    "Tokens",
    "Who",
    "add_env_file",
    "read",
]
