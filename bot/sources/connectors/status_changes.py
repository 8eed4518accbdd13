"""Who paused what: status changes out of the versions that a connector keeps of its campaigns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.sources.connectors import values
from bot.sources.connectors.layouts import LOADERS, ConnectorLayout
from bot.sources.facts import PlatformChange, Status

WORDS: Mapping[str, Status] = {
    "enabled": "enabled", "enable": "enabled", "active": "enabled", "running": "enabled",
    "paused": "paused", "disable": "paused", "disabled": "paused", "inactive": "paused",
    "suspended": "paused", "budgetpaused": "paused", "budgetandmanualpaused": "paused",
    "removed": "removed", "delete": "removed", "deleted": "removed", "archived": "removed",
    "canceled": "removed", "cancelled": "removed", "completed": "removed",
}  # fmt: skip
"""A campaign's status in the words of every platform, in small letters."""


def changes(
    rows: Iterable[Mapping[str, Any]], layout: ConnectorLayout, accounts: Mapping[str, str]
) -> list[PlatformChange]:
    """Changes of status that mean something; by whom, no connector says.

    Args:
        rows: As `selects.status_changes` asks for them.
        layout: Whose.
        accounts: Each campaign's account.
    """
    read = [_change(row, layout, accounts) for row in rows]
    return [change for change in read if change is not None]


def _change(
    row: Mapping[str, Any], layout: ConnectorLayout, accounts: Mapping[str, str]
) -> PlatformChange | None:
    before, after = status_of(row["before"]), status_of(row["status"])
    moment = values.moment_of(row["changed"])
    if moment is None or before is None or after is None or before == after:
        return None
    campaign = values.id_of(row["id"])
    account = values.id_of(row.get("account")) or accounts.get(campaign, "")
    through = LOADERS[layout.loader]
    return PlatformChange(account, (campaign,), moment, "status", before, after, "", through)


def status_of(word: Any) -> Status | None:
    """A status in a platform's own word; None for one that is not known."""
    return WORDS.get((values.text_of(word) or "").lower().removeprefix("campaign_"))
