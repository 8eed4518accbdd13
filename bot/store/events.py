"""The event log: who did what when, appended and never changed; what is projected from it.

Yesterday's memory is such a projection: never a second truth.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.advice.outcome.types import APPLIED, FROZEN, OUTCOME, Applied, Frozen, Outcome, as_stored
from bot.domain.advice import Answer, Evidence, Memory, Shift
from bot.redaction import redacted
from bot.store import search
from bot.store.codec import dump, load, time, utc
from bot.store.records import Event, OutcomeRecord
from bot.store.sql import DECISIONS, NO_LIMIT, Session, StorePart, first, insert, marks

_COLUMNS = ("at", "actor", "kind", "subject", "details")
_APPEND = insert("events", _COLUMNS, "ON CONFLICT DO NOTHING")
PERFBOT = "perfbot"
LEARNED = "learned.budgets"
LEARN_EVERY = timedelta(7)


class Events(StorePart):
    def log(self, event: Event) -> int:
        with self._db.writing() as db:
            return append(db, event)

    def events(self, subject: str | None = None, kind: str | None = None) -> list[Event]:
        with self._db.reading() as db:
            return read_events(db, subject=subject, kind=kind)

    def history(
        self,
        *,
        since: datetime | None = None,
        by: str = "",
        kinds: Collection[str] = (),
        limit: int | None = None,
    ) -> list[Event]:
        condition, values = _of_kinds(kinds)
        values |= {"since": utc(since) if since else "", "by": by, "most": limit or NO_LIMIT}
        with self._db.reading() as db:
            rows = db.rows(
                "SELECT * FROM events WHERE at >= :since AND (:by = '' OR actor = :by) "  # noqa: S608
                f"AND ({condition}) ORDER BY number DESC LIMIT :most",
                values,
            )
        return [as_event(row) for row in rows]

    def count_events(self, after: int, *, besides: str = "") -> int:
        # in no order of kinds: the events beyond a number are few, the log may be long
        query = "SELECT count(*) FROM events WHERE number > ? AND (? = '' OR kind NOT LIKE ?)"
        with self._db.reading() as db:
            return int(db.tuples(query, [after, besides, f"{besides}%"])[0][0])


def append(db: Session, event: Event, advice: Mapping[str, Any] | None = None) -> int:
    """Append an event inside the transaction of what it tells of; its number.

    `advice` is the advice an answer is given to, taken apart; looked up where it is not at hand.
    0 where the log holds it once for ever and has it already (`outcomes_once`, `applied_once`).
    """
    number = db.adding(_APPEND, _row(event), "number")
    if not number:
        return 0
    db.changed.add("events")
    if event.kind in search.ANSWERS:
        body = _advice(db, event.subject) if advice is None else advice
        search.index_answer(db, number, event, body)
    return number


def append_all(db: Session, events: Sequence[Event]) -> None:
    """Append events none of which is an answer."""
    db.many(
        f"INSERT INTO events ({', '.join(_COLUMNS)}) VALUES ({marks(_COLUMNS)})",  # noqa: S608
        [tuple(_row(event).values()) for event in events],
    )
    if events:
        db.changed.add("events")


def read_events(db: Session, *, subject: str | None = None, kind: str | None = None) -> list[Event]:
    """Events in the order they were written, of one subject, one kind or kinds that begin so.

    A kind ending in a full stop means all that begin so.
    """
    condition, values = _of_kinds([kind] if kind else [])
    if subject is not None:
        condition, values = f"({condition}) AND subject = :subject", values | {"subject": subject}
    rows = db.rows(f"SELECT * FROM events WHERE {condition} ORDER BY number", values)  # noqa: S608
    return [as_event(row) for row in rows]


def learn(db: Session, evidence: Evidence | None, as_of: date, at: datetime) -> None:
    """Keep what a morning learned of budgets, unless something as new within a week is kept.

    The days it was learned from are still in the numbers; it only spares reading half a year again.
    """
    if evidence is None or not evidence.states:
        return
    earlier = learned(db, as_of + timedelta(1))
    if earlier is not None and evidence.day - earlier.day < LEARN_EVERY:
        return
    states = {name: list(values) for name, values in evidence.states.items()}
    details = {"as_of": as_of, "day": evidence.day, "states": states}
    append(db, Event(at, PERFBOT, LEARNED, "", details))


def learned(db: Session, as_of: date) -> Evidence | None:
    """What was learned before the morning of `as_of`; None where nothing was."""
    numbers = db.tuples("SELECT number FROM events WHERE kind = ? ORDER BY number DESC", [LEARNED])
    for number in numbers:
        details = load(db.tuples("SELECT details FROM events WHERE number = ?", number)[0][0])
        if details["as_of"] < as_of:
            states = {name: tuple(values) for name, values in details["states"].items()}
            return Evidence(details["day"], states)
    return None


def _of_kinds(kinds: Collection[str]) -> tuple[str, dict[str, Any]]:
    """A condition for any of these kinds, found by index; a full stop ends a beginning."""
    parts, values = [], {}
    for number, kind in enumerate(kinds):
        values[f"kind{number}"] = kind
        if kind.endswith("."):  # "/" is the sign after "."
            values[f"past{number}"] = f"{kind[:-1]}/"
            parts.append(f"(kind >= :kind{number} AND kind < :past{number})")
        else:
            parts.append(f"kind = :kind{number}")
    return " OR ".join(parts) or "1 = 1", values


def _advice(db: Session, advice_id: str) -> Mapping[str, Any]:
    row = first(db.tuples("SELECT body FROM advice WHERE id = ?", [advice_id]))
    return load(row[0]) if row else {}


def _row(event: Event) -> dict[str, Any]:
    return {
        "at": utc(event.at),
        "actor": event.actor,
        "kind": event.kind,
        "subject": event.subject,
        "details": redacted(dump(event.details)),
    }


def as_event(row: Mapping[str, Any]) -> Event:
    """A row of the log."""
    return Event(
        at=time(row["at"]),
        actor=row["actor"],
        kind=row["kind"],
        subject=row["subject"],
        details=load(row["details"]),
        number=row["number"],
    )


class OutcomeLog(StorePart):
    def freeze_outcome(self, frozen: Frozen, *, by: str, at: datetime) -> OutcomeRecord:
        with self._db.writing(DECISIONS) as db:
            earlier = _records(db, frozen.advice_id)
            if earlier and earlier[-1].state != "void":
                return earlier[-1]
            record = OutcomeRecord(frozen, len(earlier) + 1, "waiting", by, at)
            _log(db, record, OutcomeStep("freeze", by, at, as_stored(frozen)))
            return record

    def void_outcome(self, advice_id: str, *, by: str, at: datetime) -> bool:
        with self._db.writing(DECISIONS) as db:
            waiting = [record for record in _records(db, advice_id) if record.state == "waiting"]
            for record in waiting:
                _log(db, record, OutcomeStep("void", by, at))
        return bool(waiting)

    def save_applied(self, record: OutcomeRecord, applied: Applied, *, at: datetime) -> bool:
        with self._db.writing(DECISIONS) as db:
            now = _again(db, record)
            if now is None or now.state != "waiting" or now.applied == applied:
                return False
            _log(db, record, OutcomeStep("applied", PERFBOT, at, as_stored(applied)))
        return True

    def save_outcome(self, record: OutcomeRecord, outcome: Outcome, *, at: datetime) -> bool:
        with self._db.writing(DECISIONS) as db:
            now = _again(db, record)
            if now is None or now.state != "waiting":
                return False
            return _log(db, record, OutcomeStep("measure", PERFBOT, at, as_stored(outcome)))

    def outcomes(
        self, state: str | None = None, *, advice_id: str | None = None
    ) -> list[OutcomeRecord]:
        with self._db.reading() as db:
            records = _records(db, advice_id)
        return [record for record in records if state is None or record.state == state]


@dataclass(frozen=True)
class OutcomeStep:
    """A step in the life of an outcome: what, by whom, when, and what it holds."""

    name: str
    by: str
    at: datetime
    body: Mapping[str, Any] = field(default_factory=dict)


def _log(db: Session, record: OutcomeRecord, step: OutcomeStep) -> bool:
    """Append a step; False where the log has it: its index has the last word."""
    details = {"round": record.round, "rule": record.frozen.rule, "body": step.body}
    event = Event(step.at, step.by, f"outcome.{step.name}", record.advice_id, details)
    return bool(append(db, event))


def _again(db: Session, record: OutcomeRecord) -> OutcomeRecord | None:
    rounds = (entry for entry in _records(db, record.advice_id) if entry.round == record.round)
    return next(rounds, None)


def _records(db: Session, advice_id: str | None) -> list[OutcomeRecord]:
    return projected(read_events(db, subject=advice_id, kind="outcome."))


def projected(events: Iterable[Event]) -> list[OutcomeRecord]:
    """Each acknowledged move as it stands, oldest first.

    Args:
        events: Of kinds `outcome.*`, oldest first.
    """
    records: dict[tuple[str, int], OutcomeRecord] = {}
    for event in events:
        key = (event.subject, int(event.details["round"]))
        step, body = event.kind.removeprefix("outcome."), event.details["body"]
        if step == "freeze":
            record = OutcomeRecord(
                FROZEN.validate_python(body), key[1], "waiting", event.actor, event.at
            )
            records[key] = record
        elif key in records:
            records[key] = _stepped(records[key], step, body)
    return list(records.values())


def _stepped(record: OutcomeRecord, step: str, body: dict[str, Any]) -> OutcomeRecord:
    if step == "void":
        return replace(record, state="void")
    if step == "applied":
        return replace(record, applied=APPLIED.validate_python(body))
    return replace(record, state="measured", outcome=OUTCOME.validate_python(body))


_ANSWERS = {"acknowledge", "progress", "snooze", "dismiss"}


READ_FOR = timedelta(90)
"""How long what a shift proposed may still matter: a test of six weeks, and a month to tell of."""


def remembered(events: Iterable[Event], as_of: date, learned: Evidence | None = None) -> Memory:
    """What was remembered as the morning of `as_of` began.

    Steps of that day itself are left out, so that judging a morning again, the same day or years
    later, says what was said. Advice is open until it is answered or expires; snoozed advice stays
    open, so that it wakes under its own id. An answer that was undone was never given.

    Args:
        events: Of kinds `advice.*`, oldest first.
        as_of: The morning.
        learned: What budgets had taught by then.
    """
    projection = _Projection()
    for event in events:
        if event.morning < as_of:
            projection.apply(event)
    opened = dict(projection.opened.values())
    recent = {
        key: shift for key, shift in projection.shifts.items() if as_of - shift.on <= READ_FOR
    }
    return Memory(opened, tuple(projection.answers), recent, learned)


def _shift(fields: Mapping[str, Any]) -> Shift:
    days = {name: date.fromisoformat(str(fields[name])) for name in ("on", "first")
            if fields.get(name)}  # fmt: skip
    return Shift(**{**fields, **days})


class _Projection:
    def __init__(self) -> None:
        self.opened: dict[str, tuple[tuple[str, tuple[str, ...]], date]] = {}
        self.answers: list[Answer] = []
        self.proposed: dict[tuple[str, tuple[str, ...]], Shift] = {}
        self.shifts: dict[tuple[str, tuple[str, ...]], Shift] = {}

    def apply(self, event: Event) -> None:
        step = event.kind.removeprefix("advice.")
        if step in {"open", "reopen", "revise", "undo"}:
            self._open(event, forget=step == "undo")
        elif step == "expire":
            self._expire(event.subject)
        elif step in _ANSWERS or step == "changed_outside":
            self._answer(event, step)

    def _open(self, event: Event, *, forget: bool) -> None:
        details = event.details
        topic = (str(details["rule"]), tuple(details["campaign_ids"]))
        earlier, _ = self.opened.get(event.subject, (topic, None))
        if earlier != topic:  # a plan brought up to date: a campaign joined it, or left
            self.shifts.pop(earlier, None)
        self.opened[event.subject] = (topic, details.get("opened_on") or event.morning)
        if details.get("shift"):
            self.proposed[topic] = self.shifts[topic] = _shift(details["shift"])
        elif forget and topic in self.proposed:
            self.shifts[topic] = self.proposed[topic]
        if forget:
            self.answers = [
                answer
                for answer in self.answers
                if answer.advice_id != event.subject or answer.verb == "changed_outside"
            ]

    def _expire(self, subject: str) -> None:
        """It is over; what somebody was on no longer silences its rule."""
        self.opened.pop(subject, None)
        self.answers = [
            answer
            for answer in self.answers
            if (answer.advice_id, answer.verb) != (subject, "progress")
        ]

    def _answer(self, event: Event, verb: str) -> None:
        topic, _ = self.opened.get(event.subject, (None, None))
        if topic in self.shifts and event.details.get("budgets"):
            self.shifts[topic] = self.shifts[topic].taken(event.details["budgets"])
        if verb not in {"snooze", "changed_outside"}:
            self.opened.pop(event.subject, None)
        self.answers.append(
            Answer(
                advice_id=event.subject,
                rule=str(event.details.get("rule", "")),
                campaign_ids=tuple(event.details.get("campaign_ids", ())),
                verb=verb,
                on=event.morning,
                until=event.details.get("until"),
            )
        )
