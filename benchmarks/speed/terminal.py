"""The terminal's first answers, each in a fresh process, on a morning that was judged already.

Bytecode is there, as it is where perfbot is installed. The floor loads the three libraries an
answer is made with; where that takes 0.4 s the goal is one second.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.speed.frames import MORNING
from benchmarks.speed.timing import Timed, say
from bot.app.demo import import_market
from bot.jobs.morning import refresh
from bot.rules_files import load
from bot.store import open_store

REPEATS = 3
GOAL, HELP_GOAL = 2.5, 0.25
FLOOR = "import pandas, jinja2, sqlite_utils"
ANSWERS: Mapping[str, Sequence[str]] = {
    "/perf channel google": ("ask", "/perf channel google"),
    "advise": ("advise",),
    "board": ("board",),
}
CALL = "import sys; from bot.cli import main; main(sys.argv[1:])"


def lines() -> Iterator[Timed]:
    """Processor time of the whole process, the best of several; the first writes the bytecode."""
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "demo.db")
        _prepare(place)
        words = ("--as-of", MORNING.isoformat(), "--db", place)
        for name, command in ANSWERS.items():
            say(f"terminal, {name} …")
            yield _beside_floor(folder, name, (*command, *words), GOAL)
        yield _beside_floor(folder, "--help", ("--help",), HELP_GOAL)


def _beside_floor(folder: str, name: str, words: Sequence[str], goal: float) -> Timed:
    """In turns, so that a busy moment hits both; the best of each counts."""
    pairs = [(_seconds(folder, CALL, words), _seconds(folder, FLOOR, ()))
             for _ in range(REPEATS + 1)][1:]  # fmt: skip
    ours, floor = (min(each) for each in zip(*pairs, strict=True))
    return Timed("first answer", name, ours, FLOOR, floor, goal)


def _prepare(place: str) -> None:
    """The demo's market, judged as the tick leaves it."""
    at = datetime(MORNING.year, MORNING.month, MORNING.day, 6, tzinfo=UTC)
    with closing(open_store(place)) as store:
        import_market(store, MORNING, 1, at)
        refresh(store, load(), MORNING, clock=lambda: at)


def _seconds(folder: str, code: str, words: Sequence[str]) -> float:
    """What a process of its own takes, its own parts and the system's."""
    environ = {**os.environ, "PYTHONPYCACHEPREFIX": folder, "PYTHONPATH": os.pathsep.join(sys.path)}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code, *words], check=True, env=environ, cwd=folder,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
