"""Orders and leads in and out: one row each by the hash of its id, as it is now."""

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

import numpy as np
import pandas as pd

from bot.numbers import documented, lead_quality
from bot.store.codec import MISSING, from_micros, iso, to_micros
from bot.store.sql import Engine, StorePart, chunks, marks

MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"  # of UTC; sorts as a text


@dataclass(frozen=True)
class RecordKind:
    """A table of records.

    Attributes:
        table: Its name.
        columns: As frames have them, the id first.
        flags: Those that are yes or no; of `certain` ones missing is no.
    """

    table: str
    columns: tuple[str, ...]
    flags: tuple[str, ...]
    certain: tuple[str, ...]

    @property
    def stored(self) -> tuple[str, ...]:
        """The columns as the table has them."""
        return ("id", *self.columns[1:])

    @property
    def written(self) -> tuple[str, ...]:
        """With when it was so."""
        return (*self.stored, "updated_at")

    @property
    def upsert(self) -> str:
        """Takes what a record says now."""
        names, values = ", ".join(self.written), marks(self.written)
        changes = ", ".join(f"{name} = excluded.{name}" for name in self.written[1:])
        return (
            f"INSERT INTO {self.table} ({names}) VALUES ({values}) "
            f"ON CONFLICT (id) DO UPDATE SET {changes}"
        )


ORDERS = RecordKind("orders", documented.COLUMNS, ("new_customer", "refunded"), ("refunded",))
LEADS = RecordKind("leads", lead_quality.COLUMNS, ("qualified", "won"), ("qualified", "won"))


class OrderTable(StorePart):
    def add_orders(self, orders: pd.DataFrame) -> tuple[int, int]:
        return _add(self._db, ORDERS, orders)

    def orders(self, since: date | None = None, until: date | None = None) -> pd.DataFrame:
        return _read(self._db, ORDERS, since, until)

    def add_leads(self, leads: pd.DataFrame) -> tuple[int, int]:
        return _add(self._db, LEADS, leads)

    def leads(self, since: date | None = None, until: date | None = None) -> pd.DataFrame:
        return _read(self._db, LEADS, since, until)


def _add(engine: Engine, kind: RecordKind, records: pd.DataFrame) -> tuple[int, int]:
    rows = {row[0]: row for row in _rows(kind, records)}
    with engine.writing("numbers") as db:
        stored: dict[str, tuple[Any, ...]] = {}
        for part in chunks(list(rows)):
            names = ", ".join(kind.written)
            select = f"SELECT {names} FROM {kind.table} WHERE id IN ({marks(part)})"
            stored |= {row[0]: tuple(row) for row in db.tuples(select, part)}
        changed = [key for key, row in stored.items() if _is_news(rows[key], row)]
        additions = [key for key in rows if key not in stored]
        db.many(kind.upsert, [rows[key] for key in (*additions, *changed)])
    return len(additions), len(changed)


def _is_news(row: tuple[Any, ...], stored: tuple[Any, ...]) -> bool:
    """Whether a record says something else than before, and not what it was earlier."""
    return row[:-1] != stored[:-1] and row[-1] >= stored[-1]


def _read(engine: Engine, kind: RecordKind, since: date | None, until: date | None) -> pd.DataFrame:
    first_day = since.isoformat() if since else "0001-01-01"
    last_day = until.isoformat() if until else "9999-12-31"
    with engine.reading() as db:
        rows = db.tuples(
            f"SELECT {', '.join(kind.stored)} FROM {kind.table} WHERE date >= ? AND date <= ? "
            "ORDER BY date, id",
            [first_day, last_day],
        )
    return _frame(kind, rows)


def _rows(kind: RecordKind, records: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Rows for SQL; only the named columns, whatever else the frame has."""
    columns = [_stored(kind, name, records) for name in kind.columns]
    return list(zip(*columns, _updated(records), strict=True))


def _stored(kind: RecordKind, name: str, records: pd.DataFrame) -> Sequence[Any]:
    if name not in records and name == "touches":
        return [""] * len(records)
    column = records[name]
    if name == "date":
        return list(iso(column))
    if name == "value":
        micros = to_micros(column.to_numpy())
        return [None if amount == MISSING else int(amount) for amount in micros.tolist()]
    if name in kind.certain:
        return [int(flag == 1.0) for flag in column]
    if name in kind.flags:
        return [None if np.isnan(flag) else int(flag) for flag in column.astype(float)]
    return list(column.fillna("").astype(str))


def _updated(records: pd.DataFrame) -> list[str]:
    """Times of UTC that sort as texts; "" where nothing says when it was so."""
    if "updated_at" not in records:
        return [""] * len(records)
    return [moment.astimezone(UTC).strftime(MOMENT) for moment in records["updated_at"]]


def _frame(kind: RecordKind, rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(kind.columns)).astype(object)
    table["date"] = pd.to_datetime(table["date"]).astype("datetime64[ns]")
    place = kind.columns.index("value")
    micros = [MISSING if row[place] is None else row[place] for row in rows]
    table["value"] = from_micros(np.array(micros, dtype=np.int64))
    return table.astype(dict.fromkeys(kind.flags, "float64"))
