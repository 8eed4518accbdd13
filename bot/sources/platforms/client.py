"""What a platform's client must be able to say, and its writer to do.

Each platform is one of these.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, TypeVar, runtime_checkable

import pandas as pd

from bot.domain.details import Level
from bot.domain.platform_budgets import BudgetSetting, PlatformBudget
from bot.errors import SettingsError, SourceError
from bot.kinds import WRITERS
from bot.numbers.input.names import account_key, title
from bot.sentences import Sentence
from bot.sources.base import AdAccount, CampaignFacts, PlatformChange, SourceConfig

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
ODD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What reading an answer raises whose fields are missing, or are not what they were."""
MEASURES = (
    "spend", "impressions", "reach", "clicks", "clicks_all", "landing_views", "leads",
    "qualified_leads", "conversions", "revenue", "engagements",
)  # fmt: skip

RESULTS = ("leads", "conversions", "revenue")


class Client(Protocol):
    """A platform behind its SDK. Every method raises SourceError, in words with a way out."""

    @property
    def channel(self) -> str:
        """The channel of its campaigns, e.g. `google_ads`."""

    @property
    def days_a_call(self) -> int:
        """How many days may be asked for at once."""

    @property
    def history_days(self) -> int:
        """How far back its change history goes; 0 where it has none."""

    def accounts(self) -> Sequence[AdAccount]:
        """The ad accounts that the token reaches."""

    def campaigns(self, account: AdAccount) -> Sequence[CampaignFacts]:
        """Its campaigns, whatever their status."""

    def days(self, account: AdAccount, since: date, until: date) -> pd.DataFrame:
        """`campaign_id`, `date` and some of MEASURES, a row a day on which anything was shown.

        Money in currency units. A measure that the account does not have is no column. Where
        `campaigns` leaves out what was deleted, `campaign_name` is a column, too.
        """

    def changes(self, account: AdAccount, since: date, until: date) -> Sequence[PlatformChange]:
        """What was changed from `since` to `until`, oldest first."""

    def reach(self, account: AdAccount, since: date, until: date) -> pd.DataFrame:
        """`campaign_id` and `reach` of the window as a whole; empty where there is none."""


@runtime_checkable
class Detailed(Protocol):
    """A client that also knows the parts of campaigns; not every platform is asked for them."""

    @property
    def detail_levels(self) -> Sequence[Level]:
        """The levels it has."""

    @property
    def detail_results(self) -> Sequence[str]:
        """Of RESULTS what its parts are counted by: a part without a row of it had none."""

    def details(self, account: AdAccount, level: Level, since: date, until: date) -> pd.DataFrame:
        """`bot.numbers.input.detail_rows.INCOMING` but for channel, account, level and currency.

        Rows of one part and day are added up; a column that nothing is known of may lack.
        """


@runtime_checkable
class Noting(Protocol):
    """A client that has something to say to people which is no failure."""

    @property
    def notes(self) -> Sequence[str]:
        """Sentences with a way out."""


def understood(client: Client, read: Callable[[], Answer]) -> Answer:
    """What `read` makes of a platform's answers, each of which is JSON, and maybe of another shape.

    Raises:
        SourceError: They are not in the shape the platform describes; the log has the place.
    """
    try:
        return read()
    except ODD as error:
        log.exception("%s answered in a shape that perfbot does not know", client.channel)
        raise SourceError(
            Sentence(
                "%(platform)s answered in a shape that perfbot does not know.",
                platform=title(client.channel),
            ),
            hint="Nothing of it is stored, and the next pull asks again; if it stays so, update "
            "perfbot: the log has the place.",
        ) from error


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
        raise SettingsError(Sentence("perfbot cannot set budgets at %(kind)s.", kind=config.kind))
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
            Sentence("This token does not reach account %(account)s.", account=account_id),
            hint="Check account_id in perfbot.toml.",
        )
