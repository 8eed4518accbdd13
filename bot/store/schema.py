"""The tables, and the numbered migrations that lead to them: append, never edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlite_utils import Database, Migrations

from bot.errors import StoreError
from bot.store import search
from bot.store.tables import DECISIONS, MARKS, NUMBERS, SLACK

APPLICATION = 0x70657266  # "perf": marks the file as ours
MIGRATIONS = Migrations("perfbot")
NAMES: list[str] = []


def _migration(name: str) -> Callable[[Callable[[Database], None]], Callable[[Database], None]]:
    """Register a migration; databases that have others were made by a newer perfbot."""
    NAMES.append(name)
    return MIGRATIONS(name=name)


@_migration("0001_first")
def _first(db: Database) -> None:
    _run(db, (*NUMBERS, *DECISIONS, *SLACK))


@_migration("0002_outcomes_once")
def _outcomes_once(db: Database) -> None:
    """An acknowledged move is frozen, taken back and measured once each, whoever is first."""
    kinds = "'outcome.freeze', 'outcome.void', 'outcome.measure'"
    db.conn.execute(
        "CREATE UNIQUE INDEX outcomes_once ON events "
        f"(subject, kind, json_extract(details, '$.round')) WHERE kind IN ({kinds})"
    )


@_migration("0003_search")
def _search(db: Database) -> None:
    """What was written so far is found as well as what is written from now on."""
    _run(db, search.STATEMENTS)


@_migration("0004_events_never_replaced")
def _events_never_replaced(db: Database) -> None:
    """INSERT OR REPLACE deletes without asking the triggers that guard against deletion."""
    db.conn.execute(
        "CREATE TRIGGER events_never_replaced BEFORE INSERT ON events "
        "WHEN EXISTS (SELECT 1 FROM events WHERE number = new.number) "
        "BEGIN SELECT RAISE(ABORT, 'events are never replaced'); END"
    )


@_migration("0005_board_marks")
def _board_marks(db: Database) -> None:
    """Whether a kept board is still the one somebody read, without reading it again."""
    _run(db, MARKS)


def _run(db: Database, statements: Sequence[str]) -> None:
    for statement in statements:
        db.conn.execute(statement)


def upgrade(db: Database) -> list[str]:
    """Apply what is missing, all or nothing, one process at a time; the names of what was new."""
    with db.atomic():
        db.conn.execute(f"PRAGMA application_id = {APPLICATION}")  # takes the write lock
        missing = pending(db)
        if missing:
            MIGRATIONS.apply(db)
    return missing


def pending(db: Database) -> list[str]:
    """Names of the migrations this database still lacks."""
    return [migration.name for migration in MIGRATIONS.pending(db)]


def is_empty(db: Database) -> bool:
    return not db.conn.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()


def refuse_foreign(db: Database, place: str) -> None:
    """Refuse a database of another program, and one made by a newer perfbot.

    Raises:
        StoreError: With what to do instead.
    """
    empty = is_empty(db)  # asked first: another process may be making it this very moment
    (mark,) = db.conn.execute("PRAGMA application_id").fetchone()
    if mark != APPLICATION and not empty:
        raise StoreError(
            f"{place} is the database of another program.", hint="Choose another file with --db."
        )
    newer = [one.name for one in MIGRATIONS.applied(db) if one.name not in NAMES]
    if newer:
        raise StoreError(
            f"{place} was made by a newer perfbot (it has {newer[-1]}).",
            hint="Install the newest perfbot to use it.",
        )
