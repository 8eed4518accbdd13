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
    assert [one.name for one in schema.MIGRATIONS.applied(db)] == schema.NAMES


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
    added = schema.Migrations("perfbot")
    added._migrations = list(schema.MIGRATIONS._migrations)
    added(name="0002_more")(lambda db: db["more"].create({"id": int}))
    monkeypatch.setattr(schema, "MIGRATIONS", added)
    monkeypatch.setattr(schema, "NAMES", [*schema.NAMES, "0002_more"])
    for more in ({"upgrade": False}, {"read_only": True}):
        with pytest.raises(StoreError, match="Run perfbot db upgrade"):
            SqliteStore(path, **more)
    assert opened.upgrade() == ["0002_more"]
    assert opened.upgrade() == []
    SqliteStore(path, upgrade=False).close()


def test_a_failed_upgrade_changes_nothing(path, opened, monkeypatch):
    """All migrations or none."""
    broken = schema.Migrations("perfbot")
    broken._migrations = list(schema.MIGRATIONS._migrations)
    broken(name="0002_more")(lambda db: db["more"].create({"id": int}))
    broken(name="0003_broken")(lambda db: db.conn.execute("SELECT nothing"))
    monkeypatch.setattr(schema, "MIGRATIONS", broken)
    with pytest.raises(StoreError, match="refused"):
        SqliteStore(path)
    assert "more" not in opened._db.database().table_names()
