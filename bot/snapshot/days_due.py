"""Until which day numbers are due, for whoever looks at a morning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache

from bot.context.context import Context
from bot.numbers.due_days import MORNING, due_until, zone_of
from bot.numbers.input.names import account_key
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.store.base import Pull


def due_on(context: Context, as_of: date) -> Callable[[str], date]:
    """The last day an account in a time zone ("" for unknown) should have numbers of by now.

    Of an earlier morning: by its own time.
    """
    at_home = context.zone()
    morning = datetime.combine(as_of, MORNING, at_home)
    now = context.clock()
    looked_at = now if now.astimezone(at_home).date() == as_of else morning

    @lru_cache(maxsize=4096)
    def due(zone: str) -> date:
        return due_until(as_of, looked_at, morning, zone_of(zone) or at_home)

    return due


def pulls_due(context: Context, as_of: date) -> Callable[[Pull], date]:
    """The same of the account of a pull; of one that names none, its account furthest ahead."""
    due = due_on(context, as_of)
    zones = {
        (channel, feed.account_id): feed.zone
        for feed in boards.health(context, as_of)
        for channel in feed.channels
    }

    def due_of(pull: Pull) -> date:
        account = account_key(pull.account_id)
        account_zones = [zone for (channel, account_id), zone in zones.items()
               if channel in pull.channels and account in {"", account_id}]  # fmt: skip
        return max(map(due, account_zones or ("",)))

    return due_of


def channels_due(context: Context, figures: Figures) -> dict[str, date]:
    """The last day each channel should have numbers of: that of its account furthest ahead."""
    due = due_on(context, figures.as_of)
    return {
        channel: max(map(due, figures.zones.get(channel) or ("",))) for channel in figures.until
    }
