"""A web server on a thread, on an address that is checked before anything starts.

Whether this process can do its work is said at /readyz; what it counted, and what the store says
waits, at /metrics, for Prometheus.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from threading import Lock, Thread
from typing import Protocol
from zoneinfo import ZoneInfo

import uvicorn
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import PerfbotError
from bot.jobs.shard_jobs import SHARD
from bot.store.base import Pull, Store
from bot.telemetry.metrics import REGISTRY

HEADERS = 10.0  # seconds; Slack sends a whole request at once
LARGEST_HEADERS = 32_768  # bytes
MOST_AT_ONCE = 400  # connections; beyond them 503 is answered at once


class PortError(PerfbotError):
    """An address nobody can listen on."""

    code = "port"


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to host and port (0 for any free one).

    Raises:
        PortError: The port is in use, or not ours to use.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)  # from here on callers wait instead of being turned away
    except OSError as error:
        bound.close()
        in_use = error.errno == errno.EADDRINUSE
        problem = "is in use" if in_use else f"cannot be used ({(error.strerror or '').lower()})"
        raise PortError(
            f"Port {port} on {host} {problem}.", hint="Choose another with --port."
        ) from error
    return bound


class Impatient(H11Protocol):
    """HTTP that closes a connection whose request does not come to the end of its headers.

    Left alone, uvicorn waits for them for ever, and a few thousand such connections are all the
    files a process may open.
    """

    seconds = HEADERS
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start counting."""
        super().connection_made(transport)
        self._timer = self.loop.call_later(self.seconds, self._too_slow)

    def data_received(self, data: bytes) -> None:
        """Once the headers are in, the clock of the body runs; the next request counts anew."""
        super().data_received(data)
        waiting = self.cycle is None or self.cycle.response_complete
        if not waiting and self._timer is not None:
            self._timer.cancel()
            self._timer = None
        elif waiting and self._timer is None:
            self._timer = self.loop.call_later(self.seconds, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def _too_slow(self) -> None:
        self._timer = None
        if not self.transport.is_closing():
            self.transport.close()


class Server:
    """Serves an ASGI app on a bound socket until stopped.

    Args:
        app: What answers.
        bound: Where; see `listening`.
        headers: Seconds a request may take until its headers are in.
    """

    def __init__(self, app: Starlette, bound: socket.socket, *, headers: float = HEADERS) -> None:
        protocol = type("Protocol", (Impatient,), {"seconds": headers})
        config = uvicorn.Config(
            app,
            http=protocol,
            log_config=None,
            lifespan="off",
            access_log=False,
            limit_concurrency=MOST_AT_ONCE,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=3,
            h11_max_incomplete_event_size=LARGEST_HEADERS,
        )
        self._server = uvicorn.Server(config)
        self._bound = bound
        self._thread = Thread(target=self._run, name="perfbot-web", daemon=True)

    @property
    def address(self) -> str:
        """`http://host:port`."""
        host, port = self._bound.getsockname()[:2]
        return f"http://{host}:{port}"

    def start(self) -> None:
        """Start serving; the socket takes connections from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests at work and stop."""
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._bound.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._bound])


log = logging.getLogger(__name__)
OWNER = "readiness"
PATIENCE = 2.5  # seconds a write may take; answers are given up after two
FRESH = 5.0  # seconds a look is good for: whoever asks often does not write often
Check = Callable[[], str]


class Readiness:
    """Tries what the work needs: a write in the store, and whatever else is given.

    Args:
        store: Where answers are kept.
        clock: Aware UTC now, which is what is written.
        checks: Each a sentence on what is wrong, or "".
    """

    def __init__(
        self, store: Store, clock: Callable[[], datetime], checks: Iterable[Check] = ()
    ) -> None:
        self.store, self.clock, self.checks = store, clock, tuple(checks)
        self._lock = Lock()
        self._looked = float("-inf")
        self._trouble = ""
        self._writing: Thread | None = None

    def __call__(self) -> list[str]:
        """What is wrong, a sentence each; nothing where the work can be done."""
        troubles = [self._store(), *(check() for check in self.checks)]
        return [trouble for trouble in troubles if trouble]

    def _store(self) -> str:
        with self._lock:
            if time.monotonic() - self._looked > FRESH or self._trouble:
                self._trouble = self._written()
                self._looked = time.monotonic()
            return self._trouble

    def _written(self) -> str:
        """Try a write; one that hangs is waited for by nobody, and not tried a second time."""
        if self._writing is not None and self._writing.is_alive():
            self._writing.join(PATIENCE)
            if self._writing.is_alive():
                return "The database takes no writes."
        failed: list[str] = []

        def write() -> None:
            try:
                self.store.set_preference(OWNER, looked=self.clock().isoformat())
            except PerfbotError as error:
                failed.append(error.message)
            except Exception:
                log.exception("The database could not be tried.")
                failed.append("The database cannot be used.")

        self._writing = Thread(target=write, name="perfbot-readiness", daemon=True)
        self._writing.start()
        self._writing.join(PATIENCE)
        if self._writing.is_alive():
            return "The database takes no writes."
        return failed[0] if failed else ""


# Name -> what it says, and its label; each is worked out below.
STORE_FIGURES: dict[str, tuple[str, tuple[str, ...]]] = {
    "perfbot_store_up": ("Whether the database could be read just now.", ()),
    "perfbot_pull_age_seconds": ("Since a source of perfbot.toml was last pulled.", ("source",)),
    "perfbot_pull_failing": ("1 where a source's newest pull failed for an account.", ("source",)),
    "perfbot_numbers_age_days": ("Days since the newest day with numbers; 1 is yesterday's.", ()),
    "perfbot_advice_open": ("Pieces of advice nobody has answered.", ()),
    "perfbot_outbox_waiting": ("Messages that are due and not posted.", ()),
    "perfbot_outbox_oldest_seconds": ("How long the first of them waits.", ()),
    "perfbot_outbox_failed": ("Messages that were given up.", ()),
    "perfbot_shards_waiting": ("Shards of a morning that wait to be judged, or are.", ()),
    "perfbot_jobs_waiting": ("Jobs that wait or are at work, by kind.", ("kind",)),
}
Sample = tuple[str, tuple[str, ...], float]


class NamedSource(Protocol):
    """A source as `perfbot.toml` names it."""

    @property
    def name(self) -> str: ...


class StoreFigures(Collector):
    """Reads the store each time it is asked; a store that cannot be read is a figure, too.

    Args:
        store: What is counted; nothing of it is listed.
        sources: Those of perfbot.toml; a source that was taken out of it is not followed.
        clock: Aware UTC now.
        zone: Whose today the newest day of numbers is compared with.
    """

    def __init__(
        self,
        store: Store,
        sources: Sequence[NamedSource],
        clock: Callable[[], datetime],
        zone: ZoneInfo,
    ) -> None:
        self.store, self.sources, self.clock, self.zone = store, sources, clock, zone

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every figure, those without a value left out."""
        samples = self._samples()
        for name, (text, labels) in STORE_FIGURES.items():
            family = GaugeMetricFamily(name, text, labels=labels)
            for sample_name, values, number in samples:
                if sample_name == name:
                    family.add_metric(values, number)
            yield family

    def _samples(self) -> list[Sample]:
        try:
            return [("perfbot_store_up", (), 1), *self._pulls(), *self._backlog(), *self._days()]
        except Exception:
            log.exception("The database could not be counted.")
            return [("perfbot_store_up", (), 0)]

    def _pulls(self) -> Iterator[Sample]:
        now, pulls = self.clock(), self.store.pulls()
        for source in self.sources:
            source_pulls = [pull for pull in pulls if pull.source == source.name]
            ok_times = [pull.pulled_at for pull in source_pulls if pull.ok]
            if ok_times:
                age = (now - max(ok_times)).total_seconds()
                yield "perfbot_pull_age_seconds", (source.name,), age
            if source_pulls:
                yield "perfbot_pull_failing", (source.name,), float(_is_failing(source_pulls))

    def _backlog(self) -> Iterator[Sample]:
        backlog = self.store.backlog()
        yield "perfbot_advice_open", (), backlog.advice
        yield "perfbot_outbox_waiting", (), backlog.messages
        yield "perfbot_outbox_oldest_seconds", (), backlog.oldest
        yield "perfbot_outbox_failed", (), backlog.failed
        yield "perfbot_shards_waiting", (), backlog.jobs.get(SHARD, 0)
        yield from (("perfbot_jobs_waiting", (kind,), n) for kind, n in backlog.jobs.items())

    def _days(self) -> Iterator[Sample]:
        last_day, today = self.store.last_day(), self.clock().astimezone(self.zone).date()
        if last_day is not None:
            yield "perfbot_numbers_age_days", (), (today - last_day).days


def _is_failing(pulls: Sequence[Pull]) -> bool:
    """Whether the newest pull of any account failed."""
    newest: dict[str, Pull] = {}
    for pull in sorted(pulls, key=lambda pull: pull.pulled_at):
        newest[pull.account_id] = pull
    return any(not pull.ok for pull in newest.values())


def exposition(figures: StoreFigures) -> Callable[[], bytes]:
    """What `GET /metrics` answers."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(figures)
    return lambda: generate_latest(REGISTRY) + generate_latest(registry)
