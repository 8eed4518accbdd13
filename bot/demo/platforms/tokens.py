"""An OAuth 2 token endpoint: refresh tokens in, access tokens out (RFC 6749, section 6)."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field

from bot.demo.platforms.faults import Faults
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
