"""An answer and what it changes are one: both happen, or neither; and each is said once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.advice import Advice
from bot.domain.replies import Edit, Reply, Said, Taken, ThreadLine
from bot.jobs.outbox import Outbox
from bot.jobs.settle import Settler
from bot.slack.base import Claimed
from bot.slack.post import NotNow
from bot.store.base import Outgoing
from bot.store.records import GivenAnswer


@pytest.fixture
def settle(store, slack, clock):
    outbox = Outbox(store, slack, clock)
    store.enqueue(
        [
            Outgoing("d", "digest", "C1", "Good morning", ()),
            Outgoing("a", "advice", "C1", "1. Move", (), parent="d", advice_id="a1"),
        ]
    )
    outbox.deliver()  # ts 1.0 and 2.0
    store.save_advice(
        [Advice("a1", "rule", "v1", ("c1",), "pause", "advise")],
        as_of=clock().date(),
        at=clock(),
    )
    return Settler(store, outbox, clock)


SAID = Said(
    Reply("Noted.", ()),
    (Edit("C1", "2.0", "Acknowledged", ()),),
    (ThreadLine("C1", "1.0", "Kari acknowledged 1.", ()),),
)
TAKEN = Taken(lambda: SAID, 7)


def test_edits_and_lines_are_delivered_at_once(settle, slack):
    """The message is edited, the line goes into the thread, before anybody looks again."""
    settle.follow(TAKEN)
    assert slack.posted[2:] == [("answer:7:update:0", "2.0"), ("answer:7:line:0", "1.0")]


def test_the_same_answer_says_nothing_twice(settle, slack):
    """Whoever makes good what was not said: the keys are the same."""
    settle.follow(TAKEN)
    settle.follow(TAKEN)
    assert len(slack.posted) == 4


def test_the_same_request_is_kept_once(settle):
    """Delivered again it is known, and its work is not done."""
    done = []
    assert settle.keep("event:1", lambda: done.append(1) or "kept") == Claimed(True, "kept")
    assert settle.keep("event:1", lambda: done.append(2) or "kept") == Claimed(False)
    assert done == [1]


def test_what_comes_to_nothing_claims_nothing(settle):
    """A line that was no answer may still be a question: the request is not used up."""
    assert settle.keep("event:1", lambda: None) == Claimed(True)
    assert settle.keep("event:1", lambda: "kept") == Claimed(True, "kept")


def test_nothing_said_is_nothing_sent(settle, slack):
    """An answer that came second changes nothing."""
    settle.follow(Taken(Said))
    assert len(slack.posted) == 2


def test_an_answer_that_fails_halfway_is_no_answer(settle, store, clock, slack):
    """What was written before the failure is taken back, the claim too."""

    def work():
        store.answer("a1", GivenAnswer("acknowledge", by="U1", at=clock()))
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        settle.keep("event:1", work)
    assert store.advice("a1").state == "open"
    assert settle.keep("event:1", lambda: "kept").new


def test_what_slack_does_not_take_now_comes_later(settle, slack, clock):
    """The answer stands; edit and line follow when Slack is back."""
    slack.fail = [NotNow("down"), NotNow("down")]
    settle.follow(TAKEN)
    assert len(slack.posted) == 2
    clock.now += timedelta(minutes=1)
    settle.outbox.deliver()
    assert [key for key, _ in slack.posted[2:]] == ["answer:7:update:0", "answer:7:line:0"]


def test_a_message_nobody_knows_is_not_edited(settle, slack):
    """A change to a message that is not ours is left out, not sent astray."""
    settle.follow(Taken(lambda: Said(None, (Edit("C1", "9.9", "x", ()),), ()), 8))
    assert len(slack.posted) == 2
