"""The event log: who did what when, appended and never changed."""

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from bot.store.part import Part
from bot.store.records import Event
from bot.store.written import dump, load, time, utc


class Events(Part):
    def log(self, event: Event) -> None:
        with self._db.writing() as db:
            append(db, event)

    def events(self, subject: str | None = None, kind: str | None = None) -> list[Event]:
        with self._db.reading() as db:
            return list(read_events(db, subject=subject, kind=kind))


def append(db: Database, event: Event) -> None:
    """Append an event inside the transaction of what it tells of."""
    db.table("events").insert(
        {
            "at": utc(event.at),
            "actor": event.actor,
            "kind": event.kind,
            "subject": event.subject,
            "details": dump(event.details),
        }
    )


def read_events(
    db: Database, *, subject: str | None = None, kind: str | None = None, like: str = "%"
) -> Iterator[Event]:
    """Events in the order they were written, of one subject, one kind or kinds like a pattern."""
    parts = [("subject = ?", subject), ("kind = ?", kind), ("kind LIKE ?", like)]
    wanted = [(sql, value) for sql, value in parts if value not in {None, "%"}]
    where = " AND ".join(sql for sql, _ in wanted) or "1"
    found = db.query(
        f"SELECT * FROM events WHERE {where} ORDER BY number",
        [value for _, value in wanted],
    )
    return (_event(row) for row in found)


def _event(row: dict[str, Any]) -> Event:
    return Event(
        at=time(row["at"]),
        actor=row["actor"],
        kind=row["kind"],
        subject=row["subject"],
        details=load(row["details"]),
        number=row["number"],
    )
