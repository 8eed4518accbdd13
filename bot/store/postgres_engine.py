"""PostgreSQL's side of `bot.store.sql`: a pool of connections, advisory locks, one error type."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from bot.errors import StoreError
from bot.store.sql import POSTGRESQL, Dialect, Idle, Session, Values, for_psycopg, quoted

try:
    import psycopg
    from psycopg import IsolationLevel
    from psycopg.conninfo import conninfo_to_dict, make_conninfo
    from psycopg.types.string import StrDumper
    from psycopg_pool import ConnectionPool, PoolTimeout
except ImportError as error:
    raise StoreError(
        "PostgreSQL needs what this perfbot was installed without.",
        hint="Install it: pip install 'perfbot[postgres]'.",
    ) from error

if TYPE_CHECKING:
    Connection = psycopg.Connection[tuple[Any, ...]]

_KEY = "hashtextextended(current_database() || current_schema() || ' perfbot ' || {name}, 0)"
CONNECT_TIMEOUT = 10  # seconds to reach the server
MOST_CONNECTIONS = 10  # of one process
"""A server usually allows a hundred in all: eight processes, and room for people."""

_RETRY = "Try again in a moment; nothing was half stored."
# By the first characters of SQLSTATE, the longest first.
_FAULTS = {
    "55P03": ("locked", "{place} is locked by another process.", _RETRY),
    "57014": ("locked", "{place} did not answer in time.", _RETRY),
    "40": ("locked", "{place} was changed by another process at the same moment.", _RETRY),
    "53100": ("full", "There is no room left for {place}.",
              "Free some space on the server; nothing was half stored."),
    "53": ("unreachable", "{place} takes no more connections.",
           "Raise max_connections on the server, or run fewer processes."),
    "25006": ("read_only", "{place} cannot be written: it is read-only.",
              "Give the address of the primary server, or choose another with --db."),
    "42501": ("read_only", "{place} may not be used like this by this user.",
              "Give the user of DATABASE_URL its rights to the schema, or name another user."),
    "28": ("refused", "{place} refused the user or password.", "Check DATABASE_URL."),
    "3D000": ("gone", "{place} does not exist.", "Make it first: createdb."),
    "3F000": ("gone", "{place} has no schema to work in.", "Check DATABASE_URL and search_path."),
    "42P01": ("gone", "{place} lacks perfbot's tables.", "Restore a backup: perfbot restore."),
    "XX001": ("damaged", "{place} is damaged.", "Restore a backup: perfbot restore."),
    "XX002": ("damaged", "{place} is damaged.", "Restore a backup: perfbot restore."),
}  # fmt: skip
# What a server says to somebody it does not let in comes without its SQLSTATE.
_AT_THE_DOOR = {
    r'database ".*" does not exist': "3D000",
    r"authentication failed|no password supplied|role .* does not exist|no pg_hba.conf": "28",
    r"too many clients|connection slots": "53",
}
_UNREACHABLE = ("unreachable", "{place} cannot be reached.",
                "Check that the server runs and DATABASE_URL names it.")  # fmt: skip


class _Clean(StrDumper):
    """Text without NUL, which PostgreSQL cannot hold."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\ufffd"))


class PostgresSession:
    """A `bot.store.sql.Session` on PostgreSQL."""

    scope_key = ""
    dialect: Dialect = POSTGRESQL

    def __init__(self, conn: Connection) -> None:
        self.conn, self.changed = conn, set[str]()

    def run(self, sql: str, values: Values = ()) -> int:
        return self.conn.execute(_said(sql), values).rowcount

    def adding(self, sql: str, values: Values, number: str) -> int:
        row = self.conn.execute(_said(f"{sql} RETURNING {number}"), values).fetchone()
        return int(row[0]) if row else 0

    def many(self, sql: str, values: Iterable[Values]) -> int:
        rows = list(values)
        if not rows:
            return 0
        with self.conn.cursor() as cursor:
            cursor.executemany(_said(sql), rows)
            return cursor.rowcount

    def rows(self, sql: str, values: Values = ()) -> list[dict[str, Any]]:
        cursor = self.conn.execute(_said(sql), values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def tuples(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        return self.conn.execute(_said(sql), values).fetchall()

    def pieces(self, sql: str, values: Values, size: int) -> Iterator[list[tuple[Any, ...]]]:
        with self.conn.cursor(name="pieces") as cursor:
            cursor.itersize = size
            cursor.execute(_said(sql), values)
            piece = cursor.fetchmany(size)
            yield piece
            while len(piece) == size:
                piece = cursor.fetchmany(size)
                yield piece

    def pour(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        copy = f"COPY {table} ({', '.join(map(quoted, columns))}) FROM STDIN"
        with self.conn.cursor() as cursor, cursor.copy(_said(copy)) as out:
            for row in rows:
                out.write_row(row)


def _said(sql: str) -> Any:
    """The statement in psycopg's words. It is ours: no text of people is ever in it."""
    return for_psycopg(sql)


class Pool:
    """A `bot.store.sql.Engine`: a few connections for all threads of this process.

    Args:
        url: As libpq takes it; what it leaves out comes from the PG* variables.
        read_only: Never write.
        lock_timeout: Seconds to wait for another process's lock.
    """

    def __init__(self, url: str, *, read_only: bool, lock_timeout: float) -> None:
        self.read_only, self.lock_timeout = read_only, lock_timeout
        self.place = place_of(url)
        self._url = _with_defaults(url)
        self._idle, self._own, self._changing = Idle(), threading.local(), threading.Lock()
        self._process, self._closed = os.getpid(), False
        self._pool: ConnectionPool[Connection] | None = None

    @contextmanager
    def reading(self) -> Iterator[PostgresSession]:
        open_session: PostgresSession | None = getattr(self._own, "session", None)
        if open_session is not None:
            yield open_session
            return
        with self._session(read_only=True) as session:
            yield session

    @contextmanager
    def writing(
        self, lock: str = "", *, patience: float | None = None
    ) -> Iterator[PostgresSession]:
        open_session: PostgresSession | None = getattr(self._own, "session", None)
        if open_session is None:
            with self._session(read_only=self.read_only, patience=patience) as session:
                if patience is not None and patience < self.lock_timeout:
                    session.run("SELECT set_config('lock_timeout', ?, true)", [_ms(patience)])
                self.lock(session, lock)
                yield session
                _count(session)
            return
        with sentences(self.place), open_session.conn.transaction():
            self.lock(open_session, lock)
            yield open_session

    def lock(self, session: Session, name: str) -> None:
        """Wait until nobody else of this schema holds the lock; it goes with the transaction."""
        if name:
            session.run(
                f"SELECT pg_advisory_xact_lock({_KEY.format(name=':name')})",
                {"name": name},
            )

    @contextmanager
    def leading(self, name: str) -> Iterator[bool]:
        """By a lock of a connection's own: whoever dies lets go of it at once."""
        key = _KEY.format(name="%s")
        with self._idle.working(), sentences(self.place), self._connection(None) as conn:
            row = conn.execute(f"SELECT pg_try_advisory_lock({key})", [f"lead {name}"]).fetchone()
            mine = bool(row and row[0])
            try:
                yield mine
            finally:
                if mine:
                    with suppress(psycopg.OperationalError):  # cut off: it leads no longer
                        conn.execute(f"SELECT pg_advisory_unlock({key})", [f"lead {name}"])

    def close(self) -> None:
        """Close the connections, once nobody is at work with one."""
        self._closed = True
        self._idle.wait()
        with self._changing:
            pool, self._pool = self._pool, None
        if pool is not None and self._process == os.getpid():
            pool.close()

    @contextmanager
    def _session(
        self, *, read_only: bool, patience: float | None = None
    ) -> Iterator[PostgresSession]:
        """One transaction: a reader's sees one state, a writer's each statement the newest."""
        with self._idle.working(), sentences(self.place), self._connection(patience) as conn:
            conn.read_only = read_only
            conn.isolation_level = IsolationLevel.REPEATABLE_READ if read_only else None
            with conn.transaction():
                self._own.session = session = PostgresSession(conn)
                try:
                    yield session
                finally:
                    self._own.session = None

    @contextmanager
    def _connection(self, patience: float | None) -> Iterator[Connection]:
        try:
            with self._opened().connection(timeout=patience) as conn:
                yield conn
        except PoolTimeout:
            seconds = CONNECT_TIMEOUT if patience is None else max(2, round(patience))
            psycopg.connect(self._url, connect_timeout=seconds).close()  # the pool only logs why
            raise

    def _opened(self) -> ConnectionPool[Connection]:
        with self._changing:
            if self._closed:
                raise StoreError(f"{self.place} is closed.", hint="Open it again.", kind="closed")
            if self._process != os.getpid():  # a child may not use its parent's connections
                self._pool, self._process, self._idle = None, os.getpid(), Idle()
                self._own = threading.local()
            if self._pool is None:
                self._pool = self._made()
            return self._pool

    def _made(self) -> ConnectionPool[Connection]:
        psycopg.connect(self._url).close()  # says at once why not, where the pool would wait
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # what fails is raised, and said
        return ConnectionPool(
            self._url,
            min_size=0,
            max_size=MOST_CONNECTIONS,
            timeout=CONNECT_TIMEOUT,
            kwargs={"autocommit": True},
            configure=self._configured,
            check=ConnectionPool.check_connection,
            open=True,
        )

    def _configured(self, conn: Connection) -> None:
        conn.adapters.register_dumper(str, _Clean)
        conn.execute(
            "SELECT set_config('lock_timeout', %s, false), "
            "set_config('client_min_messages', 'warning', false)",
            [_ms(self.lock_timeout)],
        )


def _ms(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"


def _count(session: PostgresSession) -> None:
    """Count the commit of what was appended, as the last thing before it: see Boards.decided."""
    for log in sorted(session.changed):
        session.run("UPDATE changes SET number = number + 1 WHERE log = ?", [log])


def place_of(url: str) -> str:
    """How a database is called in a sentence: its name and host, never user or password."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error as error:
        raise StoreError(
            "The address of the PostgreSQL database cannot be read.",
            hint="Write it as postgresql://user:password@host/database, special signs as %40.",
        ) from error
    name, host = parts.get("dbname") or "", parts.get("host") or ""
    return f"The PostgreSQL database {name}{f' on {host}' if host else ''}".rstrip()


def _with_defaults(url: str) -> str:
    parts = conninfo_to_dict(url)
    name = parts.get("application_name") or "perfbot"
    patience = parts.get("connect_timeout") or CONNECT_TIMEOUT
    unheard = parts.get("tcp_user_timeout") or 30_000  # milliseconds until a silent server is gone
    return make_conninfo(
        url, application_name=name, connect_timeout=patience, tcp_user_timeout=unheard
    )


@contextmanager
def sentences(place: str) -> Iterator[None]:
    """Turn PostgreSQL's errors inside into a StoreError about `place`."""
    try:
        yield
    except (psycopg.Error, PoolTimeout) as error:
        raise explained(error, place) from error


def explained(error: Exception, place: str) -> StoreError:
    """The error a person can act on, for one of PostgreSQL's."""
    state = getattr(error, "sqlstate", None) or _at_the_door(str(error))
    fault = next((_FAULTS[code] for code in _FAULTS if state.startswith(code)), None)
    if fault is None and (not state or state[:2] in {"08", "57", "58"}):
        fault = _UNREACHABLE if isinstance(error, psycopg.OperationalError) else None
    if fault is None:
        return StoreError(f"{place} refused: {str(error).splitlines()[0]}.")
    kind, sentence, hint = fault
    return StoreError(sentence.format(place=place), hint=hint, kind=kind)


def _at_the_door(text: str) -> str:
    return next((state for sign, state in _AT_THE_DOOR.items() if re.search(sign, text)), "")
