"""SQLite's side of `bot.store.sql`: one connection a thread, one error type, files that return."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlite_utils import Database

from bot.errors import StoreError
from bot.store.sql import SQLITE, Dialect, Idle, Session, Values, marks, quoted

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
        "Run perfbot db repair: it restores the newest backup. Nothing more was written to it.",
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


_FEW = 40  # rows that are inserted by one statement


class SqliteSession:
    """A `bot.store.sql.Session` on SQLite."""

    scope_key = ""
    dialect: Dialect = SQLITE

    def __init__(self, db: Database) -> None:
        self.conn, self.changed = db.conn, set[str]()

    def run(self, sql: str, values: Values = ()) -> int:
        return self.conn.execute(sql, values).rowcount

    def adding(self, sql: str, values: Values, number: str) -> int:  # noqa: ARG002
        cursor = self.conn.execute(sql, values)
        return cursor.lastrowid or 0 if cursor.rowcount == 1 else 0

    def many(self, sql: str, values: Iterable[Values]) -> int:
        rows = list(values)
        return self.conn.executemany(sql, rows).rowcount if rows else 0

    def rows(self, sql: str, values: Values = ()) -> list[dict[str, Any]]:
        cursor = self.conn.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def tuples(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        return self.conn.execute(sql, values).fetchall()

    def pieces(self, sql: str, values: Values, size: int) -> Iterator[list[tuple[Any, ...]]]:
        cursor = self.conn.execute(sql, values)
        piece = cursor.fetchmany(size)
        yield piece
        while len(piece) == size:
            piece = cursor.fetchmany(size)
            yield piece

    def pour(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        names, values = ", ".join(map(quoted, columns)), f"({marks(columns)})"
        insert, remaining = f"INSERT INTO {table} ({names}) VALUES ", iter(rows)  # noqa: S608
        few = list(islice(remaining, _FEW))
        if few:  # one statement
            flat = [value for row in few for value in row]
            self.conn.execute(insert + ", ".join([values] * len(few)), flat)
        self.conn.executemany(insert + values, remaining)


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
        self._identity: tuple[int, int] | None = None
        self._edition = 0
        self.examine: Callable[[SqliteSession], None] | None = None
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
    def writing(
        self,
        lock: str = "",  # noqa: ARG002
        *,
        patience: float | None = None,
    ) -> Iterator[SqliteSession]:
        """All or nothing, nestable.

        The write lock is taken first, waiting for others: a transaction that reads before
        it writes would otherwise fail beside another writer.
        """
        with self._working():
            db = self.database()
            if db.conn.in_transaction:
                with db.atomic():
                    yield SqliteSession(db)
                return
            with _waiting(db, patience, self.busy_timeout), _immediate(db):
                yield SqliteSession(db)

    def lock(self, session: Session, name: str) -> None:
        """Whoever writes has the one lock there is."""

    def leading(self, name: str) -> AbstractContextManager[bool]:  # noqa: ARG002
        """One machine's file: what is done twice is kept apart by its claims."""
        return nullcontext(enter_result=True)

    def database(self) -> Database:
        """The connection of the running thread, opened when it is first asked for."""
        if self._closed:
            raise StoreError(f"{self.place} is closed.", hint="Open it again.", kind="closed")
        if self.path is None:
            return self._shared()
        if self._process != os.getpid():
            self._leave_to_parent()
        database: Database | None = getattr(self._own, "db", None)
        if database is not None and database.conn.in_transaction:
            return database
        self._look()
        if database is not None and self._own.edition == self._edition:
            return database
        if database is not None:
            self._leave(database)
        return self._open()

    def _look(self) -> None:
        """Notice that the file is gone, or is another one than was opened: a backup put back."""
        if self._identity is None or self.path is None:
            return
        try:
            status = self.path.stat()
        except OSError:
            raise StoreError(
                f"{self.place} is gone.",
                hint="Put the file back, or a backup of it; perfbot then goes on by itself.",
                kind="gone",
            ) from None
        with self._changing:
            if (status.st_dev, status.st_ino) != self._identity:
                self._identity = status.st_dev, status.st_ino
                self._edition += 1

    def _leave(self, db: Database) -> None:
        """Close the running thread's connection to a file that is no longer there."""
        self._own.db = None
        with self._changing:
            self._opened = [entry for entry in self._opened if entry[1] is not db]
        db.close()

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
        """A connection of the running thread. The file is made once, never anew behind our back."""
        assert self.path is not None
        mode = "rwc" if self._identity is None else "rw"
        db = self._readable() if self.read_only else self._connect(uri(self.path, mode))
        if self._edition and self.examine is not None:
            self._examined(db, self.examine)
        with self._changing:
            self._close_abandoned()
            self._opened.append((threading.current_thread(), db))
        self._own.db, self._own.edition = db, self._edition
        return db

    def _examined(self, db: Database, examine: Callable[[SqliteSession], None]) -> None:
        try:
            examine(SqliteSession(db))
        except BaseException:
            db.close()
            raise

    def known(self) -> None:
        """The file is what it should be: from now on another one in its place is noticed."""
        if self.path is not None:
            status = self.path.stat()
            self._identity = status.st_dev, status.st_ino

    def _leave_to_parent(self) -> None:
        """After a fork: SQLite connections may not be used, nor closed, by the child."""
        self._inherited, self._opened = self._opened, []
        self._own, self._process = threading.local(), os.getpid()
        self._idle = Idle()

    def _readable(self) -> Database:
        """A connection that only reads.

        SQLite wants to make its -shm file beside a WAL database: in a folder where that may not
        be, and nobody else is writing, the file is read as one that never changes.
        """
        assert self.path is not None
        place = uri(self.path, "ro")
        db = self._connect(place)
        try:
            db.conn.execute("PRAGMA schema_version")
        except sqlite3.Error as error:
            db.close()
            not_allowed = isinstance(error, sqlite3.OperationalError)
            if not not_allowed or Path(f"{self.path}-wal").exists():
                raise
            return self._connect(f"{place}&immutable=1")
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
            try:
                conn.execute("PRAGMA foreign_keys = ON")
                conn.execute("PRAGMA temp_store = MEMORY")
                return Database(conn, execute_plugins=False)
            except BaseException:  # what is no database says so only when it is first asked
                conn.close()
                raise


def explained(error: sqlite3.Error, place: str) -> StoreError:
    """The error a person can act on, for one of SQLite's."""
    code = getattr(error, "sqlite_errorcode", None)
    fault = _SENTENCES.get((code or 0) & 0xFF)
    if fault is None:
        return StoreError(f"{place} refused: {error}.")
    kind, sentence, hint = fault
    return StoreError(sentence.format(place=place), hint=hint, kind=kind)


@contextmanager
def _immediate(db: Database) -> Iterator[None]:
    """A transaction that has the write lock from its first moment."""
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        db.rollback()  # nothing to do where the error ended the transaction
        raise


@contextmanager
def _waiting(db: Database, patience: float | None, usual: float) -> Iterator[None]:
    """Wait for other writers no longer than `patience` seconds."""
    if patience is None or patience >= usual:
        yield
        return
    db.conn.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")
    try:
        yield
    finally:
        db.conn.execute(f"PRAGMA busy_timeout = {round(usual * 1000)}")


@contextmanager
def sentences(place: str) -> Iterator[None]:
    """Turn SQLite's errors inside into a StoreError about `place`."""
    try:
        yield
    except sqlite3.Error as error:
        raise explained(error, place) from error


def uri(path: Path, mode: str) -> str:
    """A file as SQLite's URI, whatever its name holds; mode `ro`, `rw` or `rwc`."""
    return f"file:{quote(str(path))}?mode={mode}"
