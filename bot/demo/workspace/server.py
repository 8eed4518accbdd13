"""A local Slack on 127.0.0.1: the wire protocol and the page, in a thread of its own.

Only this machine's own programs, and its own page, may talk to it.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from bot.demo.workspace.api import APP_TOKEN, BOT_TOKEN
from bot.demo.workspace.control import Control
from bot.demo.workspace.delivery import Courier, Delivery
from bot.demo.workspace.faults import Faults
from bot.demo.workspace.manifest import Addresses, read_manifest
from bot.demo.workspace.model import Json, Team
from bot.demo.workspace.oauth import OAuth
from bot.demo.workspace.pages import Pages, snapshot
from bot.demo.workspace.sockets import REFRESH, Sockets
from bot.demo.workspace.state import Clock, State
from bot.demo.workspace.wire import SIGNING_SECRET, Webhooks, Wire
from bot.errors import PerfbotError
from bot.places import shipped

HOST, MANIFEST = "127.0.0.1", "manifest"
T = TypeVar("T")


@dataclass(frozen=True)
class Manners:
    """What one workspace differs from another by.

    Attributes:
        http_url: Deliver to the app at this address (HTTP mode) instead of Socket Mode. A manifest
            with request URLs on this machine and no Socket Mode is delivered to at those.
        ack_seconds: How long the app may take to acknowledge; Slack gives 3.
        hides_bot_id: Messages do not say which app they are of, as on some servers.
    """

    http_url: str = ""
    ack_seconds: float = 3.0
    hides_bot_id: bool = False


USUAL = Manners()


class Workspace:
    """A Slack workspace on this machine, for trying the bot out and for tests over the wire.

    Args:
        manifest_path: The app's manifest; the shipped one by default.
        port: Where to listen on 127.0.0.1; 0 takes a free one.
        clock: Seconds since 1970; `POST /_control/clock` moves it.
        manners: How it differs from Slack's own.
        neighbours: Other workspaces the app may be installed into; the page shows the first.
    """

    bot_token, app_token, signing_secret = BOT_TOKEN, APP_TOKEN, SIGNING_SECRET

    def __init__(
        self,
        manifest_path: str | Path | None = None,
        port: int = 0,
        clock: Callable[[], float] = time.time,
        manners: Manners = USUAL,
        neighbours: Sequence[Team] = (),
    ) -> None:
        manifest = read_manifest(manifest_path or shipped("slack-manifest.yml"))
        self.state, self.faults = State(manifest, Clock(clock)), Faults()
        self.state.always_hides_bot_id = self.state.hides_bot_id = manners.hides_bot_id
        uses_manifest = manifest.addresses() and not manifest.socket_mode
        self._http_url = manners.http_url or (MANIFEST if uses_manifest else "")
        self._ack_seconds = manners.ack_seconds
        self._sockets = Sockets(self.state, manners.ack_seconds)
        self._courier = Courier(self.state, self.faults, self._sockets)
        self._control = Control(self.state, self._courier, self)
        self.neighbours = {team.id: self._neighbour(team, number) for number, team in
                           enumerate(neighbours, start=1)}  # fmt: skip
        states = [self.state, *(each.state for each in self.neighbours.values())]
        self.oauth = OAuth(states)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._server = uvicorn.Server(uvicorn.Config(self.app(), **_quiet()))
        self.port = port

    def _neighbour(self, team: Team, number: int) -> Neighbour:
        state = State(self.state.manifest, self.state.clock, team)
        state.count_from(number * 100_000_000)  # addresses it gives out are its own
        courier = Courier(state, self.faults, self._sockets)
        return Neighbour(self, state, courier, Control(state, courier, self))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of something that has to be done in the workspace's own thread."""
        if self._loop is None:
            raise PerfbotError("The local workspace is not running.", hint="Start it first.")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    @property
    def url(self) -> str:
        """The page's address, e.g. `http://127.0.0.1:3944`."""
        return f"http://{HOST}:{self.port}"

    @property
    def api_url(self) -> str:
        """What a Slack client takes as `base_url`."""
        return f"{self.url}/api/"

    def start(self) -> Self:
        """Serves until `stop()`; returns once it answers.

        Raises:
            PerfbotError: The port is taken.
        """
        listening = _listen(self.port)
        self.port = listening.getsockname()[1]
        for state in self.oauth.teams:
            state.base_url = self.url
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), name="workspace", daemon=True
        )
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise PerfbotError("The local workspace could not start.")
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """Ends every connection and the thread."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(10)
            self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def do(self, verb: str, /, **body: Any) -> Json:
        """What `POST /_control/<verb>` does, from another thread."""
        return self.run(self._control.do(verb, body))

    def snapshot(self) -> Json:
        """What `GET /_control/state` returns."""
        if self._loop is None:
            return snapshot(self.state)
        return asyncio.run_coroutine_threadsafe(self._look(), self._loop).result(30)

    async def _look(self) -> Json:
        return snapshot(self.state)

    def connected(self) -> bool:
        """Whether the bot is there: a socket is open, or its address was verified."""
        return self._courier.delivery.connected()

    # The server

    def app(self) -> Starlette:
        """The ASGI app: everything the workspace answers."""
        routes = [
            *Wire(self.state, self.faults, self.oauth).routes(),
            *self.oauth.routes(),
            WebSocketRoute("/link/", self._sockets.serve),
            WebSocketRoute("/link", self._sockets.serve),
            Route("/healthz", self._health),
            *Pages(self.state, self._control).routes(),
        ]
        return Starlette(routes=routes, middleware=[Middleware(Guard)], lifespan=self._life)

    @asynccontextmanager
    async def _life(self, _app: Starlette) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(courier.run()) for courier in self._couriers()]
        tasks.append(asyncio.create_task(self._knock()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for courier in self._couriers():
                await courier.stop()
            self._loop = None

    def _couriers(self) -> list[Courier]:
        return [self._courier, *(each.courier for each in self.neighbours.values())]

    async def _knock(self) -> None:
        """Where an HTTP address was given: tries it until the app is up and answers."""
        while self._http_url and await self.use_http(self._http_url):  # noqa: ASYNC110
            await asyncio.sleep(0.25)

    async def _health(self, _request: Request) -> Response:
        by = "http" if isinstance(self._courier.delivery, Webhooks) else "socket"
        health = {"ok": True, "bot_connected": self.connected(), "mode": by}
        return JSONResponse({**health, "sockets": len(self._sockets.open)})

    async def disconnect(self, reason: str = REFRESH) -> None:
        await self._sockets.disconnect(reason)

    async def use_http(self, url: str) -> str:
        """Delivers by HTTP to `url` ("manifest": its own) from now on; empty: by socket again."""
        if not url:
            self._deliver(self._sockets)
            return ""
        addresses = self.state.manifest.addresses() if url == MANIFEST else Addresses(url)
        if addresses is None or not addresses.events.startswith(("http://", "https://")):
            return "invalid_url"
        webhooks = Webhooks(self.state, self.faults, addresses, self._ack_seconds)
        error = await webhooks.verify()
        if not error:
            self._deliver(webhooks)
        return error

    def _deliver(self, delivery: Delivery) -> None:
        for courier in self._couriers():
            courier.delivery = delivery


@dataclass(frozen=True)
class Neighbour:
    """Another workspace behind the same address, told from the first by the token of a call."""

    first: Workspace
    state: State
    courier: Courier
    control: Control

    def do(self, verb: str, /, **body: Any) -> Json:
        """As the first's, here."""
        return self.first.run(self.control.do(verb, body))

    def snapshot(self) -> Json:
        """As the first's, of here."""
        return self.first.run(self._look())

    async def _look(self) -> Json:
        return snapshot(self.state)


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise PerfbotError(
            f"Port {port} is already in use.", hint="Choose another with --port."
        ) from error
    return listening


def _quiet() -> dict[str, Any]:
    return {
        "log_config": None,
        "access_log": False,
        "ws_ping_interval": 1.0,
        "timeout_graceful_shutdown": 1,
    }


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
