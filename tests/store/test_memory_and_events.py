from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bot.errors import StoreError
from bot.store.base import Event

CHANGES_BY_REPLACING = {
    "sqlite": "REPLACE INTO events SELECT * FROM events",
    "postgresql": "TRUNCATE events",
}


def kinds(store, subject="a1"):
    return [event.kind.removeprefix("advice.") for event in store.events(subject=subject)]


def test_memory_is_projected_from_the_log(store, save, answer, advice, on):
    """Open advice with its first morning, and the answers, as the morning began."""
    save(22, advice("a1"), advice("a2", rule="r2", campaign_ids=("9",), opened_on=None))
    answer("dismiss", 23, advice_id="a1", reason="no")
    memory = store.memory(on(24))
    assert memory.opened == {("r2", ("9",)): on(22)}
    (said,) = memory.answers
    assert (said.advice_id, said.rule, said.campaign_ids) == ("a1", "convert-cpa", ("1", "2"))
    assert (said.verb, said.on, said.until) == ("dismiss", on(23), None)


def test_memory_of_a_morning_stays_what_it_was(store, save, answer, advice, on):
    """Steps of the day itself and after are not in it, so a replay says what was said."""
    save(22, advice())
    answer("acknowledge", 23)
    answer("undo", 25)
    save(26)
    opened = {("convert-cpa", ("1", "2")): on(20)}
    seen = {day: store.memory(on(day)) for day in (22, 23, 24, 26, 27)}
    assert seen[22] == type(seen[22])()
    assert (seen[23].opened, seen[23].answers) == (opened, ())
    assert (seen[24].opened, len(seen[24].answers)) == ({}, 1)
    assert (seen[26].opened, seen[26].answers) == (opened, ())
    assert (seen[27].opened, seen[27].answers) == ({}, ())


def test_memory_keeps_snoozed_advice_open_and_knows_until_when(store, save, answer, advice, on):
    """It wakes under its own id."""
    save(22, advice())
    answer("snooze", 22, until=on(26))
    memory = store.memory(on(23))
    assert list(memory.opened.values()) == [on(20)]
    assert [(one.verb, one.until) for one in memory.answers] == [("snooze", on(26))]


def test_a_change_seen_outside_is_an_answer(store, at, on):
    """A budget somebody changed in the platform counts for the cooldown."""
    details = {"rule": "r", "campaign_ids": ("1",)}
    store.log(Event(at(23), "perfbot", "advice.changed_outside", "1", details))
    (said,) = store.memory(on(24)).answers
    assert (said.verb, said.rule, said.campaign_ids) == ("changed_outside", "r", ("1",))


def test_events_are_numbered_and_never_change(store, at):
    """The log is append-only for everybody, whatever program writes."""
    store.log(Event(at(1), "kari", "digest.posted", "d1", {"ts": "1.2", "days": (1, 2)}))
    store.log(Event(at(2), "kari", "digest.posted", "d2"))
    first, second = store.events(kind="digest.posted")
    assert (first.number, second.number) == (1, 2)
    assert first == replace(first, at=at(1), actor="kari", details={"ts": "1.2", "days": (1, 2)})
    assert store.events(subject="d2", kind="digest.posted") == [second]
    with store._db.reading() as db:
        replacing = CHANGES_BY_REPLACING[db.dialect]
    for sql in ("UPDATE events SET actor = 'x'", "DELETE FROM events", replacing):
        with pytest.raises(StoreError, match="events are never"), store._db.writing() as db:
            db.run(sql)
    assert store.events() == [first, second]


def test_an_answer_and_its_event_are_one(store, save, answer, advice):
    """Where the rest of a transaction fails, neither the answer nor its event stays."""
    save(24, advice())
    with pytest.raises(RuntimeError), store.atomic():  # noqa: PT012
        assert answer("acknowledge").won
        raise RuntimeError
    assert store.advice("a1").state == "open"
    assert kinds(store) == ["open"]


def _plan(advice, on, morning, budgets, **more):
    terms = {"on": on(morning).isoformat(), "before": dict.fromkeys(budgets, 100.0),
             "after": budgets, "about": False, **more}  # fmt: skip
    return advice(campaign_ids=tuple(budgets), budgets=budgets, numbers={"shift": terms})


def test_a_plan_brought_up_to_date_is_remembered_as_it_stands(store, save, answer, advice, on):
    """One event says its new amounts; what joined or left is known, and it is one plan still."""
    save(20, _plan(advice, on, 20, {"1": 90.0, "2": 110.0}))
    for day in (23, 24):
        save(day, _plan(advice, on, 23, {"1": 85.0, "3": 115.0}, first=on(20).isoformat()))
    assert kinds(store) == ["open", "revise"]
    memory = store.memory(on(25))
    assert memory.opened == {("convert-cpa", ("1", "3")): on(20)}
    ((topic, shift),) = memory.shifts.items()
    assert topic == ("convert-cpa", ("1", "3"))
    assert (shift.on, shift.first, shift.since) == (on(23), on(20), on(20))
    assert shift.after == {"1": 85.0, "3": 115.0}
    answer("acknowledge", 25, budgets={"1": 92.5, "3": 107.5})
    assert store.memory(on(26)).shifts[topic].after == {"1": 92.5, "3": 107.5}
    assert store.memory(on(22)).shifts[("convert-cpa", ("1", "2"))].after["1"] == 90.0


def test_a_step_at_a_platform_is_written_once_for_ever(store, at):
    """Asked, planned, sent and concluded once each by its key; the second is told so."""
    steps = [Event(at(23), "perfbot", f"applying.{step}", "a1", {"round": 1, "key": "1"})
             for step in ("ask", "plan", "send", "done")]  # fmt: skip
    assert [bool(store.log(step)) for step in (*steps, *steps)] == [True] * 4 + [False] * 4
    other_call = replace(steps[2], details={"round": 1, "key": "1:1"})
    other_advice = replace(steps[2], subject="a2")
    assert store.log(other_call)
    assert store.log(other_advice)
    answers = [replace(steps[2], kind="applying.answer") for _ in range(2)]
    assert all(store.log(answer) for answer in answers)
    assert len(store.events(subject="a1", kind="applying.")) == 7


def test_of_many_who_write_the_same_step_one_does(store, at):
    """Eight at once: one is told that it may make the call."""
    step = Event(at(23), "perfbot", "applying.send", "a1", {"round": 1, "key": "1:0"})
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda _: store.log(step), range(8)))
    assert sum(map(bool, won)) == 1


def test_events_beyond_a_number_are_counted(store, at):
    """All of them, or without kinds that begin with a word; none beyond the newest."""
    kinds = ("digest.queued", "advice.open", "digest.early", "digestive")
    numbers = [store.log(Event(at(24), "k", kind, "x")) for kind in kinds]
    assert store.count_events(numbers[0] - 1) == 4
    assert store.count_events(numbers[0] - 1, besides="digest.") == 2
    assert store.count_events(numbers[1], besides="digest.") == 1
    assert store.count_events(numbers[-1]) == 0
