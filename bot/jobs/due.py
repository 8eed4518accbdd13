"""What is due, in everybody's own time zone. Pure: moments in, days out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.policy.schedule import comes_on, moment
from bot.store.base import Pull, Subscription

PATIENCE = timedelta(hours=1)  # how long a digest waits for late numbers
PAST_MIDNIGHT = timedelta(hours=2)  # a digest at 23:45 may come after midnight, no later
RETRY = timedelta(hours=1)


class Timed(Protocol):
    """A source, as far as time goes."""

    @property
    def name(self) -> str: ...
    @property
    def at(self) -> str: ...
    @property
    def time_zone(self) -> str | None: ...


@dataclass(frozen=True)
class Turn:
    """One attempt to pull a source: the same for every process that works it out."""

    source: str
    day: date
    attempt: int

    @property
    def key(self) -> str:
        return f"{self.source}:{self.day}:{self.attempt}"


def digest_day(subscription: Subscription, now: datetime) -> date | None:
    """The local day whose digest has come due: today's, however late; never an older one.

    Only a digest due shortly before midnight may still come shortly after it.
    """
    today = now.astimezone(ZoneInfo(subscription.time_zone)).date()
    for day in (today, today - timedelta(days=1)):
        come = now >= moment(day, subscription.time, subscription.time_zone)
        if come and comes_on(subscription, day) and of_today(subscription, day, now):
            return day
    return None


def of_today(subscription: Subscription, day: date, now: datetime) -> bool:
    """Whether a digest of `day` is still news: until midnight, or two hours after it was due."""
    if now.astimezone(ZoneInfo(subscription.time_zone)).date() <= day:
        return True
    return now - moment(day, subscription.time, subscription.time_zone) < PAST_MIDNIGHT


def may_wait(subscription: Subscription, day: date, now: datetime) -> bool:
    """Whether the digest of `day` may still wait for late numbers."""
    return now - moment(day, subscription.time, subscription.time_zone) < PATIENCE


def complete(source: str, pulls: Iterable[Pull], last_day: date) -> bool:
    """Whether every account of a source has given its numbers through `last_day`."""
    return _arrived(source, pulls, lambda _pull: last_day)


def _arrived(source: str, pulls: Iterable[Pull], due: Callable[[Pull], date]) -> bool:
    source_pulls = [pull for pull in pulls if pull.source == source]
    reached = {pull.account_id for pull in source_pulls if _reaches(pull, due(pull))}
    return bool(source_pulls) and all(pull.account_id in reached for pull in source_pulls)


def late(
    sources: Iterable[Timed], pulls: Sequence[Pull], due: Callable[[Pull], date]
) -> tuple[str, ...]:
    """Names of the sources of which an account has not given everything through the day due."""
    return tuple(source.name for source in sources if not _arrived(source.name, pulls, due))


def pull_turn(source: Timed, pulls: Sequence[Pull], now: datetime, zone: str) -> Turn | None:
    """The attempt that is due: at the source's own time, then hourly until yesterday is in."""
    zone = source.time_zone or zone
    today = now.astimezone(ZoneInfo(zone)).date()
    since = now - moment(today, source.at, zone)
    if since < timedelta(0) or complete(source.name, pulls, today - timedelta(days=1)):
        return None
    return Turn(source.name, today, since // RETRY)


def _reaches(pull: Pull, last_day: date) -> bool:
    return pull.ok and pull.until is not None and pull.until >= last_day
