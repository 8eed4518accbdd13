"""What a connector's tables say of accounts and campaigns: names, currencies, whose days.

And who paused what: status changes out of the versions that a connector keeps of its campaigns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from bot.sentences import Sentence
from bot.sources.base import PlatformChange, Status
from bot.sources.connectors import values
from bot.sources.connectors.layouts import LOADERS, ConnectorLayout
from bot.sources.given import ReadSettings

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Known:
    """An account or campaign as its newest version has it."""

    name: str | None = None
    account: str = ""
    currency: str | None = None
    time_zone: str | None = None
    objective: str | None = None
    status: str | None = None


NOTHING = Known()
ACCOUNT_WORDS = ("name", "currency", "time_zone", "objective", "status")


def by_id(rows: Iterable[Row]) -> dict[str, Known]:
    """Newest versions (`bot.sources.connectors.selects.newest`) by their ids."""
    return {
        values.id_of(row["id"]): Known(
            account=values.id_of(row.get("account")),
            **{word: values.text_of(row.get(word)) for word in ACCOUNT_WORDS},
        )
        for row in rows
    }


@dataclass(frozen=True)
class Directory:
    """The accounts and campaigns of a platform.

    Attributes:
        settings: What the tables leave out.
    """

    layout: ConnectorLayout
    settings: ReadSettings
    accounts: Mapping[str, Known] = field(default_factory=dict)
    campaigns: Mapping[str, Known] = field(default_factory=dict)

    def campaign(self, campaign_id: str) -> Known:
        return self.campaigns.get(campaign_id, NOTHING)

    def account(self, account_id: str) -> Known:
        return self.accounts.get(account_id, NOTHING)

    def account_of(self, row: Row) -> str:
        """The account of a row: its own, its campaign's, or the only one there is."""
        written = values.id_of(row.get("account"))
        campaign = self.campaign(values.id_of(row["campaign"]))
        alone = next(iter(self.accounts)) if len(self.accounts) == 1 else ""
        return written or campaign.account or self.settings.account_id or alone

    def zone(self, account_id: str) -> ZoneInfo:
        """Whose days an account's are; UTC where nobody says."""
        words = (self.layout.days, self.settings.time_zone, "UTC")
        zones = (self.told_zone(account_id), *map(values.zone_of, words))
        return next(zone for zone in zones if zone is not None)

    def told_zone(self, account_id: str) -> ZoneInfo | None:
        """The zone of an account as its table or perfbot.toml says it."""
        words = (self.account(account_id).time_zone, self.settings.zone_of_account(account_id))
        return next((zone for word in words if (zone := values.zone_of(word))), None)

    def zones(self) -> list[ZoneInfo]:
        """Every zone that an account is in, or a campaign whose account is in no table."""
        accounts = {*self.accounts, *(campaign.account for campaign in self.campaigns.values())}
        zones = {self.zone(account) for account in accounts or {""}}
        return sorted(zones, key=str)

    def unknown(self, accounts: Collection[str], *, has_currency: bool) -> str:
        """What no table says of these accounts, and who could say it; "" for nothing."""
        zoneless = not self.layout.days and any(not self.told_zone(account) for account in accounts)
        if has_currency and not zoneless:
            return ""
        missing = Sentence(
            "currency and the time zone" if zoneless and not has_currency
            else "time zone" if zoneless else "currency"
        )  # fmt: skip
        table = f" ({self.layout.accounts.tables[0]})" if self.layout.accounts else ""
        return Sentence(
            "%(connector)s: no table says the %(missing)s of an account: sync its table of "
            "accounts%(table)s, or say it under [[accounts]].",
            connector=self.layout.name,
            missing=missing,
            table=table,
        )


STATUS_WORDS: Mapping[str, Status] = {
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
    return STATUS_WORDS.get((values.text_of(word) or "").lower().removeprefix("campaign_"))
