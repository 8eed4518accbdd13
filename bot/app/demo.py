"""`perfbot demo`: a local Slack, numbers with news in them, and the bot at work between them.

The demo's numbers: the made-up market, or a person's own exports.
"""

from __future__ import annotations

import logging
import os
import tempfile
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from rich.console import Console

from bot.app.composition import Composition, compose, now
from bot.app.processes import StopOrder, asked_to_stop, deliver, keep_time
from bot.context import context as plan
from bot.demo.market import demo as made_up
from bot.demo.market.demo import DemoMarket
from bot.demo.workspace.model import KARI, PERFORMANCE
from bot.demo.workspace.server import Workspace
from bot.errors import NoNumbers
from bot.features.imports import intake
from bot.settings import App, Settings, Tokens, read
from bot.slack import socket
from bot.slack.app import drain
from bot.sources import exports
from bot.sources.given import given_by
from bot.store import open_store
from bot.store.base import PlanRow, Store, Subscription
from bot.telemetry.log_lines import set_up

ZONE, CURRENCY = "Europe/Oslo", "NOK"
WORKDAYS = (1, 2, 3, 4, 5)
READY = "perfbot is at work in a local Slack: [bold]{url}[/bold]  (Ctrl-C ends it)"
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class DemoRequest:
    """What to show: which morning (today), which market, or whose numbers.

    `numbers` are files of one's own to see instead of the made-up market: then `as_of` is the
    morning after their last day, and a perfbot.toml (here, or `config`) may hold their plan.
    """

    as_of: date | None = None
    seed: int = 1
    numbers: tuple[Path, ...] = ()
    config: str | None = None


def demo(request: DemoRequest, port: int = 3944, *, open_browser: bool = True) -> int:
    """Show perfbot at work until Ctrl-C; the exit code.

    A temporary database of its own; DATABASE_URL, perfbot.db and real tokens are not looked at.

    Raises:
        PerfbotError: The port is in use, or a file cannot be read.
    """
    set_up(logging.WARNING)
    with asked_to_stop() as stop, StopOrder() as shift:
        console = Console(highlight=False)
        workspace = open_workspace(shift, port)
        with console.status("Setting up a morning …"):
            open_demo(shift, workspace, request)
        console.print(READY.format(url=workspace.url), soft_wrap=True)
        if open_browser:
            webbrowser.open(workspace.url)
        stop.wait()
    return 0


def open_workspace(shift: StopOrder, port: int) -> Workspace:
    """The local Slack, running until the shift ends."""
    workspace = Workspace(port=port).start()
    shift.then(workspace.stop)
    return workspace


def open_demo(shift: StopOrder, workspace: Workspace, request: DemoRequest) -> Composition:
    """The bot, at work in a workspace, with this morning's digest posted."""
    folder = shift.enter_context(tempfile.TemporaryDirectory(prefix="perfbot-demo-"))
    place, settings = str(Path(folder) / "demo.db"), _settings(request, workspace)
    as_of = _import(place, settings, request)
    composition = compose(settings, place, on_the_morning(as_of))
    shift.then(composition.store.close)
    shift.then(composition.homes.stop)
    app = composition.bolt()
    shift.then(lambda: drain(app))
    shift.then(socket.connect(app, workspace.app_token, workspace.api_url).close)
    _post_digest(composition, as_of)
    deliver(composition, shift)
    keep_time(composition, shift)
    return composition


def on_the_morning(as_of: date, real: Clock = now) -> Clock:
    """The real time of day, on `as_of`: the clock of a demo that stands on another morning."""
    away = as_of - real().astimezone(ZoneInfo(ZONE)).date()
    return lambda: real() + timedelta(days=away.days)


def _settings(request: DemoRequest, workspace: Workspace) -> Settings:
    """Its own settings; of a person's own numbers also what perfbot.toml says about them."""
    tokens = Tokens(
        bot=SecretStr(workspace.bot_token),
        app=SecretStr(workspace.app_token),
        signing_secret=SecretStr(workspace.signing_secret),
        api_url=workspace.api_url,
    )
    if not request.numbers:
        return Settings(app=App(time_zone=ZONE, currency=CURRENCY), tokens=tokens)
    hidden = ("SLACK_", "DATABASE_URL")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    overrides = {"sources": (), "database_url": None, "tokens": tokens}
    return read(request.config, environ).model_copy(update=overrides)


def _import(place: str, settings: Settings, request: DemoRequest) -> date:
    """Fill the database; the morning to stand on."""
    with closing(open_store(place)) as store:
        store.upgrade()
        if request.numbers:
            morning = import_own(store, request.numbers, settings, now())
            return request.as_of or morning
        as_of = request.as_of or now().astimezone(ZoneInfo(ZONE)).date()
        import_market(store, as_of, request.seed, morning_of(as_of, ZONE))
        return as_of


def _post_digest(composition: Composition, as_of: date) -> None:
    zone, language = composition.settings.app.time_zone, composition.settings.app.language
    days = tuple(sorted({*WORKDAYS, as_of.isoweekday()}))
    wish = Subscription(0, PERFORMANCE, "07:30", days, zone, language, KARI)
    subscription = composition.store.subscribe(wish)
    composition.day.refresh(as_of)
    composition.tick().write(subscription, as_of, composition.clock())
    composition.outbox.deliver()


def import_market(store: Store, as_of: date, seed: int, at: datetime) -> None:
    """The seeded market up to the day before `as_of`, with its plan and every pull of it."""
    market = made_up.demo(as_of, seed)
    store.add_numbers(market.numbers, source="demo", pulled_at=at)
    store.add_window_reach(market.window_reach)
    store.add_details(market.details)
    store.set_plan(_plan(market, at), origin="file")


def import_own(store: Store, files: Sequence[Path], settings: Settings, at: datetime) -> date:
    """A person's own exports; the morning after their last day.

    Raises:
        RefusedFile: A file that cannot be read without guessing.
        NoNumbers: There is no day in them.
    """
    export_settings = replace(given_by(settings), currency=settings.app.currency)
    for file in files:
        parsed = exports.read(file, settings=export_settings)
        if len(parsed.frame):
            store.add_numbers(parsed.frame, source=file.name, pulled_at=at)
        if parsed.details is not None:
            intake.keep_details(store, parsed.details, at.date())
    last_day = store.last_day()
    if last_day is None:
        raise NoNumbers("There is no day with numbers in it.", hint="Give another file.")
    return last_day + timedelta(days=1)


def morning_of(as_of: date, zone: str) -> datetime:
    """Half past seven of a morning."""
    return datetime.combine(as_of, time(7, 30), ZoneInfo(zone))


def _plan(market: DemoMarket, at: datetime) -> list[PlanRow]:
    return [
        PlanRow(entry.match, plan.values_of(entry), plan.ALWAYS, "demo", at, "file", position)
        for position, entry in enumerate(market.plan)
    ]
