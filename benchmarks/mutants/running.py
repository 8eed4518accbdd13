"""Runs tests on a copy of bot/, in a child of a process that has loaded the heavy libraries."""

from __future__ import annotations

import importlib
import os
import pickle
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks.mutants.covering import Lines, Watch

ROOT = Path(__file__).parents[2]
HEAVY = ("pandas", "numpy", "scipy.special", "hypothesis", "pydantic", "sqlite_utils", "openpyxl",
         "babel.dates", "jinja2", "slack_bolt", "slack_sdk", "playwright.sync_api", "httpx",
         "pyarrow", "rapidfuzz", "structlog", "apscheduler")  # fmt: skip
QUIET = "ignore::pytest.PytestAssertRewriteWarning"  # plugins are loaded before their time
TIMEOUT = 180  # seconds a change may take: one that never ends is noticed, too
COVERING = 3600  # seconds in which the tests of a folder are watched


@contextmanager
def overlay() -> Iterator[Path]:
    """A folder like the checkout, whose bot/ may be changed."""
    with tempfile.TemporaryDirectory(prefix="perfbot-mutants-") as name:
        folder = Path(name).resolve()
        for entry in ROOT.iterdir():
            if entry.name == "bot":
                shutil.copytree(entry, folder / "bot", ignore=shutil.ignore_patterns("*.pyc"))
            elif not entry.name.startswith("."):
                (folder / entry.name).symlink_to(entry)
        yield folder


def load() -> None:
    """Load what every child needs and nobody changes."""
    for name in HEAVY:
        try:
            importlib.import_module(name)
        except ImportError:  # an extra that is not installed
            continue


def cover(
    folder: Path, files: Collection[Path], tests: Sequence[str]
) -> tuple[Lines, dict[str, float]]:
    """By line of these files, the tests that run it; and how long each takes, in seconds."""
    watch = Watch(files)
    answer = _child(
        folder, lambda: (_pytest(tests, [watch]), (dict(watch.lines), watch.seconds)), COVERING
    )
    if answer is None or answer[0] not in (0, 1):
        raise RuntimeError(f"The tests of {', '.join(tests)} could not be run: {answer}.")
    watched: tuple[Lines, dict[str, float]] = answer[1]
    return watched


def noticed(folder: Path, tests: Sequence[str]) -> bool:
    """Whether any of these tests fails now, or does not come to an end."""
    answer = _child(folder, lambda: (_pytest(tests, []), None), TIMEOUT)
    return answer is None or answer[0] != 0


def _pytest(tests: Sequence[str], plugins: list[Any]) -> int:
    options = ["-q", "-x", "-p", "no:cacheprovider", "--no-header", "-W", QUIET]
    if plugins:
        options.remove("-x")
    return int(pytest.main([*options, *tests], plugins=plugins))


def _child(folder: Path, work: Callable[[], Any], seconds: float) -> Any:
    """What work returns in a child that stands in the folder; None where it did not end in time."""
    answer = folder / "answer.pickle"
    answer.unlink(missing_ok=True)
    pid = os.fork()
    if pid == 0:
        try:
            _stand_in(folder)
            answer.write_bytes(pickle.dumps(work()))
        finally:
            os._exit(0)
    end = time.monotonic() + seconds
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            break
        time.sleep(0.02)
    return pickle.loads(answer.read_bytes()) if answer.exists() else None


def _stand_in(folder: Path) -> None:
    """Nothing said, the folder's own code first, the same examples each time."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.chdir(folder)
    os.environ["CI"] = "1"
    sys.dont_write_bytecode = True
    for name in [module for module in sys.modules if module == "bot" or module.startswith("bot.")]:
        del sys.modules[name]
    sys.path.insert(0, os.fspath(folder))
