"""What people answered and what a shift has set holds advice back: so long, and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from bot.advice import Advised, Memory, Plan, advise
from bot.advice.rules.rulebook import Rulebook
from bot.domain.advice import Answer
from bot.numbers.plan import PlanEntry

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
