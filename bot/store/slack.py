"""What Slack's side needs to remember: subscriptions, preferences, and where perfbot is installed.

Tokens are kept as whoever saves them has sealed them: nothing here, in a backup or in a copy can be
used without the key, which is in the environment (`bot.slack.vault`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from bot.domain.slack_ids import workspace_of
from bot.store.codec import dump, load, utc
from bot.store.events import append
from bot.store.records import Event, InstalledWorkspace, Subscription
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


INSTALLED, ENDED = "workspace.install", "workspace.end"


class Installations(StorePart):
    def save_workspace(self, workspace: InstalledWorkspace, *, by: str = "") -> None:
        row = {
            "team": workspace.team,
            "name": workspace.name,
            "sealed": workspace.sealed,
            "installed_at": utc(workspace.installed_at),
            "ended": workspace.ended,
            "ended_at": utc(workspace.ended_at) if workspace.ended_at else "",
        }
        with self._db.writing(DECISIONS) as db:
            db.run(upsert("workspaces", tuple(row), ("team",)), row)
            if by:
                details = {"name": workspace.name}
                append(db, Event(workspace.installed_at, by, INSTALLED, workspace.team, details))

    def workspaces(self) -> list[InstalledWorkspace]:
        with self._db.reading() as db:
            rows = db.rows("SELECT * FROM workspaces ORDER BY team")
        return [
            InstalledWorkspace(
                team=row["team"],
                name=row["name"],
                sealed=row["sealed"],
                installed_at=datetime.fromisoformat(row["installed_at"]),
                ended=row["ended"],
                ended_at=datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
            )
            for row in rows
        ]

    def workspace(self, team: str) -> InstalledWorkspace | None:
        return next((each for each in self.workspaces() if each.team == team), None)

    def end_workspace(self, team: str, reason: str, *, before: datetime, at: datetime) -> bool:
        with self._db.writing(DECISIONS) as db:
            ended = db.run(
                "UPDATE workspaces SET sealed = '', ended = ?, ended_at = ? "
                "WHERE team = ? AND ended = '' AND installed_at <= ?",
                [reason, utc(at), team, utc(before)],
            )
            if ended:
                append(db, Event(at, "slack", ENDED, team, {"reason": reason}))
        return bool(ended)

    def begin_install(self, state: str, *, until: datetime, at: datetime) -> None:
        with self._db.writing() as db:
            db.run("DELETE FROM installs WHERE until < ?", [utc(at)])
            db.run("INSERT INTO installs (state, until) VALUES (?, ?)", [_mark(state), utc(until)])

    def take_install(self, state: str, *, at: datetime) -> bool:
        with self._db.writing() as db:
            taken = db.run(
                "DELETE FROM installs WHERE state = ? AND until >= ?", [_mark(state), utc(at)]
            )
        return bool(taken)


def _mark(state: str) -> str:
    """A state is as good as a password while it holds: who reads the database learns none."""
    return hashlib.sha256(state.encode()).hexdigest()
