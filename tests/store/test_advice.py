from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.advice.types import Advice, Reason
from bot.errors import StoreError, UnknownName, UsageError
from bot.store.base import Event


@pytest.fixture
def save(store, at, on):
    return lambda day, *advice: store.save_advice(advice, as_of=on(day), at=at(day))


@pytest.fixture
def answer(store, at):
    return lambda verb, day=24, by="kari", advice_id="a1", **more: store.answer(
        advice_id, verb, by=by, at=at(day, 9), **more
    )


def kinds(store, subject="a1"):
    return [event.kind.removeprefix("advice.") for event in store.events(subject=subject)]


def test_advice_reads_back_equal(store, save):
    """Every field survives, tuples, days and missing numbers included."""
    given = Advice(
        id="é1",
        rule="r",
        rule_version="v",
        campaign_ids=("007", "google_ads:2"),
        action="shift_budget",
        severity="urgent",
        budgets={"007": 812.34},
        budgets_before={"007": 1e3},
        money_at_stake=0.1 + 0.2,
        currency="NOK",
        confidence=0.93,
        evidence={"007": {"spend.now": 1e-9, "cpa.now": None}},
        guards=("learning",),
        title="T",
        message="{{ name }} ≥ 3",
        reasons=(Reason("a > b", 1.0, None),),
        numbers={"name": "Brå", "days": (1, 2), "on": date(2026, 11, 1), "nested": {"x": [None]}},
        opened_on=date(2026, 11, 20),
        would_change=(Reason("c < d", None, 2.5),),
    )
    save(24, given)
    assert store.advice("é1").advice == given
    assert store.advice("nobody") is None


def test_new_advice_opens(store, save, advice, on):
    """Open, as of its morning, answered by nobody, with one event."""
    save(24, advice())
    record = store.advice("a1")
    assert (record.state, record.as_of, record.answered_by) == ("open", on(24), None)
    assert kinds(store) == ["open"]


def test_advice_still_true_is_refreshed_under_its_id(store, save, advice, on):
    """The same id, today's amounts, no new event."""
    save(23, advice(confidence=0.9))
    save(24, advice(confidence=0.95))
    assert store.advice("a1").advice.confidence == 0.95
    assert store.advice("a1").as_of == on(24)
    assert kinds(store) == ["open"]


def test_open_advice_no_longer_true_expires(store, save, advice):
    """With an event; what is still true stays open."""
    save(23, advice("a1"), advice("a2"))
    save(24, advice("a2"))
    assert [store.advice(one).state for one in ("a1", "a2")] == ["expired", "open"]
    assert kinds(store) == ["open", "expire"]


def test_answered_advice_keeps_its_state_and_its_amounts(store, save, answer, advice, on):
    """What was accepted is what will be measured, whatever the next mornings say."""
    save(23, advice(confidence=0.9))
    answer("acknowledge", 23)
    save(24, advice(confidence=0.5))
    record = store.advice("a1")
    assert (record.state, record.as_of, record.advice.confidence) == ("acknowledged", on(24), 0.9)
    save(25)
    assert store.advice("a1").state == "acknowledged"


def test_advice_that_returns_the_same_morning_opens_again(store, save, advice):
    """A morning judged again, after a late import, may change its mind both ways."""
    save(24, advice())
    save(24)
    save(24, advice())
    assert store.advice("a1").state == "open"
    assert kinds(store) == ["open", "expire", "reopen"]


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        ("acknowledge", "acknowledged"),
        ("progress", "in_progress"),
        ("dismiss", "dismissed"),
        ("snooze", "snoozed"),
    ],
)
def test_the_first_answer_wins(store, save, answer, advice, at, on, verb, state):  # noqa: PLR0917
    """The second loses and sees who was first; one event."""
    save(24, advice())
    won = answer(verb, until=on(27), reason="why")
    lost = answer(verb, by="ola", until=on(28))
    assert (won.won, lost.won) == (True, False)
    assert won.record == lost.record == store.advice("a1")
    assert (won.record.state, won.record.answered_by) == (state, "kari")
    assert (won.record.answered_at, won.record.reason) == (at(24, 9), "why")
    assert won.record.snoozed_until == (on(27) if verb == "snooze" else None)
    assert kinds(store) == ["open", verb]


def test_work_in_progress_may_be_finished_or_dismissed(save, answer, advice, on):
    """in_progress takes an acknowledgement or a dismissal, nothing else."""
    save(24, advice("a1"), advice("a2"))
    for one in ("a1", "a2"):
        assert answer("progress", advice_id=one).won
        assert not answer("snooze", advice_id=one, until=on(30)).won
    assert answer("acknowledge", advice_id="a1").won
    assert answer("dismiss", advice_id="a2").won


@pytest.mark.parametrize("verb", ["acknowledge", "progress", "dismiss", "snooze"])
def test_undo_reopens_any_answered(store, save, answer, advice, on, verb):  # noqa: PLR0917
    """Undone once, by one person; then it can be answered again."""
    save(24, advice())
    assert not answer("undo").won
    answer(verb, until=on(27), reason="r")
    assert answer("undo", by="ola").won
    assert not answer("undo", by="per").won
    record = store.advice("a1")
    assert (record.state, record.answered_by, record.snoozed_until, record.reason) == (
        "open",
        None,
        None,
        "",
    )
    assert answer("acknowledge").won


def test_a_late_answer_does_not_reopen_a_closed_item(store, save, answer, advice):
    """Expired advice stays expired, undo included."""
    save(23, advice())
    save(24)
    for verb in ("acknowledge", "progress", "dismiss", "undo"):
        late = answer(verb)
        assert (late.won, late.record.state) == (False, "expired")
    assert kinds(store) == ["open", "expire"]


def test_a_snooze_ends_on_its_morning(store, save, answer, advice, on):
    """Still true: open again, fresh. Not before its day."""
    save(23, advice(confidence=0.9))
    answer("snooze", 23, until=on(25))
    save(24, advice(confidence=0.8))
    assert store.advice("a1").state == "snoozed"
    save(25, advice(confidence=0.7))
    record = store.advice("a1")
    assert (record.state, record.snoozed_until, record.advice.confidence) == ("open", None, 0.7)
    assert kinds(store) == ["open", "snooze", "reopen"]


def test_a_snooze_over_advice_no_longer_true_expires(store, save, answer, advice, on):
    """Held back while it sleeps, gone when it would wake and has nothing to say."""
    save(23, advice())
    answer("snooze", 23, until=on(25))
    save(24)
    assert store.advice("a1").state == "snoozed"
    save(25)
    assert store.advice("a1").state == "expired"


def test_answers_that_make_no_sense_are_refused(answer, save, advice):
    """An unknown verb, an unknown id, a snooze without a day."""
    save(24, advice())
    with pytest.raises(UsageError, match="'nod' is no answer"):
        answer("nod")
    with pytest.raises(UsageError, match="needs a day"):
        answer("snooze")
    with pytest.raises(UnknownName, match="advice called 'a9'"):
        answer("undo", advice_id="a9")


def test_all_advice_by_state_and_by_morning(store, save, answer, advice, on):
    """Newest morning first, in the order it was saved."""
    save(22, advice("gone"))
    save(23, advice("b"), advice("a"))
    save(24, advice("c"), advice("b"), advice("a"))
    answer("acknowledge", advice_id="a")
    ids = lambda **more: [record.advice.id for record in store.all_advice(**more)]  # noqa: E731
    assert ids() == ["c", "b", "a", "gone"]
    assert ids(state="open") == ["c", "b"]
    assert ids(as_of=on(23)) == ["b", "a"]
    assert ids(as_of=on(24), state="acknowledged") == ["a"]
    assert ids(as_of=on(25)) == []


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
    for sql in (
        "UPDATE events SET actor = 'x'",
        "DELETE FROM events",
        "REPLACE INTO events SELECT * FROM events",
    ):
        with pytest.raises(StoreError, match="events are never"), store._db.writing() as db:
            db.conn.execute(sql)
    assert store.events() == [first, second]


def test_an_answer_and_its_event_are_one(store, save, answer, advice):
    """Where the rest of a transaction fails, neither the answer nor its event stays."""
    save(24, advice())
    with pytest.raises(RuntimeError), store.atomic():  # noqa: PT012
        assert answer("acknowledge").won
        raise RuntimeError
    assert store.advice("a1").state == "open"
    assert kinds(store) == ["open"]
