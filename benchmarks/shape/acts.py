"""What people do, each in a process just started, on the database of `perfbot demo`.

`python -m benchmarks.shape.acts ACT DATABASE` prints what was seen as JSON.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.shape import tracing
from benchmarks.shape.tracing import Seen, watching

QUESTION = "channel google"
SENTENCE = "how is google doing"
DAILY = "daily"  # the table of the daily numbers
SECONDS = 300
ROOT = Path(__file__).parents[2]
Moments = Iterator[tuple[str, Seen]]


@cache
def seen(act: str) -> Mapping[str, Seen]:
    """What an act of `ACTS` came to in a process of its own, by its moments.

    Raises:
        RuntimeError: The act failed; what it printed is in the message.
    """
    with tempfile.TemporaryDirectory(prefix="perfbot-shape-") as folder:
        path = shutil.copy(_market(), folder)
        told = json.loads(_process(act, str(path)).splitlines()[-1])
    return {name: Seen(**values) for name, values in told.items()}


def statements(act: str, moment: str = "") -> int:
    """How many SQL statements an act costs, for a test: `assert statements("press") <= 20`.

    Args:
        act: A name in `ACTS`.
        moment: Which part of it; "" for the one called like the act.
    """
    return len(seen(act)[moment or act].statements)


@cache
def _market() -> Path:
    """The demo's database, judged, made once by a process of its own."""
    folder = tempfile.TemporaryDirectory(prefix="perfbot-shape-")
    _KEPT.append(folder)
    path = Path(folder.name) / "demo.db"
    _process("build", str(path))
    return path


_KEPT: list[tempfile.TemporaryDirectory[str]] = []  # until this process ends


def _process(act: str, path: str) -> str:
    words = [sys.executable, "-m", "benchmarks.shape.acts", act, path]
    ended = subprocess.run(
        words, capture_output=True, text=True, timeout=SECONDS, check=False, cwd=ROOT
    )
    if ended.returncode:
        raise RuntimeError(f"{act}: {ended.stderr.strip()}")
    return ended.stdout


def build(path: Path) -> Moments:
    """The demo's market, judged on its morning."""
    from tests.tape import door  # noqa: PLC0415  (perfbot comes after the watch)

    with watching() as found:
        door.build(path)
    yield "build", found


def asked(path: Path) -> Moments:
    """`/perf channel google`, cold; again, warm; and anew, by a reader of another language."""
    from benchmarks.shape import door  # noqa: PLC0415

    with door.opened(path) as context:
        for moment, language in (("cold", "en"), ("warm", "en"), ("anew", "nb")):
            with watching() as found:
                door.ask(context, QUESTION, language)
            yield moment, found


def home(path: Path) -> Moments:
    """The Home tab is opened."""
    from benchmarks.shape import door  # noqa: PLC0415

    with door.opened(path) as context, watching() as found:
        door.home(context)
    yield "home", found


def digest(path: Path) -> Moments:
    """A morning is judged; then its digest is written."""
    from benchmarks.shape import door  # noqa: PLC0415

    with door.opened(path) as context:
        subscription = door.subscribed(context)
        with watching() as judged:
            context.day.refresh(door.AS_OF)
        judged.counts = {"days": door.count(path, DAILY)}
        yield "refresh", judged
        with watching() as found:
            context.day.digest(subscription, door.AS_OF)
        yield "digest", found


def bring(path: Path) -> Moments:
    """A file of daily numbers is brought into the store."""
    from benchmarks.shape import door  # noqa: PLC0415

    rows = door.Normalised()
    with watching(rows.frame) as found:
        there = door.bring(path)
    found.counts = {"normalised": rows.count, "rows": there}
    yield "bring", found


def press(path: Path) -> Moments:
    """Acknowledge is pressed under the second piece of advice of a digest just posted."""
    from benchmarks.shape import door  # noqa: PLC0415

    with door.posted(path) as player:
        item = player.items()[1]
        with watching() as found:
            player.press("acknowledge", item, "advice.acknowledge")
    yield "press", found


def way(path: Path) -> Moments:
    """A sentence typed after `/perf` is followed to its answer."""
    from benchmarks.shape import door  # noqa: PLC0415
    from benchmarks.shape.question import Follower  # noqa: PLC0415

    with door.posted(path) as player:
        follower = Follower(SENTENCE)
        player.act("asks first", "command", text=f"/perf {QUESTION}")
        with watching(follower.frame) as found:
            player.act("asks", "command", text=f"/perf {SENTENCE}")
    found.counts = follower.counts()
    found.notes = [" > ".join(follower.path), ", ".join(sorted(follower.names))]
    yield "way", found


ACTS: dict[str, Callable[[Path], Moments]] = {
    act.__name__: act for act in (build, asked, home, digest, bring, press, way)
}


def main(act: str, path: str) -> None:
    """Do one act and print what was seen."""
    if act != "build":
        tracing.begin()
    found: dict[str, Any] = {name: asdict(moment) for name, moment in ACTS[act](Path(path))}
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
