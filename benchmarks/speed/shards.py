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
GIGABYTES, GROWS = 2.0, 1.05
PULLED = datetime(2026, 11, 23, 5, tzinfo=UTC)
AT_ONCE = 2_000  # campaigns written in one import


WHAT = {"judged": "shards", "whole": "a whole morning"}


def lines() -> Iterator[Timed]:
    """One big shard, many of them, and how time grows between 10,000 and 100,000 campaigns.

    Judged only, and as a worker's whole morning: boards, trends and outcomes too, all of it kept.
    """
    one = _measured(ONE, 1)
    few, many = (_measured(campaigns, clients) for campaigns, clients in IN_SHARDS)
    times = np.log(IN_SHARDS[-1][0] / IN_SHARDS[0][0])
    for kind, title in WHAT.items():
        used = one[kind][1]
        yield Timed(f"{title}: memory", f"one of {ONE:,} x {DAYS} days", used, "GB", None, 1.5)
        for (campaigns, clients), measured in zip(IN_SHARDS, (few, many), strict=True):
            seconds, used = measured[kind]
            size = f"{campaigns:,} x {DAYS} days in {clients}"
            yield Timed(f"{title}: memory", size, used, "GB", None, GIGABYTES)
            yield Timed(f"{title}: time", size, seconds, "seconds", None, None)
        exponent = float(np.log(many[kind][0] / few[kind][0]) / times)
        grown = f"{IN_SHARDS[0][0]:,} to {size} ({few[kind][0]:.0f} s, {many[kind][0]:.0f} s)"
        yield Timed(f"{title}: time grows", grown, exponent, "exponent", None, GROWS)


def _measured(campaigns: int, clients: int) -> dict[str, tuple[float, float]]:
    """Seconds of processor time, and the most GB: of judging, and of a whole morning."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "perfbot.db"
        say(f"shards: writing {campaigns:,} x {DAYS} days of {clients} clients …")
        write(place, campaigns, clients)
        return {kind: _of_process(kind, place) for kind in WHAT}


def _of_process(kind: str, place: Path) -> tuple[float, float]:
    say(f"  {kind} …")
    command = [sys.executable, "-m", "benchmarks.speed.shards", kind, str(place)]
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
