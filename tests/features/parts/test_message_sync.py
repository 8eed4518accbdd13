"""The digest is edited as people answer, in every form, and says what is no longer true."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blockkit import validate
from bot.domain.replies import Press
from bot.jobs import morning

FORMS = {"daily": {}, "weekly": {"form": "weekly"}, "monthly": {"form": "monthly", "day": 23}}


def posted(world, renderers, rulebook, form):
    """A digest of a form, delivered to a channel of its own."""
    wanted = replace(world.subscription, id=0, channel="C9", filters=FORMS[form])
    kept = world.store.subscribe(wanted)
    clock = world.context.clock
    day = clock().date()
    made = morning.digest(world.store, rulebook, renderers["en"], kept, day, clock=clock)
    world.store.enqueue(made)
    for number, message in enumerate(made, start=1):
        world.store.delivered(message.key, f"1796.{number:06}")
    return [world.store.outgoing(each.key) for each in made]


@pytest.mark.parametrize("form", FORMS)
def test_an_answer_edits_the_digest_itself(world, kari, renderers, rulebook, form):
    """Its list ticks what was answered; every other block stays as it was."""
    parent, first, *_ = posted(world, renderers, rulebook, form)
    said = world.desk.answer(Press(first.advice_id, "acknowledge"), kari)
    change = next(each for each in said.changes if each.ts == parent.ts)
    assert "acknowledged" in str(change.blocks)
    assert validate(list(change.blocks)) == []
    before = [block for block in parent.blocks if not block.get("block_id")]
    assert [block for block in change.blocks if not block.get("block_id")] == before
    undone = world.desk.answer(Press(first.advice_id, "undo"), kari)
    again = next(each for each in undone.changes if each.ts == parent.ts)
    assert list(again.blocks) == list(parent.blocks)
    assert again.text == parent.text


def test_when_everything_is_answered_the_first_line_says_so(world, kari):
    """The conclusion of the message is no longer what to do."""
    for item in world.items:
        said = world.desk.answer(Press(item.advice_id, "dismiss"), kari)
    change = next(each for each in said.changes if each.ts == world.digest.ts)
    assert "Nothing new to do" in change.text


def test_advice_whose_cause_is_gone_says_so(world, rulebook):
    """Open advice that is no longer true is edited, ticked off, and said once."""
    clock, item = world.context.clock, world.items[0]
    later = clock().date() + timedelta(40)
    morning.refresh(world.store, rulebook, later, clock=clock)
    assert world.store.advice(item.advice_id).state == "expired"
    due = world.store.due(clock(), limit=1000).messages
    lines = [each for each in due if each.kind == "line"]
    assert len(lines) == len({each.advice_id for each in world.items})
    assert all("No longer true" in each.text for each in lines)
    cards = [each for each in due if each.kind == "update" and each.parent == item.key]
    assert "No longer true" in str(world.desk.fresh(cards[-1], 0).blocks)
    morning.refresh(world.store, rulebook, later, clock=clock)
    assert world.store.due(clock(), limit=1000).messages == ()


@pytest.mark.parametrize("form", ["weekly", "monthly"])
@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_week_and_the_month_have_their_own_days(world, renderers, rulebook, form, language):
    """The days they are about stand beside those they are compared with."""
    kept = replace(world.subscription, filters=FORMS[form], language=language)
    clock = world.context.clock
    made = morning.digest(
        world.store, rulebook, renderers[language], kept, clock().date(), clock=clock
    )
    assert validate(list(made[0].blocks)) == []
    opens = {"weekly": ("Week 47", "Uke 47"), "monthly": ("October", "Oktober")}
    assert made[0].text.startswith(opens[form][language == "nb"])
