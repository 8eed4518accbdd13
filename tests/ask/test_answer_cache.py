"""An answer is rendered once, and never told a moment longer than what it rests on stands."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest

from bot.ask import Asker
from bot.domain.replies import Press, Reply
from bot.jobs import morning
from bot.slack.say import shared
from bot.snapshot.boards import again
from bot.store.base import Pull

QUESTIONS = (
    *("", "advice", "channel google", "channel google 2026-11-09..2026-11-15"),
    *("campaign generic", "why google cpa", "compare google meta", "stage convert"),
)
NORWEGIAN = Asker("U1", "C1", "nb", "Europe/Oslo")


def rendered(world, monkeypatch):
    """Templates as they are rendered from now on."""
    seen = []
    for each in world.context.renderers.values():
        own = each.render
        monkeypatch.setattr(
            each, "render", lambda name, _own=own, **more: seen.append(name) or _own(name, **more)
        )
    return seen


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_question_is_rendered_once(world, kari, ola, monkeypatch, question):
    """By whoever asks it, in one language; another language is rendered for itself."""
    first = world.desk.ask(question, kari)
    seen = rendered(world, monkeypatch)
    assert world.desk.ask(question, ola) == first
    assert seen == []
    assert world.desk.ask(question, NORWEGIAN).blocks != first.blocks
    assert seen


def test_an_answer_given_is_told_at_once(world, kari, ola):
    """The list says what was acknowledged, by whom; undone, it is the list it was."""
    before = world.desk.ask("advice", kari)
    given = world.items[0].advice_id
    world.desk.answer(Press(given, "acknowledge"), ola)
    after = world.desk.ask("advice", kari)
    assert "Ola" in str(after.blocks)
    assert after.blocks != before.blocks
    world.store.set_preference("U2", name="Ola Nordmann")
    assert "Ola Nordmann" in str(world.desk.ask("advice", kari).blocks)
    world.desk.answer(Press(given, "undo"), ola)
    assert world.desk.ask("advice", kari).blocks == before.blocks


@pytest.mark.parametrize("question", ["channel google", "campaign generic", "why google cpa"])
def test_new_numbers_are_told_when_they_are_judged(world, kari, rulebook, question):
    """Restated spend is in the next answer."""
    before = world.desk.ask(question, kari)
    day = world.context.today(kari)
    rows = world.store.numbers(day - timedelta(7), day - timedelta(1), as_of=day)
    world.store.add_numbers(
        rows.assign(spend=rows["spend"] * 2),
        source="demo",
        pulled_at=world.context.clock() + timedelta(minutes=5),
    )
    morning.refresh(world.store, rulebook, day, clock=world.context.clock)
    assert world.desk.ask(question, kari).text != before.text


@pytest.mark.parametrize("question", ["channel google", "campaign generic", "why google cpa"])
def test_a_late_channel_is_told_as_such_until_it_is_pulled(world, kari, rulebook, question):
    """A pull that says that is all there is takes the word back, though no number changed."""
    day = world.context.today(kari) + timedelta(1)
    morning.refresh(world.store, rulebook, day, clock=world.context.clock)
    late = world.desk.ask(question, kari, day)
    pulled = Pull("x", world.context.clock(), None, day - timedelta(1), True, "", ("google_ads",))
    world.store.record_pull(pulled)
    assert world.desk.ask(question, kari, day).blocks != late.blocks


def test_sharing_leaves_the_answer_as_it_was(world, kari):
    """What is kept is not written into by whoever sends it."""
    reply = world.desk.ask("channel google", kari)
    before = copy.deepcopy(list(reply.blocks))
    shared(reply.blocks)
    world.desk.ask("share channel google", kari)
    assert list(world.desk.ask("channel google", kari).blocks) == before


def test_an_answer_that_fails_is_not_kept(world, kari):
    """It is tried again."""

    def fails():
        raise RuntimeError("not now")

    with pytest.raises(RuntimeError):
        again(world.context, "x", kari, (1,), fails)
    told = again(world.context, "x", kari, (1,), lambda: Reply("fine", []))
    assert told.text == "fine"


def test_a_morning_is_read_before_anybody_asks(world, kari, monkeypatch):
    """Then the questions asked most render nothing any more."""
    world.desk.read_ahead(world.context.today(kari))
    seen = rendered(world, monkeypatch)
    for question in ("", "advice", "channel google", "channel meta"):
        assert world.desk.ask(question, Asker("U1", "C1", "en")).error is None
    assert seen == []
