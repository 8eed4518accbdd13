from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bot.store import board_table
from bot.store.base import PlanRow, Pull
from bot.store.scope import EVERYTHING, Scope

NORTH = Scope(frozenset({"north"}))


@pytest.fixture
def pull(at, on):
    return Pull("meta", at(24), on(20), on(23), ok=True, account_id="7", channels=("meta_ads",))


def test_the_newest_pull_is_kept_beside_the_newest_that_worked(store, pull, at):
    """A failed pull does not hide until which day a source reaches."""
    failed = replace(pull, pulled_at=at(25), ok=False, until=None, error="no answer")
    for one in (replace(pull, pulled_at=at(22)), pull, failed):
        store.record_pull(one)
    assert store.pulls() == [pull, failed]


def test_accounts_are_told_apart(store, pull, at):
    """Each source and account has its own newest pull; one that works again says so once."""
    other = replace(pull, account_id="8", rows=0)
    failed = replace(pull, ok=False, error="late")
    for one in (failed, other, replace(pull, pulled_at=at(26))):
        store.record_pull(one)
    assert store.pulls() == [replace(pull, pulled_at=at(26)), other]


def test_window_reach_is_stored_once_a_pull(store):
    """The same reach twice changes nothing; a new pull of a window is another row."""
    frame = pd.DataFrame(
        {
            "channel": ["Meta Ads", "meta"],
            "campaign_id": ["1", "1"],
            "since": ["2026-11-01", "2026-11-01"],
            "until": ["2026-11-07", "2026-11-07"],
            "reach": [100.0, 120.0],
            "pulled_at": ["2026-11-08T05:00:00Z", "2026-11-09T05:00:00Z"],
        }
    )
    assert store.window_reach().empty
    assert store.add_window_reach(frame) == 2
    assert store.add_window_reach(frame) == 0
    assert store.add_window_reach(frame.assign(reach=[100.0, 121.0])) == 1
    found = store.window_reach()
    assert found["channel"].unique().tolist() == ["meta_ads"]
    assert found["reach"].tolist() == [100.0, 121.0]
    assert found["pulled_at"].dt.day.tolist() == [8, 9]


def test_reach_without_a_pull_time_counts_as_known_the_day_after(store):
    """The same convention as for daily numbers."""
    row = {"channel": "meta", "campaign_id": 1, "since": "2026-11-01", "until": "2026-11-07"}
    store.add_window_reach(pd.DataFrame([row | {"reach": None}]))
    found = store.window_reach()
    assert found["pulled_at"].tolist() == [pd.Timestamp("2026-11-08")]
    assert found["reach"].isna().tolist() == [True]


def test_a_board_reads_back_as_saved(store, on):
    """Missing numbers are null, numpy numbers plain."""
    row = {
        "campaign_id": "1",
        "now.spend": np.float64(1.5),
        "now.cpa": float("nan"),
        "days": np.int64(3),
    }
    assert store.board("7d", on(24)) is None
    store.save_board("7d", on(24), [row])
    assert store.board("7d", on(24)) == [
        {"campaign_id": "1", "now.spend": 1.5, "now.cpa": None, "days": 3}
    ]
    store.save_board("7d", on(24), [])
    assert store.board("7d", on(24)) == []
    assert store.board("28d", on(24)) is None


def test_boards_of_long_ago_are_let_go(store, on):
    """A week of mornings is kept."""
    for day in (1, 17, 24):
        store.save_board("7d", on(day), [{"day": day}])
    assert [store.board("7d", on(day)) for day in (1, 17)] == [None, [{"day": 17}]]


def test_a_board_is_forgotten_when_its_numbers_change(store, add, on):
    """New numbers make boards that may rest on them vanish, in the same transaction."""
    add(24, {"date": 20, "spend": 1.0})
    for day in (20, 24):
        store.save_board("7d", on(day), [{}])
    add(24, {"date": 20, "spend": 1.0})
    assert store.board("7d", on(24)) == [{}]
    add(24, {"date": 20, "spend": 2.0})
    assert store.board("7d", on(24)) is None
    assert store.board("7d", on(20)) == [{}]


def test_a_board_is_forgotten_when_the_plan_changes(store, on, at):
    """Targets and stages are on the board too."""
    store.save_board("7d", on(24), [{}])
    store.set_plan([PlanRow("*", {"target": 1}, on(1), "k", at(24), "file")], origin="file")
    assert store.board("7d", on(24)) is None


def test_boards_read_together_are_the_boards_read_one_by_one(store, on):
    """One statement gives what many would: by name, and all whose names begin alike."""
    for window in ("7d", "7d:google", "7d:meta", "28d", "28d:google"):
        store.save_board(window, on(23), [{"board": window}])
    store.save_board("7d:google", on(22), [{"board": "yesterday's"}])
    together = store.boards(("28d", "7d:", "unknown"), on(23))
    assert sorted(together) == ["28d", "7d:google", "7d:meta"]
    assert together == {name: store.board(name, on(23)) for name in together}
    assert store.boards((), on(23)) == {}


def test_where_a_morning_stands_is_what_was_decided_and_every_mark(store, on, at):
    """`standing` changes with any decision and any board, and with nothing else."""
    store.save_board("7d", on(23), [])
    decided, marks = store.standing(on(23))
    assert (decided, marks) == (store.decided(), {"7d": store.board_mark("7d", on(23))})
    assert store.standing(on(22)) == (decided, {})
    store.set_plan([PlanRow("a*", {"stage": "act"}, on(1), "U1", at(9), "file")], origin="file")
    assert store.standing(on(23))[0] != decided


def test_a_long_board_reads_as_one_that_was_kept_in_one_piece(store, on, monkeypatch):
    """However long its rows are together: by itself, with others, whole or JSON already."""
    monkeypatch.setattr(board_table, "MOST", 40)
    monkeypatch.setattr(board_table, "_TOGETHER", 2)
    rows = [{"row": number, "name": "å*piece 0"} for number in range(9)]
    store.save_board("7d", on(23), iter(rows))
    store.save_board("7d:google", on(23), [rows[0], *map(json.dumps, rows[1:])])
    store.save_board("28d", on(23), rows[:1])
    everything = {"7d": rows, "7d:google": rows, "28d": rows[:1]}
    assert {name: store.board(name, on(23)) for name in everything} == everything
    assert store.boards(("7d", "28d", "7d:"), on(23)) == everything
    assert store.morning(on(23)).board("7d") == rows
    with store._db.reading() as db:
        assert len(db.tuples("SELECT 1 FROM boards")) > 9
    assert {*store.standing(on(23))[1]} == {*everything}
    store.save_board("7d", on(23), rows[:2])
    assert store.board("7d", on(23)) == rows[:2]
    store.drop_boards("7d", on(23))
    assert store.boards(("7d", "7d:"), on(23)) == {}


def test_of_a_long_board_nothing_stays_once_it_is_short_or_forgotten(store, on, monkeypatch):
    """Shorter, in one piece, a week old, or dropped: what is left are the boards one can read."""
    monkeypatch.setattr(board_table, "MOST", 40)
    monkeypatch.setattr(board_table, "_TOGETHER", 2)
    rows = [{"row": number} for number in range(30)]

    def names():
        with store._db.reading() as db:
            return sorted(name for (name,) in db.tuples('SELECT "window" FROM boards'))

    for name in ("7d", "28d"):
        store.save_board(name, on(9), rows)
    for many in (30, 12, 30, 7):
        store.save_board("7d", on(10), rows[:many])
        assert store.board("7d", on(10)) == rows[:many]
    longest = len([name for name in names() if name.startswith("28d")])
    assert longest > len([name for name in names() if name.startswith("7d")]) - longest > 2
    store.save_board("7d", on(10), rows[:1])
    assert len(names()) == 2 * longest + 1
    store.save_board("7d", on(20), rows[:1])
    assert {name for name in names() if name.startswith("7d")} == {"7d"}
    assert store.board("28d", on(9)) == rows
    store.drop_boards("28d", on(9))
    assert names() == ["7d"]


def test_pieces_of_other_scopes_stay(store, on, monkeypatch):
    """A board of one client that becomes short takes nothing from another's of the same name."""
    monkeypatch.setattr(board_table, "MOST", 40)
    rows = [{"row": number, "name": "a long name of a campaign"} for number in range(9)]
    for scope in (EVERYTHING, NORTH):
        store.save_board("7d", on(10), rows, scope=scope)
    store.save_board("7d", on(10), rows[:1])
    assert store.board("7d", on(10)) == rows[:1]
    assert store.scoped(NORTH).board("7d", on(10)) == rows
