"""Importing a large CSV beside pandas reading it and writing a table, with no question asked."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from benchmarks.speed.frames import MORNING, daily
from benchmarks.speed.timing import Timed, compared
from bot.sources.exports import read
from bot.store import open_store

ROWS = 200_000
PULLED = datetime(MORNING.year, MORNING.month, MORNING.day, 6, tzinfo=UTC)


def lines() -> Iterator[Timed]:
    """Read, check, keep every revision; the floor does none of that."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        file = place / "export.csv"
        daily(ROWS // 50, 50).to_csv(file, index=False)
        fresh = iter(range(1000))
        yield compared(
            "import", f"CSV of {ROWS:,} rows", lambda: _ours(file, place / f"{next(fresh)}.db"),
            "pandas.read_csv and to_sql", lambda: _floor(file, place / f"{next(fresh)}.raw"), None,
        )  # fmt: skip


def _ours(file: Path, database: Path) -> None:
    store = open_store(str(database))
    store.add_numbers(read(file).frame, source=file.name, pulled_at=PULLED)
    store.close()


def _floor(file: Path, database: Path) -> None:
    with sqlite3.connect(database) as connection:
        pd.read_csv(file).to_sql("numbers", connection, index=False)
