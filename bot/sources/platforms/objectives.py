"""From what a platform optimises to stage and pricing model: one table a platform.

Order of trust: optimisation goal, bidding strategy or objective (known), then the channel type (a
guess). No platform marks `engage`.
"""

from __future__ import annotations

from bot.sentences import Sentence
from bot.sources.base import Purpose

REACH, CLICKS, LEADS, SALES = ("reach", "CPM"), ("act", "CPC"), ("act", "CPL"), ("convert", "CPA")
Cell = tuple[str, str]

GOOGLE_BIDDING: dict[str, Cell] = {
    "TARGET_CPM": REACH, "MANUAL_CPM": REACH, "MANUAL_CPV": REACH, "TARGET_CPV": REACH,
    "TARGET_IMPRESSION_SHARE": REACH, "FIXED_CPM": REACH,
    "MANUAL_CPC": CLICKS, "ENHANCED_CPC": CLICKS, "TARGET_SPEND": CLICKS,
    "TARGET_CPA": SALES, "MAXIMIZE_CONVERSIONS": SALES, "TARGET_ROAS": SALES,
    "MAXIMIZE_CONVERSION_VALUE": SALES,
}  # fmt: skip
GOOGLE_BY_GOAL = ("TARGET_CPA", "MAXIMIZE_CONVERSIONS")  # a lead goal makes these CPL
GOOGLE_CHANNELS: dict[str, Cell] = {
    "DISPLAY": REACH, "VIDEO": REACH, "DEMAND_GEN": REACH, "SEARCH": CLICKS, "SMART": CLICKS,
    "LOCAL_SERVICES": LEADS, "SHOPPING": SALES, "PERFORMANCE_MAX": SALES, "HOTEL": SALES,
}  # fmt: skip
META_GOALS: dict[str, Cell] = {
    "REACH": REACH, "IMPRESSIONS": REACH, "THRUPLAY": REACH, "AD_RECALL_LIFT": REACH,
    "LINK_CLICKS": CLICKS, "LANDING_PAGE_VIEWS": CLICKS, "POST_ENGAGEMENT": CLICKS,
    "LEAD_GENERATION": LEADS, "QUALITY_LEAD": LEADS,
    "OFFSITE_CONVERSIONS": SALES, "VALUE": SALES,
}  # fmt: skip
META_LEAD_EVENTS = ("LEAD", "COMPLETE_REGISTRATION", "SUBMIT_APPLICATION", "CONTACT", "SCHEDULE")
META_OBJECTIVES: dict[str, Cell] = {
    "OUTCOME_AWARENESS": REACH, "REACH": REACH, "VIDEO_VIEWS": REACH, "BRAND_AWARENESS": REACH,
    "OUTCOME_TRAFFIC": CLICKS, "OUTCOME_ENGAGEMENT": CLICKS, "LINK_CLICKS": CLICKS,
    "OUTCOME_LEADS": LEADS, "LEAD_GENERATION": LEADS,
    "OUTCOME_SALES": SALES, "OUTCOME_APP_PROMOTION": SALES, "CONVERSIONS": SALES,
}  # fmt: skip
LINKEDIN: dict[str, Cell] = {
    "BRAND_AWARENESS": REACH, "VIDEO_VIEW": REACH, "VIDEO_VIEWS": REACH,
    "WEBSITE_VISIT": CLICKS, "WEBSITE_VISITS": CLICKS, "ENGAGEMENT": CLICKS,
    "LEAD_GENERATION": LEADS, "WEBSITE_CONVERSION": SALES, "WEBSITE_CONVERSIONS": SALES,
}  # fmt: skip
TIKTOK: dict[str, Cell] = {
    "REACH": REACH, "RF_REACH": REACH, "VIDEO_VIEWS": REACH, "TRAFFIC": CLICKS,
    "ENGAGEMENT": CLICKS, "LEAD_GENERATION": LEADS, "WEB_CONVERSIONS": SALES,
    "PRODUCT_SALES": SALES, "APP_PROMOTION": SALES,
}  # fmt: skip
MICROSOFT_BIDDING: dict[str, Cell] = {
    "ManualCpm": REACH, "ManualCpv": REACH, "TargetImpressionShare": REACH,
    "TargetCpa": SALES, "MaxConversions": SALES, "ManualCpa": SALES, "TargetRoas": SALES,
    "MaxRoas": SALES, "MaxConversionValue": SALES, "CostPerSale": SALES, "Commission": SALES,
}  # fmt: skip
MICROSOFT_BY_GOAL = ("TargetCpa", "MaxConversions", "ManualCpa")  # a lead goal makes these CPL
MICROSOFT_CLICKS = ("ManualCpc", "EnhancedCpc", "MaxClicks")  # of search: elsewhere it says little
MICROSOFT_SEARCH = ("Search", "DynamicSearchAds")
MICROSOFT_TYPES: dict[str, Cell] = {
    "Search": CLICKS, "DynamicSearchAds": CLICKS, "Audience": REACH, "Shopping": SALES,
    "PerformanceMax": SALES, "Hotel": SALES, "App": SALES,
}  # fmt: skip


def google(bidding: str, channel_type: str, *, lead_goal: bool) -> Purpose:
    """A Google campaign's purpose; `lead_goal`: every goal it bids for is a lead."""
    cell = GOOGLE_BIDDING.get(bidding)
    if cell is not None:
        lead = lead_goal and bidding in GOOGLE_BY_GOAL
        reason = Sentence(
            "bidding strategy %(name)s with a lead goal" if lead else "bidding strategy %(name)s",
            name=bidding,
        )
        return _known(LEADS if lead else cell, reason)
    reason = Sentence("channel type %(name)s", name=channel_type)
    return _guess(GOOGLE_CHANNELS.get(channel_type), reason)


def meta(objective: str, goals: tuple[str, ...], events: tuple[str, ...]) -> Purpose:
    """A Meta campaign's purpose: what its ad sets optimise, where they agree, else its objective.

    Args:
        objective: The campaign's.
        goals: Each different `optimization_goal` of its ad sets.
        events: Each different event its ad sets optimise conversions for.
    """
    cells = {META_GOALS.get(goal) for goal in goals}
    cell = next(iter(cells)) if len(cells) == 1 else None
    if cell is not None:
        lead = goals == ("OFFSITE_CONVERSIONS",) and events and set(events) <= {*META_LEAD_EVENTS}
        reason = Sentence("optimisation goal %(name)s", name=", ".join(goals))
        return _known(LEADS if lead else cell, reason)
    return of_objective(META_OBJECTIVES, objective)


def microsoft(bidding: str, campaign_type: str, *, lead_goal: bool) -> Purpose:
    """A Microsoft campaign's purpose.

    Args:
        bidding: Its scheme, or its portfolio's: `TargetCpa`.
        campaign_type: `Search`, `Shopping` …
        lead_goal: Whether every goal that counts for it is a lead.
    """
    lead = lead_goal and bidding in MICROSOFT_BY_GOAL
    reason = Sentence(
        "bidding scheme %(name)s with a lead goal" if lead else "bidding scheme %(name)s",
        name=bidding,
    )
    cell = MICROSOFT_BIDDING.get(bidding)
    if cell is not None:
        return _known(LEADS if lead else cell, reason)
    if bidding in MICROSOFT_CLICKS and campaign_type in MICROSOFT_SEARCH:
        return _known(CLICKS, reason)
    reason = Sentence("campaign type %(name)s", name=campaign_type)
    return _guess(MICROSOFT_TYPES.get(campaign_type), reason)


def of_objective(table: dict[str, Cell], objective: str) -> Purpose:
    """The purpose of an objective; one that is not in the table says nothing."""
    cell = table.get(objective)
    if cell is None:
        return Purpose(reason=objective)
    return _known(cell, Sentence("objective %(name)s", name=objective))


def _known(cell: Cell, reason: str) -> Purpose:
    return Purpose(*cell, known=True, reason=reason)


def _guess(cell: Cell | None, reason: str) -> Purpose:
    return Purpose(*cell, known=False, reason=reason) if cell else Purpose(reason=reason)
