"""Everything there is, as a zip: each table as CSV for people and as JSON lines for programs.

It is what a new system, a data scientist or a court asks for; to go on with perfbot there are
backups. The CSV is safe to open in a spreadsheet, where a text that would begin a formula has an
apostrophe before it; the JSON has every value as it is stored.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.features.reports.export import inert
from bot.store import schema
from bot.store.backups import writing_to
from bot.store.base import Store
from bot.store.copying import TABLES, columns_of, stream
from bot.store.sql import Session

ABOUT = (
    "Everything a perfbot database holds, but for Slack's sealed tokens. Money is in millionths of "
    "the currency, times are UTC; "
    "CSV texts that would begin a formula have an apostrophe before them, JSON lines have not."
)

SECRET = {
    ("workspaces", "sealed"),
    ("installs", "state"),
}  # of no use without the key, nor to anybody


def export_everything(store: Store, file: Path, at: datetime) -> dict[str, int]:
    """Write all tables into a new zip only its owner may read; rows by table.

    It is read in one consistent view, while others write.

    Raises:
        StoreError: The file exists or cannot be written.
    """
    with (
        writing_to(file) as part,
        store.engine.reading() as db,
        zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        rows = {table: _tables(archive, db, table) for table in TABLES}
        made = {"about": ABOUT, "made_at": at.isoformat(), "migrations": schema.applied(db)}
        archive.writestr("about.json", json.dumps({**made, "rows": rows}, indent=1))
    return rows


def _tables(archive: zipfile.ZipFile, db: Session, table: str) -> int:
    columns = [column for column in columns_of(db, table) if (table, column) not in SECRET]
    with archive.open(f"{table}.csv", "w", force_zip64=True) as file:
        page = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        writer = csv.writer(page)
        writer.writerow(columns)
        writer.writerows([_cell(value) for value in row] for row in stream(db, table, columns))
        page.flush()
        page.detach()
    with archive.open(f"{table}.jsonl", "w", force_zip64=True) as file:
        rows = 0
        for rows, line in enumerate(_json_lines(db, table, columns), start=1):  # noqa: B007
            file.write(line.encode())
    return rows


def _json_lines(db: Session, table: str, columns: Sequence[str]) -> Iterator[str]:
    for row in stream(db, table, columns):
        fields = dict(zip(columns, row, strict=True))
        yield f"{json.dumps(fields, ensure_ascii=False, allow_nan=False)}\n"


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return inert(value)
    return "" if value is None else value
