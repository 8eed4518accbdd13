"""A queued edit is read again where something has come since it was written, and only there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.features.triage.posted import fresh
from bot.jobs.settle import answer_key
from bot.store.base import Outgoing
from bot.store.records import Event
from tests.office import NOW


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
