"""What a store holds after a life, for `tests.chaos.agreement` to hold against what Slack shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.cli import upkeep
from bot.render import without_visualization
from bot.store.base import Outgoing

DOCTOR = ("_database", "_writable", "_slack")  # what chaos can break; `whole` looks at the rest


def look(born: Any) -> None:
    """Say what stands in outbox, log and jobs, and how each posted message reads now."""
    parts = born.composition()
    store = parts.store
    with store.engine.reading() as db:
        rows = db.rows("SELECT * FROM outbox ORDER BY number")
        jobs = db.rows("SELECT kind, key, state, error FROM jobs")
    born.say(
        "look",
        {
            "outbox": [_row(row) for row in rows],
            "jobs": jobs,
            "events": [
                {"number": e.number, "kind": e.kind, "subject": e.subject, "actor": e.actor}
                for e in reversed(store.events())
            ],
            "advice": {record.advice.id: record.state for record in store.all_advice()},
            "reads": _reads(parts, [row for row in rows if row["state"] == "sent"]),
            "pulls": [[p.source, p.ok, str(p.until), p.rows] for p in store.pulls()],
            "days": str(store.last_day()),
            "sums": _sums(store),
            "doctor": _doctor(parts, born.job),
        },
    )
    store.close()


def _row(row: dict[str, Any]) -> dict[str, Any]:
    names = ("key", "kind", "channel", "parent", "state", "attempts", "ts", "error", "advice_id")
    return {name: row[name] for name in names}


def _reads(parts: Any, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """By its key, what each posted message says where it is made from the store now."""
    reads: dict[str, Any] = {}
    for row in rows:
        if row["kind"] in {"digest", "advice", "urgent"}:
            edit = Outgoing("now", "update", row["channel"], "", (), row["key"])
            fresh = parts.desk.fresh(edit, 10**9)
            if fresh is not edit and (fresh.text or fresh.blocks):
                plain = without_visualization(replace(fresh).blocks)
                reads[row["key"]] = {"text": fresh.text, "blocks": list(plain)}
    return reads


def _sums(store: Any) -> list[Any]:
    """How many days of campaigns there are, and what was spent on them."""
    frame = store.numbers()
    return [len(frame), round(float(frame["spend"].sum()), 2)] if len(frame) else [0, 0.0]


def _doctor(parts: Any, job: dict[str, Any]) -> list[str]:
    """What `perfbot doctor` finds wrong."""
    checks = upkeep.CHECKS if job.get("whole") else [getattr(upkeep, name) for name in DOCTOR]
    return [
        finding.words
        for check in checks
        for finding in upkeep._safely(check, parts.settings, job["database"])
        if finding.mark == "✘"
    ]
