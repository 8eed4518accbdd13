"""Messages already posted: whose words they are in, and which thread they belong to."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bot.desk.office import Office
from bot.desk.schedule import form_of
from bot.desk.types import Change, Line, Said
from bot.messages import Renderer
from bot.store.base import Outgoing, Store, Subscription

log = logging.getLogger(__name__)
KEY = re.compile(r"(?:digest|urgent|advice):(\d+):")


def digest_key(subscription: Subscription, as_of: object) -> str:
    """The key of a digest: the same for every attempt to write it."""
    return f"digest:{subscription.id}:{as_of}"


def advice_key(subscription: Subscription, as_of: object, advice_id: str) -> str:
    """The key of a piece of advice in a digest's thread."""
    return f"advice:{subscription.id}:{as_of}:{advice_id}"


def outgoing(store: Store, key: str, said: Said) -> Iterator[Outgoing]:
    """The edits and lines something leads to, for the outbox; `key` is what led to them."""
    for number, change in enumerate(said.changes):
        yield from _one(store, f"{key}:update:{number}", "update", change, change.ts)
    for number, line in enumerate(said.lines):
        yield from _one(store, f"{key}:line:{number}", "line", line, line.thread_ts)


def _one(store: Store, key: str, kind: str, said: Change | Line, ts: str) -> Iterator[Outgoing]:
    parent = store.find_message(said.channel, ts)
    if parent is None:  # the desk only knows messages of the outbox
        log.error("No message %s in %s to %s.", ts, said.channel, kind)
        return
    yield Outgoing(_short(key), kind, said.channel, said.text, said.blocks, parent.key)


def _short(key: str) -> str:
    """A key of bounded length; Slack's ids and ours have none."""
    return key if len(key) <= 120 else hashlib.sha256(key.encode()).hexdigest()


def root_of(office: Office, message: Outgoing) -> str:
    """The ts of the thread a message belongs to."""
    parent = office.store.outgoing(message.parent) if message.parent else None
    return parent.ts if parent is not None else message.ts


def renderer_of(office: Office, message: Outgoing) -> Renderer:
    """The words of the subscription a message was written for."""
    subscription = _subscription(office, message)
    return office.renderer(subscription.language if subscription else "")


def form_posted(office: Office, message: Outgoing) -> str:
    """`daily`, `weekly` or `monthly`: what the subscription's digests are."""
    subscription = _subscription(office, message)
    return form_of(subscription)[0] if subscription else "daily"


def zone_of(office: Office, message: Outgoing) -> ZoneInfo:
    """The time zone of the subscription a message was written for."""
    subscription = _subscription(office, message)
    return ZoneInfo(subscription.time_zone) if subscription else office.zone()


def _subscription(office: Office, message: Outgoing) -> Subscription | None:
    found = KEY.match(message.key)
    known = {each.id: each for each in office.store.subscriptions()} if found else {}
    return known.get(int(found[1])) if found else None
