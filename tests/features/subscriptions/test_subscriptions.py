"""Subscribing by words or by the modal, and what Home shows of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.ask import Asker
from bot.blockkit import validate
from bot.errors import UnknownName, UsageError
from bot.slack.forms import submission

MORNING = date(2026, 11, 23)


def state(**given):
    """A view as Slack sends it, with these elements by action id, as Slack's side reads it."""
    values = {f"b{n}": {name: each} for n, (name, each) in enumerate(given.items())}
    return submission({"callback_id": "subscribe", "state": {"values": values}})


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


def test_where_no_form_opens_the_words_for_it_are_said(world, kari):
    """`@perfbot subscribe` has no trigger: a message without words would never arrive."""
    reply = world.desk.ask("subscribe", kari, MORNING)
    assert "/perf subscribe 07:30 weekdays" in reply.text
    assert validate(list(reply.blocks)) == []


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


def test_who_subscribes_before_its_time_hears_today(world, kari):
    """At 08:14 in Oslo: 09:00 is still ahead today, 07:30 comes tomorrow."""
    ahead = world.desk.ask("subscribe 09:00 weekdays", kari, MORNING)
    assert "First on Mon 23 Nov" in ahead.text + str(ahead.blocks)
    past = world.desk.ask("subscribe 07:30 weekdays", kari, MORNING)
    assert "First on Tue 24 Nov" in past.text + str(past.blocks)


def test_subscribing_leaves_an_event(world, kari):
    """The tick knows from it whose first digest is tomorrow's."""
    world.desk.ask("subscribe 09:00", kari, MORNING)
    (kept,) = world.store.subscriptions()
    (event,) = world.store.events(subject=str(kept.id), kind="subscription.add")
    assert (event.actor, event.at) == ("U1", world.context.clock())


def test_home_leads_to_the_channel_and_to_its_summary(world, kari):
    """A channel is shown by its name, whatever that is by now; a button changes its summary."""
    world.store.subscribe(replace(world.subscription, id=0, channel="C0PERFORM", time="10:00"))
    blocks = world.desk.home(kari)["blocks"]
    assert validate(blocks, surface="home") == []
    assert "'channel_id': 'C0PERFORM'" in str(blocks)
    buttons = [each for block in blocks if block["type"] == "actions" for each in block["elements"]]
    change = [each.get("value") for each in buttons if each["action_id"] == "home.subscribe"]
    assert "C0PERFORM" in change


def test_a_week_and_a_month_come_beside_the_morning(world, kari):
    """Three forms in one channel, each once; two at one minute come one after the other."""
    replies = [
        str(world.desk.ask(f"subscribe {words}", kari, MORNING).blocks)
        for words in ("07:30", "weekly mon 08:00", "monthly 1st 08:00", "ukentlig tir 08:00")
    ]
    assert ["Later than you wrote" in reply for reply in replies] == [False, False, True, False]
    here = [each for each in world.store.subscriptions() if each.channel == kari.channel]
    told = {each.filters.get("form", "daily"): (each.time, each.weekdays) for each in here}
    assert told["daily"] == ("07:30", (1, 2, 3, 4, 5))
    assert told["weekly"] == ("08:00", (2,))
    assert told["monthly"] == ("08:01", (1, 2, 3, 4, 5, 6, 7))
    assert len(here) == 3


def test_the_confirmation_says_when_the_month_comes(world, kari):
    """Its day, and the first one."""
    reply = world.desk.ask("subscribe monthly 1st 08:00", kari, MORNING)
    assert "on day 1 of each month at 08:00" in reply.text
    assert "1 Dec" in str(reply.blocks)


@pytest.mark.parametrize(
    "forged",
    [
        {"zone": "Mars/Phobos"},
        {"zone": "europe/oslo"},
        {"language": "tlh"},
        {"time": "25:00"},
        {"time": "7:30"},
        {"time": "07:30; drop"},
        {"days": ("1", "8")},
        {"days": ("monday",)},
    ],
)
def test_only_what_the_form_offered_is_kept(world, kari, forged):
    """A payload that chose what was on no list is refused, and the digest stays as it was."""
    before = world.store.subscriptions()
    with pytest.raises(UsageError, match="is not on the list"):
        world.desk.subscribed(filled(**forged), kari)
    assert world.store.subscriptions() == before


@pytest.mark.parametrize("channel", ["", "U0KARI001", "<!channel>", "C1'; --", "c" * 300])
def test_only_a_channel_can_be_subscribed(world, kari, channel):
    """A modal's memory of its channel is only what somebody sent back."""
    with pytest.raises(UsageError):
        world.desk.subscribed(filled(), replace(kari, channel=channel))


def test_the_reply_says_where_something_will_come(world, kari):
    """So that whoever asked can be told that perfbot is not in that channel."""
    assert world.desk.ask("subscribe 08:15", kari, MORNING).posts_to == kari.channel
    assert world.desk.ask("subscribe 09:15", kari, MORNING, dry=True).posts_to == ""
    assert world.desk.subscribed(filled(), kari).posts_to == kari.channel
