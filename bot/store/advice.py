"""Advice through its one life: open, answered by one winner, expired; every step an event."""

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from bot.domain.advice import Advice, Evidence, Memory, Reason
from bot.errors import UnknownName, UsageError
from bot.store.events import append, read_events
from bot.store.learned import learn, learned
from bot.store.memory import remembered
from bot.store.part import Part
from bot.store.records import AdviceRecord, Answered, Event
from bot.store.written import day, dump, load, maybe_day, maybe_iso, maybe_time, utc

PERFBOT = "perfbot"
# verb -> the state it leads to, and the states it may be said in
VERBS: dict[str, tuple[str, tuple[str, ...]]] = {
    "acknowledge": ("acknowledged", ("open", "in_progress")),
    "progress": ("in_progress", ("open",)),
    "snooze": ("snoozed", ("open",)),
    "dismiss": ("dismissed", ("open", "in_progress")),
    "undo": ("open", ("acknowledged", "in_progress", "snoozed", "dismissed")),
}


class AdviceLife(Part):
    def save_advice(
        self,
        advice: Sequence[Advice],
        *,
        as_of: date,
        at: datetime,
        learned: Evidence | None = None,
        gone: Collection[str] = (),
    ) -> None:
        with self._db.writing() as db:
            learn(db, learned, as_of, at)
            for position, one in enumerate(advice):
                _save(db, one, position, as_of, at)
            _expire(db, {one.id for one in advice}, set(gone), as_of, at)

    def advice(self, advice_id: str) -> AdviceRecord | None:
        with self._db.reading() as db:
            return _record(db, advice_id)

    def all_advice(
        self, *, state: str | None = None, as_of: date | None = None
    ) -> list[AdviceRecord]:
        day = maybe_iso(as_of)
        with self._db.reading() as db:
            found = db.query(
                "SELECT * FROM advice WHERE (?1 IS NULL OR state = ?1) "
                "AND (?2 IS NULL OR first_on <= ?2 AND as_of >= ?2) "
                "ORDER BY as_of DESC, position, id",
                [state, day],
            )
            return [_as_record(row) for row in found]

    def answer(  # noqa: PLR0913  # the protocol's
        self,
        advice_id: str,
        verb: str,
        *,
        by: str,
        at: datetime,
        until: date | None = None,
        reason: str = "",
        budgets: Mapping[str, float] | None = None,
    ) -> Answered:
        if verb not in VERBS:
            raise UsageError(f"{verb!r} is no answer.", hint=f"Say one of {', '.join(VERBS)}.")
        if verb == "snooze" and until is None:
            raise UsageError("A snooze needs a day.", hint="Say until when, such as 3d.")
        given = _Given(verb, by, at, until if verb == "snooze" else None, reason, budgets)
        with self._db.writing() as db:
            before = _known(db, advice_id)
            won = given.wins(db, advice_id)
            if won:
                append(db, given.event(before))
            return Answered(won, _known(db, advice_id))

    def memory(self, as_of: date) -> Memory:
        with self._db.reading() as db:
            events = read_events(db, like="advice.%")
            return remembered(events, as_of, learned(db, as_of))


class _Given:
    """An answer somebody gave."""

    def __init__(  # noqa: PLR0913, PLR0917  # what an answer is made of
        self,
        verb: str,
        by: str,
        at: datetime,
        until: date | None,
        reason: str,
        budgets: Mapping[str, float] | None,
    ) -> None:
        self.verb, self.by, self.at, self.until, self.reason = verb, by, at, until, reason
        self.budgets = dict(budgets or {})

    def wins(self, db: Database, advice_id: str) -> bool:
        """Whether this answer was first: only the state it may be said in lets it through."""
        state, allowed = VERBS[self.verb]
        undo = self.verb == "undo"
        cursor = db.conn.execute(
            "UPDATE advice SET state = ?, answered_by = ?, answered_at = ?, snoozed_until = ?, "
            f"reason = ? WHERE id = ? AND state IN ({', '.join('?' * len(allowed))})",
            [
                state,
                None if undo else self.by,
                None if undo else utc(self.at),
                maybe_iso(self.until),
                "" if undo else self.reason,
                advice_id,
                *allowed,
            ],
        )
        return cursor.rowcount == 1

    def event(self, before: AdviceRecord) -> Event:
        said: dict[str, Any] = {"from": before.state, **_about(before.advice)}
        if self.until:
            said["until"] = self.until
        if self.reason:
            said["reason"] = self.reason
        if self.budgets:
            said["budgets"] = self.budgets
        return Event(self.at, self.by, f"advice.{self.verb}", before.advice.id, said)


def _save(db: Database, advice: Advice, position: int, as_of: date, at: datetime) -> None:
    """Open, refresh or wake; what somebody answered keeps its state and its amounts."""
    record = _record(db, advice.id)
    if record is None:
        _open(db, advice, position, as_of, at)
        return
    if as_of < record.as_of:  # another time zone's morning is a day ahead already
        return
    awake = record.state == "expired" or _slept(record, as_of)
    if awake:
        _log(db, "reopen", advice, as_of, at)
        db.conn.execute(
            "UPDATE advice SET state = 'open', answered_by = NULL, answered_at = NULL, "
            "snoozed_until = NULL, reason = '' WHERE id = ?",
            [advice.id],
        )
    body = advice if awake or record.state == "open" else record.advice
    db.conn.execute(
        "UPDATE advice SET as_of = ?, position = ?, body = ? WHERE id = ?",
        [as_of.isoformat(), position, dump(asdict(body)), advice.id],
    )


def _slept(record: AdviceRecord, as_of: date) -> bool:
    until = record.snoozed_until
    return record.state == "snoozed" and until is not None and until <= as_of


def _open(db: Database, advice: Advice, position: int, as_of: date, at: datetime) -> None:
    db.table("advice").insert(
        {
            "id": advice.id,
            "state": "open",
            "first_on": as_of.isoformat(),
            "as_of": as_of.isoformat(),
            "position": position,
            "body": dump(asdict(advice)),
        }
    )
    _log(db, "open", advice, as_of, at)


def _expire(db: Database, still_true: set[str], gone: set[str], as_of: date, at: datetime) -> None:
    """Close what is open, slept until this morning, or was worked on, and no longer true."""
    found = db.query(
        "SELECT * FROM advice WHERE as_of <= ?1 AND (state IN ('open', 'in_progress') "
        "OR (state = 'snoozed' AND snoozed_until <= ?1)) ORDER BY as_of, position, id",
        [as_of.isoformat()],
    )
    known = (_as_record(row) for row in found if row["id"] not in still_true)
    for record in [one for one in known if one.state != "in_progress" or one.advice.id in gone]:
        db.conn.execute("UPDATE advice SET state = 'expired' WHERE id = ?", [record.advice.id])
        _log(db, "expire", record.advice, as_of, at, before=record.state)


def _log(  # noqa: PLR0913  # what a step is made of
    db: Database, step: str, advice: Advice, as_of: date, at: datetime, *, before: str = ""
) -> None:
    details = {"as_of": as_of, **_about(advice)} | ({"from": before} if before else {})
    if step in {"open", "reopen"} and advice.numbers.get("shift"):
        details["shift"] = advice.numbers["shift"]
    append(db, Event(at, PERFBOT, f"advice.{step}", advice.id, details))


def _about(advice: Advice) -> dict[str, Any]:
    about: dict[str, Any] = {"rule": advice.rule, "campaign_ids": advice.campaign_ids}
    return about | ({"opened_on": advice.opened_on} if advice.opened_on else {})


def _known(db: Database, advice_id: str) -> AdviceRecord:
    record = _record(db, advice_id)
    if record is None:
        raise UnknownName("advice", advice_id)
    return record


def _record(db: Database, advice_id: str) -> AdviceRecord | None:
    found = next(iter(db.query("SELECT * FROM advice WHERE id = ?", [advice_id])), None)
    return _as_record(found) if found else None


def _as_record(row: dict[str, Any]) -> AdviceRecord:
    return AdviceRecord(
        advice=advice_from(load(row["body"])),
        state=row["state"],
        as_of=day(row["as_of"]),
        answered_by=row["answered_by"],
        answered_at=maybe_time(row["answered_at"]),
        snoozed_until=maybe_day(row["snoozed_until"]),
        reason=row["reason"],
    )


def advice_from(fields: dict[str, Any]) -> Advice:
    """Advice as `dataclasses.asdict` took it apart."""
    lines = {name: tuple(Reason(**line) for line in fields[name]) for name in _LINES}
    return Advice(**(fields | lines))


_LINES = ("reasons", "would_change")
