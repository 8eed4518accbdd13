"""A big install judged shard by shard in one process: memory, and how time grows.

Each measurement is a process of its own, since the most memory a process ever had is all that the
system remembers.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.speed.frames import MORNING, of_clients, plan_of_clients
from benchmarks.speed.timing import Timed, say
from bot.context.context import ALWAYS, Context, values_of
from bot.jobs.morning import refresh
from bot.rules_files import load
from bot.settings import Settings
from bot.snapshot.evaluation import advised
from bot.store import open_store
from bot.store.base import PlanRow

DAYS = 90
ONE = 10_000
IN_SHARDS = ((10_000, 5), (100_000, 50))
WHOLE = ((5_000, 5, None), (10_000, 10, None), (ONE, 1, 1.5))
"""Mornings with boards, trends and outcomes: their memory still grows with all campaigns."""
PULLED = datetime(2026, 11, 23, 5, tzinfo=UTC)
AT_ONCE = 2_000  # campaigns written in one import


def lines() -> Iterator[Timed]:
    """One big shard, many of them, and how time grows between 10,000 and 100,000 campaigns."""
    _, used = _measured(ONE, 1)
    yield Timed("shards: memory", f"one of {ONE:,} x {DAYS} days", used, "GB", None, 1.5)
    took = []
    for campaigns, clients in IN_SHARDS:
        seconds, used = _measured(campaigns, clients)
        took.append(seconds)
    size = f"{campaigns:,} x {DAYS} days in {clients}"
    yield Timed("shards: memory", size, used, "GB", None, 2.0)
    yield Timed("shards: time", size, took[-1], "seconds", None, None)
    times = np.log(IN_SHARDS[-1][0] / IN_SHARDS[0][0])
    exponent = float(np.log(took[-1] / took[0]) / times)
    grown = f"{IN_SHARDS[0][0]:,} to {size} ({took[0]:.0f} s, {took[-1]:.0f} s)"
    yield Timed("shards: time grows", grown, exponent, "exponent", None, 1.05)
    for campaigns, clients, goal in WHOLE:
        _, used = _measured(campaigns, clients, "whole")
        size = f"{campaigns:,} x {DAYS} days in {clients}"
        yield Timed("a whole morning: memory", size, used, "GB", None, goal)


def _measured(campaigns: int, clients: int, what: str = "judged") -> tuple[float, float]:
    """Seconds of processor time a morning takes, and the most GB: judged only, or whole."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "perfbot.db"
        say(f"shards: writing {campaigns:,} x {DAYS} days of {clients} clients …")
        write(place, campaigns, clients)
        say("  judging …")
        command = [sys.executable, "-m", "benchmarks.speed.shards", what, str(place)]
        words = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    seconds, used = map(float, words[:2])
    say(f"  {seconds:.1f} s, {used:.2f} GB")
    return seconds, used


def write(place: Path, campaigns: int, clients: int) -> None:
    """A store with as many campaigns of as many clients, each as big as the next."""
    store = open_store(str(place))
    store.set_plan(plan_rows(clients), origin="slack")
    for part, start in enumerate(range(0, campaigns, AT_ONCE)):
        frame = frame_of(part, part % clients, min(AT_ONCE, campaigns - start), DAYS)
        store.add_numbers(frame, source="bench", pulled_at=PULLED + timedelta(seconds=part))
    store.close()


def plan_rows(clients: int) -> list[PlanRow]:
    """What the clients pay, as the store keeps it."""
    return [
        PlanRow(one.match, values_of(one), ALWAYS, "bench", PULLED, "slack", number)
        for number, one in enumerate(plan_of_clients(clients).entries)
    ]


def frame_of(part: int, client: int, campaigns: int, days: int) -> pd.DataFrame:
    """Daily rows of some of a client's campaigns; each `part` has its own."""
    frame = of_clients(campaigns, days, 1, seed=part)
    return frame.assign(
        campaign_id=f"p{part:03}" + frame["campaign_id"],
        account_id=f"a{client}",
        campaign_name=frame["campaign_name"].str.replace("client0000", f"client{client:04}"),
        currency="SEK" if client % 5 == 0 else "NOK",
    )


def judge(place: Path) -> tuple[float, float]:
    """Judge the morning of a store in this process: seconds, and the most GB."""
    store = open_store(str(place))
    context = Context(store, load(), {}, Settings(), lambda: PULLED)
    start = time.process_time()
    morning = advised(context, MORNING)
    took = time.process_time() - start
    assert morning.held_back
    store.close()
    return took, _most()


def refresh_all(place: Path) -> tuple[float, float]:
    """Everything a worker does with a morning: boards, trends, advice, outcomes, all kept."""
    store = open_store(str(place))
    start = time.process_time()
    refresh(store, load(), MORNING, Settings(), lambda: PULLED)
    took = time.process_time() - start
    store.close()
    return took, _most()


def _most() -> float:
    """The most GB this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


if __name__ == "__main__":
    measure = {"judged": judge, "whole": refresh_all}[sys.argv[1]]
    print(*measure(Path(sys.argv[2])))
