"""An answer and everything it changes in Slack: decided together, delivered at once."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator

from bot.desk.types import Change, Line, Said
from bot.jobs.outbox import Outbox
from bot.store.base import Outgoing, Store

log = logging.getLogger(__name__)


class Settler:
    """Runs the desk's work and queues its edits and lines in one transaction, then delivers.

    A crash before the commit leaves nothing said or done; one after it leaves the outbox to say
    it. The keys come from the request, so that the same request never says anything twice.
    """

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self.store, self.outbox = store, outbox

    def __call__(self, key: str, work: Callable[[], Said | None]) -> Said | None:
        """What the work said, or None where it had nothing to say."""
        with self.store.atomic():
            said = work()
            queued = [] if said is None else list(self._messages(key, said))
            self.store.enqueue(queued)
        if queued:
            self.outbox.deliver()
        return said

    def _messages(self, key: str, said: Said) -> Iterator[Outgoing]:
        for number, change in enumerate(said.changes):
            yield from self._message(f"{key}:update:{number}", "update", change, change.ts)
        for number, line in enumerate(said.lines):
            yield from self._message(f"{key}:line:{number}", "line", line, line.thread_ts)

    def _message(self, key: str, kind: str, said: Change | Line, ts: str) -> Iterator[Outgoing]:
        parent = self.store.find_message(said.channel, ts)
        if parent is None:  # the desk only knows messages of the outbox
            log.error("No message %s in %s to %s.", ts, said.channel, kind)
            return
        yield Outgoing(
            key=_short(key),
            kind=kind,
            channel=said.channel,
            text=said.text,
            blocks=said.blocks,
            parent=parent.key,
        )


def _short(key: str) -> str:
    """A key of bounded length; Slack's ids and ours have none."""
    return key if len(key) <= 120 else hashlib.sha256(key.encode()).hexdigest()
