"""The outbox: what is to be said, said once, in order, whatever crashes in between."""

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from bot.store.part import Part
from bot.store.records import Outgoing
from bot.store.written import maybe_time, maybe_utc, utc

# Slack's threads are one deep: a line under advice is in the thread of the advice's digest.
_READ = """
    SELECT m.*, CASE WHEN m.kind = 'update' OR g.ts IS NULL THEN coalesce(p.ts, '') ELSE g.ts END
    AS thread_ts FROM outbox m
    LEFT JOIN outbox p ON p.key = m.parent AND m.parent <> ''
    LEFT JOIN outbox g ON g.key = p.parent AND p.parent <> ''"""

# Ready: never tried, waited long enough, or left behind by a process that died with the lease.
_READY = """((m.state = 'waiting' AND (m.not_before IS NULL OR m.not_before <= :now))
             OR (m.state = 'sending' AND m.leased_until <= :now))"""

# In turn: the parent is out, and nothing before it in the thread is still under way or to be tried
# again (what is ready itself comes in the same batch, before). What was never tried and is held
# until a later time, in quiet hours, holds up nobody.
_IN_TURN = f"""(m.parent = '' OR (p.state = 'sent' AND NOT EXISTS (
    SELECT 1 FROM outbox e WHERE e.parent = m.parent AND e.number < m.number
    AND e.state IN ('waiting', 'sending') AND NOT {_READY.replace("m.", "e.")}
    AND NOT (e.state = 'waiting' AND e.attempts = 0))))"""

# What was to go under a message that will never be posted.
_ORPHANED = """
    WITH RECURSIVE under (key) AS (
        SELECT ?1 UNION SELECT o.key FROM outbox o JOIN under u ON o.parent = u.key)
    UPDATE outbox SET state = 'failed', error = 'Its parent was never posted.'
    WHERE key IN under AND key <> ?1 AND state IN ('waiting', 'sending')"""


class Outbox(Part):
    def enqueue(self, messages: Sequence[Outgoing]) -> None:
        with self._db.writing() as db:
            db.table("outbox").insert_all([_row(one) for one in messages], pk="number", ignore=True)

    def due(self, at: datetime, *, lease: float = 120.0, limit: int = 20) -> list[Outgoing]:
        now = utc(at)
        with self._db.writing() as db:
            found = db.query(
                f"{_READ} WHERE {_READY} AND {_IN_TURN} ORDER BY m.number LIMIT :limit",
                {"now": now, "limit": limit},
            )
            numbers = [row["number"] for row in found]
            db.conn.executemany(
                "UPDATE outbox SET attempts = attempts + (state = 'sending'), "
                "state = 'sending', leased_until = ? WHERE number = ?",
                [(utc(at + timedelta(seconds=lease)), number) for number in numbers],
            )
            return [one for number in numbers for one in _find(db, "m.number = ?", [number])]

    def delivered(self, key: str, ts: str) -> None:
        with self._db.writing() as db:
            db.conn.execute(
                "UPDATE outbox SET state = 'sent', ts = ?, leased_until = NULL, error = '' "
                "WHERE key = ? AND state <> 'sent'",
                [ts, key],
            )

    def failed(self, key: str, error: str, *, retry_at: datetime | None) -> None:
        state = "failed" if retry_at is None else "waiting"
        with self._db.writing() as db:
            db.conn.execute(
                "UPDATE outbox SET state = ?, error = ?, not_before = ?, leased_until = NULL, "
                "attempts = attempts + 1 WHERE key = ? AND state <> 'sent'",
                [state, error, maybe_utc(retry_at), key],
            )
            if retry_at is None:
                db.conn.execute(_ORPHANED, [key])

    def outgoing(self, key: str) -> Outgoing | None:
        return self._first("m.key = ?", [key])

    def messages_of(self, advice_id: str) -> list[Outgoing]:
        return self._all(
            "m.advice_id = ? AND m.state = 'sent' AND m.kind NOT IN ('line', 'update')", [advice_id]
        )

    def find_message(self, channel: str, ts: str) -> Outgoing | None:
        return self._first(
            "m.channel = ? AND m.ts = ? AND m.state = 'sent' AND m.kind <> 'update'", [channel, ts]
        )

    def thread(self, channel: str, thread_ts: str) -> list[Outgoing]:
        return self._all(
            "m.state = 'sent' AND m.kind <> 'update' AND m.channel = ?1 "
            "AND ((m.parent = '' AND m.ts = ?2) OR coalesce(g.ts, p.ts) = ?2)",
            [channel, thread_ts],
        )

    def _all(self, where: str, values: Sequence[Any]) -> list[Outgoing]:
        with self._db.reading() as db:
            return list(_find(db, where, values))

    def _first(self, where: str, values: Sequence[Any]) -> Outgoing | None:
        return next(iter(self._all(where, values)), None)


def _find(db: Database, where: str, values: Sequence[Any]) -> Iterable[Outgoing]:
    found = db.query(f"{_READ} WHERE {where} ORDER BY m.number", values)
    return [_outgoing(row) for row in found]


def _row(message: Outgoing) -> dict[str, Any]:
    return {
        "key": message.key,
        "kind": message.kind,
        "channel": message.channel,
        "text": message.text,
        "blocks": json.dumps(list(message.blocks), ensure_ascii=False),
        "parent": message.parent,
        "advice_id": message.advice_id,
        "item": message.item,
        "state": message.state,
        "attempts": message.attempts,
        "not_before": maybe_utc(message.not_before),
        "leased_until": maybe_utc(message.leased_until),
        "ts": message.ts,
        "error": message.error,
    }


def _outgoing(row: dict[str, Any]) -> Outgoing:
    changed = {
        "blocks": json.loads(row["blocks"]),
        "not_before": maybe_time(row["not_before"]),
        "leased_until": maybe_time(row["leased_until"]),
    }
    return Outgoing(**(row | changed))
