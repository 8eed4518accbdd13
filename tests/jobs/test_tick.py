"""A day, minute by minute: what is pulled, written and posted, and how often."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from bot.domain.advice import Advice
from bot.errors import StoreError
from bot.jobs import order_intake
from bot.jobs.outbox import Outbox
from bot.jobs.tick import Tick, stale
from bot.store.base import Event, Pull, Subscription
from bot.store.records import GivenAnswer

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Source:
    name: str = "meta"
    at: str = "06:00"
    time_zone: str | None = "Europe/Oslo"


@dataclass
class Morning:
    """Tells the story of a day; `gives` says through which day a pull reaches."""

    store: object
    clock: Callable[[], datetime]
    messages: Callable[..., list]
    gives: dict[str, date | None] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def pull(self, sources):
        for name in sources:
            self.told.append(f"pull {name}")
            until = self.gives.get(name)
            self.store.record_pull(Pull(name, self.clock(), None, until, until is not None, "a"))

    def refresh(self, as_of):
        self.told.append(f"refresh {as_of}")

    def boards(self, as_of):
        self.told.append(f"boards {as_of}")

    def due(self, as_of):
        return lambda _pull: as_of - timedelta(1)

    def missed(self, subscription, days):  # noqa: ARG002
        return [{"type": "divider", "block_id": " ".join(str(day) for day in days)}]

    def digest(self, subscription, as_of):
        self.told.append(f"digest {as_of}")
        return self.messages(subscription, as_of)


@pytest.fixture
def subscribe(store):
    def subscribe(time="07:30", zone="Europe/Oslo", weekdays=EVERY_DAY, channel="C1"):
        wanted = Subscription(0, channel, time, weekdays, zone, "en", "U1")
        return store.subscribe(wanted)

    return subscribe


@pytest.fixture
def morning(store, clock, digest_of):
    return Morning(store, clock, digest_of)


@pytest.fixture
def tick(store, slack, clock, morning):
    outbox = Outbox(store, slack, clock, stale(store.subscriptions))
    return Tick(store, morning, outbox, clock)


def through(tick, clock, until: datetime, step=timedelta(minutes=1)):
    while clock.now <= until:
        tick()
        clock.now += step


def parents(slack) -> list[str]:
    return [key for key, parent in slack.posted if not parent]


def test_a_digest_comes_at_its_time_once(tick, subscribe, clock, slack):
    """A tick a minute from seven to nine: one digest with its thread, from 07:30 on."""
    clock.now = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    mine = subscribe()
    tick()
    assert slack.posted == []
    through(tick, clock, datetime(2026, 11, 23, 8, 0, tzinfo=UTC))
    assert slack.keys == [f"digest:{mine.id}:2026-11-23{n}" for n in ("", ":1", ":2")]


@pytest.mark.parametrize(
    ("start", "day"),
    [
        (datetime(2026, 3, 28, 20, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 10, 24, 20, tzinfo=UTC), "2026-10-25"),
    ],
)
def test_a_clock_change_gives_one_digest(tick, subscribe, clock, slack, start, day):
    """02:30 in Oslo on the two nights the clock is changed: one digest each."""
    mine = subscribe("02:30", weekdays=(7,))
    clock.now = start
    through(tick, clock, start + timedelta(hours=10), timedelta(minutes=10))
    assert parents(slack) == [f"digest:{mine.id}:{day}"]


def test_after_a_night_out_todays_digest_comes_late_and_no_other(tick, subscribe, clock, slack):
    """Down from Friday to Monday noon: one digest, Monday's."""
    mine = subscribe()
    clock.now = datetime(2026, 11, 20, 6, 31, tzinfo=UTC)
    tick()
    clock.now = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    tick()
    assert parents(slack) == [f"digest:{mine.id}:2026-11-20", f"digest:{mine.id}:2026-11-23"]


def test_a_digest_slack_did_not_take_yesterday_is_not_posted_today(tick, subscribe, clock, slack):
    """Queued at 23:00 while Slack was down all night: the next morning's digest comes alone."""
    from bot.slack.post import NotNow

    mine = subscribe("21:00")
    clock.now = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    slack.fail = [NotNow("down")]
    tick()
    clock.now = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    tick()
    assert parents(slack) == [f"digest:{mine.id}:2026-11-23"]


def test_a_late_source_holds_a_digest_for_an_hour_at_most(tick, subscribe, clock, slack, morning):
    """Nothing from Meta: the digest waits from 07:30 to 08:30, then goes without."""
    tick.sources = (Source(),)
    morning.gives["meta"] = None
    subscribe()
    clock.now = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    through(tick, clock, datetime(2026, 11, 23, 7, 29, tzinfo=UTC))
    assert slack.posted == []
    tick()
    assert len(parents(slack)) == 1


def test_a_digest_waits_no_longer_than_its_source(tick, subscribe, clock, slack, morning):
    """Yesterday comes in with the pull at 07:00: the digest goes out at 07:30."""
    tick.sources = (Source(),)
    morning.gives["meta"] = TODAY - timedelta(days=1)
    subscribe()
    clock.now = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    tick()
    assert morning.told[0] == "pull meta"
    assert len(parents(slack)) == 1


def test_a_source_is_asked_hourly_until_yesterday_is_in(tick, clock, morning):
    """Silent at six and seven, there at eight: three pulls, then rest."""
    tick.sources = (Source(),)
    clock.now = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
    through(tick, clock, datetime(2026, 11, 23, 6, 30, tzinfo=UTC), timedelta(minutes=5))
    assert morning.told == ["pull meta", "pull meta"]
    morning.gives["meta"] = TODAY - timedelta(days=1)
    through(tick, clock, datetime(2026, 11, 23, 12, 0, tzinfo=UTC), timedelta(minutes=5))
    assert morning.told == ["pull meta"] * 3


def test_two_processes_make_one_digest(tick, subscribe, store, slack, clock, morning):
    """Four ticks at the same moment: one digest."""
    mine = subscribe()
    others = [Tick(store, morning, tick.outbox, clock) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda other: other(), others))
    assert parents(slack) == [f"digest:{mine.id}:2026-11-23"]


def test_a_restart_does_not_repeat_a_digest(tick, subscribe, store, slack, clock, morning):
    """A new process looks into the store, not into its memory."""
    subscribe()
    tick()
    Tick(store, morning, tick.outbox, clock)()
    assert len(parents(slack)) == 1


def test_a_crash_before_the_commit_leaves_nothing_claimed(
    tick, subscribe, store, slack, clock, monkeypatch
):
    """The claim and the messages are one: without the one there is not the other."""
    mine = subscribe()

    def dies(_messages):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(store, "enqueue", dies)
        with pytest.raises(KeyboardInterrupt):
            tick()
    assert slack.posted == []
    tick()
    assert parents(slack) == [f"digest:{mine.id}:2026-11-23"]


def test_who_subscribes_after_breakfast_hears_tomorrow(tick, subscribe, store, clock, slack):
    """Subscribed at 10:00 for 07:30: nothing today, the first digest tomorrow."""
    mine = subscribe()
    clock.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    store.log(Event(clock.now, "U1", "subscription.add", str(mine.id)))
    tick()
    assert slack.posted == []
    clock.now = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
    tick()
    assert parents(slack) == [f"digest:{mine.id}:2026-11-24"]


def test_advice_whose_snooze_is_over_is_judged_again(tick, store, clock, morning):
    """On the day a snooze ends the campaigns are judged again, with or without a digest."""
    advice = Advice("a1", "rule", "v1", ("c1",), "pause", "advise")
    store.save_advice([advice], as_of=TODAY, at=clock.now)
    store.answer(
        "a1", GivenAnswer("snooze", by="U1", at=clock.now, until=TODAY + timedelta(days=3))
    )
    tick()
    assert morning.told == []
    clock.wait(days=3)
    tick()
    assert morning.told == ["refresh 2026-11-26"]


def test_a_snooze_that_is_over_waits_for_the_mornings_numbers(tick, store, clock, morning):
    """At midnight yesterday is not in: judged when it is, or at noon."""
    advice = Advice("a1", "rule", "v1", ("c1",), "pause", "advise")
    store.save_advice([advice], as_of=TODAY, at=clock.now)
    store.answer(
        "a1", GivenAnswer("snooze", by="U1", at=clock.now, until=TODAY + timedelta(days=2))
    )
    tick.sources = (Source(),)
    clock.now = datetime(2026, 11, 25, 0, 1, tzinfo=UTC)
    tick.snoozes(clock.now)
    assert morning.told == []
    tick.snoozes(datetime(2026, 11, 25, 12, 0, tzinfo=UTC))
    assert morning.told == ["refresh 2026-11-25"]
    store.record_pull(Pull("meta", clock.now, None, date(2026, 11, 24), ok=True, account_id="a"))
    tick.snoozes(clock.now)
    assert morning.told == ["refresh 2026-11-25"] * 2


def test_one_channels_trouble_is_not_anothers(tick, subscribe, clock, slack, morning, digest_of):
    """A digest that cannot be written holds up neither the others nor the outbox."""
    bad, good = subscribe(channel="C1"), subscribe(channel="C2")

    def messages(subscription, as_of):
        if subscription.id == bad.id:
            raise RuntimeError("a bug")
        return digest_of(subscription, as_of)

    morning.messages = messages
    tick()
    assert parents(slack) == [f"digest:{good.id}:2026-11-23"]


def test_a_new_day_has_its_boards_before_its_numbers_come(tick, store, clock, morning):
    """Once, at its first minute where the bot lives; not where there is nothing to tell of."""
    tick()
    assert morning.told == []
    row = {"date": date(2026, 11, 22), "channel": "google", "campaign_id": "1", "spend": 10.0}
    store.add_numbers(pd.DataFrame([row]), source="x", pulled_at=clock.now)
    tick.zone, clock.now = "Europe/Oslo", datetime(2026, 11, 23, 22, 59, tzinfo=UTC)
    store.save_board("28d", date(2026, 11, 23), [{"stamp": "a"}])
    through(tick, clock, datetime(2026, 11, 23, 23, 10, tzinfo=UTC))
    assert morning.told == ["boards 2026-11-24"]


DEAD = """
import sys, time
from bot.jobs.tick import LEASE, PULL
from bot.store import open_store
job = open_store(sys.argv[1]).take_job([PULL], "the dead", seconds=LEASE)
print(job.key, flush=True)
time.sleep(60)
"""
TURN = "meta:2026-11-23:0"


def test_a_pull_left_behind_by_a_dead_process_is_taken_over(tick, clock, tmp_path, morning):
    """Killed in the middle: its turn is pulled when its lease is up, not an hour later; once."""
    tick.sources, morning.gives["meta"] = (Source(),), TODAY - timedelta(1)
    tick.store.add_jobs("pull", {TURN: {"source": "meta"}})
    command = [sys.executable, "-c", DEAD, str(tmp_path / "perfbot.db")]
    dead = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert dead.stdout.readline() == f"{TURN}\n"
    dead.kill()
    dead.communicate()
    clock.now = datetime(2026, 11, 23, 5, 5, tzinfo=UTC)
    tick.pull(clock.now)
    assert morning.told == []  # its lease is not up yet
    with tick.store.engine.writing() as db:  # the database's clock goes on for half a minute
        db.run("UPDATE jobs SET until = '2026-01-01T00:00:00.000000+00:00'")
    tick.take_over()
    tick.take_over()
    tick.pull(clock.now)
    assert morning.told == ["pull meta"]
    assert [(job.state, job.attempts) for job in tick.store.jobs(["pull"])] == [("done", 1)]


def test_a_pull_that_ends_in_an_error_waits_for_its_next_turn(tick, clock, morning):
    """Not tried again each minute: the source's next turn is in an hour."""
    tick.sources = (Source(),)
    tick.morning = Falling(morning)
    clock.now = datetime(2026, 11, 23, 5, 5, tzinfo=UTC)
    for _ in range(3):
        tick()
        clock.now += timedelta(minutes=1)
    assert tick.morning.falls == 1
    (job,) = tick.store.jobs(["pull"])
    assert (job.state, job.error) == ("failed", "a bug")
    clock.now += timedelta(hours=1)
    tick()
    assert tick.morning.falls == 2


def test_what_the_stores_trouble_broke_off_is_done_again(tick, clock, morning):
    """The numbers came, judging them met a locked database: the pull's job is not given up."""
    tick.sources = (Source(),)
    tick.morning = Falling(morning, StoreError("It is locked.", kind="locked"))
    clock.now = datetime(2026, 11, 23, 5, 5, tzinfo=UTC)
    tick()
    morning.gives["meta"] = TODAY - timedelta(1)
    (job,) = tick.store.jobs(["pull"])
    assert (job.state, job.error) == ("waiting", "It is locked.")
    tick.morning = morning
    with tick.store.engine.writing() as db:  # a minute later, by the database's clock
        db.run("UPDATE jobs SET not_before = ''")
    tick.take_over()
    assert morning.told == ["pull meta"]
    assert [job.state for job in tick.store.jobs(["pull"])] == ["done"]


class Falling:
    """A morning whose pulls end in a mistake of ours, or in another error."""

    def __init__(self, morning, error=None):
        self.morning, self.falls = morning, 0
        self.error = error or RuntimeError("a bug")

    def __getattr__(self, name):
        return getattr(self.morning, name)

    def pull(self, sources):  # noqa: ARG002
        self.falls += 1
        raise self.error


def test_posted_orders_are_in_the_boards_within_the_hour(tick, store, clock, morning):
    """Orders that were counted make the day's boards anew, once an hour however many came."""
    assert not order_intake.last_posted(store)
    for minute in range(3):
        handed = order_intake.Handed(1, 1, 0, 1, days=1)
        order_intake.note_posted(store, handed, clock.now)
        tick.orders(clock.now + timedelta(seconds=minute))
    day = f"boards {clock.now.date()}"
    assert morning.told == [day]
    tick.orders(clock.now + timedelta(hours=1))
    assert morning.told == [day, day]
    tick.orders(clock.now + timedelta(hours=2))
    assert morning.told == [day, day]
    assert order_intake.last_posted(store) == clock.now
