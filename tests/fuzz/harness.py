"""A whole perfbot that inputs are thrown at, and what counts as broken."""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import httpx
import pandas as pd
from anyio.from_thread import start_blocking_portal
from pydantic import SecretStr
from slack_bolt import App as BoltApp
from slack_sdk.errors import SlackApiError

from bot.advice.rules.rulebook import Rulebook
from bot.app.composition import Composition
from bot.blockkit import validate
from bot.demo.workspace.model import BOT_USER, Message
from bot.demo.workspace.wire import signature
from bot.domain.advice import Advice
from bot.domain.replies import Reply
from bot.jobs import morning
from bot.render import without_visualization
from bot.settings import App, Settings, Tokens
from bot.slack import http
from bot.slack.app import build, drain
from bot.slack.lanes import Turns, behind
from bot.slack.say import RefusedAnswerError
from bot.store import open_store
from bot.store.base import Outgoing
from tests.fuzz import seeds
from tests.office import MORNING

CAMPAIGNS = (("google_ads", "Google | Generic"), ("google_ads", "Brand søk 🦄"),
             ("meta_ads", "=Leads <b>"), ("meta_ads", "Video & mer"))  # fmt: skip
PLACE = App(time_zone="Europe/Oslo", currency="NOK")
SECRET = "local-signing-secret"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
# Slack's own word, or nobody there to hear: no fault of whoever was asked.
EXCUSED = (SlackApiError, RefusedAnswerError)
LOGS = ("bot", "slack_bolt", "slack_bolt.perfbot")
COUNTS: Counter[str] = Counter()
SLOWEST: dict[str, float] = {}


class Faults(logging.Handler):
    """What was logged as nobody had foreseen it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not isinstance(error, EXCUSED):
            self.records.append(logging.Formatter().format(record))


class Harness:
    """perfbot behind its HTTP door, in this process, with the local workspace as its Slack.

    Args:
        stack: What ends it.
        workspace: The local Slack, running.
        market: A database judged, as `small_market` makes it; it is left as it is.
        shared: The rulebook, and a renderer for each language.
        now: The time it is.
    """

    office: Composition
    app: BoltApp

    def __init__(self, stack: ExitStack, workspace: Any, market: Path, shared: Any, now: Any):
        self._workspace, self._market, self._shared, self._now = workspace, market, shared, now
        self.faults = Faults()
        logging.getLogger().addHandler(self.faults)
        stack.callback(logging.getLogger().removeHandler, self.faults)
        # In a thread of its own: a browser of other tests keeps a loop running in this one.
        self._portal = stack.enter_context(start_blocking_portal())
        self._life = stack.enter_context(ExitStack())
        self._number = 0
        self.renew()

    def renew(self) -> None:
        """perfbot, its database and Slack as on the first morning: nothing was answered yet."""
        self._life.close()
        database = self._market.with_suffix(".live")
        for file in database.parent.glob(f"{database.name}*"):
            file.unlink()
        database.write_bytes(self._market.read_bytes())
        self._workspace.do("reset")
        self._workspace.do("limits", burst=1e9, each_second=1e9)
        for number, text in enumerate(("Monday", "Move it."), start=1):
            message = Message(seeds.CHANNEL, f"1795.{number:06}", BOT_USER, text, from_app=True,
                              thread_ts=None if number == 1 else "1795.000001")  # fmt: skip
            self._workspace.state.messages[seeds.CHANNEL][message.ts] = message
        self._open(database)

    def _open(self, database: Path) -> None:
        token, address = self._workspace.bot_token, self._workspace.api_url
        tokens = Tokens(bot=SecretStr(token), signing_secret=SecretStr(SECRET), api_url=address)
        settings = Settings(app=PLACE, tokens=tokens)
        store = open_store(database)
        self.office = Composition(settings, store, *self._shared, lambda: self._now)
        parts = replace(self.office._parts(), rate=(1e9, 1e9), patience=60.0)
        self.app = build(parts, bot_token=token, signing_secret=SECRET, api_url=address)
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(http.asgi(self.app, metrics=lambda: b"")),
            base_url="http://perfbot",
        )
        self._life.callback(store.close)
        self._life.callback(self.office.homes.stop)
        self._life.callback(drain, self.app)

    def post(self, body: Any, *, content_type: str = "", path: str = "/slack/events") -> int:
        """Send a body as Slack would, signed; its status once everything it led to is over."""
        self._number += 1
        content = self._bytes_of_its_own(body) if isinstance(body, bytes) else _encoded(body)
        kind = content_type or (FORM if content.startswith((b"payload=", b"command=")) else JSON)
        stamp = str(int(time.time()) - self._number % 200)  # no two are signed alike
        text = content.decode("utf-8", "replace")
        headers = {"X-Slack-Request-Timestamp": stamp, "Content-Type": kind,
                   "X-Slack-Signature": signature(SECRET, stamp, text)}  # fmt: skip
        headers = {name: value.encode() for name, value in headers.items()}
        send = partial(self._client.post, path, content=content, headers=headers)
        answer = self._portal.call(send)
        self.settle()
        return answer.status_code

    def settle(self) -> None:
        """Wait until nothing it was asked is at work."""
        lanes = behind(self.app).lanes
        for lane in (lanes.keeping, lanes.opening, lanes.answers, lanes.opening):
            with lane._changed:
                over = lane._changed.wait_for(partial(_is_over, lane), 60)
            assert over, f"{lane.name} is at work for a minute"

    def heard(self, body: Any) -> None:
        """A request is answered, and nothing unforeseen is logged of it."""
        self.faults.records.clear()
        status = self.post(self._of_its_own(body))
        assert status in {200, 400, 404}, (status, body)
        assert not self.faults.records, self.faults.records[0]

    def _of_its_own(self, body: Any) -> Any:
        """What was left of a seed's names becomes a new one's.

        Whatever comes a second time, perfbot lets pass: without this it would hear nothing.
        """
        if not isinstance(body, dict):
            return body
        fresh = dict(body)
        if fresh.get("trigger_id") == seeds.TRIGGER:
            fresh["trigger_id"] = self._workspace.state.trigger(seeds.USER)
        if fresh.get("event_id") == seeds.EVENT_ID:
            fresh["event_id"] = f"Ev{self._number}"
        event = fresh.get("event")
        if isinstance(event, dict) and event.get("ts") in seeds.TIMES:
            fresh["event"] = {**event, "ts": self._time()}
        return fresh

    def _bytes_of_its_own(self, content: bytes) -> bytes:
        fresh = content.replace(seeds.EVENT_ID.encode(), b"Ev%d" % self._number)
        for stamp in seeds.TIMES:
            fresh = fresh.replace(f'"ts": "{stamp}"'.encode(), f'"ts": "{self._time()}"'.encode())
        return fresh

    def _time(self) -> str:
        return f"{1_796_000_000 + self._number}.000001"


def _is_over(lane: Turns) -> bool:
    return not lane._queues and not lane._running


def _encoded(body: Any) -> bytes:
    """As Slack sends it: commands as a form, presses and forms as JSON in one, events as JSON."""
    if isinstance(body, dict) and body.get("command") is not None:
        return urlencode(
            {key: _text(value) for key, value in body.items()}, errors="replace"
        ).encode()
    if isinstance(body, dict) and body.get("type") in ("block_actions", "view_submission"):
        return urlencode({"payload": json.dumps(body)}).encode()
    return json.dumps(body).encode()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def answered(reply: Reply) -> None:
    """An answer people can be shown: words, and blocks Slack accepts."""
    assert reply.text.strip()
    assert validate(without_visualization(reply.blocks)) == []


def small_market(database: Path, rulebook: Rulebook, now: datetime) -> str:
    """Four campaigns over six weeks, judged, a digest and advice about two posted; its id."""
    days = pd.date_range(end=MORNING - timedelta(1), periods=42)
    rows = [
        {"date": day.date(), "channel": channel, "account_id": "1", "campaign_id": str(number),
         "campaign_name": name, "currency": "NOK", "spend": 900.0 + 10 * number + day.day,
         "impressions": 9000.0, "clicks": 300.0, "leads": 12.0, "conversions": 4.0 + number,
         "revenue": 2000.0}
        for number, (channel, name) in enumerate(CAMPAIGNS)
        for day in days
    ]  # fmt: skip
    with closing(open_store(database)) as store:
        store.add_numbers(pd.DataFrame(rows), source="fuzz", pulled_at=now)
        morning.refresh(store, rulebook, MORNING, Settings(app=PLACE), lambda: now)
        fields: dict[str, Any] = {"rule": "convert-cut", "rule_version": "1", "severity": "advise",
                  "campaign_ids": ("0", "1"), "action": "shift_budget", "opened_on": MORNING,
                  "budgets": {"0": 800.0, "1": 1000.0}, "currency": "NOK",
                  "budgets_before": {"0": 900.0, "1": 900.0}}  # fmt: skip
        store.save_advice([Advice(id="a1", **fields)], as_of=MORNING, at=now)
        digest = Outgoing("digest:1:2026-11-23", "digest", "C0PERFORM", "Monday", ())
        card = Outgoing("card", "advice", "C0PERFORM", "Move it.", (), digest.key, "a1", item=1)
        store.enqueue([digest, card])
        for number, message in enumerate((digest, card), start=1):
            store.delivered(message.key, f"1795.{number:06}")
    return "a1"


class timed:  # noqa: N801, reads as a verb
    """Count an input of a kind, and keep how long the slowest took, in processor seconds."""

    def __init__(self, kind: str) -> None:
        self.kind, self.seconds = kind, 0.0

    def __enter__(self) -> Self:
        self._began = time.process_time()
        return self

    def __exit__(self, *_error: object) -> None:
        self.seconds = time.process_time() - self._began
        COUNTS[self.kind] += 1
        SLOWEST[self.kind] = max(SLOWEST.get(self.kind, 0.0), self.seconds)
