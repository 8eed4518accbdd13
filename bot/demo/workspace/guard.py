"""Who may talk to the workspace: this machine's own programs, and its own page."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

LOCAL = ("127.0.0.1", "localhost", "[::1]")


class Guard:
    """Refuses other hosts' names (DNS rebinding) and other sites' pages (forged requests)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            why = refusal(Headers(scope=scope), scope)
            if why:
                await _refuse(scope, receive, send, why)
                return
        await self.app(scope, receive, send)


def refusal(headers: Headers, scope: Scope) -> str:
    """Why a request is refused; empty when it is fine."""
    host = headers.get("host", "")
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    if name not in LOCAL:
        return "This workspace answers only to 127.0.0.1 and localhost."
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return "Only the workspace's own page may do that."
    if scope["path"] == "/_page" and origin is None:
        return "Only the workspace's own page may do that."
    site = headers.get("sec-fetch-site", "none")
    visit = headers.get("sec-fetch-mode") == "navigate" and scope.get("method") == "GET"
    if site not in ("same-origin", "none") and not visit:
        return "Only the workspace's own page may do that."
    return ""


async def _refuse(scope: Scope, receive: Receive, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await WebSocketClose(1008, why)(scope, receive, send)
    else:
        await PlainTextResponse(why, 403)(scope, receive, send)
