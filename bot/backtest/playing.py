"""Replays one after the other, or side by side in processes of their own: the same in the end."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, TypeAlias

from bot.advice.rules.rulebook import Rule, Rulebook
from bot.backtest.backtest_request import shuffled
from bot.backtest.ledger import LOOK_BACK, Ledger, Past, joined
from bot.backtest.replay import Judge, Plans, Progress, Stretch, World, replay, warming
from bot.backtest.report import Notes
from bot.numbers.input.windows import Window
from bot.numbers.plan import Plan

Book: TypeAlias = tuple[Rulebook, tuple[Rule, ...]]
Played: TypeAlias = tuple[list[Ledger], Notes]
WORTH_A_PROCESS = 20_000
"""Campaign-mornings: starting a process and telling it the numbers takes as long as some 5,000."""
SHORTEST = 28
"""Mornings of a part at least: before each come those that warm it up."""
_LOOK = 0.2  # seconds between looks at how far the processes are


@dataclass(frozen=True)
class Playback:
    """Mornings to play: as they were, or shuffled by a seed."""

    stretch: Stretch
    seed: int | None = None


@dataclass(frozen=True, eq=False)
class Replay:
    """What is replayed under which rulebooks, the first as it is, the others held against it."""

    world: World
    books: Sequence[Book]

    def play(self, part: Playback, on_morning: Callable[[], None]) -> Played:
        """A part's ledgers, one a rulebook, and examples; `on_morning` hears each morning."""
        world = self.world if part.seed is None else _placebo(self.world, part.stretch, part.seed)
        mornings, entities = tuple(part.stretch.mornings), tuple(world.past.laid.entities)
        first_judge, *other_judges = (
            Judge(book, Ledger(rs, mornings, entities)) for book, rs in self.books
        )
        judges = [
            first_judge,
            *(
                Judge(other_judge.rulebook, other_judge.ledger, like=first_judge)
                for other_judge in other_judges
            ),
        ]
        notes = Notes()
        take = notes.take if part.seed is None else None
        replay(world, part.stretch, judges, lambda *_: on_morning(), take)
        return [judge.ledger for judge in judges], notes

    @property
    def warm(self) -> int:
        """Mornings before each part."""
        return warming(*(rules for _, rules in self.books))


def _placebo(world: World, stretch: Stretch, seed: int) -> World:
    window = Window(stretch.since - timedelta(LOOK_BACK + 7), stretch.until - timedelta(1))
    return replace(world, past=Past.of(shuffled(world.past, window, seed)), window_reach=None)


def play(
    job: Replay,
    stretch: Stretch,
    shuffles: Sequence[Playback],
    progress: Progress | None,
    workers: int,
) -> tuple[Played, list[Played]]:
    """A stretch as it was, and its shuffles.

    Args:
        job: What is replayed.
        stretch: The mornings.
        shuffles: Played beside it.
        progress: Called with mornings done and in all.
        workers: How many processes may work at once; fewer do where there is little to do.
    """
    campaigns = len(job.world.past.laid.entities)
    workers = max(1, min(workers, campaigns * len(stretch.mornings) // WORTH_A_PROCESS))
    parts = [Playback(stretch)] if workers == 1 else [*map(Playback, _parts(stretch, 2 * workers))]
    bar = _Bar(progress, sum(len(p.stretch.mornings) + job.warm for p in (*parts, *shuffles)))
    results = (_alone if workers == 1 else _beside)(job, [*parts, *shuffles], bar, workers)
    stretch_results = results[: len(parts)]
    ledgers = [
        joined(ledger_parts)
        for ledger_parts in zip(*(part[0] for part in stretch_results), strict=True)
    ]
    return (ledgers, Notes.joined([notes for _, notes in stretch_results])), results[len(parts) :]


def _parts(stretch: Stretch, most: int) -> list[Stretch]:
    """Parts that follow one another, about as long as each other."""
    mornings = stretch.mornings
    count = max(1, min(most, len(mornings) // SHORTEST))
    starts = [len(mornings) * place // count for place in range(count + 1)]
    return [Stretch(mornings[a], mornings[b - 1]) for a, b in pairwise(starts)]


@dataclass(eq=False)
class _Bar:
    """One count of mornings over several replays."""

    progress: Progress | None
    total: int
    done: int = field(default=0)

    def to(self, mornings_done: int) -> None:
        self.done = mornings_done
        if self.progress:
            self.progress(mornings_done, self.total)

    def one(self) -> None:
        self.to(self.done + 1)


def _alone(job: Replay, parts: Sequence[Playback], bar: _Bar, _: int) -> list[Played]:
    return [job.play(part, bar.one) for part in parts]


def _beside(job: Replay, parts: Sequence[Playback], bar: _Bar, workers: int) -> list[Played]:
    """Each part in a process that is told the job once; nothing is shared but a count."""
    ways = multiprocessing.get_context("spawn")  # the same on every system; nothing is inherited
    count, stop = ways.Value("q", 0), ways.Event()
    portable_job = replace(job, world=_portable(job.world, parts, job.warm))
    with ProcessPoolExecutor(workers, ways, _begin, (portable_job, count, stop)) as pool:
        try:
            futures = [pool.submit(_work, part) for part in parts]
            _watch(futures, lambda: bar.to(int(count.value)))
            return [future.result() for future in futures]
        except BaseException:
            stop.set()  # they look at it every morning
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _watch(futures: Sequence[Future[Played]], look: Callable[[], None]) -> None:
    waiting = {*futures}
    while waiting:
        finished, waiting = wait(waiting, timeout=_LOOK)
        look()
        for future in finished:
            future.result()


def _portable(world: World, parts: Sequence[Playback], warm: int) -> World:
    """The plan of each morning by value, as a function cannot be sent; equal ones only once."""
    since = min(part.stretch.since for part in parts) - timedelta(warm)
    plans: dict[date, Plan] = {}
    last_plan: Plan | None = None
    for on in Stretch(since, max(part.stretch.until for part in parts)).mornings:
        plan = world.plan(on)
        last_plan = plans[on] = last_plan if last_plan is not None and plan == last_plan else plan
    plan_of_day: Plans = plans.__getitem__
    return replace(world, plan=plan_of_day)


class _Stopped(Exception):
    """The parent has stopped."""


_HERE: list[tuple[Replay, Any, Any]] = []


def _begin(job: Replay, count: Any, stop: Any) -> None:
    """In a new process: keep the job. Ctrl-C is for the parent to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _HERE.append((job, count, stop))


def _work(part: Playback) -> Played:
    job, count, stop = _HERE[0]

    def count_morning() -> None:
        with count.get_lock():
            count.value += 1
        if stop.is_set():
            raise _Stopped

    return job.play(part, count_morning)
