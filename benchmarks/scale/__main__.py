"""`python -m benchmarks.scale`: every digest of 10,000 workspaces is due at 08:00.

A simulation with the outbox's own numbers (`bot.jobs.outbox`): so many couriers a worker, each with
one call of Slack's at a time; a channel takes a burst and then a message a second. What it leaves
out: Slack's own hours of trouble, and the database, which is asked a few statements a message.
"""

from __future__ import annotations

import argparse
import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.jobs.outbox import BURST, COURIERS, EACH_SECOND

WORKSPACES, CHANNELS, ADVICE = 10_000, 1, 5
CALL = 0.25  # seconds of one chat.postMessage, there and back, on an ordinary day
WORKERS = (1, 4, 10, 40, 100)


@dataclass(frozen=True)
class Morning:
    """One hour's digests.

    Attributes:
        channels: How many get one.
        messages: Of each: the digest, and under it a message for each piece of advice.
        workers: Processes that post.
        call: Seconds one call of Slack's takes.
        burst, each_second: What a channel takes at once, and from then on in a second.
        digests_first: Whether every digest goes before what hangs below any; the outbox does not:
            it posts in the order in which messages were queued.
    """

    channels: int
    messages: int
    workers: int
    call: float = CALL
    burst: int = BURST
    each_second: float = EACH_SECOND
    digests_first: bool = False

    def rank(self, channel: int, place: int) -> tuple[int, int]:
        """What is posted first of all that may be."""
        return (int(place > 0 and self.digests_first), channel)

    @property
    def couriers(self) -> int:
        return self.workers * COURIERS


@dataclass(frozen=True)
class Delivered:
    """Seconds after the hour at which each channel had its digest, and the last thing under it."""

    digest: np.ndarray
    whole: np.ndarray


def delivered(morning: Morning) -> Delivered:
    """Post everything, each courier the first message whose channel takes one now."""
    posted: list[list[float]] = [[] for _ in range(morning.channels)]
    free = [0.0] * morning.couriers
    ready = [morning.rank(channel, 0) for channel in range(morning.channels)]
    paused: list[tuple[float, int]] = []
    while ready or paused:
        now = heapq.heappop(free)
        while paused and paused[0][0] <= now:
            _, channel = heapq.heappop(paused)
            heapq.heappush(ready, morning.rank(channel, len(posted[channel])))
        if not ready:
            heapq.heappush(free, paused[0][0])
            continue
        _, channel = heapq.heappop(ready)
        times = posted[channel]
        times.append(now + morning.call)
        heapq.heappush(free, now + morning.call)
        if len(times) < morning.messages:
            # one message after the other: what hangs below a digest needs its address
            following = max(times[-1], _allowed(morning, times))
            heapq.heappush(paused, (following, channel))
    return Delivered(
        np.array([times[0] for times in posted]), np.array([times[-1] for times in posted])
    )


def _allowed(morning: Morning, times: list[float]) -> float:
    """When a channel takes its next message: a bucket that fills by so many a second."""
    beyond = len(times) - morning.burst
    return times[0] + (beyond + 1) / morning.each_second if beyond >= 0 else 0.0


def rows(channels: int, messages: int) -> Iterator[tuple[str, ...]]:
    """A row for each number of workers, minutes after the hour."""
    for workers in WORKERS:
        out = delivered(Morning(channels, messages, workers))
        first = delivered(Morning(channels, messages, workers, digests_first=True))
        minutes = (np.median(out.digest), out.whole.max(), first.digest.max())
        yield (str(workers), *(f"{seconds / 60:.1f}" for seconds in minutes))


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    words.add_argument("--workspaces", type=int, default=WORKSPACES)
    words.add_argument("--channels", type=int, default=CHANNELS, help="that subscribe, in each")
    words.add_argument("--advice", type=int, default=ADVICE, help="messages under a digest")
    asked = words.parse_args()
    channels, messages = asked.workspaces * asked.channels, 1 + asked.advice
    table = Table(title=f"{channels:,} digests due at 08:00, {channels * messages:,} messages")
    for heading in (
        "workers",
        "half have theirs",
        "all is posted",
        "digests first: all have theirs",
    ):
        table.add_column(heading, justify="right")
    for row in rows(channels, messages):
        table.add_row(*row)
    Console(width=100).print(table)
    print("Minutes after the hour.")


if __name__ == "__main__":
    main()
