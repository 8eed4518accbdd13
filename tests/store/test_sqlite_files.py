from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlite_utils import Database

from bot.errors import StoreError
from bot.store import SqliteStore, open_store
from bot.store.base import Event


def test_what_is_stored_is_there_after_reopening(path, opened, at):
    """Closing and opening again loses nothing."""
    opened.claim("k", "1", at(1))
    opened.close()
    with pytest.raises(StoreError, match="is closed"):
        opened.claim("k", "1", at(1))
    again = SqliteStore(path)
    assert not again.claim("k", "1", at(1))
    again.close()


def test_threads_write_beside_each_other(path, at):
    """One connection a thread: no claim is lost, none is won twice."""
    store, won = SqliteStore(path), []
    run = lambda: won.extend(key for key in range(40) if store.claim("k", str(key), at(1)))  # noqa: E731
    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == list(range(40))
    store.claim("k", "later", at(1))
    store.close()


def test_a_store_is_closed_when_nobody_is_at_work_with_it(path, at):
    """Who is in the middle of reading reads to the end; then the store is closed, and says so."""
    store, begun, read = SqliteStore(path), Barrier(4), []
    for number in range(50):
        store.log(Event(at(20), "kari", "x", str(number)))

    def look():
        with store._db.reading() as db:
            begun.wait()
            for number in range(1, 51):
                time.sleep(0.002)
                read.append(db.tuples("SELECT kind FROM events WHERE number = ?", [number]))

    threads = [Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    begun.wait()
    store.close()
    for thread in threads:
        thread.join()
    assert len(read) == 150
    with pytest.raises(StoreError, match="is closed"):
        store.events()


def test_threads_take_turns_in_memory(at):
    """A database in memory is one for all threads, one transaction at a time."""
    store = SqliteStore(":memory:")
    inside, go_on = threading.Event(), threading.Event()

    def hold():
        with store.atomic():
            store.claim("k", "1", at(1))
            inside.set()
            go_on.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait(5)
    threading.Timer(0.05, go_on.set).start()
    assert not store.claim("k", "1", at(1))
    thread.join()
    store.close()


def test_a_locked_database_says_so(path, opened, at):
    """A program that holds the lock: one sentence, and reading still works."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="is locked by another program") as error:
        opened.claim("k", "1", at(1))
    assert error.value.hint.startswith("Try again")
    assert opened.numbers().empty
    other.execute("ROLLBACK")
    other.close()
    assert opened.claim("k", "1", at(1))


def test_a_reader_sees_no_half_transaction(path, opened, at):
    """What another process is writing is not seen before it is done."""
    reader = SqliteStore(path, read_only=True)
    with opened.atomic():
        opened.set_preference("U1", language="nb")
        assert reader.preference("U1") == {}
    assert reader.preference("U1") == {"language": "nb"}
    reader.close()


def test_read_only_never_writes(path, opened, at):
    """Opened for reading, a write is refused and nothing is made."""
    reader = SqliteStore(path, read_only=True)
    with pytest.raises(StoreError, match="read-only"):
        reader.claim("k", "1", at(1))
    assert reader.upgrade() == []
    reader.close()


def _foreign(path):
    with closing(Database(path)) as db:
        db["people"].insert({"name": "x"})


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.write_text("date,spend\n" * 100), "is not a SQLite database"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + b"x" * 4096), "is not a SQLite"),
        (_foreign, "of another program"),
    ],
    ids=["text", "folder", "garbage", "foreign"],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_what_is_no_database_of_ours_is_left_alone(path, make, says, read_only):
    """One sentence with a hint; the file is untouched."""
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError, match=says) as error:
        SqliteStore(path, read_only=read_only)
    assert error.value.hint
    assert before is None or path.read_bytes() == before


def test_a_missing_folder_is_named(tmp_path):
    """A typing mistake in a path makes no folders."""
    with pytest.raises(StoreError, match=r"The folder .*nowhere does not exist"):
        open_store(tmp_path / "nowhere" / "perfbot.db")


def test_a_full_disk_stores_nothing_by_half(path, opened, rows, at):
    """One sentence; what was there is still there, and it works again with room."""
    usual = [{"date": 1, "campaign_id": str(one)} for one in range(2000)]
    opened.add_numbers(rows(usual[0]), source="x", pulled_at=at(2))
    db = opened._db.database()
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreError, match="no room left"):
        opened.add_numbers(rows(*usual), source="x", pulled_at=at(2))
    assert len(opened.numbers()) == 1
    db.execute("PRAGMA max_page_count = 1000000")
    assert opened.add_numbers(rows(*usual), source="x", pulled_at=at(2)).added == 1999


READ_ONLY = """
import os, sys
from datetime import UTC, datetime
from bot.errors import StoreError
from bot.store import open_store
folder = sys.argv[1]
if os.getuid() == 0:
    os.setuid(65534)
print(open_store(f"{folder}/perfbot.db", read_only=True).preference("U1"))
for path in ("perfbot.db", "new.db"):
    try:
        open_store(f"{folder}/{path}").claim("k", "1", datetime.now(UTC))
    except StoreError as error:
        print(error.message)
"""


def test_files_that_may_not_be_written_can_be_read():
    """A read-only file in a read-only folder is read; a write is one sentence."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "perfbot.db")
        store.set_preference("U1", language="nb")
        store.close()
        (Path(folder) / "perfbot.db").chmod(0o444)
        Path(folder).chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, folder], capture_output=True, text=True, check=False
        )
        Path(folder).chmod(stat.S_IRWXU)
    lines = done.stdout.splitlines()
    assert lines[:1] == ["{'language': 'nb'}"], done.stderr
    assert "cannot be written: the file or its folder is read-only" in lines[1]
    assert "cannot be opened" in lines[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # fork is what is tested
def test_a_forked_child_opens_its_own_connection(opened, at):
    """A connection is never shared across a fork: both write, neither is harmed."""
    opened.claim("k", "parent", at(1))
    child = os.fork()
    if child == 0:
        os._exit(0 if opened.claim("k", "child", at(1)) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert not opened.claim("k", "child", at(1))
