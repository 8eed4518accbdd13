"""Reading the store once a request."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, date, datetime

import pytest

from bot.context.request import READS, gather_threads, once_a_request, request
from bot.render.values.answers import Choice
from bot.snapshot.naming import Unclear
from bot.store import open_store
from bot.store.base import Event, Outgoing, Store

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
DAY = date(2026, 11, 23)


@pytest.fixture
def statements(monkeypatch):
    """Every statement any SQLite connection runs from now on, transactions apart."""
    run: list[str] = []
    connect = sqlite3.connect

    def traced(*values, **named):
        connection = connect(*values, **named)
        connection.set_trace_callback(
            lambda sql: (
                sql.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"} and run.append(sql)
            )
        )
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    return run


@pytest.fixture
def store(tmp_path, statements):
    opened = open_store(tmp_path / "perfbot.db")
    opened.upgrade()
    yield once_a_request(opened)
    opened.close()


def test_what_was_read_in_a_request_is_not_read_again(store, statements):
    """Two reads of one thing are one statement; the next request reads anew."""
    with request():
        store.pulls()
        before = len(statements)
        store.pulls()
        assert len(statements) == before
    with request():
        store.pulls()
    assert len(statements) > before


def test_outside_a_request_everything_is_read(store, statements):
    """Whoever asks for no request sees what others wrote a moment ago."""
    store.pulls()
    before = len(statements)
    store.pulls()
    assert len(statements) > before


def test_what_was_written_is_read_in_the_same_request(store):
    """A write forgets what was read before it, so that nobody misses their own answer."""
    with request():
        assert store.preference("U1") == {}
        store.set_preference("U1", name="Kari")
        assert store.preference("U1") == {"name": "Kari"}
        decided = store.standing(DAY)[0]
        store.log(Event(NOW, "U1", "note", "a", {}))
        assert store.standing(DAY)[0] != decided


def test_the_boards_of_a_morning_share_one_reading(store, statements):
    """Marks of any number of boards, and what was decided, are one statement."""
    store.save_board("7d", DAY, [{"a": 1}])
    store.save_board("7d:meta", DAY, [{"a": 2}])
    before = len(statements)
    with request():
        marks = {store.board_mark(window, DAY) for window in ("7d", "7d:meta", "28d")}
        store.standing(DAY)
        assert len(marks) == 3
        assert len(statements) - before == 1
        store.boards(("7d", "7d:"), DAY)
        assert store.board("7d:meta", DAY) == [{"a": 2}]
        assert len(statements) - before == 2


def test_requests_of_two_threads_know_nothing_of_each_other(store):
    """Another thread's write is seen by the next request, not half of this one."""
    with request():
        store.preference("U1")
        other = threading.Thread(target=store.set_preference, args=("U1",), kwargs={"name": "Ola"})
        other.start()
        other.join()
        assert store.preference("U1") == {}
    with request():
        assert store.preference("U1") == {"name": "Ola"}


def test_every_remembered_read_is_one_of_the_stores() -> None:
    """No name in the list is misspelt."""
    assert [name for name in READS if not hasattr(Store, name)] == []


def test_what_is_raised_inside_a_request_is_raised_outside_it(store):
    """A name that fits several is asked back, not lost on its way out of the request."""
    with pytest.raises(Unclear, match="campaign"), request():
        raise Unclear(Choice("campaign", "Brand", ()))


def test_threads_are_read_at_once_and_say_what_the_store_says(store, statements):
    """Three statements, and none for what is then asked of their messages, advice and events."""
    shown = [Outgoing("d", "digest", "C1", "Good morning", ()),
             Outgoing("1", "advice", "C1", "Move", (), "d", advice_id="a1", item=1),
             Outgoing("l", "line", "C1", "Kari did", (), "1"),
             Outgoing("2", "advice", "C1", "Cut", (), "d", advice_id="a2", item=2)]  # fmt: skip
    store.enqueue(shown)
    for number, message in enumerate(shown):
        store.delivered(message.key, f"1.{number}")
    for kind, subject in (("advice.acknowledge", "a1"), ("x", "a1"), ("advice.undo", "a2")):
        store.log(Event(NOW, "U1", kind, subject))

    def asked():
        return (store.messages_of("a1"), store.outgoing("d"), store.thread("C1", "1.0"),
                [store.find_message("C1", f"1.{number}") for number in range(4)],
                [store.events(subject="a1", kind=kind) for kind in ("advice.acknowledge", "none")],
                store.events(subject="a2"), store.events(kind="x"))  # fmt: skip

    from_store = asked()
    with request():
        before = len(statements)
        gather_threads(store, "a1")
        assert len(statements) - before == 3
        assert asked() == from_store
        assert len(statements) - before == 4  # events of a kind, whosever
