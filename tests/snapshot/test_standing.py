"""How a campaign stands: what is advised about it, else how its price stands to its target."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.advice import ACTIONS, Advice
from bot.domain.campaign_rows import CampaignRow
from bot.numbers.plan import Override, Plan
from bot.render.lexicon import VERDICTS
from bot.render.values.templates import Kpi
from bot.rules_files import load
from bot.snapshot.evaluation import JudgedMorning
from bot.snapshot.standing import CHECKS, FEW, WHOLE, thresholds, verdict
from bot.store.base import AdviceRecord

MORNING = date(2026, 11, 23)
RULEBOOK = load()  # convert/CPA: a price over 1.2 times its target is too dear, under 0.85 cheap
ADVICE = Advice("a", "r", "v", ("1",), "cut_budget", "advise")


def campaign(**columns: object) -> CampaignRow:
    """A campaign paid by the sale, with forty of them."""
    return CampaignRow({
        "channel": "google_ads", "campaign_id": "1", "campaign_name": "Brand", "stage": "convert",
        "entity": "google_ads|7|1", "pricing_model": "CPA", "now.conversions": 40.0,
        **columns,
    })  # fmt: skip


def judgement(*advice: Advice, testing: tuple[str, ...] = ()) -> JudgedMorning:
    records = tuple(AdviceRecord(entry, "open", MORNING) for entry in advice)
    return JudgedMorning(MORNING, records, testing=frozenset(testing))


def stands(price: Kpi, row: CampaignRow | None = None, *advice: Advice, plan: Plan | None = None,
           testing: tuple[str, ...] = ()) -> str:  # fmt: skip
    morning = judgement(*advice, testing=testing)
    return verdict(row or campaign(), price, morning, RULEBOOK, plan or Plan())


def test_every_action_has_a_verdict_people_can_read() -> None:
    """No `change:review_audience` in a sentence: each action a rule may take has its words."""
    elsewhere = {*CHECKS, *WHOLE, "hold", "raise_budget", "raise_bid"}  # checks, waiting, room
    missing = {f"change:{action}" for action in ACTIONS if action not in elsewhere} - {*VERDICTS}
    assert missing == set()
    assert {*CHECKS.values()} <= {*VERDICTS}


@pytest.mark.parametrize(
    ("value", "target", "stand"),
    [
        (84.0, 100.0, "room"), (85.0, 100.0, "on_target"), (100.0, 100.0, "on_target"),
        (120.0, 100.0, "on_target"), (121.0, 100.0, "above_target"), (50.0, None, "no_target"),
        (None, 100.0, "waiting"), (-1.0, 100.0, "waiting"), (0.0, 100.0, "room"),
    ],
)  # fmt: skip
def test_without_advice_the_price_stands_to_its_target_as_the_table_says(value, target, stand):
    """Dearer than a fifth over it is above, cheaper than 85 % of it has room; between, on it."""
    assert stands(Kpi("cpa", value, target)) == stand


@pytest.mark.parametrize(
    ("value", "stand"),
    [(4.8, "room"), (4.0, "on_target"), (3.34, "on_target"), (3.3, "below_target"),
     (0.0, "below_target")],
)  # fmt: skip
def test_what_should_be_high_is_below_its_target_where_it_is_low(value, stand):
    """A return of half its target is no success."""
    row = campaign(**{"now.revenue": 900.0})
    assert stands(Kpi("roas", value, 4.0), row) == stand


@pytest.mark.parametrize(
    ("sales", "stand"), [(FEW - 1, "waiting"), (FEW, "on_target"), (None, "waiting")]
)
def test_a_price_of_a_handful_of_results_is_no_verdict(sales, stand):
    """Ten sales are the fewest a price is told by, though a rule asks for thirty."""
    assert stands(Kpi("cpa", 100.0, 100.0), campaign(**{"now.conversions": sales})) == stand


def test_a_team_that_asks_for_fewer_results_is_answered_sooner():
    """The table's number counts where it is under ten."""
    plan = Plan(overrides=(Override("results", 4.0, "convert", "CPA"),))
    row = campaign(**{"now.conversions": 4.0})
    assert stands(Kpi("cpa", 100.0, 100.0), row, plan=plan) == "on_target"
    row = campaign(**{"now.conversions": 3.0})
    assert stands(Kpi("cpa", 100.0, 100.0), row, plan=plan) == "waiting"
    plan = Plan(overrides=(Override("results", 1.0, "convert", "CPA"),))
    row = campaign(**{"now.conversions": None})
    assert stands(Kpi("cpa", 100.0, 100.0), row, plan=plan) == "waiting"  # nobody counted any


def test_a_threshold_somebody_changed_is_the_one_compared_with():
    """In its own cell of the table, and in no other."""
    changed = Plan(overrides=(Override("waste", 2.0, "convert", "CPA"),))
    elsewhere = Plan(overrides=(Override("waste", 2.0, "convert", "CPC"),))
    assert stands(Kpi("cpa", 150.0, 100.0), plan=changed) == "on_target"
    assert stands(Kpi("cpa", 150.0, 100.0), plan=elsewhere) == "above_target"


def test_captured_demand_and_the_channel_have_thresholds_of_their_own():
    """As the rules measure them."""
    own = thresholds(campaign(demand="captured"), RULEBOOK, Plan())
    assert own["captured"] == 1
    assert thresholds(campaign(), RULEBOOK, Plan())["captured"] == 0


@pytest.mark.parametrize(
    ("action", "numbers", "ids", "stand"),
    [
        ("cut_budget", {}, ("1",), "change:cut_budget"),
        ("check_tracking", {}, ("1",), "check:tracking"),
        ("raise_budget", {}, ("1",), "room"),
        ("raise_bid", {}, ("1",), "room"),
        ("hold", {}, ("1",), "waiting"),
        ("adjust_pacing", {}, ("1",), "on_target"),  # about the budget, not about the campaign
        ("shift_budget", {}, ("2", "1"), "room"),  # the first gives, the others receive
        ("shift_budget", {}, ("1", "2"), "change:shift_budget"),
        ("shift_budget", {"takers": ["1"]}, ("1", "2"), "room"),
        ("shift_budget", {"takers": ["2"]}, ("3", "1", "2"), "change:shift_budget"),
        ("cut_budget", {"takers": ["1"]}, ("1", "2"), "change:cut_budget"),
        ("cut_budget", {}, ("2",), "on_target"),
    ],
)
def test_what_is_advised_comes_before_what_the_price_says(action, numbers, ids, stand):
    """Of a move the giver is changed, and the receiver has room."""
    advice = replace(ADVICE, action=action, numbers=numbers, campaign_ids=ids)
    assert stands(Kpi("cpa", 100.0, 100.0), None, advice) == stand


def test_of_several_pieces_of_advice_what_needs_a_look_comes_first():
    """A check, a test that runs, a change, room to grow, waiting: the weightiest is said."""
    kinds = ("check_delivery", "cut_budget", "raise_budget", "hold")
    every = [replace(ADVICE, id=action, action=action) for action in kinds]
    price = Kpi("cpa", 100.0, 100.0)
    assert [stands(price, None, *every[at:]) for at in range(4)] == [
        "check:delivery", "change:cut_budget", "room", "waiting",
    ]  # fmt: skip
    assert stands(price, None, *every[1:], testing=("1",)) == "testing"
    assert stands(price, None, *every, testing=("1",)) == "check:delivery"
    assert stands(price, testing=("2",)) == "on_target"


def test_what_was_answered_with_no_is_advised_no_longer():
    """Dismissed advice says nothing of how a campaign stands."""
    record = AdviceRecord(ADVICE, "dismissed", MORNING, "U1", datetime(2026, 11, 22, tzinfo=UTC))
    morning = JudgedMorning(MORNING, (record,))
    assert verdict(campaign(), Kpi("cpa", 100.0, 100.0), morning, RULEBOOK, Plan()) == "on_target"
