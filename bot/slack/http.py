"""HTTP mode: Slack posts to us, signed; and the health page either mode has."""

from __future__ import annotations

from collections.abc import Callable

from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PATHS = ("/slack/events", "/slack/commands", "/slack/interactive")  # one address would do too


def asgi(app: App | None, healthy: Callable[[], bool] = lambda: True) -> Starlette:
    """The web side: Slack's requests where there is an app, and GET /healthz always.

    /healthz answers 503 while `healthy` is False.
    """

    async def health(_: Request) -> Response:
        fine = await run_in_threadpool(healthy)
        return JSONResponse({"ok": fine}, status_code=200 if fine else 503)

    routes = [Route("/healthz", health, methods=["GET"])]
    if app is not None:
        heard = _hearing(app)
        routes += [Route(path, heard, methods=["POST"]) for path in PATHS]
    return Starlette(routes=routes)


def _hearing(app: App) -> Callable[[Request], object]:
    async def hear(request: Request) -> Response:
        """Bolt's own adapter would hold up everybody else until the listener acknowledged."""
        bolt_request = to_bolt_request(request, await request.body())
        return to_starlette_response(await run_in_threadpool(app.dispatch, bolt_request))

    return hear
