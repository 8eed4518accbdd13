"""Advice through its one life: open, answered by one winner, expired; every step an event."""

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Any

from pydantic import TypeAdapter

from bot.domain.advice import Advice, Evidence, Memory
from bot.errors import UnknownName, UsageError
from bot.store import clients, search
from bot.store.codec import day, dump, load, maybe_day, maybe_iso, maybe_time, maybe_utc
from bot.store.events import append, append_all, learn, learned, read_events, remembered
from bot.store.records import (
    NOTHING_LAPSED,
    AdviceRecord,
    Answered,
    Event,
    GivenAnswer,
    Lapsed,
)
from bot.store.sql import DECISIONS, POSTGRESQL, Session, StorePart, chunks, first, marks

PERFBOT = "perfbot"
# verb -> the state it leads to, and the states it may be said in
VERBS: dict[str, tuple[str, tuple[str, ...]]] = {
    "acknowledge": ("acknowledged", ("open", "in_progress")),
    "progress": ("in_progress", ("open",)),
    "snooze": ("snoozed", ("open",)),
    "dismiss": ("dismissed", ("open", "in_progress")),
    "undo": ("open", ("acknowledged", "in_progress", "snoozed", "dismissed")),
}


class AdviceLife(StorePart):
    def save_advice(
        self,
        advice: Sequence[Advice],
        *,
        as_of: date,
        at: datetime,
        learned: Evidence | None = None,
        lapsed: Lapsed = NOTHING_LAPSED,
    ) -> None:
        with self._db.writing(DECISIONS) as db:
            learn(db, learned, as_of, at)
            morning = _Morning(db, advice, as_of, at)
            for position, entry in enumerate(advice):
                morning.save(entry, position)
            still_true = {entry.id for entry in advice}
            morning.expire(still_true, lapsed)
            morning.write()

    def advice(self, advice_id: str) -> AdviceRecord | None:
        with self._db.reading() as db:
            row = _row(db, advice_id)
        return as_record(row) if row else None

    def all_advice(
        self, *, state: str | Collection[str] | None = None, as_of: date | None = None
    ) -> list[AdviceRecord]:
        states = (state,) if isinstance(state, str) else tuple(state or ())
        day, of_states = maybe_iso(as_of) or "", f"state IN ({marks(states)})"
        with self._db.reading() as db:
            rows = db.rows(
                f"SELECT * FROM advice WHERE {of_states if states else '1 = 1'} "
                "AND (? = '' OR (first_on <= ? AND as_of >= ?)) "
                "ORDER BY as_of DESC, position, id",
                [*states, day, day, day],
            )
        return [as_record(row) for row in rows]

    def answer(
        self, advice_id: str, given: GivenAnswer, standing: AdviceRecord | None = None
    ) -> Answered:
        verb, until = given.verb, given.until
        if verb not in VERBS:
            raise UsageError(f"{verb!r} is no answer.", hint=f"Say one of {', '.join(VERBS)}.")
        if verb == "snooze" and until is None:
            raise UsageError("A snooze needs a day.", hint="Say until when, such as 3d.")
        decision = _Given(given)
        with self._db.writing(DECISIONS) as db:
            after = decision.changing(db, standing) if standing else None
            if standing is not None and after is not None:
                return Answered(True, after, _keep(db, decision, standing))
            row = _row(db, advice_id, lock=True)
            if row is None:
                raise UnknownName("advice", advice_id)
            before = as_record(row)
            after = decision.changing(db, before)
            if after is None:
                return Answered(False, before)
            return Answered(True, after, _keep(db, decision, before))

    def memory(self, as_of: date) -> Memory:
        with self._db.reading() as db:
            events = read_events(db, kind="advice.")
            return remembered(events, as_of, learned(db, as_of))


class _Given:
    """An answer somebody gave."""

    def __init__(self, given: GivenAnswer) -> None:
        self.verb, self.by, self.at, self.reason = given.verb, given.by, given.at, given.reason
        self.until = given.until if given.verb == "snooze" else None
        self.budgets = dict(given.budgets or {})

    def changing(self, db: Session, before: AdviceRecord) -> AdviceRecord | None:
        """Write what the answer makes of the advice; the record as it stands then.

        None, and nothing written, where it may not be said, or the advice stands so no more.
        """
        if before.state not in VERBS[self.verb][1]:
            return None
        undo = self.verb == "undo"
        after = replace(
            before,
            state=VERBS[self.verb][0],
            answered_by=None if undo else self.by,
            answered_at=None if undo else self.at.astimezone(UTC),
            snoozed_until=self.until,
            reason="" if undo else self.reason,
        )
        changed = db.run(
            "UPDATE advice SET state = ?, answered_by = ?, answered_at = ?, snoozed_until = ?, "
            "reason = ? WHERE id = ? AND state = ? AND as_of = ?",
            [
                after.state,
                after.answered_by,
                maybe_utc(after.answered_at),
                maybe_iso(after.snoozed_until),
                after.reason,
                before.advice.id,
                before.state,
                before.as_of.isoformat(),
            ],
        )
        return after if changed else None

    def event(self, before: AdviceRecord) -> Event:
        details: dict[str, Any] = {"from": before.state, **_about(before.advice)}
        if self.until:
            details["until"] = self.until
        if self.reason:
            details["reason"] = self.reason
        if self.budgets:
            details["budgets"] = self.budgets
        return Event(self.at, self.by, f"advice.{self.verb}", before.advice.id, details)


def _keep(db: Session, decision: _Given, before: AdviceRecord) -> int:
    """Append the answer to the log; its event's number."""
    return append(db, decision.event(before), asdict(before.advice))


class _Morning:
    """What a morning does to advice: decided on rows read at once, written in few statements."""

    def __init__(self, db: Session, advice: Sequence[Advice], as_of: date, at: datetime) -> None:
        self.db, self.as_of, self.at = db, as_of, at
        self.rows = _rows(db, [entry.id for entry in advice])
        self.added: list[tuple[Any, ...]] = []
        self.entries: list[search.Entry] = []
        self.woken: list[tuple[Any, ...]] = []
        self.refreshed: list[tuple[Any, ...]] = []
        self.expired: list[tuple[Any, ...]] = []
        self.events: list[Event] = []
        self.links: dict[str, Sequence[str]] = {}

    def save(self, advice: Advice, position: int) -> None:
        """Open, refresh or wake; what somebody answered keeps its state and its amounts."""
        row = self.rows.get(advice.id)
        if row is None:
            self._open(advice, position)
            return
        if self.as_of < day(row["as_of"]):  # another time zone's morning is a day ahead already
            return
        awake = row["state"] == "expired" or _slept(row, self.as_of)
        if awake:
            self._step("reopen", advice)
            self.woken.append((advice.id,))
        elif row["state"] == "open" and _revised(row, advice):
            self._step("revise", advice)
        body = dump(asdict(advice)) if awake or row["state"] == "open" else row["body"]
        self.refreshed.append((self.as_of.isoformat(), position, body, advice.id))

    def expire(self, still_true: set[str], lapsed: Lapsed) -> None:
        """Close what is open, slept until this morning, or was worked on, and no longer said."""
        open_rows = self.db.rows(
            "SELECT * FROM advice WHERE as_of <= :day AND (state IN ('open', 'in_progress') "
            "OR (state = 'snoozed' AND snoozed_until <= :day)) ORDER BY as_of, position, id"
            + _for_update(self.db),
            {"day": self.as_of.isoformat()},
        )
        ended = set(lapsed.ended)
        for row in open_rows:
            busy = row["state"] == "in_progress" and row["id"] not in ended
            if row["id"] not in still_true and not busy:
                guard = lapsed.held.get(row["id"], "")
                self._step("expire", as_record(row).advice, before=row["state"], guard=guard)
                self.expired.append((row["id"],))

    def write(self) -> None:
        self.db.many(
            "INSERT INTO advice (id, state, first_on, as_of, position, body) "
            "VALUES (?, 'open', ?, ?, ?, ?)",
            self.added,
        )
        self.db.many(
            "UPDATE advice SET state = 'open', answered_by = NULL, answered_at = NULL, "
            "snoozed_until = NULL, reason = '' WHERE id = ?",
            self.woken,
        )
        self.db.many(
            "UPDATE advice SET as_of = ?, position = ?, body = ? WHERE id = ?", self.refreshed
        )
        self.db.many("UPDATE advice SET state = 'expired' WHERE id = ?", self.expired)
        append_all(self.db, self.events)
        search.index(self.db, self.entries)
        clients.link(self.db, self.links)

    def _open(self, advice: Advice, position: int) -> None:
        on, body = self.as_of.isoformat(), asdict(advice)
        text = dump(body)
        self.added.append((advice.id, on, on, position, text))
        self.entries.append(search.advice_entry(advice.id, body, on))
        self.rows[advice.id] = {"state": "open", "as_of": on, "body": text}
        self.links[advice.id] = advice.campaign_ids
        self._step("open", advice)

    def _step(self, step: str, advice: Advice, *, before: str = "", guard: str = "") -> None:
        details = {"as_of": self.as_of, **_about(advice)} | ({"from": before} if before else {})
        details |= {"guard": guard} if guard else {}
        if step in {"open", "reopen", "revise"} and advice.numbers.get("shift"):
            details["shift"] = advice.numbers["shift"]
        self.events.append(Event(self.at, PERFBOT, f"advice.{step}", advice.id, details))


def _slept(row: Mapping[str, Any], as_of: date) -> bool:
    until = maybe_day(row["snoozed_until"])
    return row["state"] == "snoozed" and until is not None and until <= as_of


def _revised(row: Mapping[str, Any], advice: Advice) -> bool:
    """Whether an open plan was brought up to date: who agrees now, agrees to other amounts."""
    terms = advice.numbers.get("shift")
    earlier = load(row["body"])["numbers"].get("shift") if terms else None
    return bool(earlier) and earlier != terms


def _about(advice: Advice) -> dict[str, Any]:
    details: dict[str, Any] = {"rule": advice.rule, "campaign_ids": advice.campaign_ids}
    return details | ({"opened_on": advice.opened_on} if advice.opened_on else {})


def _row(db: Session, advice_id: str, *, lock: bool = False) -> dict[str, Any] | None:
    end = _for_update(db) if lock else ""
    row: dict[str, Any] | None = first(
        db.rows(f"SELECT * FROM advice WHERE id = ?{end}", [advice_id])
    )
    return row


def _rows(db: Session, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Rows by id, which nobody else changes until this transaction ends."""
    rows_by_id: dict[str, dict[str, Any]] = {}
    for part in chunks(ids):
        select = f"SELECT * FROM advice WHERE id IN ({marks(part)}) ORDER BY id{_for_update(db)}"
        rows_by_id |= {row["id"]: row for row in db.rows(select, part)}
    return rows_by_id


def _for_update(db: Session) -> str:
    """SQLite has one writer at a time; PostgreSQL locks the rows that are about to change."""
    return " FOR UPDATE" if db.dialect == POSTGRESQL else ""


def as_record(row: Mapping[str, Any]) -> AdviceRecord:
    """A row of the table of advice."""
    return AdviceRecord(
        advice=ADVICE.validate_python(load(row["body"])),
        state=row["state"],
        as_of=day(row["as_of"]),
        answered_by=row["answered_by"],
        answered_at=maybe_time(row["answered_at"]),
        snoozed_until=maybe_day(row["snoozed_until"]),
        reason=row["reason"],
    )


ADVICE = TypeAdapter(Advice)  # as `dataclasses.asdict` took it apart
