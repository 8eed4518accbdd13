"""Where a life may end or meet trouble: every commit and every network call, hooked from outside.

Nothing of perfbot knows of this. A child process of `tests.chaos.lives` puts the hooks on sqlite3,
on psycopg and on http.client before it opens anything; each write that is committed is two points
(before, after), each call over the network three (not sent, sent and not answered, answered).
"""

from __future__ import annotations

import http.client
import os
import signal
import sqlite3
import threading
from dataclasses import dataclass, field
from typing import Any

import psycopg

NEVER = 10**9
# What SQLite says of a disk or a file in trouble: its code, its words, and where it says so.
TROUBLES = {
    "full": (sqlite3.SQLITE_FULL, "database or disk is full", "COMMIT"),
    "io": (sqlite3.SQLITE_IOERR, "disk I/O error", "COMMIT"),
    "read_only": (sqlite3.SQLITE_READONLY, "attempt to write a readonly database", "BEGIN IMM"),
    "locked": (sqlite3.SQLITE_BUSY, "database is locked", "BEGIN IMM"),
}


@dataclass
class Points:
    """Counts what is reached, and kills this process at one of it.

    Attributes:
        die_at: The number of the point to die at, from 1.
        trouble: A key of TROUBLES, or `restart`: what the database meets.
        trouble_at: The write from which it meets it, from 1.
        trouble_times: How many writes in a row.
    """

    die_at: int = NEVER
    trouble: str = ""
    trouble_at: int = NEVER
    trouble_times: int = 1
    names: list[str] = field(default_factory=list)
    writes: int = 0
    armed: bool = True
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reach(self, name: str) -> None:
        """One point further; where it is the one, the process is gone, as by kill -9."""
        if not self.armed:
            return
        with self._lock:
            self.names.append(name)
            if len(self.names) == self.die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def troubled(self) -> bool:
        """Whether the write that begins now meets the trouble; counted once a write."""
        if not self.armed or not self.trouble:
            return False
        with self._lock:
            self.writes += 1
            return self.trouble_at <= self.writes < self.trouble_at + self.trouble_times


def watch(points: Points) -> None:
    """Put the hooks on this process."""
    _watch_sqlite(points)
    _watch_psycopg(points)
    _watch_network(points)


def _watch_sqlite(points: Points) -> None:
    class Watched(sqlite3.Connection):
        """A connection whose commits are points, and whose writes meet trouble."""

        committed, is_troubled = 0, False

        def execute(self, sql: str, *values: Any) -> Any:
            words = sql.lstrip()[:9].upper()
            if words == "BEGIN IMM":
                self.is_troubled = points.troubled()
            if self.is_troubled and TROUBLES.get(points.trouble, (0, "", ""))[2] == words[:9]:
                raise _error(points.trouble)
            if not words.startswith("COMMIT") or self.total_changes == self.committed:
                return super().execute(sql, *values)
            points.reach("before commit")
            cursor = super().execute(sql, *values)
            self.committed = self.total_changes
            points.reach("after commit")
            return cursor

    connect = sqlite3.connect

    def connected(database: Any, **options: Any) -> sqlite3.Connection:
        return connect(database, **{"factory": Watched, **options})

    sqlite3.connect = connected  # type: ignore[assignment]


def _error(trouble: str) -> sqlite3.OperationalError:
    code, words, _ = TROUBLES[trouble]
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return error


def _watch_psycopg(points: Points) -> None:
    execute = psycopg.Connection._exec_command

    def watched(conn: Any, command: Any, *rest: Any, **options: Any) -> Any:
        words = command if isinstance(command, bytes) else str(command).encode()
        if words.upper() != b"COMMIT" or conn.read_only:
            return (yield from execute(conn, command, *rest, **options))
        if points.troubled():  # the server went away: a commit that is not known of
            with psycopg.connect(
                conn.info.dsn, password=conn.info.password, autocommit=True
            ) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [conn.info.backend_pid])
        points.reach("before commit")
        answer = yield from execute(conn, command, *rest, **options)
        points.reach("after commit")
        return answer

    psycopg.Connection._exec_command = watched  # type: ignore[method-assign,assignment]


def _watch_network(points: Points) -> None:
    connection = http.client.HTTPConnection
    putrequest, getresponse = connection.putrequest, connection.getresponse

    def asking(self: Any, method: str, url: str, *rest: Any, **options: Any) -> None:
        self.watched = url.partition("?")[0].rsplit("/", 1)[-1]
        points.reach(f"before {self.watched}")
        putrequest(self, method, url, *rest, **options)

    def answered(self: Any) -> Any:
        points.reach(f"during {self.watched}")
        answer = getresponse(self)
        points.reach(f"after {self.watched}")
        return answer

    connection.putrequest = asking  # type: ignore[method-assign,assignment]
    connection.getresponse = answered  # type: ignore[method-assign]
