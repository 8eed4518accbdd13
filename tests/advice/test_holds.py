"""What people answered and what a shift has set holds advice back: so long, and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from bot.advice import Advised, Memory, Plan, advise
from bot.advice.evaluate.campaign_features import Facts
from bot.advice.guards.far_targets import far_target, off_target
from bot.advice.rules.rulebook import MONEY_ACTIONS, Rulebook
from bot.domain.advice import Answer
from bot.numbers.plan import PlanEntry
from bot.numbers.targets import far_off

Rows = pd.DataFrame
Campaign = Callable[..., Rows]
PLAN = Plan((PlanEntry("*", target=100.0),))


@pytest.fixture
def dear(campaign: Campaign) -> Rows:
    """A campaign that pays two and a half times its target."""
    return campaign("Generic", days=90, budget=2_000.0, rate=0.02)


@pytest.fixture
def decide(rulebook: Rulebook, morning: date) -> Callable[..., Advised]:
    def decided(numbers: Rows, memory: Memory, on: date = morning) -> Advised:
        return advise(numbers, on, rulebook, PLAN, memory)

    return decided


@pytest.mark.parametrize("verb", ["dismiss", "snooze", "progress", "acknowledge"])
def test_an_answer_about_one_rule_silences_no_other(
    dear: Rows, decide: Callable[..., Advised], morning: date, verb: str
) -> None:
    """An answer about one rule silences no other rule on that campaign."""
    (cut,) = decide(dear, Memory()).advice
    until = morning + timedelta(3) if verb == "snooze" else None
    answer = Answer("a1", "always-tracking-loss", cut.campaign_ids, verb, morning, until)
    found = decide(dear, Memory(answers=(answer,)))
    assert [advice.rule for advice in found.advice] == [cut.rule]
    own = decide(dear, Memory(answers=(replace(answer, rule=cut.rule),)))
    assert own.advice == ()


@pytest.fixture
def shifted_memory(rulebook: Rulebook, campaign: Campaign, morning: date) -> tuple[Rows, Memory]:
    """Five campaigns whose budgets a test of 42 days and one of waiting has set 50 days ago."""
    on = morning - timedelta(50)
    rates = (0.02, 0.03, 0.05, 0.08, 0.12)
    numbers = pd.concat([
        campaign(f"C{place}", days=110, budget=1_000.0 + 100 * place, used=0.95, rate=rate)
        for place, rate in enumerate(rates)
    ])  # fmt: skip
    ((key, shift),) = advise(numbers, on, rulebook, Plan()).memory.shifts.items()
    for campaign_id, budget in shift.after.items():
        later = (numbers["campaign_id"] == campaign_id) & (numbers["date"] >= pd.Timestamp(on))
        numbers.loc[later, "spend"] *= budget / shift.before[campaign_id]
        numbers.loc[later, "daily_budget"] = budget
    return numbers, Memory(shifts={key: replace(shift, days=42, wait=1)})


@pytest.mark.parametrize(("days", "is_held"), [(27, True), (30, True), (42, True), (43, False)])
def test_a_long_trial_is_protected_for_its_own_length(
    shifted_memory: tuple[Rows, Memory],
    decide: Callable[..., Advised],
    morning: date,
    days: int,
    *,
    is_held: bool,
) -> None:
    """A trial longer than 28 days is protected for its own length, and not a day longer."""
    numbers, memory = shifted_memory
    ((_, campaign_ids),) = memory.shifts
    found = decide(numbers, memory, morning - timedelta(50) + timedelta(days))
    shifted = {held.campaign_id for held in found.held_back if held.guard == "shifted"}
    assert shifted <= set(campaign_ids)
    assert ("c0" in shifted) == is_held


def test_a_shift_without_a_test_is_protected_for_four_weeks(
    shifted_memory: tuple[Rows, Memory], decide: Callable[..., Advised], morning: date
) -> None:
    """A shift that is no test protects what it has set for 28 days."""
    numbers, memory = shifted_memory
    ((key, shift),) = memory.shifts.items()
    plain = Memory(shifts={key: replace(shift, days=None, wait=0)})
    began = morning - timedelta(50)
    guards = [
        {held.guard for held in decide(numbers, plain, began + timedelta(days)).held_back}
        for days in (27, 28)
    ]
    assert ["shifted" in names for names in guards] == [True, False]


@pytest.mark.parametrize(("target", "doubted"), [(2.0, True), (9000.0, True), (60.0, False)])
def test_a_target_far_off_what_results_cost_moves_no_money(
    rulebook: Rulebook, campaign: Campaign, morning: date, target: float, doubted: bool
) -> None:
    """Forty times off, or what a click costs: budgets wait until somebody says what was meant."""
    rates = (0.02, 0.03, 0.08, 0.12)  # 250 to 42 a sale, 5 a click
    numbers = pd.concat([
        campaign(f"C{place}", days=90, budget=1_000.0, used=0.99, rate=rate)
        for place, rate in enumerate(rates)
    ])  # fmt: skip
    found = advise(numbers, morning, rulebook, Plan((PlanEntry("*", target=target),)))
    moves = [piece for piece in found.advice if piece.action in MONEY_ACTIONS]
    held = [one for one in found.held_back if one.guard == "far_target"]
    assert bool(held) == doubted
    assert bool(moves) != doubted
    assert all(set(one.numbers) == {"target_price", "actual_price", "metric"} for one in held)


def test_money_given_back_moves_none(dear: Rows, decide: Callable[..., Advised]) -> None:
    """What results cost is not known while a credit is part of it."""
    credited = dear.copy()
    credited.loc[credited.index[-3], "spend"] = -9_000.0
    guards = {one.guard for one in decide(credited, Memory()).held_back}
    assert "credited" in guards
    assert not [piece for piece in decide(credited, Memory()).advice
                if piece.action in MONEY_ACTIONS]  # fmt: skip


def test_only_campaigns_whose_target_cannot_be_far_off_are_passed_over(
    dear: Rows, campaign: Campaign, rulebook: Rulebook, morning: date
) -> None:
    """Whoever is not looked at one by one has a target that would have been believed."""
    none = campaign("Nothing", rate=0.0)
    numbers = pd.concat([dear, none, campaign("Search", rate=0.04)], ignore_index=True)
    far, passed_over = 0, 0
    for target in (1.0, 12.0, 60.0, 100.0, 340.0, 900.0, 5_000.0):
        plan = Plan(entries=(PlanEntry("*", target={"cpa": target}),))
        facts = Facts.of(numbers, morning, rulebook, plan)
        off = [bool(far_target(facts, "cpa", row)) for row in range(facts.size)]
        looked_at = off_target(facts, "cpa")
        assert all(looked for looked, is_off in zip(looked_at, off, strict=True) if is_off)
        far, passed_over = far + sum(off), passed_over + looked_at.count(False)
    assert far > 4
    assert passed_over > 4


@pytest.mark.parametrize(
    ("target", "actual", "asked"),
    [(100.0, 17.66, False), (100.0, 620.0, False), (100.0, 1_400.0, True)],
)
def test_a_price_of_showings_near_the_target_makes_it_no_doubtful_one(target, actual, asked):
    """A hundred kroner for 1,000 showings is usual; five times off is a good or poor campaign."""
    assert bool(far_off(target, actual, {"cpm": 101.0, "cpc": 3.2})) is asked
    assert far_off(target, 8_400.0, {"cpm": 101.0}, nothing=True) is None
    clicks = far_off(4.0, actual, {"cpc": 3.2})
    assert clicks is not None
    assert clicks.meant == "cpc"
