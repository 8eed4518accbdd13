"""The timer ticks at once and then regularly, never two at a time, and stops when asked."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from threading import Event, Lock

from bot.jobs.scheduler import Scheduler


def now():
    return datetime.now(UTC)


def test_it_ticks_at_once_and_again():
    """The first tick does not wait for a minute to pass."""
    ticks, twice = [], Event()

    def tick():
        ticks.append(1)
        if len(ticks) == 2:
            twice.set()

    scheduler = Scheduler(tick, now, seconds=0.1)
    scheduler.start()
    assert twice.wait(5)
    scheduler.stop()
    count = len(ticks)
    time.sleep(0.3)
    assert len(ticks) == count


def test_a_slow_tick_has_no_second_beside_it():
    """A tick that takes longer than its interval is never run twice at once."""
    busy, together = Lock(), []

    def tick():
        together.append(not busy.acquire(blocking=False))
        time.sleep(0.25)
        if busy.locked():
            busy.release()

    scheduler = Scheduler(tick, now, seconds=0.1)
    scheduler.start()
    time.sleep(0.7)
    scheduler.stop()
    assert together
    assert not any(together)


def test_stopping_waits_for_the_tick_at_work():
    """What was begun is finished."""
    begun, done = Event(), Event()

    def tick():
        begun.set()
        time.sleep(0.2)
        done.set()

    scheduler = Scheduler(tick, now)
    scheduler.start()
    assert begun.wait(5)
    scheduler.stop()
    assert done.is_set()
