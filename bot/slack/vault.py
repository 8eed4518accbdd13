"""Tokens sealed with a key from the environment (`PERFBOT_TOKEN_KEY`), and opened again.

Fernet of `cryptography` (`perfbot[oauth]`): whatever was changed, or sealed with another key, does
not open. Several keys stand one after the other, separated by commas: the first seals, each of them
opens, so that a key is changed without anybody installing again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.errors import PerfbotError, SettingsError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet

VARIABLE = "PERFBOT_TOKEN_KEY"
MAKE = "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"


class TokensSealedError(PerfbotError):
    """A workspace's tokens that do not open."""

    code = "tokens_sealed"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The tokens of workspace {name} do not open with {VARIABLE}.",
            hint="Put the key back that they were sealed with, behind the new one and a comma; "
            "where it is lost, install perfbot there again at /slack/install.",
        )


class Vault:
    """Seals and opens.

    Args:
        keys: One or several, separated by commas.

    Raises:
        SettingsError: One of them is no key, or the extra is missing.
    """

    def __init__(self, keys: str) -> None:
        fernets = _fernets(keys)
        self._first, self._fernet = fernets[0], _several(fernets)

    def seal(self, team: str, content: Mapping[str, Any]) -> str:
        """The content as text that only the key opens, and only for this workspace."""
        text = json.dumps({"team": team, **content})
        return self._fernet.encrypt(text.encode()).decode()

    def renewed(self, sealed: str) -> str:
        """The same, sealed with the first key; as it is where that has sealed it."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415, an extra

        try:
            self._first.decrypt(sealed.encode())
        except InvalidToken:
            try:
                return self._fernet.rotate(sealed.encode()).decode()
            except InvalidToken:  # it opens with no key that is here: it is said when it is needed
                return sealed
        return sealed

    def open(self, team: str, sealed: str) -> dict[str, Any]:
        """What was sealed for a workspace.

        Raises:
            TokensSealedError: It was changed, moved from another workspace, or sealed with a key
                that is not here.
        """
        from cryptography.fernet import InvalidToken  # noqa: PLC0415, an extra

        try:
            content: dict[str, Any] = json.loads(self._fernet.decrypt(sealed.encode()))
        except (InvalidToken, ValueError):
            raise TokensSealedError(team) from None
        if content.pop("team", None) != team:
            raise TokensSealedError(team)
        return content


def _fernets(keys: str) -> list[Fernet]:
    try:
        from cryptography.fernet import Fernet  # noqa: PLC0415, an extra
    except ImportError as error:
        raise SettingsError(
            "Installing into several workspaces needs the package cryptography.",
            hint="pip install 'perfbot[oauth]'",
        ) from error
    try:
        fernets = [Fernet(key.strip()) for key in keys.split(",") if key.strip()]
    except ValueError:
        fernets = []
    if not fernets:
        raise SettingsError(
            f"{VARIABLE} is no key: it takes 32 bytes as URL-safe base64.",
            hint=f"Make one with: {MAKE}",
        )
    return fernets


def _several(fernets: list[Fernet]) -> MultiFernet:
    from cryptography.fernet import MultiFernet  # noqa: PLC0415, an extra

    return MultiFernet(fernets)
