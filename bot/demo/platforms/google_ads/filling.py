"""Writes the world's entities into Google's protos: one function a resource."""

from __future__ import annotations

import base64
import zlib
from typing import Any

from bot.demo.platforms.entities import (
    ACTIVE,
    PAUSED,
    REMOVED,
    Account,
    Ad,
    Budget,
    Campaign,
    Change,
    Group,
    Keyword,
)

MANAGER, MANAGER_NAME = "5550001000", "Fjord & Fell, all accounts"
STATUS = {ACTIVE: "ENABLED", PAUSED: "PAUSED", REMOVED: "REMOVED"}
CHANNELS = {
    "search_manual": "SEARCH", "search_conversions": "SEARCH", "search_portfolio": "SEARCH",
    "search_clicks": "SEARCH", "shopping": "SHOPPING", "pmax": "PERFORMANCE_MAX",
    "video": "VIDEO", "display": "DISPLAY",
}  # fmt: skip
BIDDING = {
    "search_manual": "MANUAL_CPC", "search_conversions": "MAXIMIZE_CONVERSIONS",
    "search_portfolio": "TARGET_CPA", "search_clicks": "TARGET_SPEND",
    "shopping": "TARGET_ROAS", "pmax": "MAXIMIZE_CONVERSION_VALUE", "video": "TARGET_CPM",
    "display": "MAXIMIZE_CONVERSIONS",
}  # fmt: skip
GROUPS = {
    "shopping": "SHOPPING_PRODUCT_ADS", "video": "VIDEO_TRUE_VIEW_IN_STREAM",
    "display": "DISPLAY_STANDARD",
}  # fmt: skip
ADS = {
    "shopping": "SHOPPING_PRODUCT_AD", "video": "VIDEO_RESPONSIVE_AD",
    "display": "RESPONSIVE_DISPLAY_AD",
}  # fmt: skip
AGES = {
    "18-24": ("AGE_RANGE_18_24", 503001), "25-34": ("AGE_RANGE_25_34", 503002),
    "35-44": ("AGE_RANGE_35_44", 503003), "45-54": ("AGE_RANGE_45_54", 503004),
    "55-64": ("AGE_RANGE_55_64", 503005), "65+": ("AGE_RANGE_65_UP", 503006),
}  # fmt: skip
GENDERS = {"male": ("MALE", 10), "female": ("FEMALE", 11), "unknown": ("UNDETERMINED", 20)}
REGIONS = {
    "Oslo": (20624, "NO"), "Vestland": (9197408, "NO"), "Rogaland": (20618, "NO"),
    "Trøndelag": (9062308, "NO"),
}  # fmt: skip
NORWAY = 2578
LEVELS = {1: "BELOW_AVERAGE", 2: "AVERAGE", 3: "ABOVE_AVERAGE"}
PURCHASE, LEAD, SIGN_UP = "900001", "900002", "900003"
ACTIONS = {
    PURCHASE: ("Purchase", "PURCHASE", True),
    LEAD: ("Lead form", "SUBMIT_LEAD_FORM", True),
    SIGN_UP: ("Newsletter", "SIGNUP", False),
}  # id: name, category, counted as a conversion


def fill(message: Any, **values: Any) -> Any:
    """Set fields by their API names: enums by name, messages by dict; None stays unset."""
    fields = message.DESCRIPTOR.fields_by_name
    for name, value in values.items():
        descriptor = fields.get(name) or fields[f"{name}_"]
        if value is None:
            continue
        if isinstance(value, dict):
            part = getattr(message, descriptor.name)
            part.SetInParent()
            fill(part, **value)
        elif isinstance(value, list):
            named = descriptor.enum_type.values_by_name if descriptor.enum_type else {}
            getattr(message, descriptor.name).extend(
                named[each].number if each in named else each for each in value
            )
        elif descriptor.enum_type is not None and isinstance(value, str):
            setattr(message, descriptor.name, descriptor.enum_type.values_by_name[value].number)
        else:
            setattr(message, descriptor.name, value)
    return message


def name(account: Account, kind: str, *parts: str) -> str:
    """A resource name, e.g. `customers/1/adGroupAds/2~3`."""
    return f"customers/{account.account_id}/{kind}/{'~'.join(parts)}"


def customer(row: Any, account: Account) -> None:
    fill(
        row.customer, resource_name=f"customers/{account.account_id}", id=int(account.account_id),
        descriptive_name=account.name, currency_code=account.currency,
        time_zone=account.time_zone, manager=False, test_account=False, status="ENABLED",
        auto_tagging_enabled=True,
    )  # fmt: skip


def manager(row: Any) -> None:
    """The manager account itself."""
    fill(
        row.customer, resource_name=f"customers/{MANAGER}", id=int(MANAGER),
        descriptive_name=MANAGER_NAME, currency_code="NOK", time_zone="Europe/Oslo",
        manager=True, test_account=False, status="ENABLED",
    )  # fmt: skip


def client(row: Any, account: Account | None, level: int) -> None:
    """A line of the manager's accounts; None is the manager itself."""
    owner = account.account_id if account else MANAGER
    fill(
        row.customer_client, resource_name=f"customers/{MANAGER}/customerClients/{owner}",
        client_customer=f"customers/{owner}", id=int(owner), level=level, hidden=False,
        descriptive_name=account.name if account else MANAGER_NAME, status="ENABLED",
        currency_code=account.currency if account else "NOK", manager=account is None,
        time_zone=account.time_zone if account else "Europe/Oslo", test_account=False,
    )  # fmt: skip


def budget(row: Any, account: Account, daily: Budget, fed: int) -> None:
    fill(
        row.campaign_budget, resource_name=name(account, "campaignBudgets", daily.budget_id),
        id=int(daily.budget_id), name=daily.name, amount_micros=account.micros(daily.amount),
        status="REMOVED" if daily.removed else "ENABLED", delivery_method="STANDARD",
        explicitly_shared=daily.shared, reference_count=fed, period="DAILY", type="STANDARD",
    )  # fmt: skip


def strategy_id(campaign: Campaign) -> str:
    """The portfolio strategy's id; empty where the campaign has a strategy of its own."""
    return str(zlib.crc32(campaign.strategy_id.encode())) if campaign.strategy_id else ""


def strategy(row: Any, campaign: Campaign) -> None:
    """The portfolio bidding strategy the campaign belongs to, where it belongs to one."""
    if not campaign.strategy_id:
        return
    portfolio, account = strategy_id(campaign), campaign.account
    fill(
        row.bidding_strategy, resource_name=name(account, "biddingStrategies", portfolio),
        id=int(portfolio),
        name=campaign.strategy_id, status="ENABLED", type="TARGET_CPA", campaign_count=1,
        non_removed_campaign_count=1, currency_code=account.currency,
        effective_currency_code=account.currency,
        target_cpa={"target_cpa_micros": account.micros(campaign.target or 0)},
    )  # fmt: skip


def campaign(row: Any, campaign: Campaign) -> None:
    account = campaign.account
    fill(
        row.campaign, resource_name=name(account, "campaigns", campaign.campaign_id),
        id=int(campaign.campaign_id), name=campaign.name, status=STATUS[campaign.status],
        serving_status="SERVING" if campaign.status == ACTIVE else "ENDED",
        **_primary(campaign),
        advertising_channel_type=CHANNELS[campaign.kind],
        bidding_strategy_type=BIDDING[campaign.kind],
        campaign_budget=name(account, "campaignBudgets", campaign.budget.budget_id)
        if campaign.budget else None,
        start_date_time=f"{campaign.started} 00:00:00", experiment_type="BASE",
        end_date_time=f"{campaign.ends} 23:59:59" if campaign.ends else None,
        contains_eu_political_advertising="DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING",
        payment_mode="CLICKS", **_bidding(campaign),
    )  # fmt: skip


def _primary(campaign: Campaign) -> dict[str, Any]:
    """Whether it can be shown, and why not: its own status, or that of all that is below it."""
    if campaign.status != ACTIVE:
        status = STATUS[campaign.status]
        return {"primary_status": status, "primary_status_reasons": [f"CAMPAIGN_{status}"]}
    if campaign.emptied is None:
        return {"primary_status": "ELIGIBLE"}
    below = "ASSET_GROUPS" if campaign.kind == "pmax" else "AD_GROUPS"
    return {"primary_status": "NOT_ELIGIBLE", "primary_status_reasons": [f"{below}_PAUSED"]}


def _bidding(campaign: Campaign) -> dict[str, Any]:
    """The one field that says how it bids, with its target where it has one."""
    target = campaign.account.micros(campaign.target) if campaign.target else None
    if campaign.strategy_id:
        return {
            "bidding_strategy": name(campaign.account, "biddingStrategies", strategy_id(campaign))
        }
    fields: dict[str, dict[str, Any]] = {
        "MANUAL_CPC": {"manual_cpc": {"enhanced_cpc_enabled": False}},
        "MAXIMIZE_CONVERSIONS": {"maximize_conversions": {"target_cpa_micros": target}},
        "TARGET_SPEND": {"target_spend": {}},
        "TARGET_ROAS": {"target_roas": {"target_roas": campaign.target_roas}},
        "MAXIMIZE_CONVERSION_VALUE": {
            "maximize_conversion_value": {"target_roas": campaign.target_roas}
        },
        "TARGET_CPM": {"target_cpm": {}},
    }
    return fields[BIDDING[campaign.kind]]


def group(row: Any, campaign: Campaign, part: Group) -> None:
    account = campaign.account
    fill(
        row.ad_group, resource_name=name(account, "adGroups", part.group_id),
        id=int(part.group_id), name=part.name, status=STATUS[part.status],
        type=GROUPS.get(campaign.kind, "SEARCH_STANDARD"),
        campaign=name(account, "campaigns", campaign.campaign_id),
        cpc_bid_micros=account.micros(4 * account.minor)
        if campaign.kind == "search_manual" else None,
    )  # fmt: skip


def ad(row: Any, campaign: Campaign, part: Group, creative: Ad) -> None:
    account = campaign.account
    kind = ADS.get(campaign.kind, "RESPONSIVE_SEARCH_AD")
    fill(
        row.ad_group_ad, resource_name=name(account, "adGroupAds", part.group_id, creative.ad_id),
        status="ENABLED", ad_group=name(account, "adGroups", part.group_id),
        ad_strength="GOOD" if kind == "RESPONSIVE_SEARCH_AD" else None,
        ad={
            "resource_name": name(account, "ads", creative.ad_id), "id": int(creative.ad_id),
            "name": creative.name, "type": kind, "final_urls": [creative.final_url],
        },
    )  # fmt: skip
    if kind == "RESPONSIVE_SEARCH_AD":
        text = row.ad_group_ad.ad.responsive_search_ad
        text.headlines.add().text = creative.headline
        text.descriptions.add().text = "Free returns within 60 days"


def keyword(row: Any, campaign: Campaign, part: Group, criterion: Keyword) -> None:
    """The criterion and its view; a score nobody gave stays unset."""
    account, scores = campaign.account, criterion.quality_parts
    fill(
        row.ad_group_criterion,
        resource_name=name(account, "adGroupCriteria", part.group_id, criterion.criterion_id),
        criterion_id=int(criterion.criterion_id), status="ENABLED", type="KEYWORD", negative=False,
        display_name=criterion.text, ad_group=name(account, "adGroups", part.group_id),
        keyword={"text": criterion.text, "match_type": criterion.match_type.upper()},
        final_urls=[], effective_cpc_bid_micros=account.micros(4 * account.minor),
    )  # fmt: skip
    if criterion.quality is not None and scores is not None:
        fill(
            row.ad_group_criterion.quality_info, quality_score=criterion.quality,
            creative_quality_score=LEVELS[scores[0]], search_predicted_ctr=LEVELS[scores[1]],
            post_click_quality_score=LEVELS[scores[2]],
        )  # fmt: skip
    row.keyword_view.resource_name = name(
        account, "keywordViews", part.group_id, criterion.criterion_id
    )


def search_term(row: Any, campaign: Campaign, part: Group, criterion: Keyword, text: str) -> None:
    """What was typed, and in the segments the keyword that caught it."""
    account = campaign.account
    coded = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    fill(
        row.search_term_view,
        resource_name=name(account, "searchTermViews", campaign.campaign_id, part.group_id, coded),
        search_term=text, ad_group=name(account, "adGroups", part.group_id),
        status="ADDED" if text == criterion.text else "NONE",
    )  # fmt: skip
    fill(
        row.segments, search_term_match_type=criterion.match_type.upper(),
        keyword={
            "ad_group_criterion": name(
                account, "adGroupCriteria", part.group_id, criterion.criterion_id
            ),
            "info": {"text": criterion.text, "match_type": criterion.match_type.upper()},
        },
    )  # fmt: skip


def landing_page(row: Any, account: Account, url: str) -> None:
    fill(
        row.landing_page_view, unexpanded_final_url=url,
        resource_name=name(account, "landingPageViews", str(zlib.crc32(url.encode()))),
    )  # fmt: skip


def demographic(row: Any, campaign: Campaign, part: Group, axis: str, member: str) -> None:
    """`axis` is `age` or `gender`."""
    table, view, kind = (
        (AGES, "age_range_view", "AGE_RANGE")
        if axis == "age"
        else (GENDERS, "gender_view", "GENDER")
    )
    word, number = table[member]
    account, views = campaign.account, f"{'ageRange' if axis == 'age' else 'gender'}Views"
    fill(
        row.ad_group_criterion,
        resource_name=name(account, "adGroupCriteria", part.group_id, str(number)),
        criterion_id=number, status="ENABLED", type=kind, negative=False,
        ad_group=name(account, "adGroups", part.group_id),
        **{view.removesuffix("_view"): {"type": word}},
    )  # fmt: skip
    getattr(row, view).resource_name = name(account, views, part.group_id, str(number))


def place(row: Any, account: Account) -> None:
    fill(
        row.geographic_view, location_type="LOCATION_OF_PRESENCE", country_criterion_id=NORWAY,
        resource_name=name(account, "geographicViews", str(NORWAY), "LOCATION_OF_PRESENCE"),
    )  # fmt: skip


def action(row: Any, account: Account, action_id: str) -> None:
    """A conversion action."""
    title, category, counted = ACTIONS[action_id]
    fill(
        row.conversion_action, resource_name=name(account, "conversionActions", action_id),
        id=int(action_id), name=title, category=category, status="ENABLED", type="WEBPAGE",
        primary_for_goal=counted, include_in_conversions_metric=counted, origin="WEBSITE",
        click_through_lookback_window_days=30, view_through_lookback_window_days=1,
        counting_type="ONE_PER_CLICK" if action_id == LEAD else "MANY_PER_CLICK",
    )  # fmt: skip


def goal(row: Any, campaign: Campaign, category: str) -> None:
    """Whether the campaign bids for a category of conversions."""
    optimised = "SUBMIT_LEAD_FORM" if campaign.plan.goal == "lead" else "PURCHASE"
    fill(
        row.campaign_conversion_goal, category=category, origin="WEBSITE",
        resource_name=name(
            campaign.account, "campaignConversionGoals", campaign.campaign_id, category, "WEBSITE"
        ),
        campaign=name(campaign.account, "campaigns", campaign.campaign_id),
        biddable=category == optimised,
    )  # fmt: skip


def schedule(row: Any, campaign: Campaign, day: str, number: int) -> None:
    """A whole day of a campaign's ad schedule; a campaign without any runs on all days."""
    fill(
        row.campaign_criterion, criterion_id=number, type="AD_SCHEDULE", status="ENABLED",
        resource_name=name(campaign.account, "campaignCriteria", campaign.campaign_id, str(number)),
        campaign=name(campaign.account, "campaigns", campaign.campaign_id), negative=False,
        ad_schedule={"day_of_week": day, "start_hour": 0, "end_hour": 24,
                     "start_minute": "ZERO", "end_minute": "ZERO"},
    )  # fmt: skip


def region(row: Any, member: str) -> None:
    number, country = REGIONS[member]
    fill(
        row.geo_target_constant, resource_name=f"geoTargetConstants/{number}", id=number,
        name=member, country_code=country, target_type="County", status="ENABLED",
        canonical_name=f"{member},Norway",
    )  # fmt: skip


def change(row: Any, entry: Change, moment: str, micros: int) -> None:
    """An event of the change history, with the field before and after."""
    account = entry.account
    kind, field = {
        "budget": ("CAMPAIGN_BUDGET", "amount_micros"), "status": ("CAMPAIGN", "status"),
        "target": ("CAMPAIGN", "maximize_conversions.target_cpa_micros"),
        "roas": ("CAMPAIGN", "target_roas.target_roas"),
    }[entry.what]  # fmt: skip
    collection = "campaignBudgets" if entry.what == "budget" else "campaigns"
    subject = name(account, collection, entry.subject_id)
    fill(
        row.change_event, resource_name=name(account, "changeEvents", str(micros), "1", "1"),
        change_date_time=moment, change_resource_type=kind, change_resource_name=subject,
        client_type="GOOGLE_ADS_API" if entry.through == "api" else "GOOGLE_ADS_WEB_CLIENT",
        user_email=entry.by, resource_change_operation="UPDATE",
        campaign=name(account, "campaigns", entry.campaign_ids[0]) if entry.campaign_ids else None,
    )  # fmt: skip
    row.change_event.changed_fields.paths.append(field)
    for side, value in (("old_resource", entry.before), ("new_resource", entry.after)):
        part = getattr(getattr(row.change_event, side), kind.lower())
        fill(part, resource_name=subject, **_changed(account, entry.what, value))


def _changed(account: Account, property_name: str, value: float | str | None) -> dict[str, Any]:
    if property_name == "status":
        return {"status": STATUS[str(value)]}
    if property_name == "roas":
        return {"target_roas": {"target_roas": value}}
    amount = account.micros(int(value or 0))
    if property_name == "budget":
        return {"amount_micros": amount}
    return {"maximize_conversions": {"target_cpa_micros": amount}}
