"""Boards as they were computed, kept until their numbers or plan change."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain, groupby, islice
from typing import Any

from bot.store.codec import dump_rows
from bot.store.scope import EVERYTHING, Scope
from bot.store.sql import POSTGRESQL, SQLITE, Dialect, Session, StorePart, marks, upsert

_KEY = ("window", "as_of", "scope")
_SAME = " AND ".join(f'"{name}" = ?' for name in _KEY)
_KEPT = timedelta(days=7)
MOST = 8_000_000
"""Characters of a board that are kept in one piece."""
_PIECE, _TOGETHER = "*piece ", 500
BoardLine = Mapping[str, Any] | str
"""A row of a board, or the same as JSON."""
APART = "*clients"
"""Among the marks of a morning where a Slack channel belongs to a client: no board is called so."""


class Boards(StorePart):
    def save_board(
        self,
        window: str,
        as_of: date,
        rows: Iterable[BoardLine],
        *,
        scope: Scope = EVERYTHING,
    ) -> None:
        key = {"window": window, "as_of": as_of.isoformat(), "scope": scope.key}
        with self._db.writing() as db:
            _save(db, key, pieces_of(rows))
            db.run(
                upsert("board_marks", (*_KEY, "mark"), _KEY),
                key | {"mark": secrets.token_hex(8)},
            )
            old, values = '"window" = ? AND as_of < ?', [window, (as_of - _KEPT).isoformat()]
            _forget_pieces(db, _pieces(db, old, values))
            _forget(db, old, values)

    def drop_boards(self, beginning: str, as_of: date) -> None:
        with self._db.writing() as db:
            condition = 'substr("window", 1, length(?)) = ? AND as_of = ?'
            _forget(db, condition, [beginning, beginning, as_of.isoformat()])

    def board(self, window: str, as_of: date) -> list[dict[str, Any]] | None:
        with self._db.reading() as db:
            text = self._text("SELECT rows FROM boards", window, as_of)
            return None if text is None else json.loads(put_together(db, window, as_of, text))

    def boards(self, windows: Sequence[str], as_of: date) -> dict[str, list[dict[str, Any]]]:
        names = [name for name in windows if not name.endswith(":")]
        kinds = [name for name in windows if name.endswith(":")]
        named = f'"window" IN ({marks(names)})' if names else "1 = 0"
        alike = "".join(' OR substr("window", 1, ?) = ?' for _ in kinds)
        beginnings = [part for kind in kinds for part in (len(kind), kind)]
        with self._db.reading() as db:
            texts = db.tuples(
                f'SELECT "window", rows FROM boards WHERE as_of = ? AND scope = ? '  # noqa: S608
                f"AND ({named}{alike})",
                [as_of.isoformat(), db.scope_key, *names, *beginnings],
            )
            return {
                str(name): json.loads(put_together(db, name, as_of, text))
                for name, text in texts
                if _PIECE not in name
            }

    def standing(self, as_of: date) -> tuple[tuple[int, int], dict[str, str]]:
        with self._db.reading() as db:
            rows = db.tuples(
                _DECIDED[db.dialect] + _MARKS,
                [as_of.isoformat(), db.scope_key],
            )
        counts = {str(name): int(count or 0) for name, mark, count in rows if mark == ""}
        marks = {str(name): str(mark) for name, mark, _ in rows if mark != ""}
        return (counts["events"], counts["plan"]), marks

    def board_mark(self, window: str, as_of: date) -> str | None:
        return self._text("SELECT mark FROM board_marks", window, as_of)

    def decided(self) -> tuple[int, int]:
        with self._db.reading() as db:
            return decided(db)

    def _text(self, select: str, window: str, as_of: date) -> str | None:
        condition = 'WHERE "window" = ? AND as_of = ? AND scope = ?'
        with self._db.reading() as db:
            rows = db.tuples(f"{select} {condition}", [window, as_of.isoformat(), db.scope_key])
        return str(rows[0][0]) if rows else None


def pieces_of(rows: Iterable[BoardLine]) -> Iterator[str]:
    """JSON lists of the rows, one at least, none much longer than `MOST`."""
    texts: list[str] = []
    size = 0
    for text in _texts(rows):
        if texts and size + len(text) > MOST:
            yield f"[{','.join(texts)}]"
            texts, size = [], 0
        texts.append(text)
        size += len(text)
    yield f"[{','.join(texts)}]"


def _texts(rows: Iterable[BoardLine]) -> Iterator[str]:
    """Rows as JSON, some of them together."""
    for is_text, lines in groupby(rows, lambda row: isinstance(row, str)):
        while batch := list(islice(lines, _TOGETHER)):
            yield ",".join(map(str, batch)) if is_text else dump_rows(batch)[1:-1]


def _save(db: Session, key: Mapping[str, str], pieces: Iterator[str]) -> None:
    """Write a board: what is long in pieces of its own, whose number stands in its place."""
    before = _pieces(db, _SAME, [key[name] for name in _KEY])
    name, begin, count = key["window"], next(pieces), 0
    following = next(pieces, None)
    for piece in () if following is None else chain((begin, following), pieces):
        values = {**key, "window": f"{name}{_PIECE}{count}", "rows": piece}
        db.run(upsert("boards", (*_KEY, "rows"), _KEY), values)
        count += 1
    text = json.dumps({"pieces": count}) if count else begin
    db.run(upsert("boards", (*_KEY, "rows"), _KEY), {**key, "rows": text})
    _forget_pieces(db, before[count:])


def _pieces(db: Session, condition: str, values: Sequence[str]) -> list[tuple[str, ...]]:
    """Window, morning and scope of each piece of some boards, in order."""
    select = 'SELECT "window", as_of, scope, substr(rows, 1, 40) FROM boards'
    return [
        (f"{window}{_PIECE}{number}", as_of, scope)
        for window, as_of, scope, text in db.tuples(f"{select} WHERE {condition}", values)
        for number in range(_count(text))
    ]


def _forget_pieces(db: Session, keys: Sequence[tuple[str, ...]]) -> None:
    db.many(f"DELETE FROM boards WHERE {_SAME}", keys)  # noqa: S608


def _count(text: str) -> int:
    """How many pieces a board was kept in; 0: as it is."""
    return int(json.loads(text)["pieces"]) if text.startswith("{") else 0


def put_together(db: Session, window: str, as_of: date, text: str) -> str:
    """The text of a board: as it was read, or its pieces one after the other."""
    names = [f"{window}{_PIECE}{number}" for number in range(_count(text))]
    if not names:
        return text
    pieces = dict(
        db.tuples(
            'SELECT "window", rows FROM boards '  # noqa: S608
            f'WHERE as_of = ? AND scope = ? AND "window" IN ({marks(names)})',
            [as_of.isoformat(), db.scope_key, *names],
        )
    )
    return f"[{','.join(pieces[name][1:-1] for name in names)}]"


def decided(db: Session) -> tuple[int, int]:
    """Changes with every event and every edition of the plan.

    Where several write at once, a lower number may be seen after a higher one: there the commits
    are counted, each as it becomes visible.
    """
    counts = {name: count or 0 for name, _, count in db.tuples(_DECIDED[db.dialect])}
    return counts["events"], counts["plan"]


CLIENTS_APART = "EXISTS (SELECT 1 FROM channels WHERE client NOT IN ('*', ''))"
_MARKS = (
    ' UNION ALL SELECT "window", mark, 0 FROM board_marks WHERE as_of = ? AND scope = ?'
    " UNION ALL SELECT '*clients', 'apart', 0 "  # APART
    "WHERE EXISTS (SELECT 1 FROM channels WHERE client NOT IN ('*', ''))"
)
# A log's name, "", and how far it has come: the first rows of `Boards.standing`.
_DECIDED: dict[Dialect, str] = {
    SQLITE: "SELECT 'events', '', (SELECT max(number) FROM events) "
    "UNION ALL SELECT 'plan', '', (SELECT max(no) FROM plan_editions)",
    POSTGRESQL: "SELECT log, '', number FROM changes",
}


def forget_boards(db: Session, since: date) -> None:
    """Forget boards that may rest on what changed for days from `since` on."""
    _forget(db, "as_of > ?", [since.isoformat()])


def _forget(db: Session, condition: str, values: Sequence[str]) -> None:
    for table in ("boards", "board_marks"):
        db.run(f"DELETE FROM {table} WHERE {condition}", values)  # noqa: S608
