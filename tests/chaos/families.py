"""Every fault of a run, in order: all points there are to die at, and trouble drawn by the seed."""

from __future__ import annotations

from collections.abc import Iterator

from tests.chaos.kills import answered, kill, points_of, reached
from tests.chaos.places import Office
from tests.chaos.trials import DATABASES, Bench, Family, Fault
from tests.chaos.troubles import TROUBLED

FAMILIES: dict[str, Family] = {
    "kill": kill,
    "answer": answered,
    **{name: family for name, (family, _, _) in TROUBLED.items()},
}


def bench_in(office: Office, seed: int = 1, *, whole: bool = False) -> Bench:
    """Where faults are run."""
    return Bench(office, FAMILIES, seed, reached, whole)


def all_faults(bench: Bench) -> Iterator[Fault]:
    """Every fault of a run, the same in every run."""
    for database in DATABASES:
        yield from points_of(bench, database)
        for family, (_, places, count) in TROUBLED.items():
            for place in places:
                yield from (Fault(family, place, n, database) for n in range(1, count + 1))


def fault_named(name: str) -> Fault | None:
    """The fault of that name, as a run prints it; None for a name that is only the beginning."""
    words = name.split()
    if len(words) != 4 or words[0] not in FAMILIES or words[3] not in DATABASES:
        return None
    return Fault(words[0], words[1], int(words[2]), words[3])
