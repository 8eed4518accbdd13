"""Each subscription for itself: one in trouble holds up no other, and no morning goes missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.jobs.due_digests import Digests
from bot.jobs.outbox import Outbox
from bot.jobs.scheduler import ClockCheck
from bot.jobs.tick import Tick, stale
from bot.jobs.troubles import Troubles
from bot.slack.post import NotNow
from bot.store.base import Event, Subscription

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
KARI, OLA = "U0KARI001", "U0OLA0001"


@dataclass
class Morning:
    """Writes digests of one line; fails for the channels it is told to fail for."""

    messages: object
    fails: set[str] = field(default_factory=set)

    def refresh(self, as_of):
        """Nothing to judge."""

    def boards(self, as_of):
        """Nothing to work out."""

    def digest(self, subscription, as_of):
        if subscription.channel in self.fails:
            raise RuntimeError("a bug")
        return self.messages(subscription, as_of, items=1)

    def due(self, as_of):
        return lambda _pull: as_of - timedelta(1)

    def missed(self, subscription, days):  # noqa: ARG002
        return [{"type": "divider", "block_id": " ".join(map(str, days))}]


@pytest.fixture
def subscribe(store):
    def subscribe(channel="C1", zone="Europe/Oslo", by=KARI, weekdays=EVERY_DAY):
        return store.subscribe(Subscription(0, channel, "07:30", weekdays, zone, "en", by))

    return subscribe


@pytest.fixture
def troubles(store, clock):
    words = lambda error, language: (f"{language}: {error}", [])  # noqa: E731
    return Troubles(store, words, clock, lambda channel: f"#{channel}")


@pytest.fixture
def morning(digest_of):
    return Morning(digest_of)


@pytest.fixture
def tick(store, slack, clock, morning, troubles):
    outbox = Outbox(
        store,
        slack,
        clock,
        stale(store.subscriptions),
        posted=troubles.posted,
        lost=troubles.lost,
        deferred=troubles.held,
    )
    return Tick(store, morning, outbox, clock, troubles=troubles)


def digests(slack, store):
    found = [store.outgoing(key) for key, parent in slack.posted if not parent]
    return [each.key for each in found if each.kind == "digest"]


def notices(slack, store):
    found = [store.outgoing(key) for key, _ in slack.posted]
    return [(each.channel, each.text) for each in found if each.kind == "notice"]


def first(store, key):
    """The first block of a digest as it was posted."""
    return next(iter(store.outgoing(key).blocks), None)


def test_one_unknown_zone_stops_nobody_and_its_owner_hears_of_it_once(
    tick, subscribe, slack, store, clock
):
    """A zone nobody knows: the other channels get theirs, its owner one sentence, not one a day."""
    subscribe("C0", zone="Mars/Phobos", by=OLA)
    good = subscribe("C1")
    for _ in range(3):
        tick()
        clock.wait(days=1)
    assert digests(slack, store) == [f"digest:{good.id}:2026-11-{day}" for day in (23, 24, 25)]
    ((person, text),) = notices(slack, store)
    assert person == OLA
    assert "Mars/Phobos" in text


def test_one_that_cannot_be_written_is_told_to_its_owner_once_a_day(
    tick, subscribe, slack, store, morning, clock
):
    """A bug in one digest: the other is posted, the owner knows, and it comes once it is mended."""
    bad, good = subscribe("C0", by=OLA), subscribe("C1")
    morning.fails = {"C0"}
    tick()
    clock.wait(minutes=1)
    tick()
    assert digests(slack, store) == [f"digest:{good.id}:2026-11-23"]
    assert [person for person, _ in notices(slack, store)] == [OLA]
    morning.fails = set()
    tick()
    assert digests(slack, store)[-1] == f"digest:{bad.id}:2026-11-23"


@pytest.mark.parametrize("reason", ["not_in_channel", "is_archived", "channel_not_found"])
def test_a_channel_that_is_away_is_told_and_gets_its_digest_when_it_is_back(
    tick, subscribe, slack, store, clock, reason
):
    """Ten tries in an hour, one sentence to whoever subscribed; back at nine, the digest comes."""
    mine = subscribe()
    away = NotNow("away", wait=300, reason=reason)
    deliver = slack.deliver
    slack.deliver = lambda message, ts="": (
        deliver(message, ts) if message.channel.startswith("U") else _raise(away)
    )
    for _ in range(60):
        tick()
        clock.wait(minutes=1)
    ((person, text),) = notices(slack, store)
    assert person == KARI
    assert "#C1" in text
    assert store.preference("channel:C1")["away"] == reason
    slack.deliver = deliver
    clock.wait(minutes=10)
    tick()
    assert digests(slack, store) == [f"digest:{mine.id}:2026-11-23"]
    assert store.preference("channel:C1")["away"] == ""


def _raise(error):
    raise error


def test_a_channel_away_for_days_hears_of_it_in_one_line(tick, subscribe, slack, store, clock):
    """Friday's and Saturday's never went out: Sunday's says so in its first line, once."""
    mine = subscribe()
    clock.now = datetime(2026, 11, 19, 6, 30, tzinfo=UTC)
    tick()  # Thursday's
    away = NotNow("away", wait=300, reason="not_in_channel")
    deliver, slack.deliver = slack.deliver, lambda *_: _raise(away)
    for _ in range(2 * 24):
        clock.wait(hours=1)
        tick()
    slack.deliver = deliver
    clock.now = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
    tick()
    assert first(store, f"digest:{mine.id}:2026-11-22")["block_id"] == "2026-11-20 2026-11-21"
    clock.wait(days=1)
    tick()
    assert first(store, f"digest:{mine.id}:2026-11-23") is None


def test_three_days_without_a_process_are_said_in_one_line(tick, subscribe, slack, store, clock):
    """Off from Friday to Monday: Monday's digest names the mornings nobody got."""
    mine = subscribe()
    clock.now = datetime(2026, 11, 19, 6, 30, tzinfo=UTC)
    tick()
    clock.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    tick()
    said = first(store, f"digest:{mine.id}:2026-11-23")["block_id"]
    assert said == "2026-11-20 2026-11-21 2026-11-22"


def test_a_weekend_is_not_missed(tick, subscribe, slack, store, clock):
    """Who subscribed weekdays misses nothing from Friday to Monday."""
    mine = subscribe(weekdays=(1, 2, 3, 4, 5))
    clock.now = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
    tick()
    clock.now = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    tick()
    assert first(store, f"digest:{mine.id}:2026-11-23") is None


def test_a_new_subscription_has_missed_nothing(tick, subscribe, slack, store, clock):
    """Mornings before somebody subscribed are nobody's loss."""
    mine = subscribe()
    store.log(Event(clock.now - timedelta(hours=3), KARI, "subscription.add", str(mine.id)))
    tick()
    assert first(store, f"digest:{mine.id}:2026-11-23") is None


def test_a_clock_a_day_ahead_for_a_minute_eats_no_digest(tick, subscribe, slack, store, clock):
    """Tuesday's digest was written on Monday by a clock gone wrong: Tuesday gets its own."""
    mine = subscribe()
    tick()
    clock.wait(days=1)
    tick()  # for a minute it is Tuesday
    clock.wait(days=-1, minutes=1)
    for _ in range(24 * 6 + 1):
        tick()
        clock.wait(minutes=10)
    key = f"digest:{mine.id}:2026-11-24"
    assert digests(slack, store) == [
        f"digest:{mine.id}:2026-11-23", key, f"digest:{mine.id}:1:2026-11-24"
    ]  # fmt: skip
    tick()
    assert len(digests(slack, store)) == 3


def test_a_clock_that_jumped_is_not_believed_for_five_minutes():
    """A day ahead for a minute: no digest is written by it; afterwards they come as ever."""
    counted = [0.0]
    steady = ClockCheck(lambda: counted[0])
    now = datetime(2026, 11, 23, 6, 29, tzinfo=UTC)
    seen = []
    for minute in range(12):
        ahead = timedelta(days=1) if minute == 2 else timedelta()
        seen.append(steady(now + timedelta(minutes=minute) + ahead))
        counted[0] += 60
    assert seen == [True, True, False, False, False, False, False, False, True, True, True, True]


def test_a_tick_with_a_clock_gone_wrong_writes_no_digest(tick, subscribe, slack, clock):
    """Until the clock stands the digest waits."""
    subscribe()
    tick.steady = lambda _now: False
    tick()
    assert slack.posted == []
    tick.steady = lambda _now: True
    tick()
    assert slack.posted


def test_digests_are_looked_for_once_a_minute_per_day(store, morning, subscribe, clock):
    """Two hundred channels due at once: the morning is judged once, not once a channel."""
    judged = []
    morning.refresh = judged.append
    for number in range(20):
        subscribe(f"C{number}")
    Digests(store, morning).due(clock.now)
    assert judged == [date(2026, 11, 23)]


def test_a_morning_is_judged_anew_only_where_anything_changed(tick, store, subscribe, clock):
    """Digests at several hours rest on one judging, until numbers, plan or answers are others."""
    judged = []
    tick.morning.refresh = judged.append
    for hour, change in ((6, None), (7, None), (8, Event(clock(), KARI, "advice.dismiss", "a1")),
                         (9, None)):  # fmt: skip
        clock.now = datetime(2026, 11, 23, hour, 35, tzinfo=UTC)
        if change:
            store.log(change)
        store.subscribe(Subscription(0, f"C{hour}", f"{hour + 1:02}:30", EVERY_DAY,
                                     "Europe/Oslo", "en", KARI))  # fmt: skip
        tick()
        assert store.outgoing(f"digest:{store.subscriptions()[-1].id}:2026-11-23")
    assert judged == [date(2026, 11, 23)] * 2
