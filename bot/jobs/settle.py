"""An answer and its claim are kept together; what it changes in Slack follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import TypeVar

from bot.context.request import once_a_request, request
from bot.domain.replies import Taken
from bot.features.parts.message_sync import outgoing
from bot.jobs.outbox import Outbox
from bot.slack.base import Claimed
from bot.store.base import Store

T = TypeVar("T")


class _NothingError(Exception):
    """Ends a transaction that came to nothing."""


class Settler:
    """Keeps what people say in one transaction, then queues and delivers its edits and lines.

    A crash before the commit leaves nothing kept, and nobody was told otherwise. One after it
    leaves the event, by which the reconciler (`bot.jobs.reconcile`) finds what was not said. The
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
