"""`make mutants`: changes the core a little, one change at a time, and counts which are noticed.

    make mutants ARGS="--modules bot/numbers bot/advice/guards --count 40 --seed 3"

Each change is tried with the tests of the folder that has the module's name under tests/, those
that run the changed line. Changes that change nothing anybody could see are listed with the reason
in equivalent.toml, and left out.
"""

from __future__ import annotations

import argparse
import random
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutants import running
from benchmarks.mutants.changes import Mutant, mutants

CORE = ("bot/numbers", "bot/advice", "bot/store", "bot/jobs", "bot/policy", "bot/snapshot")
GOAL = 0.9  # the share of changes that some test notices
EQUIVALENT = Path(__file__).parent / "equivalent.toml"


@dataclass(frozen=True)
class Trial:
    """A change, the tests that ran its line, and whether one of them failed."""

    module: str
    mutant: Mutant
    tests: int
    noticed: bool

    def __str__(self) -> str:
        word = "noticed  " if self.noticed else "UNNOTICED"
        line = f"{self.module}:{self.mutant.line}"
        change = f"{self.mutant.before[:60]} → {self.mutant.after[:60]}"
        return f"{word} {line:<52} {change}  [{self.tests} tests]"


def main(words: Sequence[str]) -> int:
    """Exit code: 0 where at least nine in ten are noticed."""
    options = _arguments(words)
    files = sorted(_files(options.modules))
    trials = []
    for trial in _trials(_picked(files, options.count, options.seed), options.tests):
        trials.append(trial)
        sys.stdout.write(f"{trial}\n")
        sys.stdout.flush()
    noticed = sum(trial.noticed for trial in trials)
    share = noticed / max(len(trials), 1)
    sys.stdout.write(f"{noticed} of {len(trials)} noticed ({share:.0%}; goal {GOAL:.0%}).\n")
    return 0 if share >= GOAL else 1


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("--modules", nargs="+", default=CORE, help="files or folders of bot/")
    parser.add_argument("--count", type=int, default=60, help="how many changes")
    parser.add_argument("--seed", type=int, default=1, help="which of them")
    parser.add_argument("--tests", nargs="+", help="folders or files of tests instead of namesakes")
    return parser.parse_args(words)


def _files(modules: Sequence[str]) -> Iterator[str]:
    for module in modules:
        path = running.ROOT / module
        sources = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
        yield from (source.relative_to(running.ROOT).as_posix() for source in sources)


def _picked(files: Sequence[str], count: int, seed: int) -> list[tuple[str, Mutant]]:
    """So many changes, drawn evenly from all there are; in the order of the files."""
    equivalent = {
        (change["module"], change["before"], change["after"]) for change in _equivalents()
    }
    changes = [
        (file, mutant)
        for file in files
        for mutant in mutants((running.ROOT / file).read_text(encoding="utf-8"))
        if (file, mutant.before, mutant.after) not in equivalent
    ]
    sample = random.Random(seed).sample(changes, min(count, len(changes)))
    return sorted(sample, key=lambda change: (change[0], change[1].line))


def _equivalents() -> list[dict[str, str]]:
    changes: list[dict[str, str]] = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["change"]
    return changes


def _trials(picked: Sequence[tuple[str, Mutant]], tests: Sequence[str] | None) -> Iterator[Trial]:
    running.load()
    with running.overlay() as folder:
        for folders in dict.fromkeys(_tests_of(file, tests) for file, _ in picked):
            tried_here = [change for change in picked if _tests_of(change[0], tests) == folders]
            yield from _of_folder(folder, tried_here, list(folders))


def _tests_of(file: str, tests: Sequence[str] | None) -> tuple[str, ...]:
    """The tests named on the command line, or the folder with the name of the module's folder."""
    return tuple(tests) if tests else (f"tests/{file.split('/')[1]}",)


def _of_folder(
    folder: Path, picked: Sequence[tuple[str, Mutant]], tests: list[str]
) -> Iterator[Trial]:
    files = [folder / file for file, _ in picked]
    lines, seconds = running.cover(folder, files, tests)
    for file, mutant in picked:
        names = lines.get((str(folder / file), mutant.line), set())
        ordered = sorted(names, key=lambda name: seconds.get(name, 0.0))
        noticed = bool(ordered) and _fails(folder, file, mutant, ordered)
        yield Trial(file, mutant, len(names), noticed)


def _fails(folder: Path, file: str, mutant: Mutant, tests: Sequence[str]) -> bool:
    place = folder / file
    source = place.read_text(encoding="utf-8")
    place.write_text(mutant.source, encoding="utf-8")
    try:
        return running.noticed(folder, tests)
    finally:
        place.write_text(source, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
