"""More or less money for one campaign: its target is one thing, what others buy for it another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from bot.advice import Advised, Plan, advise
from bot.advice.rules.rulebook import Rulebook
from bot.domain.advice import Advice
from bot.numbers.plan import PlanEntry

Rows = pd.DataFrame
Campaign = Callable[..., Rows]
Decide = Callable[..., Advised]
SINGLE = ("raise_budget", "cut_budget", "pause")


@pytest.fixture
def decide(rulebook: Rulebook, morning: date) -> Decide:
    def decided(target: float, *rows: Rows) -> Advised:
        return advise(pd.concat(rows), morning, rulebook, Plan((PlanEntry("*", target=target),)))

    return decided


def single(found: Advised) -> dict[str, Advice]:
    """The advice about one budget, by campaign."""
    return {one.campaign_ids[0]: one for one in found.advice if one.action in SINGLE}


def held(found: Advised) -> set[tuple[str, str]]:
    return {(one.campaign_id, one.rule) for one in found.held_back if one.guard == "margin"}


def pool(campaign: Campaign, *rates: float, budget: float = 2_000.0) -> list[Rows]:
    return [campaign(f"C{place}", days=90, budget=budget, used=0.98, rate=rate, seed=place)
            for place, rate in enumerate(rates)]  # fmt: skip


def test_where_all_miss_their_target_alike_none_is_cut(campaign: Campaign, decide: Decide) -> None:
    """A market that became dearer is no campaign's fault: who is alone is cut, as many are not."""
    alone = decide(60.0, *pool(campaign, 0.05))
    assert single(alone)["c0"].action == "cut_budget"
    alike = decide(60.0, *pool(campaign, *[0.05] * 5))
    assert not single(alike)
    assert {id_ for id_, rule in held(alike) if rule.startswith("convert-cut")} == {
        f"c{place}" for place in range(5)
    }


def test_what_is_cut_is_dearer_than_its_pool_as_surely_as_it_says(
    campaign: Campaign, decide: Decide
) -> None:
    """Two of six pay three times as much: they alone are cut, and no surer than their margins."""
    found = decide(100.0, *pool(campaign, 0.02, 0.02, 0.06, 0.06, 0.06, 0.06))
    shifted = {id_ for one in found.advice if one.action == "shift_budget"
               for id_ in one.campaign_ids}  # fmt: skip
    cut = single(found)
    assert {"c0", "c1"} <= {*cut, *shifted}
    assert {*cut} <= {"c0", "c1"}
    for one in cut.values():
        assert 0.7 <= (one.confidence or 0.0) < 0.9999
    assert {id_ for id_, _ in held(found)} <= {"c2", "c3", "c4", "c5"}


def test_a_raise_asks_for_money_that_buys_more_there_than_elsewhere(
    campaign: Campaign, decide: Decide
) -> None:
    """Under target as all others are, nobody gets more; far under them, the cheapest does."""
    alike = decide(300.0, *pool(campaign, *[0.05] * 5))
    assert not single(alike)
    assert {id_ for id_, rule in held(alike) if rule == "convert-room"} == {
        f"c{place}" for place in range(5)
    }
    alone = decide(300.0, *pool(campaign, 0.05))
    assert single(alone)["c0"].action == "raise_budget"


def test_nothing_sold_is_paused_where_its_money_is_surely_lost(
    campaign: Campaign, decide: Decide
) -> None:
    """Weeks without a sale where others sell for the same money: paused, and that sure."""
    found = decide(100.0, *pool(campaign, *[0.06] * 4), *[
        campaign("Nothing", days=90, budget=300.0, used=0.98, rate=0.0005, seed=9)
    ])  # fmt: skip
    pause = single(found).get("nothing")
    assert pause is not None
    assert pause.action in {"pause", "cut_budget"}
    assert (pause.confidence or 0.0) > 0.9
