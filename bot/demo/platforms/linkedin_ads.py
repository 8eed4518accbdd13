"""LinkedIn's Marketing API on 127.0.0.1: adAccounts, adCampaigns, conversions, adAnalytics.

From the documentation: days are UTC, answers to adAnalytics are cut at 15,000 elements without a
word, 20 metrics a call. The words of parameter errors are from memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import unquote

from bot.demo.platforms.entities import ACTIVE, PAUSED, REMOVED, Account, Ad, Campaign
from bot.demo.platforms.numbers import Table, reached, split
from bot.demo.platforms.web import (
    EXPIRED,
    GOOD,
    REVOKED,
    Json,
    Refused,
    Reply,
    Request,
    RestServer,
    daily,
)

OBJECTIVES = {
    "leads": "LEAD_GENERATION",
    "traffic": "WEBSITE_VISIT",
    "awareness": "BRAND_AWARENESS",
}
STATUS = {ACTIVE: "ACTIVE", PAUSED: "PAUSED", REMOVED: "REMOVED"}
BY_DEVICE = "CAMPAIGN,IMPRESSION_DEVICE_TYPE"
DEVICES = {"mobile": "MOBILE_APP", "desktop": "DESKTOP_WEB", "tablet": "MOBILE_WEB"}
PIVOTS = ("ACCOUNT", "CAMPAIGN", "CAMPAIGN_GROUP", "CREATIVE")
METRICS = (
    "impressions", "clicks", "costInLocalCurrency", "costInUsd", "landingPageClicks",
    "oneClickLeads", "oneClickLeadFormOpens", "externalWebsiteConversions",
    "conversionValueInLocalCurrency", "totalEngagements", "approximateMemberReach",
    "videoViews", "likes", "shares", "comments", "follows", "qualifiedLeads",
)  # fmt: skip
RULES = ((701, "LEAD", 30), (702, "PURCHASE", 30), (703, "PURCHASE", 90), (704, "SIGN_UP", 1))
USUAL = ("impressions", "clicks")
MOST_METRICS, MOST_ELEMENTS = 20, 15_000
TOKENS = {
    EXPIRED: (65602, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired"),
    REVOKED: (
        65601,
        "REVOKED_ACCESS_TOKEN",
        "The token used in the request has been revoked by the user",
    ),
}
SPAN = re.compile(r"\(start:\(([^)]*)\)(?:,end:\(([^)]*)\))?\)")
LIST = re.compile(r"List\((.*)\)")


class LinkedIn(RestServer):
    """A running server. `versions` are those in force: twelve months back from the world's day."""

    platform, access_token = "linkedin", "AQXlocalLinkedInToken"
    rules_readable = True  # whether the token may read conversion rules

    def account_of(self, request: Request) -> str:
        if len(request.steps) > 2 and request.steps[1] == "adAccounts":
            return request.steps[2]
        match = re.search(r"sponsoredAccount(?:%3A|:)(\d+)", unquote(request.target))
        return match[1] if match else ""

    @property
    def versions(self) -> tuple[str, ...]:
        """`202611` and the eleven before it."""
        month = self.world.now.year * 12 + self.world.now.month - 1
        return tuple(f"{(month - i) // 12}{(month - i) % 12 + 1:02d}" for i in range(12))

    def weather(self, account: str) -> None:
        if self.faults.take("server_error", account):
            raise _refused(500, "INTERNAL_SERVER_ERROR", "Internal Server Error")
        if self.faults.take("throttled", account):
            raise _refused(429, "TOO_MANY_REQUESTS", "Resource level throttle APPLICATION DAY "
                           "limit for calls to this resource is reached.", 101)  # fmt: skip
        if account and self.faults.take("account_error", account):
            raise _refused(403, "ACCESS_DENIED", "Not enough permissions to access this account",
                           100)  # fmt: skip

    def route(self, request: Request) -> Reply:
        self._gate(request)
        steps = request.steps[1:]
        if steps == ["adAnalytics"]:
            return Reply(self._analytics(request))
        if steps == ["conversions"]:
            return Reply(self._conversions(request))
        if steps == ["adAccounts"]:
            return Reply(
                self._found(request, [_account(a) for a in self.world.accounts("linkedin")])
            )
        if len(steps) == 3 and steps[2] in ("adCampaigns", "adCampaignGroups"):
            account = self._own(steps[1])
            make = _campaign if steps[2] == "adCampaigns" else _group
            elements = [make(c) for c in self.world.campaigns(account)]
            if self.faults.take("newer_schema", account.account_id):
                elements = [
                    element | {"objectiveType": "FUTURE_GOAL", "future": 1} for element in elements
                ]
            return Reply(self._found(request, elements))
        raise _refused(404, "RESOURCE_NOT_FOUND", f"No virtual resource found for {request.path}")

    def _gate(self, request: Request) -> None:
        """Token, version, protocol and permission, in that order."""
        standing = self.standing(request.headers.get("authorization", "").removeprefix("Bearer "))
        if standing != GOOD:
            number, code, message = TOKENS.get(
                standing, (65600, "INVALID_ACCESS_TOKEN", "Invalid access token")
            )
            raise _refused(401, code, message, number)
        version = request.headers.get("linkedin-version")
        if not version:
            raise _refused(400, "VERSION_MISSING", "A version must be present. Please specify a "
                           "version by adding the LinkedIn-Version header.")  # fmt: skip
        if version not in self.versions:
            raise _refused(426, "NONEXISTENT_VERSION", f"Requested version {version} is not active")
        coded = any(sign in unquote(request.target) for sign in ("List(", "(start:"))
        if coded and request.headers.get("x-restli-protocol-version") != "2.0.0":
            raise _refused(400, "ILLEGAL_ARGUMENT", "Invalid query parameters passed to request")
        denied = request.steps[1:2] == ["adAnalytics"] and not self.readable
        if denied or self.faults.take("missing_scope"):
            raise _refused(403, "ACCESS_DENIED", "Not enough permissions to access: "
                           f"partnerApiAdAnalytics.FINDER-analytics.{version}01", 100)  # fmt: skip

    def _own(self, account_id: str) -> Account:
        account = self.world.account("linkedin", account_id)
        if account is None:
            raise _refused(404, "RESOURCE_NOT_FOUND", f"Ad account {account_id} not found")
        return account

    def _found(self, request: Request, elements: list[Json]) -> Json:
        """A page of a search; `pageToken` is the place of the next."""
        if request.query.get("q") != "search":
            raise _bad("The parameter q must be search")
        token, size = request.query.get("pageToken", "0"), request.query.get("pageSize", "100")
        if not token.isdecimal() or not size.isdecimal() or not 1 <= int(size) <= 1000:
            raise _bad("Invalid pageToken or pageSize")
        start, stop = int(token), int(token) + int(size)
        next_page = {"nextPageToken": str(stop)} if stop < len(elements) else {}
        return {"elements": elements[start:stop], "metadata": next_page}

    def _conversions(self, request: Request) -> Json:
        """An account's conversion rules, by place and count; r_ads is enough to read them."""
        if not self.rules_readable:
            raise _refused(403, "ACCESS_DENIED", "Not enough permissions to access: "
                           "conversions.FINDER-account", 100)  # fmt: skip
        query = request.query
        start, count = query.get("start", "0"), query.get("count", "10")
        if query.get("q") != "account" or not start.isdecimal() or not count.isdecimal():
            raise _bad("q must be account, start and count numbers")
        account = self._own(unquote(query.get("account", "")).rpartition(":")[2])
        rules = [_conversion(account, *rule, self.world.campaigns(account)) for rule in RULES]
        page = rules[int(start) : int(start) + int(count)]
        paging = {"start": int(start), "count": int(count), "links": [], "total": len(rules)}
        return {"elements": page, "paging": paging}

    # -- adAnalytics ----------------------------------------------------------------------
    def _analytics(self, request: Request) -> Json:
        query = request.query
        pivot, grain = _pivot(query), query.get("timeGranularity", "")
        if pivot not in (*PIVOTS, BY_DEVICE):
            raise _bad(f"pivot {pivot!r} cannot be had; there are {', '.join(PIVOTS)}")
        if grain not in ("DAILY", "ALL"):
            raise _bad(f"timeGranularity {grain!r} cannot be had; there are DAILY and ALL")
        since, until = _span(query.get("dateRange", ""))
        fields = _fields(query)
        elements: list[Json] = []
        for account in self._accounts(query.get("accounts", "")):
            elements.extend(self._elements(account, pivot, grain, (since, until), fields))
        paging = {"start": 0, "count": 10, "links": []}
        return {"elements": elements[:MOST_ELEMENTS], "paging": paging}

    def _accounts(self, written: str) -> list[Account]:
        match = LIST.fullmatch(unquote(written))
        if not match:
            raise _bad("accounts must be List(urn:li:sponsoredAccount:…)")
        names = [urn.rpartition(":")[2] for urn in match[1].split(",")]
        accounts = (self.world.account("linkedin", name) for name in names)
        return [
            account for account in accounts if account
        ]  # of others' accounts: nothing, no error

    def _elements(
        self, account: Account, pivot: str, grain: str, span: tuple[date, date],
        fields: tuple[str, ...],
    ) -> Iterator[Json]:  # fmt: skip
        half = self.half(account.account_id)
        newer = self.faults.take("newer_schema", account.account_id) is not None
        for urn, people, table in self._pivoted(account, pivot, half=half):
            days = daily(table, *span) if grain == "DAILY" else [(span[0], table.span(*span))]
            for day, part in days:
                last_day = day if grain == "DAILY" else span[1]
                element = _numbers(account, part, people) if part.total("impressions") else None
                if element:
                    selection = {name: element[name] for name in fields if name in element}
                    if "pivotValues" in fields:
                        selection["pivotValues"] = urn.split(" ")
                    if "dateRange" in fields:
                        selection["dateRange"] = {"start": _day(day), "end": _day(last_day)}
                    yield selection | ({"futureMetric": 7} if newer else {})

    def _pivoted(
        self, account: Account, pivot: str, *, half: bool
    ) -> Iterator[tuple[str, float, Table]]:
        campaigns = self.world.campaigns(account)
        if pivot == "ACCOUNT":
            people = sum(campaign.plan.people for campaign in campaigns)
            table = self.world.account_numbers(account, half=half)
            yield f"urn:li:sponsoredAccount:{account.account_id}", people, table
            return
        for campaign in campaigns:
            table = self.world.numbers(campaign, half=half)
            if pivot == BY_DEVICE:
                urn = f"urn:li:sponsoredCampaign:{campaign.campaign_id}"
                parts = campaign.audiences["device"]
                for device, part in zip(parts, split(table, list(parts.values())), strict=True):
                    yield f"{urn} {DEVICES[device]}", campaign.plan.people / 3, part
                continue
            if pivot != "CREATIVE":
                kind, name = ("Campaign", campaign.campaign_id)
                if pivot == "CAMPAIGN_GROUP":
                    kind, name = ("CampaignGroup", f"9{campaign.campaign_id}")
                yield f"urn:li:sponsored{kind}:{name}", campaign.plan.people, table
                continue
            for ad, part in self._creatives(campaign, half=half):
                yield f"urn:li:sponsoredCreative:{ad.ad_id}", campaign.plan.people / 3, part

    def _creatives(self, campaign: Campaign, *, half: bool) -> Iterator[tuple[Ad, Table]]:
        tables = self.world.group_numbers(campaign, half=half)
        for group, table in zip(campaign.groups, tables, strict=True):
            yield from zip(group.ads, split(table, [ad.part for ad in group.ads]), strict=True)


# -- words --------------------------------------------------------------------------------
def _refused(status: int, code: str, message: str, number: int | None = None) -> Refused:
    body: Json = {"status": status, "code": code, "message": message}
    if number is not None:
        body["serviceErrorCode"] = number
    return Refused(body, status, {"Retry-After": "60"} if status == 429 else {})


def _bad(message: str) -> Refused:
    return _refused(400, "ILLEGAL_ARGUMENT", message)


def _pivot(query: Any) -> str:
    """What rows are apart by: one word of the analytics finder, or several of the statistics."""
    if query.get("q") == "analytics":
        return str(query.get("pivot", ""))
    pivots = LIST.fullmatch(unquote(query.get("pivots", "")))
    if query.get("q") != "statistics" or pivots is None:
        raise _bad("q must be analytics with a pivot, or statistics with pivots=List(…)")
    return pivots[1].replace(" ", "")


def _fields(query: Any) -> tuple[str, ...]:
    fields = tuple(query["fields"].split(",")) if query.get("fields") else USUAL
    for name in fields:
        if name not in (*METRICS, "pivotValues", "dateRange"):
            raise _bad(f'Projection field "{name}" not present in schema "AdAnalytics"')
    if len([name for name in fields if name in METRICS]) > MOST_METRICS:
        raise _bad(f"At most {MOST_METRICS} metrics can be asked for at once")
    return fields


def _span(written: str) -> tuple[date, date]:
    match = SPAN.fullmatch(unquote(written))
    try:
        if match is None:
            raise _bad("dateRange must be (start:(year:…,month:…,day:…),end:(…))")
        since, until = (_read_day(part) for part in (match[1], match[2] or match[1]))
    except (KeyError, ValueError):
        raise _bad("dateRange holds no days") from None
    if since > until:
        raise _bad("dateRange starts after its end")
    return since, until


def _read_day(written: str) -> date:
    parts = dict(part.split(":") for part in written.split(","))
    return date(int(parts["year"]), int(parts["month"]), int(parts["day"]))


def _day(day: date) -> Json:
    return {"year": day.year, "month": day.month, "day": day.day}


def _money(account: Account, amount: int) -> str:
    return str(account.decimal(amount))


def _account(account: Account) -> Json:
    return {
        "id": int(account.account_id), "name": account.name, "currency": account.currency,
        "status": "ACTIVE", "type": "BUSINESS", "test": False, "servingStatuses": ["RUNNABLE"],
        "reference": "urn:li:organization:4711", "version": {"versionTag": "1"},
    }  # fmt: skip


def _conversion(
    account: Account, number: int, kind: str, click: int, campaigns: Iterable[Campaign]
) -> Json:
    """A rule of what counts as a conversion, and the campaigns it counts for."""
    urns = [f"urn:li:sponsoredCampaign:{c.campaign_id}" for c in campaigns
            if (c.kind == "leads") == (kind == "LEAD")]  # fmt: skip
    return {
        "id": number, "name": f"{kind.title()} rule", "type": kind, "enabled": kind != "SIGN_UP",
        "account": f"urn:li:sponsoredAccount:{account.account_id}", "campaigns": urns,
        "attributionType": "LAST_TOUCH_BY_CAMPAIGN", "conversionMethod": "INSIGHT_TAG",
        "postClickAttributionWindowSize": click, "viewThroughAttributionWindowSize": 7,
    }  # fmt: skip


def _group(campaign: Campaign) -> Json:
    return {
        "id": int(f"9{campaign.campaign_id}"), "name": campaign.name,
        "status": STATUS[campaign.status], "test": False,
        "account": f"urn:li:sponsoredAccount:{campaign.account.account_id}",
    }  # fmt: skip


def _campaign(campaign: Campaign) -> Json:
    account, budget = campaign.account, campaign.budget
    return {
        "id": int(campaign.campaign_id), "name": campaign.name,
        "account": f"urn:li:sponsoredAccount:{account.account_id}",
        "campaignGroup": f"urn:li:sponsoredCampaignGroup:9{campaign.campaign_id}",
        "objectiveType": OBJECTIVES[campaign.kind], "type": "SPONSORED_UPDATES",
        "costType": "CPM", "status": STATUS[campaign.status], "servingStatuses": ["RUNNABLE"],
        **_bidding(campaign),
        "dailyBudget": {"amount": _money(account, budget.amount if budget else 0),
                        "currencyCode": account.currency},
        "runSchedule": _schedule(campaign), "test": False,
    }  # fmt: skip


def _schedule(campaign: Campaign) -> Json:
    day_after = campaign.ends + timedelta(days=1) if campaign.ends else None  # `end` is outside
    days = {"start": campaign.started, "end": day_after}
    return {
        name: int(datetime.combine(day, time(), UTC).timestamp() * 1000)
        for name, day in days.items()
        if day is not None
    }


def _bidding(campaign: Campaign) -> Json:
    """Automatic, or up to a cost a lead."""
    if not campaign.target:
        automatic = "MAX_LEAD" if campaign.kind == "leads" else "MAX_CLICK"
        return {"optimizationTargetType": automatic}
    money = {"amount": _money(campaign.account, campaign.target),
             "currencyCode": campaign.account.currency}  # fmt: skip
    return {"optimizationTargetType": "CAP_COST_AND_MAXIMIZE_LEADS", "unitCost": money}


def _numbers(account: Account, table: Table, people: float) -> Json:
    spend, leads = table.total("spend"), table.total("leads")
    element: Json = {
        "impressions": table.total("impressions"), "clicks": table.total("clicks"),
        "costInLocalCurrency": _money(account, spend), "landingPageClicks": table.total("clicks"),
        "oneClickLeads": leads, "oneClickLeadFormOpens": leads * 3,
        "qualifiedLeads": leads * 6 // 10,
        "externalWebsiteConversions": table.total("purchases"),
        "conversionValueInLocalCurrency": _money(account, table.total("value")),
        "totalEngagements": table.total("engagements"), "videoViews": table.total("video_views"),
        "approximateMemberReach": reached(people, table.total("impressions")),
    }  # fmt: skip
    if account.currency == "USD":
        element["costInUsd"] = element["costInLocalCurrency"]
    return element
