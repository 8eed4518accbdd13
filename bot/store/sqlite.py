"""Everything perfbot remembers in one SQLite file: WAL, one connection a thread, one error type."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlite_utils import Database

from bot.errors import StoreError
from bot.store import schema
from bot.store.sql import SQLITE, Dialect, Idle, Values
from bot.store.whole import Whole

MEMORY = ":memory:"
BUSY_TIMEOUT = 15.0  # seconds; a long import holds the write lock for about as long
# Any writing statement takes the write lock; this one changes nothing.
_LOCK = "DELETE FROM claims WHERE 0"
_SENTENCES = {
    sqlite3.SQLITE_BUSY: (
        "locked",
        "{place} is locked by another program.",
        "Try again when the other perfbot command has finished.",
    ),
    sqlite3.SQLITE_READONLY: (
        "read_only",
        "{place} cannot be written: the file or its folder is read-only.",
        "Change its permissions, or choose another database with --db.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "gone",
        "{place} cannot be opened.",
        "Check that you may read and write the file and its folder, or choose another with --db.",
    ),
    sqlite3.SQLITE_NOTADB: (
        "damaged",
        "{place} is not a SQLite database.",
        "Choose another file with --db; perfbot makes it when it does not exist.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "damaged",
        "{place} is damaged.",
        "Restore a backup of the file; nothing more was written to it.",
    ),
    sqlite3.SQLITE_FULL: (
        "full",
        "There is no room left for {place}.",
        "Free some space and run the command again; nothing was half stored.",
    ),
    sqlite3.SQLITE_IOERR: (
        "damaged",
        "{place} could not be read or written: the disk reports an error.",
        "Check the disk, then run the command again; nothing was half stored.",
    ),
}
_SENTENCES[sqlite3.SQLITE_LOCKED] = _SENTENCES[sqlite3.SQLITE_BUSY]
_SENTENCES[sqlite3.SQLITE_PERM] = _SENTENCES[sqlite3.SQLITE_READONLY]


class SqliteSession:
    """A `bot.store.sql.Session` on SQLite."""

    dialect: Dialect = SQLITE

    def __init__(self, db: Database) -> None:
        self.conn, self.changed = db.conn, set[str]()

    def run(self, sql: str, values: Values = ()) -> int:
        return self.conn.execute(sql, values).rowcount

    def many(self, sql: str, values: Iterable[Values]) -> int:
        rows = list(values)
        return self.conn.executemany(sql, rows).rowcount if rows else 0

    def rows(self, sql: str, values: Values = ()) -> list[dict[str, Any]]:
        found = self.conn.execute(sql, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    def tuples(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        return self.conn.execute(sql, values).fetchall()

    def pieces(self, sql: str, values: Values, size: int) -> Iterator[list[tuple[Any, ...]]]:
        found = self.conn.execute(sql, values)
        piece = found.fetchmany(size)
        yield piece
        while len(piece) == size:
            piece = found.fetchmany(size)
            yield piece

    def pour(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        names, values = ", ".join(columns), ", ".join("?" * len(columns))
        self.conn.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", rows)  # noqa: S608


class Connections:
    """The connections of one database file, or of one database in memory.

    Args:
        path: The file; None for a database in memory, which all threads share one at a time.
        read_only: Never write, never create.
        busy_timeout: Seconds to wait for another process's transaction.
    """

    def __init__(self, path: Path | None, *, read_only: bool, busy_timeout: float) -> None:
        self.path, self.read_only, self.busy_timeout = path, read_only, busy_timeout
        self.place = str(path) if path else "The database in memory"
        self._turn: AbstractContextManager[object] = nullcontext() if path else threading.RLock()
        self._own = threading.local()
        self._opened: list[tuple[threading.Thread, Database]] = []
        self._inherited: list[tuple[threading.Thread, Database]] = []
        self._changing = threading.Lock()
        self._idle = Idle()
        self._process = os.getpid()
        self._closed = False

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Until it is left no connection is closed: to use a closed one may end the process."""
        with self._idle.working(), self._turn, sentences(self.place):
            yield

    @contextmanager
    def connected(self) -> Iterator[Database]:
        """The thread's connection, outside any transaction of ours."""
        with self._working():
            yield self.database()

    @contextmanager
    def reading(self) -> Iterator[SqliteSession]:
        """One consistent view of the database: what is committed meanwhile is not seen."""
        with self._working():
            db = self.database()
            with nullcontext() if db.conn.in_transaction else db.atomic():
                yield SqliteSession(db)

    @contextmanager
    def writing(self, lock: str = "") -> Iterator[SqliteSession]:  # noqa: ARG002
        """All or nothing, nestable.

        The write lock is taken first, waiting for others: a transaction that reads before
        it writes would otherwise fail beside another writer.
        """
        with self._working():
            db = self.database()
            nested = db.conn.in_transaction
            with db.atomic():
                if not nested:
                    db.conn.execute(_LOCK)
                yield SqliteSession(db)

    def database(self) -> Database:
        """The connection of the running thread, opened when it is first asked for."""
        if self._closed:
            raise StoreError(f"{self.place} is closed.", hint="Open it again.", kind="closed")
        if self.path is None:
            return self._shared()
        if self._process != os.getpid():
            self._leave_to_parent()
        mine: Database | None = getattr(self._own, "db", None)
        if mine is None:
            mine = self._own.db = self._open()
        return mine

    def close(self) -> None:
        """Close every thread's connection, once nobody is at work with one.

        Whoever takes longer than ten seconds keeps theirs until the process ends.
        """
        self._closed = True
        if not self._idle.wait():
            return
        with self._changing:
            for _, db in self._opened:
                db.close()
            self._opened.clear()

    def _shared(self) -> Database:
        with self._changing:
            if not self._opened:
                db = self._connect(":memory:")
                self._opened.append((threading.main_thread(), db))
            return self._opened[0][1]

    def _open(self) -> Database:
        place = f"file:{quote(str(self.path))}?mode="
        db = self._readable(place) if self.read_only else self._connect(f"{place}rwc")
        with self._changing:
            self._close_abandoned()
            self._opened.append((threading.current_thread(), db))
        return db

    def _leave_to_parent(self) -> None:
        """After a fork: SQLite connections may not be used, nor closed, by the child."""
        self._inherited, self._opened = self._opened, []
        self._own, self._process = threading.local(), os.getpid()
        self._idle = Idle()

    def _readable(self, place: str) -> Database:
        """A connection that only reads.

        SQLite wants to make its -shm file beside a WAL database: in a folder where that may not
        be, and nobody else is writing, the file is read as one that never changes.
        """
        db = self._connect(f"{place}ro")
        try:
            db.conn.execute("PRAGMA schema_version")
        except sqlite3.Error as error:
            db.close()
            not_allowed = isinstance(error, sqlite3.OperationalError)
            if not not_allowed or Path(f"{self.path}-wal").exists():
                raise
            return self._connect(f"{place}ro&immutable=1")
        return db

    def _close_abandoned(self) -> None:
        for thread, db in self._opened:
            if not thread.is_alive():
                db.close()
        self._opened = [entry for entry in self._opened if entry[0].is_alive()]

    def _connect(self, uri: str) -> Database:
        with sentences(self.place):
            conn = sqlite3.connect(
                uri,
                uri=True,
                timeout=self.busy_timeout,
                isolation_level=None,
                check_same_thread=False,
            )
            conn.execute("PRAGMA foreign_keys = ON")
            conn.execute("PRAGMA temp_store = MEMORY")
            return Database(conn, execute_plugins=False)


class SqliteStore(Whole):
    """A `bot.store.base.Store` on SQLite.

    Args:
        path: The file, made where it does not exist (its folder must); ":memory:" for a database
            that lives as long as the store.
        read_only: Open what is there and never write.
        upgrade: Bring an older database up to date; False refuses it and says how.
        busy_timeout: Seconds to wait for another process that is writing.

    Raises:
        StoreError: One sentence and a hint where the file cannot be used.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        read_only: bool = False,
        upgrade: bool = True,
        busy_timeout: float = BUSY_TIMEOUT,
    ) -> None:
        file = None if str(path) == MEMORY else Path(path)
        if file is not None:
            _check_place(file, read_only=read_only)
        self._db: Connections = Connections(
            file, read_only=read_only and file is not None, busy_timeout=busy_timeout
        )
        try:
            self._prepare(upgrade=upgrade)
        except BaseException:
            self.close()
            raise

    def upgrade(self) -> list[str]:
        with self._db.connected() as db:
            return _upgrade(db) if schema.pending(SqliteSession(db)) else []

    def _prepare(self, *, upgrade: bool) -> None:
        with self._db.connected() as db:
            session = SqliteSession(db)
            schema.refuse_foreign(session, self._db.place)
            if not self._db.read_only:
                _write_ahead(db, self._db.busy_timeout)
            missing = schema.pending(session)
            if missing and (schema.is_empty(session) or upgrade) and not self._db.read_only:
                _upgrade(db)
            elif missing:
                raise schema.too_old(session, self._db.place)


def _upgrade(db: Database) -> list[str]:
    """Apply what is missing, all or nothing, one process at a time."""
    with db.atomic():
        db.conn.execute(f"PRAGMA application_id = {schema.APPLICATION}")  # takes the write lock
        return schema.upgrade(SqliteSession(db))


def _check_place(path: Path, *, read_only: bool) -> None:
    if path.is_dir():
        raise StoreError(f"{path} is a folder, not a database.", hint="Name a file in it.")
    if not path.parent.is_dir():
        raise StoreError(f"The folder {path.parent} does not exist.", hint="Make it first.")
    if read_only and not path.exists():
        raise StoreError(
            f"There is no database at {path}.", hint="Import numbers first: perfbot import FILE."
        )


def _write_ahead(db: Database, patience: float) -> None:
    """Switch to WAL. SQLite does not wait for others while it switches, so this does."""
    give_up = time.monotonic() + patience
    while db.journal_mode != "wal":
        try:
            db.enable_wal()
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return  # a database in memory stays what it is


def explained(error: sqlite3.Error, place: str) -> StoreError:
    """The error a person can act on, for one of SQLite's."""
    code = getattr(error, "sqlite_errorcode", None)
    known = _SENTENCES.get((code or 0) & 0xFF)
    if known is None:
        return StoreError(f"{place} refused: {error}.")
    kind, sentence, hint = known
    return StoreError(sentence.format(place=place), hint=hint, kind=kind)


@contextmanager
def sentences(place: str) -> Iterator[None]:
    """Turn SQLite's errors inside into a StoreError about `place`."""
    try:
        yield
    except sqlite3.Error as error:
        raise explained(error, place) from error
