"""The only timer: one tick a minute, never two at once, never dropped for being late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler

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
