"""Messages already posted: whose words they are in, and which thread they belong to."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from bot.desk.office import Office
from bot.messages import Renderer
from bot.store.base import Outgoing, Subscription

KEY = re.compile(r"(?:digest|advice):(\d+):")


def digest_key(subscription: Subscription, as_of: object) -> str:
    """The key of a digest: the same for every attempt to write it."""
    return f"digest:{subscription.id}:{as_of}"


def advice_key(subscription: Subscription, as_of: object, advice_id: str) -> str:
    """The key of a piece of advice in a digest's thread."""
    return f"advice:{subscription.id}:{as_of}:{advice_id}"


def root_of(office: Office, message: Outgoing) -> str:
    """The ts of the thread a message belongs to."""
    parent = office.store.outgoing(message.parent) if message.parent else None
    return parent.ts if parent is not None else message.ts


def renderer_of(office: Office, message: Outgoing) -> Renderer:
    """The words of the subscription a message was written for."""
    subscription = _subscription(office, message)
    return office.renderer(subscription.language if subscription else "")


def zone_of(office: Office, message: Outgoing) -> ZoneInfo:
    """The time zone of the subscription a message was written for."""
    subscription = _subscription(office, message)
    return ZoneInfo(subscription.time_zone) if subscription else office.zone()


def _subscription(office: Office, message: Outgoing) -> Subscription | None:
    found = KEY.match(message.key)
    known = {each.id: each for each in office.store.subscriptions()} if found else {}
    return known.get(int(found[1])) if found else None
