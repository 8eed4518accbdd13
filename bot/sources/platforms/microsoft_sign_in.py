"""Signing in at Microsoft: an access token for an hour, and each time a new refresh token, kept.

A refresh token lasts some 90 days from the day it was given out. Microsoft expects that each new
one takes the place of the one before, so the newest stands in a file of its own that only its owner
may read, beside a mark of the one it began with: a person who puts a new token in place is heard.
The SDK has a sign-in, too; it can only be had at Microsoft's own address.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import SettingsError
from bot.sentences import Sentence
from bot.sources.platforms.microsoft_errors import SignInRefused, trouble
from bot.sources.platforms.rest import TIMEOUT, Patience, wait_of

SIGN_INS = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
SCOPE = "https://ads.microsoft.com/msads.manage offline_access"
MARGIN = 300.0  # seconds before its end at which an access token is made anew
REFRESH = "MICROSOFT_ADS_REFRESH_TOKEN"


@dataclass
class SignIn:
    """A person's sign-in.

    Attributes:
        values: The secrets, by name; MICROSOFT_ADS_TOKEN_URI stands for Microsoft's own address.
        file: Where the newest refresh token is kept.
        patience: How often a refresh is tried.
        note: What a person should know of it: that the new token could not be kept.
    """

    values: Mapping[str, str] = field(repr=False)
    file: Path
    patience: Patience
    note: str = ""
    _access: str = field(default="", repr=False)
    _ends: float = 0.0
    _newest: str = field(default="", repr=False)

    def bearer(self) -> str:
        """An access token that is good for some minutes at least.

        Raises:
            SourceError: Microsoft does not sign in.
        """
        if not self._access or time.monotonic() > self._ends - MARGIN:
            self._take(self._refreshed())
        return self._access

    def forget(self) -> None:
        """The access token is no good: the next call signs in anew."""
        self._access = ""

    def _refreshed(self) -> Mapping[str, Any]:
        """The sign-in's answer; where the kept token is no good, to the one in the settings."""
        token = self._newest or stored_token(self.file, self.values[REFRESH])

        def answer() -> Mapping[str, Any]:
            try:
                return self._post(token)
            except SignInRefused as refused:
                if refused.error != "invalid_grant" or token == self.values[REFRESH]:
                    raise
                return self._post(self.values[REFRESH])

        answered: Mapping[str, Any] = self.patience.ask(answer, trouble)
        return answered

    def _post(self, token: str) -> Mapping[str, Any]:
        import requests  # noqa: PLC0415 (comes with the extra)

        tenant = self.values.get("MICROSOFT_ADS_TENANT") or "common"
        address = self.values.get("MICROSOFT_ADS_TOKEN_URI") or SIGN_INS.format(tenant=tenant)
        secret = self.values.get("MICROSOFT_ADS_CLIENT_SECRET")
        form = {
            "client_id": self.values["MICROSOFT_ADS_CLIENT_ID"],
            "grant_type": "refresh_token",
            "refresh_token": token,
            "scope": SCOPE,
        } | ({"client_secret": secret} if secret else {})
        reply = requests.post(address, data=form, timeout=TIMEOUT, allow_redirects=False)
        body = reply.json()
        if not (isinstance(body, dict) and isinstance(body.get("access_token"), str)):
            words = body if isinstance(body, dict) else {}
            raise SignInRefused(reply.status_code, words, wait_of(reply.headers))
        return body

    def _take(self, answer: Mapping[str, Any]) -> None:
        self._access = str(answer["access_token"])
        lasts = answer.get("expires_in")
        self._ends = time.monotonic() + (float(lasts) if isinstance(lasts, int | float) else 0.0)
        renewed = answer.get("refresh_token")
        if isinstance(renewed, str) and renewed and renewed != self._newest:
            self._newest = renewed
            self.note = store_token(self.file, self.values[REFRESH], renewed)


def stored_token(file: Path, first: str) -> str:
    """The newest refresh token of a sign-in that began with `first`; itself where none is kept.

    Raises:
        SettingsError: Others may read the file.
    """
    try:
        mode = file.stat().st_mode
        stored = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return first
    if os.name == "posix" and mode & 0o077:
        raise SettingsError(
            Sentence(
                "Others on this computer may read %(file)s, which holds Microsoft's sign-in.",
                file=file,
            ),
            hint=Sentence("Run: chmod 600 %(file)s", file=file.name),
        )
    if not isinstance(stored, dict) or stored.get("begun_with") != _mark(first):
        return first
    return str(stored.get("refresh_token") or first)


def store_token(file: Path, first: str, newest: str) -> str:
    """Put a new refresh token in the place of the one before, for its owner's eyes alone.

    Returns:
        "", or the sentence why it could not be kept.
    """
    text = json.dumps({"begun_with": _mark(first), "refresh_token": newest})
    beside = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as part:
            part.write(text)
            part.flush()
            os.fsync(part.fileno())
        beside.replace(file)
    except OSError as error:
        return Sentence(
            "Microsoft gave a new refresh token, and it could not be kept in %(file)s "
            "(%(reason)s): the one in the settings ends some 90 days after it was made. Set "
            "MICROSOFT_ADS_TOKEN_FILE to a file that can be written.",
            file=file,
            reason=(error.strerror or "an error").lower(),
        )
    return ""


def _mark(token: str) -> str:
    """What tells tokens apart and gives none away."""
    return hashlib.sha256(token.encode()).hexdigest()
