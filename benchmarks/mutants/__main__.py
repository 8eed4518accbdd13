"""`make mutants`: changes the core a little, one change at a time, and counts which are noticed.

    make mutants ARGS="--modules bot/numbers bot/advice/guards --count 40 --seed 3"

Each change is tried with the tests of the folder that has the module's name under tests/, then with
those of other files that import the module: those that run the changed line, as many as fit into
--seconds of CPU time. Which run it is watched once a file of tests and kept in .mutants/. Changes
that change nothing anybody could see are listed with the reason in equivalent.toml, and left out.
"""

from __future__ import annotations

import argparse
import random
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.mutants import covering, running
from benchmarks.mutants.changes import Mutant, mutants

GOAL = 0.9  # the share of changes that some test notices
KEY = ("module", "line", "before", "after")
EQUIVALENT = Path(__file__).parent / "equivalent.toml"


def main(words: Sequence[str]) -> int:
    """Exit code: 0 where at least nine in ten are noticed."""
    options = _arguments(words)
    files = sorted(_files(options.modules))
    picked = _picked(files, options.count, options.seed)
    outcomes: list[running.Trial] = []

    def report(trial: running.Trial) -> None:
        outcomes.append(trial)
        sys.stdout.write(f"{trial}\n")
        sys.stdout.flush()

    running.trials(picked, options.tests, options.seconds, report)
    noticed = sum(trial.by is not None for trial in outcomes)
    share = noticed / max(len(outcomes), 1)
    sys.stdout.write(f"{noticed} of {len(outcomes)} noticed ({share:.0%}; goal {GOAL:.0%}).\n")
    return 0 if share >= GOAL else 1


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument(
        "--modules", nargs="+", default=covering.CORE, help="files or folders of bot/"
    )
    parser.add_argument("--count", type=int, default=60, help="how many changes")
    parser.add_argument("--seed", type=int, default=1, help="which of them")
    parser.add_argument("--tests", nargs="+", help="folders or files of tests instead of these")
    parser.add_argument("--seconds", type=float, default=20, help="CPU time of tests a change")
    return parser.parse_args(words)


def _files(modules: Sequence[str]) -> Iterator[str]:
    for module in modules:
        path = running.ROOT / module
        sources = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
        yield from (source.relative_to(running.ROOT).as_posix() for source in sources)


def _picked(files: Sequence[str], count: int, seed: int) -> list[tuple[str, Mutant]]:
    """So many changes, drawn evenly from all there are; in the order of the files."""
    left_out = [tuple(change[key] for key in KEY) for change in equivalents()]
    changes = [
        (file, mutant)
        for file in files
        for mutant in mutants((running.ROOT / file).read_text(encoding="utf-8"))
        if (file, mutant.text, mutant.before, mutant.after) not in left_out
    ]
    sample = random.Random(seed).sample(changes, min(count, len(changes)))
    return sorted(sample, key=lambda change: (change[0], change[1].line))


def equivalents() -> list[dict[str, str]]:
    """The changes nobody could see: module, line, before, after, and why."""
    changes: list[dict[str, str]] = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["change"]
    return changes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
