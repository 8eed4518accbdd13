"""Delivering what was decided: retried, leased, and looked for before it is sent again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

from bot.slack.post import NotNow, Undeliverable
from bot.store.base import Outgoing, Store

log = logging.getLogger(__name__)
LEASE = 120.0  # seconds; longer than one message can take with its waits
WAITS = (15, 60, 120, 300, 600, 1800)  # seconds before the next attempt, the last again and again
ATTEMPTS = 90  # with these waits, a day and a half


class Delivery(Protocol):
    """Who posts: bot.slack.post.Poster."""

    def deliver(self, message: Outgoing, parent_ts: str = "") -> str: ...

    def find(self, message: Outgoing, parent_ts: str = "") -> str | None: ...


class Outbox:
    """Delivers due messages one at a time, in order.

    Args:
        stale: Says why a message should not be posted any more, or "".
    """

    def __init__(
        self,
        store: Store,
        poster: Delivery,
        clock: Callable[[], datetime],
        stale: Callable[[Outgoing, datetime], str] = lambda _message, _now: "",
    ) -> None:
        self.store, self.poster, self.clock, self.stale = store, poster, clock, stale
        self._lock = Lock()

    def deliver(self) -> int:
        """Deliver everything that is due; how many went out. One caller at a time."""
        sent = 0
        with self._lock:
            while leased := self.store.due(self.clock(), lease=LEASE, limit=1):
                sent += sum(self._deliver(message) for message in leased)
        return sent

    def _deliver(self, message: Outgoing) -> bool:
        try:
            ts = self._sent(message)
        except Undeliverable as error:
            log.warning("Gave up on %s: %s", message.key, error)
            self.store.failed(message.key, str(error), retry_at=None)
        except NotNow as error:
            self._again(message, error)
        except Exception as error:  # a message that breaks us must not hold up the others
            log.exception("Could not deliver %s", message.key)
            self._again(message, NotNow(f"{type(error).__name__}: {error}"))
        else:
            # an edit is no message: its ts is its parent's, which is found by it
            self.store.delivered(message.key, "" if message.kind == "update" else ts)
            return True
        return False

    def _sent(self, message: Outgoing) -> str:
        if reason := self.stale(message, self.clock()):
            raise Undeliverable(reason)
        parent_ts = self._parent_ts(message)
        if message.attempts and (found := self.poster.find(message, parent_ts)):
            return found
        return self.poster.deliver(message, parent_ts)

    def _parent_ts(self, message: Outgoing) -> str:
        if not message.parent:
            return ""
        parent = self.store.outgoing(message.parent)
        if parent is None or parent.state == "failed":
            raise Undeliverable(f"Its parent {message.parent} was never posted.")
        if not parent.ts:
            raise NotNow(f"Its parent {message.parent} is not posted yet.")
        return parent.ts if message.kind == "update" else self._root(parent)

    def _root(self, parent: Outgoing) -> str:
        """Slack's threads are one deep: a line under advice goes under the advice's digest."""
        above = self.store.outgoing(parent.parent) if parent.parent else None
        return self._root(above) if above is not None else parent.ts

    def _again(self, message: Outgoing, error: NotNow) -> None:
        attempt = message.attempts
        if attempt >= ATTEMPTS:
            log.error("Gave up on %s: %s", message.key, error)
            self.store.failed(message.key, str(error), retry_at=None)
            return
        wait = error.wait or WAITS[min(attempt, len(WAITS) - 1)]
        log.info("%s later: %s", message.key, error)
        retry_at = self.clock() + timedelta(seconds=wait)
        self.store.failed(message.key, str(error), retry_at=retry_at)
