"""One minute's work: pull what is late, write the digests that are due, deliver."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.features.triage import lifecycle as resolving
from bot.jobs import due
from bot.jobs.outbox import Outbox
from bot.policy import quiet_hours as quiet
from bot.settings import Quiet
from bot.snapshot.boards import BOARD
from bot.store.base import Event, Outgoing, Store, Subscription

log = logging.getLogger(__name__)
NOON = 12
DIGEST_KEY = re.compile(r"digest:(?P<subscription>\d+):(?P<day>\d{4}-\d\d-\d\d)")


class Morning(Protocol):
    """The story of a day (bot.jobs.morning), already holding its store, rules and words."""

    def pull(self, sources: Sequence[str]) -> None:
        """Pull these sources, remember how it went, and rebuild the boards."""

    def refresh(self, as_of: date) -> None:
        """Judge every campaign as of a morning, and save boards and advice."""

    def boards(self, as_of: date) -> None:
        """Work out what is asked most of a morning, and judge nothing."""

    def digest(self, subscription: Subscription, as_of: date) -> list[Outgoing]:
        """The messages of a digest, the parent first."""


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
        agree: Makes good what Slack does not show (`bot.jobs.reconcile`).
    """

    store: Store
    morning: Morning
    outbox: Outbox
    clock: Callable[[], datetime]
    sources: Sequence[due.Timed] = ()
    zone: str = "UTC"
    notices: Notices | None = None
    quiet: Quiet = field(default_factory=Quiet)
    homes: Callable[[], object] = lambda: None
    agree: Callable[[], object] = lambda: None
    _reminded: set[tuple[str, date]] = field(default_factory=set)
    _posted: set[str] = field(default_factory=set)

    def __call__(self) -> None:
        """Do what is due. One step's failure is logged and holds up no other."""
        now = self.clock()
        said = (self.urgent, self.digests, self.reminders, self.snoozes)
        for step in (self.pull, self.new_day, self.changes, *said):
            _try(step.__name__, lambda step=step: step(now))  # type: ignore[misc]  # bound at once
        _try("agree", self.agree)
        _try("deliver", self.outbox.nudge)
        _try("homes", self.homes)

    def pull(self, now: datetime) -> None:
        """Pull each source whose turn it is; one process a turn."""
        pulls = self.store.pulls()
        turns = [due.pull_turn(source, pulls, now, self.zone) for source in self.sources]
        mine = [turn for turn in turns if turn and self.store.claim("pull", turn.key, now)]
        if mine:
            self.morning.pull([turn.source for turn in mine])

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
        found = resolving.unjudged(self.store, now.astimezone(ZoneInfo(self.zone)).date())
        if found is None:
            return
        day, change = found
        if self.store.claim("judge", f"{change}:{now:%Y-%m-%dT%H:%M}", now):
            self.morning.refresh(day)

    def urgent(self, now: datetime) -> None:
        """Say what cannot wait, one message a channel, unless its digest comes this minute."""
        if self.notices is None:
            return
        for subscription in self._channels():
            day = now.astimezone(ZoneInfo(subscription.time_zone)).date()
            coming = due.digest_day(subscription, now)
            if coming is None or not self._comes(subscription, coming, now):
                with self.store.atomic():
                    self.store.enqueue(self.notices.urgent(subscription, day))

    def reminders(self, now: datetime) -> None:
        """Remind each channel once a day, at its own hour, of what nobody has answered."""
        if self.notices is None or not self.quiet.remind_after:
            return
        for subscription in self._channels():
            day = now.astimezone(ZoneInfo(subscription.time_zone)).date()
            key = (subscription.channel, day)
            early = now < quiet.moment(day, self.quiet.remind_at, subscription.time_zone)
            if early or key in self._reminded:
                continue
            if not quiet.holds_reminder(subscription, day, now, self.quiet):
                with self.store.atomic():
                    self.store.enqueue(self.notices.reminder(subscription, day))
                self._reminded.add(key)

    def _channels(self) -> list[Subscription]:
        """One subscription a channel, the oldest."""
        found = {each.channel: each for each in reversed(self.store.subscriptions())}
        return list(reversed(found.values()))

    def _comes(self, subscription: Subscription, day: date, now: datetime) -> bool:
        held = quiet.holds_digest(subscription, day, now, self.quiet)
        return not held and self._wanted(subscription, day, now)

    def digests(self, now: datetime) -> None:
        """Write each digest that is due into the outbox, once for all processes and for ever."""
        fresh: set[date] = set()
        for subscription in self.store.subscriptions():
            day = due.digest_day(subscription, now)
            if day is None or not self._wanted(subscription, day, now):
                continue
            if quiet.holds_digest(subscription, day, now, self.quiet):
                continue
            if day not in fresh:
                self.morning.refresh(day)
                fresh.add(day)
            _try(f"digest {subscription.id}", lambda s=subscription, d=day: self.write(s, d, now))  # type: ignore[misc]  # bound at once

    def write(self, subscription: Subscription, day: date, now: datetime) -> bool:
        """Claim a day's digest and queue it, both or neither; False where it was claimed."""
        messages = self.morning.digest(subscription, day)
        key = _key(subscription, day)
        with self.store.atomic():
            won = self.store.claim("digest", key, now)
            if won:
                self.store.enqueue(messages)
                self.store.log(Event(now, "perfbot", "digest.queued", key))
        self._posted.add(key)
        return won

    def snoozes(self, now: datetime) -> None:
        """Judge again where a snooze is over: what is still true is open from then on.

        Not before the morning's numbers are in, or noon: without them much looks untrue.
        """
        local = now.astimezone(ZoneInfo(self.zone))
        snoozed = self.store.all_advice(state="snoozed")
        if any(one.snoozed_until and one.snoozed_until <= local.date() for one in snoozed) and (
            local.hour >= NOON or self._in(local.date())
        ):
            self.morning.refresh(local.date())

    def _in(self, today: date) -> bool:
        """Whether a day's numbers are there: those of the day before, of every source."""
        last, before = self.store.last_day(today), today - timedelta(days=1)
        late = due.late(self.sources, self.store.pulls(), before)
        return (last is None or last >= before) and not late

    def _wanted(self, subscription: Subscription, day: date, now: datetime) -> bool:
        key = _key(subscription, day)
        if key in self._posted or self._was_queued(key) or self._is_newer(subscription, day):
            return False
        if not due.may_wait(subscription, day, now):
            return True
        return not due.late(self.sources, self.store.pulls(), day - timedelta(days=1))

    def _is_newer(self, subscription: Subscription, day: date) -> bool:
        """Whether somebody subscribed only after this digest was due: theirs is the next."""
        added = self.store.events(subject=str(subscription.id), kind="subscription.add")
        due_at = quiet.moment(day, subscription.time, subscription.time_zone)
        return bool(added) and added[-1].at > due_at

    def _was_queued(self, key: str) -> bool:
        if self.store.events(subject=key, kind="digest.queued"):
            self._posted.add(key)
            return True
        return False


def stale(
    subscriptions: Callable[[], Sequence[Subscription]],
) -> Callable[[Outgoing, datetime], str]:
    """Why a queued digest should not be posted any more: its day is over (see `digest_day`)."""

    def why(message: Outgoing, now: datetime) -> str:
        found = DIGEST_KEY.match(message.key) if message.kind == "digest" else None
        if found is None:
            return ""
        known = {subscription.id: subscription for subscription in subscriptions()}
        subscription = known.get(int(found["subscription"]))
        if subscription is None:
            return "Nobody subscribes to it any more."
        day = date.fromisoformat(found["day"])
        return "" if due.of_today(subscription, day, now) else f"The morning of {day} is over."

    return why


def _key(subscription: Subscription, day: date) -> str:
    return f"{subscription.id}:{day}"


def _try(what: str, step: Callable[[], object]) -> None:
    try:
        step()
    except Exception:
        log.exception("The minute's %s failed; the next minute tries again.", what)
