"""Workspaces perfbot was installed into, and installs that were begun.

Tokens are kept as whoever saves them has sealed them: nothing here, in a backup or in a copy can be
used without the key, which is in the environment (`bot.slack.vault`).
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from bot.store.codec import utc
from bot.store.events import append
from bot.store.records import Event, InstalledWorkspace
from bot.store.sql import DECISIONS, StorePart, upsert

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
