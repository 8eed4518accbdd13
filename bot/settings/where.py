"""Where in a TOML file a setting stands: tomllib gives values without lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*=""")
PART = re.compile(r"""\s*("[^"]*"|'[^']*'|[^."']+)\s*(?:\.|$)""")

Place = tuple[str | int, ...]


def line_of(text: str, place: Sequence[str | int]) -> int | None:
    """The line (from 1) of the setting at `place`, e.g. `("plan", 2, "target")`.

    Falls back to the nearest thing around it (its table), and to None where even that is
    written some other way.
    """
    lines: dict[Place, int] = {}
    for found, number in _places(text):
        lines.setdefault(found, number)
    wanted = tuple(place)
    while wanted and wanted not in lines:
        wanted = wanted[:-1]
    return lines.get(wanted)


def _places(text: str) -> Iterator[tuple[Place, int]]:
    table: Place = ()
    arrays: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            table = _table(header[2], array=header[1] == "[[", arrays=arrays)
            yield table, number
        elif key := KEY.match(line):
            yield (*table, key[1].strip("\"'")), number


def _table(name: str, *, array: bool, arrays: Counter[str]) -> Place:
    if array:
        arrays[name] += 1
        return (name, arrays[name] - 1)
    parts = [part.strip().strip("\"'") for part in PART.findall(name)]
    if parts and parts[0] in arrays:  # a table under the newest [[entry]]
        return (parts[0], arrays[parts[0]] - 1, *parts[1:])
    return tuple(parts)
