"""Urgent news come when the numbers do, reminders at their hour, digests after quiet hours."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.jobs.outbox import Outbox
from bot.jobs.tick import Tick, stale
from bot.settings import Quiet
from bot.store.base import Event, Outgoing, Subscription


@dataclass
class Told:
    """Says something once a channel, and keeps what it was asked."""

    urgent_now: bool = False
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def urgent(self, subscription, as_of):
        self.asked.append(("urgent", subscription.channel, str(as_of)))
        return [self._one("urgent", subscription, as_of)] if self.urgent_now else []

    def reminder(self, subscription, day):
        self.asked.append(("reminder", subscription.channel, str(day)))
        return [self._one("reminder", subscription, day)]

    def _one(self, kind, subscription, day):
        return Outgoing(f"{kind}:{subscription.channel}:{day}", kind, subscription.channel, "!", ())


@dataclass
class Morning:
    messages: object

    def pull(self, sources): ...

    def refresh(self, as_of): ...

    def due(self, as_of):
        return lambda _pull: as_of - timedelta(1)

    def digest(self, subscription, as_of):
        return self.messages(subscription, as_of)


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def tick(store, slack, clock, digest_of, told):
    def made(**quiet):
        outbox = Outbox(store, slack, clock, stale(store.subscriptions))
        settings = Quiet(**{"remind_at": "13:00", **quiet})
        morning = Morning(digest_of)
        return Tick(store, morning, outbox, clock, notices=told, quiet=settings)

    return made


def subscribe(store, channel="C1", time="07:30"):
    return store.subscribe(
        Subscription(0, channel, time, (1, 2, 3, 4, 5), "Europe/Oslo", "en", "U1")
    )


def through(tick, clock, hours, step=10):
    end = clock.now + timedelta(hours=hours)
    while clock.now <= end:
        tick()
        clock.wait(minutes=step)


def test_urgent_news_do_not_wait_for_the_digest_nor_for_the_night(tick, store, clock, slack, told):
    """At five in the morning, in quiet hours: one message; the digest comes later as ever."""
    subscribe(store)
    told.urgent_now = True
    clock.now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    through(tick(hours="20:00-07:00"), clock, hours=3)
    assert [key for key in slack.keys if key.startswith("urgent")] == ["urgent:C1:2026-11-23"]
    assert slack.keys.index("urgent:C1:2026-11-23") == 0
    assert any(key.startswith("digest:") for key in slack.keys)


def test_the_minute_of_the_digest_is_left_to_the_digest(tick, store, clock, slack, told):
    """Started late, with a digest due at once: it tells the news, nothing else does."""
    subscribe(store)
    told.urgent_now = True
    tick()()
    assert told.asked == []
    assert slack.keys[0].startswith("digest:")


def test_a_channel_with_two_digests_is_told_once(tick, store, clock, told):
    """One message a channel, not one a subscription."""
    subscribe(store, time="07:30")
    subscribe(store, time="16:00")
    clock.now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    tick()()
    assert [what for what, *_ in told.asked] == ["urgent"]


def test_reminders_come_at_their_hour_once_a_day(tick, store, clock, slack):
    """One o'clock in Oslo, working days only; none where it is switched off."""
    subscribe(store)
    clock.now = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)  # a Friday
    through(tick(), clock, hours=24 * 4, step=30)
    reminded = [key for key in slack.keys if key.startswith("reminder")]
    assert reminded == ["reminder:C1:2026-11-20", "reminder:C1:2026-11-23"]
    clock.now = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
    tick(remind_after=0)()
    assert [key for key in slack.keys if key.startswith("reminder")] == reminded


def test_no_digest_on_a_public_holiday(tick, store, clock, slack):
    """Christmas in Oslo: quiet; the first working day has its digest again."""
    mine = subscribe(store)
    clock.now = datetime(2026, 12, 24, 5, 0, tzinfo=UTC)
    through(tick(), clock, hours=24 * 5, step=30)
    days = [key.split(":")[2] for key in slack.keys if key.count(":") == 2 and "digest" in key]
    assert days == ["2026-12-24", "2026-12-28"]
    assert mine.id


def test_a_digest_waits_for_the_end_of_quiet_hours(tick, store, clock, slack):
    """07:30 with quiet until eight is eight."""
    subscribe(store)
    made = tick(hours="20:00-08:00")
    clock.now = datetime(2026, 11, 23, 6, 45, tzinfo=UTC)  # 07:45 in Oslo
    made()
    assert slack.posted == []
    clock.now = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    made()
    assert slack.keys[0].startswith("digest:")


def test_a_channel_is_looked_at_again_only_once_anything_happened(tick, store, clock, told):
    """What had nothing urgent is not read anew each minute; an event, or a board, is a reason."""
    subscribe(store)
    subscribe(store, "C2")
    clock.now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    minute = tick()

    def looked():
        told.asked.clear()
        clock.wait(minutes=1)
        minute()
        return len(told.asked)

    assert [looked(), looked(), looked()] == [2, 0, 0]
    store.log(Event(clock(), "perfbot", "advice.open", "a1"))
    assert [looked(), looked()] == [2, 0]
    store.save_board("7d", clock().date(), [])
    assert [looked(), looked()] == [2, 0]
    subscribe(store, "C3")
    assert [looked(), looked()] == [1, 0]
