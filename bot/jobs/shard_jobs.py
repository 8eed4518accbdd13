"""A morning's shards as jobs: whichever processes share the database judge them.

Each is taken by one process (on PostgreSQL with SKIP LOCKED), held by its heartbeat, and what came
of it is kept in the transaction that ends the job: a process that dies in the middle leaves
nothing, and another takes the shard over when its lease is up.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pandas as pd

from bot.context.context import Context
from bot.errors import StoreError
from bot.numbers.shards import Shard
from bot.snapshot.shard_rows import BOARD, ROW, Judging, judged_shard
from bot.snapshot.shard_tables import judging_of
from bot.snapshot.sharded import ShardedMorning
from bot.store.base import Job
from bot.store.leases import LEASE, alive

log = logging.getLogger(__name__)
SHARD = "shard"
LOOK = 0.2  # seconds between looks whether others are done
OTHER_RULES = timedelta(seconds=30)  # until a shard is offered again to whoever has the same rules


@dataclass
class ShardWork:
    """Takes shards and judges them, in a process of its own name.

    Attributes:
        context: The store, and the rules of this process.
        holder: What this process is called where several share work.
        seconds: How long a shard is held without a heartbeat.
    """

    context: Context
    holder: str
    seconds: float = LEASE
    _run: tuple[str, ShardedMorning, Judging] | None = field(default=None, repr=False)

    def look(self) -> None:
        """The same between other things, in a worker."""
        self()

    def __call__(self) -> int:
        """Judge whatever waits, or was left behind; how many shards."""
        count = 0
        while self._take():
            count += 1
        self._run = None
        return count

    def _take(self) -> bool:
        job = self.context.store.take_job([SHARD], self.holder, seconds=self.seconds)
        if job is None:
            return False
        try:
            with alive(self.context.store, job, interval=self.seconds / 4):
                self._judge(job)
        except StoreError as error:
            if error.kind != "late":
                raise
            log.warning("%s was taken over by another process.", job.key)
        return True

    def _judge(self, job: Job) -> None:
        store, told = self.context.store, job.payload
        if told["rules"] != self.context.rulebook.version:
            at = self.context.clock() + OTHER_RULES
            store.fail_job(job, "This process has other rules.", retry_at=at)
            return
        rows = self._rows(told)
        with store.fenced(job):
            store.save_board(_name(told["run"], told["number"]), told["as_of"], rows)

    def _rows(self, told: dict[str, Any]) -> list[dict[str, Any]]:
        morning, judging = self._of(told["run"], told["as_of"])
        shard = Shard(told["client"], told["currency"])
        return rows_of(morning, shard, judging)

    def _of(self, run: str, as_of: date) -> tuple[ShardedMorning, Judging]:
        """The campaigns and the plan of a morning, read once for all its shards."""
        if self._run is None or self._run[0] != run:
            morning = ShardedMorning.whole(self.context, as_of)
            self._run = (run, morning, judging_of(self.context, as_of, ()))
        return self._run[1:]


def rows_of(morning: ShardedMorning, shard: Shard, judging: Judging) -> list[dict[str, Any]]:
    """What a shard of the store comes to, as rows that can be kept; boards apart."""
    rows = judged_shard(
        shard,
        morning.days(shard, judging.since).history,
        judging,
        morning.census.of([shard]),
        morning.window_reach,
        morning.details(shard),
    )
    return [{str(name): value for name, value in row.items()}
            for row in rows[rows["kind"] != BOARD].to_dict("records")]  # fmt: skip


def spread(context: Context, as_of: date, work: Callable[[], int]) -> Iterator[pd.DataFrame]:
    """Judge a morning with whoever else is at work; the rows of each shard, in order.

    Args:
        context: The store.
        as_of: The morning.
        work: Takes this process's share (`ShardWork`), whenever it is called.
    """
    run, morning = uuid4().hex, ShardedMorning.whole(context, as_of)
    shards = list(morning)
    told = {"as_of": as_of, "run": run, "rules": context.rulebook.version}
    context.store.add_jobs(SHARD, {
        f"{run}:{number}": {**told, "number": number, "client": shard.client,
                            "currency": shard.currency}
        for number, shard in enumerate(shards)
    })  # fmt: skip
    try:
        while True:
            work()
            if not _open(context, run):
                break
            time.sleep(LOOK)
        judging = judging_of(context, as_of, ())
        for number, shard in enumerate(shards):
            # numbers that came meanwhile make the store forget what rested on those before
            kept = context.store.board(_name(run, number), as_of)
            rows = rows_of(morning, shard, judging) if kept is None else kept
            yield pd.DataFrame(rows, columns=list(ROW))
    finally:
        context.store.drop_boards(_name(run, ""), as_of)


def _open(context: Context, run: str) -> bool:
    jobs = context.store.jobs([SHARD], ["waiting", "working"])
    return any(job.key.startswith(run) for job in jobs)


def _name(run: str, number: int | str) -> str:
    return f"shard:{run}:{number}"
