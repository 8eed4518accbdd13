"""Everything perfbot remembers in one SQLite file."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from sqlite_utils import Database

from bot.errors import StoreError
from bot.store import backups, copying, schema
from bot.store.sqlite_engine import Connections, SqliteSession
from bot.store.whole import Whole

MEMORY = ":memory:"
BUSY_TIMEOUT = 15.0  # seconds; a long import holds the write lock for about as long
CHECKED_ALWAYS = 32 * 2**20  # bytes looked through in about a tenth of a second


class SqliteStore(Whole):
    """A `bot.store.base.Store` on SQLite.

    Args:
        path: The file, made where it does not exist (its folder must); ":memory:" for a database
            that lives as long as the store.
        read_only: Open what is there and never write.
        upgrade: Bring an older database up to date; False refuses it and says how.
        busy_timeout: Seconds to wait for another process that is writing.
        check: Look for damage first; None does where that takes no time (small files).

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
        check: bool | None = None,
    ) -> None:
        file = None if str(path) == MEMORY else Path(path)
        if file is not None:
            _check_place(file, read_only=read_only)
        self._db: Connections = Connections(
            file, read_only=read_only and file is not None, busy_timeout=busy_timeout
        )
        try:
            self._prepare(upgrade=upgrade)
            self._refuse_damaged(check)
        except BaseException:
            self.close()
            raise
        self._db.examine = self._examine
        self._db.known()

    def upgrade(self) -> list[str]:
        with self._db.connected() as db:
            return _upgrade(db) if schema.pending(SqliteSession(db)) else []

    def _refuse_damaged(self, check: bool | None) -> None:
        file = self._db.path
        if check is False or file is None:
            return
        if check is None and file.stat().st_size > CHECKED_ALWAYS:
            return
        with self._db.connected() as db:
            if backups.problems(db.conn, quick=True):
                raise StoreError(
                    f"{self._db.place} is damaged.",
                    hint="Run perfbot db repair: it restores the newest backup.",
                    kind="damaged",
                )

    def check(self) -> list[str]:
        with self._db.connected() as db:
            return backups.problems(db.conn)

    def backup(self, file: Path) -> dict[str, int]:
        with self._db.connected() as db:
            backups.back_up(db.conn, file, self._db.place)
        return counted(file)

    def restore(self, file: Path) -> dict[str, int]:
        with self._db.connected() as db:
            backups.put_back(file, db.conn, self._db.place)
        self.upgrade()
        with self._db.reading() as session:
            return copying.count(session)

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

    def _examine(self, session: SqliteSession) -> None:
        """Another file lies where ours was: it must be ours too, and as new."""
        schema.refuse_foreign(session, self._db.place)
        if schema.pending(session):
            raise schema.too_old(session, self._db.place)


def counted(file: Path) -> dict[str, int]:
    """How many rows each table of a database file has."""
    store = SqliteStore(file, read_only=True)
    try:
        with store.engine.reading() as session:
            return copying.count(session)
    finally:
        store.close()


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
