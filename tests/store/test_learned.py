"""What budgets taught is kept in the log once a week and read back as it was known."""

from __future__ import annotations

from bot.domain.advice import Evidence

TERMS = {
    "on": "2026-11-20", "before": {"1": 100.0, "2": 50.0}, "after": {"1": 80.0, "2": 70.0},
    "about": False, "days": 14, "wait": 2, "readable": True, "expected": 1.2, "decides": 1.1,
}  # fmt: skip


def evidence(day, value=0.5):
    return Evidence(day, {"google_ads|a1|c1": (value, 0.25, 1.0)})


def test_what_was_learned_is_remembered_the_next_morning(store, at, on):
    """It is read as it was known, and only afterwards."""
    store.save_advice((), as_of=on(10), at=at(10), learned=evidence(on(1)))
    assert store.memory(on(10)).learned is None
    assert store.memory(on(11)).learned == evidence(on(1))


def test_it_is_kept_once_a_week(store, at, on):
    """A week later it is written anew; until then the days in between are read again."""
    for day in (10, 11, 16, 17):
        store.save_advice((), as_of=on(day), at=at(day), learned=evidence(on(day - 9), day))
    kept = store.events(kind="learned.budgets")
    assert [event.details["day"] for event in kept] == [on(1), on(8)]
    assert store.memory(on(17)).learned == evidence(on(1), 10)
    assert store.memory(on(18)).learned == evidence(on(8), 17)


def test_a_shift_is_remembered_with_its_terms(store, save, advice, answer, on):
    """Also once it is answered: its test is to be read."""
    save(20, advice(numbers={"shift": TERMS}))
    answer("acknowledge", 21)
    (shift,) = store.memory(on(24)).shifts.values()
    assert (shift.on, shift.days, shift.after) == (on(20), 14, {"1": 80.0, "2": 70.0})


def test_a_shift_taken_in_part_is_remembered_as_it_was_agreed(store, save, advice, answer, on):
    """Its budgets are those agreed to, what it should show is less; undone, it is whole again."""
    save(20, advice(numbers={"shift": TERMS}))
    answer("acknowledge", 21, budgets={"1": 90.0, "2": 60.0})
    (shift,) = store.memory(on(24)).shifts.values()
    assert shift.after == {"1": 90.0, "2": 60.0}
    assert (1.0 < shift.decides < 1.1, 1.05 < shift.expected < 1.15) == (True, True)
    answer("undo", 24)
    (shift,) = store.memory(on(25)).shifts.values()
    assert (shift.after, shift.expected) == ({"1": 80.0, "2": 70.0}, 1.2)
