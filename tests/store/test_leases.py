"""Work is one worker's at a time: a dead one's is taken over, a late one's writes are refused."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import timedelta

import psycopg
import pytest

from bot.errors import SourceError, StoreError, UsageError
from bot.jobs import pull_keeping
from bot.numbers.input.daily import normalise
from bot.sources import AccountPull, Pulled
from bot.sources.base import PlatformChange
from bot.store import open_store
from bot.store.leases import alive
from bot.store.records import GivenAnswer


def lapse(store):
    """Let the time of every lease and job be up, as the database's clock would."""
    with store.engine.writing() as db:
        for table in ("leases", "jobs"):
            db.run(f"UPDATE {table} SET until = '2026-01-01T00:00:00.000000+00:00'")


def until(store):
    with store.engine.reading() as db:
        return db.tuples("SELECT until FROM leases")[0][0]


def late(write):
    """Whether a write is refused because another has it by now."""
    try:
        write()
    except StoreError as error:
        return error.kind == "late"
    return False


def test_a_lease_is_one_holders_until_it_lapses(store):
    """Another is refused, the same may keep it, who comes after it lapsed has a higher number."""
    mine = store.lease("tick", "a")
    assert mine.token == 1
    assert store.lease("tick", "b") is None
    assert store.lease("other", "b").token == 1
    time.sleep(0.01)  # SQLite's clock counts milliseconds
    renewed = store.lease("tick", "a")
    assert (renewed.token, renewed.until > mine.until) == (1, True)
    lapse(store)
    assert store.lease("tick", "b").token == 2
    assert store.lease("tick", "a") is None


def test_a_lease_let_go_is_free_at_once(store):
    """And letting go of what another has changes nothing."""
    mine = store.lease("tick", "a")
    store.release(mine)
    theirs = store.lease("tick", "b")
    assert theirs.token == 2
    store.release(mine)
    assert store.lease("tick", "a") is None


def test_a_late_holder_writes_nothing(store, at):
    """Slow, not dead: its time was up, another has it; its write is refused whole."""
    mine = store.lease("tick", "a")
    with store.fenced(mine):
        store.claim("k", "in time", at(1))
    lapse(store)

    def write():
        with store.fenced(mine):
            store.claim("k", "late", at(1))

    assert late(write)  # nobody has taken it yet, but anybody may
    theirs = store.lease("tick", "b")
    assert late(write)
    assert late(lambda: store.beat(mine))
    with store.fenced(theirs):
        assert store.claim("k", "late", at(1))
        assert not store.claim("k", "in time", at(1))


class Slow:
    """A source at whose answer another process is faster; it answers account by account."""

    name = "slow"

    def __init__(self, frame, at, meanwhile):
        self.frame, self.at, self.meanwhile = frame, at, meanwhile

    def pull(self, since, until):  # noqa: ARG002
        self.meanwhile()
        account = AccountPull("1", ("google_ads",), ok=True, until=until)
        change = PlatformChange("1", ("1",), self.at, "budget", 1.0, 2.0, "ola")
        return Pulled(normalise(self.frame), self.at, (account,), changes=(change,))


def pulled(store, at, frame, job, meanwhile=lambda: None):
    return pull_keeping.pull(
        store, [Slow(frame, at(24), meanwhile)], lambda: at(24), held={"slow": job}
    )


@pytest.mark.parametrize("fails", [False, True])
def test_a_pull_that_was_taken_over_keeps_none_of_its_numbers(store, at, rows, fails):
    """Neither days nor changes nor that it was pulled, or failed: what is there is the other's."""
    store.add_jobs("pull", {"slow:24": {"source": "slow"}})
    mine = store.take_job(["pull"], "a")

    def overtaken():
        lapse(store)
        theirs = store.take_job(["pull"], "b")
        assert theirs.token == mine.token + 1
        assert [each.ok for each in pulled(store, at, rows({"date": 22, "spend": 7.0}), theirs)]
        if fails:
            raise SourceError("It hung up.", hint="Try later.")

    assert pulled(store, at, rows({"date": 22, "spend": 5.0}), mine, overtaken) == []
    assert store.numbers()["spend"].tolist() == [7.0]
    assert [each.ok for each in store.pulls()] == [True]
    assert len(store.events(kind="platform.budget")) == 1


def test_a_pull_whose_time_was_up_is_its_holders_until_another_takes_it(store, at, rows):
    """A long import keeps its heartbeats from the database: that makes nobody late."""
    store.add_jobs("pull", {"slow:24": {"source": "slow"}})
    mine = store.take_job(["pull"], "a")
    assert pulled(store, at, rows({"date": 22, "spend": 5.0}), mine, lambda: lapse(store))
    assert store.numbers()["spend"].tolist() == [5.0]
    assert store.take_job(["pull"], "b") is None
    with store.fenced(mine):
        pass
    assert [job.state for job in store.jobs()] == ["done"]


def test_the_same_holder_after_a_lapse_is_another_taking(store):
    """A process that slept through its lease is as late as any other."""
    mine = store.lease("tick", "a")
    lapse(store)
    assert store.lease("tick", "a").token == 2
    assert late(lambda: store.beat(mine))


def test_heartbeats_keep_a_lease_however_long_the_work_takes(store):
    """Beat by beat, until the work is over or another has it."""
    mine = store.lease("tick", "a")
    with alive(store, mine, interval=0.001):
        begun = until(store)
        while until(store) == begun:
            time.sleep(0.001)
        with store.fenced(mine):
            pass
        lapse(store)
        theirs = store.lease("tick", "b")
        if theirs:  # no beat came between the two
            assert late(lambda: store.beat(mine))
    assert not [thread for thread in threading.enumerate() if thread.name == "heart of tick"]


def test_a_job_is_done_once(store, at):
    """The oldest first, one worker each, its writes with it; the same work is not added twice."""
    assert store.add_jobs("pull", {"a:1": {"source": "a"}, "b:1": {"source": "b"}}) == 2
    assert store.add_jobs("pull", {"a:1": {"source": "x"}, "c:1": None}) == 1
    assert store.take_job(["judge"], "w1") is None
    first, second = (store.take_job(["pull", "judge"], worker) for worker in ("w1", "w2"))
    assert [(one.key, one.payload, one.attempts) for one in (first, second)] == [
        ("a:1", {"source": "a"}, 0), ("b:1", {"source": "b"}, 0)]  # fmt: skip
    with store.fenced(first):
        store.claim("k", "a", at(1))
    with pytest.raises(UsageError), store.fenced(second):
        store.answer("a1", GivenAnswer("dance", by="U1", at=at(24)))
    assert [(one.key, one.state) for one in store.jobs(["pull"])] == [
        ("a:1", "done"), ("b:1", "working"), ("c:1", "waiting")]  # fmt: skip
    assert store.take_job(["pull"], "w1").key == "c:1"
    assert store.take_job(["pull"], "w1") is None


def test_a_job_left_behind_is_taken_over_and_its_first_worker_is_late(store, at):
    """Within its lease; the attempt counts, and what the first writes later is refused."""
    store.add_jobs("pull", {"a": None})
    dead = store.take_job(["pull"], "w1")
    assert store.take_job(["pull"], "w2") is None
    lapse(store)
    mine = store.take_job(["pull"], "w2")
    assert (mine.key, mine.attempts, mine.token) == ("a", 1, 2)

    def write():
        with store.fenced(dead):
            store.claim("k", "twice", at(1))

    assert late(write)
    assert late(lambda: store.fail_job(dead, "x", retry_at=None))
    with store.fenced(mine):
        assert store.claim("k", "twice", at(1))
    assert [one.state for one in store.jobs()] == ["done"]


def test_a_job_that_fails_waits_or_is_given_up(store, at):
    """With its error, without its secrets; done ones are forgotten after a while."""
    store.add_jobs("pull", {"a": None, "b": None})
    store.fail_job(store.take_job(["pull"], "w"), "token=abc", retry_at=at(1))
    with store.engine.writing() as db:  # its time has come
        db.run("UPDATE jobs SET not_before = ''")
    again = store.take_job(["pull"], "w")
    assert (again.key, again.attempts, again.error) == ("a", 1, "token=[hidden]")
    far = again and at(1).replace(year=2100)
    store.fail_job(again, "later", retry_at=far)
    other = store.take_job(["pull"], "w")
    store.fail_job(other, "no", retry_at=None)
    assert store.take_job(["pull"], "w") is None
    assert [one.key for one in store.jobs(states=["failed"])] == ["b"]
    assert store.forget_jobs(timedelta(0)) == 0
    store.add_jobs("judge", {"x": None})
    with store.fenced(store.take_job(["judge"], "w")):
        pass
    assert store.forget_jobs(timedelta(days=1)) == 0
    assert store.forget_jobs(timedelta(0)) == 1


def test_a_job_that_fails_is_not_tried_at_once_whatever_the_clock_says(store, at):
    """A process whose clock is days behind waits like any other; it would try without an end."""
    store.add_jobs("pull", {"a": None})
    store.fail_job(store.take_job(["pull"], "w"), "not now", retry_at=at(1).replace(year=2020))
    assert store.take_job(["pull"], "w") is None
    assert [job.state for job in store.jobs()] == ["waiting"]


def test_a_claim_is_kept_with_what_rests_on_it(store, save, advice, at):
    """Both or neither, and for one caller only."""
    save(24, advice())
    with pytest.raises(UsageError), store.kept("slack", "1", at(24)):
        store.answer("a1", GivenAnswer("dance", by="U1", at=at(24)))
    assert store.advice("a1").state == "open"
    with store.kept("slack", "1", at(24)) as new:
        assert new
        assert store.answer("a1", GivenAnswer("acknowledge", by="U1", at=at(24))).won
    with store.kept("slack", "1", at(24)) as new:
        assert not new
    assert store.advice("a1").state == "acknowledged"


def test_an_answer_that_cannot_be_kept_is_told_in_time(url, at):
    """Two seconds at most, whatever other writers may take; `locked`, and nothing is claimed."""
    with closing(open_store(url)) as store, closing(open_store(url)) as other:
        begun, go_on = threading.Event(), threading.Event()

        def hold():
            with other.atomic():
                other.claim("k", "theirs", at(1))
                begun.set()
                go_on.wait(10)

        thread = threading.Thread(target=hold)
        thread.start()
        begun.wait()
        with pytest.raises(StoreError) as error, store.kept("slack", "1", at(1), patience=0.1):
            pass
        assert error.value.kind == "locked"
        go_on.set()
        thread.join()
        with store.kept("slack", "1", at(1), patience=0.1) as new:
            assert new


def test_an_import_holds_up_no_answer_on_postgresql(postgres_url, add, at, rows, advice, on):
    """Numbers and decisions go side by side; SQLite has one writer at a time."""
    with closing(open_store(postgres_url)) as store, closing(open_store(postgres_url)) as other:
        store.save_advice([advice()], as_of=on(24), at=at(24))
        with store.atomic("numbers"):
            store.add_numbers(rows({"date": 1, "spend": 1.0}), source="x", pulled_at=at(2))
            answers = []

            def answer():
                with other.kept("slack", "1", at(24), patience=5) as new:
                    answers.append(
                        new and other.answer("a1", GivenAnswer("dismiss", by="U", at=at(24))).won
                    )

            # the import took the lock of decisions for its last step, the boards: it is over soon
            thread = threading.Thread(target=answer)
            thread.start()
        thread.join()
        assert answers == [True]


WORKER = """
import sys, time
from bot.store import open_store
from datetime import UTC, datetime
url, me, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
store = open_store(url)
print("ready", flush=True)
sys.stdin.readline()
done = []
while job := store.take_job(["shard"], me):
    with store.fenced(job):
        store.claim("shard", job.key, datetime.now(UTC))
    done.append(job.key)
print(",".join(done), flush=True)
store.close()
"""


def test_workers_share_jobs_without_doing_one_twice(url, at):
    """Three processes, forty shards: each done by one of them, all of them done."""
    with closing(open_store(url)) as store:
        store.add_jobs("shard", {str(number): None for number in range(40)})
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", WORKER, url, f"w{number}", "40"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(3)
        ]
        assert [worker.stdout.readline() for worker in workers] == ["ready\n"] * 3
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        done = [worker.communicate(timeout=60)[0].strip().split(",") for worker in workers]
        keys = [key for keys in done for key in keys if key]
        assert sorted(keys, key=int) == [str(number) for number in range(40)]
        assert {one.state for one in store.jobs()} == {"done"}
        assert not any(store.claim("shard", key, at(1)) for key in keys)


def test_one_process_leads_at_a_time_and_lets_go_when_it_dies(postgres_url):
    """By the connection: whoever is gone, or was cut off, leads no longer."""
    with closing(open_store(postgres_url)) as store, closing(open_store(postgres_url)) as other:
        with store.leading("tick") as mine, other.leading("tick") as theirs:
            assert (mine, theirs) == (True, False)
            with other.leading("pull") as another:
                assert another
        with other.leading("tick") as theirs:
            assert theirs
            with psycopg.connect(postgres_url, autocommit=True) as conn:
                ended = conn.execute(  # waited for: told to end is not yet gone
                    "SELECT pg_terminate_backend(pid, 30000) FROM pg_locks"
                    " WHERE locktype = 'advisory'"
                ).fetchall()
                assert ended == [(True,)]
            with store.leading("tick") as mine:
                assert mine


def test_everybody_leads_on_sqlite(path):
    """What is done twice there is kept apart by its claims."""
    stores = [open_store(path) for _ in range(2)]
    with stores[0].leading("tick") as mine, stores[1].leading("tick") as theirs:
        assert mine
        assert theirs
    for store in stores:
        store.close()
