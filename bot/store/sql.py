"""SQL as the store speaks it: one session for every database, statements both understand.

Statements are written once, in the words SQLite and PostgreSQL share: `:name` or `?` for values,
ON CONFLICT, RETURNING, CASE in place of two-armed min and max. What only one of them knows (tables'
types, full-text search, bulk loading) asks `Session.dialect`. Values are always passed beside the
statement; only names of our own tables and columns are ever written into it.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import Any, Literal, Protocol, TypeVar

Dialect = Literal["sqlite", "postgresql"]
SQLITE: Dialect = "sqlite"
POSTGRESQL: Dialect = "postgresql"
Values = Sequence[Any] | Mapping[str, Any]
T = TypeVar("T")
_CHUNK = 500
DECISIONS = "decisions"
"""The lock of whatever people and mornings decide: short transactions, never an import's."""
NO_LIMIT = 2**62
PATIENCE = 10.0  # seconds for what is at work when a store is closed


class Session(Protocol):
    """A connection inside a transaction. Rows come in the order the statement gives."""

    changed: set[str]
    """Logs this transaction appended to, for `Boards.decided`."""

    @property
    def scope_key(self) -> str:
        """Whose rows it reads (`bot.store.scope`); "" for everybody's."""

    @property
    def dialect(self) -> Dialect: ...

    def run(self, sql: str, values: Values = ()) -> int:
        """Run a statement; how many rows it changed."""

    def adding(self, sql: str, values: Values, number: str) -> int:
        """Run an INSERT of one row; its `number`, which the database counts. 0: none was added."""

    def many(self, sql: str, values: Iterable[Values]) -> int:
        """Run a statement once for each row of values; how many rows it changed in all."""

    def rows(self, sql: str, values: Values = ()) -> list[dict[str, Any]]:
        """Rows by their columns' names."""

    def tuples(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]: ...

    def pieces(self, sql: str, values: Values, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """Rows in pieces of at most `size`; always one, which may be empty."""

    def pour(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert many rows by the fastest way there is."""


class Engine(Protocol):
    """Hands out sessions of one database, each thread its own."""

    place: str
    read_only: bool

    def reading(self) -> AbstractContextManager[Session]:
        """One consistent view: what is committed meanwhile is not seen."""

    def writing(
        self, lock: str = "", *, patience: float | None = None
    ) -> AbstractContextManager[Session]:
        """All or nothing, nestable.

        Args:
            lock: What nobody else may be at until this transaction ends. SQLite has one writer at
                a time; PostgreSQL takes an advisory lock of this name, and none without a name.
            patience: Seconds to wait for others, where that is less than usual.
        """

    def lock(self, session: Session, name: str) -> None:
        """Take another lock in the middle of a transaction, until it ends."""

    def leading(self, name: str) -> AbstractContextManager[bool]:
        """As `bot.store.base.Store.leading`."""

    def close(self) -> None: ...


class StorePart:
    """One topic of the store; a store is all of them on the same engine."""

    _db: Engine


def first(rows: Sequence[Any]) -> Any:
    """The first row, or None."""
    return rows[0] if rows else None


def marks(values: Sequence[Any]) -> str:
    """`?, ?` for an IN: as many as there are values; NULL, which is in nothing, for none."""
    return ", ".join("?" * len(values)) or "NULL"


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Values in lots of a size every database takes in one statement."""
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))


def among(dialect: Dialect, column: str, name: str) -> str:
    """A condition: the column is one of many numbers, given as `1,2,3` under a name."""
    if dialect == POSTGRESQL:
        return f"{column} = ANY(CAST(string_to_array(:{name}, ',') AS bigint[]))"
    return f"{column} IN (SELECT value FROM json_each('[' || :{name} || ']'))"  # noqa: S608


@lru_cache(maxsize=512)
def insert(table: str, columns: tuple[str, ...], suffix: str = "") -> str:
    """`INSERT INTO table (columns) VALUES (:columns)` and what comes after it."""
    names = ", ".join(quoted(name) for name in columns)
    values = ", ".join(f":{name}" for name in columns)
    return f"INSERT INTO {quoted(table)} ({names}) VALUES ({values}) {suffix}".strip()  # noqa: S608


@lru_cache(maxsize=512)
def upsert(table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    """The same; a row with this key takes the new values."""
    settings = ", ".join(
        f"{quoted(name)} = excluded.{quoted(name)}" for name in columns if name not in key
    )
    target = ", ".join(quoted(name) for name in key)
    return insert(table, columns, f"ON CONFLICT ({target}) DO UPDATE SET {settings}")


def quoted(name: str) -> str:
    """A name of ours; `user`, `window` and `values` are words of SQL."""
    return f'"{name}"'


_PARTS = re.compile(
    r"'(?:[^']|'')*'|\"[^\"]*\"|::\w+|:(?P<name>[a-z_][a-z0-9_]*)|(?P<mark>\?)|(?P<rate>%)"
)


@lru_cache(maxsize=1024)
def for_psycopg(sql: str) -> str:
    """A statement with psycopg's marks for values: `%s` and `%(name)s`."""

    def mark(part: re.Match[str]) -> str:
        if part["name"]:
            return f"%({part['name']})s"
        return "%s" if part["mark"] else part[0].replace("%", "%%")

    return _PARTS.sub(mark, sql)


def named(sql: str, values: Values) -> tuple[str, dict[str, Any]]:
    """A statement with names for its values, in whichever way they were given."""
    if isinstance(values, Mapping):
        return sql, dict(values)
    return _named(sql), {f"p{number}": value for number, value in enumerate(values)}


@lru_cache(maxsize=1024)
def _named(sql: str) -> str:
    numbers = itertools.count()

    def name(part: re.Match[str]) -> str:
        return f":p{next(numbers)}" if part["mark"] else part[0]

    return _PARTS.sub(name, sql)


class Idle:
    """Counts who is at work, so that nothing is closed under anybody's hands."""

    def __init__(self) -> None:
        self._idle, self._at_work = threading.Condition(), 0

    @contextmanager
    def working(self) -> Iterator[None]:
        with self._idle:
            self._at_work += 1
        try:
            yield
        finally:
            with self._idle:
                self._at_work -= 1
                self._idle.notify_all()

    def wait(self, patience: float = PATIENCE) -> bool:
        """Whether everybody was done in time."""
        with self._idle:
            return self._idle.wait_for(lambda: not self._at_work, patience)
