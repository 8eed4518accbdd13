"""Who acts and who looks: the injector for the local workspace, and a scenario's steps."""

from __future__ import annotations

import json
import os
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from slack_sdk import WebClient

Json = dict[str, Any]
USERS = "kari", "ola"
# How those two are called in the Slack that is played in, and how often it is asked for news.
NAMES = dict(zip(USERS, os.environ.get("SCENARIO_NAMES", "Kari,Ola").split(","), strict=True))
PAUSE = float(os.environ.get("SCENARIO_PAUSE", "0.03"))


class Control:
    """The injector for the local workspace: what people do there, by its control API."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")

    def command(self, user: str, channel: str, text: str) -> None:
        self._do("command", user=user, channel=channel, text=text)

    def say(self, user: str, channel: str, text: str, thread_ts: str = "") -> str:
        said = self._do("message", user=user, channel=channel, text=text, thread_ts=thread_ts)
        return str(said["ts"])

    def press(self, user: str, channel: str, ts: str, action: str, value: str | None) -> None:
        where = {"user": user, "channel": channel, "ts": ts, "action_id": action}
        self._do("action", **where, **({} if value is None else {"value": value}))

    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        self._do("react", user=user, channel=channel, ts=ts, name=name)

    def submit(self, user: str, values: Json) -> None:
        self._do("submit_view", user=user, values=values)

    def whispers(self, user: str) -> list[Json]:
        state = self._state()
        ids = {each["name"]: each["id"] for each in state["users"]}
        return [each for each in state["ephemerals"] if each["user"] == ids[user]]

    def views(self, user: str) -> list[Json]:
        state = self._state()
        ids = {each["name"]: each["id"] for each in state["users"]}
        return [each for each in state["views"] if each["user"] == ids[user]]

    def fault(self, kind: str, **more: Any) -> None:
        self._do("fault", kind=kind, **more)

    def connected(self) -> bool:
        return bool(self._state()["connected"])

    def deliver_to(self, url: str) -> None:
        self._do("http", url=url)

    def _do(self, verb: str, **body: Any) -> Json:
        answer = fetch(f"{self.address}/{verb}", json.dumps(body).encode())
        assert answer["ok"], (verb, body, answer)
        return answer

    def _state(self) -> Json:
        return fetch(f"{self.address}/state")


def fetch(url: str, body: bytes | None = None) -> Json:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def until(found: Callable[[], Any], seconds: float = 40.0) -> Any:
    """Waits for something to become true, and returns it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(PAUSE)
    raise AssertionError(f"not within {seconds} s")


@dataclass
class Scene:
    """One scenario: who does what, and what there is to see.

    `slack` is the injector, `web` looks as the bot may; the play `opened` with perfbot's start,
    the scenario `began` with its first step (timestamps of Slack's). perfbot is its `user` there.
    """

    slack: Any
    channel_id: str
    web: WebClient
    mode: str
    opened: str
    began: str
    user: str
    said: int = 0

    def begin(self) -> None:
        """From here on: what came before is not looked at."""
        self.said = 0
        newest = [each["ts"] for each in (*self.channel(), *self.thread())]
        told = [each["ts"] for user in USERS for each in self.slack.whispers(user)]
        self.began = max([self.opened, *newest, *told], key=float)

    def name(self, user: str) -> str:
        """How perfbot calls a person."""
        return NAMES[user]

    def command(self, user: str, text: str) -> None:
        self.slack.command(user, self.channel_id, text)

    def say(self, user: str, text: str, thread_ts: str = "") -> str:
        return str(self.slack.say(user, self.channel_id, text, thread_ts))

    def press(self, user: str, message: Json, action: str, value: str | None = None) -> None:
        self.slack.press(user, self.channel_id, message["ts"], action, value)

    def react(self, user: str, message: Json, name: str) -> None:
        self.slack.react(user, self.channel_id, message["ts"], name)

    def submit(self, user: str, **values: Json) -> None:
        self.slack.submit(user, values)

    def fault(self, kind: str, **more: Any) -> None:
        """Something goes wrong; where the injector cannot make it, the scenario is left out."""
        try:
            self.slack.fault(kind, **more)
        except NotImplementedError:
            pytest.skip(f"this injector makes no {kind}")

    def told(self, user: str, *words: str) -> Json:
        """What perfbot told this person alone, in this scenario, with those words in it."""

        def found() -> Json | None:
            new = self.whispers(user)
            return next((each for each in new if all(w in str(each) for w in words)), None)

        return until(found)

    def whispers(self, user: str) -> list[Json]:
        return [w for w in self.slack.whispers(user) if w["ts"] > self.began]

    def view(self, user: str) -> Json:
        return until(lambda: self.slack.views(user))[-1]

    def channel(self) -> list[Json]:
        """Everything in the channel outside threads, oldest first."""
        since = {"channel": self.channel_id, "oldest": self.opened}
        found = self.web.conversations_history(**since, limit=200)
        return list(reversed(found["messages"]))

    def digests(self) -> list[Json]:
        return [each for each in self.channel() if self.ours(each) and each.get("reply_count")]

    def ours(self, message: Json) -> bool:
        """Whether a message is perfbot's own: by its user, which every server names."""
        return message.get("user") == self.user

    def thread(self, ts: str | None = None) -> list[Json]:
        ts = ts or self.digests()[0]["ts"]
        found = self.web.conversations_replies(channel=self.channel_id, ts=ts, limit=200)
        return [each for each in found["messages"] if each["ts"] != ts]

    def items(self) -> list[Json]:
        """The pieces of advice in the thread, in order."""
        return [each for each in self.thread() if "advice." in str(each.get("blocks"))]

    def quiet(self) -> bool:
        """Whether the thread is there and has stopped growing: a digest is posted bit by bit."""
        before = len(self.thread()) if self.digests() else 0
        time.sleep(1)
        return before > 0 and before == len(self.thread())

    def lines(self) -> list[str]:
        """What perfbot said in the thread, in words, in this scenario."""
        items = {each["ts"] for each in self.items()}
        new = [each for each in self.thread() if each["ts"] > self.began]
        return [each["text"] for each in new if self.ours(each) and each["ts"] not in items]

    def line(self, number: int) -> str:
        """The words of the line that came as the `number`th."""
        return until(lambda: len(self.lines()) >= number and self.lines()[number - 1])

    def appeared(self, before: int) -> Json:
        """The message that came into the channel where there were `before`."""
        return until(lambda: len(self.channel()) > before and self.channel()[-1])

    def replied(self, ts: str) -> Json:
        return until(lambda: [each for each in self.thread(ts) if self.ours(each)])[0]

    def settled(self) -> None:
        """Whatever was still under way is done: later questions have been answered."""
        self.command("ola", "/perf channel meta")
        self.told("ola", "Meta")
        self.command("ola", "/perf help")
        self.told("ola", "/perf")

    def comes_back(self) -> None:
        """perfbot is there again (by HTTP it never was away)."""
        until(self.slack.connected)

    def message(self, like: Json) -> Json:
        """The same message as it is now."""
        return next(each for each in self.thread() if each["ts"] == like["ts"])

    def answered(self, item: Json) -> Json:
        """The item once it no longer offers Acknowledge, and the line that follows is there."""
        return self._changed(item, "advice.acknowledge")

    def reopened(self, item: Json) -> Json:
        return self._changed(item, "advice.undo")

    def _changed(self, item: Json, gone: str) -> Json:
        now: Json = until(lambda: self._without(item, gone))
        self.said += 1
        self.line(self.said)
        return now

    def _without(self, item: Json, action: str) -> Json | None:
        now = self.message(item)
        return None if action in str(now["blocks"]) else now

    def undo_everything(self) -> None:
        """Every item as it was: the next scenario finds them open."""
        for item in self.items():
            if "advice.undo" in str(item["blocks"]):
                self.press("kari", item, "advice.undo")
                self.reopened(item)
