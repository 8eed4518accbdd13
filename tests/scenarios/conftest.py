"""perfbot from outside: a Slack, an injector and a process, all named by the environment.

README.md says what the environment may name, and what another Slack's injector has to do.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from slack_sdk import WebClient

HERE = Path(__file__).parent
RUN = shlex.join([sys.executable, "-c", "from bot.cli import main; main()", "run"])
NEEDED = ("SCENARIO_BOT_TOKEN", "SCENARIO_APP_TOKEN", "SCENARIO_SIGNING_SECRET")
CHANNEL = "C0PERFORM"
SEED = shlex.join([sys.executable, str(HERE / "seed.py")])


def load(path: str | Path) -> ModuleType:
    """A Python file as a module: tests are no package, and an injector may lie anywhere."""
    spec = spec_from_file_location(f"scenarios_{Path(path).stem}", path)
    assert spec is not None, path
    assert spec.loader is not None, path
    found = module_from_spec(spec)
    sys.modules[spec.name] = found
    spec.loader.exec_module(found)
    return found


acting = load(HERE / "acting.py")
until = acting.until


@dataclass(frozen=True)
class Place:
    """Where the play is: everything the scenarios know of the Slack they run against."""

    api: str
    bot_token: str
    app_token: str
    signing_secret: str
    channel: str
    injector: Any

    def environment(self) -> dict[str, str]:
        """What perfbot is started with."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "DATABASE_URL"))}
        return kept | {
            "SLACK_API_URL": self.api,
            "SLACK_BOT_TOKEN": self.bot_token,
            "SLACK_APP_TOKEN": self.app_token,
            "SLACK_SIGNING_SECRET": self.signing_secret,
        }


@dataclass
class Perfbot:
    """perfbot as a process: started, killed, started again."""

    place: Place
    mode: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Runs it until it hears."""
        port = free_port()
        words = [*shlex.split(os.environ.get("SCENARIO_COMMAND") or RUN), "--mode", self.mode]
        words += ["--port", str(port)] if self.mode == "http" else []
        with (self.folder / "perfbot.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*words, "--db", str(self.folder / "perfbot.db")],
                env=self.place.environment(),
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        if self.mode == "http":
            until(lambda: self._listens(port), 60)
            self.place.injector.deliver_to(f"http://127.0.0.1:{port}/slack/events")
        until(lambda: self.alive() and self.place.injector.connected(), 60)

    def kill(self) -> None:
        """As the power does: no word of farewell."""
        self._end(signal.SIGKILL)
        if self.mode == "socket":
            until(lambda: not self.place.injector.connected())

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(how)
        self.process.wait(30)

    def alive(self) -> bool:
        assert self.process
        assert self.process.poll() is None, (self.folder / "perfbot.log").read_text()
        return True

    def _listens(self, port: int) -> bool:
        with socket.socket() as caller:
            return self.alive() and caller.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def modes() -> list[str]:
    """Both where the Slack is our own; elsewhere the one it is set up for."""
    there = os.environ.get("SCENARIO_SLACK_API")
    named = os.environ.get("SCENARIO_MODE", "socket" if there else "socket,http")
    return named.split(",")


def elsewhere() -> Place:
    """The Slack the environment names."""
    given = os.environ
    file, _, name = given.get("SCENARIO_INJECTOR", "").partition(":")
    made = getattr(load(file), name) if file else acting.Control
    if missing := [each for each in NEEDED if not given.get(each)]:
        pytest.exit(f"SCENARIO_SLACK_API is set, so set {' and '.join(missing)} as well.", 4)
    address, *tokens = (given[each] for each in ("SCENARIO_SLACK_API", *NEEDED))
    injector = made(given.get("SCENARIO_CONTROL", ""))
    return Place(address, *tokens, given.get("SCENARIO_CHANNEL", CHANNEL), injector)


@contextmanager
def found_place(*, hides_bot_id: bool) -> Iterator[Place]:
    """The Slack to play in: the one that is named, else a local workspace of our own.

    Some servers do not say which app a message is of, and perfbot does not rely on it.
    """
    if os.environ.get("SCENARIO_SLACK_API"):
        yield elsewhere()
        return
    from bot.demo.workspace import Manners, Workspace

    with Workspace(manners=Manners(hides_bot_id=hides_bot_id)) as own:
        tokens = own.bot_token, own.app_token, own.signing_secret
        control = acting.Control(f"{own.url}/_control")
        yield Place(own.api_url, *tokens, CHANNEL, control)


@pytest.fixture(scope="session")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with numbers up to yesterday and a digest that is due, to be copied."""
    database = tmp_path_factory.mktemp("numbers") / "perfbot.db"
    channel = os.environ.get("SCENARIO_CHANNEL", CHANNEL)
    command = shlex.split(os.environ.get("SCENARIO_SEED") or SEED)
    subprocess.run([*command, str(database), channel], check=True, cwd=HERE.parents[1])
    return database


@pytest.fixture(scope="session", params=modes())
def play(request, numbers, tmp_path_factory) -> Iterator[Any]:
    """perfbot at work in one mode, this morning's digest and its thread in the channel."""
    folder = tmp_path_factory.mktemp(request.param)
    shutil.copy(numbers, folder / "perfbot.db")
    with found_place(hides_bot_id=request.param == "http") as place:
        web = WebClient(place.bot_token, base_url=place.api)
        opened = last_ts(web, place.channel)
        perfbot = Perfbot(place, request.param, folder)
        try:
            perfbot.start()
            us = str(web.auth_test()["user_id"])
            about = (place.injector, place.channel, web, request.param, opened, opened, us)
            scene = acting.Scene(*about)
            until(lambda: perfbot.alive() and scene.quiet(), 100)
            yield scene, perfbot
        finally:
            perfbot.stop()
        assert "Traceback" not in (folder / "perfbot.log").read_text()


def last_ts(web: WebClient, channel: str) -> str:
    said = web.conversations_history(channel=channel, limit=1)["messages"]
    return str(said[0]["ts"]) if said else "0"


@pytest.fixture
def perfbot(play) -> Perfbot:
    return play[1]


@pytest.fixture
def scene(play) -> Any:
    """A scenario that begins now, with every answer of those before it undone."""
    found, perfbot = play
    assert perfbot.alive()
    found.undo_everything()
    found.begin()
    return found
