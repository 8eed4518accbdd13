"""Budgets at Google Ads: read, validated and set through CampaignBudgetService."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.domain.money import digits
from bot.domain.platform_budgets import BudgetSetting, Holder, PlatformBudget
from bot.errors import SourceError
from bot.sentences import Sentence
from bot.sources.base import AdAccount, SourceConfig
from bot.sources.platforms.client import ReachedAccounts, ReadOnlyAccess
from bot.sources.platforms.google import GoogleAds, client_of
from bot.sources.platforms.google_errors import failure_of, is_read_only, trouble, words_of
from bot.sources.platforms.google_queries import MICROS, word

BUDGETS = """
SELECT campaign.id, campaign.name, campaign_budget.resource_name, campaign_budget.amount_micros,
  campaign_budget.period
FROM campaign WHERE campaign.status != 'REMOVED'
"""
TIMEOUT = 60.0  # seconds an answer may take; nobody knows then whether it was set
GRANT = (
    "In Google Ads: Admin, Access and security: give the user who signed in Standard access. Until "
    "then perfbot only proposes."
)


def writer(config: SourceConfig) -> GoogleBudgets:
    """The budgets of the accounts that perfbot.toml describes.

    Raises:
        SettingsError: A secret is missing.
    """
    return GoogleBudgets(client_of(config))


@dataclass(frozen=True)
class GoogleBudgets:
    """Budgets of Google Ads: several of an account are set in one call, all or none."""

    ads: GoogleAds
    channel = "google_ads"
    together = True

    @cached_property
    def accounts(self) -> ReachedAccounts:
        """Those the sign-in reaches."""
        return ReachedAccounts(self.ads)

    def budgets(self, account_id: str) -> Mapping[str, PlatformBudget]:
        account = self.accounts.at(account_id)
        rows: list[Any] = self.ads.rows(account.account_id, BUDGETS, account.through)
        fed: defaultdict[str, list[Any]] = defaultdict(list)
        for row in rows:
            fed[row.campaign_budget.resource_name].append(row.campaign)
        return {str(row.campaign.id): _budget(row, fed, account) for row in rows}

    def check(self, account_id: str, settings: Sequence[BudgetSetting]) -> Mapping[str, str]:
        """Google's `validate_only`, which says what it refuses operation by operation."""
        account = self.accounts.at(account_id)

        def validated() -> Mapping[str, str]:
            try:
                answer = self._mutate(account, settings, validate_only=True, partial_failure=True)
            except Exception as error:
                if is_read_only(error):
                    raise _read_only(account) from None
                raise
            return _sentences(_partial(answer), settings)

        sentences: Mapping[str, str] = self.ads.ask(validated)
        return sentences

    def set(self, account_id: str, settings: Sequence[BudgetSetting]) -> Mapping[str, str]:
        account = self.accounts.at(account_id)
        self.ads.ask(lambda: None)  # an access token that is still good; the call itself is once
        try:
            self._mutate(account, settings)
        except Exception as error:  # noqa: BLE001, `trouble` raises on what is none
            sentences = _sentences(failure_of(error), settings)
            if sentences:
                return sentences
            problem = trouble(error)
            raise SourceError(problem.sentence, hint=problem.hint) from None
        return {}

    def _mutate(
        self, account: AdAccount, settings: Sequence[BudgetSetting], **options: bool
    ) -> Any:
        client = self.ads.client(account.through)
        request = client.get_type("MutateCampaignBudgetsRequest")
        request.customer_id = account.account_id
        for name, value in options.items():
            setattr(request, name, value)
        for setting in settings:
            operation = request.operations.add()
            operation.update.resource_name = setting.holder_id
            operation.update.amount_micros = setting.after
            operation.update_mask.paths.append("amount_micros")
        service = self.ads.service(account.through, "CampaignBudgetService")
        return service.mutate_campaign_budgets(request=request, retry=None, timeout=TIMEOUT)


def _budget(row: Any, fed: Mapping[str, Sequence[Any]], account: AdAccount) -> PlatformBudget:
    budget, name = row.campaign_budget, row.campaign_budget.resource_name
    daily = word(budget, "period") in ("DAILY", "UNSPECIFIED") and budget.amount_micros > 0
    sharers = (campaign.name for campaign in fed[name] if campaign.id != row.campaign.id)
    return PlatformBudget(
        str(row.campaign.id),
        row.campaign.name,
        (Holder("budget", name, budget.amount_micros),) if daily else (),
        units=MICROS,
        step=MICROS // 10 ** digits(account.currency),
        shared_with=tuple(sharers),
    )


def _partial(answer: Any) -> Any:
    """The failure inside an answer that refuses some operations; None where all are fine."""
    from google.ads.googleads.v26.errors.types.errors import (  # noqa: PLC0415 (an extra)
        GoogleAdsFailure,
    )

    details = answer.partial_failure_error.details
    return GoogleAdsFailure.deserialize(details[0].value) if details else None


def _sentences(failure: Any, settings: Sequence[BudgetSetting]) -> dict[str, str]:
    """What Google says of each operation it refused."""
    errors: Iterable[Any] = failure.errors if failure is not None else ()
    located = ((error, _operation(error)) for error in errors)
    return {
        settings[number].key: words_of(error)
        for error, number in located
        if number is not None and number < len(settings)
    }


def _operation(error: Any) -> int | None:
    """The number of the operation an error is about; None where it is about the whole call."""
    steps = error.location.field_path_elements
    numbers = (step.index for step in steps if step.field_name == "operations")
    return next(numbers, None)


def _read_only(account: AdAccount) -> ReadOnlyAccess:
    sentence = Sentence("At Google Ads perfbot may only read %(account)s.", account=account.name)
    return ReadOnlyAccess(sentence, hint=GRANT)
