"""What is suggested to ask comes from the asker's own campaigns, and can be asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.ask import Asker
from bot.features.parts.advice_cards import known_names
from bot.store.base import Subscription


def test_there_are_three_and_each_can_be_asked(world, kari):
    """What they say when pressed is answered, not met halfway."""
    found = world.desk.prompts(kari).prompts
    assert len(found) == 3
    assert len({each.message for each in found}) == 3
    for each in found:
        reply = world.desk.ask(each.message, kari)
        assert reply.error is None, each
        assert reply.blocks


def test_who_has_advice_of_their_own_is_asked_about_it(world, kari):
    """Advice in a channel they subscribed: its campaign is named."""
    wish = Subscription(0, "C1", "07:30", (1, 2, 3, 4, 5), "Europe/Oslo", "en", kari.user)
    world.store.subscribe(wish)
    shown = [world.store.advice(each.advice_id) for each in world.items]
    names = {name for record in shown for name in known_names(world.context, record).values()}
    why, how = world.desk.prompts(kari).prompts[1:]
    assert any(name in why.title and name in how.title for name in names), (why, how)
    assert (why.message[:4], how.message[:9]) == ("why ", "campaign ")


def test_others_are_asked_about_channels(world):
    """Whoever owns nothing gets the channels with the most spend."""
    stranger = Asker("U0STRANGER", "", "en", "Europe/Oslo")
    titles = [each.title for each in world.desk.prompts(stranger).prompts]
    assert titles[0] == "What should I do today?"
    assert titles[1].startswith("How is ")


def test_they_are_in_the_readers_language(world, kari):
    """Norwegian for who reads Norwegian."""
    found = world.desk.prompts(replace(kari, language="nb"))
    assert found.title == "Kanskje du vil spørre"
    assert found.prompts[0].title == "Hva bør jeg gjøre i dag?"


@pytest.mark.parametrize("language", ["en", "nb"])
def test_without_numbers_there_is_still_something_to_ask(empty, kari, language):
    """An empty database: what to do, and what can be asked."""
    found = empty.prompts(replace(kari, language=language)).prompts
    assert [each.message for each in found] == ["advice", "help"]
