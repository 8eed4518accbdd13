"""Budgets at Meta: of campaigns, or of ad sets where they have them; read, validated and set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.domain.platform_budgets import BudgetSetting, Holder, PlatformBudget
from bot.errors import SourceError
from bot.redaction import redacted
from bot.sentences import Sentence
from bot.sources.base import SourceConfig
from bot.sources.platforms.client import ReachedAccounts, ReadOnlyAccess
from bot.sources.platforms.meta import STATUSES, MetaAds, client_of
from bot.sources.platforms.meta_errors import DENIED, trouble
from bot.sources.platforms.meta_rows import units

CAMPAIGN = ["id", "name", "effective_status", "daily_budget", "lifetime_budget"]
ADSET = ["id", "campaign_id", "effective_status", "daily_budget"]
NODES = {"campaign": "Campaign", "adset": "AdSet"}
ENDED = ("PAUSED", "DELETED", "ARCHIVED")
ONLY = {"execution_options": ["validate_only"]}
GRANT = (
    "In Business settings give the system user Manage campaigns on the ad account, and make a "
    "token with ads_management. Until then perfbot only proposes."
)
OFTEN = (613, 1487632)  # an ad set's budget may change four times an hour


def writer(config: SourceConfig) -> MetaBudgets:
    """The budgets of the accounts that perfbot.toml describes.

    Raises:
        SettingsError: The access token is missing.
    """
    return MetaBudgets(client_of(config))


@dataclass(frozen=True)
class MetaBudgets:
    """Budgets of Meta, which sets one a call."""

    ads: MetaAds
    channel = "meta_ads"
    together = False

    @cached_property
    def accounts(self) -> ReachedAccounts:
        """Those the sign-in reaches."""
        return ReachedAccounts(self.ads)

    def budgets(self, account_id: str) -> Mapping[str, PlatformBudget]:
        account = self.accounts.at(account_id)
        node = self.ads.account_node(account)
        sets: defaultdict[str, list[Any]] = defaultdict(list)
        for row in self.ads.listed(node.get_ad_sets, ADSET, effective_status=STATUSES):
            sets[str(row["campaign_id"])].append(row)
        rows = self.ads.listed(node.get_campaigns, CAMPAIGN, effective_status=STATUSES)
        return {
            str(row["id"]): PlatformBudget(
                str(row["id"]),
                str(row.get("name", "")),
                _holders(row, sets[str(row["id"])]),
                units=units(account.currency),
            )
            for row in rows
            if row.get("effective_status") not in ("DELETED", "ARCHIVED")
        }

    def check(self, account_id: str, settings: Sequence[BudgetSetting]) -> Mapping[str, str]:
        """Meta's `validate_only`, budget by budget."""
        refusals: dict[str, str] = {}
        for setting in settings:
            sentence = self.ads.ask(lambda: self._validated(account_id, setting))  # noqa: B023, asked at once
            if sentence:
                refusals[setting.key] = sentence
        return refusals

    def _validated(self, account_id: str, setting: BudgetSetting) -> str:
        try:
            self._update(setting, ONLY)
        except Exception as error:
            if _code(error) in DENIED:
                account_name = self.accounts.at(account_id).name
                reason = Sentence(
                    "At Meta perfbot may only read %(account)s.", account=account_name
                )
                raise ReadOnlyAccess(reason, hint=GRANT) from None
            sentence = _refusal(error)
            if not sentence:
                raise
            return sentence
        return ""

    def set(self, account_id: str, settings: Sequence[BudgetSetting]) -> Mapping[str, str]:  # noqa: ARG002, a node names its account
        (setting,) = settings
        try:
            self._update(setting, {})
        except Exception as error:  # noqa: BLE001, `trouble` raises on what is none
            sentence = _refusal(error)
            if sentence:
                return {setting.key: sentence}
            problem = trouble(error)
            raise SourceError(problem.sentence, hint=problem.hint) from None
        return {}

    def _update(self, setting: BudgetSetting, options: Mapping[str, Any]) -> None:
        node = self.ads.node(NODES[setting.kind], setting.holder_id)
        node.api_update(params={"daily_budget": setting.after, **options})


def _holders(campaign: Any, sets: Sequence[Any]) -> tuple[Holder, ...]:
    """The campaign's own budget, or its running ad sets'; none where any of them has none."""
    if _amount(campaign):
        return (Holder("campaign", str(campaign["id"]), _amount(campaign)),)
    running = [row for row in sets if row.get("effective_status") not in ENDED]
    if campaign.get("lifetime_budget") not in (None, "", "0") or not all(map(_amount, running)):
        return ()
    return tuple(Holder("adset", str(row["id"]), _amount(row)) for row in running)


def _amount(row: Any) -> int:
    """In Meta's units; 0 where it has none."""
    return int(row.get("daily_budget") or 0)


def _code(error: Exception) -> int | None:
    code = getattr(error, "api_error_code", lambda: None)()
    return None if code is None else int(code)


def _refusal(error: Exception) -> str:
    """Meta's own words where it has refused this budget for good; "" for any other trouble."""
    code = _code(error)
    subcode = getattr(error, "api_error_subcode", lambda: None)()
    if (code, subcode) != OFTEN and (code is None or trouble(error).again or code == 190):
        return ""
    body: Any = error.body()  # type: ignore[attr-defined]  # it has a code: it is Meta's
    refusal = body.get("error", {}) if isinstance(body, Mapping) else {}
    words = refusal.get("error_user_msg") or refusal.get("message") or ""
    return redacted(str(words))
