"""When to keep still: quiet hours and public holidays, in everybody's own time zone. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import get_global

from bot.jobs.due import moment
from bot.settings import Quiet
from bot.store.base import Subscription

SUNDAY = 7


def quiet_until(hours: str, zone: str, now: datetime) -> datetime | None:
    """When the quiet hours that `now` lies in are over, in UTC; None where it lies in none.

    Args:
        hours: Local time, `20:00-07:00`, over midnight or not; "" for none.
        zone: IANA name.
        now: Any aware time. On a night the clock is changed the span is as long as it is.
    """
    first, _, last = hours.partition("-")
    today = now.astimezone(ZoneInfo(zone)).date()
    for day in (today - timedelta(1), today) if hours else ():
        ends_on = day + timedelta(1) if last <= first else day
        end = moment(ends_on, last, zone)
        if moment(day, first, zone) <= now < end:
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
    own = quiet_until(hours, zone, moment(day, subscription.time, zone))
    return own is None or own.astimezone(ZoneInfo(zone)).date() == day


def holds_reminder(subscription: Subscription, day: date, now: datetime, quiet: Quiet) -> bool:
    """Whether nobody is reminded now: no working day there, or quiet hours."""
    if day.isoweekday() not in subscription.weekdays or is_off(subscription, day, quiet):
        return True
    return quiet_until(_hours(subscription, quiet), subscription.time_zone, now) is not None


def is_off(subscription: Subscription, day: date, quiet: Quiet) -> bool:
    """Whether it is a public holiday there, and Sundays have no digest either."""
    if not quiet.holidays or SUNDAY in subscription.weekdays:
        return False
    return is_holiday(day, country_of(subscription, quiet))


def country_of(subscription: Subscription, quiet: Quiet) -> str:
    """The subscription's own country, else its time zone's, else the one set; "" for none."""
    own = str(subscription.filters.get("country") or "")
    known = str(get_global("zone_territories").get(subscription.time_zone, ""))
    return own or (known if known != "001" else "") or quiet.country or ""


@lru_cache(maxsize=4096)
def is_holiday(day: date, country: str) -> bool:
    """Whether a day is a public holiday in all of a country; never where the country is unknown."""
    import holidays  # noqa: PLC0415 - takes a tenth of a second that most commands do not need

    if country not in holidays.list_supported_countries():
        return False
    return day in holidays.country_holidays(country, years=day.year)


def _hours(subscription: Subscription, quiet: Quiet) -> str:
    return str(subscription.filters.get("quiet_hours") or quiet.hours or "")
