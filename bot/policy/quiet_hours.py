"""When to keep still: quiet hours and public holidays, in everybody's own time zone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import get_global

from bot.context.context import Office
from bot.policy.schedule import form_of
from bot.question.vocabulary import WORKDAYS
from bot.settings import Quiet
from bot.store.base import Outgoing, Subscription

SUNDAY = 7
LONGEST = 60  # steps from one quiet time to the next; a month of days off has fewer


def moment(day: date, time: str, zone: str) -> datetime:
    """When it is `time` (HH:MM) in `zone` on `day`, in UTC.

    A time the spring change skips comes as much later as the clock jumped (02:30 is 03:30); one
    the autumn change repeats is its first.
    """
    hour, minute = (int(part) for part in time.split(":"))
    local = datetime.combine(day, clock_time(hour, minute), ZoneInfo(zone))
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


def later(office: Office, messages: Iterable[Outgoing]) -> Iterator[Outgoing]:
    """What perfbot says by itself, each line held until its channel may be spoken to.

    Edits are made at once: they call nobody.
    """
    subscriptions, now = office.store.subscriptions(), office.clock()
    for message in messages:
        mine = [
            subscription
            for subscription in subscriptions
            if subscription.channel == message.channel
        ]
        if message.kind == "line" and (mine or office.settings.quiet.hours):
            mine = mine or [_usual(office, message.channel)]
            yield replace(message, not_before=held_until(mine, now, office.settings.quiet))
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


def _usual(office: Office, channel: str) -> Subscription:
    """A channel nobody subscribed any more: as it is usual."""
    return Subscription(0, channel, "07:30", WORKDAYS, office.settings.app.time_zone, "", "")


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
