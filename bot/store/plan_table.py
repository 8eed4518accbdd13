"""The plan: dated entries, by origin, so that a replay uses what was valid that day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from bot.numbers.plan import Patterns
from bot.store.board_table import forget_boards
from bot.store.codec import day, dump, load, time, utc
from bot.store.events import append
from bot.store.records import Event, PlanRow
from bot.store.sql import DECISIONS, Session, StorePart, insert, marks

FILE = "file"
BIDS = "platform"  # rows of it are what platforms bid to: `google_ads|123|456`
THRESHOLD = "threshold"  # rows of it are thresholds somebody changed: `convert/CPA.waste`


class PlanTable(StorePart):
    def set_plan(self, rows: Sequence[PlanRow], *, origin: str) -> bool:
        with self._db.writing(DECISIONS) as db:
            editions = _read(db)
            earlier = editions.get(origin, [])
            edition = (_starts(rows), list(rows))
            if not _says_more(earlier, edition, origin):
                return False
            file = in_force(editions.get(FILE, []), _starts(rows), FILE)
            standing = [*file, *in_force(earlier, _starts(rows), origin)]
            _add_edition(db, edition, origin)
            for row in rows[:1]:
                append(db, _told(row, rows, origin, standing))
            forget_boards(db, min((row.valid_from for row in rows), default=date.min))
        return True

    def plan_rows(self, on: date | None = None) -> list[PlanRow]:
        with self._db.reading() as db:
            return read_plan(db, on)[0]


def read_plan(db: Session, *days: date | None) -> list[list[PlanRow]]:
    """Entries valid on each day, or (None) as they stand: those made in Slack first."""
    editions = _read(db)
    origins = sorted(editions, key=_last_file)
    is_shown = _shown(db) if db.scope_key else None
    return [
        [
            row
            for origin in origins
            for row in in_force(editions[origin], day, origin)
            if is_shown is None or is_shown(row)
        ]
        for day in days
    ]


def _shown(db: Session) -> Callable[[PlanRow], bool]:
    """In a scope: entries of its clients, about campaigns of its own, and thresholds."""
    names = db.tuples(
        "SELECT DISTINCT c.channel, n.name FROM campaigns c "
        "JOIN campaign_names n ON n.campaign = c.no"
    )

    def is_shown(row: PlanRow) -> bool:
        if row.values.get("client") or row.origin in {THRESHOLD, BIDS}:
            return True  # of another client's none was read
        pattern = Patterns((row.pattern,))
        return any(pattern.first(channel, name) is not None for channel, name in names)

    return is_shown


Edition = tuple[date, list[PlanRow]]  # the day it starts, and what it says


def in_force(editions: Sequence[Edition], on: date | None, origin: str) -> list[PlanRow]:
    """What the editions of an origin come to on a day, or with None as it stands, future included.

    A file's edition replaces the one before: a pattern's entries from their own `valid_from` on,
    and from the day it starts whatever it no longer says. Entries made elsewhere stand each by
    itself: the newest of a pattern counts, and one that says nothing ends it.
    """
    if origin == FILE:
        return _latest(editions) if on is None else _printed(editions, on)
    entries = [row for _, rows in editions for row in rows if on is None or row.valid_from <= on]
    return _standing(entries, only_newest=on is not None)


def _latest(editions: Sequence[Edition]) -> list[PlanRow]:
    return list(editions[-1][1]) if editions else []


def _printed(editions: Sequence[Edition], on: date) -> list[PlanRow]:
    standing: list[PlanRow] = []
    for starts, rows in editions:
        valid = [row for row in rows if row.valid_from <= on]
        replaced = {row.pattern for row in valid}
        later = {row.pattern for row in rows} - replaced
        carried = [row for row in standing if row.pattern not in replaced]
        carried = [row for row in carried if on < starts or row.pattern in later]
        standing = sorted([*valid, *carried], key=lambda row: row.position)
    return standing


def _starts(rows: Sequence[PlanRow]) -> date:
    """The day an edition ends what it no longer says.

    Its `valid_from` where its rows agree on one, else the day it was said: a single old date does
    not rewrite what was.
    """
    days = {row.valid_from for row in rows}
    if len(days) <= 1:
        return next(iter(days), date.min)
    return max(min(days), *(row.said_at.date() for row in rows))


def _standing(entries: Sequence[PlanRow], *, only_newest: bool) -> list[PlanRow]:
    """Single entries that still stand, newest first."""
    by_pattern: dict[str, list[PlanRow]] = {}
    for row in sorted(entries, key=lambda row: row.valid_from):
        earlier = by_pattern.get(row.pattern, [])
        if only_newest or not row.values:
            earlier = []
        other_entries = [entry for entry in earlier if entry.valid_from != row.valid_from]
        by_pattern[row.pattern] = [*other_entries, row] if row.values else []
    rows = [row for rows in by_pattern.values() for row in rows]
    return sorted(rows, key=lambda row: (row.valid_from, row.said_at), reverse=True)


def _says_more(editions: Sequence[Edition], edition: Edition, origin: str) -> bool:
    """Whether any day looks different with the new edition."""
    after = [*editions, edition]
    days = {row.valid_from for _, rows in after for row in rows} | {starts for starts, _ in after}
    return any(
        _said(in_force(editions, on, origin)) != _said(in_force(after, on, origin)) for on in days
    )


def _said(rows: Sequence[PlanRow]) -> list[tuple[str, str]]:
    return [(row.pattern, dump(row.values)) for row in rows]


def _last_file(origin: str) -> tuple[bool, str]:
    return origin == FILE, origin


def _told(row: PlanRow, rows: Sequence[PlanRow], origin: str, standing: Sequence[PlanRow]) -> Event:
    """Who changed what; of single entries also what they said before and what they say now."""
    details: dict[str, Any] = {"patterns": [entry.pattern for entry in rows]}
    if origin != FILE:
        earlier = {entry.pattern: dict(entry.values) for entry in standing}
        details["before"] = {entry.pattern: earlier.get(entry.pattern, {}) for entry in rows}
        details["after"] = {entry.pattern: dict(entry.values) for entry in rows}
    return Event(row.said_at, row.said_by, _KINDS.get(origin, "plan.set"), origin, details)


_KINDS = {THRESHOLD: "threshold.set", BIDS: "bids.read"}


def _add_edition(db: Session, edition: Edition, origin: str) -> None:
    starts, rows = edition
    ((number,),) = db.tuples(
        insert("plan_editions", ("origin", "starts"), "RETURNING no"),
        {"origin": origin, "starts": starts.isoformat()},
    )
    db.many(
        f"INSERT INTO plan (edition, {_NAMES}) VALUES (?, {marks(_COLUMNS)})",  # noqa: S608
        [(number, *_row(row)) for row in rows],
    )
    db.changed.add("plan")


_COLUMNS = ("position", "pattern", "values", "valid_from", "said_by", "said_at")
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)


def _row(row: PlanRow) -> tuple[Any, ...]:
    return (
        row.position,
        row.pattern,
        dump(row.values),
        row.valid_from.isoformat(),
        row.said_by,
        utc(row.said_at),
    )


def _read(db: Session) -> dict[str, list[Edition]]:
    """Every edition of every origin, oldest first, in one reading."""
    rows = db.tuples(
        'SELECT e.no, e.origin, e.starts, p.pattern, p."values", p.valid_from, p.said_by, '
        "p.said_at, p.position FROM plan_editions e LEFT JOIN plan p ON p.edition = e.no "
        "ORDER BY e.no, p.position, p.no"
    )
    editions: dict[str, dict[int, Edition]] = {}
    for no, origin, starts, *entry in rows:
        edition = editions.setdefault(origin, {}).setdefault(no, (day(starts), []))
        if entry[0] is not None:  # an edition may say nothing at all
            edition[1].append(_entry(origin, entry))
    return {origin: list(numbered.values()) for origin, numbered in editions.items()}


def _entry(origin: str, columns: Sequence[Any]) -> PlanRow:
    pattern, values, starts, by, at, position = columns
    return PlanRow(
        pattern=pattern,
        values=load(values),
        valid_from=day(starts),
        said_by=by,
        said_at=time(at),
        origin=origin,
        position=position,
    )
