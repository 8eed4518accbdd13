"""One minute's work: pull what is late, write the digests that are due, deliver.

Once a day, what is older than `[retention]` says is removed.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any, Protocol
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.context.request import request
from bot.errors import StoreError
from bot.features.triage import lifecycle as resolving
from bot.jobs import due
from bot.jobs.due_digests import Digests, Nobody, OwnerTeller, has_zone
from bot.jobs.order_intake import WAITING
from bot.jobs.outbox import Outbox
from bot.jobs.shared_digests import JudgedMornings
from bot.policy import schedule as quiet
from bot.settings import Quiet, Retention
from bot.snapshot.boards import BOARD
from bot.store.base import Job, Outgoing, Pull, Store, Subscription
from bot.store.leases import alive
from bot.telemetry import metrics

log = logging.getLogger(__name__)
NOON = 12
PULL = "pull"
LEASE = 30.0  # seconds after which what a dead process was pulling is taken over
AGAIN = timedelta(minutes=1)  # until what the store's trouble broke off is done once more
TRIES = 30  # as often; then an operator has been red for half an hour
REMEMBERED = timedelta(days=30)  # how long a turn that was done is known
DIGEST_KEY = re.compile(r"digest:(?P<subscription>\d+):(?:\d+:)?(?P<day>\d{4}-\d\d-\d\d)")


class MorningStory(Protocol):
    """The story of a day (bot.jobs.morning), already holding its store, rules and words."""

    def pull(self, held: Mapping[str, Job]) -> None:
        """Pull these sources, remember how it went, and rebuild the boards.

        Of each as long as its job is ours: what another process has taken over is that one's.
        """

    def refresh(self, as_of: date) -> None:
        """Judge every campaign as of a morning, and save boards and advice."""

    def boards(self, as_of: date) -> None:
        """Work out what is asked most of a morning, and judge nothing."""

    def due(self, as_of: date) -> Callable[[Pull], date]:
        """The last day that an account of a pull should have numbers of by now."""

    def digest(self, subscription: Subscription, as_of: date) -> list[Outgoing]:
        """The messages of a digest, the parent first."""

    def missed(self, subscription: Subscription, days: Sequence[date]) -> Sequence[Any]:
        """Blocks that say on which mornings no digest came."""


class Notices(Protocol):
    """What is said besides the digest: each claims what it says, in the caller's transaction."""

    def urgent(self, subscription: Subscription, as_of: date) -> list[Outgoing]:
        """What this channel must hear at once and has not heard."""

    def reminder(self, subscription: Subscription, day: date) -> list[Outgoing]:
        """The day's line about what nobody has answered."""


@dataclass
class Tick:
    """Everything a minute needs; several processes may run the same minute.

    Attributes:
        zone: For sources that name no time zone, and for the end of a snooze.
        notices: Who says what cannot wait, and what waits too long; None for nobody.
        quiet: Quiet hours and holidays, and when to remind.
        homes: Shows Home tabs anew where anything was decided.
        agree: Makes good what Slack does not show (`bot.jobs.settle`).
        troubles: Tells owners of subscriptions what is wrong with them.
        expire: Removes what is old, once a day.
        steady: Whether the clock can be trusted this minute (`bot.jobs.scheduler`).
        holder: What this process is called where several share work.
    """

    store: Store
    morning: MorningStory
    outbox: Outbox
    clock: Callable[[], datetime]
    sources: Sequence[due.Timed] = ()
    zone: str = "UTC"
    notices: Notices | None = None
    quiet: Quiet = field(default_factory=Quiet)
    homes: Callable[[], object] = lambda: None
    agree: Callable[[], object] = lambda: None
    troubles: OwnerTeller = field(default_factory=Nobody)
    expire: Callable[[datetime], object] = lambda _now: None
    steady: Callable[[datetime], bool] = lambda _now: True
    holder: str = field(default_factory=lambda: uuid4().hex)
    _reminded: set[tuple[str, date]] = field(default_factory=set)
    _posted: set[str] = field(default_factory=set)
    _looked: dict[str, Hashable] = field(default_factory=dict)  # by channel, for what is urgent

    def __post_init__(self) -> None:
        self._judged = JudgedMornings(self.store)

    def __call__(self) -> None:
        """Do what is due. One step's failure is logged and holds up no other."""
        now = self.clock()
        notice_steps = (self.urgent, self.digests, self.reminders, self.snoozes)
        self._lead(PULL, (self.pull,), now)
        self._lead("tick", (self.new_day, self.changes, self.orders, *notice_steps), now)
        self._lead("retention", (self.removal,), now)
        _try("agree", self.agree)
        _try("deliver", self.outbox.nudge)
        _try("homes", self.homes)
        metrics.TICK.set_to_current_time()

    def _lead(self, task: str, steps: Sequence[Callable[[datetime], None]], now: datetime) -> None:
        """Do steps of this minute, unless another process is at them at this moment."""

        def lead() -> None:
            with self.store.leading(task) as mine:
                for step in steps if mine else ():
                    _try(step.__name__, lambda step=step: step(now))  # type: ignore[misc]  # bound at once

        _try(task, lead)

    def pull(self, now: datetime) -> None:
        """Pull each source whose turn it is; one process a turn."""
        pulls = self.store.pulls()
        turns = [due.pull_turn(source, pulls, now, self.zone) for source in self.sources]
        self.store.add_jobs(PULL, {turn.key: {"source": turn.source} for turn in turns if turn})
        self.pull_waiting()

    def pull_waiting(self) -> None:
        """Pull what waits, and what a process that died in the middle left behind."""
        jobs = list(iter(lambda: self.store.take_job([PULL], self.holder, seconds=LEASE), None))
        if not jobs:
            return
        try:
            with ExitStack() as hearts:
                for job in jobs:
                    hearts.enter_context(alive(self.store, job))
                self.morning.pull({job.payload["source"]: job for job in jobs})
        except Exception as error:
            for job in jobs:
                with _unless_late(job):
                    self.store.fail_job(job, str(error), retry_at=self._tried_again(job, error))
            raise
        for job in jobs:
            with _unless_late(job), self.store.fenced(job):
                pass
        self.store.forget_jobs(REMEMBERED)

    def _tried_again(self, job: Job, error: Exception) -> datetime | None:
        """When: soon where only the store was in trouble, else with its next turn, in an hour.

        Where the numbers came and judging them failed there is no next turn: nothing is late.
        """
        passing = isinstance(error, StoreError) and job.attempts < TRIES
        return self.clock() + AGAIN if passing else None

    def take_over(self) -> None:
        """Between two minutes: only what somebody left behind."""
        _try("takeover", self.pull_waiting)

    def removal(self, now: datetime) -> None:
        """Remove what is older than was asked for."""
        self.expire(now)

    def new_day(self, now: datetime) -> None:
        """Boards for a day that has begun, once: whoever asks before its pull waits for nothing."""
        day = now.astimezone(ZoneInfo(self.zone)).date()
        if self.store.board_mark(BOARD, day) or self.store.last_day(day) is None:
            return
        if self.store.claim("boards", day.isoformat(), now):
            self.morning.boards(day)

    def changes(self, now: datetime) -> None:
        """Judge this morning again by a plan or thresholds changed since; one process a minute.

        However often they were changed in the minute, it is judged once.
        """
        unjudged = resolving.unjudged(self.store, now.astimezone(ZoneInfo(self.zone)).date())
        if unjudged is None:
            return
        day, change = unjudged
        if self.store.claim("judge", f"{change}:{now:%Y-%m-%dT%H:%M}", now):
            self.morning.refresh(day)

    def orders(self, now: datetime) -> None:
        """Boards with what shops have posted since, once an hour at most."""
        if not self.store.preference(WAITING).get("at"):
            return
        if self.store.claim("boards", f"orders {now:%Y-%m-%dT%H}", now):
            self.store.set_preference(WAITING, at="")
            self.morning.boards(now.astimezone(ZoneInfo(self.zone)).date())

    def urgent(self, now: datetime) -> None:
        """Say what cannot wait, one message a channel, unless its digest comes this minute."""
        standing = cache(self.store.standing)
        for subscription in self._channels() if self.notices else ():
            day = now.astimezone(ZoneInfo(subscription.time_zone)).date()
            mark = (subscription, day, repr(standing(day)))
            if self._looked.get(subscription.channel) != mark:
                _try("urgent", partial(self._urgent, subscription, day, mark, now))

    def _urgent(self, subscription: Subscription, day: date, mark: Hashable, now: datetime) -> None:
        """What was looked at and said nothing is not looked at again until something happens."""
        assert self.notices, "asked before"
        if self._digests.coming(subscription, now) is None:
            with self.store.atomic():
                self.store.enqueue(self.notices.urgent(subscription, day))
            self._looked[subscription.channel] = mark

    def reminders(self, now: datetime) -> None:
        """Remind each channel once a day, at its own hour, of what nobody has answered."""
        for subscription in self._channels() if self.notices and self.quiet.remind_after else ():
            _try("reminder", partial(self._reminder, subscription, now))

    def _reminder(self, subscription: Subscription, now: datetime) -> None:
        assert self.notices, "asked before"
        day = now.astimezone(ZoneInfo(subscription.time_zone)).date()
        key = (subscription.channel, day)
        early = now < quiet.moment(day, self.quiet.remind_at, subscription.time_zone)
        if early or key in self._reminded:
            return
        if not quiet.holds_reminder(subscription, day, now, self.quiet):
            with self.store.atomic():
                self.store.enqueue(self.notices.reminder(subscription, day))
            self._reminded.add(key)

    def _channels(self) -> list[Subscription]:
        """One subscription a channel, the oldest."""
        by_channel = {
            subscription.channel: subscription
            for subscription in reversed(list(self._digests.subscriptions()))
        }
        return list(reversed(by_channel.values()))

    @property
    def _digests(self) -> Digests:
        return Digests(
            self.store,
            self.morning,
            self.sources,
            self.quiet,
            self.troubles,
            self._posted,
            self._judged,
        )

    def digests(self, now: datetime) -> None:
        """Write each digest that is due, where the clock can be trusted."""
        if self.steady(now):
            self._digests.due(now)

    @request()
    def write(self, subscription: Subscription, day: date, now: datetime) -> bool:
        """Claim a day's digest and queue it, both or neither; False where it was claimed."""
        return self._digests.write(subscription, day, now)

    def snoozes(self, now: datetime) -> None:
        """Judge again where a snooze is over: what is still true is open from then on.

        Not before the morning's numbers are in, or noon: without them much looks untrue.
        """
        local = now.astimezone(ZoneInfo(self.zone))
        snoozed = self.store.all_advice(state="snoozed")
        if any(
            record.snoozed_until and record.snoozed_until <= local.date() for record in snoozed
        ) and (local.hour >= NOON or self._in(local.date())):
            self.morning.refresh(local.date())

    def _in(self, today: date) -> bool:
        """Whether a day's numbers are there: those of the day before, of every source."""
        last_day, before = self.store.last_day(today), today - timedelta(days=1)
        late = due.late(self.sources, self.store.pulls(), self.morning.due(today))
        return (last_day is None or last_day >= before) and not late


def stale(
    subscriptions: Callable[[], Sequence[Subscription]],
) -> Callable[[Outgoing, datetime], str]:
    """Why a queued digest should not be posted any more: its day is over (see `digest_day`)."""

    def why(message: Outgoing, now: datetime) -> str:
        key_match = DIGEST_KEY.match(message.key) if message.kind == "digest" else None
        if key_match is None:
            return ""
        subscriptions_by_id = {subscription.id: subscription for subscription in subscriptions()}
        subscription = subscriptions_by_id.get(int(key_match["subscription"]))
        if subscription is None:
            return "Nobody subscribes to it any more."
        if not has_zone(subscription):
            return "Its time zone is none."
        day = date.fromisoformat(key_match["day"])
        return "" if due.of_today(subscription, day, now) else f"The morning of {day} is over."

    return why


@contextmanager
def _unless_late(job: Job) -> Iterator[None]:
    """What is another process's by now is left to it, and holds up no other job."""
    try:
        yield
    except StoreError as error:
        if error.kind != "late":
            raise
        log.warning("%s was taken over by another process.", job.key)


def _try(task: str, step: Callable[[], object]) -> None:
    try:
        step()
    except Exception:
        metrics.STEP_FAILURES.labels(task).inc()
        log.exception("The minute's %s failed; the next minute tries again.", task)


@dataclass
class Expiry:
    """Call it every minute; one process does it, at the first minute of a day that it can.

    Attributes:
        zone: Whose days are counted.
    """

    store: Store
    retention: Retention
    zone: str = "UTC"
    _done: date | None = None

    def __call__(self, now: datetime) -> None:
        """Remove what is old, where nobody has done so today."""
        today = now.astimezone(ZoneInfo(self.zone)).date()
        if self._done == today:
            return
        self._done = today
        if self.store.claim("retention", today.isoformat(), now):
            self._remove(now, today)

    def _remove(self, now: datetime, today: date) -> None:
        days = self.retention
        removed = {"requests": self.store.expire_requests(now - timedelta(days.requests))}
        if days.messages:
            removed["messages"] = self.store.expire_messages(now - timedelta(days.messages))
        if days.numbers:
            removed["numbers"] = self.store.expire_numbers(today - timedelta(days.numbers))
        if any(removed.values()):
            log.info("Removed what is older than [retention] says: %s.", removed)
