"""Messages already posted: whose words they are in, and which thread they belong to.

The message above the advice, edited as people answer.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.blockkit import Block, Blocks
from bot.context.context import Office
from bot.domain.replies import Edit, Said, ThreadLine
from bot.policy.schedule import form_of
from bot.render import Renderer
from bot.render.values.templates import Card, Todo, Urgent
from bot.store.base import AdviceRecord, Outgoing, Store, Subscription

log = logging.getLogger(__name__)
KEY = re.compile(r"(?:digest|urgent|advice):(\d+):")


def digest_key(subscription: Subscription, as_of: object) -> str:
    """The key of a digest: the same for every attempt to write it."""
    return f"digest:{subscription.id}:{as_of}"


def advice_key(subscription: Subscription, as_of: object, advice_id: str) -> str:
    """The key of a piece of advice in a digest's thread."""
    return f"advice:{subscription.id}:{as_of}:{advice_id}"


def outgoing(store: Store, key: str, updates: Said) -> Iterator[Outgoing]:
    """The edits and lines something leads to, for the outbox; `key` is what led to them."""
    for number, change in enumerate(updates.changes):
        yield from _one(store, f"{key}:update:{number}", "update", change, change.ts)
    for number, line in enumerate(updates.lines):
        yield from _one(store, f"{key}:line:{number}", "line", line, line.thread_ts)


def _one(
    store: Store, key: str, kind: str, message: Edit | ThreadLine, ts: str
) -> Iterator[Outgoing]:
    parent = store.find_message(message.channel, ts)
    if parent is None:  # the desk only knows messages of the outbox
        log.error("No message %s in %s to %s.", ts, message.channel, kind)
        return
    yield Outgoing(_short(key), kind, message.channel, message.text, message.blocks, parent.key)


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
    try:
        return ZoneInfo(subscription.time_zone) if subscription else office.zone()
    except (ZoneInfoNotFoundError, ValueError):  # its owner is told by the tick
        return office.zone()


def _subscription(office: Office, message: Outgoing) -> Subscription | None:
    key_match = KEY.match(message.key)
    subscriptions = (
        {subscription.id: subscription for subscription in office.store.subscriptions()}
        if key_match
        else {}
    )
    return subscriptions.get(int(key_match[1])) if key_match else None


DAY = re.compile(r":(\d{4}-\d\d-\d\d)$")
FIRST, LIST, URGENT = "digest.first", "digest.todo.", "urgent.todo."
Shown = Callable[[Office, Outgoing, AdviceRecord], Card]


def parents(office: Office, messages: Iterable[Outgoing], build_card: Shown) -> tuple[Edit, ...]:
    """The digests and urgent news above some advice, as they read now.

    Args:
        office: The store and the words.
        messages: Messages that show the advice.
        build_card: How a message shows its advice.
    """
    keys = dict.fromkeys(message.parent for message in messages if message.parent)
    parent_messages = [office.store.outgoing(key) for key in keys]
    changes = [
        KINDS[parent.kind](office, parent, build_card)
        for parent in parent_messages
        if parent and parent.kind in KINDS
    ]
    return tuple(change for change in changes if change is not None)


def _urgent(office: Office, news: Outgoing, build_card: Shown) -> Edit | None:
    """None where it has no list: an older one's."""
    total = _total(news, URGENT)
    cards = tuple(replace(card, said_at=None) for card in _cards(office, news, build_card))
    if not total:
        return None
    message = renderer_of(office, news).render("urgent", urgent=Urgent(cards, total))
    return Edit(news.channel, news.ts, message.text, message.blocks)


def _digest(office: Office, digest: Outgoing, build_card: Shown) -> Edit | None:
    """None where the digest has nothing of the kind: it was shortened, or is an older one's."""
    total, day = _total(digest, LIST), DAY.search(digest.key)
    if not total or day is None:
        return None
    todo = Todo(
        date.fromisoformat(day[1]),
        _cards(office, digest, build_card),
        total,
        form_posted(office, digest),
    )
    message = renderer_of(office, digest).render("digest_todo", digest=todo)
    blocks = _replaced(digest.blocks, message.blocks)
    text = message.text if todo.form == "daily" else digest.text  # what the days came to stays
    return Edit(digest.channel, digest.ts, text, blocks)


KINDS: Mapping[str, Callable[[Office, Outgoing, Shown], Edit | None]] = {
    "digest": _digest,
    "urgent": _urgent,
}


def _total(message: Outgoing, name: str) -> int:
    """How many things a message listed, as the id of its list says; 0 where it has none."""
    ids = [str(block.get("block_id", "")) for block in message.blocks]
    return next(
        (int(block_id.removeprefix(name)) for block_id in ids if block_id.startswith(name)), 0
    )


def listed(office: Office, message: Outgoing) -> int:
    """How many pieces of advice the message above one lists; 0 where it lists none."""
    above = office.store.outgoing(message.parent) if message.parent else None
    return max(_total(above, LIST), _total(above, URGENT)) if above else 0


def _cards(office: Office, digest: Outgoing, build_card: Shown) -> tuple[Card, ...]:
    thread = office.store.thread(digest.channel, digest.ts)
    items = sorted(
        (message for message in thread if message.advice_id), key=lambda message: message.item
    )
    records = ((message, office.store.advice(message.advice_id)) for message in items)
    return tuple(build_card(office, message, record) for message, record in records if record)


def _replaced(blocks: Blocks, replacements: Blocks) -> tuple[Block, ...]:
    by_id = {_kind(block): block for block in replacements if _kind(block)}
    return tuple(by_id.get(_kind(block), block) for block in blocks)


def _kind(block: Block) -> str:
    """Which part of a digest a block is, "" for those that stay."""
    block_id = str(block.get("block_id", ""))
    return LIST if block_id.startswith(LIST) else FIRST if block_id == FIRST else ""
