"""An answer and its claim are kept together; what it changes in Slack follows, whatever crashes.

The event log says what happened. Each event that people are told of has its lines and edits, under
keys of its own, and each card shows the state its advice is in. What is missing is made good.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol, TypeVar

from bot.context.request import once_a_request, request
from bot.domain.replies import Said, Taken
from bot.features.parts.message_sync import outgoing
from bot.features.triage.answering import ANSWERED
from bot.jobs.outbox import Outbox
from bot.slack.base import Claimed
from bot.store.base import Event, Outgoing, Store

T = TypeVar("T")


class _NothingError(Exception):
    """Ends a transaction that came to nothing."""


class Settler:
    """Keeps what people say in one transaction, then queues and delivers its edits and lines.

    A crash before the commit leaves nothing kept, and nobody was told otherwise. One after it
    leaves the event, by which the reconciler (`bot.jobs.settle`) finds what was not said. The
    keys come from the event, so that nothing is said twice. What comes `after` must take no time.
    """

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        clock: Callable[[], datetime],
        after: Callable[[], object] = lambda: None,
    ) -> None:
        self.store, self.outbox, self.clock, self.after = store, outbox, clock, after

    def keep(self, key: str, work: Callable[[], T | None]) -> Claimed[T]:
        """Claim a request and do its work, both or neither (`bot.slack.base.Settle`)."""
        try:
            with self._kept(key) as is_new:
                if not is_new:
                    return Claimed(new=False)
                result = work()
                if result is None:
                    raise _NothingError  # noqa: TRY301  (the claim goes with it)
                return Claimed(new=True, result=result)
        except _NothingError:
            return Claimed(new=True)

    def _kept(self, key: str) -> AbstractContextManager[bool]:
        """A short transaction, in which the request is claimed; two seconds for other writers."""
        if key:
            return self.store.kept("slack", key, self.clock())
        return _always(self.store)

    def follow(self, answer: Taken) -> None:
        """Queue what an answer leads to, in one transaction, and deliver it."""
        with request():
            queued = list(
                outgoing(once_a_request(self.store), answer_key(answer.event), answer.said)
            )
        if queued:
            self.store.enqueue(queued)
            self.outbox.nudge()
        self.after()


@contextmanager
def _always(store: Store) -> Iterator[bool]:
    with store.atomic():
        yield True


def answer_key(event: int) -> str:
    """What the edits and lines of an answer are called: by the event that keeps it."""
    return f"answer:{event}"


log = logging.getLogger(__name__)
OWNER = "reconciler"
PERFBOT = "perfbot"  # its own steps are queued in the transaction that takes them
OVERLAP = timedelta(minutes=5)  # events of other processes may become visible late
LISTING = ("digest", "urgent")
CARDS = timedelta(days=14)  # older cards are history


class MessageReader(Protocol):
    """What reads the log and the posted messages (`bot.ask.Desk`)."""

    def told(self, event: Event) -> Said | None:
        """The edits and lines an event leads to; None for one that nobody is told of."""

    def show_otherwise(self, messages: Sequence[Outgoing]) -> list[Outgoing]:
        """Those of some messages of one piece of advice that show it in another state."""


class Reconciler:
    """Looks through what happened since it last looked; call it every minute.

    Args:
        store: The log, the outbox, and how far was looked.
        telling: Puts events into words.
        outbox: Delivers what was missing.
        clock: Aware UTC now.
    """

    def __init__(
        self, store: Store, telling: MessageReader, outbox: Outbox, clock: Callable[[], datetime]
    ) -> None:
        self.store, self.telling, self.outbox, self.clock = store, telling, outbox, clock
        self._seen: set[int] = set()
        self._posted: set[str] = set()
        self._lock = Lock()
        self._first = True

    def posted(self, message: Outgoing) -> None:
        """A card went out: an answer may have come while it did."""
        if message.kind == "advice":
            with self._lock:
                self._posted.add(message.advice_id)

    def look_since(self, since: datetime) -> None:
        """Look again at all advice that changed since: a channel is back."""
        events = self.store.history(since=since, kinds=ANSWERED)
        with self._lock:
            self._posted |= {event.subject for event in events}

    def __call__(self) -> None:
        """Queue what is missing; each piece of advice for itself."""
        now = self.clock()
        since = self._since(now)
        log_since = min(since, now - CARDS) if self._first else since
        events = self.store.history(since=log_since, kinds=ANSWERED)
        fresh = [log_event for log_event in reversed(events) if log_event.number not in self._seen]
        with self._lock:
            posted, self._posted = self._posted, set()
        queued = sum(self._line(event) for event in fresh if event.at >= since)
        queued += sum(
            self._cards(advice_id) for advice_id in dict.fromkeys([e.subject for e in fresh])
        )
        queued += sum(self._cards(advice_id) for advice_id in posted)
        self._seen = {log_event.number for log_event in events if log_event.at >= now - 2 * OVERLAP}
        self._first = False
        self.store.set_preference(OWNER, until=now.isoformat())
        if queued:
            log.info("Made good what Slack did not show: %d messages.", queued)
            self.outbox.nudge()

    def _since(self, now: datetime) -> datetime:
        """From when on events may be without their lines; at first from now on."""
        until = self.store.preference(OWNER).get("until")
        return (datetime.fromisoformat(until) if until else now) - OVERLAP

    def _line(self, event: Event) -> int:
        """Say what an event leads to, where nobody has."""
        key = answer_key(event.number)
        if event.actor == PERFBOT or self._is_queued(key):
            return 0
        try:
            updates = self.telling.told(event)
            messages = list(outgoing(self.store, key, updates)) if updates else []
            self.store.enqueue(messages)
        except Exception:
            log.exception("What event %s leads to could not be said.", event.number)
            return 0
        return len(messages)

    def _is_queued(self, key: str) -> bool:
        return any(self.store.outgoing(f"{key}:{kind}:0") for kind in ("update", "line"))

    def _cards(self, advice_id: str) -> int:
        """Edit each posted message that shows the advice in another state, and what lists it.

        An edit that waits already will say it: it is made as it is sent.
        """
        try:
            stale = self.telling.show_otherwise(self._unedited(advice_id))
        except Exception:
            log.exception("The messages that show %s could not be compared.", advice_id)
            return 0
        if not stale:
            return 0
        number = self.store.events(subject=advice_id)[-1].number
        lists = [message for message in self.store.lists_of(advice_id) if message.kind in LISTING]
        edits = [
            Outgoing(
                f"card:{number}:{message.key}"[:250], "update", message.channel, "", (), message.key
            )
            for message in (*stale, *lists)
        ]
        self.store.enqueue(edits)
        return len(edits)

    def _unedited(self, advice_id: str) -> list[Outgoing]:
        """The posted messages that show the advice and have no edit under way."""
        messages = self.store.messages_of(advice_id)
        waiting = self.store.unsent_edits([message.key for message in messages])
        return [message for message in messages if message.key not in waiting]
