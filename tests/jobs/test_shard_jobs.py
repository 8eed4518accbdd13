"""A morning's shards judged by the processes that share a database."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from threading import Event, Thread

import pandas as pd
import pytest

from benchmarks.speed.frames import MORNING, of_clients, plan_of_clients
from bot.context.context import ALWAYS, Context, values_of
from bot.jobs.shard_jobs import SHARD, ShardWork, spread
from bot.rules_files import load
from bot.settings import Settings
from bot.snapshot import shard_tables
from bot.store import open_store
from bot.store.base import PlanRow, Store

PULLED = datetime(2026, 11, 23, 5, tzinfo=UTC)
CLIENTS = 3
HELPER = """
import sys, time
from datetime import UTC, datetime
from bot.context.context import Context
from bot.jobs.shard_jobs import ShardWork
from bot.rules_files import load
from bot.settings import Settings
from bot.snapshot import shard_tables
from bot.store import open_store
store = open_store(sys.argv[1])
context = Context(store, load(), {}, Settings(), lambda: datetime.now(UTC))
work = ShardWork(context, sys.argv[2], seconds=2.0)
print("ready", flush=True)
while True:
    work()
    time.sleep(0.02)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "perfbot.db")
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def context(place) -> Context:
    """Thirty campaigns of three clients, each a shard."""
    store = open_store(place)
    store.add_numbers(of_clients(30, 30, CLIENTS), source="x", pulled_at=PULLED)
    entries = [PlanRow(one.match, values_of(one), ALWAYS, "U1", PULLED, "slack", number)
               for number, one in enumerate(plan_of_clients(CLIENTS).entries)]  # fmt: skip
    store.set_plan(entries, origin="slack")
    yield Context(store, load(), {}, Settings(), lambda: datetime.now(UTC))
    store.close()


def alone(context: Context) -> pd.DataFrame:
    """The rows of every shard, judged in this process."""
    work = shard_tables.judging_of(context, MORNING, ())
    return shard_tables.put_together(shard_tables.of_store(context, work))


def left(store: Store) -> list[str]:
    """Boards of shards that nobody took away."""
    return [name for name in store.standing(MORNING)[1] if name.startswith("shard:")]


def test_shards_are_jobs_that_one_process_finishes(context):
    """Judged as jobs, a morning comes to the same rows, and nothing of them is left lying about."""
    rows = shard_tables.put_together(spread(context, MORNING, ShardWork(context, "me")))
    pd.testing.assert_frame_equal(rows, alone(context))
    jobs = context.store.jobs([SHARD])
    assert [(job.state, job.attempts) for job in jobs] == [("done", 0)] * CLIENTS
    assert left(context.store) == []


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_killed_process_is_made_up_for(context, place):
    """kill -9 in the middle of a shard: another takes it over, and the rows are the same."""
    words = [sys.executable, "-c", HELPER, place, "helper"]
    helper = subprocess.Popen(words, stdout=subprocess.PIPE)
    killed, results = Event(), []
    work = ShardWork(context, "me", seconds=2.0)

    def patient() -> int:
        killed.wait(60)
        return work()

    assert helper.stdout is not None
    helper.stdout.readline()
    thread = Thread(target=lambda: results.extend(spread(context, MORNING, patient)))
    thread.start()
    try:
        while not any(job.holder == "helper" for job in context.store.jobs([SHARD], ["working"])):
            time.sleep(0.005)
        helper.send_signal(signal.SIGKILL)
        helper.wait()
    finally:
        helper.kill()
        helper.stdout.close()
        killed.set()
        thread.join()
    pd.testing.assert_frame_equal(shard_tables.put_together(results), alone(context))
    attempts = sorted(job.attempts for job in context.store.jobs([SHARD], ["done"]))
    assert len(attempts) == CLIENTS
    assert attempts[-1] >= 1  # what the helper had begun
    assert left(context.store) == []


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_numbers_that_come_meanwhile_are_judged(context):
    """What rested on numbers that were restated since is judged again, not taken as it was."""
    work = ShardWork(context, "me")

    def restating() -> int:
        count = work()
        if count:
            newest = of_clients(30, 30, CLIENTS)
            context.store.add_numbers(newest.assign(clicks=newest["clicks"] + 5), source="x",
                                      pulled_at=PULLED)  # fmt: skip
        return count

    rows = shard_tables.put_together(spread(context, MORNING, restating))
    pd.testing.assert_frame_equal(rows, alone(context))


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_another_version_of_the_rules_leaves_a_shard(context):
    """A process whose rules are others' does not judge by them; who has the right ones does."""
    told = {"as_of": MORNING, "run": "r", "rules": "older", "number": 0, "client": "",
            "currency": "SEK"}  # fmt: skip
    context.store.add_jobs(SHARD, {"r:0": told})
    assert ShardWork(context, "me")() == 1
    (job,) = context.store.jobs([SHARD])
    assert (job.state, job.error) == ("waiting", "This process has other rules.")
    assert left(context.store) == []
