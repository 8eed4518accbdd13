"""The Web API without the wire: which methods there are, who may call them, and the call itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.demo.workspace.model import ApiError, Json
from bot.demo.workspace.state import State

BOT_TOKEN, APP_TOKEN = "xoxb-local-perfbot", "xapp-local-perfbot"
TokenKind = Literal["bot", "app", "any"]


@dataclass(frozen=True)
class Call:
    """The arguments of one call; forms carry lists and objects as JSON text."""

    args: Mapping[str, Any]

    def text(self, name: str, default: str = "") -> str:
        value = self.args.get(name)
        return default if value is None else str(value)

    def needed(self, name: str, error: str = "invalid_arguments") -> str:
        """The argument, or the error Slack gives where it is missing."""
        value = self.text(name)
        if not value:
            message = f"[ERROR] missing required field: {name}"
            raise ApiError(error, response_metadata={"messages": [message]})
        return value

    def flag(self, name: str) -> bool:
        return self.text(name).casefold() in ("true", "1")

    def number(self, name: str, default: int, most: int) -> int:
        """A count of at least 1 and at most `most`; `invalid_limit` otherwise."""
        digits = self.text(name, str(default)) or str(default)
        if not digits.lstrip("-").isdigit() or not 0 < int(digits) <= most:
            raise ApiError("invalid_limit")
        return int(digits)

    def data(self, name: str) -> Any:
        """A list or an object, given as such or as JSON text; None where it is missing."""
        value = self.args.get(name)
        if not isinstance(value, str) or value == "":
            return None if value == "" else value
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError(f"invalid_{name}_format") from None


Handler = Callable[[State, Call], Json]


@dataclass(frozen=True)
class Method:
    """One method: what it does, the scopes it needs, the kind of token it takes."""

    run: Handler
    scopes: tuple[str, ...] = ()
    token: TokenKind = "bot"  # noqa: S105 - a kind, not a secret


def call(state: State, methods: Mapping[str, Method], name: str, token: str, args: Json) -> Json:
    """The answer of method `name`: always a JSON object with `ok`."""
    try:
        method = _method(methods, name)
        _authorise(method, token, state)
        for scope in method.scopes:
            need_scope(state, scope)
        return {"ok": True, **method.run(state, Call(args))}
    except ApiError as refused:
        return refused.to_json()


def need_scope(state: State, scope: str) -> None:
    """`missing_scope` where the manifest does not grant it."""
    granted = state.manifest.scopes
    if scope not in granted:
        raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(granted)))


def _method(methods: Mapping[str, Method], name: str) -> Method:
    if name not in methods:
        raise ApiError("unknown_method", req_method=name)
    return methods[name]


def _authorise(method: Method, token: str, state: State) -> None:
    if state.revoked and token != APP_TOKEN and token in (BOT_TOKEN, *state.tokens):
        raise ApiError(state.revoked)
    if not token:
        raise ApiError("not_authed")
    if token not in (BOT_TOKEN, APP_TOKEN, *state.tokens):
        raise ApiError("invalid_auth")
    if state.tokens.get(token, float("inf")) < state.clock.now():
        raise ApiError("token_expired")
    kind = "app" if token == APP_TOKEN else "bot"
    if method.token not in (kind, "any"):
        raise ApiError("not_allowed_token_type")
