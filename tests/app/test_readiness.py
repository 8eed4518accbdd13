"""/readyz is red while perfbot cannot keep what people say, and green again when it can."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import httpx
import pytest

from bot.app import serving as readiness
from bot.app.serving import Readiness, Server, listening
from bot.slack.http import asgi
from bot.store import SqliteStore

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    opened = SqliteStore(tmp_path / "perfbot.db", busy_timeout=0.2)
    yield opened
    opened.close()


@pytest.fixture
def ready(store):
    return Readiness(store, lambda: NOW)


def test_a_store_that_takes_writes_is_ready(ready, store):
    """It is tried with a write, not more often than every few seconds."""
    assert ready() == []
    assert store.preference("readiness")["looked"] == NOW.isoformat()


def test_a_locked_store_is_not_ready_until_it_is_free(ready, tmp_path):
    """Another program holds the lock: a sentence; it lets go: fine at the next look."""
    with closing(sqlite3.connect(tmp_path / "perfbot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        (trouble,) = ready()
        assert "locked" in trouble
        other.execute("ROLLBACK")
    assert ready() == []


def test_a_write_that_hangs_is_waited_for_once(store, monkeypatch, tmp_path):
    """A lock nobody gives back: red in time, and no pile of threads behind it."""
    monkeypatch.setattr(readiness, "PATIENCE", 0.05)
    slow = SqliteStore(tmp_path / "perfbot.db", busy_timeout=1.5)
    ready = Readiness(slow, lambda: NOW)
    with closing(sqlite3.connect(tmp_path / "perfbot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert ready() == ["The database takes no writes."]
        first = ready._writing
        assert ready() == ["The database takes no writes."]
        assert ready._writing is first
        other.execute("ROLLBACK")
    first.join(10)
    assert ready() == []
    slow.close()


def test_what_else_is_wrong_is_said_too(store):
    """A revoked token, a closed socket: each its sentence."""
    revoked = ["Slack took the bot's token back (tokens_revoked)."]
    ready = Readiness(store, lambda: NOW, [lambda: "", lambda: revoked[0]])
    assert ready() == revoked


def test_the_page_says_what_is_wrong():
    """503 and the sentences; 200 where there are none."""
    troubles = ["The database takes no writes."]
    server = Server(asgi(None, lambda: True, lambda: troubles), listening("127.0.0.1", 0))
    server.start()
    try:
        answer = httpx.get(f"{server.address}/readyz")
        assert (answer.status_code, answer.json()["troubles"]) == (503, troubles)
        troubles.clear()
        answer = httpx.get(f"{server.address}/readyz")
        assert (answer.status_code, answer.json()) == (200, {"ok": True, "troubles": []})
    finally:
        server.stop()
