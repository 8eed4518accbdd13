"""Work that several processes share, as a store hands it out: claims, leases, jobs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.store.records import Job, Lease
from bot.store.sql import DECISIONS


class SharedWork(Protocol):
    """What one process does and no other, by the database's clock."""

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

    def lease(self, name: str, holder: str, *, seconds: float = 45.0) -> Lease | None:
        """Take what one process at a time may do, or keep it; None while another has it.

        By the database's clock: no process's own matters.
        """

    def leading(self, name: str) -> AbstractContextManager[bool]:
        """True for one process at a time on PostgreSQL, until it is left or the process is gone.

        On SQLite always: there, whatever is done twice is kept apart by its claims alone.
        """

    def release(self, lease: Lease) -> None:
        """Let go at once; of what another has by now, nothing is changed."""

    def beat(self, holding: Lease | Job, *, seconds: float = 45.0) -> None:
        """Keep it for so many seconds more (`bot.store.leases.alive` does this in a thread).

        Raises:
            StoreError: Kind `late`: its time was up, another has it or may take it.
        """

    def fenced(self, holding: Lease | Job) -> AbstractContextManager[None]:
        """A transaction of whoever holds it; a job is done with it.

        Raises:
            StoreError: Kind `late`, before anything is written: it is somebody else's by now.
        """

    def holding(self, job: Job, lock: str = DECISIONS) -> AbstractContextManager[None]:
        """A transaction in the middle of a job's work, which keeps the job as a heartbeat does.

        Nobody takes the job over before it ends. One whose time is up is still its holder's until
        another takes it: on SQLite heartbeats wait while the holder itself writes.

        Args:
            job: As it was taken.
            lock: As in `atomic`.

        Raises:
            StoreError: Kind `late`, before anything is written: another has it by now.
        """

    def add_jobs(self, kind: str, jobs: Mapping[str, Any]) -> int:
        """Add work by its key, with what it is about; how many were new. The same comes once."""

    def take_job(self, kinds: Sequence[str], holder: str, *, seconds: float = 45.0) -> Job | None:
        """The oldest job that waits, or that somebody left behind; one worker each."""

    def fail_job(self, job: Job, error: str, *, retry_at: datetime | None) -> None:
        """It did not work: try again later, or give up. Raises StoreError kind `late`."""

    def jobs(self, kinds: Collection[str] = (), states: Collection[str] = ()) -> list[Job]:
        """Jobs of some kinds and states (or all), in the order they were added."""

    def forget_jobs(self, age: timedelta) -> int:
        """Forget jobs done so long ago; how many. Their keys may then come again."""
