"""Files of daily numbers into the store: kinds of tables that were told, and keeping what was read.

The same whether a file is handed in at the terminal or dropped into a Slack channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.features.imports import detail_intake
from bot.numbers.schema_changes import columns_of
from bot.settings import Details
from bot.snapshot.feed_health import remember_columns
from bot.sources.exports import ReadFile
from bot.store.base import Store
from bot.store.records import DetailsImported, Imported

MAPPINGS = "import:mappings"  # what was said of kinds of tables: a preference of nobody's
NOTHING = Imported(0, 0, 0, 0, 0, 0)


def keep(
    store: Store,
    parsed: ReadFile,
    name: str,
    at: datetime,
    limits: Details = detail_intake.AS_USUAL,
) -> tuple[Imported, DetailsImported | None]:
    """Keep a table, all of it or nothing; what that came to, and its details where it has any.

    Args:
        store: Where it goes.
        parsed: The table, as read.
        name: What it is called: the source of its rows.
        at: Now.
        limits: `[details]` of perfbot.toml.

    Raises:
        ImpossibleRowError: A row that cannot be true.
        StoreError: Rows that contradict each other; a database in trouble.
    """
    with store.atomic("numbers"):
        stored = _numbers(store, parsed, name, at)
        if parsed.details is None:
            return stored, None
        return stored, detail_intake.keep(store, parsed.details, at.date(), limits)


def _numbers(store: Store, parsed: ReadFile, name: str, at: datetime) -> Imported:
    """Daily numbers, or the reach of whole windows."""
    reach = parsed.window_reach
    if parsed.frame.empty and parsed.details is not None:
        return NOTHING
    if reach is None:
        remember_columns(store, columns_of(parsed.frame, parsed.columns), at.date())
        return store.add_numbers(parsed.frame, source=name, pulled_at=at)
    changed = store.add_window_reach(reach)
    campaigns = len(reach[["channel", "account_id", "campaign_id"]].drop_duplicates())
    return Imported(len(reach), 0, campaigns, changed, 0, len(reach) - changed)


def together(counts: Sequence[Imported]) -> Imported:
    """Several tables as one."""
    fields = ("rows", "days", "campaigns", "added", "restated", "unchanged")
    return Imported(*(sum(getattr(count, name) for count in counts) for name in fields))
