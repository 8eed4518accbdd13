from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal

import pytest

from bot.domain.advice import Advice, Reason
from bot.errors import UnknownName, UsageError
from bot.store.advice_life import ADVICE


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
        money_at_stake=Decimal("0.30"),
        stake_low=Decimal("0.05"),
        stake_high=Decimal("0.99"),
        stake_kind="expected",
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
def test_the_first_answer_wins(store, save, answer, advice, at, on, verb, state):
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


def test_an_answer_to_a_record_read_before_still_has_one_winner(store, save, answer, advice, on):
    """As long as it stands as it was read it is not read again; else it is, and decides anew."""
    save(24, advice())
    standing = store.advice("a1")
    working = answer("progress", standing=standing)
    done = answer("acknowledge", by="ola", standing=standing)
    late = answer("snooze", by="eva", until=on(27), standing=standing)
    assert [each.won for each in (working, done, late)] == [True, True, False]
    assert done.record == late.record == store.advice("a1")
    events = store.events(subject="a1")[1:]
    assert [event.details["from"] for event in events] == ["open", "in_progress"]
    assert [each.event for each in (working, done)] == [event.number for event in events]


def test_work_in_progress_may_be_finished_or_dismissed(save, answer, advice, on):
    """in_progress takes an acknowledgement or a dismissal, nothing else."""
    save(24, advice("a1"), advice("a2"))
    for one in ("a1", "a2"):
        assert answer("progress", advice_id=one).won
        assert not answer("snooze", advice_id=one, until=on(30)).won
    assert answer("acknowledge", advice_id="a1").won
    assert answer("dismiss", advice_id="a2").won


@pytest.mark.parametrize("verb", ["acknowledge", "progress", "dismiss", "snooze"])
def test_undo_reopens_any_answered(store, save, answer, advice, on, verb):
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
    assert ids(state=("open", "acknowledged")) == ["c", "b", "a"]
    assert ids(as_of=on(23)) == ["b", "a"]
    assert ids(as_of=on(24), state="acknowledged") == ["a"]
    assert ids(as_of=on(25)) == []


def test_a_morning_elsewhere_does_not_undo_a_later_one(store, save, advice, on):
    """Where a subscription's zone is still a day behind, nothing newer is expired or made older."""
    save(24, advice("a1", confidence=0.9))
    save(23, advice("a2"))
    save(23, advice("a1", confidence=0.1), advice("a2"))
    record = store.advice("a1")
    assert (record.state, record.as_of, record.advice.confidence) == ("open", on(24), 0.9)
    assert store.advice("a2").state == "open"


def test_advice_stored_before_money_was_exact_still_reads():
    """An amount that was a number, and no range: read as it was, of no kind we know."""
    fields = asdict(Advice("a1", "r", "v", ("c1",), "check_spend", "advise"))
    older = {name: fields[name] for name in fields if not name.startswith("stake_")}
    advice = ADVICE.validate_python({**older, "money_at_stake": 1680.5})
    assert advice.money_at_stake == Decimal("1680.5")
    assert (advice.stake_low, advice.stake_high, advice.stake_kind) == (None, None, "")
