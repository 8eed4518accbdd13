"""Everything of one database into another, counted and compared row by row.

What can be worked out again (the search index, the counts of commits) is built anew.
"""

# ruff: noqa: S608  # only names of our own tables are written into SQL, values never

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from bot.errors import StoreError
from bot.store import search
from bot.store.sql import POSTGRESQL, SQLITE, Engine, Session, quoted

PIECE = 10_000
Row = tuple[Any, ...]
# What is referred to comes before what refers to it; each with what its rows are told apart by.
TABLES: Mapping[str, tuple[str, ...]] = {
    "campaigns": ("no",),
    "campaign_names": ("campaign", "name"),
    "labels": ("no",),
    "imports": ("no",),
    "daily": ("date", "campaign", "revision"),
    "details": ("no",),
    "detail_days": ("date", "detail"),
    "window_reach": ("channel", "account_id", "campaign_id", "since", "until", "pulled_at"),
    "pulls": ("no",),
    "boards": ("window", "as_of", "scope"),
    "board_marks": ("window", "as_of", "scope"),
    "plan_editions": ("no",),
    "plan": ("no",),
    "advice": ("id",),
    "events": ("number",),
    "claims": ("kind", "key"),
    "subscriptions": ("id",),
    "preferences": ("user", "name"),
    "outbox": ("number",),
    "channels": ("channel",),
    "advice_campaigns": ("advice", "campaign"),
    "orders": ("id",),
    "leads": ("id",),
    "leases": ("name",),
    "jobs": ("no",),
    "workspaces": ("team",),
    "installs": ("state",),
}
"""Every table that holds what cannot be worked out again."""
NUMBERED = {"campaigns": "no", "details": "no", "labels": "no", "imports": "no", "pulls": "no",
            "plan_editions": "no", "plan": "no", "events": "number", "subscriptions": "id",
            "outbox": "number", "jobs": "no"}  # fmt: skip
"""Tables whose rows the database numbers, and that column."""


def copy(source: Engine, target: Engine, *, replace: bool = False) -> dict[str, int]:
    """Copy every row, in one transaction: all of it is there afterwards, or nothing is.

    Args:
        source: Read in one consistent view; it may be written to meanwhile.
        target: At the same migration.
        replace: Take away what the target holds; else it must be empty.

    Returns:
        How many rows of each table were copied and compared.

    Raises:
        StoreError: The target is not empty, or does not read back as what was copied.
    """
    with source.reading() as reader, target.writing("migrations") as writer:
        if replace:
            _empty(writer)
        _refuse_filled(writer, target.place)
        for table in TABLES:
            columns = columns_of(writer, table)
            writer.pour(table, columns, stream(reader, table, columns))
        _go_on_numbering(reader, writer)
        search.rebuild(writer)
        writer.changed |= {"events", "plan"}
        return compare(reader, writer)


def compare(source: Session, target: Session) -> dict[str, int]:
    """Compare every row of every table; how many there are.

    Raises:
        StoreError: The first row that differs, by its table and key.
    """
    return {table: _compare(source, target, table) for table in TABLES}


def count(db: Session) -> dict[str, int]:
    """How many rows each table has."""
    return {table: db.tuples(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def _compare(source: Session, target: Session, table: str) -> int:
    columns, number = columns_of(target, table), 0
    rows = zip_longest(stream(source, table, columns), stream(target, table, columns))
    for number, (mine, theirs) in enumerate(rows, start=1):
        if mine != theirs:
            row = mine or theirs
            raise StoreError(
                f"Row {number} of {table} was not copied as it is ({_key(table, columns, row)}).",
                hint="Nothing was kept of the copy; run perfbot doctor on both databases.",
                kind="damaged",
            )
    return number


def _key(table: str, columns: Sequence[str], row: Row) -> str:
    values = dict(zip(columns, row, strict=True))
    return ", ".join(f"{name} {values[name]}" for name in TABLES[table])


def stream(db: Session, table: str, columns: Sequence[str]) -> Iterator[Row]:
    """A table's rows in the order of its key, as both databases can hold them."""
    names, key = (", ".join(map(quoted, column_names)) for column_names in (columns, TABLES[table]))
    for piece in db.pieces(f"SELECT {names} FROM {table} ORDER BY {key}", (), PIECE):
        yield from map(_portable, piece)


def _portable(row: Row) -> Row:
    """PostgreSQL cannot hold a NUL in a text."""
    if any(isinstance(value, str) and "\0" in value for value in row):
        return tuple(
            value.replace("\0", "\ufffd") if isinstance(value, str) else value for value in row
        )
    return row


def columns_of(db: Session, table: str) -> tuple[str, ...]:
    if db.dialect == SQLITE:
        rows = db.tuples("SELECT name FROM pragma_table_info(?) ORDER BY cid", [table])
    else:
        rows = db.tuples(
            "SELECT column_name FROM information_schema.columns WHERE table_name = ? "
            "AND table_schema = current_schema() ORDER BY ordinal_position",
            [table],
        )
    return tuple(str(name) for (name,) in rows)


def _refuse_filled(db: Session, place: str) -> None:
    filled = next((table for table in TABLES if db.tuples(f"SELECT 1 FROM {table} LIMIT 1")), "")
    if filled:
        raise StoreError(
            f"{place} already holds {filled.replace('_', ' ')}.",
            hint="Copy into a new database, or use perfbot restore to replace what is there.",
        )


def _empty(db: Session) -> None:
    """Take everything away, the log too: what was there was backed up before."""
    assert db.dialect == POSTGRESQL  # a SQLite file is replaced as a whole
    db.run(f"LOCK TABLE {', '.join(TABLES)} IN ACCESS EXCLUSIVE MODE")  # nobody writes meanwhile
    db.run("ALTER TABLE events DISABLE TRIGGER USER")
    for table in (*reversed([*TABLES]), "search"):
        db.run(f"DELETE FROM {table}")
    db.run("ALTER TABLE events ENABLE TRIGGER USER")


def _go_on_numbering(source: Session, target: Session) -> None:
    """Numbers once given are never given again, also where their row is gone."""
    for table, column in NUMBERED.items():
        highest = max(_last(source, table, column), _highest(target, table, column))
        if target.dialect == POSTGRESQL:
            target.run(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), :next, false)",
                {"next": highest + 1},
            )
        elif target.tuples("SELECT 1 FROM sqlite_sequence WHERE name = ?", [table]):
            target.run("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", [highest, table])
        elif highest and table in _COUNTED:
            target.run("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [table, highest])


_COUNTED = {"events", "subscriptions", "outbox", "jobs"}  # AUTOINCREMENT in SQLite


def _last(db: Session, table: str, column: str) -> int:
    """The highest number ever given, as far as the database knows."""
    if db.dialect == SQLITE:
        rows = db.tuples("SELECT seq FROM sqlite_sequence WHERE name = ?", [table])
        return rows[0][0] if rows else _highest(db, table, column)
    ((last_value, used),) = db.tuples(
        "SELECT last_value, is_called FROM " + _sequence(db, table, column),
    )
    return int(last_value) if used else int(last_value) - 1


def _sequence(db: Session, table: str, column: str) -> str:
    ((name,),) = db.tuples(f"SELECT pg_get_serial_sequence('{table}', '{column}')")
    return str(name)


def _highest(db: Session, table: str, column: str) -> int:
    ((highest,),) = db.tuples(f"SELECT coalesce(max({column}), 0) FROM {table}")
    return int(highest)
