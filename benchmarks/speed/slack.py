"""From slash command to answer, beside a bare Bolt echo: signed HTTP, as Slack sends it.

The bot, the echo and a pull that keeps writing to the bot's SQLite file are processes of their
own; the commands come in turns, so that a busy moment hits both. The clock stops when the answer
has come to its response_url, before anybody looks whether its blocks are such as Slack takes.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from datetime import time as hour
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import numpy as np
from pydantic import SecretStr
from slack_bolt import App
from slack_sdk.signature import SignatureVerifier

from benchmarks.speed.frames import MORNING, PLAN, daily
from benchmarks.speed.timing import Timed, say
from bot.app.composition import compose
from bot.app.serving import Server, listening
from bot.context import context as plan
from bot.demo.workspace.model import KARI, PERFORMANCE, TEAM_ID
from bot.demo.workspace.server import Workspace
from bot.demo.workspace.wire import SIGNING_SECRET
from bot.jobs.morning import refresh
from bot.rules_files import load
from bot.settings import Settings, Tokens
from bot.slack import http
from bot.slack.web_clients import web_client
from bot.store import open_store
from bot.store.base import PlanRow

CAMPAIGNS, DAYS, ROUNDS = 10_000, 90, 60
PULLED = 35  # days a pull asks for anew
ACCOUNTS = 15  # a pull stores one account after the other
QUESTIONS = {  # the number of the round stands in it where nobody has asked that before
    "channel google": "channel google",
    "campaign c004242": "campaign c004242",
    "a campaign nobody asked about": "campaign c{:06d}",
    "why google cpa": "why google cpa",
    "advice": "advice",
    "": "",
}
CHANNELS = ("google", "meta", "linkedin", "tiktok", "microsoft")  # whose numbers are read first
GOAL, TAIL = 2.0, 0.1
SPAWN = get_context("spawn")


def lines() -> Iterator[Timed]:
    """Median and tail of each question, while numbers are being written."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="perfbot-bench-")))
        place = str(folder / "perfbot.db")
        say(f"slack, {CAMPAIGNS:,} campaigns: a morning …")
        prepare(place)
        yield from measured(stack, place)


def prepare(place: str) -> None:
    """A store with a morning in it, as the tick leaves it."""
    with closing(open_store(place)) as store:
        store.upgrade()
        pulled_at = datetime.combine(MORNING, hour(5), UTC)
        store.add_numbers(daily(CAMPAIGNS, DAYS), source="bench", pulled_at=pulled_at)
        said = (MORNING, "perfbot.toml", pulled_at, "file")
        rows = [PlanRow(each.match, plan.values_of(each), *said) for each in PLAN.entries]
        store.set_plan(rows, origin="file")
        refresh(store, load(), MORNING, Settings(), _clock)


def measured(stack: ExitStack, place: str) -> Iterator[Timed]:
    """Both servers over one workspace, in turns."""
    workspace, door = stack.enter_context(Workspace()), Door()
    stack.callback(door.close)
    ours = started(stack, _bot, workspace, place)
    floor = started(stack, _echo, workspace, place)
    for question in (*(f"channel {each}" for each in CHANNELS), *QUESTIONS.values()):
        for address in (ours, floor):  # each is met once before it counts
            door.asked(address, question)
    writing(stack, place)
    for name, question in QUESTIONS.items():
        say(f"/perf {name} …")
        asked = [question.format(1 + 10 * n) for n in range(ROUNDS)]
        yield from _told(
            name, [(door.asked(ours, each), door.asked(floor, each)) for each in asked]
        )


class Door:
    """Where answers come to: a response_url, and the commands that name it."""

    def __init__(self) -> None:
        self._came: SimpleQueue[float] = SimpleQueue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._url = f"http://127.0.0.1:{self._server.server_port}/"
        self._numbers = count()
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def asked(self, address: str, question: str) -> float:
        """Seconds from the command until its answer has come whole."""
        given = {"command": "/perf", "text": question, "response_url": self._url}
        there = {"team_id": TEAM_ID, "user_id": KARI, "channel_id": PERFORMANCE}
        said = urlencode({**given, **there, "trigger_id": f"1.{next(self._numbers)}"})
        start = time.perf_counter()
        with urlopen(Request(address, said.encode(), signed(said))) as told:
            told.read()
        return self._came.get(timeout=60) - start

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        came = self._came

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                came.put(time.perf_counter())
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def signed(said: str) -> dict[str, str]:
    """The headers by which a request is known to be Slack's."""
    now = str(int(time.time()))
    made = SignatureVerifier(SIGNING_SECRET).generate_signature(timestamp=now, body=said)
    return {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": str(made)}


def _told(question: str, pairs: Sequence[tuple[float, float]]) -> Iterator[Timed]:
    """The median as a ratio; the tail as seconds more than the echo's."""
    ours, floor = (np.array(each) for each in zip(*pairs, strict=True))
    what, size = f"/perf {question}".strip(), f"{CAMPAIGNS:,} campaigns, a pull writing"
    beside = "bare Bolt echo, median of wall time"
    yield Timed(what, size, float(np.median(ours)), beside, float(np.median(floor)), GOAL)
    tails = [float(np.percentile(each, 95)) for each in (ours, floor)]
    size = f"p95 {tails[0] * 1000:.0f} ms, echo {tails[1] * 1000:.0f} ms"
    yield Timed(what, size, tails[0] - tails[1], "p95, seconds more than the echo", None, TAIL)


def started(stack: ExitStack, server: Callable[..., None], workspace: Workspace, place: str) -> str:
    """A server in a process of its own; its address."""
    told, other = SPAWN.Pipe()
    args = (other, workspace.api_url, workspace.bot_token, workspace.signing_secret, place)
    process = SPAWN.Process(target=server, args=args, daemon=True)
    process.start()
    stack.callback(process.join, 10)
    stack.callback(process.terminate)
    return str(told.recv())


def writing(stack: ExitStack, place: str) -> None:
    """A pull that writes until the stack is closed, in a process of its own."""
    begun, enough = SPAWN.Event(), SPAWN.Event()
    process = SPAWN.Process(target=_pull, args=(place, begun, enough), daemon=True)
    process.start()
    stack.callback(process.join, 60)
    stack.callback(enough.set)
    begun.wait()


def _pull(place: str, begun: Event, enough: Event) -> None:
    """Account by account, every number a little different from the one before."""
    frame = daily(CAMPAIGNS, PULLED, seed=1)
    parts = [part for _, part in frame.groupby(["channel", "account_id"])]
    with closing(open_store(place)) as store:
        turn = 0
        while not enough.is_set():
            part = parts[turn % len(parts)]
            now = datetime.combine(MORNING, hour(6), UTC).replace(microsecond=turn)
            part = part.assign(spend=part["spend"] + 0.01 * (turn + 1))
            store.add_numbers(part, source="pull", pulled_at=now)
            turn += 1
            begun.set()


def _bot(told: Any, api_url: str, token: str, secret: str, place: str) -> None:
    tokens = Tokens(bot=SecretStr(token), signing_secret=SecretStr(secret), api_url=api_url)
    context = compose(Settings(tokens=tokens), place, _clock)
    _serve(context.bolt(), told)


def _echo(told: Any, api_url: str, token: str, secret: str, _place: str) -> None:
    app = App(client=web_client(token, api_url), signing_secret=secret)

    @app.command("/perf")
    def perf(ack: Callable[[], None], respond: Callable[..., None], body: dict[str, Any]) -> None:
        ack()
        respond(f"You said {body.get('text')}.")

    _serve(app, told)


def _serve(app: App, told: Any) -> None:
    server = Server(http.asgi(app), listening("127.0.0.1", 0))
    server.start()
    told.send(f"{server.address}/slack/events")
    while True:
        time.sleep(60)


def _clock() -> datetime:
    return datetime.combine(MORNING, hour(9), UTC)
