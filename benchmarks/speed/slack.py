"""From slash command to answer, beside a bare Bolt echo: signed HTTP to the same local workspace.

The bot, the echo and a pull that keeps writing to the bot's SQLite file are processes of their
own; the commands come in turns, so that a busy moment hits both.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from datetime import time as hour
from functools import partial
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import SecretStr
from slack_bolt import App

from benchmarks.speed.frames import MORNING, PLAN, daily
from benchmarks.speed.timing import Timed, say
from bot.app.compose import compose
from bot.app.serving import Server, listening
from bot.desk import plan
from bot.morning import refresh
from bot.rules_files import load
from bot.settings import Settings, Tokens
from bot.slack import http
from bot.slack.clients import web_client
from bot.store import open_store
from bot.store.base import PlanRow
from bot.workspace.model import PERFORMANCE
from bot.workspace.server import Workspace

CAMPAIGNS, DAYS, ROUNDS = 10_000, 90, 60
PULLED = 35  # days a pull asks for anew
ACCOUNTS = 15  # a pull stores one account after the other
QUESTIONS = ("channel google", "campaign c004242", "advice", "")
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
    workspace = stack.enter_context(Workspace())
    ours = started(stack, _bot, workspace, place)
    floor = started(stack, _echo, workspace, place)
    for address in (ours, floor):  # each is met once before it counts
        for question in QUESTIONS:
            _asked(workspace, address, question)
    writing(stack, place)
    for question in QUESTIONS:
        say(f"/perf {question} …")
        pairs = [
            (_asked(workspace, ours, question), _asked(workspace, floor, question))
            for _ in range(ROUNDS)
        ]
        yield from _told(question, pairs)


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
    office = compose(Settings(tokens=tokens), place, _clock)
    _serve(office.bolt(), told)


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


def _asked(workspace: Workspace, address: str, question: str) -> float:
    """Seconds until the answer is in the workspace."""
    workspace.do("http", url=address)
    shown = workspace.state.ephemerals
    before = len(shown)
    with ThreadPoolExecutor(1) as pool:
        ask = partial(workspace.do, "command", user="kari", channel=PERFORMANCE)
        start = time.perf_counter()
        delivered = pool.submit(ask, text=f"/perf {question}")
        while len(shown) == before:
            time.sleep(0.0005)
        took = time.perf_counter() - start
        delivered.result()
    return took


def _clock() -> datetime:
    return datetime.combine(MORNING, hour(9), UTC)
