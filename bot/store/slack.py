"""What Slack's side needs to remember: subscriptions, preferences."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from bot.domain.slack_ids import workspace_of
from bot.store.codec import dump, load
from bot.store.events import append
from bot.store.records import Event, Subscription
from bot.store.sql import DECISIONS, Session, StorePart, insert, upsert


class SlackSide(StorePart):
    def subscribe(self, subscription: Subscription) -> Subscription:
        with self._db.writing(DECISIONS) as db:
            number = subscription.id or _same_time(db, subscription)
            db.run(
                "DELETE FROM subscriptions WHERE channel = ? AND time = ? AND id <> ?",
                [subscription.channel, subscription.time, number or 0],
            )
            row = _row(subscription) | ({"id": number} if number else {})
            save = upsert("subscriptions", tuple(row), ("id",)) if number else _ADD
            if number:
                db.run(save, row)
            else:
                ((number,),) = db.tuples(save, row)
        return replace(subscription, id=number)

    def unsubscribe(self, subscription_id: int, *, by: str, at: datetime) -> bool:
        with self._db.writing(DECISIONS) as db:
            matches = read_subscriptions(db, subscription_id)
            for subscription in matches:
                db.run("DELETE FROM subscriptions WHERE id = ?", [subscription.id])
                append(
                    db,
                    Event(
                        at, by, "subscription.remove", str(subscription.id), asdict(subscription)
                    ),
                )
        return bool(matches)

    def subscriptions(self) -> list[Subscription]:
        with self._db.reading() as db:
            return read_subscriptions(db)

    def preference(self, user: str) -> dict[str, str]:
        with self._db.reading() as db:
            return dict(
                db.tuples(
                    'SELECT name, value FROM preferences WHERE "user" = ? ORDER BY name', [user]
                )
            )

    def set_preference(self, user: str, **values: str) -> None:
        rows = [(user, name, value) for name, value in values.items()]
        with self._db.writing() as db:
            db.many(_PREFER, rows)


_PREFER = """INSERT INTO preferences ("user", name, value) VALUES (?, ?, ?)
    ON CONFLICT ("user", name) DO UPDATE SET value = excluded.value"""
_COLUMNS = ("channel", "time", "weekdays", "time_zone", "language", "created_by", "filters",
            "workspace")  # fmt: skip
_ADD = insert("subscriptions", _COLUMNS, "RETURNING id")


def _same_time(db: Session, subscription: Subscription) -> int | None:
    rows = db.tuples(
        "SELECT id FROM subscriptions WHERE channel = ? AND time = ?",
        [subscription.channel, subscription.time],
    )
    return rows[0][0] if rows else None


def _row(subscription: Subscription) -> dict[str, Any]:
    return {
        "channel": subscription.channel,
        "time": subscription.time,
        "weekdays": json.dumps(subscription.weekdays),
        "time_zone": subscription.time_zone,
        "language": subscription.language,
        "created_by": subscription.created_by,
        "filters": dump(subscription.filters),
        "workspace": subscription.workspace or workspace_of(subscription.channel),
    }


def read_subscriptions(db: Session, number: int | None = None) -> list[Subscription]:
    """Every subscription, or the one of a number, oldest first."""
    rows = db.rows(
        "SELECT * FROM subscriptions WHERE :id = 0 OR id = :id ORDER BY id", {"id": number or 0}
    )
    stored = [
        {**row, "weekdays": json.loads(row["weekdays"]), "filters": load(row["filters"])}
        for row in rows
    ]
    return SUBSCRIPTIONS.validate_python(stored)


SUBSCRIPTIONS = TypeAdapter(list[Subscription])
