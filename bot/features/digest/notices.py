"""Urgent at once: outages, spend spikes and stopped delivery, one message a channel, once.

One line a day at most, in the thread, about what nobody has answered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.context.context import Context
from bot.domain.advice import Advice
from bot.features.parts.advice_cards import cards, known_names, template_of
from bot.features.parts.message_sync import advice_key
from bot.features.subscriptions import takes
from bot.render.values.advice_card import Card
from bot.render.values.news import MOST_LISTED, Urgent
from bot.snapshot.evaluation import JudgedMorning
from bot.store.base import AdviceRecord, Event, Outgoing, Subscription

URGENT = "urgent.queued"
CHECKS = ("check_tracking", "check_spend", "check_delivery")
FAULTS = (*CHECKS, "fix_landing_page")  # what somebody mends, and a morning can see is not mended
ALWAYS = ("always-delivery-stop",)  # no rule of its severity, but money that buys nothing


def at_once(advice: Advice) -> bool:
    """Whether this cannot wait for the morning: something is broken, and each hour costs."""
    return advice.rule in ALWAYS or (advice.severity == "urgent" and advice.action in CHECKS)


def still_so(
    context: Context, judgement: JudgedMorning, names: Mapping[str, str], zone: ZoneInfo
) -> tuple[Card, ...]:
    """Faults somebody took on of which the rule still speaks: answered, so not advised anew."""
    silent = {
        (finding.rule, finding.campaign_id)
        for finding in judgement.held_back
        if finding.guard == "answered"
    }
    if not silent:
        return ()
    shown_ids = {record.advice.id for record in judgement.shown}
    taken_on = [
        record
        for record in context.store.all_advice(state=("in_progress", "acknowledged"))
        if record.advice.action in FAULTS
        and record.advice.id not in shown_ids
        and any((record.advice.rule, id_) in silent for id_ in record.advice.campaign_ids)
    ]
    return cards(context, taken_on, names, zone)


def urgent_messages(context: Context, subscription: Subscription, as_of: date) -> list[Outgoing]:
    """What a channel has not been told yet: one message, each piece of advice in its thread.

    Claims what it says, so that of several processes one says it: call it in the transaction
    that queues what it returns.
    """
    news = list(_open_news(context, as_of))
    news = [*filter(takes(context, subscription, as_of), news)] if news else []
    news = [candidate for candidate in news if _mine(context, subscription, candidate, as_of)]
    return _written(context, subscription, news, as_of) if news else []


def _open_news(context: Context, as_of: date) -> tuple[AdviceRecord, ...]:
    """What is open and cannot wait, read once for all channels of a scope."""
    decided, marks = context.store.standing(as_of)

    def news() -> tuple[AdviceRecord, ...]:
        open_now = context.store.all_advice(state="open", as_of=as_of)
        return tuple(record for record in open_now if at_once(record.advice))

    mark = (as_of, decided, frozenset(marks.items()))
    return context.shelf.memo(("at once",), mark, news)


def _mine(context: Context, subscription: Subscription, record: AdviceRecord, as_of: date) -> bool:
    """Whether nobody has told this channel: no digest, no other process, nothing on its way."""
    store, advice_id, channel = context.store, record.advice.id, subscription.channel
    already_posted = store.messages_of_all([advice_id], channel)[advice_id]
    if already_posted or store.outgoing(advice_key(subscription, as_of, advice_id)):
        return False
    if not store.claim("urgent", f"{channel}:{advice_id}", context.clock()):
        return False
    details = {"channel": channel, "campaign_ids": record.advice.campaign_ids}
    store.log(Event(context.clock(), "perfbot", URGENT, advice_id, details))
    return True


def _written(
    context: Context, subscription: Subscription, news: Sequence[AdviceRecord], as_of: date
) -> list[Outgoing]:
    renderer, channel = context.renderer(subscription.language), subscription.channel
    names = {key: name for record in news for key, name in known_names(context, record).items()}
    advice_cards = cards(context, news, names, ZoneInfo(subscription.time_zone))
    listed_cards = tuple(replace(card, said_at=None) for card in advice_cards)  # it is being said
    ids = hashlib.sha256(" ".join(card.id for card in listed_cards).encode()).hexdigest()[:16]
    key = f"urgent:{subscription.id}:{as_of}:{ids}"
    parent = renderer.render("urgent", urgent=Urgent(listed_cards[:MOST_LISTED], len(listed_cards)))
    posts = [Outgoing(key, "urgent", channel, parent.text, parent.blocks)]
    for card in listed_cards[:MOST_LISTED]:
        message = renderer.render(template_of(card), card=card)
        posts.append(
            Outgoing(
                key=f"advice:{subscription.id}:{as_of}:urgent:{card.id}",
                kind="advice",
                channel=channel,
                text=message.text,
                blocks=message.blocks,
                parent=key,
                advice_id=card.id,
                item=card.number,
            )
        )
    return posts


REMINDER = "reminder.queued"


def reminder_messages(
    context: Context, subscription: Subscription, day: date, after: int
) -> list[Outgoing]:
    """The line of a day, where anything shown in the channel has been open that many days.

    What was named once is named again as many days later. Claims the channel's day and logs what
    it names: call it in the transaction that queues what it returns.
    """
    waiting = [record for record in context.store.all_advice(state="open", as_of=day)
               if _is_due(context, record, subscription.channel, day, after)]  # fmt: skip
    posted = {record.advice.id: _posted(context, subscription, record) for record in waiting}
    waiting = [record for record in waiting if posted[record.advice.id]]
    place = f"{subscription.channel}:{day}"
    if not waiting or not context.store.claim("reminder", place, context.clock()):
        return []
    for record in waiting:
        details = {"channel": subscription.channel, "day": day}
        context.store.log(Event(context.clock(), "perfbot", REMINDER, record.advice.id, details))
    root = posted[waiting[0].advice.id]
    assert root is not None, "what was not posted is left out"
    return [_line(context, subscription, waiting, day, root)]


def _line(
    context: Context,
    subscription: Subscription,
    waiting: list[AdviceRecord],
    day: date,
    root: Outgoing,
) -> Outgoing:
    names = {key: name for record in waiting for key, name in known_names(context, record).items()}
    zone, channel = ZoneInfo(subscription.time_zone), subscription.channel
    advice_cards = cards(context, waiting, names, zone, channel=channel)
    opened = waiting[0].advice.opened_on or day
    renderer = context.renderer(subscription.language)
    message = renderer.render("reminder", cards=advice_cards, open_days=(day - opened).days)
    key = f"reminder:{subscription.id}:{day}"
    return Outgoing(key, "line", subscription.channel, message.text, message.blocks, root.key)


def _is_due(context: Context, record: AdviceRecord, channel: str, day: date, after: int) -> bool:
    """Open for so many days, and not named in this channel in the last so many."""
    opened, span = record.advice.opened_on, timedelta(after)
    if opened is None or day - opened < span:
        return False
    reminders = context.store.events(subject=record.advice.id, kind=REMINDER)
    reminded_days = [event.details["day"] for event in reminders if event.channel == channel]
    return not any(day - reminded < span for reminded in reminded_days)


def _posted(context: Context, subscription: Subscription, record: AdviceRecord) -> Outgoing | None:
    """The newest message of the channel that shows it."""
    messages = context.store.messages_of(record.advice.id)
    channel_messages = [message for message in messages if message.channel == subscription.channel]
    return channel_messages[-1] if channel_messages else None
