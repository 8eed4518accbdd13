"""A morning of many channels: writing their digests, posting them, and a minute with nothing to do.

Three thousand campaigns and two hundred subscriptions, in two languages and two time zones; once
with all channels the agency's own, once with fifty clients who see their own campaigns alone. What
must be done in any case is to render one digest of each scope, language and zone: that is the
floor of writing. On the second morning what the first said has changed: writing is also the edits
and lines that judging leads to in every channel.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.speed.frames import MORNING, PLAN, daily
from benchmarks.speed.timing import Timed, say, seconds
from bot.app.composition import Composition, compose
from bot.context import context as plan
from bot.features.triage import lifecycle
from bot.jobs.morning import digest
from bot.jobs.outbox import Outbox
from bot.jobs.tick import Tick
from bot.settings import Settings
from bot.store import open_store
from bot.store.base import ChannelOwner, Outgoing, PlanRow, Subscription

CAMPAIGNS, DAYS, CHANNELS, CLIENTS = 3_003, 90, 200, 50
WRITING, QUIET = 10.0, 0.3  # seconds of processor time
LANGUAGES, ZONES = ("en", "nb"), ("Europe/Oslo", "Europe/Copenhagen")
QUIET_MINUTES = 5
FIRST, OTHERS = hour(6, 15), hour(7, 15)  # UTC: after 07:00 there, and after 08:00


def lines() -> Iterator[Timed]:
    """Writing, also beside one digest a form; posting; a quiet minute."""
    for clients in (0, CLIENTS):
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="perfbot-bench-"))
            place = str(Path(folder) / "perfbot.db")
            say(f"mornings, {CAMPAIGNS:,} campaigns, {CHANNELS} channels, {clients} clients …")
            prepare(place, clients)
            yield from _measured(place, clients)


def prepare(place: str, clients: int) -> None:
    """A store with numbers, a plan and the channels that want their digest of it."""
    with closing(open_store(place)) as store:
        store.upgrade()
        at = datetime.combine(MORNING, hour(4), UTC)
        store.add_numbers(daily(CAMPAIGNS, DAYS), source="bench", pulled_at=at)
        store.set_plan([*_plan(at, clients)], origin="file")
        for number in range(CHANNELS):
            channel = f"C{number:04}"
            if clients:
                owner = ChannelOwner(channel, _client(number % clients))
                store.assign_channel(owner, by="bench", at=at)
            store.subscribe(_subscription(channel, number))


def _client(number: int) -> str:
    return f"client {number}"


def _plan(at: datetime, clients: int) -> Iterator[PlanRow]:
    """The targets of `PLAN`; of each client for the campaigns whose ids end as it is numbered."""
    position = count()
    for entry in PLAN.entries:
        if not clients:
            values = plan.values_of(entry)
            yield PlanRow(entry.match, values, MORNING, "bench", at, "file", next(position))
        for number in range(clients):
            for ending in (number, number + clients):
                own = replace(entry, match=f"{entry.match}{ending:02}", client=_client(number))
                values = plan.values_of(own)
                yield PlanRow(own.match, values, MORNING, "bench", at, "file", next(position))


def _subscription(channel: str, number: int) -> Subscription:
    language, zone = LANGUAGES[number // CLIENTS % 2], ZONES[number % 2]
    time = "08:00" if number else "07:00"
    return Subscription(0, channel, time, (1, 2, 3, 4, 5, 6, 7), zone, language, "U1")


class Accepting:
    """Slack, that takes everything."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def deliver(self, _message: Outgoing, parent_ts: str = "") -> str:  # noqa: ARG002
        return f"{datetime.combine(MORNING, hour(6), UTC).timestamp():.0f}.{next(self._numbers):06}"

    def find(self, _message: Outgoing, parent_ts: str = "") -> str | None:  # noqa: ARG002
        return None


@dataclass
class Minutes:
    """A clock that stands still until it is moved on."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def _at(day: date, time: hour) -> datetime:
    return datetime.combine(day, time, UTC)


def _measured(place: str, clients: int) -> Iterator[Timed]:
    """Two mornings: what the first posted is looked at, edited and told of on the second."""
    clock = Minutes(_at(MORNING - timedelta(days=1), FIRST))
    composition = compose(Settings(), place, clock)
    with closing(composition.store):
        tick = composition.tick()
        outbox = tick.outbox = Outbox(
            composition.store, Accepting(), clock, fresh=composition.desk.fresh
        )
        for name, day in (("first", MORNING - timedelta(days=1)), ("second", MORNING)):
            yield from _morning(composition, tick, outbox, clock, (name, day, clients))
        composition.homes.stop()


@contextmanager
def _telling() -> Iterator[list[float]]:
    """Seconds that judging takes to say what it changed, of each time it does."""
    took: list[float] = []
    real = lifecycle.told

    def told(*values: Any) -> list[Outgoing]:
        messages: list[Outgoing] = []
        took.append(seconds(lambda: messages.extend(real(*values))))
        return messages

    with patch.object(lifecycle, "told", told):
        yield took


def _morning(
    composition: Composition,
    tick: Tick,
    outbox: Outbox,
    clock: Minutes,
    which: tuple[str, date, int],
) -> Iterator[Timed]:
    """Judged for the first channel; written for all others, posted, and then nothing happens."""
    name, day, clients = which
    size = f"{CHANNELS} channels, {clients or 'no'} clients, {CAMPAIGNS:,} campaigns"
    clock.now = _at(day, FIRST)
    say(f"  the {name} morning: judged …")
    with _telling() as told:
        judging = seconds(tick)
    yield Timed(f"{name} morning: judging, and a digest", size, judging, "seconds", None, None)
    clock.now = _at(day, OTHERS)
    say("  written …")
    digests = seconds(partial(tick.digests, clock.now))
    writing = digests + sum(told)
    if name == "second":
        forms = _forms(composition)
        floor = seconds(lambda: [_one(composition, each) for each in forms])
        beside = f"one digest of each of {len(forms)} forms"
        yield Timed("a morning's digests", size, digests, beside, floor, None)
    yield Timed(f"{name} morning: writing", size, writing, "seconds", None, WRITING)
    say("  posted …")
    posting = seconds(outbox.deliver)
    yield Timed(f"{name} morning: posting", size, posting, "seconds", None, None)
    yield Timed("the minute after", size, _minute(tick, clock), "seconds", None, None)
    quiet = min(_minute(tick, clock) for _ in range(QUIET_MINUTES))
    yield Timed("a quiet minute", size, quiet, "seconds", None, QUIET)


def _minute(tick: Tick, clock: Minutes) -> float:
    """Seconds of one minute's work."""
    clock.now += timedelta(minutes=1)
    return seconds(tick)


def _forms(composition: Composition) -> list[Subscription]:
    """One subscription of each client, language and zone."""
    owners = composition.store.channel_owners()
    by_form = {
        (owners[each.channel].client if owners else "", each.language, each.time_zone): each
        for each in composition.store.subscriptions()
    }
    return list(by_form.values())


def _one(composition: Composition, subscription: Subscription) -> list[Outgoing]:
    """A digest written as if it were the only one."""
    renderer = composition.renderer(subscription.language)
    return digest(composition.store, composition.rulebook, renderer, subscription, MORNING)
