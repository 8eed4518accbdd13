"""What cannot wait is said once, in one message a channel; what nobody answers is named again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.ask import Asker
from bot.blockkit import validate
from bot.domain.replies import Press
from bot.features.digest import notices as reminding
from bot.features.digest import notices as urgent
from bot.features.parts.advice_cards import card
from bot.features.triage import posted
from bot.jobs.shared_digests import SharedDigests
from bot.render.escaping import bare
from bot.store.base import Subscription

MORNING = date(2026, 11, 23)


@pytest.fixture
def other(world):
    """Another channel, which has been told nothing."""
    wanted = Subscription(0, "C2", "09:00", (1, 2, 3, 4, 5), "Europe/Oslo", "nb", "U1")
    return world.store.subscribe(wanted)


def said(world, subscription, as_of=MORNING):
    with world.store.atomic():
        found = urgent.urgent_messages(world.context, subscription, as_of)
        world.store.enqueue(found)
    return found


def post(world, messages, first=100):
    for number, message in enumerate(messages, start=first):
        world.store.delivered(message.key, f"1796.{number:06}")


def test_urgent_news_are_one_message_with_a_thread(world, other):
    """Every outage and spike in one message; the buttons in its thread."""
    parent, *thread = said(world, other)
    open_now = [each.advice for each in world.store.all_advice(state="open", as_of=MORNING)]
    wanted = {each.id for each in open_now if urgent.at_once(each)}
    assert wanted
    assert {each.advice_id for each in thread} == wanted
    assert {each.parent for each in thread} == {parent.key}
    assert (parent.kind, parent.channel) == ("urgent", "C2")
    assert parent.text.startswith("🚨 ")
    assert all(validate(each.blocks) == [] for each in (parent, *thread))


def test_it_is_said_once_and_never_where_the_digest_has(world, other):
    """Not the next minute, not by another process, not in a channel whose digest showed it."""
    assert said(world, world.subscription) == []
    assert said(world, other)
    assert said(world, other) == []
    assert said(world, replace(other, id=99)) == []


def test_nothing_that_can_wait_is_said_at_once(world, other):
    """Moving money is no emergency, however much it is."""
    told = {world.store.advice(each.advice_id).advice.action for each in said(world, other)[1:]}
    assert told <= set(urgent.CHECKS)


def test_it_is_answered_in_its_thread(world, other, kari):
    """`ack 1` under it, like under a digest."""
    messages = said(world, other)
    post(world, messages)
    answered = world.desk.thread_reply("C2", "1796.000100", "ack 1", replace(kari, channel="C2"))
    assert answered.lines
    assert world.store.advice(messages[1].advice_id).state == "acknowledged"


def test_the_digest_does_not_tell_it_as_news(world, other):
    """The line says when it was said, and the headline begins with what is new."""
    item = said(world, other)[1]
    record = world.store.advice(item.advice_id)
    shown = card(world.context, record, {}, world.context.zone(Asker("", "", "", "Europe/Oslo")))
    deeds = world.context.renderer("en")._toolbox.deeds
    assert "(said at 08:14)" in bare(deeds.task(shown))
    fresh = replace(shown, said_at=None, advice=replace(shown.advice, severity="advise"))
    heard, new = list(deeds._news([shown])), list(deeds._news([fresh]))
    assert all("Nothing new." in str(each) for each in heard)
    assert not any("Nothing new." in str(each) for each in new)


def test_another_channels_urgent_news_are_news_here(world, other, renderers, rulebook, kari):
    """What C2 was told at once, C1 was not: its digest, written or edited, never says it was."""
    messages = said(world, other)
    post(world, messages)
    item = next(each for each in world.items if each.advice_id == messages[1].advice_id)
    (line,) = (each for each in world.desk.answer(Press(world.items[-1].advice_id, "snooze"), kari)
               .changes if each.ts == world.digest.ts)  # fmt: skip
    assert "said at" not in str(line.blocks)
    assert "Nothing new" not in line.text
    card_here = posted.posted_card(world.context, item, world.store.advice(item.advice_id))
    card_there = posted.posted_card(world.context, messages[1], world.store.advice(item.advice_id))
    assert (card_here.said_at is None, card_there.said_at is None) == (True, False)


@pytest.mark.parametrize(("channel", "heard"), [("C2", True), ("C3", False)])
def test_a_digest_says_at_once_of_its_own_channel_alone(
    world, other, renderers, rulebook, channel, heard
):
    """Two channels with one scope, language and zone share a digest's words, but not these."""
    post(world, said(world, other))
    shared = SharedDigests(world.context)
    both = [world.store.subscribe(replace(other, id=0, channel=name)) for name in ("C2", "C3")]
    texts = {each.channel: str([message.blocks for message in
                                shared.digest(renderers["en"], each, MORNING)])
             for each in both}  # fmt: skip
    assert ("said at 08:14" in texts[channel]) == heard


def test_what_is_no_longer_true_leaves_an_event(world, other):
    """The next morning without it: expired by perfbot, for whoever edits the messages."""
    item = said(world, other)[1]
    world.store.save_advice((), as_of=MORNING + timedelta(1), at=world.context.clock())
    (event,) = world.store.events(subject=item.advice_id, kind="advice.expire")
    assert (event.actor, event.details["as_of"]) == ("perfbot", MORNING + timedelta(1))
    assert said(world, replace(other, channel="C3"), MORNING + timedelta(1)) == []


def reminded(world, day, after=3):
    with world.store.atomic():
        return reminding.reminder_messages(world.context, world.subscription, day, after)


def test_unanswered_advice_is_named_in_one_line(world):
    """After so many days, in the digest's thread; not the next day; again as many days later."""
    later = MORNING + timedelta(30)
    assert reminded(world, MORNING, after=60) == []
    world.store.save_advice([each.advice for each in world.store.all_advice(state="open")],
                            as_of=later + timedelta(9), at=world.context.clock())  # fmt: skip
    (line,) = reminded(world, later)
    assert line.kind == "line"
    assert line.parent == world.items[0].key or line.parent in {each.key for each in world.items}
    assert line.text.startswith("Unanswered for ")
    assert "\n" not in line.text
    assert [len(reminded(world, later + timedelta(days))) for days in (0, 1, 2, 3)] == [0, 0, 0, 1]


def test_what_was_answered_or_never_shown_is_not_named(world, other, kari):
    """Only open advice the channel has seen."""
    later = MORNING + timedelta(5)
    world.store.save_advice([each.advice for each in world.store.all_advice(state="open")],
                            as_of=later, at=world.context.clock())  # fmt: skip
    assert reminding.reminder_messages(world.context, other, later, 1) == []
    for item in world.items:
        if world.store.advice(item.advice_id).state == "open":
            world.desk.answer(Press(item.advice_id, "acknowledge"), kari)
    assert reminded(world, later, after=1) == []


def test_the_news_themselves_are_edited_as_people_answer(world, other, kari):
    """Ticked in the list as a digest's are, and once all is answered the first line says so."""
    parent, *thread = said(world, other)
    post(world, [parent, *thread])
    ts = world.store.outgoing(parent.key).ts
    asker = replace(kari, channel="C2")
    for number, item in enumerate(thread, start=1):
        told = world.desk.answer(Press(item.advice_id, "progress"), asker)
        (change,) = (each for each in told.changes if each.ts == ts)
        assert str(change.blocks).count(": i gang") == number
        assert validate(list(change.blocks)) == []
    assert change.text == "✔ Det som hastet her, er besvart."
    for item in thread:
        told = world.desk.answer(Press(item.advice_id, "undo"), asker)
    (change,) = (each for each in told.changes if each.ts == ts)
    assert (change.text, list(change.blocks)) == (parent.text, list(parent.blocks))


def test_a_tick_on_the_news_answers_the_one_thing_they_say(world, other, kari):
    """As on a digest; where there are several it is asked which."""
    parent, *thread = said(world, other)
    post(world, [parent, *thread])
    ts = world.store.outgoing(parent.key).ts
    told = world.desk.reaction("C2", ts, "white_check_mark", replace(kari, channel="C2"))
    assert told is not None
    assert bool(told.lines) == (len(thread) == 1)
