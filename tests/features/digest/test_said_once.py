"""Unanswered advice is posted once: the same piece is not news again each morning."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.ask import Asker
from bot.domain.replies import Press, WrittenLine
from bot.features.triage.thread_replies import thread_reply
from bot.jobs import morning
from bot.numbers.plan import PlanEntry
from bot.store.base import Outgoing, Subscription
from tests.features.conftest import campaign_days, days_until

FIRST = date(2026, 5, 11)
DAYS = days_until(FIRST + timedelta(9), 100)
PLAN = [PlanEntry(match="*", stage="convert", pricing_model="CPA", target=20)]
KARI = Asker("U1", "C1", "en", "UTC")


class Mornings:
    """A channel that is posted to morning after morning."""

    def __init__(self, heard) -> None:
        self.context, self.desk = heard.context, heard.desk
        wanted = Subscription(0, "C1", "07:00", (1, 2, 3, 4, 5, 6, 7), "UTC", "en", "U1")
        self.subscription = self.context.store.subscribe(wanted)
        self.count = 0

    def post(self, day: date) -> list[Outgoing]:
        """What is really posted that morning, the parent first."""
        context, at = self.context, datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
        morning.refresh(context.store, context.rulebook, day, context.settings, lambda: at)
        messages = morning.digest(context.store, context.rulebook, context.renderer("en"),
                                  self.subscription, day, context.settings, lambda: at)  # fmt: skip
        context.store.enqueue(messages)
        posted = [each for each in messages if each.kind != "carried"]
        for each in posted:
            self.count += 1
            context.store.delivered(each.key, f"{at.timestamp() + self.count:.6f}")
        return [found for each in posted if (found := context.store.outgoing(each.key))]


@pytest.fixture
def channel(hears):
    """Two campaigns that cost far more a sale than they may, day after day."""
    dear = [campaign_days(name, DAYS, 400.0, conversions=per_day) for name, per_day
            in (("Generic", 6.0), ("Search", 5.0))]  # fmt: skip
    fine = campaign_days("Shoes", DAYS, 200.0, conversions=12.0)
    return Mornings(hears(FIRST, *dear, fine, plan=PLAN))


def test_seven_unanswered_mornings_are_one_message_each(channel):
    """The parent is new each morning; its thread only where something is."""
    posts = [channel.post(FIRST + timedelta(step)) for step in range(7)]
    assert all(post[0].kind == "digest" for post in posts)
    shown = [message.advice_id for post in posts for message in post[1:]]
    assert shown
    assert len(shown) == len(set(shown))
    listed = posts[-1][0]
    assert "To do" in str(listed.blocks)  # what is open stays on the list


def test_an_answer_under_a_later_digest_is_an_answer(channel):
    """`ack 1` under the list of today means its first line, wherever that was posted."""
    first = channel.post(FIRST)
    later = channel.post(FIRST + timedelta(1))
    assert len(later) < len(first)
    taken = thread_reply(channel.context, WrittenLine("C1", later[0].ts, "ack 1"), KARI)
    assert taken is not None
    assert taken.event
    states = [record.state for record in channel.context.store.all_advice()]
    assert "acknowledged" in states


def test_an_answer_edits_what_was_posted_and_nothing_that_was_not(channel):
    """A later thread only counts the card: Slack is asked to edit no message that it never had."""
    first = channel.post(FIRST)
    later = channel.post(FIRST + timedelta(1))
    posted = {each.ts for each in (*first, *later)}
    said = channel.desk.answer(Press(first[1].advice_id, "acknowledge"), KARI)
    assert {each.ts for each in said.changes} <= posted
    changed = {each.ts for each in said.changes}
    assert {first[0].ts, first[1].ts, later[0].ts} <= changed  # the later list ticks it off, too


def test_another_amount_is_something_new(channel):
    """The headline of what was posted differs from that of today: the card is posted again."""
    first = channel.post(FIRST)
    card = first[1]
    edit = replace(card, key=f"{card.key}:edit", kind="update", parent=card.key, text="1. Cut it.")
    channel.context.store.enqueue([edit])
    channel.context.store.delivered(edit.key, "", message=edit)
    assert card.advice_id in {each.advice_id for each in channel.post(FIRST + timedelta(1))}


def test_another_channel_has_its_own_first_time(channel):
    """What one channel was shown is news in the other."""
    channel.post(FIRST)
    wanted = Subscription(0, "C2", "07:00", (1, 2, 3, 4, 5, 6, 7), "UTC", "en", "U1")
    channel.subscription = channel.context.store.subscribe(wanted)
    assert len(channel.post(FIRST + timedelta(1))) > 1


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "It stands in today's daily summary here"),
        ("nb", "Det står i dagens daglige sammendrag"),
    ],
)
def test_a_channel_with_two_summaries_of_a_day_has_the_cards_in_one(channel, language, line):
    """Monday's weekly one says where they stand, on other days and by other routes none does."""
    store, context = channel.context.store, channel.context
    monday, sunday = FIRST + timedelta(7), FIRST + timedelta(6)
    weekly = Subscription(0, "C1", "06:30", (1, 7), "UTC", language, "U1", {"form": "weekly"})
    weekly = store.subscribe(weekly)
    store.subscribe(replace(channel.subscription, weekdays=(1, 2, 3, 4, 5)))

    def written(subscription, day):
        at = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
        morning.refresh(store, context.rulebook, day, context.settings, lambda: at)
        messages = morning.digest(store, context.rulebook, context.renderer(language), subscription,
                                  day, context.settings, lambda: at)  # fmt: skip
        return [each for each in messages if each.advice_id], str(messages[0].blocks)

    cards, parent = written(weekly, monday)
    assert (cards, line in parent) == ([], True)
    assert "digest.todo" not in parent
    assert written(channel.subscription, monday)[0]
    routed = replace(weekly, filters={"form": "weekly", "route": {"stage": ["convert"]}})
    for other, day in ((weekly, sunday), (routed, monday)):
        cards, parent = written(other, day)
        assert cards
        assert line not in parent
