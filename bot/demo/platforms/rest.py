"""What the smaller platforms' servers share: a journal, faults, one access token, dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from bot.demo.platforms.journal import Entry, Faults, Journal
from bot.demo.platforms.numbers import Table
from bot.demo.platforms.web import HttpServer, Reply, Request
from bot.demo.platforms.world import World

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
