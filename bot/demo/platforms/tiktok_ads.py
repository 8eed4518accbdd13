"""TikTok's Business API v1.3 on 127.0.0.1: advertisers, campaigns, ad groups, ads, reports.

Every answer is HTTP 200 with a `code`: 0 is well. Numbers are text, what is missing is `-`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.demo.platforms.entities import ACTIVE, PAUSED, REMOVED, Account, Ad, Campaign, Group
from bot.demo.platforms.numbers import Table, reached, split
from bot.demo.platforms.web import EXPIRED, GOOD, Json, Refused, Reply, Request, RestServer, daily

OK, NO_PERMISSION, BAD, TOO_OFTEN, NO_TOKEN, TOO_OLD, WRONG_TOKEN, BROKEN = (
    0, 40001, 40002, 40100, 40104, 40102, 40105, 50000,
)  # fmt: skip
MOST_DAYS, MOST_PAGE = 30, 1000
OBJECTIVES = {"awareness": "REACH", "traffic": "TRAFFIC", "sales_cbo": "WEB_CONVERSIONS"}
GOALS = {"awareness": "REACH", "traffic": "CLICK", "sales_cbo": "CONVERT"}
OPERATION = {ACTIVE: "ENABLE", PAUSED: "DISABLE", REMOVED: "DELETE"}
SECONDARY = {
    ACTIVE: "CAMPAIGN_STATUS_ENABLE", PAUSED: "CAMPAIGN_STATUS_DISABLE",
    REMOVED: "CAMPAIGN_STATUS_DELETE",
}  # fmt: skip
LEVELS = {"AUCTION_CAMPAIGN": "campaign_id", "AUCTION_ADGROUP": "adgroup_id", "AUCTION_AD": "ad_id"}
AUDIENCES = ("age", "gender", "platform")
AGES = {
    "18-24": "AGE_18_24", "25-34": "AGE_25_34", "35-44": "AGE_35_44", "45-54": "AGE_45_54",
    "55-64": "AGE_55_100", "65+": "NONE",
}  # fmt: skip
GENDERS = {"female": "FEMALE", "male": "MALE", "unknown": "NONE"}
PLATFORMS = {"mobile": "ANDROID", "desktop": "PC", "tablet": "IPAD"}
AXES = {"age": ("age", AGES), "gender": ("gender", GENDERS), "platform": ("device", PLATFORMS)}
BY_AUDIENCE = frozenset({
    "spend", "impressions", "clicks", "ctr", "cpc", "cpm", "conversion", "cost_per_conversion",
    "conversion_rate", "result", "cost_per_result",
})  # fmt: skip  # what connectors ask of audience reports: payments are not among it
ATTRIBUTES = ("campaign_name", "adgroup_name", "ad_name", "objective_type", "currency")
METRICS = (
    "spend", "impressions", "clicks", "ctr", "cpc", "cpm", "reach", "frequency", "conversion",
    "cost_per_conversion", "conversion_rate", "result", "cost_per_result", "video_play_actions",
    "complete_payment", "total_complete_payment_rate", "complete_payment_roas",
    "total_purchase_value", "engagements",
)  # fmt: skip


@dataclass(frozen=True)
class Unit:
    """A campaign, ad group or ad, or an audience of one, with its days."""

    table: Table
    people: float
    campaign: Campaign
    group: Group | None = None
    ad: Ad | None = None
    audience: tuple[tuple[str, str], ...] = ()


class TikTok(RestServer):
    """A running server."""

    platform, access_token = "tiktok", "local-tiktok-access-token"
    app_id, app_secret = "7300000000000000001", "local-tiktok-secret"

    def account_of(self, request: Request) -> str:
        return request.query.get("advertiser_id", "")

    def weather(self, account: str) -> None:
        if self.faults.take("server_error", account):
            raise _refused(BROKEN, "System error")
        if self.faults.take("throttled", account):
            raise _refused(TOO_OFTEN, "Too many requests. Please retry in some time.")
        if account and self.faults.take("account_error", account):
            raise _refused(NO_PERMISSION, f"No permission to operate advertiser {account}")

    def route(self, request: Request) -> Reply:
        path = request.path.strip("/")
        if not path.startswith("open_api/v1.3/"):
            raise _refused(BAD, f"Unknown version or path: {path}")
        self._token(request)
        path = path.removeprefix("open_api/v1.3/")
        if path == "oauth2/advertiser/get":
            return _good({"list": [{"advertiser_id": a.account_id, "advertiser_name": a.name}
                                   for a in self.world.accounts("tiktok")]})  # fmt: skip
        if path == "advertiser/info":
            return _good({"list": self._advertisers(request)})
        account = self._account(request)
        if path == "report/integrated/get":
            return _good(self._page(request, list(self._report(request, account))))
        lists = {"campaign/get": self._campaigns, "adgroup/get": self._groups, "ad/get": self._ads}
        if path not in lists:
            raise _refused(BAD, f"Unknown path: {path}")
        status = _filter(request.query)
        removed = "CAMPAIGN_STATUS_DELETE" if status != "STATUS_ALL" else ""
        records = [record for record in lists[path](account)
                   if record.get("secondary_status") != removed]  # fmt: skip
        if self.faults.take("newer_schema", account.account_id):
            records = [
                record | {"objective_type": "FUTURE", "future_field": 1} for record in records
            ]
        return _good(self._page(request, records))

    def _token(self, request: Request) -> None:
        token = request.headers.get("access-token", "")
        if not token:
            raise _refused(NO_TOKEN, "Access token is missing")
        standing = self.standing(token)
        if standing == EXPIRED:
            raise _refused(TOO_OLD, "Access token is expired")
        if standing != GOOD:
            raise _refused(WRONG_TOKEN, "Access token is incorrect or has been revoked.")

    def _account(self, request: Request) -> Account:
        account_id = request.query.get("advertiser_id", "")
        account = self.world.account("tiktok", account_id)
        if not account_id:
            raise _bad("advertiser_id: Missing data for required field.")
        if account is None or not self.readable or self.faults.take("missing_scope"):
            raise _refused(NO_PERMISSION, f"No permission to operate advertiser {account_id}")
        return account

    def _advertisers(self, request: Request) -> list[Json]:
        ids = _list(request.query, "advertiser_ids")
        accounts = [self.world.account("tiktok", str(advertiser_id)) for advertiser_id in ids]
        if None in accounts:
            raise _refused(NO_PERMISSION, "No permission to operate one of the advertisers")
        return [
            {
                "advertiser_id": a.account_id, "name": a.name, "currency": a.currency,
                "display_timezone": a.time_zone, "timezone": a.time_zone,
                "status": "STATUS_ENABLE", "role": "ROLE_ADVERTISER",
            }
            for a in accounts if a
        ]  # fmt: skip

    def _page(self, request: Request, records: list[Json]) -> Json:
        page, size = (request.query.get(k, d) for k, d in (("page", "1"), ("page_size", "10")))
        if not page.isdecimal() or not size.isdecimal() or not 1 <= int(size) <= MOST_PAGE:
            raise _bad("page_size: Must be between 1 and 1000.")
        start = (int(page) - 1) * int(size)
        info = {"page": int(page), "page_size": int(size), "total_number": len(records),
                "total_page": -(-len(records) // int(size))}  # fmt: skip
        return {"list": records[start : start + int(size)], "page_info": info}

    # -- things ---------------------------------------------------------------------------
    def _campaigns(self, account: Account) -> Iterator[Json]:
        for c in self.world.campaigns(account):
            yield {
                "campaign_id": c.campaign_id, "campaign_name": c.name,
                "advertiser_id": account.account_id, "objective_type": OBJECTIVES[c.kind],
                "budget": float(account.decimal(c.budget.amount)) if c.budget else 0.0,
                "budget_mode": "BUDGET_MODE_DAY", "budget_optimize_on": True,
                "operation_status": OPERATION[c.status], "secondary_status": SECONDARY[c.status],
                "create_time": f"{c.started} 00:00:00", "modify_time": f"{c.started} 00:00:00",
            }  # fmt: skip

    def _groups(self, account: Account) -> Iterator[Json]:
        for c in self.world.campaigns(account):
            for g in c.groups:
                yield {
                    "adgroup_id": g.group_id, "adgroup_name": g.name,
                    "campaign_id": c.campaign_id, "advertiser_id": account.account_id,
                    "optimization_goal": GOALS[c.kind], "billing_event": "OCPM",
                    "operation_status": "DISABLE" if c.emptied else "ENABLE", "budget": 0.0,
                    "budget_mode": "BUDGET_MODE_INFINITE", **_bid(c), **_schedule(c),
                    "click_attribution_window": "SEVEN_DAYS",
                    "view_attribution_window": "ONE_DAY", "attribution_event_count": "EVERY",
                }  # fmt: skip

    def _ads(self, account: Account) -> Iterator[Json]:
        for c in self.world.campaigns(account):
            for g in c.groups:
                for ad in g.ads:
                    yield {
                        "ad_id": ad.ad_id, "ad_name": ad.name, "ad_text": ad.headline,
                        "adgroup_id": g.group_id, "campaign_id": c.campaign_id,
                        "landing_page_url": ad.final_url, "operation_status": "ENABLE",
                    }  # fmt: skip

    # -- reports --------------------------------------------------------------------------
    def _report(self, request: Request, account: Account) -> Iterator[Json]:
        query = request.query
        report = _asked(query)
        since, until = (_date(query, name) for name in ("start_date", "end_date"))
        by_day = "stat_time_day" in report.dimensions
        if by_day and (until - since).days >= MOST_DAYS:
            raise _bad("The max time span is 30 days when stat_time_day is in the dimensions.")
        if since > until:
            raise _bad("start_date must not be after end_date.")
        newer = self.faults.take("newer_schema", account.account_id) is not None
        for unit in self._units(account, report.level, report.audiences):
            days = daily(unit.table, since, until) if by_day else []
            spans = days or ([] if by_day else [(since, unit.table.span(since, until))])
            for day, table in spans:
                if table.total("impressions"):
                    yield _line(account, unit, table, day if by_day else None, report) | (
                        {"future": {"unit": "x"}} if newer else {})  # fmt: skip

    def _units(self, account: Account, level: str, audiences: list[str]) -> Iterator[Unit]:
        half = self.half(account.account_id)
        for campaign in self.world.campaigns(account):
            for unit in self._levels(campaign, level, half=half):
                yield from _broken(unit, audiences)

    def _levels(self, campaign: Campaign, level: str, *, half: bool) -> Iterator[Unit]:
        people = float(campaign.plan.people)
        if level == "AUCTION_CAMPAIGN":
            yield Unit(self.world.numbers(campaign, half=half), people, campaign)
            return
        tables = self.world.group_numbers(campaign, half=half)
        for group, table in zip(campaign.groups, tables, strict=True):
            if level == "AUCTION_ADGROUP":
                yield Unit(table, people / len(campaign.groups), campaign, group)
                continue
            for ad, ad_table in zip(
                group.ads, split(table, [a.part for a in group.ads]), strict=True
            ):
                yield Unit(ad_table, people / 6, campaign, group, ad)


def _broken(unit: Unit, audiences: list[str]) -> list[Unit]:
    units = [unit]
    for axis in audiences:
        name, words = AXES[axis]
        parts = unit.campaign.audiences[name]
        units = [
            replace(before, table=table, people=before.people / len(parts),
                    audience=(*before.audience, (axis, words[member])))
            for before in units
            for member, table in zip(parts, split(before.table, list(parts.values())), strict=True)
        ]  # fmt: skip
    return units


@dataclass(frozen=True)
class ReportRequest:
    """What a report is asked for."""

    level: str
    dimensions: list[str]
    metrics: list[str]

    @property
    def audiences(self) -> list[str]:
        return [audience for audience in AUDIENCES if audience in self.dimensions]


def _asked(query: Mapping[str, str]) -> ReportRequest:
    """Level, dimensions and metrics, checked."""
    kind, level = query.get("report_type", ""), query.get("data_level", "")
    if kind not in ("BASIC", "AUDIENCE"):
        raise _bad("report_type: Must be BASIC or AUDIENCE on this local server.")
    if level not in LEVELS:
        raise _bad(f"data_level: Must be one of {', '.join(LEVELS)}.")
    dimensions, metrics = _list(query, "dimensions"), _list(query, "metrics")
    dimension_names = (LEVELS[level], "stat_time_day", *(AUDIENCES if kind == "AUDIENCE" else ()))
    wrong = [name for name in dimensions if name not in dimension_names]
    if kind == "AUDIENCE" and "platform" in dimensions and {"age", "gender"} & {*dimensions}:
        wrong = ["platform"]  # ages go with genders, nothing else with anything
    if wrong or LEVELS[level] not in dimensions:
        raise _bad(f"dimensions: {', '.join(wrong) or LEVELS[level]} does not go with {level}.")
    measures = METRICS if kind == "BASIC" else BY_AUDIENCE
    unknown = [name for name in metrics if name not in (*measures, *ATTRIBUTES)]
    if unknown:
        raise _bad(f"Invalid metric fields: {unknown}")
    return ReportRequest(level, dimensions, metrics or ["spend", "impressions"])


def _schedule(campaign: Campaign) -> Json:
    """From now on, or until a moment."""
    start = {"schedule_start_time": f"{campaign.started} 00:00:00"}
    if campaign.ends is None:
        return {"schedule_type": "SCHEDULE_FROM_NOW", **start}
    end = f"{campaign.ends} 23:59:59"
    return {"schedule_type": "SCHEDULE_START_END", "schedule_end_time": end, **start}


def _bid(campaign: Campaign) -> Json:
    """Whatever a result costs, or up to a cost."""
    if not campaign.target:
        return {"bid_type": "BID_TYPE_NO_BID", "conversion_bid_price": 0.0, "roas_bid": 0.0}
    cost = float(campaign.account.decimal(campaign.target))
    return {"bid_type": "BID_TYPE_CUSTOM", "conversion_bid_price": cost, "roas_bid": 0.0}


def _filter(query: Mapping[str, str]) -> str:
    """Which statuses are listed; those of deleted things are not unless they are asked for."""
    try:
        filtering = json.loads(query.get("filtering", "{}"))
    except ValueError:
        raise _bad("filtering: Not a valid object.") from None
    status = filtering.get("primary_status", "STATUS_NOT_DELETE")
    if set(filtering) - {"primary_status"} or status not in ("STATUS_ALL", "STATUS_NOT_DELETE"):
        raise _bad("filtering: Not known on this local server.")
    return str(status)


def _list(query: Mapping[str, str], name: str) -> list[Any]:
    try:
        members = json.loads(query.get(name, "[]"))
    except ValueError:
        members = None
    if not isinstance(members, list):
        raise _bad(f"{name}: Not a valid list.")
    return members


def _date(query: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(query.get(name, ""))
    except ValueError:
        raise _bad(f"{name}: Not a valid date.") from None


def _line(
    account: Account, unit: Unit, table: Table, day: date | None, report: ReportRequest
) -> Json:
    ids = {"campaign_id": unit.campaign.campaign_id,
           "adgroup_id": unit.group.group_id if unit.group else "",
           "ad_id": unit.ad.ad_id if unit.ad else ""}  # fmt: skip
    dimensions = {LEVELS[report.level]: ids[LEVELS[report.level]], **dict(unit.audience)}
    if day:
        dimensions["stat_time_day"] = f"{day} 00:00:00"
    metric_values = _metrics(account, unit, table)
    return {
        "dimensions": dimensions,
        "metrics": {m: metric_values.get(m, "-") for m in report.metrics},
    }


def _metrics(account: Account, unit: Unit, table: Table) -> dict[str, str]:
    """As text; rates in per cent; `-` stands for what there is none of."""
    impressions, clicks, sold = (table.total(m) for m in ("impressions", "clicks", "purchases"))
    spend, worth = (table.total(m) / account.minor for m in ("spend", "value"))
    reach = reached(unit.people, impressions)
    return {
        "campaign_name": unit.campaign.name, "objective_type": OBJECTIVES[unit.campaign.kind],
        "adgroup_name": unit.group.name if unit.group else "-",
        "ad_name": unit.ad.name if unit.ad else "-", "currency": account.currency,
        "spend": str(account.decimal(table.total("spend"))), "impressions": str(impressions),
        "clicks": str(clicks), "ctr": f"{100 * clicks / impressions:.2f}",
        "cpc": f"{spend / clicks:.2f}" if clicks else "-",
        "cpm": f"{1000 * spend / impressions:.2f}",
        "reach": str(reach), "frequency": f"{impressions / reach:.2f}" if reach else "-",
        "conversion": str(sold), "result": str(sold), "complete_payment": str(sold),
        "cost_per_conversion": f"{spend / sold:.2f}" if sold else "-",
        "conversion_rate": f"{100 * sold / clicks:.2f}" if clicks else "-",
        "total_purchase_value": f"{worth:.2f}",
        "complete_payment_roas": f"{worth / spend:.2f}" if spend else "-",
        "video_play_actions": str(table.total("video_views")),
        "engagements": str(table.total("engagements")),
    }  # fmt: skip


def _good(data: Json) -> Reply:
    return Reply({"code": OK, "message": "OK", "request_id": "2026local", "data": data})


def _refused(code: int, message: str) -> Refused:
    return Refused({"code": code, "message": message, "request_id": "2026local", "data": {}}, 200)


def _bad(message: str) -> Refused:
    return _refused(BAD, message)
