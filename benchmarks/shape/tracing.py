"""What happens while something is done: SQL statements and the rows they gave, files entered.

`begin` comes before anything of perfbot is imported: it stands in for `sqlite3.connect`, so that
every connection counts, whoever opens it.
"""

from __future__ import annotations

import re
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

BOT = str(Path(__file__).parents[2] / "bot") + "/"
# BEGIN, COMMIT, SAVEPOINT and PRAGMA ask for nothing; what full-text search and triggers do inside
# SQLite is not perfbot's statement (SQLite marks the latter with --).
STATEMENT = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH)\b", re.IGNORECASE)
INSIDE = "'main'.'"
Profile = Callable[[FrameType, str, Any], object]


@dataclass
class Seen:
    """What happened between two moments.

    Attributes:
        statements: SQL of perfbot's own, with values in their places.
        rows: How many rows they gave back.
        letters: How long the texts and bytes in those rows are together (a blob is no gain).
        files: Files of perfbot entered, under bot/, with how often.
        counts: What an act counts beside.
        notes: What a reader may want to look at.
    """

    statements: list[str] = field(default_factory=list)
    rows: int = 0
    letters: int = 0
    files: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def reading(self, table: str) -> list[str]:
        """The statements that read a table."""
        named = re.compile(rf'\bFROM\s+"?{table}"?\b', re.IGNORECASE)
        return [sql for sql in self.statements if named.search(sql)]


class Watch:
    """Looks on while it is told to; `also` is told of every frame of perfbot as well."""

    def __init__(self) -> None:
        self.seen: Seen | None = None
        self.also: Profile | None = None

    def statement(self, sql: str) -> None:
        """SQLite runs a statement."""
        if self.seen is not None and STATEMENT.match(sql) and INSIDE not in sql:
            self.seen.statements.append(sql)

    def row(self, row: Any) -> Any:
        """A cursor gives a row, or None at its end."""
        if self.seen is not None and row is not None:
            self.seen.rows += 1
            self.seen.letters += sum(len(cell) for cell in row if isinstance(cell, str | bytes))
        return row

    def frame(self, frame: FrameType, event: str, argument: Any) -> None:
        """Python enters or leaves a function."""
        if self.seen is None or not (place := under_bot(frame.f_code)) or _of_the_world(frame):
            return
        if event == "call":
            self.seen.files[place] = self.seen.files.get(place, 0) + 1
        if self.also is not None:
            self.also(frame, event, argument)


WATCH = Watch()


class _Cursor(sqlite3.Cursor):
    def execute(self, *words: Any) -> Any:
        self.connection.begun = False
        return super().execute(*words)

    def executemany(self, *words: Any) -> Any:
        self.connection.begun = None
        return super().executemany(*words)

    def __next__(self) -> Any:
        return WATCH.row(super().__next__())

    def fetchone(self) -> Any:
        return WATCH.row(super().fetchone())

    def fetchmany(self, size: int | None = None) -> list[Any]:
        rows = super().fetchmany(self.arraysize if size is None else size)
        return [WATCH.row(row) for row in rows]

    def fetchall(self) -> list[Any]:
        return [WATCH.row(row) for row in super().fetchall()]


class _Connection(sqlite3.Connection):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.begun: bool | None = None  # whether the statement at work was seen; None: each counts
        self.set_trace_callback(self._traced)

    def _traced(self, sql: str) -> None:
        """Python names a trigger that starts as the statement that set it off, once more."""
        if not self.begun:
            WATCH.statement(sql)
        if self.begun is not None:
            self.begun = True

    def cursor(self, factory: type[sqlite3.Cursor] = _Cursor) -> Any:  # type: ignore[override]
        return super().cursor(factory)

    def execute(self, *words: Any) -> Any:  # SQLite's own would make an unwatched cursor
        return self.cursor().execute(*words)

    def executemany(self, *words: Any) -> Any:
        return self.cursor().executemany(*words)


def begin() -> None:
    """From now on connections and threads are watched."""
    connect = sqlite3.connect

    def watched(*args: Any, **more: Any) -> sqlite3.Connection:
        return connect(*args, **{"factory": _Connection, **more})

    sqlite3.connect = watched  # type: ignore[assignment]
    threading.setprofile(WATCH.frame)
    sys.setprofile(WATCH.frame)


@contextmanager
def watching(also: Profile | None = None) -> Iterator[Seen]:
    """What happens in here, in whichever thread.

    Args:
        also: Told of each call and return of perfbot's functions, as `sys.setprofile` tells.
    """
    found = Seen()
    WATCH.seen, WATCH.also = found, also
    try:
        yield found
    finally:
        WATCH.seen = WATCH.also = None


def _of_the_world(frame: FrameType) -> bool:
    """Whether the local Slack, or a test, is looking into perfbot's own rules of Block Kit."""
    caller: FrameType | None = frame
    while caller is not None and "blockkit/" in caller.f_code.co_filename:
        caller = caller.f_back
    return caller is not frame and caller is not None and not under_bot(caller.f_code)


def under_bot(code: CodeType) -> str:
    """A file's path under bot/, or "" where it is not perfbot's; the local Slack is the world.

    Bodies of modules and classes are not entered by what is done, but by importing them.
    """
    place = code.co_filename
    if not place.startswith(BOT) or not code.co_flags & CO_OPTIMIZED:
        return ""
    inside = place.removeprefix(BOT)
    return "" if inside.startswith(("demo/", "workspace/")) else inside
