"""`make fuzz`: inputs of every kind by the hundred thousand, counted; what breaks is said.

make fuzz                                  a million in all, at least 10,000 of each kind
make fuzz TIMES=10000                      a hundredth of it
make fuzz ARGS='--kind http --from 4711'   from the one that broke on
make fuzz ARGS='--minutes 30 --guided'     by coverage, where atheris is installed
"""

from __future__ import annotations

import argparse
import gc
import logging
import math
import os
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FunctionType
from typing import Any, NoReturn

from bot import rules_files
from bot.demo.workspace import Workspace
from bot.render import Renderer, languages
from tests.fuzz.chances import Guided, Rolled
from tests.fuzz.harness import COUNTS, LOGS, SLOWEST, Harness, small_market, timed
from tests.fuzz.kinds import Kind, kinds, small_rules
from tests.fuzz.test_fuzz import NOW, SHORT

# Of a thousand inputs: at least 10,000 of each kind of a million, more where little is done.
SHARES = {"question": 10, "command": 10, "action": 10, "view": 10, "event": 20, "http": 220,
          "file": 10, "settings": 670, "rule": 20, "template": 20}  # fmt: skip
A_ROUND = 5_000  # inputs in which each kind has its turn: what is cut off is cut off evenly
SLOW, HEAVY = 5.0, 500  # seconds of processor time for an input, MB for the process
# What `--guided` watches the coverage of: whatever reads what people wrote.
WATCHED = {
    "question": ("bot.question", "bot.ask"),
    "file": ("bot.sources",),
    "settings": ("bot.settings", "tomllib"),
    "rule": ("bot.rules_files", "bot.advice.rules"),
    "template": ("bot.rules_files.inline_tests", "jinja2.parser", "jinja2.lexer"),
}
FOLDERS: list[Path] = []
MOST_FOUND, LINES = 20, 12


def main() -> int:
    """Throw what is asked for and print how many of each kind; 1 where anything broke."""
    asked = _arguments()
    with _thrown() as (harness, thrown):
        wanted = {name: thrown[name] for name in asked.kind or thrown}
        found = _guided(wanted, asked) if asked.guided else _rolled(wanted, harness, asked)
    _summary(wanted, found)
    return 1 if found or _memory() > HEAVY else 0


def _summary(wanted: dict[str, Kind], found: int) -> None:
    for name in wanted:
        _line(f"{name:10} {COUNTS[name]:>9,}  slowest {SLOWEST.get(name, 0.0):.2f} s")
    _line(f"{'together':10} {COUNTS.total():>9,}  {found} broke; at most {_memory():.0f} MB")


def _memory() -> float:
    """The most the process has needed until now, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=1_000_000, help="how many in all")
    parser.add_argument("--kind", action="append", choices=[*SHORT], help="these kinds only")
    parser.add_argument("--seed", type=int, default=1, help="what all chance comes from")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the number to begin at")
    parser.add_argument("--minutes", type=float, default=6000, help="no longer than so many")
    parser.add_argument("--guided", action="store_true", help="by coverage (needs atheris)")
    return parser.parse_args()


@contextmanager
def _thrown() -> Iterator[tuple[Harness, dict[str, Kind]]]:
    """Every kind, and a whole perfbot that bears them."""
    rulebook = rules_files.load()
    renderers = {name: Renderer(name, metrics=rulebook.metrics) for name in languages()}
    for name in LOGS:
        logging.getLogger(name).setLevel(logging.ERROR)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(_in_memory()))
        FOLDERS.append(folder)
        workspace = stack.enter_context(Workspace())
        small_market(folder / "perfbot.db", rulebook, NOW)
        (folder / "rules").mkdir()
        stack.enter_context(small_rules(folder / "rules"))
        shared = rulebook, renderers
        harness = Harness(stack, workspace, folder / "perfbot.db", shared, NOW)
        logging.lastResort = None  # what is logged is looked at, not shown
        yield harness, dict(kinds(harness, folder))


def _in_memory() -> tempfile.TemporaryDirectory[str]:
    """A folder that no disk has to be waited for, where the system has one."""
    memory = Path("/dev/shm")
    return tempfile.TemporaryDirectory(
        prefix="perfbot-fuzz-", dir=memory if memory.is_dir() else None
    )


def _rolled(wanted: dict[str, Kind], harness: Harness, asked: argparse.Namespace) -> int:
    """Kinds in turn, each input by its number; perfbot begins anew with every round."""
    found, end = 0, time.monotonic() + 60 * asked.minutes
    rounds = max(1, asked.times // A_ROUND)
    for turn in range(rounds):
        harness.renew()
        for name, number in _numbers([*wanted], turn / rounds, (turn + 1) / rounds, asked):
            found += not _bears(name, wanted[name], number, asked.seed)
            if found >= MOST_FOUND or time.monotonic() > end:
                return found
        _line(f"round {turn + 1} of {rounds}: {COUNTS.total():,} inputs, {_memory():.0f} MB")
    return found


def _numbers(
    names: Sequence[str], since: float, until: float, asked: argparse.Namespace
) -> Iterator[tuple[str, int]]:
    """The inputs of a part of the run: of each kind the same part of its share."""
    for name in names:
        times = asked.times * SHARES[name] / sum(SHARES[each] for each in names)
        for number in range(math.ceil(since * times), math.ceil(until * times)):
            yield name, asked.first + number


def _bears(name: str, kind: Kind, number: int, seed: int) -> bool:
    thing = kind.draw(Rolled(f"{seed} {name} {number}"))
    return _passes(name, kind, thing, f"{number} (seed {seed})")


def _passes(name: str, kind: Kind, thing: Any, called: str) -> bool:
    """Throw it; False, and said why, where anything breaks or takes too long."""
    try:
        with timed(name) as took:
            kind.check(thing)
        assert took.seconds <= SLOW, f"It took {took.seconds:.1f} s."
    except Exception:  # noqa: BLE001  (whatever it is: it is what is looked for)
        _line(f"{name} {called}: {thing!r:.2000}\n{traceback.format_exc(limit=-LINES)}")
        return False
    return True


def _guided(wanted: dict[str, Kind], asked: argparse.Namespace) -> NoReturn:
    """Bytes bent by coverage. The loop is the fuzzer's and never returns: it ends the process."""
    import atheris

    names, end = [*wanted], time.monotonic() + 60 * asked.minutes

    def throw(data: bytes) -> None:
        provider: Any = atheris.FuzzedDataProvider(data)
        name = names[provider.ConsumeIntInRange(0, len(names) - 1)]
        if not _passes(name, wanted[name], wanted[name].draw(Guided(provider)), "guided"):
            _over(wanted, 1)
        if time.monotonic() > end or COUNTS.total() >= asked.times:
            _over(wanted, 0)

    for kind in wanted.values():
        kind.check(kind.draw(Rolled("warm")))
    watched = tuple(module for name in names for module in WATCHED.get(name, ()))
    functions = [each for each in gc.get_objects() if isinstance(each, FunctionType)]
    for function in functions:
        if (function.__module__ or "").startswith(watched):
            atheris.instrument_func(function)
    flags = (f"-rss_limit_mb={HEAVY * 2}", f"-seed={asked.seed}", "-len_control=0", "-max_len=400")
    atheris.Setup([sys.argv[0], *flags], throw)
    atheris.Fuzz()
    raise AssertionError("atheris returned")


def _over(wanted: dict[str, Kind], found: int) -> NoReturn:
    """Say what was thrown and end: nothing behind the fuzzer's loop is ever reached."""
    _summary(wanted, found)
    shutil.rmtree(FOLDERS.pop(), ignore_errors=True)
    os._exit(found)


def _line(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
