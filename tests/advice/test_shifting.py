"""Shifts: tests where nobody saw budgets answer, steady while open, neutral, read when over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from bot.advice import Advised, Memory, Plan, advise
from bot.advice.rules.condition import parse_line
from bot.advice.rules.rulebook import Rulebook
from bot.advice.shifting import alike
from bot.domain.advice import Advice, Shift
from bot.domain.money import to_minor
from bot.numbers.plan import PlanEntry

Rows = pd.DataFrame
Make = Callable[..., Rows]
SPREAD = (0.02, 0.03, 0.05, 0.08, 0.12)
"""Sales a click of five campaigns: their averages differ sixfold."""


@pytest.fixture
def market(campaign: Make) -> Rows:
    rows = [
        campaign(f"C{n}", days=80, budget=1_000.0 + 100 * n, used=0.95, rate=rate, seed=n)
        for n, rate in enumerate(SPREAD)
    ]
    return pd.concat(rows, ignore_index=True)


@pytest.fixture
def decide(rulebook: Rulebook, morning: date) -> Callable[..., Advised]:
    def decided(numbers: Rows, on: date = morning, **more: object) -> Advised:
        return advise(numbers, on, rulebook, Plan(), **more)  # type: ignore[arg-type]

    return decided


def followed(numbers: Rows, budgets: dict[str, float], since: date, gains: float) -> Rows:
    """From a day on the budgets are these, and results follow spend to the power `gains`."""
    rows = numbers.copy()
    for id_, budget in budgets.items():
        later = (rows["campaign_id"] == id_) & (rows["date"] >= pd.Timestamp(since))
        ratio = budget / rows.loc[later, "daily_budget"]
        rows.loc[later, "spend"] *= ratio
        for column in ("impressions", "clicks", "conversions"):
            rows.loc[later, column] *= ratio**gains
        rows.loc[later, "daily_budget"] = budget
    return rows


def test_where_nobody_saw_budgets_answer_a_test_is_proposed(market: Rows, decide: Make) -> None:
    """Averages alone do not move money: it is tried, dated, bounded, and can be taken back."""
    (test,) = [one for one in decide(market).advice if one.action == "shift_budget"]
    assert test.rule == "convert-test-shift"
    terms = test.numbers["shift"]
    assert terms["days"] % 7 == 0
    assert 1 < terms["decides"] < terms["expected"]
    assert terms["before"] == test.budgets_before
    for id_, budget in test.budgets.items():
        assert abs(budget / test.budgets_before[id_] - 1) <= 0.201
    assert {*test.numbers["givers"], *test.numbers["takers"]} == set(test.campaign_ids)


def test_several_give_and_receive_and_the_total_stays(market: Rows, decide: Make) -> None:
    """Neutral to the smallest unit over all its campaigns."""
    (test,) = [one for one in decide(market).advice if one.action == "shift_budget"]
    assert len(test.campaign_ids) > 2
    sums = [
        sum(to_minor(budget, "NOK") for budget in side.values())
        for side in (test.budgets, test.budgets_before)
    ]
    assert sums[0] == sums[1]
    takes = sum(max(test.budgets[i] - test.budgets_before[i], 0) for i in test.budgets)
    assert test.numbers["move"] == pytest.approx(takes)


def test_an_open_shift_stays_as_it_is(market: Rows, decide: Make, morning: date) -> None:
    """The same id and the same amounts the next mornings, while nobody has answered."""
    on = morning - timedelta(4)  # a Thursday
    memory, said = None, set()
    for _ in range(4):
        found = decide(market, on) if memory is None else decide(market, on, memory=memory)
        memory, on = found.memory, on + timedelta(1)
        said |= {
            (one.id, tuple(one.budgets.items()))
            for one in found.advice
            if one.action == "shift_budget"
        }
    assert len(said) == 1


@pytest.mark.parametrize(("gains", "worked"), [(0.9, True), (0.0, False)])
def test_a_test_is_read_when_its_days_are_over(
    market: Rows, decide: Make, morning: date, *, gains: float, worked: bool
) -> None:
    """What more money brought decides: it worked, or it showed nothing."""
    on = morning - timedelta(50)
    first = decide(market, on)
    (test,) = [one for one in first.advice if one.action == "shift_budget"]
    rows = followed(market, dict(test.budgets), on, gains)
    days = test.numbers["shift"]["days"]
    early = decide(rows, on + timedelta(days - 2), memory=first.memory)
    assert [one.running for one in early.tests] == [True]
    (read,) = decide(rows, on + timedelta(days + 1), memory=first.memory).tests
    assert (read.started, read.running) == (on, False)
    assert read.worked is worked
    assert read.low < read.ratio < read.high


def test_a_test_taken_on_in_part_is_read_by_what_it_can_show(
    market: Rows, decide: Callable[..., Advised], morning: date
) -> None:
    """Half the move need not bring what all of it should have."""
    on = morning - timedelta(30)
    first = decide(market, on)
    budgets, memory = taken(first, 0.5)
    ((whole,), (half,)) = (one.shifts.values() for one in (first.memory, memory))
    assert 1 < half.decides < whole.decides  # type: ignore[operator]
    assert half.expected**2 == pytest.approx(whole.expected, rel=0.03)  # type: ignore[operator]
    rows = followed(market, budgets, on, gains=0.9)
    (read,) = decide(rows, on + timedelta(whole.days + 1), memory=memory).tests  # type: ignore[operator]
    assert (read.started, read.worked) == (on, True)


def test_a_test_nobody_started_is_not_read(market: Rows, decide: Make, morning: date) -> None:
    """Budgets stayed as they were: there is nothing to tell."""
    first = decide(market, morning - timedelta(30))
    assert decide(market, memory=first.memory).tests == ()


def taken(found: Advised, part: float) -> tuple[dict[str, float], Memory]:
    """The budgets of the morning's shift taken on in part, and the memory of that."""
    ((key, shift),) = found.memory.shifts.items()
    budgets = {
        id_: round(was + part * (shift.after[id_] - was), 2) for id_, was in shift.before.items()
    }
    return budgets, replace(found.memory, shifts={key: shift.taken(budgets)})


@pytest.mark.parametrize("part", [1.0, 0.5, 0.25])
def test_what_a_shift_has_set_is_not_taken_back_by_halves(
    market: Rows, decide: Callable[..., Advised], morning: date, part: float
) -> None:
    """No cut and no raise of a budget that a shift has set, also where it was taken on in part."""
    on = morning - timedelta(9)
    first = decide(market, on)
    (test,) = [one for one in first.advice if one.action == "shift_budget"]
    budgets, memory = taken(first, part)
    rows = followed(market, budgets, on, gains=-3.0 / part)
    found = decide(rows, on + timedelta(4), memory=memory)
    alone = {"cut_budget", "raise_budget"}
    moved = {id_ for one in found.advice if one.action in alone for id_ in one.campaign_ids}
    assert not moved & set(test.campaign_ids)


def test_what_was_learned_is_carried(market: Rows, decide: Make) -> None:
    """Memory brings what earlier days taught, and the same advice comes with or without it."""
    found = decide(market)
    assert found.memory.learned is not None
    assert set(found.memory.learned.states) == {f"google_ads|a1|c{n}" for n in range(5)}
    again = decide(market, memory=replace(found.memory, opened={}, shifts={}))
    assert [one.budgets for one in again.advice] == [one.budgets for one in found.advice]


def test_a_shared_budget_moves_for_nobody(market: Rows, decide: Make, rulebook: Rulebook) -> None:
    """Campaigns paid from one budget of the platform are left alone; a lone one is not."""
    (test,) = [one for one in decide(market).advice if one.action == "shift_budget"]
    giver, taker = test.campaign_ids[0], test.campaign_ids[-1]
    shared = [PlanEntry(name, shared_budget="Search") for name in (giver, taker)]
    morning = date(2026, 11, 23)
    found = advise(market, morning, rulebook, Plan(tuple(shared)))
    held = {one.campaign_id: one for one in found.held_back if one.guard == "shared_budget"}
    assert set(held) == {giver, taker}
    assert held[giver].numbers == {"shared_budget": "Search", "shared_with": [taker]}
    assert not {giver, taker} & {id_ for one in found.advice for id_ in one.budgets}
    alone = advise(market, morning, rulebook, Plan(tuple(shared[:1])))
    assert [one for one in alone.advice if one.action == "shift_budget"] == [test]


def test_money_rests_after_results_were_lost(market: Rows, decide: Make, morning: date) -> None:
    """An outage that ended two days ago: its campaign neither gives nor receives for a week."""
    (test,) = [one for one in decide(market).advice if one.action == "shift_budget"]
    taker, ends = test.campaign_ids[-1], pd.Timestamp(morning - timedelta(3))
    lost = (market["campaign_id"] == taker) & market["date"].between(
        ends - pd.Timedelta(days=7), ends
    )
    broken = market.assign(conversions=market["conversions"].mask(lost, 0.0))
    found = decide(broken)
    assert not any(taker in one.budgets for one in found.advice)
    held = [one for one in found.held_back if one.campaign_id == taker]
    numbers = {one.guard: one.numbers for one in held}
    assert numbers["recovering"] == {"clean_days": 2.0, "recovery_days": 7.0}


def test_the_rule_of_most_campaigns_speaks_for_a_pool(
    market: Rows, rulebook: Rulebook, morning: date
) -> None:
    """With two rules in one pool the one that leaves most campaigns free speaks, and alone."""
    test = next(rule for rule in rulebook.rules if rule.id == "convert-test-shift")
    middle = (parse_line("spend.now > 14000"), parse_line("spend.now < 16500"))
    narrow = replace(test, id="narrow", when=(*test.when, *middle))  # c1 and c2, of five
    (shift,) = advise(market, morning, replace(rulebook, rules=(narrow, test)), Plan()).advice
    assert shift.rule == "convert-test-shift"
    assert set(shift.campaign_ids) <= {"c0", "c3", "c4"}
    wide = replace(narrow, when=(*test.when, middle[0]))  # all but c0
    (shift,) = advise(market, morning, replace(rulebook, rules=(wide, test)), Plan()).advice
    assert shift.rule == "narrow"
    assert "c0" not in shift.campaign_ids


def test_a_campaign_in_another_pool_ends_the_shift(
    market: Rows, decide: Callable[..., Advised], morning: date
) -> None:
    """A campaign that changed pool ends its kept shift: money moves within one pool only."""
    on = morning - timedelta(4)  # a Thursday: the plan holds until Sunday
    first = decide(market, on)
    (shift,) = first.advice
    left = shift.campaign_ids[-1]
    market["measured_by"] = market["campaign_id"].eq(left).map({True: "GA4", False: None})
    found = decide(market, on + timedelta(1), memory=first.memory)
    assert shift.id not in {advice.id for advice in found.advice}
    assert not any(left in advice.budgets for advice in found.advice)


def test_where_the_plan_says_what_money_must_bring_value_counts(
    campaign: Make, rulebook: Rulebook, morning: date
) -> None:
    """Four sales of 50 are worth less than one of 1,000: money goes to the value (cause 7)."""
    order = {"small": 50.0, "large": 1_000.0, "usual": 250.0}
    rates = {"small": 0.12, "large": 0.03, "usual": 0.06}
    rows = [
        campaign(name, stage="engage", budget=1_000.0, used=0.98, rate=rates[name], seed=place,
                 revenue=lambda day, name=name: day.conversions * order[name])
        for place, name in enumerate(order)
    ]  # fmt: skip
    numbers, aim = pd.concat(rows, ignore_index=True), {"roas": 3.0}
    (by_value,) = _plans(advise(numbers, morning, rulebook, Plan((PlanEntry("*", target=aim),))))
    assert "small" in by_value.numbers["givers"]
    assert by_value.numbers["takers"][0] == "large"
    (by_number,) = _plans(advise(numbers, morning, rulebook, Plan()))
    assert by_number.numbers["takers"][0] == "small"
    assert "large" in by_number.numbers["givers"]


def _plans(found: Advised) -> list[Advice]:
    return [one for one in found.advice if one.action == "shift_budget"]


def test_one_plan_a_pool_and_half_week_whatever_was_answered(
    market: Rows, decide: Make, morning: date
) -> None:
    """What was planned on Thursday and set aside is not planned anew before Monday."""
    thursday = decide(market, morning - timedelta(4))
    (plan,) = _plans(thursday)
    memory = replace(thursday.memory, opened={})
    assert _plans(decide(market, morning - timedelta(3), memory=memory)) == []
    (monday,) = _plans(decide(market, morning, memory=memory))
    assert monday.id != plan.id


def test_a_plan_nobody_answers_is_one_plan_brought_up_to_date(
    market: Rows, decide: Make, morning: date
) -> None:
    """Unanswered it keeps its id over half weeks, with newer numbers, while it says the same."""
    start = morning - timedelta(24)
    plans, memory = dict[date, Advice](), Memory()
    for day in range(25):
        found = decide(market, start + timedelta(day), memory=memory)
        memory = found.memory
        plans |= {start + timedelta(day): plan for plan in _plans(found)}
    assert len(plans) > 14
    assert len({plan.id for plan in plans.values()}) <= 2
    mornings = {plan.numbers["shift"]["on"] for plan in plans.values()}
    assert len(mornings) > 2 * len({plan.id for plan in plans.values()})
    assert {plan.opened_on for plan in plans.values()} == {
        plan.opened_on for plan in plans.values() if plan.numbers["shift"].get("first") is None
    }


def test_an_answered_plan_is_followed_by_a_new_one(
    market: Rows, decide: Make, morning: date
) -> None:
    """Once somebody answered, or after four weeks without, the next half week's plan is news."""
    first = decide(market, morning - timedelta(7))
    ((key, shift),) = first.memory.shifts.items()
    answered = replace(first.memory, opened={})
    long_ago = replace(first.memory, shifts={key: replace(shift, first=morning - timedelta(28))})
    for memory, same in ((first.memory, True), (answered, False), (long_ago, False)):
        (plan,) = _plans(decide(market, morning, memory=memory))
        assert (plan.id == _plans(first)[0].id) is same


@pytest.mark.parametrize(
    ("after", "same"),
    [
        ({"a": 90.0, "b": 110.0}, True),
        ({"a": 94.0, "b": 106.0}, True),
        ({"a": 96.0, "b": 104.0}, False),
        ({"a": 110.0, "b": 90.0}, False),
        ({"a": 90.0, "c": 110.0}, True),
        ({"c": 90.0, "d": 110.0}, False),
    ],
)
def test_what_makes_two_plans_one(after: dict[str, float], *, same: bool) -> None:
    """Nobody turns round, and at least half of the money moves alike."""
    one = Shift(date(2026, 11, 2), {"a": 100.0, "b": 100.0}, {"a": 90.0, "b": 110.0})
    other = Shift(date(2026, 11, 5), dict.fromkeys(after, 100.0), after)
    assert alike(one, other) is alike(other, one) is same
