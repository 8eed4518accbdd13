"""Microsoft Advertising through msads: accounts of a customer, campaigns, days, keywords."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from bot.domain.details import Level
from bot.errors import SettingsError, SourceError
from bot.sentences import Sentence
from bot.sources.base import AdAccount, CampaignFacts, Clock, PlatformChange, SourceConfig
from bot.sources.given import ReadSettings
from bot.sources.platforms import client
from bot.sources.platforms import microsoft_rows as below_campaigns
from bot.sources.platforms import microsoft_rows as rows
from bot.sources.platforms.microsoft_calls import MicrosoftCalls, every, model
from bot.sources.platforms.microsoft_reports import HISTORY, MicrosoftReports, ReportSpec, dates
from bot.sources.platforms.microsoft_sign_in import SignIn
from bot.sources.platforms.pulling import PlatformSource, named_accounts
from bot.sources.platforms.rest import LATER, Patience

NEEDED = {
    "MICROSOFT_ADS_DEVELOPER_TOKEN": "developers.ads.microsoft.com: Account, Request Token",
    "MICROSOFT_ADS_CLIENT_ID": "Azure portal: App registrations, Overview, Application (client) ID",
    "MICROSOFT_ADS_REFRESH_TOKEN": "signing in once with that app, scope msads.manage and "
    "offline_access",
}
SPARE = {
    "MICROSOFT_ADS_CLIENT_SECRET": "the same app: Certificates & secrets; empty where it is a "
    "mobile or desktop app",
}
PLACE = "MICROSOFT_ADS_TOKEN_FILE"
CHANGES_KEPT = 30  # days
MOST_IDS = 100  # a call
FIELDS = (
    "BIDSTRATEGYID", "MAXCONVERSIONVALUEBIDDINGSCHEME", "TARGETIMPRESSIONSHAREBIDDINGSCHEME",
    "CPVCPMBIDDINGSCHEME", "TARGETCPAINMAXCONVERSION", "COSTPERSALEBIDDINGSCHEME",
    "CAMPAIGNCONVERSIONGOAL",
)  # fmt: skip  # what campaigns are answered without unless it is asked for
DAY = ("TimePeriod", "CampaignId")
DELIVERY = {"Impressions": "impressions", "Clicks": "clicks", "Spend": "spend"}
RESULTS = ("Goal", "Conversions", "Revenue")
CHANGED = (
    "DateTime", "ChangedBy", "CampaignId", "ItemChanged", "AttributeChanged", "OldValue",
    "NewValue", "Tool",
)  # fmt: skip


def source(
    config: SourceConfig,
    *,
    clock: Clock,
    seen: Mapping[str, str],
    known: ReadSettings,  # noqa: ARG001, Microsoft says itself what a file would leave out
) -> PlatformSource:
    """The Microsoft Advertising accounts that perfbot.toml describes.

    Raises:
        SettingsError: A secret is missing.
    """
    values = config.secret_values
    missing = [name for name in NEEDED if not values.get(name)]
    if missing:
        raise SettingsError(
            Sentence("%(name)s lacks %(missing)s.", name=config.name, missing=", ".join(missing)),
            hint="Put them in the environment, in .env, or in the file that credentials names "
            "(perfbot init says where each is found).",
        )
    client = MicrosoftAds(values, _token_file(config), config.manager or "")
    return PlatformSource(
        config.name, client, clock, named_accounts(config), seen, detail_days=config.detail_days
    )


def _token_file(config: SourceConfig) -> Path:
    """Where the newest refresh token is kept: where it is said, else beside the other secrets."""
    if place := config.secret_values.get(PLACE):
        return Path(place)
    if config.credentials is not None:
        return config.credentials.with_name(f"{config.credentials.name}.renewed")
    return Path(f".{re.sub(r'[^A-Za-z0-9_-]+', '-', config.name)}.renewed")  # beside .env


@dataclass(frozen=True)
class MicrosoftAds:
    """The Microsoft Advertising API.

    Attributes:
        values: The secrets, by the names in NEEDED; MICROSOFT_ADS_URL and MICROSOFT_ADS_TOKEN_URI
            stand for Microsoft's own addresses where they are given.
        token_file: Where the newest refresh token is kept.
        manager: The customer (manager account) whose accounts are meant; "" for all of the user's.
        page: Accounts a call.
    """

    values: Mapping[str, str] = field(repr=False)
    token_file: Path
    manager: str = ""
    patience: Patience = field(default_factory=Patience)
    page: int = 100
    channel = "microsoft_ads"
    detail_levels = tuple(below_campaigns.LEVELS)
    detail_results = client.RESULTS
    days_a_call = 100
    history_days = CHANGES_KEPT

    @cached_property
    def _sign_in(self) -> SignIn:
        return SignIn(self.values, self.token_file, self.patience)

    @cached_property
    def _calls(self) -> MicrosoftCalls:
        return MicrosoftCalls(self.values, self._sign_in, self.patience)

    @cached_property
    def _reports(self) -> MicrosoftReports:
        return MicrosoftReports(self._calls)

    @cached_property
    def _goals_known(self) -> dict[str, rows.Goals]:
        return {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know: that a new refresh token could not be kept."""
        return (self._sign_in.note,) if self._sign_in.note else ()

    def accounts(self) -> Sequence[AdAccount]:
        """The accounts of the customer, or all that the user may read; over all pages."""
        field_name, value = (
            ("CustomerId", self.manager) if self.manager else ("UserId", self._user())
        )
        predicate = model("customer", "Predicate")(Field=field_name, Operator="Equals", Value=value)
        accounts: dict[str, AdAccount] = {}
        index = 0
        while True:
            page = model("customer", "Paging")(Index=index, Size=self.page)
            request = model("customer", "SearchAccountsRequest")(
                Predicates=[predicate], PageInfo=page
            )
            listed = rows.records(self._ask("customer", "search_accounts", request), "Accounts")
            for record in listed:
                account = rows.read_account(record, self.manager)
                if account is not None:
                    accounts.setdefault(account.account_id, account)
            if len(listed) < self.page:
                return list(accounts.values())
            index += 1

    def _user(self) -> str:
        request = model("customer", "GetUserRequest")(UserId=None)
        user = self._ask("customer", "get_user", request).get("User")
        if not isinstance(user, dict) or not user.get("Id"):
            raise SourceError("Microsoft does not say whose sign-in this is.", hint=LATER)
        return str(user["Id"])

    def _ask(
        self, service: str, operation: str, request: Any, account: AdAccount | None = None
    ) -> dict[str, Any]:
        return self._calls.ask(service, operation, request, account)

    def campaigns(self, account: AdAccount) -> Sequence[CampaignFacts]:
        """Its campaigns of every type; Microsoft lists none that was deleted."""
        fields = model("campaign", "CampaignAdditionalField")
        beside = fields(0)
        for name in FIELDS:
            beside |= fields[name]
        request = model("campaign", "GetCampaignsByAccountIdRequest")(
            AccountId=account.account_id,
            CampaignType=every(model("campaign", "CampaignType")),
            ReturnAdditionalFields=beside,
        )
        answer = self._ask("campaign", "get_campaigns_by_account_id", request, account)
        listed = [record for record in rows.records(answer, "Campaigns") if record.get("Id")]
        strategies = self._shared(account, listed, "BidStrategy", "BidStrategies")
        budgets = self._shared(account, listed, "Budget", "Budgets")
        names = {key: str(record.get("Name") or key) for key, record in budgets.items()}
        goals = self._goals(account)
        return [
            rows.read_campaign(record, account, rows.scheme_of(record, strategies), names, goals)
            for record in listed
        ]

    def _shared(
        self, account: AdAccount, listed: Sequence[rows.Json], what: str, plural: str
    ) -> dict[str, rows.Json]:
        """The budgets or strategies that campaigns share, by id."""
        ids = sorted({str(record.get(f"{what}Id") or "0") for record in listed} - {"0"})
        shared: dict[str, rows.Json] = {}
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", plural).lower()
        for start in range(0, len(ids), MOST_IDS):
            part = {f"{what}Ids": ids[start : start + MOST_IDS]}
            request = model("campaign", f"Get{plural}ByIdsRequest")(**part)
            answer = self._ask("campaign", f"get_{snake}_by_ids", request, account)
            shared |= {str(record.get("Id")): record for record in rows.records(answer, plural)}
        return shared

    def _goals(self, account: AdAccount) -> rows.Goals:
        if account.account_id not in self._goals_known:
            request = model("campaign", "GetConversionGoalsByIdsRequest")(
                ConversionGoalTypes=every(model("campaign", "ConversionGoalType"))
            )
            answer = self._ask("campaign", "get_conversion_goals_by_ids", request, account)
            goals = rows.read_goals(rows.records(answer, "ConversionGoals"))
            self._goals_known[account.account_id] = goals
        return self._goals_known[account.account_id]

    def days(self, account: AdAccount, since: date, until: date) -> pd.DataFrame:
        """The days; each has its campaign's name, for Microsoft lists none that was deleted."""
        results = self._results_at_once(account)
        columns = (*DAY, "CampaignName", *DELIVERY, *results)
        table = self._reports.table(
            ReportSpec("CampaignPerformance", columns, account, since, until)
        )
        frame = rows.read_shown(table, DELIVERY | results)
        frame.insert(2, "campaign_name", table["CampaignName"].astype(object))
        if len(self._goals(account).measures) < 2:
            return frame
        by_goal = ReportSpec("CampaignPerformance", (*DAY, *RESULTS), account, since, until)
        results_table = self._reports.table(by_goal)
        keys = {"campaign_id": results_table["CampaignId"].astype(object),
                "date": dates(results_table["TimePeriod"])}  # fmt: skip
        counted = rows.read_results(results_table, self._goals(account), keys)
        return frame.merge(counted, on=["campaign_id", "date"], how="outer")

    def _results_at_once(self, account: AdAccount) -> dict[str, str]:
        """Results as columns beside the showings, where all goals of the account are of a kind."""
        measures = self._goals(account).measures
        return {"Conversions": measures[0], "Revenue": "revenue"} if len(measures) == 1 else {}

    def changes(self, account: AdAccount, since: date, until: date) -> Sequence[PlatformChange]:
        """Budgets and statuses of campaigns; Microsoft does not report changed bid targets."""
        table = self._reports.table(ReportSpec(HISTORY, CHANGED, account, since, until))
        return sorted(rows.read_changes(table, account), key=lambda change: change.when)

    def reach(self, account: AdAccount, since: date, until: date) -> pd.DataFrame:  # noqa: ARG002
        """None: Microsoft reports no people reached."""
        return pd.DataFrame()

    def details(self, account: AdAccount, level: Level, since: date, until: date) -> pd.DataFrame:
        below = below_campaigns.LEVELS[level]
        results = self._results_at_once(account)
        grades = tuple(below_campaigns.GRADES.values()) if below.graded else ()
        columns = (*DAY, *below.columns, *DELIVERY, *results, *grades)
        table = self._reports.table(ReportSpec(below.kind, columns, account, since, until))
        delivery = rows.read_shown(table, DELIVERY | results)
        frame = delivery.assign(**below.keys(table), **below.grades(table))
        if len(self._goals(account).measures) < 2:
            return frame
        columns = (*DAY, *below.columns, *RESULTS)
        results_table = self._reports.table(ReportSpec(below.kind, columns, account, since, until))
        goals = self._goals(account)
        counted = rows.read_results(results_table, goals, below.keys(results_table))
        return pd.concat([frame, counted], ignore_index=True)
