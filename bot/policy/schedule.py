"""When something is said: `07:30 mon-fri Europe/Oslo norsk`, words in any order, and when not.

Quiet hours and public holidays are in everybody's own time zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

from bot.context.context import Context
from bot.errors import UnknownName
from bot.policy.routes import ALL_OF_IT, Route, split_route
from bot.question.vocabulary import DAY_SETS, EVERY_DAY, LANGUAGE_OF, WEEKDAY_OF, WORKDAYS
from bot.settings import Quiet
from bot.store.base import Outgoing, Subscription

TIME = re.compile(r"(?:kl\.?)?(\d{1,2})(?:[:.](\d{2}))?(am|pm)?")
DAY_OF_MONTH = re.compile(r"(?:the)?([12]?[1-9]|[123]0|31)(?:st|nd|rd|th|\.)?")
LAST_DAY = 28  # every month has it
FORMS = {
    "weekly": ("weekly", "ukentlig", "ukentleg"),
    "monthly": ("monthly", "månedlig"),
}
FORM_OF = {word: form for form, words in FORMS.items() for word in words}
EDITIONS = frozenset({*FORM_OF, "daily", "daglig", "dagleg"})
"""Words that say which digest is meant: of a day, a week or a month."""
FILLERS = {
    "each",
    "me",
    "us",
    "meg",
    "oss",
    "the",
    "den",
    "at",
    "kl",
    "kl.",
    "on",
    "in",
    "på",
    "every",
    "hver",
    "day",
    "dag",
    "and",
    "og",
    "klokka",
    "only",
    "bare",
    "for",
}


@dataclass(frozen=True)
class Schedule:
    """When, in whose time, in which language.

    Attributes:
        time: `HH:MM`, local time.
        weekdays: ISO weekdays, 1 is Monday, in order.
        stop: True for "off": the digest is no longer wanted.
        form: `daily`, `weekly` (the week that ended) or `monthly` (the month that ended).
        day: Of the month, for a monthly one.
        route: Which advice is taken.
    """

    time: str = "07:30"
    weekdays: tuple[int, ...] = WORKDAYS
    time_zone: str = "UTC"
    language: str = "en"
    stop: bool = False
    form: str = "daily"
    day: int = 1
    route: Route = ALL_OF_IT

    @property
    def filters(self) -> dict[str, object]:
        """What a subscription keeps of the form, and of which advice it takes."""
        form: dict[str, object] = {"form": self.form} if self.form != "daily" else {}
        form |= {"day": self.day} if self.form == "monthly" else {}
        return {**form, "route": self.route.to_json()} if self.route.named else form


def form_of(subscription: Subscription) -> tuple[str, tuple[int, ...], int]:
    """(form, weekdays, day of the month) of a subscription."""
    filters = subscription.filters
    return str(filters.get("form", "daily")), subscription.weekdays, int(filters.get("day", 1))


def comes_on(subscription: Subscription, day: date) -> bool:
    """Whether a digest is to come on a day, as far as weekday and day of the month go."""
    form, weekdays, of_month = form_of(subscription)
    return day.isoweekday() in weekdays and (form != "monthly" or of_month == day.day)


def parse_schedule(words: Sequence[str], usual: Schedule) -> Schedule:
    """`usual` with what the words change.

    Raises:
        UnknownName: Of kind `schedule`, naming the word nobody understands.
    """
    words, route = split_route(_without_here(words), usual.route)
    usual = replace(usual, route=route)
    terms = [word.strip('",') for word in words]
    form = next((FORM_OF[word.casefold()] for word in terms if word.casefold() in FORM_OF), "")
    if form:
        usual = replace(usual, form=form, weekdays=_usual_days(form, usual))
        terms = [word for word in terms if word.casefold() not in FORM_OF]
    if {"every day", "hver dag"} & {" ".join(pair).casefold() for pair in pairwise(terms)}:
        usual = replace(usual, weekdays=EVERY_DAY)
    for word in terms:
        if word and word.casefold() not in FILLERS:
            usual = _changed(usual, word)
    return usual


def _without_here(words: Sequence[str]) -> list[str]:
    """The words without `this channel`, which is where it comes anyway."""
    bare = [word.casefold().strip('",') for word in words]
    here = {
        at + step
        for at, pair in enumerate(pairwise(bare))
        if pair in {("this", "channel"), ("denne", "kanalen")}
        for step in (0, 1)
    }
    return [word for at, word in enumerate(words) if at not in here]


def _changed(schedule: Schedule, word: str) -> Schedule:
    term = word.casefold()
    if term in {"off", "stop", "av", "stopp", "avslutt"}:
        return replace(schedule, stop=True)
    if term in LANGUAGE_OF:
        return replace(schedule, language=LANGUAGE_OF[term])
    if schedule.form == "monthly" and (day := DAY_OF_MONTH.fullmatch(term)):
        return replace(schedule, day=min(int(day[1]), LAST_DAY))
    if time := clock_time(term):
        return replace(schedule, time=time)
    if days := weekdays(term):
        return replace(schedule, weekdays=days[:1] if schedule.form == "weekly" else days)
    if zone := zone_named(word):
        return replace(schedule, time_zone=zone)
    raise UnknownName("schedule", word, ())


def _usual_days(form: str, usual: Schedule) -> tuple[int, ...]:
    """Weekly comes on Mondays, monthly on its day whatever weekday that is."""
    if form == usual.form:
        return usual.weekdays
    return (1,) if form == "weekly" else EVERY_DAY


def clock_time(text: str) -> str:
    """`7`, `7.30`, `07:30`, `7am` as `HH:MM`; "" where it is no time of day."""
    match = TIME.fullmatch(text)
    if not match:
        return ""
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            return ""
        hour = hour % 12 + (12 if match[3] == "pm" else 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else ""


def weekdays(text: str) -> tuple[int, ...]:
    """`mon-fri`, `man,ons`, `weekdays`, `hverdager` as ISO weekdays; empty where it is none."""
    if text in DAY_SETS:
        return DAY_SETS[text]
    days: set[int] = set()
    for part in re.split(r"[,+/]", text):
        start, _, end = (piece.strip() for piece in re.sub("[–—]", "-", part).partition("-"))
        if start not in WEEKDAY_OF or (end and end not in WEEKDAY_OF):
            return ()
        days |= _span(WEEKDAY_OF[start], WEEKDAY_OF[end or start])
    return tuple(sorted(days))


def _span(start: int, end: int) -> set[int]:
    length = (end - start) % 7
    return {(start - 1 + step) % 7 + 1 for step in range(length + 1)}


def zone_named(word: str) -> str:
    """`Europe/Oslo`, `oslo` as an IANA name; "" where it is no time zone."""
    zones_by_name = {name.casefold(): name for name in available_timezones()}
    name = zones_by_name.get(word.casefold(), "")
    if not name and "/" not in word:  # a city alone: Oslo, New_York
        cities = [zone for zone in zones_by_name if zone.endswith(f"/{word.casefold()}")]
        name = zones_by_name[min(cities, key=len)] if cities else ""
    return ZoneInfo(name).key if name else ""


SUNDAY = 7
LONGEST = 60  # steps from one quiet time to the next; a month of days off has fewer


def moment(day: date, time: str, zone: str) -> datetime:
    """When it is `time` (HH:MM) in `zone` on `day`, in UTC.

    A time the spring change skips comes as much later as the clock jumped (02:30 is 03:30); one
    the autumn change repeats is its first.
    """
    hour, minute = (int(part) for part in time.split(":"))
    local = datetime.combine(day, day_time(hour, minute), ZoneInfo(zone))
    return local.astimezone(UTC)


def quiet_until(hours: str, zone: str, now: datetime) -> datetime | None:
    """When the quiet hours that `now` lies in are over, in UTC; None where it lies in none.

    Args:
        hours: Local time, `20:00-07:00`, over midnight or not; "" for none.
        zone: IANA name.
        now: Any aware time. On a night the clock is changed the span is as long as it is.
    """
    start_time, _, end_time = hours.partition("-")
    today = now.astimezone(ZoneInfo(zone)).date()
    for day in (today - timedelta(1), today) if hours else ():
        ends_on = day + timedelta(1) if end_time <= start_time else day
        end = moment(ends_on, end_time, zone)
        if moment(day, start_time, zone) <= now < end:
            return end
    return None


def holds_digest(subscription: Subscription, day: date, now: datetime, quiet: Quiet) -> bool:
    """Whether the digest of `day` keeps still for now.

    A public holiday is like a Sunday. In quiet hours it waits for their end, unless that is
    another day and its own time lies in them: then somebody wanted it so.
    """
    if is_off(subscription, day, quiet):
        return True
    zone = subscription.time_zone
    hours = _hours(subscription, quiet)
    end = quiet_until(hours, zone, now)
    if end is None:
        return False
    digest_quiet_end = quiet_until(hours, zone, moment(day, subscription.time, zone))
    return digest_quiet_end is None or digest_quiet_end.astimezone(ZoneInfo(zone)).date() == day


def holds_reminder(subscription: Subscription, day: date, now: datetime, quiet: Quiet) -> bool:
    """Whether nobody is reminded now: no working day there, or quiet hours."""
    if day.isoweekday() not in subscription.weekdays or is_off(subscription, day, quiet):
        return True
    return quiet_until(_hours(subscription, quiet), subscription.time_zone, now) is not None


def later(context: Context, messages: Iterable[Outgoing]) -> Iterator[Outgoing]:
    """What perfbot says by itself, each line held until its channel may be spoken to.

    Edits are made at once: they call nobody.
    """
    subscriptions, now = context.store.subscriptions(), context.clock()
    for message in messages:
        mine = [
            subscription
            for subscription in subscriptions
            if subscription.channel == message.channel
        ]
        if message.kind == "line" and (mine or context.settings.quiet.hours):
            mine = mine or [_usual(context, message.channel)]
            yield replace(message, not_before=held_until(mine, now, context.settings.quiet))
        else:
            yield message


def held_until(
    subscriptions: Sequence[Subscription], now: datetime, quiet: Quiet
) -> datetime | None:
    """When a channel's quiet time is over, in UTC; None where it is not quiet now.

    Quiet are its quiet hours, public holidays and the weekdays without a morning digest; after
    days off it is over at the digest's time, or at the end of the quiet hours that lies in.

    Args:
        subscriptions: Of the channel, the oldest first, at least one.
        now: Any aware time.
        quiet: As set for all channels.
    """
    oldest, at = subscriptions[0], now
    zone, hours = oldest.time_zone, _hours(oldest, quiet)
    days = {
        day
        for subscription in subscriptions
        if form_of(subscription)[0] == "daily"
        for day in subscription.weekdays
    }
    for _ in range(LONGEST):
        day = at.astimezone(ZoneInfo(zone)).date()
        if day.isoweekday() not in (days or WORKDAYS) or is_off(oldest, day, quiet):
            digest_time = moment(day + timedelta(1), oldest.time, zone)
            at = (
                moment(day + timedelta(1), "00:00", zone)
                if quiet_until(hours, zone, digest_time)
                else digest_time
            )
        elif end := quiet_until(hours, zone, at):
            at = end
        else:
            break
    return None if at == now else at


def _usual(context: Context, channel: str) -> Subscription:
    """A channel nobody subscribed any more: as it is usual."""
    return Subscription(0, channel, "07:30", WORKDAYS, context.settings.app.time_zone, "", "")


def is_off(subscription: Subscription, day: date, quiet: Quiet) -> bool:
    """Whether it is a public holiday there, and Sundays have no digest either."""
    if not quiet.holidays or SUNDAY in subscription.weekdays:
        return False
    return is_holiday(day, country_of(subscription, quiet))


def country_of(subscription: Subscription, quiet: Quiet) -> str:
    """The subscription's own country, else its time zone's, else the one set; "" for none."""
    own_country = str(subscription.filters.get("country") or "")
    zone_country = str(get_global("zone_territories").get(subscription.time_zone, ""))
    return own_country or (zone_country if zone_country != "001" else "") or quiet.country or ""


@lru_cache(maxsize=4096)
def is_holiday(day: date, country: str) -> bool:
    """Whether a day is a public holiday in all of a country; never where the country is unknown."""
    import holidays  # noqa: PLC0415 - takes a tenth of a second that most commands do not need

    if country not in holidays.list_supported_countries():
        return False
    return day in holidays.country_holidays(country, years=day.year)


def _hours(subscription: Subscription, quiet: Quiet) -> str:
    return str(subscription.filters.get("quiet_hours") or quiet.hours or "")
