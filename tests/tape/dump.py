"""What a9449ed left behind: its database as SQL, and Slack as its messages and forms stood there.

Written once, by playing `week.py` with the code of that commit (`python -m tests.tape dump`), and
never again: it stands for the databases people have.
"""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
DATABASE, SLACK = DATA / "a9449ed.sql.gz", DATA / "a9449ed.slack.json.gz"
VIRTUAL = re.compile(r"INSERT INTO sqlite_master\(.*(CREATE VIRTUAL TABLE .*)'\);", re.DOTALL)
PARTS_OF_SEARCH = re.compile(r"(CREATE TABLE|INSERT INTO) ['\"]search_|PRAGMA writable_schema")
PARTS = ("messages", "views", "homes")


def write(database: Path, slack: dict[str, Any]) -> None:
    """Keep a database and what Slack shows beside it."""
    with closing(sqlite3.connect(database)) as db:
        (mark,) = db.execute("PRAGMA application_id").fetchone()
        lines = [f"PRAGMA application_id = {mark};", *_statements(db)]
    DATABASE.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    shown = json.dumps({part: slack[part] for part in PARTS}, ensure_ascii=False, sort_keys=True)
    SLACK.write_bytes(gzip.compress(shown.encode(), mtime=0))


def _statements(db: sqlite3.Connection) -> Iterator[str]:
    """As `iterdump`, with the search table made by its own statement, which makes its parts."""
    for statement in db.iterdump():
        if virtual := VIRTUAL.match(statement):
            yield virtual[1].replace("''", "'") + ";"
        elif not PARTS_OF_SEARCH.match(statement):
            yield statement


def restore(path: Path) -> Path:
    """The database, as a file of its own."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(gzip.decompress(DATABASE.read_bytes()).decode())
    return path


def slack() -> dict[str, Any]:
    """Messages, open forms and Home tabs, as the workspace's snapshot has them."""
    found: dict[str, Any] = json.loads(gzip.decompress(SLACK.read_bytes()))
    return found
