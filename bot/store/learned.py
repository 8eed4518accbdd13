"""What campaigns' budgets have taught, kept once a week in the log: append-only, read back whole.

The days it was learned from are still in the numbers; it only spares reading half a year again.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlite_utils import Database

from bot.domain.advice import Evidence
from bot.store.events import append
from bot.store.records import Event
from bot.store.written import load

KIND = "learned.budgets"
EVERY = timedelta(7)


def learn(db: Database, evidence: Evidence | None, as_of: date, at: datetime) -> None:
    """Keep what a morning learned, unless something as new within a week is kept already."""
    if evidence is None or not evidence.states:
        return
    kept = learned(db, as_of + timedelta(1))
    if kept is not None and evidence.day - kept.day < EVERY:
        return
    states = {name: list(values) for name, values in evidence.states.items()}
    said = {"as_of": as_of, "day": evidence.day, "states": states}
    append(db, Event(at, "perfbot", KIND, "", said))


def learned(db: Database, as_of: date) -> Evidence | None:
    """What was learned before the morning of `as_of`; None where nothing was."""
    rows = db.query("SELECT details FROM events WHERE kind = ? ORDER BY number DESC", [KIND])
    for row in rows:
        said = load(row["details"])
        if said["as_of"] < as_of:
            states = {name: tuple(values) for name, values in said["states"].items()}
            return Evidence(said["day"], states)
    return None
