"""What all campaigns of an account pay for showings, where that moved: news, and nobody's fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date

from bot.context.context import Context
from bot.numbers.input.history import Feed
from bot.render.values.news import PriceMoved
from bot.snapshot import boards
from bot.snapshot.naming import title


def market_moves(
    context: Context, as_of: date, channels: Collection[str]
) -> tuple[PriceMoved, ...]:
    """Accounts of these channels whose price moved for all campaigns, the most first."""
    feeds = [feed for feed in boards.health(context, as_of) if {*feed.channels} <= {*channels}]
    accounts = Counter(channel for feed in feeds for channel in feed.channels)
    moved = []
    for feed in feeds:
        if feed.price is not None:
            name = ", ".join(map(title, feed.channels))
            several = any(accounts[channel] > 1 for channel in feed.channels)
            moved.append(PriceMoved(f"{name} {feed.account_id}" if several else name, feed.price))
    return tuple(sorted(moved, key=lambda move: -abs(move.price.change)))


def accounts_at_new_prices(context: Context, as_of: date) -> frozenset[Feed]:
    """Channel and account id of all such accounts: a dearer result there blames no page."""
    return frozenset(
        (channel, feed.account_id)
        for feed in boards.health(context, as_of)
        if feed.price is not None
        for channel in feed.channels
    )
