"""Setting budgets at a platform: what a platform's writer must be able to do."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.platform_budgets import BudgetSetting, PlatformBudget
from bot.errors import SettingsError, SourceError
from bot.kinds import WRITERS
from bot.numbers.input.names import account_key
from bot.sources.base import SourceConfig
from bot.sources.facts import AdAccount
from bot.sources.platforms.client import Client


class ReadOnlyAccess(SourceError):
    """The sign-in may read the account and change nothing; the hint says what to grant."""


class BudgetWriter(Protocol):
    """A platform's budgets behind its SDK. Every method raises SourceError with a way out.

    Settings are of one account. Refusals are the platform's own words, by `BudgetSetting.key`.
    """

    @property
    def channel(self) -> str:
        """The channel of its campaigns, e.g. `google_ads`."""

    @property
    def together(self) -> bool:
        """Whether several budgets of an account are set at once, all or none."""

    def budgets(self, account_id: str) -> Mapping[str, PlatformBudget]:
        """The daily budgets of an account as they are now, by campaign id."""

    def check(self, account_id: str, settings: Sequence[BudgetSetting]) -> Mapping[str, str]:
        """What the platform would refuse of them; nothing is changed.

        Raises:
            ReadOnlyAccess: The sign-in may not change budgets there.
        """

    def set(self, account_id: str, settings: Sequence[BudgetSetting]) -> Mapping[str, str]:
        """Set them, in one call that is never made again; what the platform refused.

        Where it raises nobody knows whether anything was set: read `budgets`.
        """


def writer_of(config: SourceConfig) -> BudgetWriter:
    """The writer of a source's platform, imported when it is wanted.

    Raises:
        SettingsError: Budgets cannot be set there, or a secret is missing.
    """
    module, _, function = WRITERS.get(config.kind, "").partition(":")
    if not module:
        raise SettingsError(f"perfbot cannot set budgets at {config.kind}.")
    writer: BudgetWriter = getattr(importlib.import_module(module), function)(config)
    return writer


@dataclass(frozen=True)
class ReachedAccounts:
    """The accounts a sign-in reaches; each is looked up once."""

    client: Client
    _known: dict[str, AdAccount] = field(default_factory=dict)

    def at(self, account_id: str) -> AdAccount:
        """The account with an id, however it is written.

        Raises:
            SourceError: The token does not reach it.
        """
        if account_id not in self._known:
            self._known[account_id] = self._searched(account_id)
        return self._known[account_id]

    def _searched(self, account_id: str) -> AdAccount:
        for account in self.client.accounts():
            if account_key(account.account_id) == account_key(account_id):
                return account
        raise SourceError(
            f"This token does not reach account {account_id}.",
            hint="Check account_id in perfbot.toml.",
        )
