"""A new morning is read once before anybody asks, and nothing is worked out for it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.jobs.scheduler import Ahead
from bot.snapshot.boards import BOARD
from bot.store import open_store

DAY = date(2026, 11, 23)


@pytest.fixture
def store(tmp_path):
    made = open_store(tmp_path / "perfbot.db")
    yield made
    made.close()


def test_each_judging_is_read_once(store):
    """Nothing without a board; then once, and once more when it was made anew."""
    read = []
    look = Ahead(store, lambda: DAY, read.append)
    look()
    assert read == []
    store.save_board(BOARD, DAY, [{"stamp": "a"}])
    look()
    look()
    assert read == [DAY]
    store.save_board(BOARD, DAY, [{"stamp": "b"}])
    look()
    assert read == [DAY, DAY]


def test_a_new_day_is_read_when_it_is_judged(store):
    """Yesterday's board is not today's."""
    read, today = [], [DAY]
    look = Ahead(store, lambda: today[0], read.append)
    store.save_board(BOARD, DAY, [{"stamp": "a"}])
    look()
    today[0] += timedelta(1)
    look()
    assert read == [DAY]
    store.save_board(BOARD, today[0], [{"stamp": "a"}])
    look()
    assert read == [DAY, DAY + timedelta(1)]


def test_a_failure_is_logged_and_hurts_nobody(store, caplog):
    """The next judging is read again."""

    def fails(_day):
        raise RuntimeError("no")

    store.save_board(BOARD, DAY, [{"stamp": "a"}])
    Ahead(store, lambda: DAY, fails)()
    assert "could not be read ahead" in caplog.text
