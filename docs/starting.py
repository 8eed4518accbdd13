"""The first minutes with perfbot, as somebody has them: from an empty folder to a bot at work.

The local Google and Meta stand where the real ones would, a local Slack where Slack would. What is
typed here is typed into a real terminal; tests/e2e/test_wire_starting.py holds that it ends well,
and `python -m docs.pictures starting` takes the pictures of docs/starting.md from it.
"""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app.live import environment
from bot.demo.platforms import World, google, meta
from bot.demo.platforms.entities import Account
from bot.demo.workspace.server import Workspace
from docs.person_time import PersonTime

PERFBOT = (sys.executable, "-c", "from bot.cli import main; main()")
DAYS = 75
COUNTED = 4  # o'clock, when an account's numbers of the day before are there
STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
THREAD = "\n  │ 1. "  # where the digest ends, and the messages of its thread begin
PATIENCE = 240.0  # seconds until a question must come
Answers = Sequence[tuple[str, str]]
"""How each question begins, and what is typed: they come in this order."""


@dataclass(frozen=True)
class Beginner:
    """Somebody with an empty folder, two platforms and a Slack.

    Attributes:
        folder: Where perfbot is set up.
        world: What the platforms hold.
        workspace: The local Slack.
        keys: What a person copies from the platforms, by variable.
        addresses: Where the local servers are.
    """

    folder: Path
    world: World
    workspace: Workspace
    keys: Mapping[str, str] = field(repr=False)
    addresses: Mapping[str, str] = field(repr=False)

    @property
    def accounts(self) -> tuple[Account, Account]:
        """Google's and Meta's of one currency, where it is no longer night."""
        at_home = [self.world.accounts(name)[0] for name in ("google", "meta")]
        abroad = [self.world.accounts(name)[1] for name in ("google", "meta")]
        hour = self.world.now.astimezone(ZoneInfo(at_home[0].time_zone)).hour
        chosen = at_home if hour >= COUNTED else abroad
        return chosen[0], chosen[1]

    @property
    def days(self) -> tuple[date, date]:
        """Seven days until the newest that the platforms have counted."""
        at_home = self.world.now.astimezone(ZoneInfo(self.accounts[0].time_zone))
        last_day = (at_home - timedelta(hours=3)).date() - timedelta(days=1)
        return last_day - timedelta(days=6), last_day

    @property
    def span(self) -> str:
        """The same as it is typed."""
        return f"{self.days[0]}..{self.days[1]}"

    @property
    def answers(self) -> Answers:
        """What is typed into `perfbot init`."""
        keys = [(name, value) for name, value in self.keys.items() if name.startswith("GOOGLE")]
        token = "META_ADS_ACCESS_TOKEN"
        return (
            ("Language", "en"),
            ("What do you have?", "google, meta"),
            *keys,
            ("The manager account's id", ""),
            ("Which accounts?", self.accounts[0].account_id),
            (token, self.keys[token]),
            ("The business's id", ""),
            ("Which accounts?", self.accounts[1].account_id),
            ("Time zone of your mornings", ""),
        )

    @property
    def written(self) -> tuple[str, ...]:
        """Every line a person writes from an empty folder to a bot at work in Slack."""
        answers = (answer for _, answer in self.answers)
        tokens = {"BOT": self.workspace.bot_token, "APP": self.workspace.app_token}
        slack = (f"echo 'SLACK_{kind}_TOKEN={token}' >> .env" for kind, token in tokens.items())
        return ("perfbot init", *answers, *slack, "perfbot run")

    def busy(self, shown: str) -> PersonTime:
        """What it takes of a person who reads what init shows, to the end of the digest."""
        copied = (*self.keys.values(), self.workspace.bot_token, self.workspace.app_token,
                  *(account.account_id for account in self.accounts))  # fmt: skip
        return PersonTime.of(self.written, shown.partition(THREAD)[0], copied)

    @property
    def environ(self) -> dict[str, str]:
        """Nobody's environment, but for where the local servers are."""
        hidden = ("SLACK_", "DATABASE_URL", "GOOGLE_ADS_", "META_ADS_", "PERFBOT_")
        mine = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        plain = {"TERM": "dumb", "COLUMNS": "112", "LANG": "C.UTF-8"}
        return mine | dict(self.addresses) | plain

    def init(self) -> str:
        """`perfbot init`, typed; what the terminal shows."""
        return typed([*PERFBOT, "init"], self.folder, self.environ, self.answers)

    def doctor(self) -> str:
        """`perfbot doctor`; what the terminal shows."""
        return typed([*PERFBOT, "doctor"], self.folder, self.environ, ())

    def give_slack(self) -> None:
        """Slack's tokens, where the other keys are."""
        tokens = {
            "SLACK_BOT_TOKEN": self.workspace.bot_token, "SLACK_APP_TOKEN": self.workspace.app_token
        }  # fmt: skip
        with (self.folder / ".env").open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in tokens.items())

    def ask(self, text: str, words: str) -> str:
        """Kari writes something in the channel; the answer to her that has these words.

        Raises:
            AssertionError: None comes.
        """
        said = self.workspace.do("command", text=text, user="kari", channel="performance")
        assert said["ok"], said
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            whispers = self.workspace.snapshot()["ephemerals"]
            answers = [json.dumps(one["blocks"], ensure_ascii=False) for one in whispers]
            if answer := next((answer for answer in answers if words in answer), ""):
                return answer
            time.sleep(0.05)
        raise AssertionError(f"{text!r} had no answer with {words!r}.")

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """`perfbot run`, connected to Slack; ended as by Ctrl-C."""
        environ = self.environ | {"SLACK_API_URL": self.workspace.api_url}
        log = (self.folder / "run.log").open("wb")
        process = subprocess.Popen(
            [*PERFBOT, "run"], cwd=self.folder, env=environ, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            end = time.monotonic() + PATIENCE
            while not self.workspace.connected():
                if process.poll() is not None or time.monotonic() > end:
                    raise SystemExit((self.folder / "run.log").read_text(encoding="utf-8"))
                time.sleep(0.1)
            yield process
        finally:
            process.terminate()
            process.wait(timeout=60)
            log.close()


@contextmanager
def beginner(folder: Path) -> Iterator[Beginner]:
    """Somebody about to begin in a folder."""
    world = World(lambda: datetime.now(UTC), days=DAYS)
    with ExitStack() as stack:
        ads, graph = stack.enter_context(google(world)), stack.enter_context(meta(world))
        workspace = Workspace(port=0).start()
        stack.callback(workspace.stop)
        values = environment(ads, graph)
        places = ("GOOGLE_ADS_ENDPOINT", "GOOGLE_ADS_TOKEN_URI", "META_ADS_GRAPH_URL",
                  "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH")  # fmt: skip
        keys = {name: value for name, value in values.items() if name not in places}
        addresses = {name: values[name] for name in places}
        addresses["SLACK_API_URL"] = workspace.api_url
        yield Beginner(folder, world, workspace, keys, addresses)


def typed(words: Sequence[str], folder: Path, environ: Mapping[str, str], answers: Answers) -> str:
    """A command in a terminal, with an answer typed to each question; what the terminal shows.

    Raises:
        AssertionError: A question does not come, or another one does.
    """
    process, terminal = pty.fork()
    if process == 0:  # pragma: no cover, the child is perfbot
        os.chdir(folder)
        os.execvpe(words[0], [*words], dict(environ))
    shown, place, waiting = b"", 0, list(answers)
    end = time.monotonic() + PATIENCE
    while piece := _read(terminal, end):
        shown += piece
        question = _question(shown[place:], waiting)
        if question:
            os.write(terminal, waiting.pop(0)[1].encode() + b"\n")
            place = len(shown)
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    text = _plain(shown.decode(errors="replace"))
    assert not waiting, f"{waiting[0][0]!r} was never asked:\n{text}"
    assert os.waitstatus_to_exitcode(status) in {0, 1}, text
    return text


def _read(terminal: int, end: float) -> bytes:
    """What comes next; nothing where the command has ended."""
    while time.monotonic() < end:
        if select.select([terminal], [], [], 1.0)[0]:
            try:
                return os.read(terminal, 65_536)
            except OSError:  # Linux says so at the end
                return b""
    raise AssertionError("The terminal stood still.")


def _question(shown: bytes, waiting: Answers) -> bool:
    """Whether the question whose turn it is stands there, waiting for its answer."""
    if not waiting:
        return False
    line = _plain(shown.decode(errors="replace")).rpartition("\n")[2]
    return line.startswith(waiting[0][0]) and line.endswith(": ")


def _plain(text: str) -> str:
    """Without what steers a terminal."""
    return STEERING.sub("", text).replace("\r\n", "\n").replace("\r", "")
