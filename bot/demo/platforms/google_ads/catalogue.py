"""What may be asked of each resource: attributes beside its own, segments and metrics.

As the reporting reference lists them, for the resources this server has. A field the SDK's protos
do not know is refused before anything is looked up here; one they know but that cannot be had
from a resource is refused with the code for that.
"""

from __future__ import annotations

from dataclasses import dataclass

DATES = frozenset({"date", "week", "month", "quarter", "year"})  # the core date segments
CALENDAR = DATES | {"day_of_week", "month_of_year"}
ACTIONS = frozenset({"conversion_action", "conversion_action_name", "conversion_action_category"})

COUNTS = frozenset({
    "impressions", "clicks", "cost_micros", "ctr", "average_cpc", "average_cpm", "average_cost",
    "interactions", "interaction_rate", "engagements", "engagement_rate",
})  # fmt: skip
CONVERSIONS = frozenset({
    "conversions", "conversions_value", "all_conversions", "all_conversions_value",
    "value_per_conversion", "value_per_all_conversions",
})  # fmt: skip
RATES = frozenset({
    "cost_per_conversion", "cost_per_all_conversions", "conversions_from_interactions_rate",
    "all_conversions_from_interactions_rate", "conversions_value_per_cost",
    "all_conversions_value_per_cost",
})  # fmt: skip
USUAL = COUNTS | CONVERSIONS | RATES
VIDEO = frozenset({"video_trueview_views", "video_trueview_view_rate"})
SHARES = frozenset({
    "search_impression_share", "search_budget_lost_impression_share",
    "search_rank_lost_impression_share",
})  # fmt: skip
HISTORICAL = frozenset({
    "historical_quality_score", "historical_search_predicted_ctr",
    "historical_creative_quality_score", "historical_landing_page_quality_score",
})  # fmt: skip


@dataclass(frozen=True)
class Resource:
    """What goes with a resource in FROM.

    Attributes:
        attributed: Resources whose attributes may be selected beside its own.
        segments, metrics: Names without their prefix.
        only_shown: Rows without showings never come, segmented or not.
    """

    attributed: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    metrics: frozenset[str] = frozenset()
    only_shown: bool = False


def _named(names: str) -> frozenset[str]:
    return frozenset(names.split())


SPLITS = CALENDAR | ACTIONS | {"device", "ad_network_type"}
RESOURCES = {
    "customer": Resource(frozenset(), SPLITS, USUAL | VIDEO | SHARES),
    "customer_client": Resource(_named("customer")),
    "campaign": Resource(
        _named("customer campaign_budget bidding_strategy"), SPLITS, USUAL | VIDEO | SHARES
    ),
    "campaign_budget": Resource(_named("customer"), SPLITS - {"device"}, USUAL),
    "bidding_strategy": Resource(_named("customer"), SPLITS, USUAL),
    "conversion_action": Resource(
        _named("customer"), CALENDAR, _named("all_conversions all_conversions_value")
    ),
    "campaign_conversion_goal": Resource(_named("customer campaign")),
    "campaign_criterion": Resource(_named("customer campaign")),
    "ad_group_criterion": Resource(_named("customer campaign ad_group")),
    "change_event": Resource(_named("customer campaign ad_group")),
    "geo_target_constant": Resource(),
    "ad_group": Resource(
        _named("customer campaign bidding_strategy"), SPLITS, USUAL | VIDEO | SHARES
    ),
    "ad_group_ad": Resource(_named("customer campaign ad_group"), SPLITS, USUAL | VIDEO),
    "keyword_view": Resource(
        _named("customer campaign ad_group ad_group_criterion bidding_strategy"),
        SPLITS, USUAL | SHARES | HISTORICAL,
    ),
    "search_term_view": Resource(
        _named("customer campaign ad_group ad_group_ad"),
        SPLITS | {"keyword", "search_term_match_type"}, USUAL, only_shown=True,
    ),
    "landing_page_view": Resource(
        _named("customer campaign ad_group"), SPLITS, USUAL, only_shown=True
    ),
    "age_range_view": Resource(
        _named("customer campaign ad_group ad_group_criterion bidding_strategy"), SPLITS, USUAL
    ),
    "gender_view": Resource(
        _named("customer campaign ad_group ad_group_criterion bidding_strategy"), SPLITS, USUAL
    ),
    "geographic_view": Resource(
        _named("customer campaign ad_group"), SPLITS | {"geo_target_region"}, USUAL,
        only_shown=True,
    ),
}  # fmt: skip
