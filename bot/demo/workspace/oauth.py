"""Installing an app into one of several workspaces: the dialog, codes, tokens that end, revoking.

As Slack does it: a code works once and for ten minutes, for the app it was given to and the address
it was asked for with; where tokens are rotated each holds twelve hours, and a refresh token once.
"""

from __future__ import annotations

import base64
import html
import secrets
from binascii import Error as NotBase64Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.demo.workspace.model import APP_ID, BOT_USER, KARI, ApiError, Json
from bot.demo.workspace.state import State

CLIENT_ID, CLIENT_SECRET = "9001.1009", "local-client-secret"  # a toy's
CODES_HOLD, TOKENS_HOLD = 600.0, 43_200.0  # seconds


@dataclass(frozen=True)
class Code:
    """What an install was allowed with, and until when it works."""

    state: State
    redirect_uri: str
    scopes: str
    until: float


@dataclass
class OAuth:
    """The app at Slack, as far as installs go.

    Attributes:
        teams: The workspaces it may be installed into.
        redirect_urls: Where its installs may lead back to, as the app's page names them.
        rotates: Whether tokens end and are refreshed.
    """

    teams: Sequence[State]
    redirect_urls: list[str] = field(default_factory=list)
    rotates: bool = False
    codes: dict[str, Code] = field(default_factory=dict)
    refreshes: dict[str, State] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """The dialog's address."""
        return [Route("/oauth/v2/authorize", self.authorize, methods=["GET"])]

    async def authorize(self, request: Request) -> Response:
        """The dialog: which workspace; with `team` (and `allow`) it is answered already."""
        query = dict(request.query_params)
        if query.get("client_id") != CLIENT_ID:
            return PlainTextResponse("invalid_client_id", 400)
        if query.get("redirect_uri") not in self.redirect_urls:
            return PlainTextResponse("bad_redirect_uri", 400)
        state = next((team for team in self.teams if team.team.id == query.get("team")), None)
        if state is None:
            return HTMLResponse(self._choices(query))
        answer = {"state": query.get("state", "")}
        answer |= {"error": "access_denied"} if query.get("allow") == "no" else {
            "code": self.code(state, query["redirect_uri"], query.get("scope", ""))
        }  # fmt: skip
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(answer)}", 302)

    def _choices(self, query: Mapping[str, str]) -> str:
        links = "".join(
            f'<li><a href="?{html.escape(urlencode({**query, "team": state.team.id}))}">'
            f"Install in {html.escape(state.team.name)}</a>"
            for state in self.teams
        )
        return f"<!doctype html><title>Install</title><ul>{links}</ul>"

    def code(self, state: State, redirect_uri: str, scopes: str) -> str:
        """A code for an install somebody allowed."""
        code = secrets.token_hex(16)
        until = state.clock.now() + CODES_HOLD
        self.codes[code] = Code(state, redirect_uri, scopes, until)
        return code

    def access(self, authorization: str, args: Mapping[str, str]) -> Json:
        """`oauth.v2.access`: a code, or a refresh token, for a token."""
        try:
            self._is_the_app(authorization, args)
            if args.get("grant_type") == "refresh_token":
                return self._refreshed(str(args.get("refresh_token") or ""))
            return self._exchanged(str(args.get("code") or ""), str(args.get("redirect_uri") or ""))
        except ApiError as refused:
            return refused.to_json()

    def _is_the_app(self, authorization: str, args: Mapping[str, str]) -> None:
        client_id, secret = args.get("client_id", ""), args.get("client_secret", "")
        if authorization.startswith("Basic "):
            try:
                credentials = base64.b64decode(authorization.removeprefix("Basic ")).decode()
            except (NotBase64Error, UnicodeDecodeError):
                credentials = ""
            client_id, _, secret = credentials.partition(":")
        if client_id != CLIENT_ID:
            raise ApiError("invalid_client_id")
        if not secrets.compare_digest(secret, CLIENT_SECRET):
            raise ApiError("bad_client_secret")

    def _exchanged(self, code: str, redirect_uri: str) -> Json:
        allowed = self.codes.pop(code, None)
        if allowed is None or allowed.state.clock.now() > allowed.until:
            raise ApiError("invalid_code")
        if allowed.redirect_uri != redirect_uri:
            raise ApiError("bad_redirect_uri")
        if allowed.state.revoked:
            allowed.state.tokens.clear()  # what was taken back stays so
            allowed.state.revoked = ""
        return {**self._granted(allowed.state), "scope": allowed.scopes,
                "authed_user": {"id": KARI}}  # fmt: skip

    def _refreshed(self, refresh_token: str) -> Json:
        state = self.refreshes.pop(refresh_token, None)
        if state is None:
            raise ApiError("invalid_refresh_token")
        return self._granted(state)

    def _granted(self, state: State) -> Json:
        """A new token; those before it hold until they end."""
        granted: Json = {
            "ok": True, "app_id": APP_ID, "token_type": "bot", "bot_user_id": BOT_USER,
            "scope": ",".join(sorted(state.manifest.scopes)),
            "team": {"id": state.team.id, "name": state.team.name},
            "enterprise": None, "is_enterprise_install": False,
        }  # fmt: skip
        if not self.rotates:
            token = f"xoxb-{state.team.id}-{secrets.token_hex(12)}"
            state.tokens[token] = float("inf")
            return {**granted, "access_token": token}
        token, refresh = f"xoxe.xoxb-1-{secrets.token_hex(20)}", f"xoxe-1-{secrets.token_hex(20)}"
        state.tokens[token] = state.clock.now() + TOKENS_HOLD
        self.refreshes[refresh] = state
        return {**granted, "access_token": token, "refresh_token": refresh,
                "expires_in": int(TOKENS_HOLD)}  # fmt: skip

    def revoke(self, token: str) -> Json:
        """`auth.revoke`: a token is given back."""
        for state in self.teams:
            if token in state.tokens:
                state.tokens.pop(token)
                return {"ok": True, "revoked": True}
        return {"ok": False, "error": "invalid_auth"}

    def of(self, token: str) -> State | None:
        """The workspace a token was given for, None for one nobody was given."""
        return next((state for state in self.teams if token in state.tokens), None)
