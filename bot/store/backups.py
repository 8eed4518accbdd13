"""Backups: one SQLite file, whatever database it was made from; made, put back, found, mended.

A backup is made under another name, looked through, and only then takes its place: a file that is
there is a backup that can be restored.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import StoreError
from bot.store import schema
from bot.store.sqlite_engine import sentences, uri

FOLDER = "backups"
PATIENCE = 15.0  # seconds for another process's transaction
_INDEX_ONLY = ("missing from index", "wrong # of entries in index", "non-unique entry in index")


@dataclass(frozen=True)
class Repaired:
    """What mending a database came to.

    Attributes:
        how: `intact` (nothing to do), `reindexed` (its own rows, indexes made anew) or `restored`.
        backup: What was put in its place, made at `backed_up`.
        aside: Where the damaged file lies now.
    """

    how: str
    backup: Path | None = None
    backed_up: datetime | None = None
    aside: Path | None = None


def usual_place(database: Path, at: datetime) -> Path:
    """Where a backup goes that was given no name: beside the database, by its time."""
    return database.parent / FOLDER / f"{database.stem}-{at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.db"


@contextmanager
def writing_to(file: Path) -> Iterator[Path]:
    """A private file beside `file` that takes its place when all went well.

    Raises:
        StoreError: There is no such folder, or something of that name is there already.
    """
    if file.exists():
        raise StoreError(f"{file} exists already.", hint="Name another file; none is overwritten.")
    if not file.parent.is_dir():
        raise StoreError(f"The folder {file.parent} does not exist.", hint="Make it first.")
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield part
        part.replace(file)
    except OSError as error:
        raise StoreError(
            f"{file} cannot be written: {error.strerror}.", kind="read_only"
        ) from error
    finally:
        for leftover in (part, *(Path(f"{part}{end}") for end in ("-wal", "-shm", "-journal"))):
            leftover.unlink(missing_ok=True)


def back_up(conn: sqlite3.Connection, file: Path, place: str) -> None:
    """Copy a SQLite database that may be written to meanwhile into a new file, looked through."""
    with writing_to(file) as part, sentences(place):
        with closing(sqlite3.connect(part)) as copy:
            conn.backup(copy)
        refuse_unfit(part)


def put_back(file: Path, conn: sqlite3.Connection, place: str) -> None:
    """Put a backup in the place of what a SQLite database holds, in one transaction of SQLite's.

    Raises:
        StoreError: No intact backup; another process is writing for too long.
    """
    refuse_unfit(file)
    give_up = time.monotonic() + PATIENCE

    def waited(_status: int, remaining: int, _total: int) -> None:
        if remaining and time.monotonic() > give_up:
            raise StoreError(
                f"{place} is locked by another program.",
                hint="Try again when it has finished.",
                kind="locked",
            )

    with sentences(place), closing(_looked_at(file)) as backup:
        backup.backup(conn, progress=waited, sleep=0.05)


def refuse_unfit(file: Path) -> None:
    """Refuse what is no intact database of ours.

    Raises:
        StoreError: What is wrong with it.
    """
    if not file.is_file():
        raise StoreError(f"There is no backup at {file}.", hint="Name the file of one.")
    with sentences(str(file)), closing(_looked_at(file)) as conn:
        (mark,) = conn.execute("PRAGMA application_id").fetchone()
        if mark != schema.APPLICATION:
            raise StoreError(f"{file} is no backup of perfbot's.", hint="Name another file.")
        if faults := problems(conn):
            raise StoreError(
                f"{file} is damaged: {faults[0]}.", hint="Name another backup.", kind="damaged"
            )


def problems(conn: sqlite3.Connection, *, quick: bool = False) -> list[str]:
    """What is wrong with a SQLite database, at most ten things; nothing for an intact one."""
    look = "quick_check" if quick else "integrity_check"
    reports = [str(row[0]) for row in conn.execute(f"PRAGMA {look}(10)")]
    return [] if reports == ["ok"] else [line for text in reports for line in text.splitlines()]


def repair(database: Path, backup: Path | None = None) -> Repaired:
    """Mend a SQLite file: by its indexes where only these are damaged, else by a backup.

    The damaged file is kept under another name. Who has it open goes on with the mended one.

    Args:
        database: The file.
        backup: What to restore; default the newest intact one beside it or in `backups`.

    Raises:
        StoreError: There is nothing to restore.
    """
    faults = _problems_of(database)
    if not faults:
        return Repaired("intact")
    if all(any(sign in line for sign in _INDEX_ONLY) for line in faults) and _reindexed(database):
        return Repaired("reindexed")
    newest = backup or newest_backup(database)
    if newest is None:
        raise StoreError(
            f"{database} is damaged and there is no backup beside it.",
            hint="Name one: perfbot db repair --from FILE.",
            kind="damaged",
        )
    refuse_unfit(newest)
    aside = database.with_name(f"{database.name}.damaged-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}")
    mended = database.with_name(f".{database.name}.mended")
    shutil.copyfile(newest, mended)
    for end in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            Path(f"{database}{end}").rename(f"{aside}{end}")
    mended.replace(database)
    at = datetime.fromtimestamp(newest.stat().st_mtime, UTC)
    return Repaired("restored", newest, at, aside)


def newest_backup(database: Path) -> Path | None:
    """The newest intact backup beside a database or in its folder of backups."""
    folders = (database.parent / FOLDER, database.parent)
    files = [file for folder in folders if folder.is_dir() for file in folder.iterdir()]
    likely = [file for file in files if _may_be_backup(file, database)]
    for file in sorted(likely, key=lambda candidate: candidate.stat().st_mtime, reverse=True):
        with suppress(StoreError):
            refuse_unfit(file)
            return file
    return None


def _may_be_backup(file: Path, database: Path) -> bool:
    ends = ("-wal", "-shm", "-journal", ".part")
    is_other_file = not file.samefile(database) if database.exists() else True
    return (
        file.is_file()
        and is_other_file
        and not file.name.endswith(ends)
        and ".damaged-" not in file.name
    )


def _problems_of(database: Path) -> list[str]:
    try:
        with closing(sqlite3.connect(database)) as conn:
            return problems(conn)
    except sqlite3.DatabaseError as error:
        return [str(error)]


def _reindexed(database: Path) -> bool:
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database)) as conn:
        conn.execute("REINDEX")
    return not _problems_of(database)


def _looked_at(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(uri(file, "ro"), uri=True)
