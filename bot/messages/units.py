"""Units of the metrics the product ships with, for a renderer that was given no glossary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class MetricLike(Protocol):
    """What is needed of bot.numbers.metrics.Metric."""

    @property
    def unit(self) -> str: ...
    @property
    def title(self) -> str: ...


_MONEY = (
    "spend revenue daily_budget cpm cost_per_reach cpc cost_per_landing_view cpl cpa"
    " cost_per_qualified_lead cpa_documented cost_per_engagement cost_per_repeat_sale order_value"
)
_COUNT = (
    "impressions reach clicks landing_views leads qualified_leads conversions"
    " documented_conversions engagements repeat_conversions"
)
_SHARE = (
    "ctr landing_rate lead_rate conversion_rate qualified_share documented_share close_rate"
    " repeat_rate engagement_rate budget_used"
)
_TIMES = "roas frequency daily_frequency"
_DAYS = "days missing_days"

UNITS: Mapping[str, str] = {
    name: unit
    for unit, names in (
        ("money", _MONEY),
        ("count", _COUNT),
        ("share", _SHARE),
        ("times", _TIMES),
        ("days", _DAYS),
    )
    for name in names.split()
}
