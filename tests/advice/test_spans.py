"""Which days a rule looks at."""

from __future__ import annotations

from datetime import date

import pandas as pd

from bot.advice.evaluate.campaign_features import Facts
from bot.advice.evaluate.rule_days import Spans
from bot.advice.rules.rulebook import Rulebook
from bot.numbers.input.normalise import normalise
from bot.numbers.input.revisions import campaigns_of
from bot.numbers.input.windows import Window
from bot.numbers.plan import Plan, PlanEntry
from tests.advice.conftest import Campaign


def test_before_ends_where_now_begins() -> None:
    """A rule's windows follow each other, and days held back move both."""
    now, before = Spans(14, 28, 2).windows(date(2026, 11, 23))
    assert now == Window(date(2026, 11, 7), date(2026, 11, 20))
    assert before == Window(date(2026, 10, 10), date(2026, 11, 6))


def test_what_a_campaign_is_reads_as_the_plan_resolves_it(
    campaign: Campaign, rulebook: Rulebook, morning: date
) -> None:
    """A morning describes campaigns in its own way, quickly, and comes to what the plan says."""
    rows = [campaign("Shoes Prospecting"), campaign("Brand", channel="meta_ads", stage=None)]
    numbers = pd.concat(rows, ignore_index=True)
    plan = Plan(
        entries=(PlanEntry("brand", target={"cpa": 90.0}, monthly_budget=5_000, client="Acme"),),
        currency="NOK",
    )
    facts = Facts.of(numbers, morning, rulebook, plan)
    resolved = plan.resolve(campaigns_of(normalise(numbers)), morning).astype(object)
    assert set(resolved) <= set(facts.about)
    for column in resolved:
        words = [None if word != word else word for word in resolved[column]]  # noqa: PLR0124
        assert facts.said(column) == words == facts.about[column].tolist(), column
