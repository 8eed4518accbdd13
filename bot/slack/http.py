"""HTTP mode: Slack posts to us, signed; and the health pages either mode has.

Nothing is parsed before the signature is right, and no more is read than Slack ever sends.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable

from anyio import CapacityLimiter, to_thread
from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.slack.bodies import NotFromSlackError, body_of
from bot.slack.lanes import HEARING, behind

log = logging.getLogger(__name__)
PATHS = ("/slack/events", "/slack/commands", "/slack/interactive")  # one address would do too
LARGEST = 1_000_000  # bytes; a view is 250 kB at most, and a form makes three times that of it
REMEMBERED = 20_000  # signatures; they are good for five minutes, at most 400 requests at once
PATIENCE = 10.0  # seconds for a body; Slack sends it at once, and gives up after three
STAMP, SIGNATURE = re.compile(r"\d{1,12}"), re.compile(r"v0=[0-9a-f]{64}")
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"  # Prometheus's own
SSL_CHECK = re.compile(rb"(?:^|&)ssl_check=1(?:&|$)")


PROXIED = ("forwarded", "x-forwarded-for", "x-real-ip")


def nothing() -> bytes:
    """Where nothing is counted."""
    return b""


def fine() -> Iterable[str]:
    """Where nothing can be wrong."""
    return ()


def asgi(
    app: App | None,
    healthy: Callable[[], bool] = lambda: True,
    troubles: Callable[[], Iterable[str]] = fine,
    *,
    metrics: Callable[[], bytes] = nothing,
    patience: float = PATIENCE,
) -> Starlette:
    """The web side: Slack's requests where there is an app, and the health pages always.

    Args:
        app: Hears Slack (`bot.slack.app.build`); None where another way leads to it.
        healthy: Whether the process is well; GET /healthz answers 503 while it is not.
        troubles: What keeps it from working, a sentence each; GET /readyz answers 503 with any.
        metrics: What GET /metrics answers, to whoever does not come through a proxy: the way from
            the internet to Slack's door leads through one (docs/operating.md).
        patience: Seconds a request's body may take.
    """

    async def measured(request: Request) -> Response:
        if any(name in request.headers for name in PROXIED):
            return PlainTextResponse("Not Found", 404)
        return Response(await run_in_threadpool(metrics), media_type=CONTENT_TYPE)

    async def health(_: Request) -> Response:
        well = await run_in_threadpool(healthy)
        return JSONResponse({"ok": well}, status_code=200 if well else 503)

    async def ready(_: Request) -> Response:
        problems = list(await run_in_threadpool(troubles))
        return JSONResponse({"ok": not problems, "troubles": problems}, 503 if problems else 200)

    routes = [
        Route("/healthz", health, methods=["GET"]),
        Route("/readyz", ready, methods=["GET"]),
        Route("/metrics", measured, methods=["GET"]),
    ]
    if app is not None:
        endpoint = HttpDoor(app, behind(app).secret, patience).hear
        routes += [Route(path, endpoint, methods=["POST"]) for path in PATHS]
    return Starlette(routes=routes)


class HttpDoor:
    """Where Slack's requests come in: measured, timed and verified before they are parsed.

    Args:
        app: Bolt, which is handed what passed.
        secret: The signing secret.
        patience: Seconds a body may take.
    """

    def __init__(self, app: App, secret: str, patience: float) -> None:
        self.app, self.patience = app, patience
        self._verifier = SignatureVerifier(secret)
        self._threads = CapacityLimiter(HEARING)
        self._taken: OrderedDict[str, None] = OrderedDict()  # signatures, the newest last

    async def hear(self, request: Request) -> Response:
        """Bolt's answer; or 401, 408, 413 or 400 for what is not Slack's to send."""
        try:
            async with asyncio.timeout(self.patience):
                content = await read_body(request, LARGEST)
        except TimeoutError:
            return PlainTextResponse("too slow", 408, headers={"Connection": "close"})
        except ClientDisconnect:
            return PlainTextResponse("", 400)
        if content is None:
            return PlainTextResponse("too large", 413, headers={"Connection": "close"})
        if _is_ssl_check(content):
            return PlainTextResponse("")
        if not self._is_signed(request, content):
            return JSONResponse({"error": "invalid request"}, 401)
        return await self._once(request, content)

    async def _once(self, request: Request, content: bytes) -> Response:
        """Whoever recorded a request may not have it done twice, whatever is in it.

        Slack signs anew what it sends again; the signature's age is looked at before.
        """
        signature = request.headers["x-slack-signature"]
        if signature in self._taken:
            return PlainTextResponse("")
        self._taken[signature] = None
        if len(self._taken) > REMEMBERED:
            self._taken.popitem(last=False)
        answer = await self._handed_on(request, content)
        if answer.status_code >= 400:  # it was not done
            self._taken.pop(signature, None)
        return answer

    async def _handed_on(self, request: Request, content: bytes) -> Response:
        """Bolt's own adapter would hold up everybody else until the listener acknowledged."""
        try:
            body_of(request.headers.get("content-type", ""), content)
            bolt_request = to_bolt_request(request, content)
        except NotFromSlackError as error:
            log.warning("A request that is signed, and not Slack's: %s", error)
            return JSONResponse({"error": "invalid request"}, 400)
        answer = await to_thread.run_sync(self.app.dispatch, bolt_request, limiter=self._threads)
        if answer.status >= 500:  # what failed is in the log; Slack is to send it again
            return JSONResponse({"error": "try again"}, 503)
        return to_starlette_response(answer)

    def _is_signed(self, request: Request, content: bytes) -> bool:
        stamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        if not STAMP.fullmatch(stamp) or not SIGNATURE.fullmatch(signature):
            return False
        try:
            return self._verifier.is_valid(content, stamp, signature)
        except UnicodeDecodeError:  # Slack signs text
            return False


async def read_body(request: Request, largest: int) -> bytes | None:
    """The body, None as soon as it is larger than so many bytes."""
    stated = request.headers.get("content-length", "0")
    if not stated.isdecimal() or int(stated[:12]) > largest:
        return None
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > largest:
            return None
    return bytes(read)


def _is_ssl_check(content: bytes) -> bool:
    """Slack looks at the certificate with a form that is not signed, and wants to hear nothing."""
    return len(content) < 200 and SSL_CHECK.search(content) is not None
