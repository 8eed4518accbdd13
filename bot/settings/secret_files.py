"""Secrets come from the environment, or from files that only their owner may read."""

from __future__ import annotations

import os
import re
from collections.abc import MutableMapping
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from pydantic import SecretStr

from bot.errors import SettingsError
from bot.settings.fields import Section

SECRET_VALUE = re.compile(r"xox[a-z][-.]|xapp-|://[^/\s:@]+:[^/\s@]+@")
SECRET_KEY = re.compile(r"token|secret|password|passwd|api_?key", re.IGNORECASE)


class Tokens(Section):
    """What Slack gave us, from the environment; printed as stars.

    Attributes:
        client_id, client_secret: Of the app, where other workspaces may install it.
        token_key: What their tokens are sealed with (`bot.slack.vault`).
    """

    bot: SecretStr | None = None
    app: SecretStr | None = None
    signing_secret: SecretStr | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    token_key: SecretStr | None = None
    api_url: str | None = None

    @property
    def several(self) -> bool:
        """Whether workspaces install it by themselves."""
        return self.client_id is not None

    def missing(self, mode: str) -> list[str]:
        """Names of the variables `mode` (socket or http) cannot do without."""
        needed: dict[str, object] = {"SLACK_BOT_TOKEN": self.bot}
        if self.several:
            needed = {
                "SLACK_CLIENT_SECRET": self.client_secret,
                "PERFBOT_TOKEN_KEY": self.token_key,
            }
        needed |= (
            {"SLACK_APP_TOKEN": self.app}
            if mode == "socket"
            else {"SLACK_SIGNING_SECRET": self.signing_secret}
        )
        return [name for name, value in needed.items() if value is None]


def secret_file(file: Path) -> dict[str, str]:
    """The `NAME=value` lines of a file that only its owner may read.

    Raises:
        SettingsError: There is none, or others may read it.
    """
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The credentials {file} cannot be read: {why(error)}.",
            hint="Check credentials in perfbot.toml, or put its lines in the environment.",
        ) from None
    _refuse_shared(mode, f"the credentials {file}", file)
    values = dotenv_values(stream=StringIO(text))
    return {name: value.strip() for name, value in values.items() if value}


def add_env_file(environ: MutableMapping[str, str], file: Path = Path(".env")) -> None:
    """Add what a .env says to the environment, whose own values win.

    Raises:
        SettingsError: It holds a secret and others may read it.
    """
    if not os.path.isfile(file):  # noqa: PTH113  (pathlib's raises where a folder may not be read)
        return
    try:
        values = {name: text for name, text in dotenv_values(file).items() if text is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {why(error)}.") from None
    if any(SECRET_KEY.search(name) or SECRET_VALUE.search(text) for name, text in values.items()):
        _refuse_shared(file.stat().st_mode, str(file), file)
    for name, text in values.items():
        environ.setdefault(name, text)


def _refuse_shared(mode: int, called: str, file: Path) -> None:
    if os.name == "posix" and mode & 0o077:
        raise SettingsError(
            f"Others on this computer may read {called}.", hint=f"Run: chmod 600 {file.name}"
        )


def why(error: Exception) -> str:
    """Why a file cannot be read, in a few words."""
    return error.strerror.lower() if isinstance(error, OSError) and error.strerror else "not UTF-8"
