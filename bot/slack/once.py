"""Slack says things twice, and people ask many at once: what is new, and how many are too many."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

REMEMBERED = 1_000
TOLD_EVERY = timedelta(seconds=10)


class Deduplication:
    """The last requests this process has heard."""

    def __init__(self) -> None:
        self._heard: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def first(self, key: str) -> bool:
        """False for a key heard before; a request without one is always new."""
        with self._lock:
            if key and key in self._heard:
                return False
            self._heard[key] = None
            if len(self._heard) > REMEMBERED:
                self._heard.popitem(last=False)
            return True


@dataclass
class _Allowance:
    left: float
    at: datetime
    told: datetime | None = None


class QuestionRate:
    """How many questions a person may ask: so many at once, and so many more a second.

    Args:
        burst: Questions at once.
        each_second: Questions that come free again a second.
    """

    def __init__(self, burst: float, each_second: float) -> None:
        self.burst, self.each_second = burst, each_second
        self._people: OrderedDict[str, _Allowance] = OrderedDict()
        self._lock = Lock()

    def allows(self, user: str, now: datetime) -> bool:
        """Whether one more question may be asked now; it counts where it may."""
        with self._lock:
            mine = self._people.setdefault(user, _Allowance(self.burst, now))
            self._people.move_to_end(user)
            if len(self._people) > REMEMBERED:
                self._people.popitem(last=False)
            free = max(0.0, (now - mine.at).total_seconds()) * self.each_second
            mine.left, mine.at = min(self.burst, mine.left + free), now
            if mine.left < 1:
                return False
            mine.left -= 1
            return True

    def tells(self, user: str, now: datetime) -> bool:
        """Whether to say so: not more often than every ten seconds."""
        with self._lock:
            mine = self._people[user]
            if mine.told is not None and now - mine.told < TOLD_EVERY:
                return False
            mine.told = now
            return True
