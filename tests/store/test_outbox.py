from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.store.base import Event, Outgoing


@pytest.fixture
def message():
    def make(key, parent="", kind="", **more):
        kind = kind or ("advice" if parent else "digest")
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "ærlig"}}]
        return Outgoing(key, kind, more.pop("channel", "C1"), f"text {key}", blocks, parent, **more)

    return make


@pytest.fixture
def due(store, at):
    def keys(minute=0, **more):
        return [one.key for one in store.due(at(24, 7, minute), **more).messages]

    return keys


@pytest.fixture
def posted(store, due, message):
    """A digest with two pieces of advice in its thread, delivered."""
    store.enqueue(
        [
            message("d"),
            message("1", "d", advice_id="a1", item=1),
            message("2", "d", advice_id="a2", item=2),
        ]
    )
    due()
    store.delivered("d", "1.0")
    due()
    store.delivered("1", "1.1")
    store.delivered("2", "1.2")


def lapse(store):
    """Let the time of every lease be up, as the database's clock would."""
    past = "2026-01-01T00:00:00.000000+00:00"
    with store.engine.writing() as db:
        db.run("UPDATE outbox SET leased_until = ? WHERE state = 'sending'", [past])


def test_a_message_reads_back(store, message, at):
    """As it was written, waiting, with its place in the order."""
    given = message("k", advice_id="a", item=2, not_before=at(25))
    store.enqueue([given])
    assert store.outgoing("k") == replace(given, number=1)
    assert store.outgoing("other") is None


def test_a_key_already_there_is_left_alone(store, message):
    """Writing the same digest again neither doubles nor changes it."""
    store.enqueue([message("k")])
    store.enqueue([replace(message("k"), text="other"), message("l")])
    assert store.outgoing("k").text == "text k"
    assert store.outgoing("l").state == "waiting"


def test_a_parent_comes_before_its_children(store, due, message, at):
    """A child is due only once its parent is sent, and in order."""
    store.enqueue([message("2", "d"), message("d"), message("1", "d")])
    assert due() == ["d"]
    assert due() == []
    store.delivered("d", "1.0")
    first, second = store.due(at(24)).messages
    assert [first.key, second.key] == ["2", "1"]
    assert (first.state, first.thread_ts) == ("sending", "1.0")


def test_a_message_may_wait_for_its_time(store, due, message, at):
    """Nothing goes out before not_before."""
    store.enqueue([message("k", not_before=at(24, 7, 30))])
    assert due(29) == []
    assert due(30) == ["k"]


def test_a_lease_keeps_others_away_until_it_runs_out(store, at, message):
    """A crash between lease and delivery: it comes again, and says so."""
    store.enqueue([message("k")])
    (first,) = store.due(at(24), lease=600).messages
    assert first.attempts == 0
    assert store.due(at(24)).messages == ()
    lapse(store)
    (again,) = store.due(at(24)).messages
    assert (again.key, again.attempts) == ("k", 1)


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_lease_is_timed_by_the_database_not_by_who_sends(store, at, message, hours):
    """A process whose clock stands hours ahead or behind takes nothing that is under way."""
    store.enqueue([message("k")])
    (leased,) = store.due(at(24), lease=600).messages
    assert store.due(at(24) + timedelta(hours=hours)).messages == ()
    assert not store.waits(at(24) + timedelta(hours=hours), ["C1"])
    real = datetime.now(UTC)  # of this machine, as the database's
    assert timedelta(minutes=9) < leased.leased_until - real < timedelta(minutes=11)


def test_what_is_delivered_is_never_due_again(store, due, message):
    """Also where a second process believed it had failed."""
    store.enqueue([message("k")])
    due()
    store.delivered("k", "1.0")
    store.failed("k", "late", retry_at=None)
    store.delivered("k", "9.9")
    assert due(59) == []
    assert (store.outgoing("k").state, store.outgoing("k").ts) == ("sent", "1.0")


def test_a_failure_is_tried_again_at_its_time(store, due, message, at):
    """With one attempt more, and the error kept."""
    store.enqueue([message("k")])
    due()
    store.failed("k", "ratelimited", retry_at=at(24, 7, 5))
    assert due(4) == []
    assert due(5) == ["k"]
    found = store.outgoing("k")
    assert (found.attempts, found.error) == (1, "ratelimited")


def test_what_cannot_be_posted_takes_its_thread_with_it(store, due, message):
    """A digest given up on leaves no child waiting for ever."""
    store.enqueue([message("d"), message("1", "d"), message("line", "1"), message("other")])
    due()
    store.failed("d", "channel_not_found", retry_at=None)
    assert [store.outgoing(key).state for key in ("d", "1", "line")] == ["failed"] * 3
    assert store.outgoing("line").error == "Its parent was never posted."
    lapse(store)
    assert due(59) == ["other"]


def test_a_thread_keeps_its_order_while_one_is_tried_again(store, posted, due, message, at):
    """An older edit never overtakes a newer one."""
    store.enqueue([message("u1", "1", kind="update"), message("u2", "1", kind="update")])
    assert due(limit=1) == ["u1"]
    store.failed("u1", "later", retry_at=at(24, 7, 9))
    assert due(5) == []
    assert due(9) == ["u1", "u2"]


def test_another_thread_does_not_wait(store, posted, due, message, at):
    """Only the same parent's messages keep each other's order."""
    store.enqueue([message("u1", "1", kind="update"), message("u2", "2", kind="update")])
    due(limit=1)
    store.failed("u1", "later", retry_at=at(24, 8))
    assert due(5) == ["u2"]


def test_an_update_edits_the_message_it_is_about(store, posted, due, message, at):
    """Its thread_ts is the timestamp of the message to edit; a line's is the thread's."""
    store.enqueue([message("u", "1", kind="update"), message("line", "1", kind="line")])
    edit, line = store.due(at(24, 7, 3)).messages
    assert (edit.thread_ts, line.thread_ts) == ("1.1", "1.0")


def test_what_is_posted_together_is_a_channels_edits_and_its_next_line(store, posted, message, at):
    """A second line, another channel's edit and whatever comes by itself stay for others."""
    store.enqueue([message("d2", channel="C2")])
    store.delivered("d2", "2.0")
    store.enqueue(
        [
            message("e1", "1", kind="update"),
            message("o", "d2", kind="update", channel="C2"),
            message("e2", "2", kind="update"),
            message("l1", "1", kind="line"),
            message("l2", "d", kind="line"),
            message("d3"),
        ]
    )
    batches = [store.due(at(24, 7, 3), limit=9, together=True) for _ in range(4)]
    keys = [[each.key for each in batch.messages] for batch in batches]
    assert keys == [["e1", "e2", "l1"], ["o"], ["l2"], ["d3"]]
    assert [batch.more for batch in batches] == [True, True, True, False]


def test_what_was_leased_and_not_tried_is_due_again_at_once(store, posted, message, at):
    """It counts as no attempt."""
    store.enqueue([message("e", "1", kind="update"), message("l", "1", kind="line")])
    batch = store.due(at(24, 7, 3), lease=60, together=True)
    store.delivered("e", "")
    store.put_back(batch.messages)
    (line,) = store.due(at(24, 7, 3)).messages
    assert (line.key, line.attempts) == ("l", 0)
    assert store.outgoing("e").state == "sent"


def test_nobody_puts_back_what_another_has_by_now(store, posted, due, message, at):
    """Whoever was slow has lost the lease: the other's stands."""
    store.enqueue([message("l", "1", kind="line")])
    slow = store.due(at(24, 7, 3), lease=0)
    (other,) = store.due(at(24, 7, 5), lease=600).messages
    assert other.attempts == 1
    store.put_back(slow.messages)
    assert due(6) == []


def test_what_is_due_comes_with_what_its_courier_must_know(store, posted, message, at):
    """How far the log is, and whether the channel was away or the token taken back."""
    store.log(Event(at(24), "U1", "plan.set", "x"))
    (newest,) = store.history(limit=1)
    store.enqueue([message("l", "1", kind="line")])
    troubles = []
    for user, name in (("channel:C1", "away"), ("slack", "revoked"), ("channel:C2", "away")):
        store.set_preference(user, **{name: "so"})
        due = store.due(at(24, 7, 3))
        troubles.append((due.last_event, due.troubled))
        store.put_back(due.messages)
        store.set_preference(user, **{name: ""})
    assert troubles == [(newest.number, True), (newest.number, True), (newest.number, False)]


def test_an_edit_is_out_and_its_message_says_what_it_says(store, posted, message):
    """One statement for both: the card's words change, its ts and state stay."""
    store.enqueue([message("e", "1", kind="update")])
    store.delivered("e", "", message=replace(message("e", "1", kind="update"), text="answered"))
    card, edit = store.outgoing("1"), store.outgoing("e")
    assert (card.text, card.state, card.ts) == ("answered", "sent", "1.1")
    assert (edit.text, edit.state, edit.ts) == ("text e", "sent", "")


def test_the_threads_of_advice_are_read_whole(store, posted, due, message):
    """Digest, cards and lines of each thread that shows it, from whichever channel; no others."""
    store.enqueue([message("l", "1", kind="line"), message("e", "1", kind="update")])
    store.enqueue([message("d2", channel="C2"), message("x", "d2", channel="C2", advice_id="a1")])
    store.enqueue([message("d3"), message("y", "d3", advice_id="a3")])
    for number, key in enumerate(("l", "e", "d2", "x", "d3", "y")):
        store.delivered(key, f"3.{number}")
    keys = [each.key for each in store.threads_of("a1")]
    assert keys == ["d", "1", "2", "l", "d2", "x"]
    assert store.threads_of("a1")[3] == store.find_message("C1", "3.0")
    assert store.threads_of("none") == []


def test_messages_are_found_by_what_slack_knows(store, posted, due, message):
    """By channel and timestamp; edits and lines do not pose as the advice."""
    store.enqueue(
        [
            message("u", "1", kind="update", advice_id="a1"),
            message("line", "1", kind="line", advice_id="a1"),
        ]
    )
    due(3)
    store.delivered("u", "1.1")
    store.delivered("line", "1.3")
    assert store.find_message("C1", "1.1").key == "1"
    assert store.find_message("C1", "9") is None
    assert store.find_message("C2", "1.1") is None
    assert [one.key for one in store.messages_of("a1")] == ["1"]


def test_a_thread_has_its_parent_first_and_its_lines(store, posted, due, message):
    """All delivered messages of a thread, whatever they answer to; edits are none."""
    store.enqueue(
        [message("u", "1", kind="update"), message("line", "1", kind="line"), message("3", "d")]
    )
    assert [one.key for one in store.thread("C1", "1.0")] == ["d", "1", "2"]
    due(3)
    for key, ts in (("u", "1.1"), ("line", "1.3")):
        store.delivered(key, ts)
    assert [one.key for one in store.thread("C1", "1.0")] == ["d", "1", "2", "line"]
    assert store.thread("C1", "1.1") == []
    assert store.thread("C2", "1.0") == []


def test_a_batch_is_bounded(store, due, message):
    """No more than asked for, in order of writing."""
    store.enqueue([message(str(number)) for number in range(5)])
    assert [due(limit=2), due(limit=2), due(limit=2)] == [["0", "1"], ["2", "3"], ["4"]]


def test_what_people_wait_for_is_due_first(store, posted, due, message):
    """Edits and lines before digests, in whatever order they were written."""
    store.enqueue([message("e"), message("u", "1", kind="update"), message("l", "1", kind="line")])
    assert due() == ["u", "l", "e"]


def test_a_busy_channel_gets_edits_only(store, posted, due, message, at):
    """Slack takes a message a second into a channel; an edit is none."""
    store.enqueue([message("e"), message("f", channel="C2"), message("u", "1", kind="update")])
    assert store.waits(at(24, 8), ["C1"])
    assert not store.waits(at(24, 8), ["C3"])
    assert due(busy=["C1", "C9"]) == ["u", "f"]
    assert due(busy=["C1"]) == []
    assert due() == ["e"]
    assert not store.waits(at(24, 7), ["C1"])


def test_what_a_message_says_now_is_kept_with_it(store, posted, due, message):
    """An edit that is out is what its message says from then on."""
    store.enqueue([message("u", "1", kind="update")])
    due()
    store.delivered("u", "", message=replace(message("u", "1", kind="update"), text="Done"))
    assert store.outgoing("1").text == "Done"
    assert store.outgoing("u").state == "sent"


def test_threads_are_found_by_when_they_were_posted(store, due, message, at):
    """Digests and urgent news since a moment of Slack's time, not what stands in them."""
    for key, kind in (("old", "digest"), ("new", "digest"), ("now", "urgent"), ("line", "line")):
        store.enqueue([message(key, kind=kind)])
    due()
    for step, key in enumerate(("old", "new", "now", "line")):
        store.delivered(key, f"{at(24, 7, step).timestamp():.6f}")
    assert [each.key for each in store.posted_since(at(24, 7, 1))] == ["new", "now"]
