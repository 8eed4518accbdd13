"""The outbox neither loses nor doubles, whatever happens in between."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from bot.jobs.outbox import ATTEMPTS, Couriers, Outbox
from bot.slack.post import NotNow, ThreadGone, Undeliverable
from bot.store.base import Outgoing

PARENT = Outgoing("p", "digest", "C1", "Good morning", ())
CHILD = Outgoing("c", "advice", "C1", "1. Move", (), parent="p", advice_id="a1")


@pytest.fixture
def outbox(store, slack, clock):
    return Outbox(store, slack, clock)


def test_a_parent_goes_before_its_thread(outbox, store, slack):
    """Whatever the order of writing, the thread hangs under a posted parent."""
    store.enqueue([PARENT, CHILD])
    assert outbox.deliver() == 2
    assert slack.posted == [("p", ""), ("c", "1.0")]
    assert store.outgoing("c").ts == "2.0"
    assert outbox.deliver() == 0


def test_a_message_not_taken_is_tried_again_later(outbox, store, slack, clock):
    """Slack asks to wait 40 seconds: nothing before, the message after, once."""
    store.enqueue([PARENT, CHILD])
    slack.fail = [NotNow("Slack asked to wait.", wait=40)]
    outbox.deliver()
    clock.wait(seconds=39)
    assert outbox.deliver() == 0
    clock.wait(seconds=2)
    outbox.deliver()
    clock.wait(minutes=2)
    outbox.deliver()
    assert slack.posted == [("p", ""), ("c", "1.0")]


def test_a_post_whose_answer_was_lost_is_found_not_repeated(outbox, store, slack, clock):
    """Slack took it, the answer got lost: the next attempt recognises it by its key."""
    store.enqueue([PARENT])
    slack.post("p")
    slack.fail = [NotNow("Slack did not answer.")]
    outbox.deliver()
    clock.wait(minutes=1)
    outbox.deliver()
    assert slack.keys == ["p"]
    assert store.outgoing("p").ts == "1.0"


def test_a_crash_between_lease_and_post_is_made_good(outbox, store, slack, clock):
    """A process that died with a lease: when it runs out, another one looks and posts once."""
    store.enqueue([PARENT])
    store.due(clock(), lease=120)  # and then the process is gone
    clock.wait(hours=1)  # whatever the clock of whoever comes next says
    assert outbox.deliver() == 0
    lapse(store)
    assert outbox.deliver() == 1
    assert slack.looked_for == ["p"]
    assert slack.keys == ["p"]


def test_a_crash_between_post_and_note_is_recognised(outbox, store, slack, clock):
    """A process that died after posting: nobody posts it again."""
    store.enqueue([PARENT])
    store.due(clock(), lease=120)
    slack.post("p")
    lapse(store)
    outbox.deliver()
    assert slack.keys == ["p"]
    assert store.outgoing("p").state == "sent"


def test_what_slack_will_never_take_is_given_up_with_its_thread(outbox, store, slack, clock):
    """A channel that is gone: parent and thread are failed, others go on."""
    store.enqueue([PARENT, CHILD, replace(PARENT, key="other", channel="C2")])
    slack.fail = [Undeliverable("channel_not_found")]
    outbox.deliver()
    clock.wait(hours=1)
    outbox.deliver()
    assert slack.keys == ["other"]
    assert store.outgoing("p").state == "failed"
    assert store.outgoing("c").state != "sent"


def test_a_message_that_breaks_us_holds_up_nobody(outbox, store, slack, clock):
    """An unexpected error costs its message a wait, the next one nothing."""
    store.enqueue([PARENT, replace(PARENT, key="other")])
    slack.fail = [RuntimeError("a bug")]
    outbox.deliver()
    assert slack.keys == ["other"]
    clock.wait(minutes=1)
    outbox.deliver()
    assert slack.keys == ["other", "p"]


def test_nobody_tries_for_ever(outbox, store, slack, clock):
    """After a day and a half of refusals a message is failed."""
    store.enqueue([PARENT])
    for _ in range(ATTEMPTS - 1):  # as many refusals, without waiting for Slack's pace
        store.due(clock(), lease=1.0, limit=1)
        store.failed("p", "no", retry_at=clock())
    slack.fail = [NotNow("no")] * 3
    outbox.deliver()
    assert store.outgoing("p").state == "waiting"
    clock.wait(hours=1)
    outbox.deliver()
    assert store.outgoing("p").state == "failed"


def test_a_stale_message_is_not_posted(store, slack, clock):
    """Yesterday's digest left in the outbox stays there."""
    outbox = Outbox(store, slack, clock, stale=lambda *_: "The morning is over.")
    store.enqueue([PARENT, CHILD])
    outbox.deliver()
    clock.wait(hours=1)
    outbox.deliver()
    assert slack.posted == []
    assert store.outgoing("p").error == "The morning is over."


def test_an_edit_leaves_its_message_findable(outbox, store, slack):
    """The ts of an edited message still means the message, not the edit."""
    store.enqueue([PARENT])
    outbox.deliver()
    store.enqueue([Outgoing("u", "update", "C1", "Done", (), parent="p")])
    outbox.deliver()
    assert slack.posted == [("p", ""), ("u", "1.0")]
    assert store.find_message("C1", "1.0").key == "p"


def test_a_line_under_advice_goes_into_the_digests_thread(outbox, store, slack):
    """Slack's threads are one deep."""
    store.enqueue([PARENT, CHILD])
    outbox.deliver()
    store.enqueue([Outgoing("l", "line", "C1", "Kari did", (), parent="c")])
    outbox.deliver()
    assert slack.posted[-1] == ("l", "1.0")


def test_edits_of_one_message_keep_their_order(outbox, store, slack, clock):
    """An edit that has to wait holds back the one after it: the last word stays the last."""
    store.enqueue([PARENT])
    outbox.deliver()
    store.enqueue([Outgoing("u1", "update", "C1", "Acknowledged", (), parent="p")])
    slack.fail = [NotNow("no", wait=60)]
    outbox.deliver()
    store.enqueue([Outgoing("u2", "update", "C1", "Open again", (), parent="p")])
    outbox.deliver()
    clock.wait(seconds=61)
    outbox.deliver()
    assert slack.keys == ["p", "u1", "u2"]


def test_what_people_wait_for_goes_before_what_comes_by_itself(outbox, store, slack):
    """Two hundred digests are queued when somebody answers: their edit and line go out next."""
    store.enqueue([PARENT, CHILD])
    outbox.deliver()
    store.enqueue([replace(PARENT, key=f"d{n}", channel=f"D{n}") for n in range(200)])
    store.enqueue([
        Outgoing("u", "update", "C1", "Done", (), parent="c"),
        Outgoing("l", "line", "C1", "Kari did", (), parent="c"),
    ])  # fmt: skip
    outbox.deliver()
    assert slack.keys[2:4] == ["u", "l"]
    assert len(slack.keys) == 204


def test_one_channels_limit_holds_up_no_other(outbox, store, slack, clock):
    """Slack asks to wait in one channel: the other channel's digest goes out meanwhile."""
    store.enqueue([PARENT, replace(PARENT, key="p2"), replace(PARENT, key="o", channel="C2")])
    slack.fail = [NotNow("Slack asked to wait.", wait=30)]
    outbox.deliver()
    assert slack.keys == ["o"]
    clock.wait(seconds=31)
    outbox.deliver()
    assert slack.keys == ["o", "p", "p2"]


def test_a_channel_gets_no_more_than_slack_takes(outbox, store, slack):
    """Past a burst one message a second; what goes to other channels does not wait for it."""
    store.enqueue([replace(PARENT, key=f"a{n}") for n in range(10)])
    store.enqueue([replace(PARENT, key="b", channel="C2")])
    outbox.deliver()
    assert sorted(slack.keys) == sorted([*(f"a{n}" for n in range(10)), "b"])
    assert slack.keys.index("b") < 10  # before the last of the other channel's


def edits(count):
    """A message that is out, and edits of it."""
    return [replace(PARENT, key=f"e{n}", kind="update", parent="p") for n in range(count)]


@pytest.fixture
def looks(store, monkeypatch):
    """The channels left out of each look for what is due."""
    busy, due = [], store.due

    def looking(*values, **named):
        busy.append(named["busy"])
        return due(*values, **named)

    monkeypatch.setattr(store, "due", looking)
    return busy


def test_who_saw_all_that_was_due_does_not_look_again(outbox, store, slack, looks):
    """Not even where a channel has had its share by now: nothing else waited for its second."""
    store.enqueue([PARENT, *(replace(PARENT, key=f"a{n}") for n in range(7))])
    outbox.deliver()
    looks.clear()
    store.enqueue([*edits(1), replace(PARENT, key="l", kind="line", parent="p")])
    assert outbox.deliver() == 2
    assert looks == [()]


def test_more_edits_than_are_leased_together_go_out_at_once(outbox, store, slack):
    """What a lease has no room for does not wait until something else is queued."""
    store.enqueue([PARENT])
    outbox.deliver()
    store.enqueue(edits(20))
    assert outbox.deliver() == 20


def test_a_thread_that_was_deleted_ends_all_that_was_to_go_into_it(outbox, store, slack, clock):
    """One look tells: the other messages of the thread are not tried one by one."""
    store.enqueue([PARENT])
    outbox.deliver()
    store.enqueue([replace(CHILD, key=f"c{n}", advice_id=f"a{n}") for n in range(5)])
    slack.fail = [ThreadGone("Its thread is gone.", reason="thread_not_found")] * 5
    lost = []
    outbox.lost = lambda message, why: lost.append((message.key, why))
    outbox.deliver()
    assert [store.outgoing(f"c{n}").state for n in range(5)] == ["failed"] * 5
    assert lost == [("c0", "thread_not_found")]
    assert len(slack.fail) == 4


def test_a_message_for_a_channel_that_is_away_comes_when_it_is_back(outbox, store, slack, clock):
    """Not in the channel: tried every few minutes, and whoever wants to know is told."""
    held = []
    outbox.held = lambda message, why: held.append((message.key, why))
    store.enqueue([PARENT, CHILD])
    slack.fail = [NotNow("away", wait=300, reason="not_in_channel")] * 2
    for _ in range(3):
        outbox.deliver()
        clock.wait(minutes=6)
    assert held == [("p", "not_in_channel")] * 2
    assert slack.keys == ["p", "c"]


def lapse(store):
    """Let the time of every lease be up, as the database's clock would."""
    with store.engine.writing() as db:
        db.run("UPDATE outbox SET leased_until = '2026-01-01' WHERE state = 'sending'")


def answered(store, outbox):
    """A digest and its card are out; the edits of both and a line are queued."""
    store.enqueue([PARENT, CHILD])
    outbox.deliver()
    store.enqueue([
        Outgoing("e", "update", "C1", "Done", (), parent="c"),
        Outgoing("d", "update", "C1", "Good morning", (), parent="p"),
        Outgoing("l", "line", "C1", "Kari did", (), parent="p"),
    ])  # fmt: skip


def test_a_crash_in_the_middle_of_an_answers_messages_is_made_good(outbox, store, slack, clock):
    """Three were leased together and the line was posted, not noted: it is not posted again."""
    answered(store, outbox)
    assert len(store.due(clock(), lease=40, limit=8, together=True).messages) == 3
    slack.post("l", "1.0")  # and then the process is gone
    assert outbox.deliver() == 0
    lapse(store)
    assert outbox.deliver() == 3
    assert sorted(slack.keys) == ["c", "d", "e", "l", "p"]
    assert slack.looked_for == ["e", "d", "l"]


def test_what_stands_behind_a_failed_edit_waits_for_no_lease(outbox, store, slack, clock):
    """The card's edit is tried again later; the digest's edit and line go out at once."""
    answered(store, outbox)
    slack.fail = [NotNow("Slack did not answer.")]
    assert outbox.deliver() == 2
    assert slack.keys == ["p", "c", "d", "l"]
    clock.wait(minutes=1)
    assert outbox.deliver() == 1
    assert store.outgoing("l").attempts == 0


def test_what_is_queued_while_others_go_out_goes_out_too(store, slack, clock):
    """The last look is spared only where nobody has queued anything since."""
    outbox = Outbox(store, slack, clock, fresh=lambda message, _: again(message))

    def again(message):
        if message.key == "l" and store.outgoing("m") is None:
            store.enqueue([Outgoing("m", "line", "C1", "Ola too", (), parent="p")])
            outbox.wake = lambda: None
            outbox.nudge()
        return message

    answered(store, outbox)
    outbox.deliver()
    assert slack.keys == ["p", "c", "e", "d", "l", "m"]


def test_couriers_deliver_what_is_queued_and_stop(outbox, store, slack):
    """Woken by a nudge they deliver; stopped they deliver nothing more."""
    couriers = Couriers(outbox)
    couriers.start()
    store.enqueue([PARENT, CHILD])
    outbox.nudge()
    end = time.monotonic() + 20
    while store.outgoing("c").state != "sent" and time.monotonic() < end:
        time.sleep(0.02)
    couriers.stop()
    assert slack.posted == [("p", ""), ("c", "1.0")]
    store.enqueue([replace(PARENT, key="late")])
    assert store.outgoing("late").state == "waiting"
