"""`make fuzz`: inputs of every kind by the hundred thousand, counted; what breaks is said.

make fuzz                                  10,000 of each kind
make fuzz TIMES=1000                       a thousand of each kind
make fuzz ARGS='--kind http --from 4711'   from the one that broke on
make fuzz ARGS='--minutes 30 --guided'     by coverage, where atheris is installed
"""

from __future__ import annotations

import argparse
import logging
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bot import rules_files
from bot.demo.workspace import Workspace
from bot.render import Renderer, languages
from tests.fuzz.chances import Guided, Rolled
from tests.fuzz.harness import COUNTS, LOGS, SLOWEST, Harness, small_market, timed
from tests.fuzz.kinds import Kind, kinds, small_rules
from tests.fuzz.test_fuzz import NOW, SHORT

AT_ONCE = 250  # of a kind, before the next has its turn: what is cut off is cut off evenly
MOST_FOUND = 20


def main() -> int:
    """Throw what is asked for and print how many of each kind; 1 where anything broke."""
    asked = _arguments()
    with _thrown() as thrown:
        wanted = {name: thrown[name] for name in asked.kind or thrown}
        found = _guided(wanted, asked) if asked.guided else _rolled(wanted, asked)
    for name, count in COUNTS.items():
        _line(f"{name:10} {count:>9,}  slowest {SLOWEST[name]:.2f} s")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _line(f"{'together':10} {COUNTS.total():>9,}  {found} broke; at most {memory:.0f} MB")
    return 1 if found else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=10_000, help="how many of each kind")
    parser.add_argument("--kind", action="append", choices=[*SHORT], help="these kinds only")
    parser.add_argument("--seed", type=int, default=1, help="what all chance comes from")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the number to begin at")
    parser.add_argument("--minutes", type=float, default=6000, help="no longer than so many")
    parser.add_argument("--guided", action="store_true", help="by coverage (needs atheris)")
    return parser.parse_args()


@contextmanager
def _thrown() -> Iterator[dict[str, Kind]]:
    """Every kind, and a whole perfbot that bears them."""
    rulebook = rules_files.load()
    renderers = {name: Renderer(name, metrics=rulebook.metrics) for name in languages()}
    for name in LOGS:
        logging.getLogger(name).setLevel(logging.ERROR)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="perfbot-fuzz-")))
        workspace = stack.enter_context(Workspace())
        small_market(folder / "perfbot.db", rulebook, NOW)
        (folder / "rules").mkdir()
        stack.enter_context(small_rules(folder / "rules"))
        shared = rulebook, renderers
        harness = Harness(stack, workspace, folder / "perfbot.db", shared, NOW)
        logging.lastResort = None  # what is logged is looked at, not shown
        yield dict(kinds(harness, folder))


def _rolled(wanted: dict[str, Kind], asked: argparse.Namespace) -> int:
    """Kinds in turn, each input by its number."""
    found, end = 0, time.monotonic() + 60 * asked.minutes
    for start in range(asked.first, asked.first + asked.times, AT_ONCE):
        for name, kind in wanted.items():
            for number in range(start, min(start + AT_ONCE, asked.first + asked.times)):
                found += not _bears(name, kind, number, asked.seed)
                if found >= MOST_FOUND or time.monotonic() > end:
                    return found
    return found


def _bears(name: str, kind: Kind, number: int, seed: int) -> bool:
    thing = kind.draw(Rolled(f"{seed} {name} {number}"))
    try:
        with timed(name):
            kind.check(thing)
    except Exception:  # noqa: BLE001  (whatever it is: it is what is looked for)
        _line(f"{name} {number} (seed {seed}): {thing!r:.2000}\n{traceback.format_exc()}")
        return False
    return True


def _guided(wanted: dict[str, Kind], asked: argparse.Namespace) -> int:
    """Bytes bent by coverage; atheris ends the process at the first that breaks."""
    import atheris

    names, end = [*wanted], time.monotonic() + 60 * asked.minutes

    def throw(data: bytes) -> None:
        provider: Any = atheris.FuzzedDataProvider(data)
        name = names[provider.ConsumeIntInRange(0, len(names) - 1)]
        thing = wanted[name].draw(Guided(provider))
        with timed(name):
            wanted[name].check(thing)
        if time.monotonic() > end or COUNTS.total() >= asked.times * len(names):
            raise _EnoughError

    for kind in wanted.values():
        kind.check(kind.draw(Rolled("warm")))
    atheris.Setup([sys.argv[0], "-rss_limit_mb=4096", f"-seed={asked.seed}"], throw)
    try:
        atheris.Fuzz()
    except _EnoughError:
        return 0
    return 1


class _EnoughError(Exception):
    """As many as were asked for."""


def _line(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
