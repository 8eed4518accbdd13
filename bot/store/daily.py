"""Daily numbers in and out of SQLite: every revision kept, newest known read."""

# ruff: noqa: S608  # only names of our own columns are written into SQL, values never

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlite_utils import Database

from bot.numbers.input.columns import MONEY, VALUES
from bot.store.boards import forget_boards
from bot.store.campaigns import number_campaigns, record_accounts, record_names
from bot.store.frames import iso, typed
from bot.store.incoming import LABELS, TOLD, Incoming, prepare
from bot.store.money import MISSING
from bot.store.part import Part
from bot.store.records import Imported
from bot.store.revisions import KEY, Decided, decide, layers

CHUNK = 100_000
_OWN = ("pulled_on", "backfilled", "import", "labels")
_STORED = (*KEY, "revision", *_OWN, *VALUES)


class NumbersIn(Part):
    def add_numbers(
        self,
        frame: pd.DataFrame,
        *,
        source: str,
        pulled_at: datetime,
        given: Collection[str] | None = None,
    ) -> Imported:
        incoming = prepare(frame, source=source, pulled_at=pulled_at, given=given)
        rows = incoming.rows
        days, added, restated = rows["date"].nunique(), 0, 0
        with self._db.writing() as db:
            rows["campaign"] = number_campaigns(db, rows)
            rows["import"] = _number(db, "imports", _stamped(rows), ("source", "pulled_at"))
            for batch in _batches(rows):
                decided = _store(db, batch, incoming)
                added += int((decided.write & decided.first).sum())
                restated += int((decided.write & ~decided.first).sum())
            record_accounts(db, rows)
            unchanged = len(rows) - added - restated
            campaigns = rows["campaign"].nunique()
        return Imported(len(rows), days, campaigns, added, restated, unchanged)


def _stamped(rows: pd.DataFrame) -> pd.DataFrame:
    stamps = rows["pulled_at"]
    codes, different = pd.factorize(stamps)
    written = np.array([f"{at.isoformat(timespec='microseconds')}+00:00" for at in different])
    return pd.DataFrame({"source": rows["source"], "pulled_at": written.astype(object)[codes]})


def _batches(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Whole days of about `CHUNK` rows, so that memory stays flat however long the file is."""
    ordered = rows.sort_values("date", kind="stable")
    days = ordered["date"].to_numpy()
    start = 0
    while start < len(days):
        end = int(np.searchsorted(days, days[min(start + CHUNK, len(days)) - 1], side="right"))
        yield from layers(ordered.iloc[start:end])
        start = end


def _store(db: Database, batch: pd.DataFrame, incoming: Incoming) -> Decided:
    decided = decide(batch, _stored(db, batch), incoming.given)
    rows = decided.rows
    record_names(db, rows)
    new = rows[decided.write]
    if len(new):
        _insert(db, new)
        forget_boards(db, new["date"].min().date())
    return decided


def _stored(db: Database, batch: pd.DataFrame) -> pd.DataFrame:
    """Every revision of the batch's days and campaigns, found by key: never a scan."""
    db.conn.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (date TEXT, campaign INTEGER)")
    db.conn.execute("DELETE FROM wanted")
    keys = zip(iso(batch["date"]), batch["campaign"].tolist(), strict=True)
    db.conn.executemany("INSERT INTO wanted VALUES (?, ?)", keys)
    money = [f"coalesce(d.{name}, {MISSING})" if name in MONEY else f"d.{name}" for name in VALUES]
    labels = [f"l.{name}" for name in LABELS]
    found = db.conn.execute(
        f"SELECT d.date, d.campaign, d.revision, d.pulled_on, {', '.join((*labels, *money))} "
        "FROM wanted w CROSS JOIN daily d ON d.date = w.date AND d.campaign = w.campaign "
        "JOIN labels l ON l.no = d.labels"
    )
    return typed(found.fetchall(), [*KEY, "revision", "pulled_on", *TOLD])


def _insert(db: Database, new: pd.DataFrame) -> None:
    own = new.assign(pulled_on=new["known_on"], backfilled=new["backfilled"].astype(np.int64))
    own["labels"] = _number(db, "labels", own, LABELS)
    marks = ", ".join("?" * len(_STORED))
    db.conn.executemany(
        f"INSERT INTO daily ({', '.join(_STORED)}) VALUES ({marks})",
        zip(*(_values(own[name]) for name in _STORED), strict=True),
    )


def _values(column: pd.Series) -> list[Any]:
    if column.name in {"date", "pulled_on"}:
        return iso(column)
    values = column.to_numpy()
    missing = values == MISSING if column.name in MONEY else pd.isna(values)
    out = values.astype(object)
    out[missing] = None
    return out.tolist()


def _number(
    db: Database, table: str, rows: pd.DataFrame, columns: tuple[str, ...]
) -> npt.NDArray[np.int64]:
    """The number of each row's combination in a table of combinations, adding what is new."""
    codes = rows.groupby(list(columns), sort=False).ngroup().to_numpy()
    first = np.unique(codes, return_index=True)[1]
    kinds = rows.iloc[first][list(columns)].to_numpy().tolist()
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    where = " AND ".join(f"{column} = ?" for column in columns)
    db.conn.executemany(
        f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})",
        kinds,
    )
    find = f"SELECT no FROM {table} WHERE {where}"
    numbers = [db.conn.execute(find, kind).fetchone()[0] for kind in kinds]
    return np.array(numbers, dtype=np.int64)[codes]
