"""A request reads what it needs at once, and knows by one statement that nothing changed."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace

import pytest

from bot.store.base import Event, Outgoing, PlanRow, Pull, Subscription
from bot.store.postgres_engine import PostgresSession
from bot.store.records import GivenAnswer
from bot.store.sqlite_engine import SqliteSession


@pytest.fixture
def counted(monkeypatch):
    """Counts the statements a store sends inside a block."""
    sent = []
    for kind in (SqliteSession, PostgresSession):
        for name in ("run", "rows", "tuples", "many"):
            real = getattr(kind, name)

            def counting(self, sql, *values, real=real):
                sent.append(sql)
                return real(self, sql, *values)

            monkeypatch.setattr(kind, name, counting)

    @contextmanager
    def block():
        sent.clear()
        yield sent

    return block


@pytest.fixture
def full(store, add, save, advice, at, on):
    """A store with a morning in it."""
    add(24, *({"date": day, "spend": 1.0} for day in range(1, 24)))
    save(24, *(advice(f"a{number}") for number in range(30)))
    store.set_plan([PlanRow("Brand *", {"target": 2}, on(1), "k", at(1), "slack")], origin="slack")
    store.set_plan([PlanRow("X", {"target": 9}, on(30), "k", at(2), "slack")], origin="slack")
    store.record_pull(Pull("a", at(24), on(1), on(23), ok=True))
    store.subscribe(Subscription(0, "C1", "07:00", (1,), "Europe/Oslo", "nb", "U1"))
    for window in ("7d", "28d", "mtd"):
        store.save_board(window, on(24), [{"window": window, "x": None}])
    store.save_board("7d", on(23), [])
    for number in range(30):
        store.enqueue([Outgoing(f"m{number}", "advice", "C1", "t", (), advice_id=f"a{number}")])
        store.delivered(f"m{number}", f"{number}.0")
        store.set_preference(f"U{number}", language="nb")
    return store


def test_a_morning_is_what_its_parts_are_in_six_statements(full, counted, on):
    """Everything of one view, equal to what is asked one by one."""
    with counted() as sent:
        morning = full.morning(on(24))
    assert len(sent) == 6, sent
    assert list(morning.plan) == full.plan_rows(on(24))
    assert list(morning.plan_now) == full.plan_rows() != list(morning.plan)
    assert list(morning.advice) == full.all_advice(as_of=on(24))
    assert list(morning.pulls) == full.pulls()
    assert list(morning.subscriptions) == full.subscriptions()
    assert set(morning.texts) == {"7d", "28d", "mtd"}
    for window in ("7d", "28d", "mtd", "none"):
        assert morning.board(window) == full.board(window, on(24))
    state = morning.state
    assert (state.decided, state.last_day) == (full.decided(), full.last_day(on(24)))
    assert state.boards == {name: full.board_mark(name, on(24)) for name in morning.texts}


def test_only_the_boards_asked_for_are_read(full, counted, on):
    """A board is large; a request needs one or none."""
    with counted() as sent:
        assert set(full.morning(on(24), boards=["7d", "none"]).texts) == {"7d"}
        assert len(sent) == 6
    assert full.morning(on(24), boards=()).texts == {}


def test_one_statement_says_whether_anything_changed(full, counted, add, at, on):
    """Equal while nothing did; another after each kind of change, and for another morning."""
    before = full.state(on(24))
    with counted() as sent:
        assert full.state(on(24)) == before
    assert len(sent) == 1
    assert replace(full.state(on(23)), as_of=on(24)) != before
    changes = (
        lambda: full.log(Event(at(24), "k", "x", "y")),
        lambda: full.set_plan([PlanRow("Y", {}, on(2), "k", at(3), "slack")], origin="slack"),
        lambda: full.set_plan([PlanRow("Y", {"a": 1}, on(2), "k", at(3), "file")], origin="file"),
        lambda: full.record_pull(Pull("b", at(24), None, None, ok=False, error="x")),
        lambda: full.save_board("14d", on(24), []),
        lambda: full.save_board("14d", on(24), []),
        lambda: add(25, {"date": 23, "spend": 2.0}),
        lambda: full.answer("a1", GivenAnswer("dismiss", by="U1", at=at(24))),
    )
    for number, change in enumerate(changes):
        was = full.state(on(24))
        change()
        if number != 1:  # an entry that says nothing changes nothing
            assert full.state(on(24)) != was, number


def test_what_belongs_to_many_is_read_in_one_statement(full, counted, at, advice):
    """Advice, its events and messages, people's preferences: by as many names as there are."""
    full.answer("a3", GivenAnswer("dismiss", by="U1", at=at(24)))
    ids = [f"a{number}" for number in range(30)]
    with counted() as sent:
        records = full.advice_of([*ids, "none"])
        events = full.events_of([*ids, "none"], ["advice.dismiss", "advice.snooze"])
        messages = full.messages_of_all([*ids, "none"])
        people = full.preferences(["U3", "U99"])
        assert len(sent) == 4
    assert records == {one: full.advice(one) for one in ids}
    assert events == {one: full.events(one, "advice.dismiss") for one in [*ids, "none"]}
    assert messages == {one: full.messages_of(one) for one in [*ids, "none"]}
    assert people == {"U3": {"language": "nb"}, "U99": {}}
    other = Outgoing("elsewhere", "advice", "C2", "t", (), advice_id="a3")
    full.enqueue([other])
    full.delivered("elsewhere", "99.0")
    assert [each.key for each in full.messages_of_all(["a3"], "C2")["a3"]] == ["elsewhere"]
    assert [each.key for each in full.messages_of_all(["a3"])["a3"]] == ["m3", "elsewhere"]
    assert full.events_of(["a3"])["a3"] == full.events("a3")
    assert full.advice_of([]) == full.events_of([]) == {}


def test_more_names_than_fit_in_one_statement(full, at):
    """Twelve hundred at once."""
    names = [f"x{number}" for number in range(1200)]
    for name in names[::400]:
        full.log(Event(at(24), "k", "x", name))
    found = full.events_of(names)
    assert len(found) == 1200
    assert [name for name in names if found[name]] == names[::400]
    assert full.advice_of(names) == {}


def test_an_answer_takes_few_statements(full, counted, at):
    """However much advice there is: the claim, the row, its change, the event and its words."""
    with counted() as sent, full.kept("slack", "1", at(24)) as new:
        assert new
        full.answer("a1", GivenAnswer("acknowledge", by="U1", at=at(24)))
    assert len([sql for sql in sent if "advisory" not in sql and "set_config" not in sql]) <= 7, (
        sent
    )


def test_a_mornings_advice_is_saved_in_few_statements(full, counted, advice, at, on):
    """Not one more for a hundred pieces of advice than for one."""
    with counted() as few:
        full.save_advice([advice("b0")], as_of=on(25), at=at(25))
        small = len(few)
    with counted() as many:
        full.save_advice([advice(f"c{number}") for number in range(100)], as_of=on(26), at=at(26))
        assert len(many) <= small
