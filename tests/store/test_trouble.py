"""Each trouble of a database has a kind of its own, and perfbot goes on when it is over."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime

import psycopg
import pytest

from bot.errors import StoreError
from bot.store import SqliteStore, backups, open_store
from bot.store.base import Event
from bot.store.postgres import PostgresStore
from bot.store.records import GivenAnswer

AT = datetime(2026, 11, 24, 7, tzinfo=UTC)


def claim(store, key):
    """A write; the kind of trouble it met, or "" when it was kept."""
    try:
        store.claim("k", key, AT)
    except StoreError as error:
        return error.kind
    return ""


def test_a_lock_held_too_long_is_told_and_over_when_it_is_let_go(path, opened):
    """`locked`, within the time given; then it goes on."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert claim(opened, "1") == "locked"
    other.execute("ROLLBACK")
    other.close()
    assert claim(opened, "1") == ""


def test_a_full_disk_is_told_and_over_when_there_is_room(opened):
    """`full`, nothing by half; then it goes on."""
    db = opened._db.database()
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages}")
    much = {f"name{number}": "x" * 500 for number in range(500)}
    with pytest.raises(StoreError) as error:
        opened.set_preference("U0", **much)
    assert error.value.kind == "full"
    assert opened.preference("U0") == {}
    db.execute("PRAGMA max_page_count = 1000000")
    assert claim(opened, "1") == ""


def test_a_database_that_may_only_be_read_is_told(path, opened):
    """`read_only`: reading goes on."""
    reader = SqliteStore(path, read_only=True)
    assert claim(reader, "1") == "read_only"
    assert reader.preference("U1") == {}
    reader.close()


def test_a_deleted_database_is_told_and_never_made_anew(path, opened):
    """`gone` for every thread, for reading and writing, until the file is put back."""
    opened.set_preference("U1", language="nb")
    held = path.with_suffix(".away")
    opened.backup(path.with_name("backup.db"))
    path.rename(held)
    kinds = []
    thread = threading.Thread(target=lambda: kinds.append(claim(opened, "2")))
    thread.start()
    thread.join()
    assert [claim(opened, "1"), *kinds] == ["gone", "gone"]
    with pytest.raises(StoreError) as error:
        opened.preference("U1")
    assert error.value.kind == "gone"
    assert not path.exists()
    shutil.copyfile(path.with_name("backup.db"), path)
    assert opened.preference("U1") == {"language": "nb"}
    assert claim(opened, "1") == ""
    with closing(SqliteStore(path)) as again:
        assert claim(again, "1") == ""
        assert not again.claim("k", "1", AT)


def test_another_programs_database_in_its_place_is_not_written_to(path, opened):
    """What was put there must be perfbot's."""
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE people (name)")
    other.close()
    with pytest.raises(StoreError, match="of another program"):
        opened.claim("k", "1", AT)


def damage(path, table):
    """Overwrite the page a table begins with, as a bad disk does."""
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = conn.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", [table]
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)


@pytest.fixture
def numbers(path, rows, at):
    """A database with a backup of it, and something written since."""
    store = SqliteStore(path)
    days = [{"date": day, "campaign_id": str(n), "spend": 1.0} for day in range(1, 20)
            for n in range(20)]  # fmt: skip
    store.add_numbers(rows(*days), source="x", pulled_at=at(20))
    (path.parent / "backups").mkdir()
    store.backup(path.parent / "backups" / "monday.db")
    store.claim("k", "late", AT)
    store.close()
    return path


def test_a_damaged_database_is_told_at_the_start(numbers):
    """`damaged`, before a command runs on over it in silence, with the way out."""
    damage(numbers, "claims")  # a table this command would never look at
    with pytest.raises(StoreError, match="is damaged") as error:
        open_store(numbers, read_only=True)
    assert error.value.kind == "damaged"
    assert "perfbot db repair" in error.value.hint


def test_it_is_mended_from_the_newest_intact_backup(numbers):
    """The damaged file is kept aside, a damaged backup is passed over, who is at work goes on."""
    damage(numbers, "daily")
    newer = numbers.parent / "backups" / "tuesday.db"
    shutil.copyfile(numbers, newer)
    came = backups.repair(numbers)
    assert (came.how, came.backup.name) == ("restored", "monday.db")
    assert came.aside.exists()
    with closing(open_store(numbers)) as store:
        assert len(store.numbers()) == 380
        assert store.check() == []
        assert store.claim("k", "late", AT)  # came after the backup
    assert backups.repair(numbers).how == "intact"


def test_without_a_backup_nothing_is_touched(numbers):
    """The sentence says what to give."""
    shutil.rmtree(numbers.parent / "backups")
    damage(numbers, "daily")
    before = numbers.read_bytes()
    with pytest.raises(StoreError, match="no backup beside it"):
        backups.repair(numbers)
    assert numbers.read_bytes() == before


def test_damaged_indexes_lose_no_row(numbers):
    """What can be worked out again from the rows is."""
    index = "SELECT * FROM sqlite_master WHERE name = 'events_by_kind'"
    with closing(sqlite3.connect(numbers)) as conn:
        kept = conn.execute(index).fetchone()
        conn.execute("PRAGMA writable_schema = ON")
        conn.execute("DELETE FROM sqlite_master WHERE name = 'events_by_kind'")
        conn.commit()
    with closing(SqliteStore(numbers, check=False)) as store:
        store.log(Event(AT, "kari", "not.in.the.index", "x"))
    with closing(sqlite3.connect(numbers)) as conn:
        conn.execute("PRAGMA writable_schema = ON")
        conn.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", kept)
        conn.commit()
    assert backups.repair(numbers).how == "reindexed"
    with closing(SqliteStore(numbers)) as store:
        assert len(store.events(kind="not.in.the.index")) == 1


CUT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND application_name = 'perfbot'"""


def test_a_server_that_went_and_came_back_is_gone_on_with(postgres_url, postgres_server):
    """Its connections were cut: the next question opens new ones, and nothing is lost."""
    with closing(open_store(postgres_url)) as store:
        assert claim(store, "1") == ""
        with psycopg.connect(postgres_server, autocommit=True) as conn:
            conn.execute(CUT)
        assert claim(store, "2") == ""
        assert not store.claim("k", "1", AT)


def test_a_row_another_process_holds_is_told_in_time(postgres_url, advice):
    """`locked` on PostgreSQL too; then it goes on."""
    with (
        closing(PostgresStore(postgres_url, lock_timeout=0.2)) as store,
        psycopg.connect(postgres_url) as other,
    ):
        store.save_advice([advice()], as_of=AT.date(), at=AT)
        other.execute("SELECT 1 FROM advice FOR UPDATE")
        with pytest.raises(StoreError) as error:
            store.answer("a1", GivenAnswer("acknowledge", by="U1", at=AT))
        assert error.value.kind == "locked"
        other.rollback()
        assert store.answer("a1", GivenAnswer("acknowledge", by="U1", at=AT)).won


def test_tables_that_were_dropped_are_gone(postgres_schema):
    """`gone` on PostgreSQL: perfbot's tables are not there any more."""
    url = postgres_schema()
    with closing(open_store(url)) as store, psycopg.connect(url, autocommit=True) as conn:
        conn.execute("ALTER TABLE claims RENAME TO other")
        assert claim(store, "1") == "gone"
        conn.execute("ALTER TABLE other RENAME TO claims")
        assert claim(store, "1") == ""
