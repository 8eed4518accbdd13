"""What a store must remember of Slack and of work: what was posted, who is at what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from bot.store.records import Job, Lease, Outgoing, Subscription


class Posting(Protocol):
    """The part of `bot.store.base.Store` about Slack and shared work; times are aware UTC."""

    def claim(self, kind: str, key: str, at: datetime) -> bool:
        """True for exactly one caller a (kind, key), for ever. Deduplicates events and digests."""

    def kept(
        self, kind: str, key: str, at: datetime, *, patience: float = 2.0
    ) -> AbstractContextManager[bool]:
        """A claim and what rests on it, in one short transaction: both are kept, or neither is.

            with store.kept("slack", request, now) as new:
                if new:
                    store.answer(…)

        Gives False where it was claimed before. What is raised inside takes the claim back. For
        others that are writing it waits `patience` seconds.

        Raises:
            StoreError: It could not be kept (see its `kind`): tell whoever gave it.
        """

    # -- work that several processes share --------------------------------------------------
    def lease(self, name: str, holder: str, *, seconds: float = 45.0) -> Lease | None:
        """Take what one process at a time may do, or keep it; None while another has it.

        By the database's clock: no process's own matters.
        """

    def release(self, lease: Lease) -> None:
        """Let go at once; of what another has by now, nothing is changed."""

    def beat(self, held: Lease | Job, *, seconds: float = 45.0) -> None:
        """Keep it for so many seconds more (`bot.store.leases.alive` does this in a thread).

        Raises:
            StoreError: Kind `late`: its time was up, another has it or may take it.
        """

    def fenced(self, held: Lease | Job) -> AbstractContextManager[None]:
        """A transaction of whoever holds it; a job is done with it.

        Raises:
            StoreError: Kind `late`, before anything is written: it is somebody else's by now.
        """

    def add_jobs(self, kind: str, jobs: Mapping[str, Any]) -> int:
        """Add work by its key, with what it is about; how many were new. The same comes once."""

    def take_job(self, kinds: Sequence[str], holder: str, *, seconds: float = 45.0) -> Job | None:
        """The oldest job that waits, or that somebody left behind; one worker each."""

    def fail_job(self, job: Job, error: str, *, retry_at: datetime | None) -> None:
        """It did not work: try again later, or give up. Raises StoreError kind `late`."""

    def jobs(self, kinds: Collection[str] = (), states: Collection[str] = ()) -> list[Job]:
        """Jobs of some kinds and states (or all), in the order they were added."""

    def forget_jobs(self, before: datetime) -> int:
        """Forget jobs done before a time; how many. Their keys may then come again."""

    # -- Slack's side -----------------------------------------------------------------------
    def subscribe(self, subscription: Subscription) -> Subscription:
        """Add (id 0) or replace; one a channel and time."""

    def unsubscribe(self, subscription_id: int, *, by: str, at: datetime) -> bool: ...

    def set_preference(self, user: str, **values: str) -> None: ...

    def enqueue(self, messages: Sequence[Outgoing]) -> None:
        """Add to the outbox; a key already there is left alone."""

    def due(
        self,
        at: datetime,
        *,
        lease: float = 120.0,
        limit: int = 20,
        busy: Collection[str] = (),
    ) -> list[Outgoing]:
        """Lease messages whose turn it is (parents before children, in order), state sending.

        Edits and lines come before everything else; channels that are `busy` get edits only. A
        message whose lease ran out comes again with attempts > 0: look for it before sending.
        """

    def waits(self, at: datetime, channels: Collection[str]) -> bool:
        """Whether anything but edits is due in one of these channels."""

    def delivered(self, key: str, ts: str, *, shown: Outgoing | None = None) -> None:
        """It is out; `shown` is what it says there: of an edit, what its message says now."""

    def failed(self, key: str, error: str, *, retry_at: datetime | None) -> None: ...
