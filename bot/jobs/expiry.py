"""Once a day, what is older than `[retention]` says is removed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.settings import Retention
from bot.store.base import Store

log = logging.getLogger(__name__)


@dataclass
class Expiry:
    """Call it every minute; one process does it, at the first minute of a day that it can.

    Attributes:
        zone: Whose days are counted.
    """

    store: Store
    retention: Retention
    zone: str = "UTC"
    _done: date | None = None

    def __call__(self, now: datetime) -> None:
        """Remove what is old, where nobody has done so today."""
        today = now.astimezone(ZoneInfo(self.zone)).date()
        if self._done == today:
            return
        self._done = today
        if self.store.claim("retention", today.isoformat(), now):
            self._remove(now, today)

    def _remove(self, now: datetime, today: date) -> None:
        days = self.retention
        removed = {"requests": self.store.expire_requests(now - timedelta(days.requests))}
        if days.messages:
            removed["messages"] = self.store.expire_messages(now - timedelta(days.messages))
        if days.numbers:
            removed["numbers"] = self.store.expire_numbers(today - timedelta(days.numbers))
        if any(removed.values()):
            log.info("Removed what is older than [retention] says: %s.", removed)
