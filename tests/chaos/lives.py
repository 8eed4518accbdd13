"""Lives of perfbot: processes that are forked from a warm one, do a part, and may be killed at it.

`Nursery` starts `python -m tests.chaos.lives` once: it has imported everything, read rules and
words, and runs no thread. Each life is a fork of it, a process of its own with connections of its
own; it starts in a few milliseconds in the place of three seconds.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from tests.chaos.points import NEVER, Points, watch

ROOT = Path(__file__).parents[2]
LONGEST = 90.0  # seconds a life may take before it counts as stuck
Job = dict[str, Any]


class Nursery:
    """The warm process that lives are forked from; a context."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ended: dict[int, int] = {}
        self._answers: list[int] = []
        self._changed = threading.Condition()
        self._numbers = 0

    def __enter__(self) -> Self:
        environ = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "DATABASE"))}
        environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.lives"], cwd=ROOT, env=environ, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_error: object) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(20)
        self._reader.join(20)
        assert self.process.stdout
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            word, number, *code = map(int, line.split())
            with self._changed:
                if word == 0:  # a number is given anew once all of them were given out
                    self._ended.pop(number, None)
                    self._answers.append(number)
                else:
                    self._ended[number] = code[0]
                self._changed.notify_all()

    def start(self, **job: Any) -> Life:
        """A new life, at work."""
        self._numbers += 1
        place = self.folder / f"life{self._numbers}"
        assert self.process.stdin
        with self._changed:
            before = len(self._answers)
            self.process.stdin.write(json.dumps(job | {"place": str(place)}) + "\n")
            self.process.stdin.flush()
            assert self._changed.wait_for(lambda: len(self._answers) > before, LONGEST)
            return Life(self, self._answers[-1], place)

    def run(self, **job: Any) -> Life:
        """A whole life, to its end."""
        life = self.start(**job)
        life.wait()
        return life

    def ended(self, pid: int, seconds: float) -> int | None:
        """How it ended: 0, or minus a signal; None where it has not."""
        with self._changed:
            self._changed.wait_for(lambda: pid in self._ended, seconds)
            return self._ended.get(pid)


class Life:
    """A process of perfbot's.

    Attributes:
        code: How it ended: 0, or minus a signal.
    """

    def __init__(self, nursery: Nursery, pid: int, place: Path) -> None:
        self.nursery, self.pid, self.place = nursery, pid, place
        self.code: int | None = None

    def wait(self, seconds: float = LONGEST) -> int:
        """Wait for its end; one that does not come to it is killed, and said to be stuck."""
        self.code = self.nursery.ended(self.pid, seconds)
        if self.code is None:
            os.kill(self.pid, signal.SIGUSR1)  # it says where each of its threads is
            time.sleep(0.3)
            self.kill()
            raise StuckError(f"A life did not end within {seconds:.0f} s:\n{self.log()}")
        return self.code

    def kill(self) -> None:
        """As the power does."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.code = self.nursery.ended(self.pid, 20)

    def stop(self) -> int:
        """As an operator does."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        return self.wait()

    @property
    def is_over(self) -> bool:
        return self.nursery.ended(self.pid, 0) is not None

    def said(self, name: str, seconds: float = LONGEST) -> Any:
        """What it wrote under this name, once it has; None where it ended before."""
        file, end = self.place.with_suffix(f".{name}"), time.monotonic() + seconds
        while not file.exists():
            if self.is_over or time.monotonic() > end:
                return json.loads(file.read_text()) if file.exists() else None
            time.sleep(0.004)
        return json.loads(file.read_text())

    def log(self) -> str:
        """Whatever it logged."""
        file = self.place.with_suffix(".log")
        return file.read_text(errors="replace") if file.exists() else ""


class StuckError(Exception):
    """A life that came to no end."""


# -- in the warm process, and its children --------------------------------------------------------
class Turned:
    """A clock that stands where it was put, and goes on from there."""

    def __init__(self, at: datetime) -> None:
        self.put(at)

    def put(self, at: datetime) -> None:
        self._at, self._since = at, time.monotonic()

    def __call__(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._since)


class Newborn:
    """What every life has: its job, its clock, and the parts of perfbot."""

    def __init__(self, job: Job, shared: Any) -> None:
        self.job, self.place = job, Path(job["place"])
        self.clock = Turned(datetime.fromisoformat(job["at"]))
        self.points = Points(
            job.get("die_at") or NEVER, job.get("trouble", ""), job.get("trouble_at") or NEVER,
            job.get("trouble_times", 1), armed=job["role"] != "web",
        )  # fmt: skip
        self._shared = shared

    def say(self, name: str, value: Any) -> None:
        """Leave a value where whoever started this life looks for it."""
        file = self.place.with_suffix(f".{name}")
        whole = file.with_suffix(".part")
        whole.write_text(json.dumps(value))
        whole.rename(file)

    def composition(self) -> Any:
        """The parts, on a store opened as `perfbot` opens it."""
        from bot.app import composition
        from bot.settings import read
        from bot.store import open_store

        rulebook, renderers = self._shared
        composition.now = self.clock  # Slack's time is turned, too
        settings = read(self.job["config"], self.job["environ"])
        store = open_store(self.job["database"], check=True)
        store.upgrade()
        return composition.Composition(settings, store, rulebook, renderers, self.clock)


def worker(born: Newborn) -> None:
    """What `perfbot worker` does in some minutes; a clock that jumps says other ones."""
    from bot.jobs.scheduler import ClockCheck

    parts = born.composition()
    tick, elapsed = parts.tick(), [0.0]
    tick.steady = ClockCheck(lambda: elapsed[0])
    if not born.job.get("deliver", True):
        parts.outbox.wake = lambda: None
    for minute in born.job["minutes"]:
        born.clock.put(datetime.fromisoformat(born.job["at"]) + timedelta(minutes=minute))
        elapsed[0] += 60.0  # a minute went by, whatever the clock says
        tick.take_over()
        tick()
        parts.apply()
    parts.homes.stop()
    parts.store.close()


def web(born: Newborn) -> None:
    """What `perfbot web` does, until it is told to stop."""
    from bot.app.serving import Server, listening
    from bot.jobs.outbox import Couriers
    from bot.slack import http, socket
    from bot.slack.app import drain

    parts, stop = born.composition(), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with ExitStack() as shift:
        shift.callback(parts.store.close)
        shift.callback(parts.homes.stop)
        couriers = Couriers(parts.outbox)
        couriers.start()
        shift.callback(couriers.stop)
        app = parts.bolt()
        shift.callback(drain, app)
        catch_up = parts.catching_up(app, lambda: True)
        catch_up()
        address = ""
        if born.job.get("socket"):
            token = parts.settings.tokens.app.get_secret_value()
            connected = socket.connect(app, token, parts.settings.tokens.api_url)
            shift.callback(connected.close)
        else:
            server = Server(http.asgi(app, metrics=lambda: b""), listening("127.0.0.1", 0))
            server.start()
            shift.callback(server.stop)
            address = server.address
        born.points.armed = True
        born.say("ready", address)
        while not stop.wait(0.05):
            _follow(born)
        born.points.armed = False


def _follow(born: Newborn) -> None:
    """Turn the clock where whoever started this life says so."""
    file = Path(born.job.get("clock") or os.devnull)
    if file.is_file() and (at := file.read_text()) != born.job["at"]:
        born.job["at"] = at
        born.clock.put(datetime.fromisoformat(at))


def judge(born: Newborn) -> None:
    """A morning is judged anew."""
    parts = born.composition()
    parts.day.refresh(born.clock().date())
    parts.store.close()


ROLES: dict[str, Callable[[Newborn], None]] = {"worker": worker, "web": web, "judge": judge}


def _live(job: Job, shared: Any) -> None:
    """A life from birth to death, in a process of its own."""
    born = Newborn(job, shared)
    log = os.open(born.place.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, force=True)
    faulthandler.register(signal.SIGUSR1, file=2)
    watch(born.points)
    _hasten(job)
    code = 0
    try:
        _role(job["role"])(born)
    except BaseException:  # noqa: BLE001  (whatever it is: a process ends and says why)
        traceback.print_exc()
        code = 1
    born.say("points", born.points.names)
    born.say("writes", born.points.writes)
    logging.shutdown()
    os._exit(code)


def _hasten(job: Job) -> None:
    """Nobody really waits for a platform to come back, nor ten seconds for Slack."""
    from bot.slack import post
    from bot.sources.platforms.rest import Patience

    post.ONE_TRY = job.get("one_try", post.ONE_TRY)
    begin: Any = Patience.__init__
    begin.__defaults__ = tuple(
        (lambda _seconds: None) if value is time.sleep else value for value in begin.__defaults__
    )


def _role(name: str) -> Callable[[Newborn], None]:
    if name == "look":
        from tests.chaos.looking import look

        return look
    return ROLES[name]


@contextmanager
def _children() -> Iterator[int]:
    """A descriptor that can be read when a child has ended."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    yield reading


def main() -> None:
    """Fork a life for each line of standard input, say when each ends, until there are no more."""
    from bot import rules_files
    from bot.app import composition  # noqa: F401  (imported before anybody is born)
    from bot.app.serving import Server  # noqa: F401
    from bot.render import Renderer, languages
    from bot.slack import http, socket  # noqa: F401
    from bot.sources.platforms import meta, meta_budgets  # noqa: F401
    from tests.chaos import looking  # noqa: F401

    rulebook = rules_files.load()
    shared = rulebook, {name: Renderer(name, metrics=rulebook.metrics) for name in languages()}
    alive: set[int] = set()
    buffer, is_open = b"", True
    with _children() as ended, selectors.DefaultSelector() as waiting:
        waiting.register(0, selectors.EVENT_READ)
        waiting.register(ended, selectors.EVENT_READ)
        while is_open:
            ready = {key.fd for key, _ in waiting.select(0.5)}
            if 0 in ready:
                piece = os.read(0, 65536)
                is_open, buffer = bool(piece), buffer + piece
                *lines, buffer = buffer.split(b"\n")
                for line in lines:
                    alive.add(_born(json.loads(line), shared))
            if ended in ready:
                os.read(ended, 4096)
            _bury(alive)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


def _born(job: Job, shared: Any) -> int:
    pid = os.fork()
    if pid == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _live(job, shared)
    sys.stdout.write(f"0 {pid}\n")
    sys.stdout.flush()
    return pid


def _bury(alive: set[int]) -> None:
    for pid in tuple(alive):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            alive.discard(pid)
            sys.stdout.write(f"1 {pid} {os.waitstatus_to_exitcode(status)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
