"""LinkedIn's Marketing API over httpx: no SDK of it is kept well. Days are UTC."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import quote

import pandas as pd

from bot.domain.attribution import shared, within
from bot.domain.details import Level
from bot.errors import SourceError
from bot.sentences import Sentence
from bot.sources.base import AdAccount, CampaignFacts, Clock, PlatformChange, SourceConfig, Status
from bot.sources.given import ReadSettings
from bot.sources.platforms import objectives
from bot.sources.platforms.client import RESULTS
from bot.sources.platforms.delivery import dated
from bot.sources.platforms.pulling import PlatformSource, named_accounts, require_token
from bot.sources.platforms.rest import Patience, Refused, Rest, Trouble, hiccup, throttled

log = logging.getLogger(__name__)
API = "https://api.linkedin.com"
VERSION = "202611"  # in force for a year
TOKEN = "LINKEDIN_ADS_ACCESS_TOKEN"  # noqa: S105, the name of a variable
LARGEST = 15_000  # elements; more are left out without a word
PAGE = 500
RULES = 100  # conversion rules a page
BY_CAMPAIGN = "q=analytics&pivot=CAMPAIGN"
BY_DEVICE = "q=statistics&pivots=List(CAMPAIGN,IMPRESSION_DEVICE_TYPE)"
COLUMNS = {
    "impressions": "impressions", "landingPageClicks": "clicks", "clicks": "clicks_all",
    "costInLocalCurrency": "spend", "oneClickLeads": "leads", "qualifiedLeads": "qualified_leads",
    "externalWebsiteConversions": "conversions", "conversionValueInLocalCurrency": "revenue",
    "totalEngagements": "engagements", "approximateMemberReach": "reach",
}  # fmt: skip
STATUS: dict[str, Status] = {
    "ACTIVE": "enabled", "PAUSED": "paused", "DRAFT": "paused", "REMOVED": "removed",
    "ARCHIVED": "removed", "CANCELED": "removed", "COMPLETED": "ended",
}  # fmt: skip
GROUP_PAUSED = "CAMPAIGN_GROUP_STATUS_HOLD"  # its group was paused, and it with it
CAPS = {"CAP_COST_AND_MAXIMIZE_LEADS": "cpl", "CAP_COST_AND_MAXIMIZE_CONVERSIONS": "cpa"}
NEEDED = {
    TOKEN: "LinkedIn's developer portal: your app, Auth, OAuth 2.0 tools, Create token, with r_ads "
    "and r_ads_reporting",
}
UNKNOWN_TOKEN = "LinkedIn's access token is not accepted."  # noqa: S105, a sentence
TOKENS = {
    65602: "LinkedIn's access token has expired.", 65601: "LinkedIn's access token was taken back.",
}  # fmt: skip
RENEW = "Make a new token in LinkedIn's developer portal, with r_ads and r_ads_reporting."


def source(
    config: SourceConfig,
    *,
    clock: Clock,
    seen: Mapping[str, str],
    known: ReadSettings,  # noqa: ARG001, LinkedIn says itself what a file would leave out
) -> PlatformSource:
    """The LinkedIn ad accounts that perfbot.toml describes.

    Raises:
        SettingsError: The access token is missing.
    """
    require_token(config, TOKEN, RENEW)
    client = LinkedInAds(config.secret_values)
    return PlatformSource(
        config.name, client, clock, named_accounts(config), seen, detail_days=config.detail_days
    )


@dataclass(frozen=True)
class LinkedInAds:
    """LinkedIn's Marketing API; LINKEDIN_ADS_URL stands for its address where it is given."""

    values: Mapping[str, str] = field(repr=False)
    patience: Patience = field(default_factory=Patience)
    channel = "linkedin_ads"
    detail_levels = (Level.DEVICE,)
    detail_results = RESULTS
    days_a_call = 30
    history_days = 0

    @cached_property
    def _rest(self) -> Rest:
        headers = {
            "Authorization": f"Bearer {self.values[TOKEN]}",
            "LinkedIn-Version": VERSION,
            "X-Restli-Protocol-Version": "2.0.0",
        }
        url = self.values.get("LINKEDIN_ADS_URL") or API
        return Rest("LinkedIn", url, headers, check, self.patience)

    def _search(self, path: str) -> list[Any]:
        elements: list[Any] = []
        token = ""
        while True:
            page_query = f"&pageToken={quote(token)}" if token else ""
            answer = self._rest.get(f"{path}?q=search&pageSize={PAGE}{page_query}")
            elements += answer["elements"]
            token = (answer.get("metadata") or {}).get("nextPageToken", "")
            if not token:
                return elements

    def accounts(self) -> Sequence[AdAccount]:
        listed = self._search("/rest/adAccounts")
        return [
            AdAccount(str(row["id"]), row.get("name") or str(row["id"]), row.get("currency"),
                      "UTC")
            for row in listed
        ]  # fmt: skip

    def campaigns(self, account: AdAccount) -> Sequence[CampaignFacts]:
        listed = self._search(f"/rest/adAccounts/{account.account_id}/adCampaigns")
        windows = self._windows(account)
        return [read_campaign(row, account, windows.get(str(row["id"]), "")) for row in listed]

    def _windows(self, account: AdAccount) -> dict[str, str]:
        """The windows in which each campaign's conversions are counted, where they may be read."""
        try:
            rules = self._conversions(account)
        except SourceError as error:  # nothing that is stored stands on it
            log.info("LinkedIn's conversion rules of %s: %s", account.account_id, error)
            return {}
        settings: dict[str, list[str]] = {}
        for rule in rules:
            for campaign in (rule.get("campaigns") or ()) if rule.get("enabled", True) else ():
                settings.setdefault(str(campaign).rpartition(":")[2], []).append(
                    within(click=rule.get("postClickAttributionWindowSize"),
                           view=rule.get("viewThroughAttributionWindowSize"))
                )  # fmt: skip
        return {
            campaign: shared(campaign_settings) for campaign, campaign_settings in settings.items()
        }

    def _conversions(self, account: AdAccount) -> list[Any]:
        """An account's conversion rules, page by page."""
        urn = quote(f"urn:li:sponsoredAccount:{account.account_id}", safe="")
        rules: list[Any] = []
        while True:
            path = f"/rest/conversions?q=account&account={urn}&start={len(rules)}&count={RULES}"
            elements = self._rest.get(path)["elements"]
            rules += elements
            if len(elements) < RULES:
                return rules

    def days(self, account: AdAccount, since: date, until: date) -> pd.DataFrame:
        """The days; a span whose answer may have been cut off is asked for in halves."""
        return dated([_day(element) for element in self._daily(account, since, until, BY_CAMPAIGN)])

    def details(
        self, account: AdAccount, level: Level, since: date, until: date  # noqa: ARG002
    ) -> pd.DataFrame:  # fmt: skip
        """By what it was seen on: `MOBILE_APP` is "mobile app"."""
        elements = self._daily(account, since, until, BY_DEVICE)
        return dated([{**_day(element), "detail_name": _device(element)} for element in elements])

    def _daily(self, account: AdAccount, since: date, until: date, apart: str) -> list[Any]:
        """The elements of each day, however many there are."""
        elements = self._analytics(account, since, until, "DAILY", apart)
        if len(elements) < LARGEST or since >= until:
            return elements
        middle = since + (until - since) // 2
        after = middle + timedelta(days=1)
        return [
            *self._daily(account, since, middle, apart), *self._daily(account, after, until, apart)
        ]  # fmt: skip

    def _analytics(
        self, account: AdAccount, since: date, until: date, grain: str, apart: str = BY_CAMPAIGN
    ) -> list[Any]:
        urn = quote(f"urn:li:sponsoredAccount:{account.account_id}", safe="")
        fields = ",".join((*COLUMNS, "pivotValues", "dateRange"))
        span = f"(start:{_written(since)},end:{_written(until)})"
        answer = self._rest.get(
            f"/rest/adAnalytics?{apart}&timeGranularity={grain}"
            f"&dateRange={span}&accounts=List({urn})&fields={fields}"
        )
        return list(answer["elements"])

    def changes(
        self, account: AdAccount, since: date, until: date  # noqa: ARG002
    ) -> Sequence[PlatformChange]:  # fmt: skip
        """None: LinkedIn keeps no change history that can be read."""
        return ()

    def reach(self, account: AdAccount, since: date, until: date) -> pd.DataFrame:
        elements = self._analytics(account, since, until, "ALL")
        table = [
            (_id(element), float(element.get("approximateMemberReach") or 0))
            for element in elements
        ]
        return pd.DataFrame([row for row in table if row[1]], columns=["campaign_id", "reach"])


def _id(element: Mapping[str, Any]) -> str:
    return str(element["pivotValues"][0]).rpartition(":")[2]


def _device(element: Mapping[str, Any]) -> str:
    return str(element["pivotValues"][1]).replace("_", " ").lower()


def _day(element: Mapping[str, Any]) -> dict[str, Any]:
    start = element["dateRange"]["start"]
    values = {
        column: float(Decimal(str(element[name])))
        for name, column in COLUMNS.items()
        if element.get(name) is not None
    }
    day = date(start["year"], start["month"], start["day"])
    return {"campaign_id": _id(element), "date": day, **values}


def read_campaign(
    row: Mapping[str, Any], account: AdAccount, attribution: str = ""
) -> CampaignFacts:
    """A campaign as LinkedIn lists it."""
    budget = (row.get("dailyBudget") or {}).get("amount")
    metric, target = _bid(row)
    schedule = row.get("runSchedule") or {}
    return CampaignFacts(
        account.account_id,
        str(row["id"]),
        str(row.get("name", "")),
        _status(row),
        objectives.of_objective(objectives.LINKEDIN, str(row.get("objectiveType", ""))),
        started=_scheduled(schedule.get("start")),
        ends=_scheduled((schedule.get("end") or 0) - 1),  # the first moment it does not run
        daily_budget=float(Decimal(str(budget))) if budget else None,
        bid_metric=metric,
        bid_target=target,
        billed_by=row.get("costType") if row.get("costType") in ("CPM", "CPC") else None,
        attribution=attribution,
    )


def _scheduled(milliseconds: int | None) -> date | None:
    if milliseconds is None or milliseconds <= 0:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date()


def _status(row: Mapping[str, Any]) -> Status:
    status = STATUS.get(str(row.get("status")), "unknown")
    return (
        "paused"
        if status == "enabled" and GROUP_PAUSED in (row.get("servingStatuses") or ())
        else status
    )


def _bid(row: Mapping[str, Any]) -> tuple[str, float | None]:
    """What a result may cost, where bidding is capped by it."""
    metric = CAPS.get(str(row.get("optimizationTargetType")), "")
    amount = (row.get("unitCost") or {}).get("amount")
    return (metric, float(Decimal(str(amount)))) if metric and amount else ("", None)


def _written(day: date) -> str:
    return f"(year:{day.year},month:{day.month},day:{day.day})"


def check(status: int, body: Any, wait: float | None) -> None:
    """What LinkedIn refuses: by status, and `serviceErrorCode` for tokens.

    Raises:
        Refused: It did.
    """
    if status < 400 and isinstance(body, dict):
        return
    code = body.get("serviceErrorCode") if isinstance(body, dict) else None
    if status == 429:
        raise Refused(throttled("LinkedIn", wait))
    if status == 401:
        raise Refused(Trouble(TOKENS.get(code or 0, UNKNOWN_TOKEN), RENEW))
    if status == 403:
        hint = "The app needs the Advertising API with r_ads_reporting, the user the ad account."
        raise Refused(Trouble("LinkedIn does not let this token read that.", hint))
    if status == 426:
        hint = "Update perfbot: it asks for a version that LinkedIn has switched off."
        raise Refused(Trouble("LinkedIn's API has moved on.", hint))
    if status >= 500:
        raise Refused(hiccup("LinkedIn"))
    sentence = Sentence("LinkedIn refused the call (%(status)s).", status=status)
    raise Refused(Trouble(sentence, "See docs/sources.md."))
