"""The decision of a morning: pure, the same every time, and every number can be checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.advice import Advised, Memory, Plan, advise
from bot.advice.rules.condition import parse_line, truth
from bot.advice.rules.rulebook import MONEY_ACTIONS, Rulebook
from bot.domain.advice import Answer, to_json
from bot.domain.money import to_minor
from bot.numbers.plan import Override, PlanEntry

Rows = pd.DataFrame
Make = Callable[..., Rows]
PLAN = Plan((PlanEntry("*", target=100.0),))


@pytest.fixture
def market(campaign: Make) -> Rows:
    """Generic pays twice its target; Shopping half of it and is out of budget."""
    dear = campaign("Generic", budget=2_100.0, rate=0.025, seed=1)
    cheap = campaign("Shopping", budget=1_200.0, used=1.0, rate=0.1, seed=2)
    return pd.concat([dear, cheap], ignore_index=True)


@pytest.fixture
def decide(rulebook: Rulebook, morning: date) -> Callable[..., Advised]:
    def decided(numbers: Rows, plan: Plan = PLAN, on: date = morning, **more: object) -> Advised:
        return advise(numbers, on, rulebook, plan, **more)  # type: ignore[arg-type]

    return decided


def guards(found: Advised, campaign: str, rule: str) -> list[str]:
    return [b.guard for b in found.held_back if (b.campaign_id, b.rule) == (campaign, rule)]


def test_money_goes_from_the_dear_to_the_cheap(market: Rows, decide: Make) -> None:
    """A shift names giver, receiver, amount, effect and both budgets, and the total stays."""
    (shift,) = decide(market).advice
    assert shift.rule == "convert-test-shift"
    assert shift.campaign_ids == ("generic", "shopping")
    assert shift.budgets == {"generic": 1_860.0, "shopping": 1_440.0}
    assert shift.budgets_before == {"generic": 2_100.0, "shopping": 1_200.0}
    assert shift.numbers["move"] == 240.0
    assert shift.numbers["to"] == {"name": "Shopping", "campaign_id": "shopping"}
    assert shift.numbers["effect"]["low"] < shift.numbers["effect"]["mean"]
    assert shift.confidence is not None
    assert shift.confidence > 0.8
    worth, effect = shift.numbers["worth"], shift.numbers["effect"]
    for stake, end in zip(
        (shift.money_at_stake, shift.stake_low, shift.stake_high),
        ("mean", "low", "high"),
        strict=True,
    ):
        assert float(stake) == pytest.approx(max(worth * effect[end], 0), abs=0.01)
    assert shift.numbers["shift"]["days"] >= 7


def test_the_same_numbers_in_any_order_give_the_same_bytes(market: Rows, decide: Make) -> None:
    """Deterministic, and the order of rows does not matter."""
    first, second = decide(market), decide(market.sample(frac=1, random_state=3))
    texts = [json.dumps(to_json(x, date(2026, 11, 23)), sort_keys=True) for x in (first, second)]
    assert texts[0] == texts[1]
    assert first == second


def test_nothing_of_today_or_later_is_read(market: Rows, decide: Make, morning: date) -> None:
    """Rows of the morning itself, of the future, or pulled later change nothing."""
    future = market.assign(date=market["date"] + pd.Timedelta(days=70), spend=9e9, conversions=0.0)
    later = market.assign(conversions=0.0, pulled_on=pd.Timestamp(morning + timedelta(1)))
    first = market.assign(pulled_on=market["date"] + pd.Timedelta(days=1))
    assert decide(pd.concat([market, future])) == decide(market)
    assert decide(pd.concat([first, later])) == decide(first)


@settings(max_examples=5, deadline=None)
@given(
    seed=st.integers(0, 1_000), rate=st.floats(0.01, 0.2), other=st.sampled_from(["act", "reach"])
)
def test_an_unrelated_campaign_changes_nobodys_facts(
    seed: int, rate: float, other: str, rulebook: Rulebook, campaign: Make, morning: date
) -> None:
    """Another channel, stage and client: the others' evidence stays to the last bit."""
    dear = campaign("Generic", budget=2_100.0, rate=0.025, seed=1)
    cheap = campaign("Shopping", budget=1_200.0, used=1.0, rate=0.1, seed=2)
    market = pd.concat([dear, cheap], ignore_index=True)
    stranger = campaign(
        "Aa", channel="tiktok_ads", stage=other, pricing="CPC", rate=rate, seed=seed
    )
    plan = Plan((PlanEntry("aa", client="Somebody else"), *PLAN.entries))
    alone = advise(market, morning, rulebook, plan)
    together = advise(pd.concat([market, stranger]), morning, rulebook, plan)
    mine = tuple(one for one in together.advice if "aa" not in one.campaign_ids)
    assert mine == alone.advice
    held = tuple(back for back in together.held_back if back.campaign_id != "aa")
    assert held == alone.held_back


def test_every_reason_can_be_recomputed_from_the_evidence(market: Rows, decide: Make) -> None:
    """Each line that holds, held against the advice's own evidence, holds; both sides are given."""
    (shift,) = decide(market).advice
    numbers = {
        k: np.array([np.nan if v is None else v]) for k, v in shift.evidence["generic"].items()
    }
    assert shift.reasons
    for reason in shift.reasons:
        assert truth(parse_line(reason.line), numbers, 1).holds[0]
        assert reason.left is not None
        assert reason.right is not None


def test_the_effect_can_be_recomputed_from_the_evidence(market: Rows, decide: Make) -> None:
    """Its mean is what its campaigns add, each 7 x rate x ((after / before) ^ elasticity - 1)."""
    (shift,) = decide(market).advice
    effect = shift.numbers["effect"]
    assert effect["mean"] == pytest.approx(sum(effect["parts"].values()), abs=1e-6)
    assert effect["low"] < effect["mean"] < effect["high"]
    for id_, part in effect["parts"].items():
        told = shift.evidence[id_]
        grown = (shift.budgets[id_] / shift.budgets_before[id_]) ** told["elasticity.now"]
        assert part == pytest.approx(7 * told["result_rate.now"] * (grown - 1), rel=0.1)
        cost = told["usual_spend.now"] / (told["elasticity.now"] * told["result_rate.now"])
        assert told["next_cost.now"] == pytest.approx(cost)
        assert told["marginal.now"] == pytest.approx(told["next_cost_pool.now"] / cost)


def test_every_name_in_a_message_is_in_the_evidence(
    market: Rows, decide: Make, rulebook: Rulebook
) -> None:
    """What the message says of giver and receiver is there to be checked."""
    (shift,) = decide(market).advice
    rule = rulebook.rule(shift.rule)
    assert set(rule.says) <= set(shift.evidence["generic"])
    assert set(rule.says_to) <= set(shift.evidence["shopping"])


def test_what_would_change_a_shift_is_the_pools_own_price(market: Rows, decide: Make) -> None:
    """The giver's next result as cheap as the pool's, or the receiver's as dear."""
    (shift,) = decide(market).advice
    for id_, flip, sign in zip(shift.campaign_ids, shift.would_change, "><", strict=True):
        told = shift.evidence[id_]
        assert flip.line.startswith(f"next_cost.now {sign} ")
        assert (flip.left, flip.right) == (told["next_cost.now"], told["next_cost_pool.now"])


def test_a_shift_without_known_budgets_is_about_and_cannot_be_applied(
    market: Rows, decide: Make
) -> None:
    """Amounts from mean spend are called about; budgets stay empty."""
    unknown = market.assign(
        daily_budget=market["daily_budget"].where(market["campaign_id"] == "shopping")
    )
    (shift,) = decide(unknown).advice
    assert shift.budgets == shift.budgets_before == {}
    assert shift.numbers["about"] is True
    assert shift.numbers["move"] > 0


def test_a_receiver_without_a_known_budget_gets_about_so_much(market: Rows, decide: Make) -> None:
    """Nobody knows whether its budget is used up: the amount comes from mean spend."""
    (shift,) = decide(market.assign(daily_budget=np.nan)).advice
    assert shift.rule == "convert-test-shift"
    assert shift.budgets == {}
    assert shift.numbers["about"] is True


def test_pools_do_not_mix(market: Rows, decide: Make) -> None:
    """Another stage, currency or channel is no receiver; the giver is told why."""
    cheap = market["campaign_id"] == "shopping"
    for column, value in (("currency", "EUR"), ("channel", "meta_ads"), ("stage", "engage")):
        apart = market.assign(**{column: market[column].where(~cheap, value)})
        found = decide(apart)
        assert all(one.action != "shift_budget" for one in found.advice)


def test_one_measurer_joins_channels(market: Rows, decide: Make) -> None:
    """Across platforms a shift needs somebody who measured both."""
    cheap = market["campaign_id"] == "shopping"
    apart = market.assign(channel=market["channel"].where(~cheap, "meta_ads"), measured_by="GA4")
    assert [one.action for one in decide(apart).advice] == ["shift_budget"]


def test_captured_demand_never_receives(market: Rows, decide: Make) -> None:
    """Brand and retargeting give, but do not get on attributed cost."""
    plan = Plan((PlanEntry("shopping", target=100.0, demand="captured"), *PLAN.entries))
    found = decide(market, plan)
    assert all("shopping" not in one.campaign_ids for one in found.advice)
    assert guards(found, "generic", "convert-test-shift") == ["no_pair"]


def test_who_leaves_money_unused_does_not_receive(
    campaign: Make, market: Rows, decide: Make
) -> None:
    """Delivery under 85 % of the budget: no more money there."""
    idle = campaign("Shopping", budget=1_200.0, used=0.7, rate=0.1, seed=2)
    found = decide(pd.concat([market[market["campaign_id"] == "generic"], idle]))
    assert guards(found, "generic", "convert-test-shift") == ["no_pair"]


def test_advice_names_the_guards_it_passed(market: Rows, decide: Make) -> None:
    """Money that moves had a budget of its own, at rest, within a step; other advice says less."""
    found = {one.action: set(one.guards) for one in decide(market).advice}
    own = {"learning", "recovering", "shared_budget", "step"}
    assert all(own <= found[action] for action in found if action in set(MONEY_ACTIONS) - {"pause"})
    assert not any(own & found[action] for action in found if action not in MONEY_ACTIONS)
    assert "shift_budget" in found


def test_a_budget_edit_starts_a_learning_phase(market: Rows, decide: Make, morning: date) -> None:
    """Seven days from an edit, fewer than fifty results: the money stays."""
    recent = pd.Timestamp(morning - timedelta(4))
    edited = (market["campaign_id"] == "generic") & (market["date"] >= recent)
    changed = market.assign(daily_budget=market["daily_budget"].where(~edited, 2_600.0))
    found = decide(changed)
    assert guards(found, "generic", "convert-test-shift") == ["learning"]
    assert all(
        one.action not in MONEY_ACTIONS for one in found.advice if "generic" in one.campaign_ids
    )


def test_a_plans_floor_is_never_taken(market: Rows, decide: Make) -> None:
    """Two thirds of the stage's money belong to Generic by plan."""
    plan = Plan((PlanEntry("generic", target=100.0, floor=0.6), *PLAN.entries))
    (shift,) = decide(market, plan).advice
    assert shift.budgets["generic"] >= 0.6 * 3_300.0
    whole = Plan((PlanEntry("generic", target=100.0, floor=0.63), *PLAN.entries))
    assert all("generic" not in one.budgets for one in decide(market, whole).advice)


def test_it_waits_for_its_mornings(
    campaign: Make, lately: Make, decide: Make, morning: date
) -> None:
    """`for: 2d` is counted on the numbers of earlier mornings, not remembered."""
    club = campaign("Club", stage="engage", pricing="CPA", budget=2_000.0,
                    repeat_conversions=lambda day: day.conversions * 0.6)  # fmt: skip
    rows = lately(club, 24, repeat_conversions="x0.5")
    first = next(
        on
        for on in (morning - timedelta(back) for back in range(20, -1, -1))
        if any(each.rule == "engage-repeat-falling" for each in decide(rows, on=on).advice)
    )
    before = decide(rows, on=first - timedelta(1))
    assert [b.guard for b in before.held_back if b.rule == "engage-repeat-falling"] == ["for"]


def test_an_id_stays_while_the_advice_stays_true(market: Rows, decide: Make, morning: date) -> None:
    """A plan carries its id and first morning until it is answered; then comes the next."""
    thursday = decide(market, on=morning - timedelta(4))
    sunday = decide(market, on=morning - timedelta(1), memory=thursday.memory)
    assert sunday.advice[0].id == thursday.advice[0].id
    assert sunday.advice[0].opened_on == morning - timedelta(4)
    monday = decide(market, memory=sunday.memory)
    assert monday.advice[0].id == thursday.advice[0].id
    assert monday.advice[0].numbers["shift"]["on"] == morning.isoformat()
    later = decide(market, memory=replace(sunday.memory, opened={}))
    assert later.advice[0].id != thursday.advice[0].id
    assert later.advice[0].opened_on == morning


def answered(found: Advised, verb: str, on: date, until: date | None = None) -> Memory:
    one = found.advice[0]
    answer = Answer(one.id, one.rule, one.campaign_ids, verb, on, until)
    return replace(found.memory, answers=(answer,))


def test_an_answer_brings_silence_for_a_while(market: Rows, decide: Make, morning: date) -> None:
    """Cooldown after dismissing; the other rules about that money are silent too if it was done."""
    found = decide(market)
    dismissed = decide(market, memory=answered(found, "dismiss", morning))
    assert guards(dismissed, "generic", "convert-test-shift") == ["cooldown"]
    done = decide(market, memory=answered(found, "acknowledge", morning))
    assert guards(done, "generic", "convert-cut-hard") == ["cooldown"]
    assert done.advice == ()
    later = answered(found, "dismiss", morning - timedelta(7))
    assert decide(market, memory=later).advice != ()


def test_a_snooze_ends_on_its_day(market: Rows, decide: Make, morning: date) -> None:
    """Snoozed until tomorrow: silent today, back tomorrow."""
    found = decide(market)
    asleep = answered(found, "snooze", morning - timedelta(2), until=morning + timedelta(1))
    awake = answered(found, "snooze", morning - timedelta(2), until=morning)
    assert guards(decide(market, memory=asleep), "generic", "convert-test-shift") == ["answered"]
    assert decide(market, memory=awake).advice[0].rule == "convert-test-shift"


def test_an_answer_taken_back_counts_no_more(market: Rows, decide: Make, morning: date) -> None:
    """Undo: it speaks again, under the same id."""
    found = decide(market)
    memory = answered(found, "dismiss", morning)
    undo = replace(memory.answers[0], verb="undo")
    again = decide(market, memory=replace(memory, answers=(*memory.answers, undo)))
    assert again.advice[0].id == found.advice[0].id


def test_a_change_made_outside_counts_as_an_answer(
    market: Rows, decide: Make, morning: date
) -> None:
    """Somebody moved the budget elsewhere: no fight about it."""
    found = decide(market)
    outside = answered(found, "changed_outside", morning - timedelta(1))
    assert guards(decide(market, memory=outside), "generic", "convert-test-shift") == ["cooldown"]


def test_one_piece_of_advice_a_campaign(market: Rows, decide: Make) -> None:
    """No campaign is named twice; what stood back names what was said instead."""
    found = decide(market)
    named = [campaign for one in found.advice for campaign in one.campaign_ids]
    assert len(named) == len(set(named))
    passed_over = [b for b in found.held_back if b.guard == "one_a_day"]
    assert {b.numbers["instead"] for b in passed_over} == {"convert-test-shift"}


def test_a_threshold_changed_in_the_plan_counts(market: Rows, decide: Make) -> None:
    """An override of a cell's number reaches the rules and the evidence."""
    plan = replace(PLAN, overrides=(Override("test_step", 0.1, stage="convert"),))
    (shift,) = decide(market, plan).advice
    assert shift.numbers["move"] == 120.0
    assert shift.budgets_before["shopping"] == 1_200.0


def test_without_a_stage_only_the_checks_speak(market: Rows, decide: Make) -> None:
    """Nobody said what they are for: no stage advice."""
    lost = market.assign(
        stage=None, pricing_model=None, campaign_name=market["campaign_id"].str[:2]
    )
    rules = {one.rule for one in decide(lost).advice}
    assert all(rule.startswith("always-") for rule in rules)


def test_empty_numbers_give_no_advice(decide: Make, market: Rows) -> None:
    """Nothing known yet is no error."""
    assert decide(market[:0]) == Advised()


def test_missing_numbers_never_fire(market: Rows, decide: Make) -> None:
    """Everything missing but spend: no rule speaks."""
    bare = market.assign(impressions=np.nan, clicks=np.nan, conversions=np.nan, daily_budget=np.nan)
    assert decide(bare).advice == ()


def test_json_is_plain(market: Rows, decide: Make, morning: date) -> None:
    """Only what JSON knows, in the promised shape."""
    shape = json.loads(json.dumps(to_json(decide(market), morning), allow_nan=False))
    assert set(shape) == {"as_of", "advice", "held_back"}
    assert shape["as_of"] == "2026-11-23"
    wanted = {"id", "rule", "rule_version", "campaign_ids", "action", "severity", "budgets",
              "money_at_stake", "confidence", "evidence", "guards", "title", "reasons"}  # fmt: skip
    assert wanted <= set(shape["advice"][0])
    assert set(shape["held_back"][0]) == {"campaign_id", "rule", "guard", "numbers"}


@settings(max_examples=8, deadline=None)
@given(
    giver=st.integers(50_000, 900_000),
    receiver=st.integers(50_000, 900_000),
    currency=st.sampled_from(["NOK", "JPY", "KWD"]),
)
def test_the_stage_keeps_its_money_to_the_smallest_unit(
    giver: int, receiver: int, currency: str, rulebook: Rulebook, campaign: Make, morning: date
) -> None:
    """Sum of budgets before and after a shift are equal in minor units of any currency."""
    money = [amount / 100 for amount in (giver, receiver)]
    dear = campaign("Generic", budget=money[0], rate=0.02, cpm=10.0, currency=currency)
    cheap = campaign("Shopping", budget=money[1], used=1.0, rate=0.2, cpm=10.0, currency=currency)
    plan = Plan((PlanEntry("*", target=10.0),))
    for one in advise(pd.concat([dear, cheap]), morning, rulebook, plan).advice:
        if one.action == "shift_budget" and one.budgets:
            before = sum(to_minor(x, currency) for x in one.budgets_before.values())
            assert sum(to_minor(x, currency) for x in one.budgets.values()) == before


def test_a_market_of_noise_gets_almost_no_budget_advice(
    rulebook: Rulebook, campaign: Make, morning: date
) -> None:
    """Twenty campaigns with one true cost, sixty days, six seeds: at most one move in all."""
    plan = Plan((PlanEntry("*", target=100.0),))
    moves = 0
    for seed in range(6):
        rows = [
            campaign(f"C{n}", days=60, used=1.0, budget=1_000.0, seed=100 * seed + n)
            for n in range(20)
        ]
        found = advise(pd.concat(rows), morning, rulebook, plan)
        moves += sum(one.action in MONEY_ACTIONS for one in found.advice)
    assert moves <= 1


def test_a_thousand_campaigns_take_seconds(
    rulebook: Rulebook, campaign: Make, morning: date
) -> None:
    """A thousand campaigns and ninety days are decided before the coffee is poured."""
    import time

    one = campaign(days=90, seed=1)
    rows = pd.concat([one.assign(campaign_id=f"c{n}", campaign_name=f"C{n}") for n in range(1_000)])
    start = time.perf_counter()
    advise(rows, morning, rulebook, PLAN)
    assert time.perf_counter() - start < 15
