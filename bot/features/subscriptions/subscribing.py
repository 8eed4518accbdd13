"""`/perf subscribe`: when the digest comes to a channel, by words or by a modal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.context.context import Office
from bot.domain.replies import Asker, Reply
from bot.errors import UsageError
from bot.policy.permissions import require
from bot.policy.schedule import Schedule, form_of, parse_schedule, zone_named
from bot.render.values.templates import Subscribed, SubscribeForm
from bot.store.base import Event, Subscription

WEEK = ("1", "2", "3", "4", "5", "6", "7")
CLOCK, CHANNEL = re.compile(r"([01]\d|2[0-3]):[0-5]\d"), re.compile(r"[CDG][A-Z0-9]{1,20}")
ZONES = (
    *("Europe/Oslo", "Europe/Stockholm", "Europe/Copenhagen", "Europe/Helsinki", "Europe/London"),
    *("Europe/Dublin", "Europe/Lisbon", "Europe/Paris", "Europe/Berlin", "Europe/Amsterdam"),
    *("Europe/Madrid", "Europe/Rome", "Europe/Warsaw", "Europe/Athens", "Europe/Kyiv"),
    *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    *("America/Toronto", "America/Sao_Paulo", "Africa/Johannesburg", "Asia/Dubai"),
    *("Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland"),
    "UTC",
)


def subscribe(
    office: Office, words: Sequence[str], asker: Asker, as_of: date, *, dry: bool
) -> Reply:
    """Subscribe the asker's channel by words; without any, a modal to fill in.

    Raises:
        UnknownName: A word that is no time, day, zone or language.
    """
    require(office, asker, "answerer")
    if not words and not dry:
        return Reply("", (), modal=subscribe_view(office, asker))
    schedule = parse_schedule(words, usual(office, asker))
    if schedule.stop:
        return unsubscribe(office, asker, dry=dry)
    return _kept(office, schedule, asker, as_of, dry=dry)


def unsubscribe(office: Office, asker: Asker, *, dry: bool) -> Reply:
    """End every digest of the asker's channel.

    Raises:
        UsageError: There is none.
    """
    require(office, asker, "answerer")
    found = _here(office, asker)
    if not found:
        raise UsageError(
            "This channel gets no morning digest.", hint="Start one with /perf subscribe 07:30."
        )
    for each in found if not dry else ():
        office.store.unsubscribe(each.id, by=asker.user, at=office.clock())
    told = _told(found[0], None, preview=dry)
    message = office.renderer(asker.language).render("unsubscribed", subscription=told)
    return Reply(message.text, message.blocks)


def subscribe_view(office: Office, asker: Asker) -> dict[str, Any]:
    """The modal, filled in with what holds for the channel now."""
    schedule = usual(office, asker)
    zones = dict.fromkeys((schedule.time_zone, *ZONES))
    form = SubscribeForm(
        time=time.fromisoformat(schedule.time),
        weekdays=schedule.weekdays,
        time_zone=schedule.time_zone,
        time_zones=tuple(zones),
        language=schedule.language,
        languages=tuple(office.renderers),
        channel=office.place(asker.channel) if asker.channel else "",
        channel_id=asker.channel,
    )
    return office.renderer(asker.language).modal("subscribe", form=form)


def subscribed(office: Office, state: Mapping[str, Any], asker: Asker) -> Reply:
    """What somebody filled into the modal (Slack's `view.state`).

    Raises:
        UsageError: No weekday was ticked.
    """
    given = {
        action: element
        for block in (state.get("values") or {}).values()
        for action, element in block.items()
    }
    held = usual(office, asker)
    days = [each["value"] for each in given.get("subscribe.days", {}).get("selected_options") or ()]
    if not days:
        raise UsageError("A digest needs at least one day.", hint="Tick one.")
    at, zone = (
        given.get("subscribe.time", {}).get("selected_time"),
        _picked(given, "subscribe.zone"),
    )
    language = _picked(given, "subscribe.language")
    _refuse_forged(office, days, at or "", zone, language)
    if asker.channel and not CHANNEL.fullmatch(asker.channel):
        raise _not_offered(asker.channel)
    schedule = Schedule(
        time=at or held.time,
        weekdays=tuple(sorted({int(day) for day in days})),
        time_zone=zone or held.time_zone,
        language=language or held.language,
    )
    return _kept(office, schedule, asker, office.today(asker), dry=False)


def _refuse_forged(
    office: Office, days: Sequence[object], at: str, zone: str, language: str
) -> None:
    """Take from the form only what it offered."""
    known = (
        *((str(day), str(day) in WEEK) for day in days),
        (at, not at or CLOCK.fullmatch(at)),
        (zone, not zone or zone_named(zone) == zone),
        (language, not language or language in office.renderers),
    )
    for said, fine in known:
        if not fine:
            raise _not_offered(said)


def _not_offered(said: str) -> UsageError:
    return UsageError(
        "%(given)s is not on the list.",
        hint="Choose from the list.",
        values={"given": said[:60]},
    )


def usual(office: Office, asker: Asker) -> Schedule:
    """What a schedule is where nobody says otherwise: as it stands here, else as is usual."""
    found = [each for each in _here(office, asker) if form_of(each)[0] == "daily"]
    if found:
        here = found[0]
        return Schedule(here.time, here.weekdays, here.time_zone, here.language)
    return Schedule(time_zone=office.zone(asker).key, language=office.language(asker.language))


def first_day(schedule: Schedule, today: date, now: time | None = None) -> date:
    """The day of the first digest: today where its time is still ahead of `now`, else later."""
    ahead = now is not None and now < time.fromisoformat(schedule.time)
    days = (today + timedelta(days=step) for step in range(0 if ahead else 1, 33))
    return next(day for day in days if _comes(schedule, day))


def _comes(schedule: Schedule, day: date) -> bool:
    if schedule.form == "monthly":
        return day.day == schedule.day
    return day.isoweekday() in schedule.weekdays


def _first(office: Office, schedule: Schedule, asker: Asker, asked_on: date) -> date:
    """Of a question about today by the clock where the digest comes; of any other by its day."""
    if asked_on != office.today(asker):
        return first_day(schedule, asked_on)
    local = office.clock().astimezone(ZoneInfo(schedule.time_zone))
    return first_day(schedule, local.date(), local.time())


def _kept(office: Office, schedule: Schedule, asker: Asker, today: date, *, dry: bool) -> Reply:
    schedule = replace(schedule, time=_free(office, schedule, asker))
    wanted = Subscription(
        id=0,
        channel=asker.channel,
        time=schedule.time,
        filters=schedule.filters,
        weekdays=schedule.weekdays,
        time_zone=schedule.time_zone,
        language=office.language(schedule.language),
        created_by=asker.user,
    )
    if not dry:
        _replace(office, wanted, asker)
    told = _told(wanted, _first(office, schedule, asker, today), preview=dry)
    message = office.renderer(asker.language).render("subscribed", subscription=told)
    return Reply(message.text, message.blocks, posts_to="" if dry else wanted.channel)


def _free(office: Office, schedule: Schedule, asker: Asker) -> str:
    """The time, or the next minute none of the channel's other digests has: one at a time."""
    others = {each.time for each in _here(office, asker) if form_of(each)[0] != schedule.form}
    at = datetime.combine(date.min, time.fromisoformat(schedule.time))
    while f"{at:%H:%M}" in others:
        at += timedelta(minutes=1)
    return f"{at:%H:%M}"


def _replace(office: Office, wanted: Subscription, asker: Asker) -> None:
    """One digest of a form a channel: a new time replaces the old one."""
    if not wanted.channel:
        raise UsageError("I don't know which channel to post to.", hint="Ask in a channel.")
    with office.store.atomic():
        for old in _here(office, asker):
            if old.time != wanted.time and form_of(old)[0] == form_of(wanted)[0]:
                office.store.unsubscribe(old.id, by=asker.user, at=office.clock())
        kept = office.store.subscribe(wanted)
        added = Event(office.clock(), asker.user, "subscription.add", str(kept.id))
        office.store.log(added)


def _here(office: Office, asker: Asker) -> list[Subscription]:
    return [each for each in office.store.subscriptions() if each.channel == asker.channel]


def _told(subscription: Subscription, first: date | None, *, preview: bool) -> Subscribed:
    return Subscribed(
        time=time.fromisoformat(subscription.time),
        weekdays=subscription.weekdays,
        time_zone=subscription.time_zone,
        language=subscription.language,
        first=first,
        preview=preview,
        form=form_of(subscription)[0],
        day=form_of(subscription)[2],
    )


def _picked(given: Mapping[str, Any], action: str) -> str:
    option = given.get(action, {}).get("selected_option") or {}
    return str(option.get("value") or "")
