"""The messages that show advice, edited as people answer.

A message already posted is in the words of its subscription, and so is the one above the advice.
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
from bot.context.context import Context
from bot.context.scoping import at
from bot.domain.campaign_rows import GUESSED, PATTERN_LETTERS
from bot.domain.replies import Edit, Said, ThreadLine
from bot.policy.schedule import form_of
from bot.render import Renderer
from bot.render.values.templates import Card, Todo, Urgent
from bot.snapshot import boards
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


def edits_of(key: str, messages: Iterable[Outgoing]) -> Iterator[Outgoing]:
    """Edits of messages that show or list advice; `key` is what led to them.

    They have no words: how a message reads is worked out as its edit is sent.
    """
    for number, message in enumerate(messages):
        name = bounded(f"{key}:update:{number}")
        yield Outgoing(name, "update", message.channel, "", (), message.key)


def lists(message: Outgoing) -> bool:
    """Whether a message has a list of advice that is edited as people answer."""
    return message.kind in KINDS and bool(_total(message, LIST) or _total(message, URGENT))


def _one(
    store: Store, key: str, kind: str, message: Edit | ThreadLine, ts: str
) -> Iterator[Outgoing]:
    parent = store.find_message(message.channel, ts)
    if parent is None:  # the desk only knows messages of the outbox
        log.error("No message %s in %s to %s.", ts, message.channel, kind)
        return
    yield Outgoing(bounded(key), kind, message.channel, message.text, message.blocks, parent.key)


def bounded(key: str) -> str:
    """A key of bounded length; Slack's ids and ours have none."""
    return key if len(key) <= 120 else hashlib.sha256(key.encode()).hexdigest()


def root_of(context: Context, message: Outgoing) -> str:
    """The ts of the thread a message belongs to."""
    parent = context.store.outgoing(message.parent) if message.parent else None
    return parent.ts if parent is not None else message.ts


def renderer_of(context: Context, message: Outgoing) -> Renderer:
    """The words of the subscription a message was written for."""
    subscription = _subscription(context, message)
    return context.renderer(subscription.language if subscription else "")


def form_posted(context: Context, message: Outgoing) -> str:
    """`daily`, `weekly` or `monthly`: what the subscription's digests are."""
    subscription = _subscription(context, message)
    return form_of(subscription)[0] if subscription else "daily"


def zone_of(context: Context, message: Outgoing) -> ZoneInfo:
    """The time zone of the subscription a message was written for."""
    subscription = _subscription(context, message)
    try:
        return ZoneInfo(subscription.time_zone) if subscription else context.zone()
    except (ZoneInfoNotFoundError, ValueError):  # its owner is told by the tick
        return context.zone()


def _subscription(context: Context, message: Outgoing) -> Subscription | None:
    key_match = KEY.match(message.key)
    subscriptions = (
        {subscription.id: subscription for subscription in context.store.subscriptions()}
        if key_match
        else {}
    )
    return subscriptions.get(int(key_match[1])) if key_match else None


DAY = re.compile(r":(\d{4}-\d\d-\d\d)$")
PURPOSE, ASKED_OF = "digest.guess", "digest.asked"  # its buttons, and the question above them
FIRST, LIST, URGENT = "digest.first", "digest.todo.", "urgent.todo."
Shown = Callable[[Context, Outgoing, AdviceRecord], Card]


def as_listed(
    context: Context, messages: Iterable[Outgoing], build_card: Shown
) -> tuple[Edit, ...]:
    """Digests and urgent news that list some advice, as they read now.

    Args:
        context: The store and the words.
        messages: Messages that list the advice.
        build_card: How a message shows its advice.
    """
    changes = [
        KINDS[message.kind](at(context, message.channel), message, build_card)
        for message in messages
        if message.kind in KINDS
    ]
    return tuple(change for change in changes if change is not None)


def _urgent(context: Context, news: Outgoing, build_card: Shown) -> Edit | None:
    """None where it has no list: an older one's."""
    total = _total(news, URGENT)
    cards = tuple(replace(card, said_at=None) for card in _cards(context, news, build_card))
    if not total:
        return None
    message = renderer_of(context, news).render("urgent", urgent=Urgent(cards, total))
    return Edit(news.channel, news.ts, message.text, message.blocks)


def _digest(context: Context, digest: Outgoing, build_card: Shown) -> Edit | None:
    """None where the digest has nothing of the kind: it was shortened, or is an older one's."""
    total, day = _total(digest, LIST), DAY.search(digest.key)
    if day is None:
        return None
    blocks = _without_settled(context, digest, date.fromisoformat(day[1]))
    if not total:
        changed = blocks != tuple(digest.blocks)
        return Edit(digest.channel, digest.ts, digest.text, blocks) if changed else None
    todo = Todo(
        date.fromisoformat(day[1]),
        _cards(context, digest, build_card),
        total,
        form_posted(context, digest),
    )
    message = renderer_of(context, digest).render("digest_todo", digest=todo)
    blocks = _replaced(blocks, message.blocks)
    text = message.text if todo.form == "daily" else digest.text  # what the days came to stays
    return Edit(digest.channel, digest.ts, text, blocks)


def asks_purpose(message: Outgoing) -> bool:
    """Whether a digest asks, with a button, what campaigns are for."""
    return any(block.get("block_id") == PURPOSE for block in message.blocks)


def _without_settled(context: Context, digest: Outgoing, as_of: date) -> Blocks:
    """A digest without the question what campaigns are for, once that stands in the plan."""
    if not asks_purpose(digest) or _is_guessed(context, digest, as_of):
        return tuple(digest.blocks)
    settled = renderer_of(context, digest).render("guess_settled").blocks
    kept = [block for block in digest.blocks if block.get("block_id") != ASKED_OF]
    pieces = [settled if block.get("block_id") == PURPOSE else (block,) for block in kept]
    return tuple(block for piece in pieces for block in piece)


def _is_guessed(context: Context, digest: Outgoing, as_of: date) -> bool:
    """Whether somebody may still agree to what a digest asks about."""
    (question,) = [block for block in digest.blocks if block.get("block_id") == PURPOSE]
    values = [button.get("value", "") for button in question["elements"]]
    cells = {cell for value in values for cell in value.split(",")}
    return any(
        row.because == GUESSED and f"{row.stage}/{row.pricing_model}" in cells
        and not PATTERN_LETTERS & set(row.campaign_name)
        for row in boards.figures(context, as_of, "28d").rows
    )  # fmt: skip


KINDS: Mapping[str, Callable[[Context, Outgoing, Shown], Edit | None]] = {
    "digest": _digest,
    "urgent": _urgent,
}


def _total(message: Outgoing, name: str) -> int:
    """How many things a message listed, as the id of its list says; 0 where it has none."""
    ids = [str(block.get("block_id", "")) for block in message.blocks]
    return next(
        (int(block_id.removeprefix(name)) for block_id in ids if block_id.startswith(name)), 0
    )


def listed(context: Context, message: Outgoing) -> int:
    """How many pieces of advice the message above one lists; 0 where it lists none."""
    above = context.store.outgoing(message.parent) if message.parent else None
    return max(_total(above, LIST), _total(above, URGENT)) if above else 0


def thread_order(context: Context, channel: str, as_of: date, form: str) -> tuple[str, ...]:
    """Ids of the advice in a channel's digest of a morning, by their numbers in its thread."""
    for subscription in context.store.subscriptions():
        if subscription.channel != channel or form_of(subscription)[0] != form:
            continue
        parent = context.store.outgoing(digest_key(subscription, as_of))
        thread = context.store.thread(channel, parent.ts) if parent and parent.ts else []
        items = [message for message in thread if message.advice_id]
        if items:
            ordered = sorted(items, key=lambda message: message.item)
            return tuple(dict.fromkeys(message.advice_id for message in ordered))
    return ()


def _cards(context: Context, digest: Outgoing, build_card: Shown) -> tuple[Card, ...]:
    thread = context.store.under(digest.key)
    items = sorted(
        (message for message in thread if message.advice_id), key=lambda message: message.item
    )
    records = ((message, context.store.advice(message.advice_id)) for message in items)
    return tuple(build_card(context, message, record) for message, record in records if record)


def _replaced(blocks: Blocks, replacements: Blocks) -> tuple[Block, ...]:
    by_id = {_kind(block): block for block in replacements if _kind(block)}
    return tuple(by_id.get(_kind(block), block) for block in blocks)


def _kind(block: Block) -> str:
    """Which part of a digest a block is, "" for those that stay."""
    block_id = str(block.get("block_id", ""))
    return LIST if block_id.startswith(LIST) else FIRST if block_id == FIRST else ""
