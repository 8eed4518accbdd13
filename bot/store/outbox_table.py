"""The outbox: what is to be said, said once, in order, whatever crashes in between."""

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.redaction import redacted
from bot.store import search
from bot.store.codec import maybe_time, maybe_utc, utc
from bot.store.records import Outgoing
from bot.store.sql import Session, StorePart, Values, chunks, marks

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
        SELECT key FROM outbox WHERE key = :key
        UNION SELECT o.key FROM outbox o JOIN under u ON o.parent = u.key)
    UPDATE outbox SET state = 'failed', error = 'Its parent was never posted.'
    WHERE key IN (SELECT key FROM under) AND key <> :key AND state IN ('waiting', 'sending')"""


# What somebody waits for goes before what comes by itself.
_FIRST = "CASE WHEN m.kind IN ('update', 'line') THEN 0 ELSE 1 END"

_COLUMNS = ("key", "kind", "channel", "text", "blocks", "parent", "advice_id", "item", "state",
            "attempts", "not_before", "leased_until", "ts", "error", "workspace")  # fmt: skip
_ADD = f"""INSERT INTO outbox ({", ".join(_COLUMNS)}) VALUES {{}}
    ON CONFLICT (key) DO NOTHING"""


class OutboxTable(StorePart):
    def enqueue(self, messages: Sequence[Outgoing]) -> None:
        with self._db.writing() as db:
            present = _present(db, [message.key for message in messages])
            additions = [message for message in messages if message.key not in present]
            for batch in chunks(additions):
                values = ", ".join([f"({marks(_COLUMNS)})"] * len(batch))
                db.run(
                    _ADD.format(values),
                    [value for message in batch for value in _row(message).values()],
                )
            search.index(
                db,
                [
                    search.Entry(message.text, "advice", message.advice_id, "")
                    for message in additions
                    if message.kind == "advice" and message.advice_id
                ],
            )

    def due(
        self,
        at: datetime,
        *,
        lease: float = 120.0,
        limit: int = 20,
        busy: Collection[str] = (),
    ) -> list[Outgoing]:
        values = {"now": utc(at), "limit": limit} | _named(busy)
        free = f"(m.kind = 'update' OR m.channel NOT IN ({_names(busy)}))" if busy else "1 = 1"
        until = utc(at + timedelta(seconds=lease))
        # one at a time: what stands before it in the thread must be out, or come in the same batch
        with self._db.writing("outbox") as db:
            rows = db.rows(
                f"{_READ} WHERE {_READY} AND {_IN_TURN} AND {free} "
                f"ORDER BY {_FIRST}, m.number LIMIT :limit",
                values,
            )
            db.many(
                "UPDATE outbox SET attempts = ?, state = 'sending', leased_until = ? "
                "WHERE number = ?",
                [(_attempts(row), until, row["number"]) for row in rows],
            )
        leased = {"state": "sending", "leased_until": until}
        return [_outgoing(row | leased | {"attempts": _attempts(row)}) for row in rows]

    def waits(self, at: datetime, channels: Collection[str]) -> bool:
        values = {"now": utc(at)} | _named(channels)
        with self._db.reading() as db:
            rows = db.tuples(
                f"SELECT 1 FROM ({_READ} WHERE {_READY} AND {_IN_TURN} AND m.kind <> 'update' "
                f"AND m.channel IN ({_names(channels)})) AS ready LIMIT 1",
                values,
            )
        return bool(rows)

    def delivered(self, key: str, ts: str, *, message: Outgoing | None = None) -> None:
        with self._db.writing() as db:
            if message is not None:
                place = message.parent if message.kind == "update" else message.key
                blocks = json.dumps(list(message.blocks), ensure_ascii=False)
                db.run(
                    "UPDATE outbox SET text = ?, blocks = ? WHERE key = ?",
                    [message.text, blocks, place],
                )
            db.run(
                "UPDATE outbox SET state = 'sent', ts = ?, leased_until = NULL, error = '' "
                "WHERE key = ? AND state <> 'sent'",
                [ts, key],
            )

    def failed(self, key: str, error: str, *, retry_at: datetime | None) -> None:
        state = "failed" if retry_at is None else "waiting"
        with self._db.writing() as db:
            db.run(
                "UPDATE outbox SET state = ?, error = ?, not_before = ?, leased_until = NULL, "
                "attempts = attempts + 1 WHERE key = ? AND state <> 'sent'",
                [state, redacted(error), maybe_utc(retry_at), key],
            )
            if retry_at is None:
                db.run(_ORPHANED, {"key": key})

    def outgoing(self, key: str) -> Outgoing | None:
        return self._first("m.key = ?", [key])

    def messages_of(self, advice_id: str) -> list[Outgoing]:
        return self._all(
            "m.advice_id = ? AND m.state = 'sent' AND m.kind NOT IN ('line', 'update')", [advice_id]
        )

    def channels_of(self, advice_ids: Collection[str]) -> dict[str, set[str]]:
        channels: dict[str, set[str]] = {key: set() for key in advice_ids}
        with self._db.reading() as db:
            for batch in chunks(tuple(advice_ids)):
                posted = db.tuples(
                    "SELECT DISTINCT advice_id, channel FROM outbox WHERE state = 'sent' "
                    f"AND kind NOT IN ('line', 'update') AND advice_id IN ({marks(batch)})",
                    batch,
                )
                for advice_id, channel in posted:
                    channels[advice_id].add(channel)
        return channels

    def find_message(self, channel: str, ts: str) -> Outgoing | None:
        return self._first(
            "m.channel = ? AND m.ts = ? AND m.state = 'sent' AND m.kind <> 'update'", [channel, ts]
        )

    def thread(self, channel: str, thread_ts: str) -> list[Outgoing]:
        return self._all(
            "m.state = 'sent' AND m.kind <> 'update' AND m.channel = :channel "
            "AND ((m.parent = '' AND m.ts = :ts) OR coalesce(g.ts, p.ts) = :ts)",
            {"channel": channel, "ts": thread_ts},
        )

    def posted_since(self, at: datetime) -> list[Outgoing]:
        # Slack's times are seconds since 1970 with as many digits until the year 2286
        return self._all(
            "m.state = 'sent' AND m.kind IN ('digest', 'urgent') AND m.ts >= ?",
            [f"{at.timestamp():.6f}"],
        )

    def _all(self, condition: str, values: Values) -> list[Outgoing]:
        with self._db.reading() as db:
            return find_messages(db, condition, values)

    def _first(self, condition: str, values: Values) -> Outgoing | None:
        return next(iter(self._all(condition, values)), None)


def _named(channels: Collection[str]) -> dict[str, str]:
    return {f"channel_{number}": channel for number, channel in enumerate(channels)}


def _names(channels: Collection[str]) -> str:
    return ", ".join(f":{name}" for name in _named(channels)) or "NULL"


def _present(db: Session, keys: Sequence[str]) -> set[str]:
    stored_keys: set[str] = set()
    for part in chunks(keys):
        select = f"SELECT key FROM outbox WHERE key IN ({marks(part)})"
        stored_keys |= {key for (key,) in db.tuples(select, part)}
    return stored_keys


def find_messages(db: Session, condition: str, values: Values) -> list[Outgoing]:
    """Messages `m` by a condition of ours, in the order they were written."""
    rows = db.rows(f"{_READ} WHERE {condition} ORDER BY m.number", values)
    return [_outgoing(row) for row in rows]


def _attempts(row: dict[str, Any]) -> int:
    """A lease that ran out was an attempt that did not end well."""
    attempts: int = row["attempts"] + (row["state"] == "sending")
    return attempts


def _row(message: Outgoing) -> dict[str, Any]:
    return {
        "key": message.key,
        "kind": message.kind,
        "channel": message.channel,
        "text": redacted(message.text),
        "blocks": redacted(json.dumps(list(message.blocks), ensure_ascii=False)),
        "parent": message.parent,
        "advice_id": message.advice_id,
        "item": message.item,
        "state": message.state,
        "attempts": message.attempts,
        "not_before": maybe_utc(message.not_before),
        "leased_until": maybe_utc(message.leased_until),
        "ts": message.ts,
        "error": redacted(message.error),
        "workspace": message.workspace,
    }


def _outgoing(row: dict[str, Any]) -> Outgoing:
    changed = {
        "blocks": json.loads(row["blocks"]),
        "not_before": maybe_time(row["not_before"]),
        "leased_until": maybe_time(row["leased_until"]),
    }
    return Outgoing(**(row | changed))
