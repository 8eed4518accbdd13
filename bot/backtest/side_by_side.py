"""Replays one after the other, or side by side in processes of their own: the same in the end."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
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
Parts: TypeAlias = dict[int, Played]
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
    """Parts in this process and in others, each taking the next that nobody has begun.

    The others are told the job once; besides, counts are all they share. While they begin, which
    takes seconds, this process is at work.

    Raises:
        ReplayEnded: One of them was killed.
    """
    ways = multiprocessing.get_context("spawn")  # the same on every system; nothing is inherited
    shared = _Shared(ways.Value("q", 0), ways.Value("q", 0), ways.Event())
    portable_job = replace(job, world=_portable(job.world, parts, job.warm))
    task = pickle.dumps((portable_job, parts))  # once, and before this process changes any of it
    with (
        ProcessPoolExecutor(workers - 1, ways, _begin, (task, shared)) as pool,
        ThreadPoolExecutor(1) as starter,
    ):
        crew = _Others(starter.submit(_started, pool, workers - 1), shared, bar)
        try:
            played = dict(shared.played(job, parts, crew.look))
            return [part for _, part in sorted((played | crew.played()).items())]
        except BrokenProcessPool as broken:
            raise ReplayEnded from broken
        finally:
            shared.stop.set()  # whoever still plays looks at it every morning


@dataclass(frozen=True, eq=False)
class _Shared:
    """What the processes of a replay share.

    Attributes:
        turn: The next part.
        count: Mornings played, by all.
        stop: Whether nobody waits for them any more.
    """

    turn: Any
    count: Any
    stop: Any

    def played(
        self, job: Replay, parts: Sequence[Playback], look: Callable[[], None]
    ) -> Iterator[tuple[int, Played]]:
        """Plays parts while there are any, by their place."""

        def on_morning() -> None:
            _next(self.count)
            look()

        while (place := _next(self.turn)) < len(parts):
            yield place, job.play(parts[place], on_morning)

    def look(self) -> None:
        """Ends what plays here when nobody waits for it."""
        if self.stop.is_set():
            raise _Stopped


def _next(number: Any) -> int:
    with number.get_lock():
        number.value += 1
        return int(number.value) - 1


@dataclass(frozen=True, eq=False)
class _Others:
    """The other processes, as this one sees them."""

    begun: Future[list[Future[Parts]]]
    shared: _Shared
    bar: Bar

    def look(self) -> None:
        """Show how far all are; hear what went wrong elsewhere."""
        self.bar.to(int(self.shared.count.value))
        for future in self.begun.result() if self.begun.done() else ():
            if future.done():
                future.result()

    def played(self) -> Parts:
        """What they played, when they are done."""
        waiting = {*self.begun.result()}
        while waiting:
            _, waiting = wait(waiting, timeout=_LOOK)
            self.look()
        return {
            place: part for future in self.begun.result() for place, part in future.result().items()
        }


def _started(pool: ProcessPoolExecutor, count: int) -> list[Future[Parts]]:
    """Begins the processes in a thread of its own, and so that they never hear Ctrl-C.

    It is for the first process alone, and would end them with a traceback while they import.
    """
    if hasattr(signal, "pthread_sigmask"):  # not on Windows; processes inherit the thread's mask
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    return [pool.submit(_work) for _ in range(count)]


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


_HERE: list[tuple[Replay, Sequence[Playback], _Shared]] = []


def _begin(task: bytes, shared: _Shared) -> None:
    """In a new process: keep what the first one told."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _HERE.append((*pickle.loads(task), shared))  # noqa: S301 - of the process that began this one


def _work() -> Parts:
    job, parts, shared = _HERE[0]
    return dict(shared.played(job, parts, shared.look))
