"""An answer and everything it changes in Slack: decided together, delivered at once."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.replies import Said
from bot.features.parts.message_sync import outgoing
from bot.jobs.outbox import Outbox
from bot.store.base import Store


class Settler:
    """Runs the desk's work and queues its edits and lines in one transaction, then delivers.

    A crash before the commit leaves nothing said or done; one after it leaves the outbox to say
    it. The keys come from the request, so that the same request never says anything twice. What
    comes `after` must not take time.
    """

    def __init__(
        self, store: Store, outbox: Outbox, after: Callable[[], object] = lambda: None
    ) -> None:
        self.store, self.outbox, self.after = store, outbox, after

    def __call__(self, key: str, work: Callable[[], Said | None]) -> Said | None:
        """What the work said, or None where it had nothing to say."""
        with self.store.atomic():
            said = work()
            queued = [] if said is None else list(outgoing(self.store, key, said))
            self.store.enqueue(queued)
        if queued:
            self.outbox.deliver()
        if said is not None:
            self.after()
        return said
