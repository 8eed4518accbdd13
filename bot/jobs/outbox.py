"""Delivering what was decided: retried, leased, and looked for before it is sent again."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from typing import Protocol

from bot.errors import OutOfScope
from bot.slack.lanes import QuestionRate
from bot.slack.post import LONGEST, NotNow, ThreadGone, Undeliverable
from bot.store.base import Due, Outgoing, Store
from bot.store.records import LEAVES
from bot.telemetry import metrics, tracing

log = logging.getLogger(__name__)
LEASE = 40.0  # seconds; longer than `bot.slack.post.LONGEST`, and over within a minute of a crash
WAITS = (15, 60, 120, 300, 600, 1800)  # seconds before the next attempt, the last again and again
ATTEMPTS = 90  # with these waits, a day and a half
TOGETHER = 8  # edits and a line of one channel that are leased, and posted, one after the other
COURIERS = 3  # a slow post in one channel holds up no other
LOOK = 5.0  # seconds between looks for what another process left, or what comes due
BURST, EACH_SECOND = 8, 1  # messages Slack takes into one channel


class Delivery(Protocol):
    """Who posts: bot.slack.post.Poster."""

    def deliver(self, message: Outgoing, parent_ts: str = "") -> str: ...

    def find(self, message: Outgoing, parent_ts: str = "") -> str | None: ...


def as_written(message: Outgoing, _last_event: int) -> Outgoing:
    """The message as it was queued."""
    return message


def nobody(_message: Outgoing, _why: str) -> None:
    """Where nobody wants to know."""


def _is_all(due: Due) -> bool:
    """Whether nothing was due beside, in any channel, nor comes due by what went out."""
    has_room = len(due.messages) < TOGETHER
    return has_room and not due.more and all(message.kind in LEAVES for message in due.messages)


class Outbox:
    """Delivers due messages in order, what people wait for before what comes by itself.

    Args:
        stale: Says why a digest should not be posted any more, or "".
        fresh: The message as it reads now: cards are made when they are sent, not when queued. It
            is handed the number of the newest event of the log as the message was leased.
        posted: Is told of each card that went out, and of whatever did where its channel was in
            trouble, which is said beside it.
        lost: Is told of each that never will, and Slack's word for it, or "".
        held: Is told of each that waits for a channel to come back, and Slack's word for it.
    """

    def __init__(  # noqa: PLR0913, PLR0917  (what a delivery asks others)
        self,
        store: Store,
        poster: Delivery,
        clock: Callable[[], datetime],
        stale: Callable[[Outgoing, datetime], str] = lambda _message, _now: "",
        fresh: Callable[[Outgoing, int], Outgoing] = as_written,
        posted: Callable[[Outgoing, bool], None] = lambda _message, _troubled: None,
        lost: Callable[[Outgoing, str], None] = nobody,
        deferred: Callable[[Outgoing, str], None] = nobody,
    ) -> None:
        self.store, self.poster, self.clock, self.stale = store, poster, clock, stale
        self.fresh, self.posted, self.lost, self.held = fresh, posted, lost, deferred
        self._pace = QuestionRate(BURST, EACH_SECOND)
        self._busy: dict[str, float] = {}  # channels that had their share, until when (monotonic)
        self._limited: dict[str, datetime] = {}  # channels Slack asked to leave alone
        self._choosing = Lock()
        self._nudges = 0
        self.soonest = math.inf  # by the monotonic clock: when something put off may be tried again
        self.wake: Callable[[], None] | None = None  # where couriers are at work

    def nudge(self) -> None:
        """Something was queued: wake the couriers, or where there are none deliver it now."""
        self._nudges += 1
        if self.wake is not None:
            self.wake()
        else:
            self.deliver()

    def deliver(self) -> int:
        """Deliver everything that is due; how many went out."""
        sent = 0
        while True:
            nudges, due = self._nudges, self._next()
            if due.messages:
                delivered = self._deliver_batch(due)
                sent += delivered
                if delivered == len(due.messages) and nudges == self._nudges and _is_all(due):
                    return sent
            elif (wait := self._until_free()) is not None:
                time.sleep(wait)
            else:
                return sent

    def _next(self) -> Due:
        """The next messages of a channel, leased; none of one that has had its second's share."""
        with self._choosing:
            now = time.monotonic()
            self._busy = {channel: end for channel, end in self._busy.items() if end > now}
            at = self.clock()
            self._limited = {channel: end for channel, end in self._limited.items() if end > at}
            busy = (*self._busy, *self._limited)
            due = self.store.due(at, lease=LEASE, limit=TOGETHER, busy=busy, together=True)
            due = replace(due, more=due.more or bool(busy))  # theirs was not looked for
            for message in due.messages:
                if message.kind != "update" and not self._pace.allows(message.channel, _real()):
                    self._busy[message.channel] = now + 1 / EACH_SECOND
            return due

    def _deliver_batch(self, due: Due) -> int:
        """Post one after the other; what is left once one fails, or time is up, is put back."""
        end = time.monotonic() + LEASE - LONGEST
        for place, message in enumerate(due.messages):
            if place and time.monotonic() > end:
                self.store.put_back(due.messages[place:])
                return place
            if not self._deliver(message, due):
                self.store.put_back(due.messages[place + 1 :])
                return place
        return len(due.messages)

    def _until_free(self) -> float | None:
        """Seconds until a channel has its next second; None where nothing waits for one."""
        with self._choosing:
            if not self._busy or not self.store.waits(self.clock(), tuple(self._busy)):
                return None
            return max(0.01, min(self._busy.values()) - time.monotonic())

    def _deliver(self, message: Outgoing, due: Due) -> bool:
        with tracing.bound(message.request):
            return self._attempt(message, due)

    def _attempt(self, message: Outgoing, due: Due) -> bool:
        try:
            ts, posted_message = self._sent(message, due.last_event)
        except Undeliverable as error:
            self._give_up(message, error)
        except OutOfScope:
            self._give_up(message, Undeliverable("Its campaigns are no more the channel's."))
        except NotNow as error:
            self._again(message, error)
        except Exception as error:  # a message that breaks us must not hold up the others
            log.exception("Could not deliver %s", message.key)
            self._again(message, NotNow(f"{type(error).__name__}: {error}"))
        else:
            # an edit is no message: its ts is its parent's, which reads as the edit from now on
            edit = message.kind == "update"
            self.store.delivered(message.key, "" if edit else ts, message=posted_message)
            metrics.delivered(message.kind, "sent")
            log.info("Posted %s in %s.", message.key, message.channel)
            if due.troubled or message.kind == "advice":
                self.posted(message, due.troubled)
            return True
        return False

    def _sent(self, message: Outgoing, last_event: int) -> tuple[str, Outgoing]:
        """Its ts, and what it says there."""
        if message.kind == "digest" and (reason := self.stale(message, self.clock())):
            raise Undeliverable(reason)
        if message.attempts and (posted_ts := self.poster.find(message, message.thread_ts)):
            return posted_ts, message
        fresh = self.fresh(message, last_event)
        return self.poster.deliver(fresh, message.thread_ts), fresh

    def _root(self, parent: Outgoing) -> Outgoing:
        """Slack's threads are one deep: a line under advice goes under the advice's digest."""
        above = self.store.outgoing(parent.parent) if parent.parent else None
        return self._root(above) if above is not None else parent

    def _give_up(self, message: Outgoing, error: Undeliverable) -> None:
        log.warning("Gave up on %s: %s", message.key, error)
        metrics.delivered(message.kind, "given_up")
        self.store.failed(message.key, str(error), retry_at=None)
        parent = self.store.outgoing(message.parent) if message.parent else None
        if isinstance(error, ThreadGone) and parent is not None:  # nothing more can go under it
            self.store.failed(self._root(parent).key, str(error), retry_at=None)
        self.lost(message, error.reason)

    def _again(self, message: Outgoing, error: NotNow) -> None:
        attempt = message.attempts
        if attempt >= ATTEMPTS:
            log.error("Gave up on %s: %s", message.key, error)
            metrics.delivered(message.kind, "given_up")
            self.store.failed(message.key, str(error), retry_at=None)
            self.lost(message, "")
            return
        wait = error.wait or WAITS[min(attempt, len(WAITS) - 1)]
        log.info("%s later: %s", message.key, error)
        metrics.delivered(message.kind, "later")
        with self._choosing:
            self.soonest = min(self.soonest, time.monotonic() + wait)
            if error.wait is not None and message.kind != "update":
                # a limit is the channel's: its other messages wait as long
                self._limited[message.channel] = self.clock() + timedelta(seconds=wait)
        self.store.failed(message.key, str(error), retry_at=self.clock() + timedelta(seconds=wait))
        if error.reason:
            self.held(message, error.reason)


class Couriers:
    """Threads that deliver, woken when something is queued, and looking every few seconds."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self._wanted, self._stopped = Event(), Event()
        self._threads = [
            Thread(target=self._work, name=f"perfbot-courier-{number}", daemon=True)
            for number in range(COURIERS)
        ]

    def start(self) -> None:
        """Begin; from now on `Outbox.nudge` only wakes them."""
        self.outbox.wake = self._wanted.set
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 3.0) -> None:
        """End after the message at work; what is leased then is looked for by the next process."""
        self.outbox.wake = None
        self._stopped.set()
        self._wanted.set()
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _work(self) -> None:
        while not self._stopped.is_set():
            wait = LOOK
            try:
                self.outbox.soonest = math.inf
                self.outbox.deliver()
                wait = min(LOOK, max(0.05, self.outbox.soonest - time.monotonic()))
            except Exception:
                log.exception("The outbox could not be looked into; it is tried again.")
            self._wanted.wait(wait)
            self._wanted.clear()


def _real() -> datetime:
    return datetime.now(UTC)
