"""Google's metrics from a table's whole numbers: micros, doubles, and rates as fractions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bot.demo.platforms.entities import MICROS, Account, Campaign
from bot.demo.platforms.numbers import SEARCH, Floats, Ints, Table

Columns = dict[str, Any]
LOST_TO_BUDGET = {"shopping": 0.31, "search_clicks": 0.22}
SHARE = 0.58


class Numbers:
    """The whole numbers of some rows, as arrays of one element a row.

    Args:
        values: A measure's array each, in minor units where it is money.
        account: Whose currency it is.
        campaign: Whose they are; None where several campaigns are in one row.
        grades: A keyword's quality info; None for anything else.
    """

    def __init__(
        self,
        values: Mapping[str, Ints],
        account: Account,
        campaign: Campaign | None,
        grades: Any = None,
    ) -> None:
        self.values, self.campaign, self.grades = values, campaign, grades
        self.cost = values["spend"] * (MICROS // account.minor)
        self.value = values["value"] / account.minor
        self.conversions = (values["purchases"] + values["leads"]).astype(np.float64)
        # sign-ups count in "all conversions" only: the action is not primary
        self.all = self.conversions + sign_ups(values)
        views = values["video_views"]
        self.interactions = np.where(views > 0, views, values["clicks"])

    def __getitem__(self, measure: str) -> Ints:
        return self.values[measure]

    @property
    def searched(self) -> bool:
        return self.campaign is None or self.campaign.kind in SEARCH

    def lost(self) -> float:
        return LOST_TO_BUDGET.get(self.campaign.kind, 0.04) if self.campaign else 0.04


def sign_ups(values: Mapping[str, Ints]) -> Ints:
    """Newsletter sign-ups: a conversion action that is not counted as a conversion."""
    return values["landing_views"] // 40


def _rate(over: Any, under: Any) -> Floats:
    """0.0 where there is nothing to divide by, as the API gives it."""
    return np.where(under > 0, over / np.where(under > 0, under, 1), 0.0)


def _share(value: Callable[[Numbers], float]) -> Callable[[Numbers], Floats | None]:
    """Shares of search impressions: only search and shopping campaigns have them."""
    return lambda n: np.full(len(n.cost), value(n)) if n.searched else None


METRICS: dict[str, Callable[[Numbers], Any]] = {
    "impressions": lambda n: n["impressions"],
    "clicks": lambda n: n["clicks"],
    "cost_micros": lambda n: n.cost,
    "conversions": lambda n: n.conversions,
    "conversions_value": lambda n: n.value,
    "all_conversions": lambda n: n.all,
    "all_conversions_value": lambda n: n.value,
    "interactions": lambda n: n.interactions,
    "engagements": lambda n: n["engagements"],
    "video_trueview_views": lambda n: n["video_views"],
    "ctr": lambda n: _rate(n["clicks"], n["impressions"]),
    "average_cpc": lambda n: _rate(n.cost, n["clicks"]),
    "average_cpm": lambda n: _rate(1000.0 * n.cost, n["impressions"]),
    "average_cost": lambda n: _rate(n.cost, n.interactions),
    "interaction_rate": lambda n: _rate(n.interactions, n["impressions"]),
    "engagement_rate": lambda n: _rate(n["engagements"], n["impressions"]),
    "video_trueview_view_rate": lambda n: _rate(n["video_views"], n["impressions"]),
    "cost_per_conversion": lambda n: _rate(n.cost, n.conversions),
    "cost_per_all_conversions": lambda n: _rate(n.cost, n.all),
    "conversions_from_interactions_rate": lambda n: _rate(n.conversions, n.interactions),
    "all_conversions_from_interactions_rate": lambda n: _rate(n.all, n.interactions),
    "conversions_value_per_cost": lambda n: _rate(n.value, n.cost / MICROS),
    "all_conversions_value_per_cost": lambda n: _rate(n.value, n.cost / MICROS),
    "value_per_conversion": lambda n: _rate(n.value, n.conversions),
    "value_per_all_conversions": lambda n: _rate(n.value, n.all),
    "search_impression_share": _share(lambda n: SHARE - n.lost() / 2),
    "search_budget_lost_impression_share": _share(lambda n: n.lost()),
    "search_rank_lost_impression_share": _share(lambda n: 1 - SHARE - n.lost() / 2),
}


def _graded(field: str) -> Callable[[Numbers], Ints | None]:
    """A keyword's score as it stood on each day: here it never changes. None: it has none."""

    def grades(numbers: Numbers) -> Ints | None:
        grade = getattr(numbers.grades, field, 0)
        return np.full(len(numbers.cost), grade) if grade else None

    return grades


METRICS |= {
    "historical_quality_score": _graded("quality_score"),
    "historical_search_predicted_ctr": _graded("search_predicted_ctr"),
    "historical_creative_quality_score": _graded("creative_quality_score"),
    "historical_landing_page_quality_score": _graded("post_click_quality_score"),
}


def columns(names: list[str], numbers: Numbers) -> Columns:
    """A list of plain values a metric, one a row; what the campaign does not have is left out."""
    arrays = {name: METRICS[name](numbers) for name in names}
    return {name: array.tolist() for name, array in arrays.items() if array is not None}


def only(table: Table, measure: str, values: Ints | None = None) -> Table:
    """A table in which one measure of results is left, for rows by conversion action."""
    nothing = np.zeros(len(table), dtype=np.int64)
    values_by_measure = dict.fromkeys(table.values, nothing)
    values_by_measure[measure] = table[measure] if values is None else values
    if measure == "purchases":
        values_by_measure["value"] = table["value"]
    return Table(table.first, values_by_measure, table.by_click)
