from __future__ import annotations

import pytest

from bot.errors import Problems, RuleError
from bot.numbers.metrics.glossary import Metrics

JUDGED = [
    "cost_per_reach",
    "frequency",
    "ctr",
    "cpc",
    "landing_rate",
    "cpl",
    "qualified_share",
    "cpa",
    "cost_per_landing_view",
    "lead_rate",
    "cpa_documented",
    "cpm",
    "conversion_rate",
    "close_rate",
    "roas",
    "documented_share",
    "cost_per_engagement",
    "cost_per_repeat_sale",
    "repeat_rate",
    "satisfaction",
    "cost_per_qualified_lead",
]
SUMS = [
    "spend",
    "impressions",
    "reach",
    "clicks",
    "landing_views",
    "leads",
    "qualified_leads",
    "conversions",
    "revenue",
    "documented_conversions",
    "engagements",
    "repeat_conversions",
    "daily_budget",
    "daily_frequency",
    "order_value",
    "budget_used",
    "days",
    "missing_days",
]


def test_the_glossary_holds_what_the_sixteen_cells_judge(metrics):
    """Every metric the table of stages and models judges is in the glossary."""
    assert {*JUDGED, *SUMS} <= set(metrics)


def test_every_metric_says_what_it_is(metrics):
    """A marketer finds a title and a sentence for every metric."""
    assert all(metric.title and metric.meaning.endswith(".") for metric in metrics.values())


def test_prices_are_better_low_and_rates_better_high(metrics):
    """Which way is better is right for prices, shares and times."""
    ratios = [metric for metric in metrics.values() if metric.kind in {"ratio", "per_reach"}]
    for metric in ratios:
        price = metric.sum == "spend" and metric.unit == "money"
        assert metric.better == ("lower" if price else metric.better)
    assert metrics["roas"].better == metrics["ctr"].better == "higher"
    assert metrics["frequency"].better == "lower"
    assert metrics["cpm"].scale == metrics["cost_per_reach"].scale == 1000


def test_a_ratio_lags_when_a_part_of_it_does(metrics):
    """What rests on late conversions is late itself."""
    assert metrics["cpa"].lag
    assert metrics["roas"].lag
    assert not metrics["cpc"].lag


def test_all_errors_come_at_once():
    """A broken glossary names every error, each with its metric and a way out."""
    with pytest.raises(Problems) as caught:
        Metrics.from_data(
            {
                "a": {"unit": "kroner", "sum": "spend", "colour": "red"},
                "b": {"unit": "money", "sum": "spendings"},
                "c": {"unit": "money", "over": "clicks"},
                "d": None,
                "not a name": {},
                "e": {"unit": "count", "sum": "reach"},
                "f": {"unit": "count", "sum": "clicks", "scale": 0, "lag": "yes", "title": 7},
                "g": {"unit": "score", "sum": "satisfaction"},
            }
        )
    problems = caught.value.problems
    assert all(isinstance(problem, RuleError) and problem.hint for problem in problems)
    said = [problem.rule for problem in problems if isinstance(problem, RuleError)]
    assert said == ["a", "a", "b", "c", "d", "not a name", "e", "f", "f", "f", "g"]
