"""A small HTTP server in a thread: what the platforms' REST servers stand on.

It answers JSON, and it can break an answer on its way out as networks do: cut in the middle,
replaced by a web page, of another shape, late. The smaller platforms' servers share a journal,
faults, one access token and dates.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from bot.demo.platforms.journal import Entry, Faults, Journal
from bot.demo.platforms.numbers import Table
from bot.demo.platforms.world import World

HOST = "127.0.0.1"
LOST = -1  # bytes: not even a status line
BUSY = b"<!DOCTYPE html><html><body><h1>503 Service Unavailable</h1></body></html>"
PAGE = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True)
class Request:
    """A request, as far as an API looks at it. `form` has the fields of a form body."""

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    target: str = ""

    @property
    def values(self) -> dict[str, str]:
        """Query string and form together."""
        return {**self.query, **self.form}

    @property
    def steps(self) -> list[str]:
        """The path's parts."""
        return [part for part in self.path.split("/") if part]

    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Reply:
    """An answer: JSON, or bytes as they are."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> tuple[bytes, str]:
        if isinstance(self.body, bytes):
            return self.body, "application/octet-stream"
        return json.dumps(self.body, ensure_ascii=False).encode(), "application/json"


class HttpServer:
    """Serves `answer` on a free port of 127.0.0.1 while the context lasts.

    Args:
        answer: From request to reply; called in a thread a connection.
        faults: `slow`, `truncated`, `malformed`, `odd_shape`, `lost_answer` and `unavailable`
            happen here.
        account: The account a request is about, for faults of one account.
    """

    def __init__(
        self,
        answer: Callable[[Request], Reply],
        faults: Faults,
        account: Callable[[Request], str] = lambda _request: "",
    ) -> None:
        self._faults, self._account, self._answer = faults, account, answer
        self._closing = threading.Event()
        self._server = _Listener((HOST, 0), self._handler())

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()

    def reply(self, request: Request) -> tuple[Reply, int | None]:
        """The reply, and after how many bytes it is cut (None: whole, LOST: nothing at all)."""
        account = self._account(request)
        slow = self._faults.take("slow", account)
        if slow:
            self._closing.wait(slow.seconds)
        if self._faults.take("unavailable", account):
            return Reply(BUSY, 503, {"Content-Type": "text/html", "Retry-After": "1"}), None
        reply = self._answer(request)
        if request.method == "POST" and self._faults.take("lost_answer", account):
            return reply, LOST
        if self._faults.take("malformed", account):
            return Reply(PAGE, 200, {"Content-Type": "text/html"}), None
        if self._faults.take("odd_shape", account):
            return Reply(_odd(reply.body), reply.status, reply.headers), None
        if self._faults.take("truncated", account):
            return reply, len(reply.content()[0]) // 2
        return reply, None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_values: object) -> None:
                """Nothing on standard error: the journal has it, without secrets."""

            def _serve(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                reply, cut = server.reply(_request(self, self.rfile.read(length)))
                if cut == LOST:
                    self.close_connection = True
                    return
                content, kind = reply.content()
                self.send_response(reply.status)
                for name, value in {"Content-Type": kind, **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[:cut])
                self.close_connection = self.close_connection or cut is not None

            do_GET = do_POST = do_DELETE = do_PUT = _serve  # noqa: N815

        return Handler


class _Listener(ThreadingHTTPServer):
    """Remembers its connections, so that none outlives it."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, *values: Any) -> None:
        super().__init__(*values)
        self._sockets: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._sockets.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._sockets.discard(request)
        super().shutdown_request(request)

    def handle_error(self, _request: Any, _client_address: Any) -> None:
        """A client that hung up is no news."""

    def hang_up(self) -> None:
        for connection in tuple(self._sockets):
            self.shutdown_request(connection)


def _odd(body: Any) -> Any:
    """The same answer with a null as the first of each list."""
    if isinstance(body, Mapping):
        return {name: _odd(value) for name, value in body.items()}
    return [None, *body[1:]] if isinstance(body, list) else body


def _request(handler: BaseHTTPRequestHandler, body: bytes) -> Request:
    parts = urlsplit(handler.path)
    headers = {name.lower(): value for name, value in handler.headers.items()}
    kind, form = headers.get("content-type", ""), {}
    if kind.startswith("application/x-www-form-urlencoded"):
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Request(handler.command, parts.path, query, form, headers, body, handler.path)


Json = dict[str, Any]
GOOD, EXPIRED, REVOKED, UNKNOWN = "good", "expired", "revoked", "unknown"


class Refused(Exception):
    """What a platform answers instead: body and status."""

    def __init__(self, body: Json, status: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(body))
        self.reply = Reply(body, status, headers or {})


class RestServer:
    """A platform's HTTP API on a free port; use it as a context.

    Args:
        world: What the accounts hold.
        faults: What goes wrong.
        readable: Whether the token may read reports.
    """

    platform = ""
    access_token = ""

    def __init__(
        self, world: World, faults: Faults | None = None, *, readable: bool = True
    ) -> None:
        self.world, self.faults, self.journal = world, faults or Faults(), Journal()
        self.readable, self._standing = readable, GOOD
        self._server = HttpServer(self._answer, self.faults, self.account_of)

    @property
    def url(self) -> str:
        """What stands for the platform's own address."""
        return self._server.url

    def expire(self) -> None:
        """The access token is too old from now on."""
        self._standing = EXPIRED

    def revoke(self) -> None:
        """The user took the permission back."""
        self._standing = REVOKED

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.__exit__()

    # -- what each platform says in its own words -----------------------------------------
    def account_of(self, request: Request) -> str:
        """The account a request is about; empty where it is about none."""
        raise NotImplementedError

    def weather(self, account: str) -> None:
        """Raises what the platform answers to a fault that is on."""
        raise NotImplementedError

    def route(self, request: Request) -> Reply:
        """Answers a request."""
        raise NotImplementedError

    def _answer(self, request: Request) -> Reply:
        account = self.account_of(request)
        self.journal.add(Entry(
            f"{request.method} {request.path}", account, request.target.partition("?")[2],
            request.values, request.headers,
        ))  # fmt: skip
        try:
            self.weather(account)
            return self.route(request)
        except Refused as refused:
            return refused.reply

    def standing(self, token: str) -> str:
        """`good`, `expired`, `revoked` or `unknown`."""
        if token != self.access_token:
            return UNKNOWN
        if self.faults.take("expired"):
            return EXPIRED
        if self.faults.take("revoked"):
            return REVOKED
        return self._standing

    def half(self, account: str) -> bool:
        """Whether yesterday is still being counted."""
        return self.faults.is_on("half_day", account)


def daily(table: Table, since: date, until: date) -> list[tuple[date, Table]]:
    """Each day of a span on which anything was shown, as a table of one day."""
    days = table.span(since, until)
    parts = [(days.day(i), days.span(days.day(i), days.day(i))) for i in range(len(days))]
    return [(day, part) for day, part in parts if part.total("impressions")]
