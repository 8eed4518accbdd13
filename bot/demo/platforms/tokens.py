"""OAuth 2 token endpoints: refresh tokens in, access tokens out (RFC 6749, section 6).

Every refresh at Microsoft's brings a new refresh token beside the access token.
"""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field

from bot.demo.platforms.journal import Faults
from bot.demo.platforms.web import Reply, Request

LASTS = 3599  # seconds an access token is good for


@dataclass
class Tokens:
    """Who may ask, and which access tokens are out.

    `revoke` takes the grant back: access tokens stop working, and so does the refresh token.
    `expire` ends the access tokens only.
    """

    client_id: str = "local-client.apps.example"
    client_secret: str = "local-client-secret"  # noqa: S105
    refresh_token: str = "1//local-refresh-token"  # noqa: S105
    _good: set[str] = field(default_factory=set, repr=False)
    _old: set[str] = field(default_factory=set, repr=False)
    _revoked: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _count: itertools.count[int] = field(default_factory=itertools.count, repr=False)

    def standing(self, token: str) -> str:
        """`good`, `expired`, `revoked` or `unknown`."""
        with self._lock:
            if token in self._good:
                return "revoked" if self._revoked else "good"
            return "expired" if token in self._old else "unknown"

    def expire(self) -> None:
        """All access tokens that are out are too old from now on."""
        with self._lock:
            self._old |= self._good
            self._good.clear()

    def revoke(self) -> None:
        """The user took the permission back."""
        self._revoked = True

    def answer(self, request: Request, faults: Faults) -> Reply:
        """What `POST /token` answers."""
        form = request.form
        if request.method != "POST" or form.get("grant_type") != "refresh_token":
            return _refused(
                "unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type')}"
            )
        if (form.get("client_id"), form.get("client_secret")) != (
            self.client_id,
            self.client_secret,
        ):
            return _refused("invalid_client", "The OAuth client was not found.", 401)
        bad = form.get("refresh_token") != self.refresh_token
        if bad or self._revoked or faults.is_on("revoked"):
            return _refused("invalid_grant", "Token has been expired or revoked.")
        token = f"ya29.local-{next(self._count)}"
        with self._lock:
            self._good.add(token)
        return Reply({"access_token": token, "expires_in": LASTS, "token_type": "Bearer",
                      "scope": "https://www.googleapis.com/auth/adwords"})  # fmt: skip


def _refused(error: str, description: str, status: int = 400) -> Reply:
    return Reply({"error": error, "error_description": description}, status)


SCOPE = "https://ads.microsoft.com/msads.manage offline_access"


@dataclass
class MicrosoftTokens(Tokens):
    """Who may ask; `renewed` are the refresh tokens that were given out, oldest first.

    `strict` ends a refresh token as soon as its successor was used: what the specification allows
    and nobody should count on not happening.
    """

    client_id: str = "00000000-aaaa-4bbb-8ccc-000000000001"
    client_secret: str = "local-microsoft-client-secret"  # noqa: S105
    refresh_token: str = "M.local-refresh-0"  # noqa: S105
    strict: bool = False
    renewed: list[str] = field(default_factory=list, repr=False)
    _used: int = field(default=0, repr=False)

    def answer(self, request: Request, faults: Faults) -> Reply:
        return self._stranger(request) or self._spent(request, faults) or self._issue(request)

    def _stranger(self, request: Request) -> Reply | None:
        """What is wrong with who asks, or how."""
        form = request.form
        if request.method != "POST" or form.get("grant_type") != "refresh_token":
            return refused("unsupported_grant_type", 70003, "The app returned an unsupported grant")
        if form.get("client_id") != self.client_id:
            return refused("unauthorized_client", 700016, "Application was not found", 400)
        if form.get("client_secret") != self.client_secret:
            return refused("invalid_client", 7000215, "Invalid client secret provided", 401)
        if form.get("scope") != SCOPE:
            return refused("invalid_scope", 70011, "The provided value for scope is not valid")
        return None

    def _spent(self, request: Request, faults: Faults) -> Reply | None:
        """What is wrong with the refresh token."""
        if self._revoked or faults.is_on("revoked"):
            return refused("invalid_grant", 50173, "The grant was revoked; sign in again")
        issued = [self.refresh_token, *self.renewed]
        if request.form.get("refresh_token") not in issued[self._used if self.strict else 0 :]:
            return refused("invalid_grant", 70008, "The refresh token has expired or is not known")
        return None

    def _issue(self, request: Request) -> Reply:
        issued = [self.refresh_token, *self.renewed]
        self._used = max(self._used, issued.index(request.form["refresh_token"]))
        number = next(self._count)
        token, renewed = f"EwLocalAccess{number:04}", f"M.local-refresh-{number + 1}"
        with self._lock:
            self._good.add(token)
            self.renewed.append(renewed)
        return Reply({"token_type": "Bearer", "scope": SCOPE, "expires_in": LASTS,
                      "access_token": token, "refresh_token": renewed})  # fmt: skip


def refused(error: str, number: int, words: str, status: int = 400) -> Reply:
    """What the endpoint answers instead of tokens."""
    description = f"AADSTS{number}: {words}. Trace ID: local"
    return Reply(
        {"error": error, "error_description": description, "error_codes": [number]}, status
    )
