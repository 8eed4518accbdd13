"""Outcomes of acknowledged moves: steps in the event log, projected, never a second truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.advice.outcome.types import Applied, Frozen, Outcome
from bot.store.events import append, read_events
from bot.store.records import Event, OutcomeRecord
from bot.store.sql import DECISIONS, Part, Session

PERFBOT = "perfbot"
KINDS = "outcome."


class Outcomes(Part):
    def freeze_outcome(self, frozen: Frozen, *, by: str, at: datetime) -> OutcomeRecord:
        with self._db.writing(DECISIONS) as db:
            earlier = _records(db, frozen.advice_id)
            if earlier and earlier[-1].state != "void":
                return earlier[-1]
            made = OutcomeRecord(frozen, len(earlier) + 1, "waiting", by, at)
            _log(db, "freeze", made, by, at, frozen.to_json())
            return made

    def void_outcome(self, advice_id: str, *, by: str, at: datetime) -> bool:
        with self._db.writing(DECISIONS) as db:
            found = [one for one in _records(db, advice_id) if one.state == "waiting"]
            for one in found:
                _log(db, "void", one, by, at, {})
        return bool(found)

    def save_applied(self, record: OutcomeRecord, applied: Applied, *, at: datetime) -> bool:
        with self._db.writing(DECISIONS) as db:
            now = _again(db, record)
            if now is None or now.state != "waiting" or now.applied == applied:
                return False
            _log(db, "applied", record, PERFBOT, at, applied.to_json())
        return True

    def save_outcome(self, record: OutcomeRecord, outcome: Outcome, *, at: datetime) -> bool:
        with self._db.writing(DECISIONS) as db:
            now = _again(db, record)
            if now is None or now.state != "waiting":
                return False
            return _log(db, "measure", record, PERFBOT, at, outcome.to_json())

    def outcomes(
        self, state: str | None = None, *, advice_id: str | None = None
    ) -> list[OutcomeRecord]:
        with self._db.reading() as db:
            found = _records(db, advice_id)
        return [one for one in found if state is None or one.state == state]


def _log(  # noqa: PLR0913, PLR0917 - what a step is made of
    db: Session, step: str, record: OutcomeRecord, by: str, at: datetime, body: dict[str, Any]
) -> bool:
    """Append a step; False where the log has it: its index has the last word."""
    details = {"round": record.round, "rule": record.frozen.rule, "body": body}
    return append(db, Event(at, by, f"outcome.{step}", record.advice_id, details))


def _again(db: Session, record: OutcomeRecord) -> OutcomeRecord | None:
    found = (one for one in _records(db, record.advice_id) if one.round == record.round)
    return next(found, None)


def _records(db: Session, advice_id: str | None) -> list[OutcomeRecord]:
    return projected(read_events(db, subject=advice_id, kind=KINDS))


def projected(events: Iterable[Event]) -> list[OutcomeRecord]:
    """Each acknowledged move as it stands, oldest first.

    Args:
        events: Of kinds `outcome.*`, oldest first.
    """
    found: dict[tuple[str, int], OutcomeRecord] = {}
    for event in events:
        key = (event.subject, int(event.details["round"]))
        step, body = event.kind.removeprefix("outcome."), event.details["body"]
        if step == "freeze":
            made = OutcomeRecord(Frozen.from_json(body), key[1], "waiting", event.actor, event.at)
            found[key] = made
        elif key in found:
            found[key] = _stepped(found[key], step, body)
    return list(found.values())


def _stepped(record: OutcomeRecord, step: str, body: dict[str, Any]) -> OutcomeRecord:
    if step == "void":
        return replace(record, state="void")
    if step == "applied":
        return replace(record, applied=Applied.from_json(body))
    return replace(record, state="measured", outcome=Outcome.from_json(body))
