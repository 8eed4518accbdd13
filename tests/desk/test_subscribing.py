"""Subscribing by words or by the modal, and what Home shows of it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.blockkit import validate
from bot.desk import Asker
from bot.errors import UnknownName, UsageError

MORNING = date(2026, 11, 23)


def state(**given):
    """Slack's view.state with these elements by action id."""
    return {"values": {f"b{n}": {name: each} for n, (name, each) in enumerate(given.items())}}


def filled(days=("1", "2"), time="08:15", zone="Europe/Oslo", language="nb"):
    return state(
        **{
            "subscribe.time": {"type": "timepicker", "selected_time": time},
            "subscribe.days": {"selected_options": [{"value": day} for day in days]},
            "subscribe.zone": {"selected_option": {"value": zone}},
            "subscribe.language": {"selected_option": {"value": language}},
        }
    )


def test_words_subscribe_the_channel(world, kari):
    """`subscribe 08:15 mon,wed Europe/London norsk` is kept as said."""
    reply = world.desk.ask("subscribe 08:15 mon,wed Europe/London norsk", kari, MORNING)
    (kept,) = world.store.subscriptions()
    assert (kept.time, kept.weekdays) == ("08:15", (1, 3))
    assert (kept.time_zone, kept.language) == ("Europe/London", "nb")
    assert validate(list(reply.blocks)) == []
    assert "08:15" in reply.text


def test_a_channel_has_one_digest(world, kari):
    """A new time replaces the old one instead of adding to it."""
    for time in ("08:00", "09:00"):
        world.desk.ask(f"subscribe {time}", kari, MORNING)
    assert [each.time for each in world.store.subscriptions()] == ["09:00"]


def test_a_preview_keeps_nothing(world, kari):
    """From the command line the same words only show what they would do."""
    reply = world.desk.ask("subscribe 09:00", kari, MORNING, dry=True)
    assert "Nothing was stored" in reply.text
    assert [each.time for each in world.store.subscriptions()] == ["07:30"]


def test_no_words_open_the_modal_as_it_stands(world, kari):
    """`/perf subscribe` alone opens a modal with what holds now."""
    modal = world.desk.ask("subscribe", kari, MORNING).modal
    assert validate(modal["blocks"], surface="modal") == []
    assert "07:30" in str(modal)


def test_the_modal_is_kept(world, kari):
    """What is filled in holds from then on."""
    world.desk.subscribed(filled(), kari)
    (kept,) = world.store.subscriptions()
    assert (kept.time, kept.weekdays, kept.language) == ("08:15", (1, 2), "nb")


def test_a_digest_needs_a_day(world, kari):
    """No weekday ticked is said in the modal."""
    with pytest.raises(UsageError, match="at least one day"):
        world.desk.subscribed(filled(days=()), kari)


def test_a_word_nobody_understands_is_said(world, kari):
    """`subscribe sometimes` names the word."""
    reply = world.desk.ask("subscribe sometimes", kari, MORNING)
    assert isinstance(reply.error, UnknownName)
    assert "sometimes" in reply.text


def test_unsubscribing_ends_it(world, kari):
    """`unsubscribe` and `subscribe off` end the channel's digest; twice is said."""
    assert world.desk.ask("subscribe off", kari, MORNING).error is None
    assert world.store.subscriptions() == []
    assert isinstance(world.desk.ask("unsubscribe", kari, MORNING).error, UsageError)


@pytest.mark.parametrize("language", ["en", "nb"])
def test_home_shows_what_is_open(world, language):
    """The Home tab lists open advice, the month's pace and subscriptions."""
    view = world.desk.home(Asker("U1", "", language))
    assert view["type"] == "home"
    assert validate(view["blocks"], surface="home") == []
    assert "advice.acknowledge" in str(view)
    assert "07:30" in str(view)


def test_home_without_numbers_says_how_to_begin(empty, kari):
    """A new installation's Home says what to do first."""
    view = empty.home(kari)
    assert validate(view["blocks"], surface="home") == []
    assert "perfbot import" in str(view)
