"""What a file leaves out, as its owner knows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Protocol

from bot.numbers.input.names import account_key, channel_key
from bot.numbers.plan import Patterns
from bot.sources.mapping import SavedMapping


class AccountFacts(Protocol):
    """What perfbot.toml says of an ad account."""

    @property
    def channel(self) -> str: ...
    @property
    def account_id(self) -> str: ...
    @property
    def time_zone(self) -> str | None: ...


class PlanFacts(Protocol):
    """What perfbot.toml says of the campaigns a pattern fits."""

    @property
    def match(self) -> str: ...
    @property
    def channel(self) -> str | None: ...


class SettingsFacts(Protocol):
    """The parts of perfbot.toml that say what files leave out."""

    @property
    def columns(self) -> Mapping[str, str]: ...
    @property
    def accounts(self) -> Sequence[AccountFacts]: ...
    @property
    def plan(self) -> Sequence[PlanFacts]: ...


@dataclass(frozen=True)
class ReadSettings:
    """What a file leaves out, as its owner knows it.

    Attributes:
        columns: The owner's own headings, each to its column ("Mediekost": "spend"; "segment" for
            one that splits a day and campaign into several rows).
        currency: ISO code of amounts whose file names none.
        channel: Channel of rows that name none, before what the dialect says.
        account_id: Account of rows that name none.
        time_zone: Time zone of the account's days.
        date_order: `DMY` or `MDY` for numeric dates that can be read both ways.
        decimal: "." or "," for numbers that can be read both ways.
        windows: Whether the file holds the reach of whole windows, and its periods are those.
        accounts: The accounts of perfbot.toml.
        plan: Patterns of campaigns and the channel they run in, where the plan says.
        saved: What was said of kinds of tables (`perfbot import --map`).
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    currency: str | None = None
    channel: str | None = None
    account_id: str | None = None
    time_zone: str | None = None
    date_order: str | None = None
    decimal: str | None = None
    windows: bool = False
    accounts: Sequence[AccountFacts] = ()
    plan: Sequence[tuple[str, str]] = ()
    saved: Sequence[SavedMapping] = ()

    def with_mapping(self, mapping: SavedMapping) -> ReadSettings:
        """With what was said of this kind of table, where nothing is said here."""
        answers = {name: value for name, value in asdict(mapping).items() if name != "columns"}
        named = {name: getattr(self, name) or value for name, value in answers.items()}
        return replace(self, columns={**mapping.columns, **self.columns}, **named)

    def channel_of_account(self, account_id: str) -> str | None:
        """The only channel in which perfbot.toml has this account."""
        channels = {channel_key(account.channel) for account in self._named(account_id)}
        return channels.pop() if len(channels) == 1 else None

    def zone_of_account(self, account_id: str) -> str | None:
        """The time zone perfbot.toml gives this account."""
        zones = {account.time_zone for account in self._named(account_id) if account.time_zone}
        return zones.pop() if len(zones) == 1 else None

    def channel_of_name(self, campaign_name: str) -> str | None:
        """The channel of the first entry of the plan that fits."""
        place = Patterns(pattern for pattern, _ in self.plan).first("", campaign_name)
        return None if place is None else channel_key(self.plan[place][1])

    def _named(self, account_id: str) -> list[AccountFacts]:
        key = account_key(account_id)
        return [
            account for account in self.accounts if key and account_key(account.account_id) == key
        ]


def given_by(
    settings: SettingsFacts,
    columns: Mapping[str, str] | None = None,
    saved: Iterable[str] = (),
) -> ReadSettings:
    """What is known of every file.

    Args:
        settings: perfbot.toml.
        columns: Headings that were named beside it.
        saved: What was said of kinds of tables, as `SavedMapping.dumped`.
    """
    return ReadSettings(
        columns={**settings.columns, **(columns or {})},
        accounts=tuple(settings.accounts),
        plan=tuple((entry.match, entry.channel) for entry in settings.plan if entry.channel),
        saved=tuple(map(SavedMapping.loaded, saved)),
    )
