"""The mornings of every subscription: which digest is due, written once, each for itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.slack_ids import HOME, workspace_of
from bot.errors import NobodysChannel, PerfbotError
from bot.jobs import due
from bot.jobs.shared_digests import JudgedMornings
from bot.policy import schedule as quiet
from bot.policy.schedule import comes_on
from bot.settings import Quiet
from bot.store.base import Event, Outgoing, Pull, Store, Subscription

log = logging.getLogger(__name__)
QUEUED, EARLY = "digest.queued", "digest.early"
LOOK_BACK = 14  # days in which a missed morning is still worth a word
AHEAD = timedelta(minutes=2)  # what is dated later than that was written by a clock that ran ahead


class Writing(Protocol):
    """Writes digests (`bot.jobs.tick.Morning`)."""

    def refresh(self, as_of: date) -> None: ...

    def due(self, as_of: date) -> Callable[[Pull], date]:
        """The last day that an account of a pull should have numbers of by now."""

    def digest(self, subscription: Subscription, as_of: date) -> list[Outgoing]: ...

    def missed(self, subscription: Subscription, days: Sequence[date]) -> Sequence[Any]:
        """Blocks that say on which mornings no digest came."""


class OwnerTeller(Protocol):
    """Tells a subscription's owner what is wrong (`bot.jobs.troubles`)."""

    def unknown_zone(self, subscription: Subscription) -> None: ...

    def not_written(self, subscription: Subscription) -> None: ...

    def of_nobody(self, subscription: Subscription, error: PerfbotError) -> None: ...


class Nobody:
    """Where nobody is told."""

    def unknown_zone(self, subscription: Subscription) -> None:
        """The log has it."""

    def not_written(self, subscription: Subscription) -> None:
        """Likewise."""

    def of_nobody(self, subscription: Subscription, error: PerfbotError) -> None:
        """Likewise."""


@dataclass
class Digests:
    """Several processes may look at the same minute; one subscription holds up no other."""

    store: Store
    morning: Writing
    sources: Sequence[due.Timed] = ()
    quiet: Quiet = field(default_factory=Quiet)
    troubles: OwnerTeller = field(default_factory=Nobody)
    _posted: set[str] = field(default_factory=set)
    _judged: JudgedMornings | None = None

    def __post_init__(self) -> None:
        self._judged = self._judged or JudgedMornings(self.store)

    def due(self, now: datetime) -> None:
        """Write each digest that is due into the outbox, once for all processes and for ever."""
        self._take_back(now)
        judge = cache(self._judge)
        for subscription in self.subscriptions():
            self._try(subscription, partial(self._due, subscription, now, judge))

    def subscriptions(self) -> Iterator[Subscription]:
        """Those whose time zone there is; of any other its owner is told."""
        subscriptions = self.store.subscriptions()
        ended = self._ended(subscriptions)
        for subscription in subscriptions:
            if workspace_of(subscription.channel) in ended:
                continue  # nobody there can be told either; an install brings it back
            if has_zone(subscription):
                yield subscription
            else:
                log.warning(
                    "Subscription %d: no time zone %r.", subscription.id, subscription.time_zone
                )
                self.troubles.unknown_zone(subscription)

    def _ended(self, subscriptions: Sequence[Subscription]) -> set[str]:
        """Workspaces of these that perfbot has no token for any more."""
        teams = {workspace_of(subscription.channel) for subscription in subscriptions} - {HOME}
        return {each.team for each in self.store.workspaces() if each.ended} if teams else set()

    def _try(self, subscription: Subscription, step: Callable[[], object]) -> None:
        try:
            step()
        except NobodysChannel as error:
            log.warning("Subscription %d: %s", subscription.id, error)
            self.troubles.of_nobody(subscription, error)
        except Exception:
            log.exception("The digest of subscription %d failed.", subscription.id)
            self.troubles.not_written(subscription)

    def _due(
        self, subscription: Subscription, now: datetime, judge: Callable[[date], None]
    ) -> None:
        day = self.coming(subscription, now)
        if day is not None:
            judge(day)
            self.write(subscription, day, now)

    def _judge(self, day: date) -> None:
        """Judge a morning, unless nothing has changed since it was judged for other digests."""
        assert self._judged, "made with it"
        if not self._judged.stands(day):
            self.morning.refresh(day)
            self._judged.keep(day)

    def coming(self, subscription: Subscription, now: datetime) -> date | None:
        """The morning whose digest comes this minute, None where none does."""
        day = due.digest_day(subscription, now)
        if day is None or quiet.holds_digest(subscription, day, now, self.quiet):
            return None
        return day if self._wanted(subscription, day, now) else None

    def write(self, subscription: Subscription, day: date, now: datetime) -> bool:
        """Claim a day's digest and queue it, both or neither; False where it was claimed."""
        messages = self.morning.digest(subscription, day)
        missed = self.missed(subscription, day)
        if missed and messages:
            notice = tuple(self.morning.missed(subscription, missed))
            messages[0] = replace(messages[0], blocks=(*notice, *messages[0].blocks))
        key, turn = _key(subscription, day), self._turn(subscription, day)
        with self.store.atomic():
            won = self.store.claim("digest", f"{key}{f'#{turn}' if turn else ''}", now)
            if won:
                self.store.enqueue([_again(message, day, turn) for message in messages])
                self.store.log(Event(now, "perfbot", QUEUED, key))
        self._posted.add(key)
        return won

    def missed(self, subscription: Subscription, day: date) -> tuple[date, ...]:
        """Mornings since the last digest that went out on which one should have come."""
        missed_days: list[date] = []
        since = self._since(subscription)
        for step in range(1, LOOK_BACK + 1):
            earlier = day - timedelta(days=step)
            sent = self.store.outgoing(f"digest:{subscription.id}:{earlier}")
            if sent is not None and sent.state in {"sent", "sending"}:
                return tuple(reversed(missed_days))
            at = quiet.moment(earlier, subscription.time, subscription.time_zone)
            if since is not None and at < since:
                break
            if comes_on(subscription, earlier) and not quiet.holds_digest(
                subscription, earlier, at, self.quiet
            ):
                missed_days.append(earlier)
        return ()  # there was none before: nothing was missed

    def _wanted(self, subscription: Subscription, day: date, now: datetime) -> bool:
        key = _key(subscription, day)
        if key in self._posted or self._was_queued(key) or self._is_newer(subscription, day):
            return False
        if not due.may_wait(subscription, day, now):
            return True
        return not due.late(self.sources, self.store.pulls(), self.morning.due(day))

    def _is_newer(self, subscription: Subscription, day: date) -> bool:
        """Whether somebody subscribed only after this digest was due: theirs is the next."""
        since = self._since(subscription)
        due_at = quiet.moment(day, subscription.time, subscription.time_zone)
        return since is not None and since > due_at

    def _since(self, subscription: Subscription) -> datetime | None:
        added = self.store.events(subject=str(subscription.id), kind="subscription.add")
        return added[-1].at if added else None

    def _was_queued(self, key: str) -> bool:
        steps = [event for event in self.store.events(subject=key) if event.kind in {QUEUED, EARLY}]
        if steps and steps[-1].kind == QUEUED:
            self._posted.add(key)
            return True
        return False

    def _take_back(self, now: datetime) -> None:
        """What a clock that ran ahead wrote for a morning to come does not count for that morning.

        Such an event is dated later than now, once the clock is right again.
        """
        for event in self.store.history(since=now + AHEAD, kinds=(QUEUED,)):
            if self._was_queued(event.subject):
                log.warning("%s was written before its time, by a clock ahead.", event.subject)
                self.store.log(Event(now, "perfbot", EARLY, event.subject))
                self._posted.discard(event.subject)

    def _turn(self, subscription: Subscription, day: date) -> int:
        """How often this digest was written before its time."""
        return len(self.store.events(subject=_key(subscription, day), kind=EARLY))


def has_zone(subscription: Subscription) -> bool:
    """Whether a subscription's time zone is one."""
    try:
        ZoneInfo(subscription.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _key(subscription: Subscription, day: date) -> str:
    return f"{subscription.id}:{day}"


def _again(message: Outgoing, day: date, turn: int) -> Outgoing:
    """The message under a key of its own, where those of an earlier turn have been used."""
    if not turn:
        return message
    key, parent = (
        message_key.replace(f":{day}", f":{turn}:{day}", 1)
        for message_key in (message.key, message.parent)
    )
    return replace(message, key=key, parent=parent)
