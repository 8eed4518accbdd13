"""Replays one after the other, or side by side in processes of their own: the same in the end."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeAlias

from bot.advice.rules.rulebook import Rule, Rulebook
from bot.backtest.backtest_request import shuffled
from bot.backtest.ledger import LOOK_BACK, Ledger, Past
from bot.backtest.replay import Judge, Plans, Progress, Stretch, World, replay, warming
from bot.backtest.report import Notes
from bot.errors import PerfbotError
from bot.numbers.input.windows import Window
from bot.numbers.plan import Plan

Book: TypeAlias = tuple[Rulebook, tuple[Rule, ...]]
Played: TypeAlias = tuple[list[Ledger], Notes]
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


@dataclass(eq=False)
class Bar:
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


def alone(job: Replay, parts: Sequence[Playback], bar: Bar, _: int) -> list[Played]:
    return [job.play(part, bar.one) for part in parts]


def beside(job: Replay, parts: Sequence[Playback], bar: Bar, workers: int) -> list[Played]:
    """Each part in a process that is told the job once; nothing is shared but a count."""
    ways = multiprocessing.get_context("spawn")  # the same on every system; nothing is inherited
    count, stop = ways.Value("q", 0), ways.Event()
    portable_job = replace(job, world=_portable(job.world, parts, job.warm))
    with ProcessPoolExecutor(workers, ways, _begin, (portable_job, count, stop)) as pool:
        try:
            with _deaf():
                futures = [pool.submit(_work, part) for part in parts]
            _watch(futures, lambda: bar.to(int(count.value)))
            return [future.result() for future in futures]
        except BrokenProcessPool as broken:
            raise ReplayEnded from broken
        except BaseException:
            stop.set()  # they look at it every morning
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl-C waits meanwhile; processes that are begun never hear it, nor while they import."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


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


class ReplayEnded(PerfbotError):
    """A process of a replay was ended by the system or by somebody; the others are, too."""

    code = "replay_ended"

    def __init__(self) -> None:
        super().__init__(
            "A process of this replay was ended from outside, as systems short of memory do.",
            hint="Use --workers 1, which needs the least memory, or name fewer mornings.",
        )


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
