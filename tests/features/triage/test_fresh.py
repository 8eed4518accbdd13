"""What is queued is read again where something has come since it was written, and only there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.replies import Press
from bot.features.triage.posted import fresh, reads_now
from bot.jobs import morning
from bot.jobs.settle import answer_key
from bot.store.base import Outgoing
from bot.store.records import Event
from tests.office import MORNING, NOW


@pytest.fixture
def edit(world):
    """An edit of the digest's first card, written for the newest answer there is."""
    card = next(message for message in world.posted if message.kind == "advice")
    key = f"{answer_key(newest(world))}:update:0"
    return Outgoing(key, "update", card.channel, "as written", (), parent=card.key)


def newest(world):
    """The number of the newest event of the log."""
    return world.store.history(limit=1)[0].number


def test_an_edit_just_written_goes_out_as_written(world, edit):
    """The answer it follows is the newest event."""
    assert fresh(world.context, edit, newest(world)) == edit


def test_an_edit_is_read_again_once_something_else_happened(world, edit):
    """Another answer may have changed the card meanwhile."""
    world.store.log(Event(NOW, "U2", "plan.set", "x"))
    assert fresh(world.context, edit, newest(world)).text != "as written"


def test_an_edit_that_was_tried_before_is_read_again(world, edit):
    """Hours may lie between two attempts: a snooze ends without anybody's answer."""
    assert fresh(world.context, replace(edit, attempts=1), newest(world)).text != "as written"


@pytest.fixture
def late(world, renderers, rulebook):
    """A digest of another channel that is written and queued, and not out yet."""
    wanted = replace(world.subscription, id=0, channel="C9")
    subscription, clock = world.store.subscribe(wanted), world.context.clock
    messages = morning.digest(
        world.store, rulebook, renderers["en"], subscription, MORNING, clock=clock
    )
    world.store.enqueue(messages)
    return messages


def test_a_digest_that_goes_out_late_shows_what_was_answered_since(world, kari, late):
    """Its list ticks it off and its cards say so, as they would had it been out before."""
    parent, card, *_ = late
    world.desk.answer(Press(card.advice_id, "acknowledge"), kari)
    sent, shown = (fresh(world.context, message, 0) for message in (parent, card))
    assert "acknowledged" in str(sent.blocks)
    assert "acknowledged" not in str(parent.blocks)
    for number, message in enumerate((sent, shown), start=1):
        world.store.delivered(message.key, f"1796.{number:06}", message=message)
    for key in (parent.key, card.key):
        posted_message = world.store.outgoing(key)
        now = reads_now(world.context, posted_message)
        assert (now.text, list(now.blocks)) == (posted_message.text, list(posted_message.blocks))


def test_a_digest_nobody_answered_goes_out_as_it_was_written(world, late):
    """Nothing of it is worded again."""
    assert fresh(world.context, late[0], 0) == late[0]


def test_an_edit_without_words_of_what_cannot_change_leaves_it_as_it_is(world):
    """A line, or a digest without a list, is edited into itself."""
    plain = Outgoing("plain", "digest", "C1", "All is well.", ({"type": "divider"},))
    world.store.enqueue([plain])
    world.store.delivered(plain.key, "1797.000001")
    edit = fresh(world.context, Outgoing("e", "update", "C1", "", (), plain.key), 0)
    assert (edit.text, list(edit.blocks)) == (plain.text, list(plain.blocks))
