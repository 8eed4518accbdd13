"""perfbot whole: a local Slack, the demo's market, every part as it runs, and a clock to turn."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from pydantic import SecretStr

from bot import rules_files
from bot.app.composition import Composition, compose, now
from bot.app.demo import import_market, morning_of
from bot.app.serving import Server, listening
from bot.demo.workspace.server import Workspace
from bot.render import Renderer, languages
from bot.settings import App, Settings, Tokens
from bot.slack import http, socket
from bot.slack.app import drain
from bot.store import open_store
from bot.store.base import Subscription
from tests.once import made_once

PERFORMANCE, KARI, OLA = "C0PERFORM", "U0KARI001", "U0OLA0001"
AS_OF = date(2026, 11, 23)
ZONE = "Europe/Oslo"
MARKET = "market.db"


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Day:
    """One morning in the office, seen from Slack."""

    workspace: Workspace
    context: Composition
    clock: Clock

    def do(self, verb, **body):
        body = {"user": "kari", "channel": "performance", **body}
        answer = self.workspace.do(verb, **body)
        assert answer["ok"], answer
        return answer

    def look(self):
        return self.workspace.snapshot()

    def until(self, wanted, seconds: float = 30.0):
        """What `wanted(state)` finds, once it finds something."""
        return until(self.workspace, wanted, seconds)

    def messages(self, channel=PERFORMANCE):
        return [one for one in self.look()["messages"] if one["channel"] == channel]

    def digests(self):
        """The messages of the mornings; what is urgent has one of its own."""
        parents = [one for one in self.messages() if not one.get("thread_ts") or is_parent(one)]
        return [one for one in parents if not key_of(one).startswith("urgent:")]

    def thread(self):
        (parent,) = self.digests()
        return [one for one in self.messages() if in_thread(one, parent["ts"])]

    def items(self):
        """The pieces of advice in the thread, in order."""
        kept = {one.ts for one in self.context.store.thread(PERFORMANCE, self.digests()[0]["ts"])}
        advice = [one for one in self.thread() if one["ts"] in kept and has_buttons(one)]
        return sorted(advice, key=lambda one: one["ts"])

    def lines(self):
        """What else is in the thread: the lines that follow answers."""
        items = {one["ts"] for one in self.items()}
        return [
            one["text"]
            for one in self.thread()
            if one["ts"] not in items and one["user"] not in (KARI, OLA)
        ]

    def whispers(self, text=""):
        return self.until(lambda s: [w for w in s["ephemerals"] if text in w["text"]])

    def tick(self):
        self.context.tick()()

    def post_digest(self):
        """This morning's digest, without judging the morning again."""
        self.context.tick().write(self.subscribe(), AS_OF, self.clock())
        self.context.outbox.deliver()

    def subscribe(self, time="07:30", channel=PERFORMANCE):
        every_day = (1, 2, 3, 4, 5, 6, 7)
        wish = Subscription(0, channel, time, every_day, ZONE, "en", KARI)
        return self.context.store.subscribe(wish)


def is_parent(message):
    return message["ts"] == message.get("thread_ts")


def in_thread(message, thread_ts):
    return message.get("thread_ts") == thread_ts and message["ts"] != thread_ts


def has_buttons(message):
    return any(block["type"] == "actions" for block in message["blocks"])


def key_of(message):
    """What perfbot calls the message; "" for one that is not its own."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return str(payload.get("key", ""))


def until(workspace, wanted, seconds: float = 30.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := wanted(workspace.snapshot()):
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")


def _settings_for(workspace) -> Settings:
    tokens = Tokens(
        bot=SecretStr(workspace.bot_token),
        app=SecretStr(workspace.app_token),
        signing_secret=SecretStr(workspace.signing_secret),
        api_url=workspace.api_url,
    )
    return Settings(app=App(time_zone=ZONE, currency="NOK"), tokens=tokens)


@pytest.fixture
def settings_for():
    """Settings with the tokens of a workspace."""
    return _settings_for


def market_of(as_of, folder):
    place = folder / MARKET
    with closing(open_store(place)) as store:
        store.upgrade()
        import_market(store, as_of, 1, morning_of(as_of, ZONE))
    return place


@pytest.fixture(scope="session")
def todays_market(tmp_path_factory):
    """A database with the demo's market up to the real yesterday, to be copied."""
    today = now().date()
    return made_once(tmp_path_factory, f"market-{today}", partial(market_of, today)) / MARKET


@pytest.fixture(scope="session")
def market(tmp_path_factory):
    """A database with the demo's market in it, already judged, to be copied."""

    def judge(folder):
        place = market_of(AS_OF, folder)
        settings = Settings(app=App(time_zone=ZONE, currency="NOK"))
        context = compose(settings, str(place), lambda: morning_of(AS_OF, ZONE))
        with closing(context.store):
            context.day.refresh(AS_OF)

    return made_once(tmp_path_factory, "market", judge) / MARKET


@pytest.fixture
def database(market, tmp_path):
    place = tmp_path / "perfbot.db"
    place.write_bytes(market.read_bytes())
    return place


@pytest.fixture(params=["socket", "http"])
def mode(request):
    return request.param


@pytest.fixture(scope="session")
def shared():
    """Rules and words: the same for every test, and slow to read thirty times."""
    rulebook = rules_files.load()
    return rulebook, {name: Renderer(name, metrics=rulebook.metrics) for name in languages()}


@pytest.fixture
def day(workspace, database, mode, shared):
    """perfbot at 07:30 on a Monday, connected, with nothing posted yet."""
    clock = Clock(datetime(2026, 11, 23, 6, 30, tzinfo=UTC))
    context = Composition(_settings_for(workspace), open_store(database), *shared, clock)
    app = context.bolt()
    with ExitStack() as stack:
        stack.callback(context.store.close)
        stack.callback(context.homes.stop)
        stack.callback(drain, app)
        connect = by_socket if mode == "socket" else by_http
        connect(stack, app, workspace)
        yield Day(workspace, context, clock)


def by_socket(stack, app, workspace):
    stack.callback(socket.connect(app, workspace.app_token, workspace.api_url).close)
    until(workspace, lambda _: workspace.connected())


def by_http(stack, app, workspace):
    server = Server(http.asgi(app), listening("127.0.0.1", 0))
    server.start()
    stack.callback(server.stop)
    stack.callback(lambda: workspace.do("http", url=""))
    answer = workspace.do("http", url=f"{server.address}/slack/events")
    assert answer["ok"], answer


@pytest.fixture
def posted(day):
    """This morning's digest is in #performance."""
    day.post_digest()
    return day
