"""Who is at work: claims made once, leases that lapse, jobs taken by one worker each.

A lease or a job is held for some seconds and kept by its heartbeat. Whoever dies lets go by doing
nothing: another takes over when the time is up. Who was only slow is fenced off: every taking has a
number of its own, and a write under an older one is refused. Time is the database's own, so that
the clocks of several machines, or one that jumps, do not matter.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.errors import StoreError
from bot.redaction import redacted
from bot.store.codec import dump, load, maybe_utc, time, utc
from bot.store.records import Job, Lease
from bot.store.sql import DECISIONS, POSTGRESQL, SQLITE, Dialect, Session, StorePart, first, marks

LEASE = 45.0  # seconds; with the next minute's try that is a takeover within a minute
BEAT = 10.0  # seconds between heartbeats
SHORTEST = timedelta(seconds=5)  # until a job that failed is tried again, by the database's clock
PATIENCE = 2.0  # seconds an answer may wait for the database: Slack waits three

# Now by the database's clock, as UTC text: an expression to be written into a statement.
NOW: dict[Dialect, str] = {
    SQLITE: "strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')",
    POSTGRESQL: "to_char(clock_timestamp() AT TIME ZONE 'UTC', "
    '\'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"\')',
}
_AT_HAND = "SELECT 1 FROM jobs WHERE kind IN ({}) AND state IN ('waiting', 'working') LIMIT 1"
_TAKE = """
    INSERT INTO leases (name, holder, token, until) VALUES (:name, :holder, 1, :until)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until,
    token = leases.token + CASE WHEN leases.holder = excluded.holder AND leases.until > :now
                           THEN 0 ELSE 1 END
    WHERE leases.until <= :now OR leases.holder = excluded.holder RETURNING token"""


class Leases(StorePart):
    def claim(self, kind: str, key: str, at: datetime) -> bool:
        with self._db.writing() as db:
            return _claim(db, kind, key, at)

    @contextmanager
    def kept(
        self, kind: str, key: str, at: datetime, *, patience: float = PATIENCE
    ) -> Iterator[bool]:
        with self._db.writing(DECISIONS, patience=patience) as db:
            yield _claim(db, kind, key, at)

    def lease(self, name: str, holder: str, *, seconds: float = LEASE) -> Lease | None:
        with self._db.writing() as db:
            now = database_time(db)
            until = now + timedelta(seconds=seconds)
            values = {"name": name, "holder": holder, "now": utc(now), "until": utc(until)}
            row = first(db.tuples(_TAKE, values))
        return Lease(name, holder, int(row[0]), until) if row else None

    def leading(self, name: str) -> AbstractContextManager[bool]:
        return self._db.leading(name)

    def release(self, lease: Lease) -> None:
        with self._db.writing() as db:
            db.run(
                "UPDATE leases SET until = ? WHERE name = ? AND token = ? AND holder = ?",
                [utc(database_time(db)), lease.name, lease.token, lease.holder],
            )

    def beat(self, holding: Lease | Job, *, seconds: float = LEASE) -> None:
        with self._db.writing() as db:
            now = database_time(db)
            _refuse_late(db, holding, now)
            table, key = _place(holding)
            db.run(
                f"UPDATE {table} SET until = ? WHERE {key} = ?",  # noqa: S608
                [utc(now + timedelta(seconds=seconds)), _id(holding)],
            )

    @contextmanager
    def fenced(self, holding: Lease | Job) -> Iterator[None]:
        with self._db.writing() as db:
            _refuse_late(db, holding, database_time(db))
            yield
            if isinstance(holding, Job):
                db.run(
                    "UPDATE jobs SET state = 'done', done_at = ?, error = '' WHERE no = ?",
                    [utc(database_time(db)), holding.no],
                )

    @contextmanager
    def holding(self, job: Job, lock: str = DECISIONS) -> Iterator[None]:
        with self._db.writing(lock) as db:
            _refuse_late(db, job)
            yield
            until = database_time(db) + timedelta(seconds=LEASE)
            db.run("UPDATE jobs SET until = ? WHERE no = ?", [utc(until), job.no])

    def add_jobs(self, kind: str, jobs: Mapping[str, Any]) -> int:
        rows = [(kind, key, dump(payload)) for key, payload in jobs.items()]
        with self._db.writing() as db:
            return db.many(
                "INSERT INTO jobs (kind, key, payload, state, attempts, holder, token, until, "
                "not_before, error, done_at) VALUES (?, ?, ?, 'waiting', 0, '', 0, '', '', '', '') "
                "ON CONFLICT (kind, key) DO NOTHING",
                rows,
            )

    def take_job(self, kinds: Sequence[str], holder: str, *, seconds: float = LEASE) -> Job | None:
        with self._db.reading() as db:  # most looks find nothing, and hold up nobody
            if not db.tuples(_AT_HAND.format(marks(kinds)), kinds):
                return None
        with self._db.writing() as db:
            now = database_time(db)
            row = first(db.rows(_next_job(db, kinds), [*kinds, utc(now), utc(now)]))
            if row is None:
                return None
            # one that lapsed was an attempt that did not end well
            attempts = row["attempts"] + (row["state"] == "working")
            until = now + timedelta(seconds=seconds)
            db.run(
                "UPDATE jobs SET state = 'working', holder = ?, token = ?, until = ?, attempts = ? "
                "WHERE no = ?",
                [holder, row["token"] + 1, utc(until), attempts, row["no"]],
            )
        changed = {"holder": holder, "token": row["token"] + 1, "until": utc(until)}
        return _job(row | changed | {"state": "working", "attempts": attempts})

    def fail_job(self, job: Job, error: str, *, retry_at: datetime | None) -> None:
        state = "failed" if retry_at is None else "waiting"
        with self._db.writing() as db:
            now = database_time(db)
            _refuse_late(db, job, now)
            # not at once where the process's clock is behind: it would be tried without an end
            again = None if retry_at is None else max(retry_at, now + SHORTEST)
            db.run(
                "UPDATE jobs SET state = ?, error = ?, not_before = ?, attempts = attempts + 1 "
                "WHERE no = ?",
                [state, redacted(error), maybe_utc(again) or "", job.no],
            )

    def jobs(self, kinds: Collection[str] = (), states: Collection[str] = ()) -> list[Job]:
        conditions = [f"{name} IN ({marks([*values])})" for name, values in
                 (("kind", kinds), ("state", states)) if values]  # fmt: skip
        with self._db.reading() as db:
            rows = db.rows(
                f"SELECT * FROM jobs WHERE {' AND '.join(conditions) or '1 = 1'} ORDER BY no",  # noqa: S608
                [*kinds, *states],
            )
        return [_job(row) for row in rows]

    def forget_jobs(self, age: timedelta) -> int:
        with self._db.writing() as db:
            before = database_time(db) - age
            return db.run("DELETE FROM jobs WHERE state = 'done' AND done_at <= ?", [utc(before)])


class Beating(Protocol):
    """What keeps a lease or job alive: a store."""

    def beat(self, holding: Lease | Job, *, seconds: float = LEASE) -> None: ...


@contextmanager
def alive(store: Beating, holding: Lease | Job, *, interval: float = BEAT) -> Iterator[None]:
    """Keep a lease or job by heartbeats, however long the work inside takes.

    A beat that fails is tried again; once it was taken over, nothing is kept any more, and the
    work's own writes are refused (`Store.fenced`).
    """
    over = threading.Event()

    def beat() -> None:
        while not over.wait(interval):
            try:
                store.beat(holding)
            except StoreError as error:
                if error.kind == "late":
                    return

    thread = threading.Thread(target=beat, name=f"heart of {_id(holding)}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _claim(db: Session, kind: str, key: str, at: datetime) -> bool:
    added = db.run(
        "INSERT INTO claims (kind, key, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [kind, key, utc(at)],
    )
    return added == 1


def database_time(db: Session) -> datetime:
    """Now by the database's clock, aware UTC."""
    return time(db.tuples(f"SELECT {NOW[db.dialect]}")[0][0])


def _next_job(db: Session, kinds: Sequence[str]) -> str:
    """The oldest that waits or was left behind; on PostgreSQL nobody waits for another's."""
    skip = " FOR UPDATE SKIP LOCKED" if db.dialect == POSTGRESQL else ""
    return (
        f"SELECT * FROM jobs WHERE kind IN ({marks(kinds)}) AND ("  # noqa: S608
        "(state = 'waiting' AND not_before <= ?) OR (state = 'working' AND until <= ?)) "
        f"ORDER BY no LIMIT 1{skip}"
    )


def _refuse_late(db: Session, holding: Lease | Job, now: datetime | None = None) -> None:
    """Refuse a holder whose place another has taken; at a time `now`, also one that was up by then.

    The row is locked until the transaction ends: nobody takes over between this and the commit.
    """
    table, key = _place(holding)
    lock = " FOR UPDATE" if db.dialect == POSTGRESQL else ""
    select = f"SELECT token, holder, until FROM {table} WHERE {key} = ?{lock}"  # noqa: S608
    row = first(db.tuples(select, [_id(holding)]))
    lapsed = row is not None and now is not None and time(row[2]) <= now
    if row is None or row[:2] != (holding.token, holding.holder) or lapsed:
        raise StoreError(
            f"{_id(holding)} is somebody else's by now.",
            hint="Nothing was kept of it; whoever has it does it again.",
            kind="late",
        )


def _place(holding: Lease | Job) -> tuple[str, str]:
    return ("leases", "name") if isinstance(holding, Lease) else ("jobs", "no")


def _id(holding: Lease | Job) -> str | int:
    return holding.name if isinstance(holding, Lease) else holding.no


def _job(row: Mapping[str, Any]) -> Job:
    names = ("no", "kind", "key", "state", "attempts", "holder", "token", "error")
    return Job(**{name: row[name] for name in names}, payload=load(row["payload"]))
