"""One SQLite connection a thread, transactions that take the write lock first, one error type."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database

from bot.errors import StoreError
from bot.store.faults import sentences

PATIENCE = 10.0  # seconds for what is at work when the store is closed
# Any writing statement takes the write lock; this one changes nothing.
_LOCK = "DELETE FROM claims WHERE 0"


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
        self._idle, self._at_work = threading.Condition(), 0
        self._process = os.getpid()
        self._closed = False

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Until it is left no connection is closed: to use a closed one may end the process."""
        with self._idle:
            self._at_work += 1
        try:
            with self._turn, sentences(self.place):
                yield
        finally:
            with self._idle:
                self._at_work -= 1
                self._idle.notify_all()

    @contextmanager
    def connected(self) -> Iterator[Database]:
        """The thread's connection, outside any transaction of ours."""
        with self._working():
            yield self.database()

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """One consistent view of the database: what is committed meanwhile is not seen."""
        with self._working():
            db = self.database()
            with nullcontext() if db.conn.in_transaction else db.atomic():
                yield db

    @contextmanager
    def writing(self) -> Iterator[Database]:
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
                yield db

    def database(self) -> Database:
        """The connection of the running thread, opened when it is first asked for."""
        if self._closed:
            raise StoreError(f"{self.place} is closed.", hint="Open it again.")
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

        Whoever takes longer than `PATIENCE` keeps theirs until the process ends.
        """
        with self._idle:
            self._closed = True
            if not self._idle.wait_for(lambda: not self._at_work, PATIENCE):
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
        self._idle, self._at_work = threading.Condition(), 1  # the child has this one thread

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
