"""The outbox: what is to be said, said once, in order, whatever crashes in between."""

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from bot.domain.slack_ids import workspace_of
from bot.redaction import redacted
from bot.store import search
from bot.store.codec import maybe_time, maybe_utc, time, utc
from bot.store.leases import NOW
from bot.store.records import LEAVES, Due, Outgoing
from bot.store.sql import Session, StorePart, Values, chunks, marks
from bot.telemetry import tracing

# Slack's threads are one deep: a line under advice is in the thread of the advice's digest.
_READ = """
    SELECT m.*, {beside}
    CASE WHEN m.kind = 'update' OR g.ts IS NULL THEN coalesce(p.ts, '') ELSE g.ts END AS thread_ts
    FROM outbox m
    LEFT JOIN outbox p ON p.key = m.parent AND m.parent <> ''
    LEFT JOIN outbox g ON g.key = p.parent AND p.parent <> ''"""
_MESSAGES = _READ.format(beside="")
# What whoever delivers must know beside: how far the log is, and whether Slack refused last time.
_DUE = _READ.format(
    beside="""(SELECT clock.at FROM clock) AS clock,
    (SELECT coalesce(max(number), 0) FROM events) AS last_event,
    EXISTS (SELECT 1 FROM preferences t WHERE t.value <> ''
            AND (t."user" = 'channel:' || m.channel AND t.name = 'away'
                 OR t."user" = 'slack' AND t.name = 'revoked')) AS troubled, """
)

# Ready: never tried, waited long enough, or left behind by a process that died with the lease. What
# is put off until a moment waits for the caller's clock; leases are timed by the database's alone
# (`_clock`), so that processes whose clocks differ take nothing from each other that is under way.
_READY = """((m.state = 'waiting' AND (m.not_before IS NULL OR m.not_before <= :now))
             OR (m.state = 'sending' AND m.leased_until <= (SELECT clock.at FROM clock)))"""

# In turn: the parent is out, and nothing before it in the thread is still under way or to be tried
# again (what is ready itself comes in the same batch, before). What was never tried and is held
# until a later time, in quiet hours, holds up nobody.
_IN_TURN = f"""(m.parent = '' OR (p.state = 'sent' AND NOT EXISTS (
    SELECT 1 FROM outbox e WHERE e.parent = m.parent AND e.number < m.number
    AND e.state IN ('waiting', 'sending') AND NOT {_READY.replace("m.", "e.")}
    AND NOT (e.state = 'waiting' AND e.attempts = 0))))"""

# Every message of the threads that show a piece of advice, found by parents' keys.
_THREADS = """m.state = 'sent' AND m.kind <> 'update' AND m.key IN (
    WITH RECURSIVE under (key) AS (
        SELECT coalesce(above.key, p.key, m.key) FROM outbox m
        LEFT JOIN outbox p ON p.key = m.parent AND m.parent <> ''
        LEFT JOIN outbox above ON above.key = p.parent AND p.parent <> ''
        WHERE m.advice_id = ? AND m.state = 'sent' AND m.kind NOT IN ('line', 'update')
        UNION SELECT o.key FROM outbox o JOIN under u ON o.parent = u.key WHERE o.kind <> 'update')
    SELECT key FROM under)"""

# Its message reads from now on as the edit does; it is out itself.
_DELIVERED = """UPDATE outbox SET
    text = CASE WHEN key = :place THEN :text ELSE text END,
    blocks = CASE WHEN key = :place THEN :blocks ELSE blocks END,
    ts = CASE WHEN key = :key AND state <> 'sent' THEN :ts ELSE ts END,
    leased_until = CASE WHEN key = :key THEN NULL ELSE leased_until END,
    error = CASE WHEN key = :key THEN '' ELSE error END,
    state = CASE WHEN key = :key THEN 'sent' ELSE state END
    WHERE key IN (:key, :place)"""

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
            "attempts", "not_before", "leased_until", "ts", "error", "workspace",
            "request", "queued_at")  # fmt: skip
_FIELDS = {field.name for field in fields(Outgoing)}
_NOTHING = {"text": "", "blocks": ""}
_ADD = f"""INSERT INTO outbox ({", ".join(_COLUMNS)}) VALUES {{}}
    ON CONFLICT (key) DO NOTHING"""


class OutboxTable(StorePart):
    def enqueue(self, messages: Sequence[Outgoing]) -> None:
        with self._db.writing() as db:
            # what is found by its words is indexed once; edits and lines are not looked for
            worded = [message for message in messages if message.kind == "advice"]
            present = _present(db, [message.key for message in worded]) if worded else set()
            additions = [message for message in messages if message.key not in present]
            request = tracing.current()
            for batch in chunks(additions):
                values = f"({marks(_COLUMNS[:-1])}, {NOW[db.dialect]})"
                db.run(
                    _ADD.format(", ".join([values] * len(batch))),
                    [value for message in batch for value in (*_row(message).values(), request)],
                )
            entries = [
                search.Entry(message.text, "advice", message.advice_id, "")
                for message in worded
                if message.key not in present and message.advice_id
            ]
            search.index(db, entries)

    def due(
        self,
        at: datetime,
        *,
        lease: float = 120.0,
        limit: int = 20,
        busy: Collection[str] = (),
        together: bool = False,
    ) -> Due:
        values = {"now": utc(at), "limit": limit} | _named(busy)
        free = f"(m.kind = 'update' OR m.channel NOT IN ({_names(busy)}))" if busy else "1 = 1"
        # one at a time: what stands before it in the thread must be out, or come in the same batch
        with self._db.writing("outbox") as db:
            rows = db.rows(
                f"{_clock(db)} {_DUE} WHERE {_READY} AND {_IN_TURN} AND {free} "
                f"ORDER BY {_FIRST}, m.number LIMIT :limit",
                values,
            )
            batch = _together(rows) if together else rows
            until = utc(time(rows[0]["clock"]) + timedelta(seconds=lease)) if rows else ""
            numbers = [row["number"] for row in batch]
            if numbers:
                db.run(
                    "UPDATE outbox SET leased_until = ?, state = 'sending', attempts = attempts + "
                    "CASE WHEN state = 'sending' THEN 1 ELSE 0 END "
                    f"WHERE number IN ({marks(numbers)})",
                    [until, *numbers],
                )
        return _due([row | {"leased_until": until} for row in batch], more=len(batch) < len(rows))

    def put_back(self, messages: Sequence[Outgoing]) -> None:
        leases = {(message.key, maybe_utc(message.leased_until)) for message in messages}
        with self._db.writing() as db:
            for until in {until for _, until in leases}:
                keys = sorted(key for key, leased_until in leases if leased_until == until)
                db.run(
                    "UPDATE outbox SET state = 'waiting', leased_until = NULL WHERE "
                    f"state = 'sending' AND leased_until = ? AND key IN ({marks(keys)})",
                    [until, *keys],
                )

    def waits(self, at: datetime, channels: Collection[str]) -> bool:
        values = {"now": utc(at)} | _named(channels)
        with self._db.reading() as db:
            rows = db.tuples(
                f"{_clock(db)} SELECT 1 FROM ({_MESSAGES} WHERE {_READY} AND {_IN_TURN} "
                f"AND m.kind <> 'update' AND m.channel IN ({_names(channels)})) AS ready LIMIT 1",
                values,
            )
        return bool(rows)

    def delivered(self, key: str, ts: str, *, message: Outgoing | None = None) -> None:
        place = message.parent if message and message.kind == "update" else key
        values = {"key": key, "ts": ts, "place": place if message else ""}
        values |= {"text": message.text, "blocks": _blocks(message)} if message else _NOTHING
        with self._db.writing() as db:
            db.run(_DELIVERED, values)

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
            "m.advice_id = ? AND m.state = 'sent' AND m.kind NOT IN ('line', 'update', 'carried')",
            [advice_id],
        )

    def lists_of(self, advice_id: str) -> list[Outgoing]:
        return self._all(
            "m.state = 'sent' AND m.key IN (SELECT o.parent FROM outbox o WHERE o.advice_id = ? "
            "AND o.state = 'sent' AND o.kind NOT IN ('line', 'update'))",
            [advice_id],
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

    def unsent_edits(self, keys: Collection[str]) -> set[str]:
        waiting: set[str] = set()
        with self._db.reading() as db:
            for batch in chunks(tuple(keys)):
                select = (
                    "SELECT DISTINCT parent FROM outbox WHERE kind = 'update' "
                    f"AND state = 'waiting' AND parent IN ({marks(batch)})"
                )
                waiting |= {parent for (parent,) in db.tuples(select, batch)}
        return waiting

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

    def under(self, key: str) -> list[Outgoing]:
        return self._all(
            "m.parent = ? AND m.state <> 'failed' AND m.kind NOT IN ('line', 'update')", [key]
        )

    def threads_of(self, advice_id: str) -> list[Outgoing]:
        return self._all(_THREADS, [advice_id])

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


def _clock(db: Session) -> str:
    """The database's own time, for a statement that asks what is ready."""
    return f"WITH clock AS (SELECT {NOW[db.dialect]} AS at)"


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
    rows = db.rows(f"{_MESSAGES} WHERE {condition} ORDER BY m.number", values)
    return [_outgoing(row) for row in rows]


def _together(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first, and what is posted with it: its channel's edits, up to and with the next line."""
    batch: list[dict[str, Any]] = []
    for row in (row for row in rows if row["channel"] == rows[0]["channel"]):
        if batch and (batch[-1]["kind"] != "update" or row["kind"] not in LEAVES):
            break
        batch.append(row)
    return batch


def _due(rows: Sequence[dict[str, Any]], *, more: bool) -> Due:
    """Leased rows as messages; a lease that ran out was an attempt that did not end well."""
    last_event = max((row.pop("last_event") for row in rows), default=0)
    troubles = [bool(row.pop("troubled")) for row in rows]
    attempts = [row["attempts"] + (row["state"] == "sending") for row in rows]
    leased = [
        _outgoing(row | {"attempts": count, "state": "sending"})
        for row, count in zip(rows, attempts, strict=True)
    ]
    return Due(tuple(leased), more=more, last_event=last_event, troubled=any(troubles))


def _row(message: Outgoing) -> dict[str, Any]:
    return {
        "key": message.key,
        "kind": message.kind,
        "channel": message.channel,
        "text": redacted(message.text),
        "blocks": redacted(_blocks(message)),
        "parent": message.parent,
        "advice_id": message.advice_id,
        "item": message.item,
        "state": message.state,
        "attempts": message.attempts,
        "not_before": maybe_utc(message.not_before),
        "leased_until": maybe_utc(message.leased_until),
        "ts": message.ts,
        "error": redacted(message.error),
        "workspace": message.workspace or workspace_of(message.channel),
    }


def _blocks(message: Outgoing) -> str:
    return json.dumps(list(message.blocks), ensure_ascii=False)


def _outgoing(row: dict[str, Any]) -> Outgoing:
    changed = {
        "blocks": json.loads(row["blocks"]),
        "not_before": maybe_time(row["not_before"]),
        "leased_until": maybe_time(row["leased_until"]),
    }
    return Outgoing(**{name: value for name, value in (row | changed).items() if name in _FIELDS})
