"""TikTok's Business API over httpx: no SDK of it is kept well. Numbers are text, `-` is missing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from bot.domain.attribution import shared, within
from bot.domain.details import Level
from bot.errors import SourceError
from bot.sentences import Sentence
from bot.sources.base import AdAccount, CampaignFacts, Clock, PlatformChange, SourceConfig, Status
from bot.sources.given import ReadSettings
from bot.sources.platforms import objectives
from bot.sources.platforms.delivery import dated
from bot.sources.platforms.pulling import PlatformSource, named_accounts, require_token
from bot.sources.platforms.rest import LATER, Patience, Refused, Rest, Trouble, hiccup, throttled

API = "https://business-api.tiktok.com"
ROOT = "/open_api/v1.3"
TOKEN = "TIKTOK_ADS_ACCESS_TOKEN"  # noqa: S105, the name of a variable
PAGE = 1000
ADVERTISERS = 100  # ids a call
COLUMNS = {
    "spend": "spend", "impressions": "impressions", "clicks": "clicks", "reach": "reach",
    "complete_payment": "conversions", "total_purchase_value": "revenue",
    "engagements": "engagements",
}  # fmt: skip
AUDIENCES = {Level.AGE: "age", Level.GENDER: "gender", Level.DEVICE: "platform"}
BY_AUDIENCE = {"spend": "spend", "impressions": "impressions", "clicks": "clicks"}
OPTIMISED = "conversion"  # what a campaign optimises, whatever that is
STATUS: dict[str, Status] = {"ENABLE": "enabled", "DISABLE": "paused", "DELETE": "removed"}
RESULTS = {"CPL": "leads", "CPA": "conversions"}
WINDOWS = {"click": "click", "engaged": "engaged_view", "view": "view"}
WINDOW_DAYS = {
    "OFF": 0, "ONE_DAY": 1, "SEVEN_DAYS": 7, "FOURTEEN_DAYS": 14, "TWENTY_EIGHT_DAYS": 28,
    "THIRTY_DAYS": 30, "THIRTY_TWO_DAYS": 32, "ONE_HUNDRED_EIGHTY_DAYS": 180,
}  # fmt: skip
NEEDED = {
    TOKEN: "authorising the app for the advertisers, with reporting: what the auth_code is "
    "exchanged for",
    "TIKTOK_ADS_APP_ID": "TikTok for Business developers: My Apps, App detail, App ID",
    "TIKTOK_ADS_SECRET": "the same page: Secret",
}
DAILY = ("BUDGET_MODE_DAY", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET")
RENEW = "Authorise the app once more in TikTok Ads Manager, and put the new token in place."
TOKENS = {
    40102: "TikTok's access token has expired.", 40104: "TikTok's access token is missing.",
    40105: "TikTok's access token is not accepted or was taken back.",
}  # fmt: skip


def source(
    config: SourceConfig,
    *,
    clock: Clock,
    seen: Mapping[str, str],
    known: ReadSettings,  # noqa: ARG001, TikTok says itself what a file would leave out
) -> PlatformSource:
    """The TikTok advertisers that perfbot.toml describes.

    Raises:
        SettingsError: The access token is missing.
    """
    require_token(config, TOKEN, RENEW)
    client = TikTokAds(config.secret_values)
    return PlatformSource(
        config.name, client, clock, named_accounts(config), seen, detail_days=config.detail_days
    )


@dataclass(frozen=True)
class TikTokAds:
    """TikTok's Business API; TIKTOK_ADS_URL stands for its address where it is given.

    TIKTOK_ADS_APP_ID and TIKTOK_ADS_SECRET are what listing the advertisers takes.
    """

    values: Mapping[str, str] = field(repr=False)
    patience: Patience = field(default_factory=Patience)
    channel = "tiktok_ads"
    detail_levels = tuple(AUDIENCES)
    detail_results = ()
    days_a_call = 30
    history_days = 0

    @cached_property
    def _rest(self) -> Rest:
        url = self.values.get("TIKTOK_ADS_URL") or API
        return Rest("TikTok", url, {"Access-Token": self.values[TOKEN]}, check, self.patience)

    def _get(self, path: str, **params: Any) -> Any:
        texts = {n: v if isinstance(v, str) else json.dumps(v) for n, v in params.items()}
        return self._rest.get(f"{ROOT}/{path}/?{urlencode(texts)}")["data"]

    def _list(self, path: str, **params: Any) -> list[Any]:
        """All pages."""
        items: list[Any] = []
        page = 1
        while True:
            data = self._get(path, page=str(page), page_size=str(PAGE), **params)
            items += data["list"]
            if page >= data["page_info"]["total_page"]:
                return items
            page += 1

    def accounts(self) -> Sequence[AdAccount]:
        app = {n: self.values.get(f"TIKTOK_ADS_{n.upper()}", "") for n in ("app_id", "secret")}
        ids = [
            advertiser["advertiser_id"]
            for advertiser in self._get("oauth2/advertiser/get", **app)["list"]
        ]
        accounts = []
        for start in range(0, len(ids), ADVERTISERS):
            part = ids[start : start + ADVERTISERS]
            for advertiser in self._get("advertiser/info", advertiser_ids=part)["list"]:
                zone = advertiser.get("display_timezone") or advertiser.get("timezone") or "UTC"
                accounts.append(
                    AdAccount(
                        str(advertiser["advertiser_id"]),
                        advertiser["name"],
                        advertiser.get("currency"),
                        zone,
                    )
                )
        return accounts

    def campaigns(self, account: AdAccount) -> Sequence[CampaignFacts]:
        """Its campaigns, deleted ones too; budgets and bids are their ad groups' where they are."""
        of_account = {"advertiser_id": account.account_id}
        groups: defaultdict[str, list[Any]] = defaultdict(list)
        for row in self._list("adgroup/get", **of_account):
            groups[str(row["campaign_id"])].append(row)
        listed = self._list(
            "campaign/get", filtering={"primary_status": "STATUS_ALL"}, **of_account
        )
        return [read_campaign(row, groups[str(row["campaign_id"])], account) for row in listed]

    def days(self, account: AdAccount, since: date, until: date) -> pd.DataFrame:
        rows = self._report(account, since, until, ["campaign_id", "stat_time_day"], [*COLUMNS])
        return dated([_day(row, COLUMNS) for row in rows])

    def details(self, account: AdAccount, level: Level, since: date, until: date) -> pd.DataFrame:
        """An audience report; results where TikTok says what the campaign optimises."""
        axis = AUDIENCES[level]
        rows = self._report(account, since, until, ["campaign_id", "stat_time_day", axis],
                            [*BY_AUDIENCE, OPTIMISED])  # fmt: skip
        counted = {fact.campaign_id: RESULTS.get(fact.purpose.pricing_model or "")
                   for fact in self.campaigns(account)}  # fmt: skip
        return dated([_part(row, axis, counted) for row in rows])

    def _report(
        self, account: AdAccount, since: date, until: date, dimensions: list[str],
        metrics: list[str],
    ) -> list[Any]:  # fmt: skip
        kind = "AUDIENCE" if {*dimensions} & {*AUDIENCES.values()} else "BASIC"
        return self._list(
            "report/integrated/get", advertiser_id=account.account_id, report_type=kind,
            data_level="AUCTION_CAMPAIGN", dimensions=dimensions, metrics=metrics,
            start_date=since.isoformat(), end_date=until.isoformat(),
        )  # fmt: skip

    def changes(
        self, account: AdAccount, since: date, until: date  # noqa: ARG002
    ) -> Sequence[PlatformChange]:  # fmt: skip
        """None: TikTok keeps no change history that can be read."""
        return ()

    def reach(self, account: AdAccount, since: date, until: date) -> pd.DataFrame:
        rows = self._report(account, since, until, ["campaign_id"], ["reach"])
        table = [
            (str(r["dimensions"]["campaign_id"]), _number(r["metrics"]["reach"])) for r in rows
        ]
        return pd.DataFrame([row for row in table if row[1]], columns=["campaign_id", "reach"])


def _number(written: Any) -> float | None:
    """A number; `-` is missing.

    Raises:
        SourceError: It is neither.
    """
    if written in (None, "", "-"):
        return None
    try:
        return float(Decimal(str(written)))
    except InvalidOperation:
        raise SourceError("TikTok's report has a number that is none.", hint=LATER) from None


def _day(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    metrics, dimensions = row["metrics"], row["dimensions"]
    numbers = {column: _number(metrics.get(name)) for name, column in columns.items()}
    measured = {column: value for column, value in numbers.items() if value is not None}
    day = str(dimensions["stat_time_day"])[:10]
    return {"campaign_id": str(dimensions["campaign_id"]), "date": day, **measured}


def _part(
    row: Mapping[str, Any], axis: str, counted: Mapping[str, str | None]
) -> dict[str, Any]:  # fmt: skip
    """A day of an audience: `AGE_25_34` is 25-34, `NONE` is somebody TikTok does not know."""
    day = _day(row, BY_AUDIENCE)
    measure = counted.get(day["campaign_id"])
    number = _number(row["metrics"].get(OPTIMISED))
    result = {measure: number} if measure and number is not None else {}
    return {**day, **result, "detail_name": _called(str(row["dimensions"][axis]))}


def _called(word: str) -> str:
    name = word.removeprefix("AGE_").replace("_", "-").replace("55-100", "55+").lower()
    return "unknown" if name in ("none", "") else name


def read_campaign(
    row: Mapping[str, Any], groups: Sequence[Mapping[str, Any]], account: AdAccount
) -> CampaignFacts:
    """A campaign; budget and bid are its ad groups' where they stand there."""
    created = str(row.get("create_time", ""))[:10]
    purpose = objectives.of_objective(objectives.TIKTOK, str(row.get("objective_type", "")))
    metric, target = _bid(groups)
    return CampaignFacts(
        account.account_id,
        str(row["campaign_id"]),
        str(row.get("campaign_name", "")),
        _status(row, groups),
        purpose,
        started=date.fromisoformat(created) if created else None,
        ends=_ends(groups),
        daily_budget=_daily(row) if _daily(row) is not None else _daily_of(groups),
        bid_metric="cpl" if metric == "cpa" and purpose.pricing_model == "CPL" else metric,
        bid_target=target,
        attribution=shared(map(_windows, groups)),
    )


def _windows(group: Mapping[str, Any]) -> str:
    """The attribution windows of an ad group; "" where TikTok says them in a word not known."""
    words = {after: str(group.get(f"{name}_attribution_window") or "OFF")
             for after, name in WINDOWS.items()}  # fmt: skip
    if not {*words.values()} <= {*WINDOW_DAYS}:
        return ""
    return within(**{after: WINDOW_DAYS[word] for after, word in words.items()})


def _status(row: Mapping[str, Any], groups: Sequence[Mapping[str, Any]]) -> Status:
    """The campaign's; one whose ad groups are all switched off is off, whatever it is called."""
    status = STATUS.get(str(row.get("operation_status")), "unknown")
    off = bool(groups) and not any(_runs(group) for group in groups)
    return "paused" if status == "enabled" and off else status


def _runs(group: Mapping[str, Any]) -> bool:
    return group.get("operation_status") == "ENABLE"


def _ends(groups: Sequence[Mapping[str, Any]]) -> date | None:
    """The last day of the last of its ad groups, where each that runs has one."""
    running = [group for group in groups if _runs(group)]
    ends = [
        str(group.get("schedule_end_time"))[:10]
        for group in running
        if group.get("schedule_type") == "SCHEDULE_START_END" and group.get("schedule_end_time")
    ]
    return date.fromisoformat(max(ends)) if ends and len(ends) == len(running) else None


def _daily(row: Mapping[str, Any]) -> float | None:
    daily = row.get("budget_mode") in DAILY and row.get("budget")
    return float(row["budget"]) if daily else None


def _daily_of(groups: Sequence[Mapping[str, Any]]) -> float | None:
    """The budgets of the ad groups that run together; nothing where one of them has none a day."""
    running = [row for row in groups if _runs(row)]
    budgets = [budget for row in running if (budget := _daily(row)) is not None]
    return sum(budgets) if budgets and len(budgets) == len(running) else None


def _bid(groups: Sequence[Mapping[str, Any]]) -> tuple[str, float | None]:
    """What the ad groups bid to, where they agree."""
    for metric, name in (("cpa", "conversion_bid_price"), ("roas", "roas_bid")):
        bids = {float(row.get(name) or 0) for row in groups}
        if len(bids) == 1 and (bid := bids.pop()) > 0:
            return metric, bid
    return "", None


def check(status: int, body: Any, wait: float | None) -> None:
    """What TikTok refuses: HTTP 200 with a `code` other than 0.

    Raises:
        Refused: It did.
    """
    code = body.get("code") if isinstance(body, dict) else None
    if code == 0:
        return
    if code == 40100 or status == 429:
        raise Refused(throttled("TikTok", wait))
    if code in TOKENS:
        raise Refused(Trouble(TOKENS[code], RENEW))
    if code == 40001:
        hint = "Give the app's user the advertiser in TikTok Business Center, with reporting."
        raise Refused(Trouble("TikTok does not let this token read that.", hint))
    if code is None or code >= 50000 or status >= 500:
        raise Refused(hiccup("TikTok"))
    sentence = Sentence("TikTok refused the call (%(code)s).", code=code)
    raise Refused(Trouble(sentence, "See docs/sources.md."))
