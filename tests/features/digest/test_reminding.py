"""What nobody answers is named in each channel that was shown it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.features.digest import notices as reminding
from bot.store.base import Subscription

MORNING = date(2026, 11, 23)


def reminded(world, subscription, day):
    with world.store.atomic():
        return reminding.reminder_messages(world.context, subscription, day, 3)


def test_one_channels_line_does_not_stand_for_anothers(world):
    """Two channels had the digest: each is reminded, in its own language, once."""
    other = Subscription(0, "C2", "09:00", (1, 2, 3, 4, 5), "Europe/Oslo", "nb", "U1")
    other = world.store.subscribe(other)
    elsewhere = [replace(each, key=f"{each.key}:2", channel="C2", ts="") for each in world.items]
    world.store.enqueue(elsewhere)
    for number, each in enumerate(elsewhere, start=500):
        world.store.delivered(each.key, f"1796.{number:06}")
    later = MORNING + timedelta(5)
    still_open = [each.advice for each in world.store.all_advice(state="open")]
    world.store.save_advice(still_open, as_of=later, at=world.context.clock())
    assert reminded(world, world.subscription, later)
    (line,) = reminded(world, other, later)
    assert line.channel == "C2"
    assert line.text.startswith("Ubesvart i ")
    assert reminded(world, other, later) == []
