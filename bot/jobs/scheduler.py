"""The only timer: one tick a minute, never two at once, never dropped for being late.

Whether the clock can be trusted: one that jumped is given a while to come to its senses. A new
morning is read before anybody asks: the first question is answered like the others.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

from apscheduler.schedulers.background import BackgroundScheduler

from bot.snapshot.boards import BOARD
from bot.store.base import Store

SECONDS = 60


class Scheduler:
    """Runs the tick at once and then every minute, until stopped."""

    def __init__(
        self,
        tick: Callable[[], None],
        clock: Callable[[], datetime],
        *,
        seconds: float = SECONDS,
    ) -> None:
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._scheduler.add_job(
            tick,
            "interval",
            seconds=seconds,
            id="tick",
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=clock(),
        )

    def start(self) -> None:
        """Start ticking on a thread of its own."""
        self._scheduler.start()

    def stop(self) -> None:
        """Finish the tick at work, start no other."""
        self._scheduler.shutdown(wait=True)


log = logging.getLogger(__name__)
JUMP = 120.0  # seconds by which clock and elapsed time may differ between two looks
SETTLING = 300.0  # seconds without another jump until the clock is believed


class ClockCheck:
    """Compares the clock with a timer that only counts seconds.

    A clock that is a day ahead for a minute must not use up tomorrow's digest; one that was set
    right, or a machine that slept, costs a digest five minutes.

    Args:
        elapsed: Seconds since anything, never set.
    """

    def __init__(self, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self._last: tuple[datetime, float] | None = None
        self._until = float("-inf")

    def __call__(self, now: datetime) -> bool:
        """Look at the clock: False for a while after it jumped."""
        counted = self._elapsed()
        before, self._last = self._last, (now, counted)
        if before is not None:
            jump = (now - before[0]).total_seconds() - (counted - before[1])
            if abs(jump) > JUMP:
                log.warning("The clock jumped by %.0f s: digests wait until it stands.", jump)
                self._until = counted + SETTLING
        return counted >= self._until


AHEAD_EVERY = 15  # seconds


class Ahead:
    """Looks every few seconds whether a morning was judged anew, and has it read if so.

    Each process that hears Slack has its own: what is at hand is at hand in one process.

    Args:
        store: Where the boards are.
        today: The morning people ask about.
        read: Reads it, and answers what is asked most.
    """

    def __init__(
        self, store: Store, today: Callable[[], date], read: Callable[[date], object]
    ) -> None:
        self.store, self.today, self.read = store, today, read
        self._seen: tuple[date, str] | None = None

    def __call__(self) -> None:
        """Read the morning where it is new; a failure is logged and tried again when it is newer.

        Nothing is worked out where nothing is kept: that is the worker's to do.
        """
        day = self.today()
        mark = self.store.board_mark(BOARD, day)
        if mark is None or (day, mark) == self._seen:
            return
        self._seen = (day, mark)
        try:
            self.read(day)
        except Exception:  # nobody waits for it, and whoever asks is told what is wrong
            log.exception("The morning of %s could not be read ahead.", day)
