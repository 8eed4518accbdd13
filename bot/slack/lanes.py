"""The lanes work waits in, so that nothing slow stands before what must be quick.

What is heard is acknowledged on Bolt's threads and handed to one of these: threads that take each
person in turn, so that a burst of one holds up no other. Slack says things twice, and people ask
many at once: what is new, and how many are too many.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Condition, Lock, Thread

from slack_bolt import App

from bot.telemetry import tracing

HEARING = 100  # they acknowledge and hand on; blocked threads cost nothing
ANSWERING, OPENING, KEEPING = 6, 6, 8


@dataclass(frozen=True)
class Lanes:
    """Threads by what they do.

    Attributes:
        answers: Questions: they read much, and many come at once.
        opening: Modals, which Slack takes for three seconds only, and what follows an answer.
        keeping: Answers and forms on their way into the store, acknowledged once they are there.
    """

    answers: Turns = field(default_factory=lambda: Turns(ANSWERING, "perfbot-answers"))
    opening: Turns = field(default_factory=lambda: Turns(OPENING, "perfbot-opens"))
    keeping: Turns = field(default_factory=lambda: Turns(KEEPING, "perfbot-keeps"))

    def close(self, seconds: float) -> None:
        """Begin no more; all that is at work has the same so many seconds to end."""
        lanes = (self.keeping, self.opening, self.answers)
        closing = [Thread(target=lane.close, args=(seconds,), daemon=True) for lane in lanes]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join(seconds + 1)


class Hearing(ThreadPoolExecutor):
    """Bolt's own threads, the lanes behind them, and what Slack signs its requests with."""

    def __init__(self, lanes: Lanes, secret: str = "") -> None:
        super().__init__(HEARING, thread_name_prefix="perfbot-hears")
        self.lanes, self.secret = lanes, secret


def behind(app: App) -> Hearing:
    """The threads behind an app that `bot.slack.app.build` made."""
    hearing = app.listener_runner.listener_executor
    assert isinstance(hearing, Hearing), "`build` has put it there"
    return hearing


log = logging.getLogger(__name__)
Work = Callable[[], object]


@dataclass(frozen=True)
class Task:
    """Something to do for a person.

    Attributes:
        late: Called once where the work takes longer than the budget; None where nobody waits.
        dropped: Called where perfbot stops before the work was begun.
        request: Id of the request it is a part of.
    """

    work: Work
    late: Work | None = None
    dropped: Work | None = None
    request: str = field(default_factory=tracing.current)


@dataclass
class _Running:
    task: Task
    person: str
    since: float
    is_late: bool = False


class Turns:
    """Daemon threads that take one task of each person after another, round and round.

    Daemons, so that a task that never ends cannot keep the process from ending.

    Args:
        threads: How many tasks at once. More than a few only take the processor from each other.
        name: Of the threads.
        budget: Seconds a task may take before `late` is called, and another thread takes its place.
    """

    def __init__(self, threads: int, name: str, *, budget: float = 20.0) -> None:
        self.threads, self.name, self.budget = threads, name, budget
        self._queues: OrderedDict[str, deque[Task]] = OrderedDict()
        self._running: list[_Running] = []
        self._changed = Condition()
        self._started = self._idle = 0
        self._closed = False
        self._watching = False

    def take(self, person: str, task: Task) -> None:
        """Queue a task of somebody's; dropped at once where the threads were stopped."""
        with self._changed:
            closed = self._closed
            if not closed:
                self._queues.setdefault(person, deque()).append(task)
                self._staff()
                self._changed.notify()
        if closed:
            _safely(task.dropped)

    def watch(self) -> None:
        """Tell whoever waits longer than the budget, and put a thread in the place of theirs."""
        with self._changed:
            now = time.monotonic()
            slow = [run for run in self._running if now - run.since > self.budget]
            fresh = [run for run in slow if not run.is_late]
            for run in fresh:
                run.is_late = True
            self._staff()
        for run in fresh:
            _safely(run.task.late)

    def close(self, seconds: float) -> int:
        """Begin no more, wait so long for those at work; how many are still at work then."""
        with self._changed:
            self._closed = True
            queued = [task for queue in self._queues.values() for task in queue]
            self._queues.clear()
            self._changed.notify_all()
        for task in queued:
            _safely(task.dropped)
        with self._changed:
            self._changed.wait_for(lambda: not self._running, seconds)
            return len(self._running)

    def _staff(self) -> None:
        """Start a thread where somebody waits and fewer than `threads` are at work in time."""
        slow = sum(run.is_late for run in self._running)
        queued = sum(map(len, self._queues.values()))
        while queued > self._idle and self._started - slow < self.threads:
            self._started += 1
            self._idle += 1
            Thread(target=self._serve, name=f"{self.name}-{self._started}", daemon=True).start()
        if queued and not self._watching:
            self._watching = True
            Thread(target=self._keep_watch, name=f"{self.name}-watch", daemon=True).start()

    def _keep_watch(self) -> None:
        while not self._closed:
            time.sleep(min(1.0, self.budget / 4))
            self.watch()

    def _serve(self) -> None:
        while (running := self._next()) is not None:
            with tracing.bound(running.task.request):
                _safely(running.task.work)
            with self._changed:
                self._running.remove(running)
                if self._started - sum(run.is_late for run in self._running) > self.threads:
                    self._started -= 1  # another took this one's place meanwhile
                    self._changed.notify_all()
                    return
                self._idle += 1
                self._changed.notify_all()

    def _next(self) -> _Running | None:
        with self._changed:
            self._changed.wait_for(lambda: self._person() is not None or self._closed)
            self._idle -= 1
            person = self._person()
            if person is None:
                self._started -= 1
                return None
            queue = self._queues.pop(person)
            running = _Running(queue.popleft(), person, time.monotonic())
            if queue:
                self._queues[person] = queue
            self._running.append(running)
            return running

    def _person(self) -> str | None:
        """Whose turn it is; whoever has a late task waits for that to end first."""
        late = {run.person for run in self._running if run.is_late}
        return next((person for person in self._queues if person not in late), None)


def _safely(work: Work | None) -> None:
    """Whatever a task raises is logged: its thread goes on with the next."""
    try:
        if work is not None:
            work()
    except Exception:
        log.exception("What was to be done for somebody failed.")


REMEMBERED = 1_000
TOLD_EVERY = timedelta(seconds=10)


class Deduplication:
    """The last requests this process has heard."""

    def __init__(self) -> None:
        self._heard: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def first(self, key: str) -> bool:
        """False for a key heard before; a request without one is always new."""
        with self._lock:
            if key and key in self._heard:
                return False
            self._heard[key] = None
            if len(self._heard) > REMEMBERED:
                self._heard.popitem(last=False)
            return True


@dataclass
class _Allowance:
    left: float
    at: datetime
    told: datetime | None = None


class QuestionRate:
    """How many questions a person may ask: so many at once, and so many more a second.

    Args:
        burst: Questions at once.
        each_second: Questions that come free again a second.
    """

    def __init__(self, burst: float, each_second: float) -> None:
        self.burst, self.each_second = burst, each_second
        self._people: OrderedDict[str, _Allowance] = OrderedDict()
        self._lock = Lock()

    def allows(self, user: str, now: datetime) -> bool:
        """Whether one more question may be asked now; it counts where it may."""
        with self._lock:
            allowance = self._people.setdefault(user, _Allowance(self.burst, now))
            self._people.move_to_end(user)
            if len(self._people) > REMEMBERED:
                self._people.popitem(last=False)
            free = max(0.0, (now - allowance.at).total_seconds()) * self.each_second
            allowance.left, allowance.at = min(self.burst, allowance.left + free), now
            if allowance.left < 1:
                return False
            allowance.left -= 1
            return True

    def tells(self, user: str, now: datetime) -> bool:
        """Whether to say so: not more often than every ten seconds."""
        with self._lock:
            allowance = self._people[user]
            if allowance.told is not None and now - allowance.told < TOLD_EVERY:
                return False
            allowance.told = now
            return True
