"""What is posted in a client's channel is that client's; answers show everywhere they may."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ask import Asker
from bot.context.scoping import at
from bot.domain.replies import Press
from bot.errors import NobodysChannel, OutOfScope
from bot.features.digest.notices import reminder_messages, urgent_messages
from bot.features.parts.message_sync import outgoing
from bot.jobs import morning
from bot.store.base import ChannelOwner, Subscription
from tests.clients.conftest import ALFA, NOBODYS, OURS, TEAM, THEIRS, ZYX, canaries, now
from tests.office import MORNING, NOW


def rows(store, channel):
    """Every message ever queued for a channel."""
    with store.engine.reading() as db:
        return db.rows("SELECT * FROM outbox WHERE channel = ?", [channel])


def said(agency, verb, advice_id, user, channel):
    """An answer, with the edits and lines it leads to queued."""
    taken = agency.desk.answer(Press(advice_id, verb), Asker(user, channel, "en", "Europe/Oslo"))
    messages = list(outgoing(agency.store, f"answer:{taken.event}", taken.said))
    agency.store.enqueue(messages)
    return messages


def test_a_digest_holds_its_own_clients_campaigns(agency):
    """Daily, weekly and monthly; the team's own holds everybody's."""
    store, context = agency.store, agency.desk.context
    for form, day in (("daily", MORNING), ("weekly", MORNING),
                      ("monthly", MORNING.replace(day=1))):  # fmt: skip
        for channel in (OURS, TEAM):
            wanted = Subscription(9, channel, "09:00", (1,), "UTC", "en", "U9", {"form": form})
            made = morning.digest(store, context.rulebook, context.renderer("en"), wanted, day,
                                  clock=now)  # fmt: skip
            assert bool(canaries([(each.text, each.blocks) for each in made])) == (channel == TEAM)
    posted = [each["advice_id"] for each in rows(store, OURS) if each["kind"] == "advice"]
    assert posted
    assert set(posted) <= set(agency.ids(ALFA))


def test_an_answer_shows_in_every_channel_that_may_show_it(agency):
    """In the client's channel and the team's own, and never in the other client's."""
    own = next(each["advice_id"] for each in rows(agency.store, OURS) if each["kind"] == "advice")
    channels = {message.channel for message in said(agency, "acknowledge", own, "U1", OURS)}
    assert OURS in channels
    assert THEIRS not in channels
    theirs = next(
        each["advice_id"] for each in rows(agency.store, THEIRS) if each["kind"] == "advice"
    )
    for verb in ("acknowledge", "undo", "snooze"):
        channels = {message.channel for message in said(agency, verb, theirs, "U9", TEAM)}
        assert OURS not in channels
    assert canaries(rows(agency.store, OURS)) == []
    assert canaries(rows(agency.store, THEIRS))


def test_news_and_reminders_are_the_channels_own(agency):
    """Nothing of another client is called urgent, or waited for, in a client's channel."""
    store = agency.store
    for channel in (OURS, TEAM):
        context = at(agency.desk.context, channel)
        wanted = Subscription(8, channel, "09:00", (1,), "UTC", "en", "U9")
        with store.atomic():
            news = urgent_messages(context, replace(wanted, channel=channel), MORNING)
            late = MORNING + timedelta(days=0)
            lines = reminder_messages(context, wanted, late, 0)
        assert bool(canaries([news, lines])) == (channel == TEAM)
        assert lines


def test_a_channel_of_nobody_gets_no_digest_and_its_owner_hears_why(agency):
    """No digest is written where nobody has said whose the channel is."""
    context, wanted = (
        agency.desk.context,
        Subscription(7, NOBODYS, "09:00", (1,), "UTC", "en", "U9"),
    )
    with pytest.raises(NobodysChannel):
        morning.digest(agency.store, context.rulebook, context.renderer("en"), wanted, MORNING)


def test_a_card_is_not_posted_once_its_campaigns_are_anothers(agency):
    """Queued in the morning, moved to another client before it went out."""
    store, desk = agency.store, agency.desk
    queued = next(each for each in rows(store, OURS) if each["kind"] == "advice")
    card = store.outgoing(queued["key"])
    assert desk.fresh(card, 0) == card
    store.assign_clients(dict.fromkeys(owned_by(store, ALFA), ZYX), at=NOW)
    with pytest.raises(OutOfScope):
        desk.fresh(card, 0)
    assert "Google | Generic" not in repr(agency.ask("channel google").blocks)


def test_a_channel_given_to_another_client_shows_that_one_at_once(agency):
    """Nothing that was kept for the one is read by the other."""
    assert canaries(agency.ask("channel google").blocks) == []
    agency.store.assign_channel(ChannelOwner(OURS, ZYX), by="U9", at=NOW)
    reply = agency.ask("channel google")
    assert canaries(reply.blocks)
    assert not re.search(r"(?<!Zyx\d\d )Google \| Generic", repr(reply.blocks))


def owned_by(store, client):
    """(channel, account, campaign id) of a client's campaigns."""
    with store.engine.reading() as db:
        return db.tuples(
            "SELECT channel, account_id, campaign_id FROM campaigns WHERE client = ?", [client]
        )
