"""The numbered migrations that lead to the tables of today: append, never edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from bot.errors import StoreError
from bot.store import clients, search
from bot.store.sql import POSTGRESQL, SQLITE, Session
from bot.store.table_definitions import (
    CAMPAIGN_MARKS,
    CHANGES,
    CLIENTS,
    DECISIONS,
    DETAILS,
    GUARDS,
    LEADS,
    LEASES,
    MARKS,
    NEVER_REPLACED,
    NUMBERS,
    ORDER_TOUCHES,
    ORDERS,
    ORDERS_UPDATED,
    POSTGRES_GUARDS,
    SLACK,
    TRACED,
    WORKSPACES,
    in_postgresql,
)

APPLICATION = 0x70657266  # "perf": marks a SQLite file as ours
Migration = Callable[[Session], None]
MIGRATIONS: dict[str, Migration] = {}
_LOG = {SQLITE: "_sqlite_migrations", POSTGRESQL: "perfbot_migrations"}


def _migration(name: str) -> Callable[[Migration], Migration]:
    """Register a migration; databases that have others were made by a newer perfbot."""

    def register(run: Migration) -> Migration:
        MIGRATIONS[name] = run
        return run

    return register


@_migration("0001_first")
def _first(db: Session) -> None:
    _make(db, (*NUMBERS, *DECISIONS, *SLACK))
    for statement in GUARDS if db.dialect == SQLITE else POSTGRES_GUARDS:
        db.run(statement)


@_migration("0002_outcomes_once")
def _outcomes_once(db: Session) -> None:
    """An acknowledged move is frozen, taken back and measured once each, whoever is first."""
    read = "json_extract(details, '$.round')"
    if db.dialect == POSTGRESQL:
        read = "(CAST(details AS json) ->> 'round')"
    kinds = "'outcome.freeze', 'outcome.void', 'outcome.measure'"
    db.run(
        f"CREATE UNIQUE INDEX outcomes_once ON events (subject, kind, {read}) "
        f"WHERE kind IN ({kinds})"
    )


@_migration("0003_search")
def _search(db: Session) -> None:
    """What was written so far is found as well as what is written from now on."""
    search.make(db)


@_migration("0004_events_never_replaced")
def _events_never_replaced(db: Session) -> None:
    """INSERT OR REPLACE deletes without asking the triggers that guard against deletion."""
    if db.dialect == SQLITE:
        _make(db, NEVER_REPLACED)


@_migration("0005_board_marks")
def _board_marks(db: Session) -> None:
    """Whether a kept board is still the one somebody read, without reading it again."""
    _make(db, MARKS)
    random = "hex(randomblob(8))" if db.dialect == SQLITE else "md5(CAST(random() AS text))"
    db.run(f'INSERT INTO board_marks SELECT "window", as_of, {random} FROM boards')  # noqa: S608


@_migration("0006_written_once")
def _written_once(db: Session) -> None:
    """Search and marks are kept by perfbot itself, in the same words for every database."""
    if db.dialect == SQLITE:
        for trigger in (*search.TRIGGERS, "boards_made", "boards_made_again", "boards_forgotten"):
            db.run(f"DROP TRIGGER IF EXISTS {trigger}")
    search.rebuild(db)
    _make(db, CHANGES)


@_migration("0007_leases")
def _leases(db: Session) -> None:
    """Work that several processes share: what lapses is taken over, what is late is refused."""
    _make(db, LEASES)


@_migration("0008_clients")
def _clients(db: Session) -> None:
    """Clients are kept apart where they are read."""
    _make(db, CLIENTS)
    clients.link_all(db)


@_migration("0009_orders")
def _orders(db: Session) -> None:
    """What was really sold, beside what the platforms say they sold."""
    _make(db, ORDERS)


@_migration("0010_applied_once")
def _applied_once(db: Session) -> None:
    """What is set at a platform is asked for, planned, sent and concluded once each for ever."""
    read = "json_extract(details, '$.key')"
    if db.dialect == POSTGRESQL:
        read = "(CAST(details AS json) ->> 'key')"
    kinds = ", ".join(f"'applying.{step}'" for step in ("ask", "back", "plan", "send", "done"))
    db.run(
        f"CREATE UNIQUE INDEX applied_once ON events (subject, kind, {read}) "
        f"WHERE kind IN ({kinds})"
    )


@_migration("0011_traced")
def _traced(db: Session) -> None:
    """How long a message waits is seen, and whose request it was."""
    _make(db, TRACED)


@_migration("0012_details")
def _details(db: Session) -> None:
    """What is below a campaign, in tables of its own."""
    _make(db, DETAILS)


@_migration("0013_orders_updated")
def _orders_updated(db: Session) -> None:
    """What an order was earlier never takes the place of what it is."""
    _make(db, ORDERS_UPDATED)


@_migration("0014_leads")
def _leads(db: Session) -> None:
    """What became of leads, beside what the platforms say they brought."""
    _make(db, LEADS)


@_migration("0015_workspaces")
def _workspaces(db: Session) -> None:
    """Several workspaces of Slack, each with a token of its own."""
    _make(db, WORKSPACES)


@_migration("0016_campaign_marks")
def _campaign_marks(db: Session) -> None:
    """Whether a campaign's days are still those somebody judged, without reading them."""
    _make(db, CAMPAIGN_MARKS)
    random = "hex(randomblob(8))" if db.dialect == SQLITE else "md5(CAST(random() AS text))"
    db.run(f"UPDATE campaigns SET mark = {random}")  # noqa: S608


@_migration("0017_order_touches")
def _order_touches(db: Session) -> None:
    """Which platforms count the same order is known order by order."""
    _make(db, ORDER_TOUCHES)


def _make(db: Session, statements: Sequence[str]) -> None:
    for statement in statements:
        db.run(statement if db.dialect == SQLITE else in_postgresql(statement))


def upgrade(db: Session) -> list[str]:
    """Apply what is missing; the names of what was new.

    The caller holds the lock that lets one process at a time do this, in one transaction.
    """
    missing = pending(db)
    if missing and not _has_log(db):
        number = "id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT"
        number = number if db.dialect == SQLITE else number.replace(
            "INTEGER", "BIGINT GENERATED BY DEFAULT AS IDENTITY"
        )  # fmt: skip
        db.run(f"CREATE TABLE {_LOG[db.dialect]} ({number})")
    for name in missing:
        MIGRATIONS[name](db)
        db.run(
            f"INSERT INTO {_LOG[db.dialect]} (migration_set, name, applied_at) "  # noqa: S608
            "VALUES ('perfbot', ?, ?)",
            [name, datetime.now(UTC).isoformat(" ")],
        )
    return missing


def applied(db: Session) -> list[str]:
    """Names of the migrations this database has, oldest first."""
    if not _has_log(db):
        return []
    rows = db.tuples(
        f"SELECT name FROM {_LOG[db.dialect]} WHERE migration_set = 'perfbot' ORDER BY id"  # noqa: S608
    )
    return [name for (name,) in rows]


def pending(db: Session) -> list[str]:
    """Names of the migrations this database still lacks."""
    present = set(applied(db))
    return [name for name in sorted(MIGRATIONS) if name not in present]


def is_empty(db: Session) -> bool:
    """Whether there is nothing in it at all; of PostgreSQL, nothing of ours."""
    if db.dialect == SQLITE:
        return not db.tuples("SELECT 1 FROM sqlite_master LIMIT 1")
    return not _has_log(db)


def too_old(db: Session, place: str) -> StoreError:
    """The error about a database that lacks migrations nobody may apply now."""
    if is_empty(db):
        return StoreError(f"{place} is empty.", hint="Import numbers first: perfbot import FILE.")
    return StoreError(f"{place} was made by an older perfbot.", hint="Run perfbot db upgrade.")


def refuse_foreign(db: Session, place: str) -> None:
    """Refuse a database of another program, and one made by a newer perfbot.

    Raises:
        StoreError: With what to do instead.
    """
    empty = is_empty(db)  # asked first: another process may be making it this very moment
    if not empty and db.dialect == SQLITE:
        ((mark,),) = db.tuples("PRAGMA application_id")
        _refuse_unless(mark == APPLICATION, place)
    if empty and db.dialect == POSTGRESQL:
        _refuse_unless(not _postgres_table(db, "campaigns"), place)
    newer = [name for name in applied(db) if name not in MIGRATIONS]
    if newer:
        raise StoreError(
            f"{place} was made by a newer perfbot (it has {newer[-1]}).",
            hint="Install the newest perfbot to use it.",
        )


def _refuse_unless(ours: bool, place: str) -> None:
    if not ours:
        raise StoreError(
            f"{place} is the database of another program.",
            hint="Choose another one with --db.",
        )


def _has_log(db: Session) -> bool:
    if db.dialect == POSTGRESQL:
        return _postgres_table(db, _LOG[POSTGRESQL])
    return bool(
        db.tuples("SELECT 1 FROM sqlite_master WHERE name = ?", [_LOG[SQLITE]]),
    )


def _postgres_table(db: Session, name: str) -> bool:
    """Whether the schema perfbot works in has this table."""
    return bool(
        db.tuples(
            "SELECT 1 FROM information_schema.tables "
            "WHERE table_schema = current_schema() AND table_name = ?",
            [name],
        )
    )
