"""What a connector's tables say of accounts and campaigns: names, currencies, and whose days."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from bot.sources.connectors import values
from bot.sources.connectors.layouts import ConnectorLayout
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
WORDS = ("name", "currency", "time_zone", "objective", "status")


def by_id(rows: Iterable[Row]) -> dict[str, Known]:
    """Newest versions (`bot.sources.connectors.selects.newest`) by their ids."""
    return {
        values.id_of(row["id"]): Known(
            account=values.id_of(row.get("account")),
            **{word: values.text_of(row.get(word)) for word in WORDS},
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
        missing = [*([] if has_currency else ["currency"]), *(["time zone"] if zoneless else [])]
        if not missing:
            return ""
        table = f" ({self.layout.accounts.tables[0]})" if self.layout.accounts else ""
        return (
            f"{self.layout.name}: no table says the {' and the '.join(missing)} of an account: "
            f"sync its table of accounts{table}, or say it under [[accounts]]."
        )
