"""Orders in and out: what was really sold, each once, without anything of who bought it."""

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from bot.numbers.documented import COLUMNS
from bot.store.codec import MISSING, from_micros, iso, to_micros
from bot.store.sql import StorePart, chunks, marks

_STORED = ("id", *COLUMNS[1:])
_UPSERT = (
    f"INSERT INTO orders ({', '.join(_STORED)}) VALUES ({marks(_STORED)}) "
    "ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _STORED[1:])
)


class OrderTable(StorePart):
    def add_orders(self, orders: pd.DataFrame) -> tuple[int, int]:
        rows = {row[0]: row for row in _rows(orders)}
        with self._db.writing("numbers") as db:
            stored: dict[str, tuple[Any, ...]] = {}
            for part in chunks(list(rows)):
                select = f"SELECT {', '.join(_STORED)} FROM orders WHERE id IN ({marks(part)})"
                stored |= {row[0]: tuple(row) for row in db.tuples(select, part)}
            changed = [key for key, row in stored.items() if row != rows[key]]
            additions = [key for key in rows if key not in stored]
            db.many(_UPSERT, [rows[key] for key in (*additions, *changed)])
        return len(additions), len(changed)

    def orders(self, since: date | None = None, until: date | None = None) -> pd.DataFrame:
        first_day = since.isoformat() if since else "0001-01-01"
        last_day = until.isoformat() if until else "9999-12-31"
        with self._db.reading() as db:
            rows = db.tuples(
                f"SELECT {', '.join(_STORED)} FROM orders WHERE date >= ? AND date <= ? "
                "ORDER BY date, id",
                [first_day, last_day],
            )
        return _frame(rows)


def _rows(orders: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Rows for SQL; only the named columns, whatever else the frame has."""
    texts = {name: orders[name].fillna("").astype(str) for name in ("campaign", "channel")}
    value = to_micros(orders["value"].to_numpy())
    columns = [
        orders["order"].astype(str),
        iso(orders["date"]),
        texts["campaign"],
        texts["channel"],
        [None if micros == MISSING else int(micros) for micros in value.tolist()],
        orders["currency"].fillna("").astype(str),
        [None if np.isnan(flag) else int(flag) for flag in orders["new_customer"].astype(float)],
        [int(flag == 1.0) for flag in orders["refunded"]],
    ]
    return list(zip(*columns, strict=True))


def _frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype(object)
    table["date"] = pd.to_datetime(table["date"]).astype("datetime64[ns]")
    micros = [MISSING if row[4] is None else row[4] for row in rows]
    table["value"] = from_micros(np.array(micros, dtype=np.int64))
    return table.astype({"new_customer": "float64", "refunded": "float64"})
