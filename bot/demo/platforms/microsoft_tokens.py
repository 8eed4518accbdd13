"""Microsoft's token endpoint: every refresh brings a new refresh token beside the access token.

Codes and texts are of the Microsoft identity platform's documentation (AADSTS…).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.demo.platforms.faults import Faults
from bot.demo.platforms.tokens import LASTS, Tokens
from bot.demo.platforms.web import Reply, Request

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
