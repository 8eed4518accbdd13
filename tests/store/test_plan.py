from __future__ import annotations

from datetime import date

import pytest

from bot.store.base import PlanRow


@pytest.fixture
def row(on, at):
    def make(pattern, target, valid_from=1, said=1, *, origin="file", position=0):
        values = {} if target is None else {"target": target}
        return PlanRow(pattern, values, on(valid_from), "Kari", at(said), origin, position)

    return make


@pytest.fixture
def targets(store, on):
    """`{pattern: target}` as it held on a day, in the order of matching."""
    return lambda day=None: {
        row.pattern: row.values["target"] for row in store.plan_rows(on(day) if day else None)
    }


def test_rows_read_back_as_said(store, row):
    """Who said it, when, from where and since when survive, values of any kind too."""
    said = PlanRow(
        "a_*",
        {"target": 1.5, "floor": None, "tags": ["x"]},
        date(1970, 1, 1),
        "Ola",
        row("", 1).said_at,
        "file",
        3,
    )
    assert store.set_plan([said], origin="file")
    assert store.plan_rows() == [said]


def test_loading_the_same_file_again_changes_nothing(store, row, targets):
    """A restart is no change, even where the day it would hold from is a later one."""
    assert store.set_plan([row("a", 1), row("b", 2, position=1)], origin="file")
    assert not store.set_plan([row("a", 1, 9), row("b", 2, 9, position=1)], origin="file")
    assert targets(5) == {"a": 1, "b": 2}


def test_a_replay_uses_what_was_valid_that_day(store, row, targets):
    """An edited file holds from its day on; before it the old one does."""
    store.set_plan([row("a", 1), row("b", 2, position=1)], origin="file")
    assert store.set_plan([row("a", 7, 10)], origin="file")
    assert targets(9) == {"a": 1, "b": 2}
    assert targets(10) == {"a": 7}
    assert targets() == {"a": 7}


def test_an_entry_may_hold_from_a_later_day(store, row, targets):
    """A dated entry takes over on its day, and not before."""
    store.set_plan([row("a", 1)], origin="file")
    assert store.set_plan([row("a", 5, 20, said=12), row("b", 2, 12, said=12)], origin="file")
    assert targets(11) == {"a": 1}
    assert targets(12) == {"a": 1, "b": 2}
    assert targets(20) == {"a": 5, "b": 2}


def test_one_old_date_in_a_file_does_not_rewrite_what_was(store, row, targets):
    """What a file no longer says ends the day that was said."""
    store.set_plan([row("a", 1), row("b", 2, position=1)], origin="file")
    store.set_plan([row("a", 1, 2, said=12), row("c", 3, 12, said=12, position=1)], origin="file")
    assert targets(5) == {"a": 1, "b": 2}
    assert targets(12) == {"a": 1, "c": 3}


def test_an_emptied_file_says_nothing(store, row, targets):
    """Removing the whole plan is a change, once."""
    store.set_plan([row("a", 1)], origin="file")
    assert store.set_plan([], origin="file")
    assert not store.set_plan([], origin="file")
    assert targets() == {}


def test_entries_made_in_slack_stand_each_by_itself(store, row, targets):
    """One entry does not remove another, and comes before the file's."""
    store.set_plan([row("f", 9)], origin="file")
    store.set_plan([row("a", 1, 2, origin="slack")], origin="slack")
    store.set_plan([row("b", 2, 5, origin="slack")], origin="slack")
    assert list(targets(6).items()) == [("b", 2), ("a", 1), ("f", 9)]
    assert targets(3) == {"a": 1, "f": 9}


def test_a_slack_entry_replaces_the_earlier_of_its_pattern(store, row, targets):
    """From its day on; the old one still holds for replays."""
    store.set_plan([row("a", 1, 2, origin="slack")], origin="slack")
    assert store.set_plan([row("a", 4, 8, origin="slack")], origin="slack")
    assert not store.set_plan([row("a", 4, 9, origin="slack")], origin="slack")
    assert (targets(7), targets(8)) == ({"a": 1}, {"a": 4})


def test_a_slack_entry_without_values_ends_it(store, row, targets):
    """What nobody says any more falls back to the file."""
    store.set_plan([row("a", 1, 2, origin="slack")], origin="slack")
    assert store.set_plan([row("a", None, 8, origin="slack")], origin="slack")
    assert (targets(7), targets(8), targets()) == ({"a": 1}, {}, {})


def test_a_change_of_plan_is_an_event(store, row, at):
    """Who changed the plan, and which patterns."""
    store.set_plan([row("a", 1), row("b", 1, position=1)], origin="file")
    store.set_plan([row("a", 1), row("b", 1, position=1)], origin="file")
    (event,) = store.events(kind="plan.set")
    assert (event.actor, event.at, event.subject) == ("Kari", at(1), "file")
    assert event.details == {"patterns": ["a", "b"]}
