"""Where a bid target holds a campaign back, the target is the lever and not the budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice import Advised, Plan, advise
from bot.advice.evaluate.campaign_columns import BidTarget, bid_target
from bot.advice.rules.rulebook import Rulebook
from bot.domain.advice import Advice
from bot.numbers.plan import PlanEntry
from bot.render.renderer import Renderer
from bot.render.rule_messages import Lines

Rows = pd.DataFrame
Campaign = Callable[..., Rows]
Decide = Callable[..., Advised]
STEP = 0.15


@pytest.fixture(scope="module")
def pool(campaign: Campaign) -> Rows:
    """Four sales campaigns: `cheap` sells at a third of the price and leaves budget unused."""
    others = [campaign(f"C{i}", days=90, used=0.98, rate=0.03, seed=i) for i in range(3)]
    cheap = campaign("Cheap", days=90, used=0.6, rate=0.09, seed=9)
    return pd.concat([cheap, *others])


@pytest.fixture
def decide(rulebook: Rulebook, morning: date, pool: Rows) -> Decide:
    def decided(bids: Mapping[str, Mapping[str, float]], *entries: PlanEntry) -> Advised:
        keyed = {("google_ads", "a1", name): target for name, target in bids.items()}
        plan = Plan((*entries, PlanEntry("*", target=250.0)), bids=keyed)
        return advise(pool, morning, rulebook, plan)

    return decided


def bids(found: Advised) -> list[Advice]:
    return [one for one in found.advice if one.action == "raise_bid"]


def test_a_bid_target_that_holds_the_best_back_is_named(decide: Decide) -> None:
    """The best of its pool leaves budget unused: its target CPA goes up, its budget stays."""
    found = decide({"cheap": {"cpa": 400.0}})
    (one,) = bids(found)
    assert one.campaign_ids == ("cheap",)
    assert one.bids == {"cheap": 460.0}
    assert not one.budgets
    assert one.confidence is not None
    assert one.confidence >= 0.8
    numbers = one.evidence["cheap"]
    assert numbers["bid_target.now"] == 400.0
    assert (numbers["next_cost.now"] or 0) < (numbers["next_cost_pool.now"] or 0)
    assert [one.line.split()[0] for one in one.would_change][:2] == [
        "budget_used.now",
        "next_cost.now",
    ]
    moved = {id_ for one in found.advice for id_ in one.budgets}
    assert "cheap" not in moved


@pytest.mark.parametrize(
    ("target", "words"),
    [({"cpa": 400.0}, ("400", "460")), ({"roas": 4.0}, ("target ROAS of 4.", "3.48"))],
)
def test_the_message_says_what_the_platform_bids_to_and_what_it_may(
    decide: Decide, rulebook: Rulebook, target: dict[str, float], words: tuple[str, str]
) -> None:
    """A target CPA is told in money, a target ROAS as a number; both as they are and a step on."""
    (one,) = bids(decide({"cheap": target}))
    text = Renderer("en", metrics=rulebook.metrics).rule(one)
    assert all(part in text for part in words), text
    turned = Lines(Renderer("en", metrics=rulebook.metrics).phrases).turnings(one)
    assert "no bid target any more" in turned
    assert "back under 1" not in turned


def test_where_nobody_bids_by_itself_there_is_no_target_to_name(decide: Decide) -> None:
    """Without a bid target the same campaign is only kept from more budget."""
    assert not bids(decide({}))


def test_a_target_of_the_dearer_campaign_stays(decide: Decide) -> None:
    """A campaign that is no better than its pool, or that uses its budget, bids as it does."""
    assert not bids(decide({name: {"cpa": 400.0} for name in ("c0", "c1", "c2")}))


def test_demand_that_was_there_anyway_bids_no_higher(decide: Decide) -> None:
    """Brand search finds its buyers without a higher bid."""
    found = decide({"cheap": {"cpa": 400.0}}, PlanEntry("Cheap", demand="captured", target=250.0))
    assert not bids(found)
    assert ("captured", "convert-bid-holds") in {(one.guard, one.rule) for one in found.held_back}


def test_what_nobody_bids_to_is_no_target() -> None:
    """No bid target is none, not a zero; a return is one, too."""
    assert bid_target(None, STEP, "NOK") is None
    assert bid_target({}, STEP, "NOK") is None
    assert bid_target({"roas": 3.0}, STEP, None) == BidTarget(3.0, 2.61, by_revenue=True)
    assert bid_target({"cpl": 95.0}, STEP, "NOK") == BidTarget(95.0, 109.0, by_revenue=False)


@given(price=st.floats(0.5, 1e6), code=st.sampled_from(["NOK", "JPY", "KWD", None]))
def test_a_step_is_never_larger_than_it_may_be(price: float, code: str | None) -> None:
    """Rounded to an amount a person would name, the next target is dearer by 15 % at most."""
    target = bid_target({"cpa": price}, STEP, code)
    if target is not None:
        assert price < target.next <= price * (1 + STEP) + 1e-6
