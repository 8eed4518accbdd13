"""The database is copied, backed up, restored and mended from the terminal, in sentences."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest


@pytest.fixture
def board(imported):
    """What a database says on a morning."""
    return lambda db="perfbot.db": imported("board", "--db", db, "--format", "json").json


def test_a_database_is_moved_to_postgresql_and_back(imported, board, postgres_schema):
    """Copied and compared, it says the same; the address's password is nowhere."""
    url = postgres_schema().replace("postgres:@", "postgres:hemmelig@", 1)
    there = imported("db", "copy", "perfbot.db", url)
    assert there.code == 0
    assert "days of campaigns" in there.out
    back = imported("db", "copy", url, "sqlite:///back.db")
    assert back.out == there.out
    assert board(url) == board("back.db") == board()
    again = imported("db", "copy", "perfbot.db", url)
    assert again.code == 1
    assert "already holds campaigns" in again.err
    doctor = imported("doctor", "--db", url)
    assert "hemmelig" not in "".join(one.out + one.err for one in (there, back, again, doctor))


def test_a_database_is_not_copied_onto_itself(imported):
    """Wrong use, said."""
    outcome = imported("db", "copy", "perfbot.db", "perfbot.db")
    assert (outcome.code, outcome.err.count("one and the same")) == (2, 1)


def test_a_backup_is_restored_and_what_was_there_is_kept(imported, board, small_file):
    """By name or by the time; the terminal says what came and where the rest is."""
    before = board()
    made = imported("backup", "monday.db")
    assert made.out.startswith("monday.db: ")
    assert imported("backup").out.startswith("backups/perfbot-")
    assert board("monday.db") == before
    imported("import", str(small_file), "--currency", "SEK")
    outcome = imported("restore", "monday.db")
    assert board() == before
    (kept,) = Path("backups").glob("before-restore-*.db")
    assert str(kept) in outcome.out
    assert imported("backup", "monday.db").code == 1


def test_a_damaged_database_is_told_and_mended(imported, board):
    """Every command says so, doctor says what to do, repair does it."""
    before = board()
    imported("backup")
    with sqlite3.connect("perfbot.db") as conn:
        (root,) = conn.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'claims'"
        ).fetchone()
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()
    with Path("perfbot.db").open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    for words in (["board"], ["advise"], ["db", "upgrade"], ["audit"]):
        outcome = imported(*words)
        assert (outcome.code, "is damaged" in outcome.err) == (1, True), words
    doctor = imported("doctor")
    assert (doctor.code, "perfbot db repair" in doctor.out) == (1, True)
    assert "backups/perfbot-" in imported("db", "repair").out
    assert board() == before
    assert "intact" in imported("db", "repair").out


def test_repair_says_what_it_cannot_mend(imported):
    """A file that is not there, a database that is no file."""
    missing = imported("db", "repair", "--db", "none.db")
    assert (missing.code, "There is no database at none.db" in missing.err) == (1, True)
    other = imported("db", "repair", "--db", "postgresql://db/x")
    assert (other.code, "Only a SQLite database" in other.err) == (1, True)
