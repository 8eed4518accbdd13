"""`/perf subscribe`: when the digest comes to a channel, by words or by a modal.

A subscription takes what its channel's clients own, and of that what it names.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.context.context import Context
from bot.context.scoping import at, limited
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker, Reply, Submission
from bot.domain.slack_ids import is_slack_id
from bot.errors import UnknownName, UsageError
from bot.numbers.input.names import account_key
from bot.policy.permissions import require
from bot.policy.routes import Route, route_of
from bot.policy.schedule import Schedule, form_of, parse_schedule, zone_named
from bot.render.values.conversation import Wish
from bot.render.values.templates import Subscribed, SubscribeForm
from bot.snapshot import boards
from bot.snapshot.evaluation import ids_of
from bot.snapshot.naming import title
from bot.store.base import AdviceRecord, Event, Subscription
from bot.store.scope import Scope

WEEK = ("1", "2", "3", "4", "5", "6", "7")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
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
    context: Context, words: Sequence[str], asker: Asker, as_of: date, *, dry: bool
) -> Reply:
    """Subscribe the asker's channel by words; without any, a modal to fill in.

    Raises:
        UnknownName: A word that is no time, day, zone or language.
    """
    require(context, asker, "answerer")
    if not words and not dry:  # where no form can be opened, how to say it in words
        message = context.renderer(asker.language).render("wish", wish=Wish("subscribe"))
        return Reply(message.text, message.blocks, modal=subscribe_view(context, asker))
    schedule = parse_schedule(words, usual(context, asker))
    if schedule.stop:
        return unsubscribe(context, asker, dry=dry)
    return _kept(context, schedule, asker, as_of, dry=dry)


def unsubscribe(context: Context, asker: Asker, *, dry: bool) -> Reply:
    """End every digest of the asker's channel.

    Raises:
        UsageError: There is none.
    """
    require(context, asker, "answerer")
    subscriptions = _here(context, asker)
    if not subscriptions:
        raise UsageError(
            "This channel gets no morning digest.", hint="Start one with /perf subscribe 07:30."
        )
    for subscription in subscriptions if not dry else ():
        context.store.unsubscribe(subscription.id, by=asker.user, at=context.clock())
    summary = _told(subscriptions[0], None, preview=dry)
    message = context.renderer(asker.language).render("unsubscribed", subscription=summary)
    return Reply(message.text, message.blocks)


def subscribe_view(context: Context, asker: Asker) -> dict[str, Any]:
    """The modal, filled in with what holds for the channel now."""
    schedule = usual(context, asker)
    zones = dict.fromkeys((schedule.time_zone, *ZONES))
    form = SubscribeForm(
        time=time.fromisoformat(schedule.time),
        weekdays=schedule.weekdays,
        time_zone=schedule.time_zone,
        time_zones=tuple(zones),
        language=schedule.language,
        languages=tuple(context.renderers),
        channel=context.place(asker.channel) if asker.channel else "",
        channel_id=asker.channel,
    )
    return context.renderer(asker.language).modal("subscribe", form=form)


def subscribed(context: Context, submission: Submission, asker: Asker) -> Reply:
    """Keep what somebody filled into the modal.

    Raises:
        UsageError: No weekday was ticked.
    """
    current_schedule = usual(context, asker)
    days = submission.ticked.get("subscribe.days", ())
    if not days:
        raise UsageError("A digest needs at least one day.", hint="Tick one.")
    at, zone = submission.text("subscribe.time"), submission.text("subscribe.zone")
    language = submission.text("subscribe.language")
    _refuse_forged(context, days, at, zone, language)
    if asker.channel and not is_slack_id(asker.channel, "CDG"):
        raise _not_offered(asker.channel)
    schedule = Schedule(
        time=at or current_schedule.time,
        weekdays=tuple(sorted({int(day) for day in days})),
        time_zone=zone or current_schedule.time_zone,
        language=language or current_schedule.language,
        route=current_schedule.route,
    )
    return _kept(context, schedule, asker, context.today(asker), dry=False)


def _refuse_forged(
    context: Context, days: Sequence[object], at: str, zone: str, language: str
) -> None:
    """Take from the form only what it offered."""
    checks = (
        *((str(day), str(day) in WEEK) for day in days),
        (at, not at or CLOCK.fullmatch(at)),
        (zone, not zone or zone_named(zone) == zone),
        (language, not language or language in context.renderers),
    )
    for value, fine in checks:
        if not fine:
            raise _not_offered(value)


def _not_offered(value: str) -> UsageError:
    return UsageError(
        "%(given)s is not on the list.",
        hint="Choose from the list.",
        values={"given": value[:60]},
    )


def usual(context: Context, asker: Asker) -> Schedule:
    """What a schedule is where nobody says otherwise: as it stands here, else as is usual."""
    daily_digests = [
        subscription
        for subscription in _here(context, asker)
        if form_of(subscription)[0] == "daily"
    ]
    if daily_digests:
        channel_digest = daily_digests[0]
        return Schedule(
            channel_digest.time,
            channel_digest.weekdays,
            channel_digest.time_zone,
            channel_digest.language,
            route=route_of(channel_digest),
        )
    return Schedule(time_zone=context.zone(asker).key, language=context.language(asker.language))


def first_day(schedule: Schedule, today: date, now: time | None = None) -> date:
    """The day of the first digest: today where its time is still ahead of `now`, else later."""
    ahead = now is not None and now < time.fromisoformat(schedule.time)
    days = (today + timedelta(days=step) for step in range(0 if ahead else 1, 33))
    return next(day for day in days if _comes(schedule, day))


def _comes(schedule: Schedule, day: date) -> bool:
    if schedule.form == "monthly":
        return day.day == schedule.day
    return day.isoweekday() in schedule.weekdays


def _first(context: Context, schedule: Schedule, asker: Asker, asked_on: date) -> date:
    """Of a question about today by the clock where the digest comes; of any other by its day."""
    if asked_on != context.today(asker):
        return first_day(schedule, asked_on)
    local = context.clock().astimezone(ZoneInfo(schedule.time_zone))
    return first_day(schedule, local.date(), local.time())


def _kept(context: Context, schedule: Schedule, asker: Asker, today: date, *, dry: bool) -> Reply:
    asked_time = schedule.time
    schedule = replace(schedule, time=_free(context, schedule, asker))
    schedule = replace(schedule, route=_known(context, schedule.route))
    subscription = Subscription(
        id=0,
        channel=asker.channel,
        time=schedule.time,
        filters=schedule.filters,
        weekdays=schedule.weekdays,
        time_zone=schedule.time_zone,
        language=context.language(schedule.language),
        created_by=asker.user,
    )
    if not dry:
        _replace(context, subscription, asker)
    summary = _told(subscription, _first(context, schedule, asker, today), preview=dry)
    summary = replace(summary, is_later=schedule.time != asked_time)
    message = context.renderer(asker.language).render("subscribed", subscription=summary)
    return Reply(message.text, message.blocks, posts_to="" if dry else subscription.channel)


def _known(context: Context, route: Route) -> Route:
    """The route with clients as the plan calls them; raises UnknownName for one it does not."""
    if not route.of("client"):
        return route
    client_names = {name.casefold(): name for name in context.store.clients() if name}
    for name in route.of("client"):
        if name.casefold() not in client_names:
            raise UnknownName(
                "client", name, difflib.get_close_matches(name, list(client_names.values()))
            )
    clients = tuple(client_names[name.casefold()] for name in route.of("client"))
    return Route({**route.named, "client": clients})


def _free(context: Context, schedule: Schedule, asker: Asker) -> str:
    """The time, or the next minute none of the channel's other digests has: one at a time."""
    taken_times = {
        subscription.time
        for subscription in _here(context, asker)
        if form_of(subscription)[0] != schedule.form
    }
    at = datetime.combine(date.min, time.fromisoformat(schedule.time))
    while f"{at:%H:%M}" in taken_times:
        at += timedelta(minutes=1)
    return f"{at:%H:%M}"


def _replace(context: Context, subscription: Subscription, asker: Asker) -> None:
    """One digest of a form a channel: a new time replaces the old one."""
    if not subscription.channel:
        raise UsageError("I don't know which channel to post to.", hint="Ask in a channel.")
    with context.store.atomic():
        for previous_digest in _here(context, asker):
            if (
                previous_digest.time != subscription.time
                and form_of(previous_digest)[0] == form_of(subscription)[0]
            ):
                context.store.unsubscribe(previous_digest.id, by=asker.user, at=context.clock())
        stored_subscription = context.store.subscribe(subscription)
        added = Event(
            context.clock(), asker.user, "subscription.add", str(stored_subscription.id),
            {"channel": subscription.channel},
        )  # fmt: skip
        context.store.log(added)


def _here(context: Context, asker: Asker) -> list[Subscription]:
    return [
        subscription
        for subscription in context.store.subscriptions()
        if subscription.channel == asker.channel
    ]


def _told(subscription: Subscription, first_date: date | None, *, preview: bool) -> Subscribed:
    route = route_of(subscription)
    return Subscribed(
        time=time.fromisoformat(subscription.time),
        weekdays=subscription.weekdays,
        time_zone=subscription.time_zone,
        language=subscription.language,
        first=first_date,
        preview=preview,
        form=form_of(subscription)[0],
        day=form_of(subscription)[2],
        route=tuple((kind, _called(kind, names)) for kind, names in route.named.items()),
    )


def _called(kind: str, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(title, names)) if kind == "channel" else tuple(names)


Takes = Callable[[AdviceRecord], bool]


def routed(context: Context, subscription: Subscription, as_of: date) -> Context:
    """The context of what a subscription posts."""
    here = at(context, subscription.channel, as_of=as_of)
    route, scope = route_of(subscription), here.store.scope
    clients, channels = frozenset(route.of("client")), frozenset(route.of("channel"))
    if not clients and not channels:
        return here
    allowed = scope.clients if not clients else (
        clients if scope.clients is None else clients & scope.clients
    )  # fmt: skip
    narrow = Scope(allowed, channels or None, place=subscription.channel)
    return limited(context.everyone, narrow)


def choice(subscription: Subscription) -> tuple[tuple[str, ...], ...]:
    """What a subscription chooses by among its scope's advice; two of one choice take alike."""
    route = route_of(subscription)
    return tuple(route.of(kind) for kind in ("account", "stage", "severity", "owner"))


def takes(context: Context, subscription: Subscription, as_of: date) -> Takes:
    """Whether a subscription takes a piece of advice, of those its context can see."""
    route = route_of(subscription)
    if not any(choice(subscription)):
        return lambda _record: True
    rows = boards.figures(context, as_of, "28d").rows
    return lambda record: _is_taken(context, route, record, rows)


def _is_taken(
    context: Context, route: Route, record: AdviceRecord, rows: Sequence[CampaignRow]
) -> bool:
    if route.of("severity") and record.advice.severity not in route.of("severity"):
        return False
    about = set(record.advice.campaign_ids)
    own = [row for row in rows if about & ids_of([row])]
    accounts = {account_key(name) for name in route.of("account")}
    checks = (
        not accounts or any(account_key(row.account_id or "") in accounts for row in own),
        not route.of("stage") or any(row.stage in route.of("stage") for row in own),
        not route.of("owner") or any(_is_owner(context, route, row) for row in own),
    )
    return all(checks)


def _is_owner(context: Context, route: Route, row: CampaignRow) -> bool:
    """By name or by id: the plan may have the one and the subscription the other."""
    owner = (row.owner or "").lstrip("@")
    calls = {owner.casefold(), context.person(owner).casefold()} if owner else set()
    names = {word.casefold() for name in route.of("owner") for word in (name, context.person(name))}
    return bool(calls & names)
