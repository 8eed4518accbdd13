from __future__ import annotations

from datetime import date

import pytest

from bot.advice.outcome import Applied, Frozen, Outcome, Treated

ON = date(2026, 11, 23)


@pytest.fixture
def frozen():
    def make(advice_id="a1", **more):
        treated = (
            Treated("google|a|1", "1", 100.0, 80.25),
            Treated("google|a|2", "2", 50.0, 69.75),
        )
        given = {"rule": "shift", "action": "shift_budget", "on": ON, "stage": "convert"}
        given |= {"column": "conversions", "price": "cpa", "of": "price", "lag": 10}
        given |= {"treated": treated, "controls": ("google|a|3",), "currency": "NOK"}
        return Frozen(advice_id, **(given | more))

    return make


@pytest.fixture
def outcome():
    return Outcome(
        "a1", "shift", "price", "cpa", ON, date(2026, 12, 17), "worked", "applied",
        change=-0.14, low=-0.22, high=-0.05, money=9800.0, gain=0.15, spread=0.05, peers=5,
    )  # fmt: skip


def test_what_was_frozen_reads_back_equal(store, frozen, at):
    """The plan of the reading is a value that survives the store, and waits."""
    store.freeze_outcome(frozen(), by="kari", at=at(23))
    (record,) = store.outcomes()
    assert (record.frozen, record.state, record.by, record.at) == (
        frozen(), "waiting", "kari", at(23),
    )  # fmt: skip
    assert store.outcomes("measured") == []
    assert store.outcomes("waiting", advice_id="a1") == [record]
    assert store.outcomes(advice_id="a2") == []


def test_it_is_frozen_once(store, frozen, at):
    """A second acknowledgement changes nothing: what was fixed stays fixed."""
    first = store.freeze_outcome(frozen(), by="kari", at=at(23))
    assert store.freeze_outcome(frozen(lag=3), by="ola", at=at(24)) == first
    assert len(store.outcomes()) == 1


def test_an_undone_acknowledgement_is_not_measured(store, frozen, outcome, at):
    """Void, and frozen anew when it is acknowledged again."""
    first = store.freeze_outcome(frozen(), by="kari", at=at(23))
    assert store.void_outcome("a1", by="kari", at=at(24))
    assert not store.void_outcome("a1", by="kari", at=at(24))
    assert not store.save_outcome(first, outcome, at=at(29))
    assert not store.save_applied(first, Applied("applied", ON), at=at(29))
    again = store.freeze_outcome(frozen(lag=3), by="ola", at=at(25))
    assert [one.state for one in store.outcomes()] == ["void", "waiting"]
    assert (again.round, again.frozen.lag) == (2, 3)


def test_what_became_of_it_is_kept_once_it_is_news(store, frozen, at):
    """The same state again is no step; a new one is, and the newest counts."""
    record = store.freeze_outcome(frozen(), by="kari", at=at(23))
    partly = Applied("partly", ON, None, 0.5)
    assert store.save_applied(record, partly, at=at(24))
    assert not store.save_applied(record, partly, at=at(25))
    assert store.save_applied(record, Applied("applied", ON, None, 1.0), at=at(26))
    assert store.outcomes()[0].applied == Applied("applied", ON, None, 1.0)
    kinds = [event.kind for event in store.events(subject="a1")]
    assert kinds == ["outcome.freeze", "outcome.applied", "outcome.applied"]


def test_an_outcome_is_measured_once_for_ever(store, frozen, outcome, at):
    """One winner; who comes second is told so, and nothing changes."""
    record = store.freeze_outcome(frozen(), by="kari", at=at(23))
    assert store.save_outcome(record, outcome, at=at(29))
    assert not store.save_outcome(record, outcome, at=at(29))
    (kept,) = store.outcomes("measured")
    assert kept.outcome == outcome
    assert store.outcomes("waiting") == []
    assert not store.void_outcome("a1", by="kari", at=at(30))
