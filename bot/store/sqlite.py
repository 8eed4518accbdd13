"""Everything perfbot remembers, in one SQLite file."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from bot.errors import StoreError
from bot.store import schema
from bot.store.advice import AdviceLife
from bot.store.boards import Boards
from bot.store.connections import Connections
from bot.store.daily import NumbersIn
from bot.store.events import Events
from bot.store.outbox import Outbox
from bot.store.outcomes import Outcomes
from bot.store.plan import Plans
from bot.store.pulls import Pulls
from bot.store.reading import NumbersOut
from bot.store.search import Search
from bot.store.slack import SlackSide

MEMORY = ":memory:"
BUSY_TIMEOUT = 15.0  # seconds; a long import holds the write lock for about as long


class SqliteStore(
    NumbersIn,
    NumbersOut,
    Pulls,
    Boards,
    Plans,
    AdviceLife,
    Outcomes,
    Events,
    SlackSide,
    Outbox,
    Search,
):
    """A `bot.store.base.Store` on SQLite: WAL, one connection a thread.

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
        self._db = Connections(
            file, read_only=read_only and file is not None, busy_timeout=busy_timeout
        )
        try:
            self._prepare(upgrade=upgrade)
        except BaseException:
            self.close()
            raise

    def upgrade(self) -> list[str]:
        with self._db.connected() as db:
            return schema.upgrade(db) if schema.pending(db) else []

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def atomic(self) -> Iterator[None]:
        with self._db.writing():
            yield

    def _prepare(self, *, upgrade: bool) -> None:
        with self._db.connected() as db:
            schema.refuse_foreign(db, self._db.place)
            if not self._db.read_only:
                _write_ahead(db, self._db.busy_timeout)
            missing = schema.pending(db)
            if missing and (schema.is_empty(db) or upgrade) and not self._db.read_only:
                schema.upgrade(db)
            elif missing:
                raise _too_old(db, self._db.place)


def _too_old(db: Database, place: str) -> StoreError:
    if schema.is_empty(db):
        return StoreError(f"{place} is empty.", hint="Import numbers first: perfbot import FILE.")
    return StoreError(f"{place} was made by an older perfbot.", hint="Run perfbot db upgrade.")


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
