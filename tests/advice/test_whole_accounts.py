"""What holds of a whole account is said once, of the account; of one campaign, of that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from bot.advice import Plan, advise
from bot.advice.rules.rulebook import Rulebook
from bot.domain.advice import Advice
from bot.numbers.plan import PlanEntry

Make = Callable[..., pd.DataFrame]
STOPPED = dict.fromkeys(("spend", "impressions", "clicks", "conversions"), 0.0)
FAULTS = [
    pytest.param(STOPPED, "always-delivery-stop", id="no longer shown"),
    pytest.param({"conversions": "x6"}, "always-new-level", id="another definition"),
    pytest.param(
        dict.fromkeys(("spend", "impressions", "clicks"), "x4"), "always-spend-spike", id="dear day"
    ),
]


@pytest.fixture
def spoken(rulebook: Rulebook, morning: date) -> Callable[..., tuple[Advice, ...]]:
    return lambda *rows: advise(pd.concat(rows, ignore_index=True), morning, rulebook).advice


@pytest.mark.parametrize(("change", "rule"), FAULTS)
@pytest.mark.parametrize("account", [2, 5])
def test_a_fault_of_a_whole_account_is_one_piece_of_advice(
    change: dict, rule: str, account: int, campaign: Make, lately: Make, spoken: Callable
) -> None:
    """All campaigns of an account at once: one card, named by the account."""
    days = 1 if rule == "always-spend-spike" else 3
    days = 9 if rule == "always-new-level" else days
    rows = [lately(campaign(name, seed=n), days, **change) for n, name in enumerate("ABCDE")]
    found = [one for one in spoken(*rows[:account]) if one.rule == rule]
    assert [len(one.campaign_ids) for one in found] == [account]
    assert found[0].numbers["everywhere"]


@pytest.mark.parametrize(("change", "rule"), FAULTS)
def test_a_fault_of_one_campaign_is_its_own(
    change: dict, rule: str, campaign: Make, lately: Make, spoken: Callable
) -> None:
    """Two of five are two cards: the account goes on."""
    days = 9 if rule == "always-new-level" else 1
    rows = [
        lately(campaign(name, seed=n), days, **change) if name in "AB" else campaign(name, seed=n)
        for n, name in enumerate("ABCDE")
    ]
    found = [one for one in spoken(*rows) if one.rule == rule]
    assert sorted(one.campaign_ids for one in found) == [("a",), ("b",)]


def test_results_lost_everywhere_say_since_when_and_how_much_is_left(
    campaign: Make, lately: Make, spoken: Callable
) -> None:
    """A consent banner that takes two of three results, six days ago."""
    rows = [lately(campaign(name, seed=n), 6, conversions="x0.33") for n, name in enumerate("ABC")]
    (told,) = [one for one in spoken(*rows) if one.rule == "always-account-outage"]
    evidence = told.evidence[told.campaign_ids[0]]
    assert evidence["account_days.now"] == pytest.approx(6, abs=1)
    assert evidence["account_left.now"] == pytest.approx(0.33, abs=0.1)


CELL = PlanEntry("*", stage="convert", pricing_model="CPA", target=300.0)


@pytest.mark.parametrize("campaigns", ["AB", "ABCD"])
def test_an_account_that_never_counted_anything_is_asked_about_its_tracking(
    campaigns: str, campaign: Make, lately: Make, rulebook: Rulebook, morning: date
) -> None:
    """Zeros from the first day on: one question, and nothing is cut by price."""
    rows = [lately(campaign(name, seed=n), 500, conversions=0.0, revenue=0.0, leads=0.0)
            for n, name in enumerate(campaigns)]  # fmt: skip
    found = advise(pd.concat(rows, ignore_index=True), morning, rulebook, Plan((CELL,))).advice
    assert [(one.rule, len(one.campaign_ids)) for one in found] == [
        ("convert-never-counted", len(campaigns))
    ]


def test_a_campaign_without_sales_beside_one_that_sells_is_judged(
    campaign: Make, lately: Make, rulebook: Rulebook, morning: date
) -> None:
    """The account counts: then nothing sold is nothing sold."""
    rows = [lately(campaign("A"), 500, conversions=0.0), campaign("B", seed=1)]
    found = advise(pd.concat(rows, ignore_index=True), morning, rulebook, Plan((CELL,))).advice
    assert "convert-never-counted" not in {one.rule for one in found}
