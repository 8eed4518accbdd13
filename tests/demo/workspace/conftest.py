"""A workspace with a bot in it: the unmodified Bolt app, over the wire."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import yaml
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demo.workspace import Manners, Workspace
from bot.places import shipped

MORE_SCOPES = ["channels:read", "groups:read", "im:read", "team:read", "files:read"]


def until(found: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Waits for something to become true, and returns it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.01)
    raise AssertionError("it did not happen")


def refused(call: Callable[[], Any]) -> dict[str, Any]:
    """The answer of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        call()
    return caught.value.response.data


class Bot:
    """A Bolt app in a workspace, and what it heard."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.client = WebClient(workspace.bot_token, base_url=workspace.api_url)
        self.app = App(client=self.client, signing_secret=workspace.signing_secret)
        self.heard: list[dict[str, Any]] = []
        self.retries: list[str | None] = []
        for event in ("message", "app_mention", "reaction_added", "reaction_removed"):
            self.app.event(event)(self.note)

    def note(self, event: dict[str, Any], request: Any) -> None:
        self.heard.append(event)
        number = request.headers.get("x-slack-retry-num")
        self.retries.append(number[0] if number else None)

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in self.heard if each["type"] == kind]

    def dial(self) -> Callable[[], None]:
        """Connects by socket; returns what ends the connection again."""
        return dial(self.workspace, self.app)[1]


def dial(workspace: Workspace, app: App) -> tuple[SocketModeHandler, Callable[[], None]]:
    """Connects a Bolt app by socket; returns its handler and what ends the connection."""
    web = WebClient(workspace.app_token, base_url=workspace.api_url)
    handler = SocketModeHandler(app, workspace.app_token, web_client=web, ping_interval=0.5)
    hello = threading.Event()
    handler.client.on_message_listeners.append(lambda _text: hello.set())
    handler.connect()
    # slack_sdk's client never ends when it is closed before its receiver has started.
    assert hello.wait(5)

    def close() -> None:
        handler.client.closed = True
        handler.client.message_queue.put(None)  # else it waits a second for the next message
        handler.close()

    return handler, close


def message(workspace: Workspace, ts: str) -> dict[str, Any]:
    """A message as the state has it."""
    return next(each for each in workspace.snapshot()["messages"] if each["ts"] == ts)


@pytest.fixture
def tools() -> Any:
    """The helpers above, for tests (importmode=importlib has no shared modules)."""

    class Tools:
        wait, refuses, message = staticmethod(until), staticmethod(refused), staticmethod(message)

    return Tools


@pytest.fixture
def client(workspace: Workspace) -> WebClient:
    return WebClient(workspace.bot_token, base_url=workspace.api_url)


@pytest.fixture
def new_workspace(tmp_path: Path) -> Iterator[Callable[..., Workspace]]:
    """Starts workspaces of one's own: more scopes, another clock, shorter patience."""
    with ExitStack() as stack:

        def started(change: Callable[[dict], Any] | None = None, **options: Any) -> Workspace:
            data = yaml.safe_load(shipped("slack-manifest.yml").read_text())
            (change or (lambda _data: None))(data)
            path = tmp_path / "manifest.yml"
            path.write_text(yaml.safe_dump(data))
            return stack.enter_context(Workspace(path, manners=Manners(**options)))

        yield started


@pytest.fixture
def wide(new_workspace: Callable[..., Workspace]) -> WebClient:
    """A client whose manifest grants the reading scopes too."""

    def more(data: dict) -> None:
        data["oauth_config"]["scopes"]["bot"] += MORE_SCOPES

    found = new_workspace(more)
    return WebClient(found.bot_token, base_url=found.api_url)


@pytest.fixture
def new_bot() -> Iterator[Callable[..., Bot]]:
    """Puts bots into workspaces; `connect=False` leaves them outside."""
    with ExitStack() as stack:

        def made(workspace: Workspace, *, connect: bool = True) -> Bot:
            bot = Bot(workspace)
            if connect:
                stack.callback(bot.dial())
            return bot

        yield made


@pytest.fixture(scope="session")
def connected() -> Iterator[tuple[Workspace, SocketModeHandler]]:
    """A workspace with a socket that stays open, for all tests that need no other."""
    with Workspace() as running:
        client = WebClient(running.bot_token, base_url=running.api_url)
        handler, close = dial(running, App(client=client))
        yield running, handler
        close()


@pytest.fixture
def workspace(connected: tuple[Workspace, SocketModeHandler]) -> Workspace:
    """The connected workspace on its first morning, nothing under way."""
    running, _handler = connected
    until(lambda: not running._courier._tasks)
    running.do("reset")
    return running


@pytest.fixture
def bot(workspace: Workspace, connected: tuple[Workspace, SocketModeHandler]) -> Bot:
    """A fresh Bolt app behind the open socket."""
    bot = Bot(workspace)
    connected[1].app = bot.app
    return bot


@pytest.fixture
def empty(new_workspace: Callable[..., Workspace]) -> Workspace:
    """A workspace no bot has come to."""
    return new_workspace()


@pytest.fixture
def serve_http() -> Iterator[Callable[..., str]]:
    """Serves Bolt apps over HTTP on free ports; `seen` takes the paths that were asked for."""
    with ExitStack() as stack:

        def served(app: App, seen: list[str] | None = None) -> str:
            handler = SlackRequestHandler(app)

            async def events(request: Request) -> Response:
                if seen is not None:
                    seen.append(request.url.path)
                return await handler.handle(request)

            listening = socket.create_server(("127.0.0.1", 0))
            paths = ("/slack/events", "/slack/commands", "/slack/interactions")
            web = Starlette(routes=[Route(path, events, methods=["POST"]) for path in paths])
            config = uvicorn.Config(web, log_config=None, timeout_graceful_shutdown=1)
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
            thread.start()
            until(lambda: server.started)

            def stop() -> None:
                server.should_exit = True
                thread.join(5)
                listening.close()

            stack.callback(stop)
            return f"http://127.0.0.1:{listening.getsockname()[1]}/slack/events"

        yield served


@pytest.fixture
def buttons() -> list[dict[str, Any]]:
    """An advice with a button and a menu."""
    return json.loads((Path(__file__).parent / "data" / "buttons.json").read_text())


@pytest.fixture
def ticked():
    """Edits the message of a press to one that is answered, and says where that is."""

    def edit(body: dict[str, Any], client: Any) -> dict[str, str]:
        done = [{"type": "section", "text": {"type": "mrkdwn", "text": "✔ Acknowledged"}}]
        where = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        client.chat_update(**where, text="Acknowledged", blocks=done)
        return where

    return edit


def modal(**more: Any) -> dict[str, Any]:
    field = {
        "type": "input",
        "block_id": "reason",
        "label": {"type": "plain_text", "text": "Why?"},
        "element": {"type": "plain_text_input", "action_id": "text"},
    }
    return {
        "type": "modal",
        "callback_id": "dismiss",
        "title": {"type": "plain_text", "text": "Dismiss"},
        "submit": {"type": "plain_text", "text": "Dismiss"},
        "blocks": [field],
        **more,
    }


@pytest.fixture
def new_modal() -> Callable[..., dict[str, Any]]:
    return modal


@pytest.fixture
def show(workspace, client, browser_page):
    """Posts blocks and opens the page on them."""

    def shown(*lists):
        for blocks in lists:
            client.chat_postMessage(channel="#performance", text="x", blocks=blocks)
        browser_page.goto(workspace.url)
        browser_page.locator(".message").nth(len(lists) - 1).wait_for()
        return browser_page

    return shown
