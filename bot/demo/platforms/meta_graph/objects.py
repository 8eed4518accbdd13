"""Campaigns, ad sets, ads and accounts as the Graph API gives them: fields asked for, as text.

Fields are checked against the SDK's own lists; a field that the SDK knows and the object does not
have is left out, as the API leaves out what is empty.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from facebook_business.adobjects.ad import Ad as AdObject
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adactivity import AdActivity
from facebook_business.adobjects.adcreative import AdCreative
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.business import Business
from facebook_business.adobjects.campaign import Campaign as CampaignObject

from bot.demo.platforms.entities import ACTIVE, PAUSED, REMOVED, Account, Ad, Campaign, Group
from bot.demo.platforms.meta_graph.errors import GraphError, invalid
from bot.demo.platforms.world import World

Json = dict[str, Any]
BUSINESS, BUSINESS_NAME = "900100200300", "Fjord & Fell"
WHOLE = frozenset({"CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND"})
OBJECTIVES = {
    "awareness": "OUTCOME_AWARENESS", "leads": "OUTCOME_LEADS", "sales_cbo": "OUTCOME_SALES",
    "sales_sets": "OUTCOME_SALES", "traffic": "OUTCOME_TRAFFIC",
    "engagement": "OUTCOME_ENGAGEMENT", "advantage": "OUTCOME_SALES",
}  # fmt: skip
GOALS = {
    "awareness": "REACH", "leads": "LEAD_GENERATION", "sales_cbo": "OFFSITE_CONVERSIONS",
    "sales_sets": "OFFSITE_CONVERSIONS", "traffic": "LINK_CLICKS",
    "engagement": "POST_ENGAGEMENT", "advantage": "VALUE",
}  # fmt: skip
STATUS = {ACTIVE: "ACTIVE", PAUSED: "PAUSED", REMOVED: "DELETED"}
KNOWN = {
    "Campaign": CampaignObject, "AdSet": AdSet, "Ad": AdObject, "AdAccount": AdAccount,
    "AdActivity": AdActivity, "Business": Business, "AdCreative": AdCreative,
}  # fmt: skip
NESTED = {
    "creative": "AdCreative",
    "campaign": "Campaign",
    "adset": "AdSet",
    "business": "Business",
}
FIELD = re.compile(r"[a-z_][a-z0-9_]*")


# -- fields -------------------------------------------------------------------------------
def split_fields(written: str) -> list[str]:
    """`id,creative{title,body}` or a JSON list into its parts, braces kept together."""
    if written.startswith("["):
        return [str(field) for field in json.loads(written)]
    parts, depth, part = [], 0, ""
    for sign in written:
        depth += (sign == "{") - (sign == "}")
        if sign == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += sign
    return [field for field in (*parts, part.strip()) if field]


def known_fields(kind: str) -> frozenset[str]:
    """The names in the SDK's Field class of that object."""
    return frozenset(
        value for name, value in vars(KNOWN[kind].Field).items() if not name.startswith("_")
    )


def project(graph_object: Json, kind: str, written: str) -> Json:
    """The asked-for fields of an object; `id` comes always.

    Raises:
        GraphError: A field the SDK does not know, or an alias, which new apps may not use.
    """
    projected = {"id": graph_object["id"]} if "id" in graph_object else {}
    for part in split_fields(written):
        name, _, inner = part.partition("{")
        if ".as(" in name:
            raise GraphError(12, f"(#12) Field aliasing is deprecated: {name}")
        if not FIELD.fullmatch(name) or name not in known_fields(kind):
            raise GraphError(
                100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({kind})"
            )
        value = graph_object.get(name)
        if inner and isinstance(value, dict) and name in NESTED:
            value = project(value, NESTED[name], inner.removesuffix("}"))
        if value is not None:
            projected[name] = value
    return projected


def as_list(written: str | None, name: str) -> list[Any]:
    """A parameter that is a JSON list, or one word.

    Raises:
        GraphError: Not a list.
    """
    if not written:
        return []
    if not written.startswith("["):
        return [part.strip() for part in written.split(",")]
    try:
        return list(json.loads(written))
    except ValueError:
        raise invalid(f"Param {name} must be an array.", name) from None


# -- money and time -----------------------------------------------------------------------
def offset(account: Account) -> int:
    """Budget units a currency unit: Meta's own list, not ISO's (1 for HUF and TWD too)."""
    return 1 if account.currency in WHOLE else 100


def budget_text(account: Account, amount: int) -> str:
    """A budget of minor units (ISO) in Meta's units, as text."""
    return str(amount * offset(account) // account.minor)


def stamp(moment: datetime) -> str:
    """As the Graph API writes moments: 2026-11-28T06:00:00+0000."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")


def _started(campaign: Campaign) -> str:
    zone = ZoneInfo(campaign.account.time_zone)
    return stamp(datetime.combine(campaign.started, time(), zone))


# -- objects ------------------------------------------------------------------------------
def account_object(account: Account, world: World) -> Json:
    """An ad account; `id` has the prefix, `account_id` has not."""
    hours = world.local(account).utcoffset()
    return {
        "id": f"act_{account.account_id}", "account_id": account.account_id,
        "name": account.name, "currency": account.currency, "account_status": 1,
        "timezone_name": account.time_zone, "timezone_id": 104,
        "timezone_offset_hours_utc": hours.total_seconds() / 3600 if hours else 0,
        "business": {"id": BUSINESS, "name": BUSINESS_NAME}, "business_name": BUSINESS_NAME,
        "owner": BUSINESS, "disable_reason": 0, "min_daily_budget": least(account),
        "user_tasks": ["DRAFT", "ANALYZE", "ADVERTISE", "MANAGE"],
        "attribution_spec": attribution(), "is_attribution_spec_system_default": True,
    }  # fmt: skip


def least(account: Account) -> int:
    """The smallest daily budget, in Meta's units."""
    return 10 * offset(account)


def attribution() -> list[Json]:
    """Seven days after a click, one after a view."""
    return [
        {"event_type": "CLICK_THROUGH", "window_days": 7},
        {"event_type": "VIEW_THROUGH", "window_days": 1},
    ]


def campaign_object(campaign: Campaign) -> Json:
    account = campaign.account
    fields: Json = {
        "id": campaign.campaign_id, "account_id": account.account_id, "name": campaign.name,
        "objective": OBJECTIVES[campaign.kind], "status": STATUS[campaign.status],
        "configured_status": STATUS[campaign.status],
        "effective_status": STATUS[campaign.status], "buying_type": "AUCTION",
        "special_ad_categories": [], "created_time": _started(campaign),
        "start_time": _started(campaign), "updated_time": _started(campaign),
        "is_adset_budget_sharing_enabled": False,
    }  # fmt: skip
    if campaign.ends:
        fields["stop_time"] = stamp(
            datetime.combine(campaign.ends, time(23, 59), ZoneInfo(account.time_zone))
        )
    if campaign.budget:
        fields |= {"daily_budget": budget_text(account, campaign.budget.amount),
                 "bid_strategy": bid_strategy(campaign)}  # fmt: skip
    if campaign.kind == "advantage":
        fields["smart_promotion_type"] = "AUTOMATED_SHOPPING_ADS"
    return fields


def bid_strategy(campaign: Campaign) -> str:
    return "COST_CAP" if campaign.target else "LOWEST_COST_WITHOUT_CAP"


def adset_object(campaign: Campaign, group: Group) -> Json:
    account = campaign.account
    fields: Json = {
        "id": group.group_id, "account_id": account.account_id, "name": group.name,
        "campaign_id": campaign.campaign_id, "campaign": campaign_object(campaign),
        "status": STATUS[group.status], "configured_status": STATUS[group.status],
        "effective_status": "CAMPAIGN_PAUSED" if campaign.status == PAUSED
        else STATUS[group.status],
        "optimization_goal": GOALS[campaign.kind], "billing_event": "IMPRESSIONS",
        "bid_strategy": bid_strategy(campaign), "attribution_spec": attribution(),
        "targeting": {"age_min": 18, "age_max": 65, "geo_locations": {"countries": ["NO"]}},
        "created_time": _started(campaign), "start_time": _started(campaign),
        "updated_time": _started(campaign), "learning_stage_info": {"status": "SUCCESS"},
    }  # fmt: skip
    if campaign.target:
        fields["bid_amount"] = int(budget_text(account, campaign.target))
    if group.budget:
        fields["daily_budget"] = budget_text(account, group.budget.amount)
    if campaign.plan.goal == "purchase":
        fields["promoted_object"] = {"pixel_id": "880011", "custom_event_type": "PURCHASE"}
    return fields


def ad_object(campaign: Campaign, group: Group, ad: Ad) -> Json:
    creative = {
        "id": f"{ad.ad_id}9", "name": ad.name, "title": ad.headline,
        "body": "Free returns within 60 days", "object_url": ad.final_url,
        "call_to_action_type": "SHOP_NOW", "status": "ACTIVE",
    }  # fmt: skip
    return {
        "id": ad.ad_id, "name": ad.name, "account_id": campaign.account.account_id,
        "campaign_id": campaign.campaign_id, "adset_id": group.group_id,
        "campaign": campaign_object(campaign), "adset": adset_object(campaign, group),
        "status": "ACTIVE", "configured_status": "ACTIVE",
        "effective_status": "ACTIVE" if campaign.status == ACTIVE else "CAMPAIGN_PAUSED",
        "creative": creative, "created_time": _started(campaign),
        "updated_time": _started(campaign),
    }  # fmt: skip


def business_object() -> Json:
    return {"id": BUSINESS, "name": BUSINESS_NAME, "verification_status": "verified"}


# -- lists --------------------------------------------------------------------------------
def with_status(graph_objects: Iterable[Json], values: Mapping[str, str]) -> list[Json]:
    """Those with the effective status that is asked for; deleted ones only when named.

    Raises:
        GraphError: A status or a filter the SDK does not know.
    """
    chosen = as_list(values.get("effective_status"), "effective_status")
    statuses = {v for n, v in vars(AdSet.EffectiveStatus).items() if not n.startswith("_")}
    for status in chosen:
        if status not in statuses:
            raise invalid(f"{status} is not a valid effective_status.", "effective_status")
    return [
        graph_object
        for graph_object in graph_objects
        if (
            graph_object["effective_status"] in chosen
            if chosen
            else graph_object["effective_status"] != "DELETED"
        )
    ]


def activity(entry: Any, world: World) -> Json:
    """An entry of the account's history; the shape of `extra_data` is from memory."""
    account, campaign = entry.account, world.campaign(entry.account, entry.campaign_ids[0])
    by_adset = campaign is not None and campaign.budget is None
    kind, subject = {
        "budget": ("update_ad_set_budget" if by_adset else "update_campaign_budget", "budget"),
        "status": ("update_campaign_run_status", "run_status"),
        "target": ("update_ad_set_bidding", "bid_amount"),
        "roas": ("update_ad_set_bidding", "roas"),
    }[entry.what]  # fmt: skip
    extra: Json = {"type": subject}
    for side, value in (("old_value", entry.before), ("new_value", entry.after)):
        extra[side] = STATUS[value] if entry.what == "status" else int(
            budget_text(account, int(value or 0)))  # fmt: skip
    if entry.what != "status":
        extra["currency"] = account.currency
    local = entry.when.astimezone(ZoneInfo(account.time_zone))
    return {
        "event_type": kind, "translated_event_type": kind.replace("_", " ").capitalize(),
        "event_time": stamp(entry.when.astimezone(ZoneInfo("UTC"))),
        "date_time_in_timezone": local.strftime("%m/%d/%Y at %I:%M %p"),
        "actor_id": str(zlib.crc32(entry.by.encode())), "actor_name": entry.by,
        "application_id": "1" if entry.through == "web" else "424242",
        "application_name": "Ads Manager" if entry.through == "web" else "perfbot",
        "object_id": _object(campaign, entry, by_adset),
        "object_name": campaign.name if campaign else "",
        "object_type": "ADSET" if by_adset and entry.what == "budget" else "CAMPAIGN",
        "extra_data": json.dumps(extra),
    }  # fmt: skip


def _object(campaign: Campaign | None, entry: Any, by_adset: bool) -> str:
    """Budgets have no ids on Meta: the change is the campaign's, or the ad set's."""
    if campaign is None or entry.what != "budget" or not by_adset:
        return str(entry.campaign_ids[0])
    groups = (
        g.group_id for g in campaign.groups if g.budget and g.budget.budget_id == entry.subject_id
    )
    return next(groups, campaign.campaign_id)
