"""`make shape`: prints the table; `python -m benchmarks.shape names` lists what recurs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from benchmarks.shape import doing, files, names, rows
from benchmarks.shape.measure import Measure, table
from benchmarks.shape.source import source

PARTS = {
    "files": lambda: files.measures(source()),
    "names": lambda: names.measures(source()),
    "rows": lambda: rows.measures(source()),
    "doing": doing.measures,
}


def main(words: list[str]) -> None:
    """Print the parts asked for, or all."""
    if words == ["recurring"]:
        _recurring()
        return
    if unknown := [word for word in words if word not in PARTS]:
        sys.exit(f"There is no part {unknown[0]}: {', '.join(PARTS)}, or recurring for the names.")
    print(table(_measures(words or list(PARTS))))


def _measures(parts: list[str]) -> Iterator[Measure]:
    for part in parts:
        yield from PARTS[part]()


def _recurring() -> None:
    house = source()
    for title, things in (
        ("classes", names.classes_of(house)),
        ("modules", names.modules_of(house)),
        ("functions", names.functions_of(house)),
    ):
        print(title)
        _list(names.recurring(things))


def _list(places: Mapping[str, list[str]]) -> None:
    for name, where in places.items():
        print(f"  {name}: {', '.join(where)}")


if __name__ == "__main__":
    main(sys.argv[1:])
