from __future__ import annotations

import pytest

from bot.errors import StoreError
from bot.numbers.input.columns import COLUMNS, MONEY, VALUES
from bot.store import SqliteStore, schema


def test_a_new_database_is_complete_and_write_ahead(path, opened):
    """Made on opening, in WAL, with foreign keys on and marked as ours."""
    db = opened._db.database()
    assert db.journal_mode == "wal"
    assert [
        db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("foreign_keys", "application_id")
    ] == [1, schema.APPLICATION]
    assert opened.upgrade() == []
    with opened._db.reading() as session:
        assert schema.applied(session) == sorted(schema.MIGRATIONS)


def test_every_canonical_number_has_its_column(opened):
    """A column added to the daily numbers needs a migration: this test says so."""
    db = opened._db.database()
    columns = db["daily"].columns_dict
    assert set(VALUES) <= set(columns)
    assert {name: columns[name] for name in MONEY} == dict.fromkeys(MONEY, int)
    held = {
        name
        for table in ("daily", "labels", "campaigns", "imports")
        for name in db[table].columns_dict
    }
    assert set(COLUMNS) - held == {"campaign_name"}  # in campaign_names: names change


def test_the_days_of_a_range_are_found_by_key(opened):
    """No question about some days ever scans the whole history."""
    db = opened._db.database()
    plan = db.execute(
        "EXPLAIN QUERY PLAN SELECT * FROM daily WHERE date >= ? AND date <= ?", ["a", "b"]
    ).fetchall()
    assert "SEARCH daily USING PRIMARY KEY" in plan[0][3]


def test_a_newer_database_is_refused(path, opened):
    """An older perfbot never touches what a newer one made."""
    opened._db.database()["_sqlite_migrations"].insert(
        {"migration_set": "perfbot", "name": "9999_future", "applied_at": "x"}
    )
    with pytest.raises(StoreError, match="newer perfbot"):
        SqliteStore(path)


def test_an_older_database_is_upgraded_on_opening(path, opened, monkeypatch):
    """By default; where that is not wanted, the way is named. Once applied, once only."""
    monkeypatch.setitem(schema.MIGRATIONS, "0999_more", make_more)
    for more in ({"upgrade": False}, {"read_only": True}):
        with pytest.raises(StoreError, match="Run perfbot db upgrade"):
            SqliteStore(path, **more)
    assert opened.upgrade() == ["0999_more"]
    assert opened.upgrade() == []
    SqliteStore(path, upgrade=False).close()


def test_a_failed_upgrade_changes_nothing(path, opened, monkeypatch):
    """All migrations or none."""
    monkeypatch.setitem(schema.MIGRATIONS, "0998_more", make_more)
    monkeypatch.setitem(schema.MIGRATIONS, "0999_broken", lambda db: db.run("SELECT nothing"))
    with pytest.raises(StoreError, match="refused"):
        SqliteStore(path)
    assert "more" not in opened._db.database().table_names()


def make_more(db):
    db.run("CREATE TABLE more (id INTEGER)")
