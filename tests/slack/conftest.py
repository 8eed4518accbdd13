"""The local workspace, and Bolt connected to it by socket or by HTTP; a desk that says lines."""

# ruff: noqa: ARG002  (fakes take what the real ones take)
from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.app.serving import Server, listening
from bot.demo.workspace.server import Workspace
from bot.domain.replies import Prompt, Prompts
from bot.slack import http, socket
from bot.slack.app import build, drain
from bot.slack.base import Claimed, SlackParts

PERFORMANCE, KARI, OLA = "C0PERFORM", "U0KARI001", "U0OLA0001"


@dataclass(frozen=True)
class Words:
    text: str
    blocks: tuple = ()
    response_type: str = "ephemeral"
    modal: Any = None


@dataclass(frozen=True)
class Said:
    reply: Any = None
    event: int = 0


@dataclass
class Desk:
    """Says lines, and remembers what it was asked."""

    heard: list[tuple] = field(default_factory=list)
    reply: Any = Words("Google: 339 kr a sale.")
    modal: Any = None
    fails: Exception | None = None
    slow: float = 0.0

    def _note(self, *heard: Any) -> None:
        time.sleep(self.slow)
        self.heard.append(heard)
        if self.fails:
            raise self.fails

    def ask(self, text, asker):
        self._note("ask", text, asker)
        return self.reply

    def answer(self, press, asker):
        self._note("answer", press.advice_id, press.verb, asker, press.until, press.reason)
        return Said()

    def thread_reply(self, channel, thread_ts, text, asker, before=""):
        self._note("thread", text, asker, before)
        return None if text.startswith("hm") else Said(Words(f"Took {text}."), 7)

    def in_thread(self, channel, thread_ts, text, asker, named=False):
        self._note("aside", text, asker, named)
        return Words("I did not take that as an answer.")

    def reaction(self, channel, ts, name, asker):
        self._note("reaction", name, asker)
        return Said(Words("Kari was first.") if name == "heavy_check_mark" else None)

    def dismiss_view(self, advice_id, asker):
        self._note("dismiss_view", advice_id)
        return modal("Why not?", "reason")

    def snooze_view(self, advice_id, asker):
        self._note("snooze_view", advice_id)
        element = {"type": "datepicker", "action_id": "day"}
        return modal("Until when?", "day", element)

    def apply_view(self, advice_id, asker):
        self._note("apply_view", advice_id)
        blocks = [{"type": "section", "text": plain("Generic: 2 100 → 1 860 kr a day.")}]
        titles = {"title": plain("Apply the budgets"), "submit": plain("Apply")}
        return {"type": "modal", **titles, "blocks": blocks}

    def evidence_view(self, advice_id, asker):
        self._note("evidence_view", advice_id)
        return {"type": "modal", "title": plain("Evidence"), "blocks": [{"type": "divider"}]}

    def subscribe_view(self, asker):
        return modal("Subscribe", "time") | {"callback_id": "subscribe"}

    def subscribed(self, view_state, asker):
        self._note("subscribed", view_state, asker)
        return Words("You get it every morning.")

    def prompts(self, asker):
        self._note("prompts", asker)
        return Prompts("You might want to ask", (Prompt("What should I do today?", "advice"),))

    def home(self, asker):
        self._note("home", asker)
        section = {"type": "section", "text": plain("Good morning.")}
        return {"type": "home", "blocks": [section]}


def plain(text):
    return {"type": "plain_text", "text": text}


def modal(title, block_id, element=None):
    element = element or {"type": "plain_text_input", "action_id": "text"}
    block = {"type": "input", "block_id": block_id, "label": plain(title), "element": element}
    return {"type": "modal", "title": plain(title), "submit": plain("Save"), "blocks": [block]}


@dataclass(frozen=True)
class Posted:
    thread_ts: str = ""


@dataclass
class Memory:
    """What Slack's side needs to remember, in memory."""

    claimed: set = field(default_factory=set)
    slow: float = 0.0
    chosen: dict = field(default_factory=dict)
    messages: dict = field(default_factory=dict)

    def claim(self, kind, key, at):
        time.sleep(self.slow)
        first = (kind, key) not in self.claimed
        self.claimed.add((kind, key))
        return first

    def preference(self, user):
        return self.chosen.get(user, {})

    def set_preference(self, user, **values):
        self.chosen[user] = {**self.chosen.get(user, {}), **values}

    def find_message(self, channel, ts):
        return self.messages.get((channel, ts))


@dataclass
class Connected:
    """A workspace with the bot in it."""

    workspace: Workspace
    desk: Desk
    memory: Memory
    settled: list[str]
    app: Any = None

    def do(self, verb, **body):
        body = {"user": "kari", "channel": "performance", **body}
        answer = self.workspace.do(verb, **body)
        assert answer["ok"], answer
        return answer

    def look(self):
        return self.workspace.snapshot()

    def until(self, wanted, seconds: float = 30.0):
        """What `wanted(state)` finds, once it finds something."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := wanted(self.look()):
                return found
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds} s: {self.look()}")

    def whispers(self, text: str = ""):
        return self.until(lambda s: [w for w in s["ephemerals"] if text in w["text"]])

    def heard(self, what: str, count: int = 1):
        def found(_state):
            calls = [call for call in self.desk.heard if call[0] == what]
            return calls if len(calls) >= count else None

        return self.until(found)

    def settle_down(self, seconds: float = 0.25):
        """Let whatever is still on its way arrive."""
        time.sleep(seconds)

    def post(self, text="Advice", blocks=None, **more):
        """A message of the bot's own, known to the memory."""
        from bot.slack.web_clients import web_client

        client = web_client(self.workspace.bot_token, self.workspace.api_url)
        shown = {"text": text, "blocks": blocks} if blocks else {"text": text}
        ts = client.chat_postMessage(channel=PERFORMANCE, **shown, **more)["ts"]
        self.memory.messages[PERFORMANCE, ts] = Posted(more.get("thread_ts", ""))
        return ts


@pytest.fixture(scope="session")
def workspace_running():
    with Workspace() as running:
        yield running


@dataclass
class Bot:
    """The bot as it runs through all tests of a mode; each test gets a desk of its own."""

    desk: Desk = field(default_factory=Desk)
    memory: Memory = field(default_factory=Memory)
    settled: list[str] = field(default_factory=list)
    followed: list = field(default_factory=list)
    app: Any = None
    parts: Any = None

    def keep(self, key, work):
        """As `bot.jobs.settle.Settler` keeps: the claim goes where the work comes to nothing."""
        if not self.memory.claim("slack", key, None):
            return Claimed(new=False)
        self.settled.append(key)
        try:
            result = work()
        except Exception:
            self.memory.claimed.discard(("slack", key))
            raise
        if result is None:
            self.settled.remove(key)
            self.memory.claimed.discard(("slack", key))
        return Claimed(new=True, result=result)

    def follow(self, taken):
        self.followed.append(taken)


class Current:
    """Whatever the running test put in its place."""

    def __init__(self, bot, name):
        self._bot, self._name = bot, name

    def __getattr__(self, attribute):
        return getattr(getattr(self._bot, self._name), attribute)


@pytest.fixture(scope="session")
def make_app(workspace_running):
    """Makes a bot with a desk of its own, connected to nothing yet."""

    def make():
        bot = Bot()
        parts = SlackParts(
            desk=Current(bot, "desk"),
            store=Current(bot, "memory"),
            settle=bot,
            asker=lambda *who: who,
            excuse=lambda error, language: (f"{language}: {error}", ()),
            simplify=simplified,
            clock=lambda: datetime.now(UTC),
            rate=(10_000, 1),  # the tests of a module ask as one person
        )
        app = build(
            parts,
            bot_token=workspace_running.bot_token,
            signing_secret=workspace_running.signing_secret,
            api_url=workspace_running.api_url,
        )
        bot.parts, bot.app = parts, app
        return bot, app

    return make


@pytest.fixture(scope="module", params=["socket", "http"])
def running(request, workspace_running, make_app):
    """The app, connected in one mode or the other."""
    bot, app = make_app()
    with ExitStack() as stack:
        stack.callback(drain, app)
        connect = by_socket if request.param == "socket" else by_http
        connect(stack, app, workspace_running)
        yield bot


def simplified(blocks):
    return [block for block in blocks if block["type"] != "data_visualization"]


def by_socket(stack, app, workspace):
    workspace.do("http", url="")
    stack.callback(socket.connect(app, workspace.app_token, workspace.api_url).close)


def by_http(stack, app, workspace):
    server = Server(http.asgi(app), listening("127.0.0.1", 0))
    server.start()
    stack.callback(server.stop)
    answer = workspace.do("http", url=f"{server.address}/slack/events")
    assert answer["ok"], answer


@pytest.fixture
def bot(workspace_running, running):
    workspace_running.do("reset")
    running.desk, running.memory, running.settled[:] = Desk(), Memory(), []
    found = Connected(workspace_running, running.desk, running.memory, running.settled, running.app)
    found.until(lambda _: workspace_running.connected())
    yield found
    found.settle_down(0.05)
