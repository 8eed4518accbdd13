"""What a request needs, read at once: a mark that says whether anything changed, and a morning.

A reader keeps what it made of a morning beside the `State` it was made from. As long as `state`
gives an equal one, which is one statement, nothing it rests on has changed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.store.advice_life import as_record
from bot.store.board_table import CLIENTS_APART, put_together
from bot.store.codec import maybe_day
from bot.store.events import as_event
from bot.store.outbox_table import find_messages
from bot.store.plan_table import read_plan
from bot.store.pulls import read_pulls
from bot.store.records import AdviceRecord, Event, Outgoing, PlanRow, Pull, Subscription
from bot.store.slack import read_subscriptions
from bot.store.sql import POSTGRESQL, Session, StorePart, chunks, marks

_COUNTS = (
    "SELECT 'events', CAST(coalesce(max(number), 0) AS TEXT) FROM events "
    "UNION ALL SELECT 'plan', CAST(coalesce(max(no), 0) AS TEXT) FROM plan_editions"
)
# Where several write at once, commits are counted: see bot.store.board_table.decided.
_COUNTS_OF_COMMITS = "SELECT log, CAST(number AS TEXT) FROM changes"
_REST = """
    UNION ALL SELECT 'pulls', CAST(coalesce(max(no), 0) AS TEXT) FROM pulls
    UNION ALL SELECT 'numbers', CAST(coalesce(max(no), 0) AS TEXT) FROM imports
    UNION ALL SELECT 'last', (SELECT date FROM daily WHERE date < :day AND pulled_on <= :day
                              ORDER BY date DESC LIMIT 1)
    UNION ALL SELECT 'board ' || "window", mark FROM board_marks
    WHERE as_of = :day AND scope = :scope"""


@dataclass(frozen=True)
class MorningState:
    """What a morning rests on; equal to another as long as nothing of it changed.

    Subscriptions and preferences leave no trace here: they are small, and read when they are asked
    for. Reach of windows comes with a pull, whose number is here.

    Attributes:
        as_of: The morning.
        decided: As `Store.decided`: changes with every event and every edition of the plan.
        pulls: Number of the newest pull; 0 for none.
        numbers: Number of the newest import of daily numbers; 0 for none.
        last_day: As `Store.last_day(as_of)`.
        boards: The mark of each board kept for the morning, by its window.
    """

    as_of: date
    decided: tuple[int, int]
    pulls: int
    numbers: int
    last_day: date | None
    boards: Mapping[str, str]


@dataclass(frozen=True)
class StoredMorning:
    """A morning as it is stored, read in one consistent view.

    Attributes:
        state: What it rests on.
        texts: Each kept board as JSON text, by its window; `board` reads one.
        plan: The entries valid that day, as `Store.plan_rows(as_of)`.
        plan_now: The entries as they stand, future included, as `Store.plan_rows()`.
        advice: What was true that day, as `Store.all_advice(as_of=as_of)`.
        pulls: As `Store.pulls()`.
        subscriptions: As `Store.subscriptions()`.
    """

    state: MorningState
    texts: Mapping[str, str]
    plan: tuple[PlanRow, ...]
    plan_now: tuple[PlanRow, ...]
    advice: tuple[AdviceRecord, ...]
    pulls: tuple[Pull, ...]
    subscriptions: tuple[Subscription, ...]

    def board(self, window: str) -> list[dict[str, Any]] | None:
        """A kept board's rows, as `Store.board`; None where none was kept."""
        text = self.texts.get(window)
        return None if text is None else json.loads(text)


class MorningReader(StorePart):
    def state(self, as_of: date) -> MorningState:
        with self._db.reading() as db:
            return _state(db, as_of)

    def morning(self, as_of: date, *, boards: Collection[str] | None = None) -> StoredMorning:
        with self._db.reading() as db:
            state = _state(db, as_of)
            windows = sorted(state.boards if boards is None else set(boards) & set(state.boards))
            texts: dict[str, str] = {}
            if windows:
                texts = dict(
                    db.tuples(
                        'SELECT "window", rows FROM boards '  # noqa: S608
                        f'WHERE as_of = ? AND scope = ? AND "window" IN ({marks(windows)})',
                        [as_of.isoformat(), db.scope_key, *windows],
                    )
                )
                texts = {name: put_together(db, name, as_of, text) for name, text in texts.items()}
            plan, now = read_plan(db, as_of, None)
            return StoredMorning(
                state=state,
                texts=texts,
                plan=tuple(plan),
                plan_now=tuple(now),
                advice=tuple(_advice(db, as_of)),
                pulls=tuple(read_pulls(db)),
                subscriptions=tuple(read_subscriptions(db)),
            )

    def advice_of(self, ids: Iterable[str]) -> dict[str, AdviceRecord]:
        records: dict[str, AdviceRecord] = {}
        with self._db.reading() as db:
            for part in chunks(sorted(set(ids))):
                select = f"SELECT * FROM advice WHERE id IN ({marks(part)})"  # noqa: S608
                records |= {row["id"]: as_record(row) for row in db.rows(select, part)}
        return records

    def advice_and_clients(self, ids: Iterable[str]) -> tuple[dict[str, AdviceRecord], bool | None]:
        asked = sorted(set(ids))
        records: dict[str, AdviceRecord] = {}
        are_apart: bool | None = None
        with self._db.reading() as db:
            for part in chunks(asked):
                condition = f"id IN ({marks(part)})"
                select = f"SELECT *, {CLIENTS_APART} AS apart FROM advice WHERE {condition}"  # noqa: S608
                for row in db.rows(select, part):
                    are_apart = bool(row.pop("apart"))
                    records[row["id"]] = as_record(row)
        return records, are_apart

    def events_of(
        self, subjects: Iterable[str], kinds: Collection[str] = ()
    ) -> dict[str, list[Event]]:
        events: dict[str, list[Event]] = {subject: [] for subject in subjects}
        of_kinds = f"AND kind IN ({marks([*kinds])})" if kinds else ""
        with self._db.reading() as db:
            for part in chunks(sorted(events)):
                select = (
                    f"SELECT * FROM events WHERE subject IN ({marks(part)}) {of_kinds} "  # noqa: S608
                    "ORDER BY number"
                )
                for row in db.rows(select, [*part, *kinds]):
                    events[row["subject"]].append(as_event(row))
        return events

    def messages_of_all(
        self, advice_ids: Iterable[str], channel: str = ""
    ) -> dict[str, list[Outgoing]]:
        messages: dict[str, list[Outgoing]] = {advice_id: [] for advice_id in advice_ids}
        with self._db.reading() as db:
            for part in chunks(sorted(messages)):
                condition = (
                    f"m.advice_id IN ({marks(part)}) AND m.state = 'sent' "
                    "AND m.kind NOT IN ('line', 'update', 'carried') AND ? IN ('', m.channel)"
                )
                for message in find_messages(db, condition, [*part, channel]):
                    messages[message.advice_id].append(message)
        return messages

    def preferences(self, users: Iterable[str]) -> dict[str, dict[str, str]]:
        by_user: dict[str, dict[str, str]] = {user: {} for user in users}
        with self._db.reading() as db:
            for part in chunks(sorted(by_user)):
                rows = db.tuples(
                    'SELECT "user", name, value FROM preferences '  # noqa: S608
                    f'WHERE "user" IN ({marks(part)}) ORDER BY "user", name',
                    part,
                )
                for user, name, value in rows:
                    by_user[user][name] = value
        return by_user


def _state(db: Session, as_of: date) -> MorningState:
    counts = _COUNTS_OF_COMMITS if db.dialect == POSTGRESQL else _COUNTS
    values = dict(db.tuples(counts + _REST, {"day": as_of.isoformat(), "scope": db.scope_key}))
    boards = {
        name.removeprefix("board "): str(mark)
        for name, mark in values.items()
        if name.startswith("board ")
    }
    return MorningState(
        as_of=as_of,
        decided=(int(values["events"]), int(values["plan"])),
        pulls=int(values["pulls"]),
        numbers=int(values["numbers"]),
        last_day=maybe_day(values["last"]),
        boards=boards,
    )


def _advice(db: Session, as_of: date) -> list[AdviceRecord]:
    rows = db.rows(
        "SELECT * FROM advice WHERE first_on <= :day AND as_of >= :day "
        "ORDER BY as_of DESC, position, id",
        {"day": as_of.isoformat()},
    )
    return [as_record(row) for row in rows]
