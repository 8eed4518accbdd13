"""Forgetting a person, and what is older than anybody asked to have kept.

What a person decided stays, since numbers and outcomes rest on it; who it was does not. Everywhere
their id from Slack stands, a pseudonym stands afterwards that nothing leads back from. The log
refuses every change but this one: a step of its own says that it happened, not to whom.
"""

# ruff: noqa: S608  # only names of our own tables and columns are written into SQL, values never

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from bot.store import search
from bot.store.campaigns import mark_campaigns
from bot.store.codec import utc
from bot.store.copying import TABLES
from bot.store.detail_table import remove_details
from bot.store.events import PERFBOT, append
from bot.store.records import Event
from bot.store.sql import DECISIONS, POSTGRESQL, Session, StorePart, quoted
from bot.store.table_definitions import GUARDS

# Tables in which nobody is named, and everybody's numbers are.
IMPERSONAL = {"campaigns", "campaign_names", "labels", "imports", "daily", "details",
              "detail_days", "window_reach", "pulls", "boards", "board_marks", "plan_editions",
              "advice_campaigns", "orders", "leads", "leases", "workspaces",
              "installs"}  # fmt: skip
PERSONAL = ("plan", "advice", "events", "claims", "subscriptions", "outbox", "channels", "jobs")
PSEUDONYM = "forgotten-"
# When it was queued is known since migration 0011, when it was posted by Slack's time of it.
_OLD_MESSAGES = """DELETE FROM outbox WHERE key IN (
    WITH RECURSIVE under (key) AS (
        SELECT key FROM outbox WHERE parent = '' AND state IN ('sent', 'failed')
        AND CASE WHEN queued_at = '' THEN ts < :posted ELSE queued_at < :queued END
        UNION SELECT o.key FROM outbox o JOIN under u ON o.parent = u.key)
    SELECT key FROM under)"""
_OLD_REQUESTS = "DELETE FROM claims WHERE kind IN ('slack', 'orders') AND at < ?"


class Forgetting(StorePart):
    def people(self) -> dict[str, str]:
        with self._db.reading() as db:
            names = dict(db.tuples("SELECT \"user\", value FROM preferences WHERE name = 'name'"))
            actors = [actor for (actor,) in db.tuples("SELECT DISTINCT actor FROM events")]
        everybody = {**dict.fromkeys(actors, ""), **names}
        return {user: name for user, name in sorted(everybody.items()) if is_person(user)}

    def forget(self, person: str, *, at: datetime, dry_run: bool = False) -> dict[str, int]:
        pseudonym = f"{PSEUDONYM}{secrets.token_hex(4)}"
        if dry_run:
            with self._db.reading() as db:
                return {table: sum(1 for _ in _rows_of(db, table, person)) for table in PERSONAL}
        with self._db.writing(DECISIONS) as db:
            changed = _pseudonymised(db, person, pseudonym)
            append(db, Event(at, PERFBOT, "person.forget", pseudonym, {"rows": changed}))
            search.rebuild(db)
            db.changed |= {"events", "plan"}
        return changed

    def expire_messages(self, before: datetime) -> int:
        values = {"queued": utc(before), "posted": f"{before.timestamp():.6f}"}
        with self._db.writing() as db:
            return db.run(_OLD_MESSAGES, values)

    def expire_requests(self, before: datetime) -> int:
        with self._db.writing() as db:
            return db.run(_OLD_REQUESTS, [utc(before)])

    def expire_numbers(self, before: date) -> int:
        with self._db.writing("numbers") as db:
            rows = db.run("DELETE FROM daily WHERE date < ?", [before.isoformat()])
            db.run("DELETE FROM window_reach WHERE until < ?", [before.isoformat()])
            for table in ("orders", "leads"):
                db.run(f"DELETE FROM {table} WHERE date < ?", [before.isoformat()])
            if remove_details(db, before) or rows:
                mark_campaigns(db)
        return rows


def is_person(user: str) -> bool:
    """Whether it is the id of a person in Slack."""
    return re.fullmatch(r"[UW][A-Z0-9]{6,20}(@T[A-Z0-9]{2,20})?", user) is not None


class _Forgotten(NamedTuple):
    """A person's id and name, and what stands in their place."""

    person: str
    name: str
    pseudonym: str

    def gone_from(self, text: str, table: str) -> str:
        """A text of a table without them; by their name they are only called in messages."""
        text = re.sub(rf"<@{re.escape(self.person)}(?:\|[^>]*)?>", self.pseudonym, text)
        text = _standing_alone(self.person).sub(self.pseudonym, text)
        if not self.name or table != "outbox":
            return text
        return _standing_alone(self.name).sub(self.pseudonym, text)


def _pseudonymised(db: Session, person: str, pseudonym: str) -> dict[str, int]:
    """Put the pseudonym in the place of the person; rows changed by table."""
    forgotten = _Forgotten(person, _name_of(db, person), pseudonym)
    removed = db.run("DELETE FROM outbox WHERE channel = ?", [person])  # said to them alone
    removed += _preferences_removed(db, person)
    changed = {"removed": removed}
    _guarded(db, on=False)
    for table in PERSONAL:
        changed[table] = 0
        for row in list(_rows_of(db, table, person, forgotten.name)):
            _rewrite(db, table, row, forgotten)
            changed[table] += 1
    _guarded(db, on=True)
    return changed


def _preferences_removed(db: Session, person: str) -> int:
    """Forget what is remembered of them, under their id or beside it; how many."""
    pattern = _standing_alone(person)
    rows = db.tuples('SELECT "user", name FROM preferences')
    theirs = [row for row in rows if any(pattern.search(text) for text in row)]
    return db.many('DELETE FROM preferences WHERE "user" = ? AND name = ?', theirs)


def _name_of(db: Session, person: str) -> str:
    select = "SELECT value FROM preferences WHERE \"user\" = ? AND name = 'name'"
    rows = db.tuples(select, [person])
    return str(rows[0][0]) if rows else ""


def _guarded(db: Session, *, on: bool) -> None:
    """Let the log be changed until it is guarded again, in the same transaction."""
    if db.dialect == POSTGRESQL:
        db.run(f"ALTER TABLE events {'ENABLE' if on else 'DISABLE'} TRIGGER USER")
    else:
        db.run(GUARDS[0] if on else "DROP TRIGGER events_never_change")


def _rows_of(
    db: Session, table: str, person: str, name: str = ""
) -> Iterator[Mapping[str, object]]:
    """Rows in which the person stands; of what was posted also those that call them by name."""
    pattern = _standing_alone(person)
    calling = _standing_alone(name) if name and table == "outbox" else None
    for row in db.rows(f"SELECT * FROM {table}"):
        texts = [value for value in row.values() if isinstance(value, str)]
        if any(pattern.search(text) or (calling and calling.search(text)) for text in texts):
            yield row


def _standing_alone(word: str) -> re.Pattern[str]:
    """A word that is no part of another; an id of one workspace is no part of another's."""
    escaped = re.escape(json.dumps(word, ensure_ascii=False)[1:-1])
    return re.compile(rf"(?<![\w-]){escaped}(?![\w-]|@T[A-Z0-9])")


def _rewrite(db: Session, table: str, row: Mapping[str, object], forgotten: _Forgotten) -> None:
    fresh = {
        column: forgotten.gone_from(value, table) if isinstance(value, str) else value
        for column, value in row.items()
    }
    changed = {column: value for column, value in fresh.items() if value != row[column]}
    values = {f"new_{column}": value for column, value in changed.items()}
    values |= {f"key_{column}": row[column] for column in TABLES[table]}
    sets = ", ".join(f"{quoted(column)} = :new_{column}" for column in changed)
    key = " AND ".join(f"{quoted(column)} = :key_{column}" for column in TABLES[table])
    db.run(f"UPDATE {table} SET {sets} WHERE {key}", values)
