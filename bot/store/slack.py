"""What Slack's side needs to remember: claims, subscriptions, preferences."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.store.events import append
from bot.store.part import Part
from bot.store.records import Event, Subscription
from bot.store.written import dump, load, utc


class SlackSide(Part):
    def claim(self, kind: str, key: str, at: datetime) -> bool:
        with self._db.writing() as db:
            cursor = db.conn.execute(
                "INSERT INTO claims (kind, key, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [kind, key, utc(at)],
            )
            return cursor.rowcount == 1

    def subscribe(self, subscription: Subscription) -> Subscription:
        with self._db.writing() as db:
            number = subscription.id or _same_time(db, subscription)
            db.conn.execute(
                "DELETE FROM subscriptions WHERE channel = ? AND time = ? AND id <> ?",
                [subscription.channel, subscription.time, number or 0],
            )
            row = _row(subscription)
            if number:
                db.table("subscriptions").upsert({"id": number, **row}, pk="id")
                return replace(subscription, id=number)
            added = db.table("subscriptions").insert(row).last_pk
            return replace(subscription, id=int(str(added)))

    def unsubscribe(self, subscription_id: int, *, by: str, at: datetime) -> bool:
        with self._db.writing() as db:
            found = _subscriptions(db, subscription_id)
            for gone in found:
                db.table("subscriptions").delete(gone.id)
                append(db, Event(at, by, "subscription.remove", str(gone.id), asdict(gone)))
        return bool(found)

    def subscriptions(self) -> list[Subscription]:
        with self._db.reading() as db:
            return _subscriptions(db)

    def preference(self, user: str) -> dict[str, str]:
        with self._db.reading() as db:
            found = db.conn.execute(
                "SELECT name, value FROM preferences WHERE user = ? ORDER BY name", [user]
            )
            return dict(found.fetchall())

    def set_preference(self, user: str, **values: str) -> None:
        rows = [{"user": user, "name": name, "value": value} for name, value in values.items()]
        with self._db.writing() as db:
            db.table("preferences").upsert_all(rows, pk=("user", "name"))


def _same_time(db: Database, subscription: Subscription) -> int | None:
    found = db.conn.execute(
        "SELECT id FROM subscriptions WHERE channel = ? AND time = ?",
        [subscription.channel, subscription.time],
    ).fetchone()
    return int(found[0]) if found else None


def _row(subscription: Subscription) -> dict[str, Any]:
    return {
        "channel": subscription.channel,
        "time": subscription.time,
        "weekdays": json.dumps(subscription.weekdays),
        "time_zone": subscription.time_zone,
        "language": subscription.language,
        "created_by": subscription.created_by,
        "filters": dump(subscription.filters),
    }


def _subscriptions(db: Database, number: int | None = None) -> list[Subscription]:
    found = db.query(
        "SELECT * FROM subscriptions WHERE ?1 IS NULL OR id = ?1 ORDER BY id", [number]
    )
    return [
        Subscription(
            **row
            | {"weekdays": tuple(json.loads(row["weekdays"])), "filters": load(row["filters"])}
        )
        for row in found
    ]
