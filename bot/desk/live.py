"""The message above the advice, edited as people answer.

Of a digest its first line and its list, and the rest stays; urgent news as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.desk.office import Office
from bot.desk.posted import form_posted, renderer_of
from bot.desk.types import Change
from bot.messages.values import Card, Todo, Urgent
from bot.store.base import AdviceRecord, Outgoing

DAY = re.compile(r":(\d{4}-\d\d-\d\d)$")
FIRST, LIST, URGENT = "digest.first", "digest.todo.", "urgent.todo."
Shown = Callable[[Office, Outgoing, AdviceRecord], Card]


def parents(office: Office, messages: Iterable[Outgoing], shown: Shown) -> tuple[Change, ...]:
    """The digests and urgent news above some advice, as they read now.

    Args:
        office: The store and the words.
        messages: Messages that show the advice.
        shown: How a message shows its advice.
    """
    keys = dict.fromkeys(message.parent for message in messages if message.parent)
    found = [office.store.outgoing(key) for key in keys]
    changes = [
        KINDS[each.kind](office, each, shown) for each in found if each and each.kind in KINDS
    ]
    return tuple(each for each in changes if each is not None)


def _urgent(office: Office, news: Outgoing, shown: Shown) -> Change | None:
    """None where it has no list: an older one's."""
    total = _total(news, URGENT)
    cards = tuple(replace(card, said_at=None) for card in _cards(office, news, shown))
    if not total:
        return None
    said = renderer_of(office, news).render("urgent", urgent=Urgent(cards, total))
    return Change(news.channel, news.ts, said.text, said.blocks)


def _digest(office: Office, digest: Outgoing, shown: Shown) -> Change | None:
    """None where the digest has nothing of the kind: it was shortened, or is an older one's."""
    total, day = _total(digest, LIST), DAY.search(digest.key)
    if not total or day is None:
        return None
    todo = Todo(
        date.fromisoformat(day[1]),
        _cards(office, digest, shown),
        total,
        form_posted(office, digest),
    )
    said = renderer_of(office, digest).render("digest_todo", digest=todo)
    blocks = _replaced(digest.blocks, said.blocks)
    text = said.text if todo.form == "daily" else digest.text  # what the days came to stays
    return Change(digest.channel, digest.ts, text, blocks)


KINDS: Mapping[str, Callable[[Office, Outgoing, Shown], Change | None]] = {
    "digest": _digest,
    "urgent": _urgent,
}


def _total(message: Outgoing, name: str) -> int:
    """How many things a message listed, as the id of its list says; 0 where it has none."""
    ids = [str(block.get("block_id", "")) for block in message.blocks]
    return next((int(each.removeprefix(name)) for each in ids if each.startswith(name)), 0)


def _cards(office: Office, digest: Outgoing, shown: Shown) -> tuple[Card, ...]:
    thread = office.store.thread(digest.channel, digest.ts)
    items = sorted((each for each in thread if each.advice_id), key=lambda each: each.item)
    records = ((each, office.store.advice(each.advice_id)) for each in items)
    return tuple(shown(office, each, record) for each, record in records if record)


def _replaced(
    blocks: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> tuple[Mapping[str, Any], ...]:
    by_id = {_kind(block): block for block in new if _kind(block)}
    return tuple(by_id.get(_kind(block), block) for block in blocks)


def _kind(block: Mapping[str, Any]) -> str:
    """Which part of a digest a block is, "" for those that stay."""
    said = str(block.get("block_id", ""))
    return LIST if said.startswith(LIST) else FIRST if said == FIRST else ""
