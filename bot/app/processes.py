"""The processes: `run` is everything, `web` hears Slack, `worker` keeps the time.

Stopping when asked: SIGINT and SIGTERM end a process gracefully, with exit code 0.
"""

from __future__ import annotations

import logging
import os
import signal
import socket as socketlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Event, Timer
from types import FrameType
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette

from bot.app.composition import Composition, compose
from bot.app.serving import Readiness, Server, StoreFigures, exposition, listening
from bot.errors import SettingsError
from bot.features.applying import at_platforms
from bot.jobs.outbox import Couriers
from bot.jobs.scheduler import AHEAD_EVERY, SECONDS, Scheduler
from bot.jobs.shard_jobs import ShardWork
from bot.settings import Settings, read
from bot.slack import http, socket
from bot.slack.app import drain
from bot.slack.web_clients import introduce
from bot.telemetry.tracing import set_up

log = logging.getLogger(__name__)


@contextmanager
def asked_to_stop() -> Iterator[Event]:
    """An event that SIGINT and SIGTERM set; a second signal does what it did before."""
    stop = Event()
    before: dict[int, Any] = {}

    def set_down() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        set_down()

    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, on_signal)
    try:
        yield stop
    finally:
        set_down()


@contextmanager
def ending_within(seconds: float) -> Iterator[Callable[[], None]]:
    """What to call when stopping begins: from then on the process ends in so many seconds.

    What is cut off then is cut as by a crash: it is in the store, and the next process goes on.
    """
    timer = Timer(seconds, _leave)
    timer.daemon = True
    try:
        yield timer.start
    finally:
        timer.cancel()


def _leave() -> None:
    log.warning("Something was still at work; it is in the store and goes on at the next start.")
    logging.shutdown()
    os._exit(0)


class StopOrder(ExitStack):
    """What was started, stopped in the opposite order; one that fails holds up no other."""

    def then(self, stop: Callable[[], object]) -> None:
        """Call `stop` when the shift ends."""
        self.callback(stop)


HOST = "127.0.0.1"
TAKE_OVER = 15.0  # seconds between two looks for what a dead process left behind
APPLY = 3.0  # seconds between two looks for budgets somebody wants set
GRACE = 9.0  # seconds from the signal to the end, whatever is still at work


def run(
    config: str | None = None,
    db: str | None = None,
    *,
    mode: str | None = None,
    host: str = HOST,
    port: int | None = None,
) -> int:
    """Everything in one process, until SIGINT or SIGTERM; the exit code.

    In socket mode there is a web server (for /healthz) only where a port is given or orders are
    posted.

    Raises:
        PerfbotError: A token is missing or refused, the port in use, the database unusable.
    """
    settings = _settings(config, mode)
    return _work(settings, db, Duties(hears=True, keeps_time=True), host, port)


def web(
    config: str | None = None,
    db: str | None = None,
    *,
    mode: str | None = None,
    host: str = HOST,
    port: int | None = None,
) -> int:
    """Slack's door and /healthz, no jobs. Raises as `run` does."""
    settings = _settings(config, mode)
    port = settings.slack.port if port is None else port
    return _work(settings, db, Duties(hears=True, keeps_time=False), host, port)


def worker(
    config: str | None = None,
    db: str | None = None,
    *,
    host: str = HOST,
    port: int | None = None,
) -> int:
    """Pulls, digests and what is left in the outbox; hears nothing. Raises as `run` does.

    Where a port is given it answers /healthz, /readyz and /metrics there.
    """
    settings = _settings(config, None, hears=False)
    return _work(settings, db, Duties(hears=False, keeps_time=True), host, port)


def _settings(config: str | None, mode: str | None, *, hears: bool = True) -> Settings:
    set_up()
    settings = read(config, os.environ)
    set_up(settings.app.logs)
    if mode:
        slack = settings.slack.model_copy(update={"mode": mode})
        settings = settings.model_copy(update={"slack": slack})
    if hears:
        settings.require_tokens()
    elif settings.tokens.several:
        settings.require_keys()
    elif settings.tokens.bot is None:  # posting takes no more than the bot's own token
        raise SettingsError(
            "SLACK_BOT_TOKEN is not set.",
            hint="Put it in the environment or in .env (see docs/slack.md).",
        )
    return settings


@dataclass(frozen=True)
class Duties:
    """What makes one process differ from another: whether it hears Slack, and does what is due."""

    hears: bool
    keeps_time: bool


def _work(settings: Settings, db: str | None, duties: Duties, host: str, port: int | None) -> int:
    with asked_to_stop() as stop, ending_within(GRACE) as hurry, StopOrder() as shift:
        composition = compose(settings, db)
        shift.then(composition.store.close)
        shift.then(composition.homes.stop)
        if composition.several is not None:
            composition.several.installs.reseal()
        if settings.tokens.bot is not None:
            introduce(composition.client)
            composition.troubles.accepted()
        deliver(composition, shift)
        if duties.hears:
            _hear(composition, shift, host, port)
        elif port is not None:
            ready = Readiness(composition.store, composition.clock, [composition.slack_trouble])
            _serve(
                http.asgi(None, composition.store_answers, ready, metrics=_metrics(composition)),
                listening(host, port),
                shift,
            )
        if duties.keeps_time:
            keep_time(composition, shift)
        log.info("perfbot is at work.")
        stop.wait()
        log.info("perfbot finishes what it is doing and stops.")
        hurry()
    return 0


def _hear(composition: Composition, shift: StopOrder, host: str, port: int | None) -> None:
    by_http = composition.settings.slack.mode == "http"
    orders, installer = composition.order_door(), composition.installer()
    if port is None and (by_http or orders.is_open or installer is not None):
        port = composition.settings.slack.port
    bound = None if port is None else listening(host, port)
    app, tokens = composition.bolt(), composition.settings.tokens
    shift.then(lambda: drain(app))
    connected = None
    if not by_http:
        assert tokens.app is not None, "require_tokens has been asked"
        connected = socket.connect(app, tokens.app.get_secret_value(), tokens.api_url)
        shift.then(connected.close)
    catch_up = composition.catching_up(app, connected.is_connected if connected else lambda: True)
    returning = Scheduler(catch_up, composition.clock, seconds=AHEAD_EVERY)
    returning.start()
    shift.then(returning.stop)
    looking = Scheduler(composition.ahead, composition.clock, seconds=AHEAD_EVERY)
    looking.start()
    shift.then(looking.stop)
    if bound is not None:
        healthy, checks = composition.store_answers, [composition.slack_trouble]
        if connected is not None:
            healthy = lambda: connected.is_connected() and composition.store_answers()  # noqa: E731
            checks.append(connected.trouble)
        ready = Readiness(composition.store, composition.clock, checks)
        slack = app if by_http else None
        pages = http.asgi(slack, healthy, ready, metrics=_metrics(composition))
        orders.open_in(pages)
        if installer is not None:
            pages.router.routes.extend(installer.routes())
        _serve(pages, bound, shift)


def _serve(pages: Starlette, bound: socketlib.socket, shift: StopOrder) -> None:
    server = Server(pages, bound)
    server.start()
    shift.then(server.stop)


def _metrics(composition: Composition) -> Callable[[], bytes]:
    settings = composition.settings
    figures = StoreFigures(composition.store, settings.sources, composition.clock, settings.zone)
    return exposition(figures)


def deliver(composition: Composition, shift: StopOrder) -> None:
    """Post what is queued until the shift ends."""
    couriers = Couriers(composition.outbox)
    couriers.start()
    shift.then(couriers.stop)


def keep_time(composition: Composition, shift: StopOrder) -> None:
    """Tick every minute until the shift ends, and look between for work left behind."""
    tick = composition.tick()
    timed: list[tuple[Callable[[], None], float]] = [(tick, SECONDS), (tick.take_over, TAKE_OVER)]
    shards = ShardWork(composition.desk.context, uuid4().hex)
    timed.append((shards.look, TAKE_OVER))
    if at_platforms.any_on(composition.settings):
        timed.append((composition.apply, APPLY))
    for work, seconds in timed:
        scheduler = Scheduler(work, composition.clock, seconds=seconds)
        scheduler.start()
        shift.then(scheduler.stop)
