"""Whether the clock can be trusted: one that jumped is given a while to come to its senses."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime

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
