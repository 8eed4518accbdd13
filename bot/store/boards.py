"""Boards as they were computed, kept until their numbers or plan change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlite_utils import Database

from bot.store.part import Part
from bot.store.written import dump_rows

_KEPT = timedelta(days=7)


class Boards(Part):
    def save_board(self, window: str, as_of: date, rows: Sequence[Mapping[str, Any]]) -> None:
        row = {"window": window, "as_of": as_of.isoformat(), "rows": dump_rows(list(rows))}
        with self._db.writing() as db:
            db.table("boards").upsert(row, pk=("window", "as_of"))
            db.conn.execute(
                "DELETE FROM boards WHERE window = ? AND as_of < ?",
                [window, (as_of - _KEPT).isoformat()],
            )

    def board(self, window: str, as_of: date) -> list[dict[str, Any]] | None:
        with self._db.reading() as db:
            found = db.conn.execute(
                "SELECT rows FROM boards WHERE window = ? AND as_of = ?",
                [window, as_of.isoformat()],
            ).fetchone()
        return json.loads(found[0]) if found else None

    def board_mark(self, window: str, as_of: date) -> str | None:
        with self._db.reading() as db:
            found = db.conn.execute(
                "SELECT mark FROM board_marks WHERE window = ? AND as_of = ?",
                [window, as_of.isoformat()],
            ).fetchone()
        return str(found[0]) if found else None

    def decided(self) -> tuple[int, int]:
        with self._db.reading() as db:
            events, editions = db.conn.execute(
                "SELECT (SELECT max(number) FROM events), (SELECT max(no) FROM plan_editions)"
            ).fetchone()
        return events or 0, editions or 0


def forget_boards(db: Database, since: date) -> None:
    """Forget boards that may rest on what changed for days from `since` on."""
    db.conn.execute("DELETE FROM boards WHERE as_of > ?", [since.isoformat()])
