"""Importing large CSV files beside what others need only to read them and write a table.

A file of 200,000 rows stands beside pandas reading it and writing a table. One of a million, read
part by part, stands beside DuckDB's reader and the same inserts into the same table; its memory
beside that of a file a fifth as long. The floors ask nothing: they check no cell, know no campaign
and keep no revision.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from functools import partial
from itertools import count
from multiprocessing import get_context
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks.speed.frames import MORNING, daily
from benchmarks.speed.timing import Timed, compared, say
from bot.features.imports import intake
from bot.sources.exports import read
from bot.sources.limits import STANDARD
from bot.sources.long_files import long_file
from bot.sources.packed import only_table
from bot.store import open_store

CAMPAIGNS, DAYS, LONG_DAYS = 4_000, 50, 250
ROWS, LONG_ROWS = CAMPAIGNS * DAYS, CAMPAIGNS * LONG_DAYS
GOAL, LONG_GOAL, MEMORY_GOAL = 3.0, 3.0, 1.5
PULLED = datetime(MORNING.year, MORNING.month, MORNING.day, 6, tzinfo=UTC)
LAST = date(MORNING.year, MORNING.month, MORNING.day)
MEGA = 1024  # kilobytes
COUNTS = ("impressions", "clicks", "leads", "conversions")
AS_STORED = f"""
    SELECT strftime(date, '%Y-%m-%d'), CAST(substr(campaign_id, 2) AS INTEGER) + 1, 1,
      strftime(date + 1, '%Y-%m-%d'), 0, 1, 1, CAST(round(spend * 1000000) AS BIGINT),
      {", ".join(COUNTS)}, CAST(round(revenue * 1000000) AS BIGINT),
      CAST(round(daily_budget * 1000000) AS BIGINT)
    FROM read_csv(?)"""
INSERT = f"""
    INSERT INTO daily (date, campaign, revision, pulled_on, backfilled, import, labels, spend,
      {", ".join(COUNTS)}, revenue, daily_budget)
    VALUES ({", ".join("?" * 14)})"""
FETCHED = 100_000


def lines() -> Iterator[Timed]:
    """Read, check, keep every revision; the floors do none of that."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        short, long = _written(place, DAYS), _written(place, LONG_DAYS)
        fresh = (place / f"{number}.db" for number in count())
        yield compared(
            "import", f"CSV of {ROWS:,} rows", lambda: _whole(short, next(fresh)),
            "pandas.read_csv and to_sql", lambda: _pandas(short, next(fresh)), GOAL,
        )  # fmt: skip
        yield compared(
            "import", f"CSV of {LONG_ROWS:,} rows", lambda: _long(long, next(fresh)),
            "DuckDB's read_csv, the same inserts", lambda: _duckdb(long, next(fresh)), LONG_GOAL, 2,
        )  # fmt: skip
        say("the same in processes of their own: memory …")
        ours, less = (_peak(file, next(fresh)) for file in (long, short))
        yield Timed("import, MB at most", f"CSV of {LONG_ROWS:,} rows", ours,
                    f"CSV of {ROWS:,} rows", less, MEMORY_GOAL)  # fmt: skip


def _written(place: Path, days: int) -> Path:
    file = place / f"{days} days.csv"
    daily(CAMPAIGNS, days).to_csv(file, index=False)
    return file


def _whole(file: Path, database: Path) -> None:
    with closing(open_store(str(database))) as store:
        store.add_numbers(read(file).frame, source=file.name, pulled_at=PULLED)


def _long(file: Path, database: Path) -> None:
    with closing(open_store(str(database))) as store, closing(only_table(file, STANDARD)) as tables:
        parts = long_file(next(tables))
        assert parts is not None
        intake.keep_long(store, parts, file.name, PULLED, LAST)


def _pandas(file: Path, database: Path) -> None:
    with sqlite3.connect(database) as connection:
        pd.read_csv(file).to_sql("numbers", connection, index=False)


def _duckdb(file: Path, database: Path) -> None:
    open_store(str(database)).close()  # the same table
    with sqlite3.connect(database) as connection, duckdb.connect() as reader:
        rows = reader.execute(AS_STORED, [str(file)])
        while part := rows.fetchmany(FETCHED):
            connection.executemany(INSERT, part)


def _peak(file: Path, database: Path) -> float:
    """The most memory a process takes that imports the file, in megabytes."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(partial(_peak_here, file, database))


def _peak_here(file: Path, database: Path) -> float:
    _long(file, database)
    status = Path("/proc/self/status").read_text(encoding="ascii")  # of this program alone
    return int(status.partition("VmHWM:")[2].split()[0]) / MEGA
