"""What campaigns share is counted over all of them, as the plan groups them, and said of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.evaluate.campaign_features import Facts
from bot.advice.evaluate.cohorts import SHARED, WHOLES, Wholes
from bot.advice.rules.rulebook import Rulebook
from bot.numbers.forecast.pace import PACE
from bot.numbers.plan import Plan, PlanEntry
from bot.numbers.signals.signs import FUNNEL

Campaign = Callable[..., pd.DataFrame]
MONTH = 60_000.0
PLAN = Plan(
    (
        PlanEntry("Brand*", demand="captured"),
        PlanEntry("Shop*", monthly_budget=MONTH),
        PlanEntry("Other*", client="other"),
    )
)


@pytest.fixture(scope="session")
def wholes(rulebook: Rulebook, morning: date) -> Callable[..., tuple[Facts, Wholes]]:
    def of(rows: list[pd.DataFrame], plan: Plan = PLAN, on: date = morning) -> tuple[Facts, Wholes]:
        facts = Facts.of(pd.concat(rows, ignore_index=True), on, rulebook, plan)
        return facts, facts.wholes

    return of


def told(facts: Facts, whole: Wholes, name: str) -> dict[str, float]:
    """A column by campaign, without those it says nothing of."""
    columns = zip(facts.ids, whole.column(name).tolist(), strict=True)
    return {id_: value for id_, value in columns if not np.isnan(value)}


def test_every_name_has_a_column_of_every_campaign(wholes, campaign):
    """All of the paces and all of the funnel, each with one value a campaign."""
    facts, whole = wholes([campaign("Shop a"), campaign("Reach", stage="reach", pricing="CPM")])
    assert set(WHOLES) == {*PACE, *FUNNEL}
    assert {whole.column(name).shape for name in WHOLES} == {(facts.size,)}


def test_the_budget_of_an_entry_is_spent_by_all_that_fit_it(wholes, campaign):
    """Two shops of 900 a day share one budget: 22 days of November, said of both alike."""
    facts, whole = wholes([campaign("Shop a"), campaign("Shop b"), campaign("Brand")])
    spent = 2 * 900.0 * 22
    assert told(facts, whole, "pace_spent") == {"shop a": spent, "shop b": spent}
    assert told(facts, whole, "pace") == pytest.approx(
        {"shop a": spent / MONTH, "shop b": spent / MONTH}
    )


def test_without_a_budget_nothing_is_paced(wholes, campaign):
    """What the plan gives no money is not behind or ahead of it."""
    facts, whole = wholes([campaign("Shop a")], Plan())
    assert all(told(facts, whole, name) == {} for name in PACE)


def test_captured_demand_is_told_by_the_plan(wholes, campaign):
    """The share of reach is said of what the plan calls captured, and of nothing else."""
    rows = [campaign("Brand"), campaign("Shop a"), campaign("Reach", stage="reach", pricing="CPM")]
    facts, whole = wholes(rows)
    assert told(facts, whole, "reach_share") == {"brand": pytest.approx(1 / 3)}
    assert set(told(facts, whole, "stage_spend")) == {"shop a"}
    facts, whole = wholes(rows, Plan())
    assert told(facts, whole, "reach_share") == {}
    assert set(told(facts, whole, "stage_spend")) == {"brand", "shop a"}


def test_another_clients_money_is_another_whole(wholes, campaign):
    """Reach bought for one client feeds no other's brand."""
    rows = [campaign("Brand"), campaign("Other reach", stage="reach", pricing="CPM")]
    facts, whole = wholes(rows)
    assert told(facts, whole, "reach_share") == {}
    both = Plan((PlanEntry("Brand*", demand="captured"),))
    facts, whole = wholes(rows, both)
    assert told(facts, whole, "reach_share") == {"brand": pytest.approx(0.5)}


def test_what_campaigns_share_is_known_of_each(wholes, campaign):
    """Every column a rule's `together` groups by is one the facts can tell."""
    names = ("Shop a", "Shop b", "Brand", "Other c")
    facts, _ = wholes([campaign(name) for name in names])
    groups = {
        together: len(
            {tuple(facts.said(name)[row] for name in shared) for row in range(facts.size)}
        )
        for together, shared in SHARED.items()
    }
    assert groups == {True: 1, "everywhere": 1, "budget": 3, "client": 2}


def test_a_morning_reads_nothing_of_its_own_day_or_later(wholes, campaign, morning):
    """The same morning with days to come added is the same whole."""
    earlier = date(2026, 11, 10)
    rows = [campaign("Shop a"), campaign("Brand"), campaign("Reach", stage="reach")]
    known = [frame[frame["date"] < pd.Timestamp(earlier)] for frame in rows]
    (_, later), (_, then) = wholes(rows, on=earlier), wholes(known, on=earlier)
    for name in WHOLES:
        assert later.column(name).tolist() == pytest.approx(then.column(name).tolist(), nan_ok=True)
    _, now = wholes(rows)
    assert now.column("pace_gone").tolist() != later.column("pace_gone").tolist()


@given(budgets=st.lists(st.sampled_from([50.0, 400.0, 1000.0]), min_size=1, max_size=4))
def test_a_whole_is_the_sum_of_its_parts(wholes, campaign, budgets):
    """However an entry's money is split over campaigns, each is told the same sum."""
    rows = [campaign(f"Shop {at}", budget=budget) for at, budget in enumerate(budgets)]
    facts, whole = wholes(rows)
    spent = told(facts, whole, "pace_spent")
    assert len(spent) == len(budgets)
    assert list(spent.values()) == pytest.approx([sum(budgets) * 0.9 * 22] * len(budgets))
