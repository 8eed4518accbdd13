"""Files handed in at the terminal, one after another: orders, leads, answers to surveys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bot.cli.door import say
from bot.cli.ingest import error_json, pair, rebuild
from bot.cli.parts import CommandParts, writing
from bot.cli.printing import as_line
from bot.errors import PerfbotError, RefusedFile, UsageError
from bot.sources.packed import Opened, tables

Read = Callable[[CommandParts, Opened], tuple[dict[str, Any], tuple[str, ...]]]
"""Keeps what an opened table holds: what to print of it, and what to say beside it."""


def own_columns_of(written: tuple[str, ...], known: Mapping[str, object]) -> dict[str, str]:
    """What headings of somebody's own are, as `HEADING=COLUMN` says it.

    Raises:
        UsageError: There is no such column.
    """
    own_columns = dict(map(pair, written))
    for column in own_columns.values():
        if column not in known:
            raise UsageError(f"There is no column {column!r}.", hint=f"Known: {', '.join(known)}.")
    return own_columns


def read_files(files: tuple[str, ...], read: Read, db: str | None, config: str | None) -> int:
    """Read each file whole or not at all, a line of JSON each; 1 where one is refused."""
    with writing(db, config) as parts:
        fine = [_file(parts, file, read) for file in files]
        if any(fine):
            rebuild(parts)
    return 0 if all(fine) else 1


def _file(parts: CommandParts, place: str, read: Read) -> bool:
    """A file, all of it or nothing."""
    name = place.partition("?")[0] if "://" in place else place
    try:
        for opened in tables(place):
            counts, notes = read(parts, opened)
            as_line({"file": name, **counts})
            for note in notes:
                say(f"{opened.name}: {note}")
    except PerfbotError as error:
        if isinstance(error, RefusedFile) and "://" not in place:
            error.file = error.file or Path(place).name
        as_line({"file": name, "error": error_json(error)})
        say(str(error))
        return False
    return True
