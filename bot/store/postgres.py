"""Everything perfbot remembers in a PostgreSQL database that several processes share."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from bot.errors import StoreError
from bot.store import backups, copying, schema
from bot.store.postgres_engine import Pool
from bot.store.sqlite import SqliteStore
from bot.store.whole import Whole

LOCK_TIMEOUT = 15.0  # seconds to wait for another process's row or lock


class PostgresStore(Whole):
    """A `bot.store.base.Store` on PostgreSQL.

    Args:
        url: `postgresql://user:password@host/database`; the schema is the first of its
            search_path.
        read_only: Never write.
        upgrade: Bring an older database up to date; False refuses it and says how.
        lock_timeout: Seconds to wait for another process that is writing the same.

    Raises:
        StoreError: One sentence and a hint where the database cannot be used.
    """

    def __init__(
        self,
        url: str,
        *,
        read_only: bool = False,
        upgrade: bool = True,
        lock_timeout: float = LOCK_TIMEOUT,
    ) -> None:
        self._db: Pool = Pool(url, read_only=read_only, lock_timeout=lock_timeout)
        try:
            self._prepare(upgrade=upgrade)
        except BaseException:
            self.close()
            raise

    def upgrade(self) -> list[str]:
        with self._db.reading() as db:
            if not schema.pending(db):
                return []
        with self._db.writing("migrations") as db:
            return schema.upgrade(db)

    def check(self) -> list[str]:
        """What cannot be read: PostgreSQL keeps checksums of its own and says so."""
        try:
            with self._db.reading() as db:
                for table in copying.TABLES:
                    for _ in db.pieces(f"SELECT * FROM {table}", (), copying.PIECE):  # noqa: S608
                        pass
        except StoreError as error:
            if error.kind != "damaged":
                raise
            return [str(error.__cause__)]
        return []

    def backup(self, file: Path) -> dict[str, int]:
        with backups.writing_to(file) as part:
            copy = SqliteStore(part)
            try:
                return copying.copy(self._db, copy.engine)
            finally:
                copy.close()

    def restore(self, file: Path) -> dict[str, int]:
        backups.refuse_unfit(file)
        with tempfile.TemporaryDirectory() as folder:
            shutil.copyfile(file, Path(folder) / "backup.db")
            backup = SqliteStore(Path(folder) / "backup.db")  # brought up to date, not the original
            try:
                return copying.copy(backup.engine, self._db, replace=True)
            finally:
                backup.close()

    def _prepare(self, *, upgrade: bool) -> None:
        with self._db.reading() as db:
            schema.refuse_foreign(db, self._db.place)
            missing, empty = schema.pending(db), schema.is_empty(db)
            error = schema.too_old(db, self._db.place)
        if missing and (empty or upgrade) and not self._db.read_only:
            self.upgrade()
        elif missing:
            raise error


def is_missing(url: str) -> bool:
    """Whether there is nothing of perfbot's at this address, or no database at all."""
    pool = Pool(url, read_only=True, lock_timeout=LOCK_TIMEOUT)
    try:
        with pool.reading() as db:
            return schema.is_empty(db)
    except StoreError as error:
        if error.kind == "gone":
            return True
        raise
    finally:
        pool.close()
