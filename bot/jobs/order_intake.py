"""Orders into the store, and the sales they document beside the numbers of their campaigns."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from bot.numbers import documented
from bot.numbers.input.daily import campaigns_only, normalise
from bot.store.base import Store

KEY = "orders:key"  # a preference of nobody's: what orders' numbers are hashed with
SOURCE = "orders"
LAST = "orders:posted"  # likewise: when orders were last posted
WAITING = "orders:counted"  # likewise: since when boards lack what was counted


@dataclass(frozen=True)
class Handed:
    """What orders came to.

    Attributes:
        orders, added, changed: How many there are, how many are new, how many say something else.
        matched: How many of them belong to a campaign.
        days: Days x campaigns whose documented sales changed.
    """

    orders: int
    added: int
    changed: int
    matched: int
    days: int


def keep(store: Store, orders: pd.DataFrame, at: datetime) -> Handed:
    """Keep orders and count them where they belong; the same again changes nothing.

    Args:
        store: The store.
        orders: `bot.numbers.documented.COLUMNS`; the order's number as the shop has it. Where there
            is no `updated_at`, what it says holds as of now.
        at: Now: the counts are known from today on.
    """
    if not len(orders):
        return Handed(0, 0, 0, 0, 0)
    with store.atomic("numbers"):
        hashed_orders = orders.assign(order=hashed(store, orders["order"]))
        if "updated_at" not in hashed_orders:
            hashed_orders = hashed_orders.assign(updated_at=at)
        added, changed = store.add_orders(hashed_orders)
        since, until = orders["date"].min().date(), orders["date"].max().date()
        matched = _matched(store, since, until)
        days = _count(store, matched, at)
        placed = set(matched["order"][matched["matched"]])
    return Handed(len(orders), added, changed, len(placed & set(hashed_orders["order"])), days)


def note_posted(store: Store, handed: Handed, at: datetime) -> None:
    """Remember that orders came by themselves, and whether boards lack them now."""
    stamp = at.isoformat(timespec="seconds")
    store.set_preference(LAST, at=stamp)
    if handed.days:
        store.set_preference(WAITING, at=stamp)


def last_posted(store: Store) -> datetime | None:
    """When orders were last posted; None where none ever were."""
    at = store.preference(LAST).get("at", "")
    return datetime.fromisoformat(at) if at else None


def count(store: Store, since: date, until: date, at: datetime) -> int:
    """Count the orders of these days anew: how many days x campaigns changed.

    After every pull, too: an order may come before the numbers of its day, and a campaign's name
    after both.
    """
    return _count(store, _matched(store, since, until), at)


def _matched(store: Store, since: date, until: date) -> pd.DataFrame:
    orders = store.orders(since, until)
    numbers = campaigns_only(store.numbers(since, until)) if len(orders) else _NONE
    return documented.match(orders, numbers)


_NONE = normalise(pd.DataFrame())


def _count(store: Store, matched: pd.DataFrame, at: datetime) -> int:
    if not matched["matched"].any():
        return 0
    since, until = matched["date"].min().date(), matched["date"].max().date()
    rows = documented.documented(matched, campaigns_only(store.numbers(since, until)))
    if not len(rows):
        return 0
    stored = store.add_numbers(
        rows, source=SOURCE, pulled_at=at, columns=("documented_conversions",)
    )
    return stored.added + stored.restated


def hashed(store: Store, ids: pd.Series) -> list[str]:
    """Ids of orders and leads under the install's own key: they can be recognised, not read."""
    key = store.preference(KEY).get("key", "")
    if not key:
        key = secrets.token_hex(32)
        store.set_preference(KEY, key=key)
    secret = bytes.fromhex(key)
    return [hmac.new(secret, str(number).encode(), hashlib.sha256).hexdigest() for number in ids]
