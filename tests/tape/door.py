"""The tape's way in: perfbot on a fixed morning, in a local Slack, with a clock that stands.

The only file of the tape that names perfbot's rooms: when they move, this file follows, and what
is played and compared stays as it is.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import SecretStr

from bot.app.composition import Composition, compose
from bot.app.demo import _plan as market_plan
from bot.app.demo import import_market, morning_of
from bot.cli import main
from bot.demo.market.demo import DemoMarket, demo
from bot.demo.workspace.model import BOT_USER, Message, View
from bot.demo.workspace.server import Workspace
from bot.domain.replies import Asker
from bot.settings import App, Settings, Tokens
from bot.slack import socket
from bot.slack.app import drain
from bot.store import open_store
from bot.store.base import PlanRow, Store, Subscription

KARI, OLA, PERFORMANCE = "U0KARI001", "U0OLA0001", "C0PERFORM"
ZONE, SEED = "Europe/Oslo", 1
AS_OF = date(2026, 11, 23)  # a Monday
NOW = datetime(2026, 11, 23, 7, 14, tzinfo=UTC)  # 08:14 in Oslo
FIRST, LAST = date(2026, 10, 26), date(2026, 12, 14)  # mornings of the weeks that are played
ELASTICITY = 0.8  # how results answer to spend where a budget is moved
READERS = {"en": KARI, "nb": OLA}


def build(path: Path) -> Path:
    """The demo's market up to Sunday, judged on Monday morning, in a database of its own."""
    with closing(open_store(path)) as store:
        store.upgrade()
        import_market(store, AS_OF, SEED, morning_of(AS_OF, ZONE))
    context = compose(_settings(), str(path), lambda: NOW)
    with closing(context.store):
        context.day.refresh(AS_OF)
    return path


@cache
def _weeks() -> DemoMarket:
    """Played once a process: whoever moves budgets in it takes a copy."""
    return demo(LAST, SEED)


class Market:
    """The demo's market as it becomes known, morning by morning; budgets may be moved in it."""

    def __init__(self) -> None:
        self._all = replace(_weeks(), numbers=_weeks().numbers.copy())
        self._known = pd.Timestamp.min

    def plan(self) -> list[PlanRow]:
        return market_plan(self._all, morning_of(FIRST, ZONE))

    def bring(self, store: Store, morning: date) -> None:
        """What the platforms report that morning and did not before."""
        at, numbers = morning_of(morning, ZONE), self._all.numbers
        pulled = numbers["pulled_on"]
        new = numbers[(pulled > self._known) & (pulled <= pd.Timestamp(morning))]
        store.add_numbers(new, source="demo", pulled_at=at)
        reach = self._all.window_reach
        store.add_window_reach(reach[pd.to_datetime(reach["pulled_at"]) <= pd.Timestamp(at)])
        self._known = pd.Timestamp(morning)

    def move(self, budgets: Mapping[str, Any]) -> None:
        """From the next day on these campaigns have other daily budgets, and answer to them."""
        numbers = self._all.numbers
        for campaign, amount in budgets.items():
            rows = (numbers["campaign_id"] == campaign) & (numbers["date"] > self._known)
            ratio = float(amount) / numbers.loc[rows, "daily_budget"]
            numbers.loc[rows, "spend"] = (numbers.loc[rows, "spend"] * ratio).round(2)
            for column in ("impressions", "clicks", "conversions"):
                more = numbers.loc[rows, column] * ratio**ELASTICITY
                numbers.loc[rows, column] = more.round()
            numbers.loc[rows, "daily_budget"] = float(amount)


def _settings(tokens: Tokens | None = None) -> Settings:
    app = App(time_zone=ZONE, currency="NOK")
    return Settings(app=app, tokens=tokens) if tokens else Settings(app=app)


class Desk:
    """Questions answered in this process, as `perfbot ask` answers them: nothing is stored."""

    def __init__(self, path: Path) -> None:
        self._office = compose(_settings(), str(path), lambda: NOW)

    def forget(self) -> None:
        """Nothing at hand any more, as in a process just started."""
        old = self._office
        self._office = Composition(old.settings, old.store, old.rulebook, old.renderers, old.clock)

    def ask(self, text: str, language: str) -> dict[str, Any]:
        asker = Asker(READERS[language], PERFORMANCE, language)
        reply = self._office.desk.ask(text, asker, AS_OF, dry=True)
        return json.loads(json.dumps(reply.to_json(), default=str))

    def close(self) -> None:
        self._office.store.close()


def run(*words: str) -> dict[str, Any]:
    """`perfbot WORDS` in this process: its exit code, what it printed, and its errors."""
    out, err, code = StringIO(), StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(words)
        except SystemExit as ended:
            code = int(ended.code or 0)
    return {"code": code, "out": _parsed(out.getvalue()), "err": err.getvalue()}


def _parsed(printed: str) -> Any:
    try:
        return json.loads(printed)
    except ValueError:
        return printed


@dataclass
class Clock:
    """The time perfbot is told; it stands until it is turned."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **span: float) -> None:
        self.now += timedelta(**span)


class Morning:
    """perfbot connected to a local Slack whose clock stands, driven by the control API alone."""

    def __init__(
        self, path: Path, workspace: Workspace, context: Composition, clock: Clock
    ) -> None:
        self.path, self.workspace, self.context, self.clock = path, workspace, context, clock
        self._work: list[Future[Any]] = []
        self._lanes: list[Any] = []

    @cached_property
    def market(self) -> Market:
        """The weeks that are played; most mornings are only asked."""
        return Market()

    def do(self, verb: str, **body: Any) -> dict[str, Any]:
        """What a person does in Slack, and all that follows from it until nobody is at work."""
        answer = self.workspace.do(verb, **body)
        self.settle()
        return answer

    def clear(self) -> None:
        """Nothing said; as many messages as there are, for a clock that stands frees no more."""
        self.workspace.do("reset")
        self.workspace.do("limits", burst=1e9)

    def look(self) -> dict[str, Any]:
        return self.workspace.snapshot()

    def subscribe(self) -> None:
        """#performance gets the digest every day."""
        days = (1, 2, 3, 4, 5, 6, 7)
        wish = Subscription(0, PERFORMANCE, "07:30", days, ZONE, "en", KARI)
        self.context.store.subscribe(wish)

    def tick(self) -> None:
        """A minute's work: what is due is pulled, judged, written and posted."""
        self.context.tick()()
        self.settle()

    def put_back(self, slack: Mapping[str, Any]) -> None:
        """Slack as it was left: messages, forms and Home tabs of a snapshot."""
        state = self.workspace.state
        for each in slack["messages"]:
            fields = {key: each.get(key) for key in ("channel", "ts", "user", "text", "thread_ts")}
            ours = each["user"] == BOT_USER
            more = {"blocks": each.get("blocks") or [], "metadata": each.get("metadata")}
            message = Message(**fields, from_app=ours, **more)
            state.messages.setdefault(each["channel"], {})[each["ts"]] = message
        for each in slack["views"]:
            state.views[each["id"]] = _view(each, each["user"])
            state.stacks.setdefault(each["user"], []).append(each["id"])
        state.homes.update({user: _view(each, user) for user, each in slack["homes"].items()})

    def plan(self) -> None:
        """The market's plan holds, as from a file."""
        self.context.store.set_plan(self.market.plan(), origin="file")

    def begin(self, morning: date) -> None:
        """It is 08:14 on that morning, and its numbers are in."""
        self.clock.now = datetime.combine(morning, NOW.timetz())
        self.market.bring(self.context.store, morning)

    def moved(self, advice_id: str) -> None:
        """Somebody does in the ad platforms what that advice says."""
        record = self.context.store.advice(advice_id)
        assert record is not None
        self.market.move(record.advice.budgets)

    def events(self, since: int = 0) -> list[dict[str, Any]]:
        """The log's rows after that number, as SQLite holds them."""
        with closing(sqlite3.connect(self.path, factory=sqlite3.Connection)) as db:  # not perfbot's
            db.row_factory = sqlite3.Row
            found = db.execute("SELECT * FROM events WHERE number > ? ORDER BY number", (since,))
            return [dict(row) for row in found]

    def watch(self, hearing: Any) -> None:
        """Know of the work handed to Bolt's threads, and of the lanes behind them."""
        submit = hearing.submit

        def counted(*args: Any, **more: Any) -> Future[Any]:
            work: Future[Any] = submit(*args, **more)
            self._work.append(work)
            return work

        hearing.submit = counted
        self._lanes = [hearing.lanes.answers, hearing.lanes.opening, hearing.lanes.keeping]

    def settle(self) -> None:
        """Wait until every event is delivered, every listener is done and every lane is empty."""
        end, before = time.monotonic() + 60, -1
        while time.monotonic() < end:
            count = len(self._work)
            if self._idle() and count == before:
                self._work.clear()
                return
            before = count if self._idle() else -1
            time.sleep(0.001)
        raise AssertionError("perfbot is still at work after a minute")

    def _idle(self) -> bool:
        at_work = any(lane._queues or lane._running for lane in self._lanes)
        on_the_way = bool(self.workspace._courier._tasks)
        return not on_the_way and all(work.done() for work in self._work) and not at_work


@contextmanager
def morning(path: Path, at: datetime = NOW) -> Iterator[Morning]:
    """perfbot at work on that database, in a local Slack of its own."""
    clock = Clock(at)
    with ExitStack() as stack:
        workspace = stack.enter_context(Workspace(clock=lambda: clock().timestamp()))
        context = compose(_settings(_tokens(workspace)), str(path), clock)
        stack.callback(context.store.close)
        context.homes.stop()  # other people's tabs are shown anew on a timer: not in a tape
        app = context.bolt()
        stack.callback(drain, app)
        found = Morning(path, workspace, context, clock)
        found.clear()
        found.watch(app.listener_runner.listener_executor)
        bot = socket.connect(app, workspace.app_token, workspace.api_url)
        stack.callback(bot.close)
        while not workspace.connected():
            time.sleep(0.005)
        yield found


def _view(shown: Mapping[str, Any], user: str) -> View:
    return View(shown["id"], user, dict(shown), shown["hash"], shown["root_view_id"])


def _tokens(workspace: Workspace) -> Tokens:
    return Tokens(
        bot=SecretStr(workspace.bot_token),
        app=SecretStr(workspace.app_token),
        signing_secret=SecretStr(workspace.signing_secret),
        api_url=workspace.api_url,
    )
