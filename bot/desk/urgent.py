"""Urgent at once: outages, spend spikes and stopped delivery, one message a channel, once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from bot.advice.types import Advice
from bot.desk.cards import cards, known_names
from bot.desk.digest import template_of
from bot.desk.office import Office
from bot.desk.posted import advice_key
from bot.messages.urgent import MOST_LISTED, Urgent
from bot.store.base import AdviceRecord, Event, Outgoing, Subscription

KIND = "urgent.queued"
CHECKS = ("check_tracking", "check_spend", "check_delivery")
ALWAYS = ("always-delivery-stop",)  # no rule of its severity, but money that buys nothing


def at_once(advice: Advice) -> bool:
    """Whether this cannot wait for the morning: something is broken, and each hour costs."""
    return advice.rule in ALWAYS or (advice.severity == "urgent" and advice.action in CHECKS)


def messages(office: Office, subscription: Subscription, as_of: date) -> list[Outgoing]:
    """What a channel has not been told yet: one message, each piece of advice in its thread.

    Claims what it says, so that of several processes one says it: call it in the transaction
    that queues what it returns.
    """
    open_now = office.store.all_advice(state="open", as_of=as_of)
    news = [each for each in open_now if at_once(each.advice)]
    news = [each for each in news if _mine(office, subscription, each, as_of)]
    return _written(office, subscription, news, as_of) if news else []


def _mine(office: Office, subscription: Subscription, record: AdviceRecord, as_of: date) -> bool:
    """Whether nobody has told this channel: no digest, no other process, nothing on its way."""
    store, advice_id, channel = office.store, record.advice.id, subscription.channel
    shown = any(each.channel == channel for each in store.messages_of(advice_id))
    if shown or store.outgoing(advice_key(subscription, as_of, advice_id)):
        return False
    if not store.claim("urgent", f"{channel}:{advice_id}", office.clock()):
        return False
    about = {"channel": channel, "campaign_ids": record.advice.campaign_ids}
    store.log(Event(office.clock(), "perfbot", KIND, advice_id, about))
    return True


def _written(
    office: Office, subscription: Subscription, news: Sequence[AdviceRecord], as_of: date
) -> list[Outgoing]:
    renderer, channel = office.renderer(subscription.language), subscription.channel
    names = {key: name for each in news for key, name in known_names(office, each).items()}
    told = cards(office, news, names, ZoneInfo(subscription.time_zone))
    shown = tuple(replace(card, said_at=None) for card in told)  # it is being said
    ids = hashlib.sha256(" ".join(card.id for card in shown).encode()).hexdigest()[:16]
    key = f"urgent:{subscription.id}:{as_of}:{ids}"
    parent = renderer.render("urgent", urgent=Urgent(shown[:MOST_LISTED], len(shown)))
    posts = [Outgoing(key, "urgent", channel, parent.text, parent.blocks)]
    for card in shown[:MOST_LISTED]:
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
