"""The event log: who did what when, appended and never changed."""

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
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

    def history(
        self,
        *,
        since: datetime | None = None,
        by: str = "",
        kinds: Collection[str] = (),
        limit: int | None = None,
    ) -> list[Event]:
        like = " OR ".join("kind LIKE ? ESCAPE '\\'" for _ in kinds) or "1"
        values = [utc(since) if since else "", by, by, *map(_pattern, kinds), limit or -1]
        with self._db.reading() as db:
            found = db.query(
                f"SELECT * FROM events WHERE at >= ? AND (? = '' OR actor = ?) AND ({like}) "
                "ORDER BY number DESC LIMIT ?",
                values,
            )
            return [_event(row) for row in found]


def _pattern(kind: str) -> str:
    """A kind, or all that begin with it where it ends in a full stop, as LIKE knows it."""
    exact = kind.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%")
    return f"{exact}%" if kind.endswith(".") else exact


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
