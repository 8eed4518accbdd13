"""What a campaign is judged by: its number, its target, and what it still lacks."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.evaluate.turning_points import Waiting
from bot.domain.advice import HeldBack
from bot.domain.campaign_rows import CampaignRow
from bot.rules_files import load
from bot.snapshot import verdicts
from bot.snapshot.stated_targets import far_targets

RULEBOOK = load()
SALES = {"now.spend": 4_000.0, "now.conversions": 40.0, "now.cpa": 100.0}
CLICKS = {"now.clicks": 2_000.0, "now.cpc": 2.0}


def campaign(name: str = "Brand", **columns: object) -> CampaignRow:
    """A campaign paid by the sale."""
    return CampaignRow({
        "channel": "google_ads", "campaign_id": name, "campaign_name": name, "currency": "EUR",
        "entity": f"google_ads|7|{name}", "stage": "convert", "pricing_model": "CPA", **columns,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "metric"),
    [
        ({**SALES, **CLICKS}, "cpa"),
        ({**SALES, **CLICKS, "target.cpc": 1.5}, "cpc"),  # the plan says what a click may cost
        ({**SALES, **CLICKS, "target.cpc": 1.5, "target.cpa": 90.0}, "cpa"),
        ({**SALES, **CLICKS, "target.cpc": 1.5, "target.cpa": 90.0, "derived": ["cpa"]}, "cpa"),
        ({**SALES, **CLICKS, "target.cpc": 1.5, "derived": ["cpc"]}, "cpa"),
        (CLICKS, "cpc"),
        ({**CLICKS, "now.spend": 90.0, "now.conversions": 0.0}, "cpa"),  # counted, none came
        ({}, "cpa"),
        ({"stage": None, "pricing_model": "CPC", **SALES, **CLICKS}, "cpc"),
        ({"stage": None, "pricing_model": "CPC", **SALES, **CLICKS, "target.cpa": 9.0}, "cpa"),
        ({"stage": None, "pricing_model": None, **SALES, **CLICKS}, "cpa"),
        ({"stage": "engage", "pricing_model": None, **CLICKS}, "cpc"),
    ],
)
def test_a_campaign_is_judged_by_what_it_is_for(columns, metric):
    """Its cell's metric; the one with a target where that has none; what there are numbers of."""
    assert verdicts.judged_by(campaign(**columns), RULEBOOK) == metric


def test_most_of_the_money_says_what_a_group_is_judged_by():
    """Not most of the campaigns."""
    sales = campaign(**SALES)
    clicks = [campaign(f"{n}", **CLICKS, **{"now.spend": 1_500.0}, stage="reach",
                       pricing_model="CPC") for n in range(2)]  # fmt: skip
    assert verdicts.lead_metric([sales, *clicks], RULEBOOK) == "cpa"
    assert verdicts.lead_metric([*clicks], RULEBOOK) == "cpc"
    assert verdicts.most_money([]) == ""
    assert verdicts.most_money([("cpa", 3.0), ("cpc", 2.0), ("cpc", 2.0)]) == "cpc"


def test_a_group_without_a_sum_of_its_metric_is_told_by_its_showings():
    """People reached cannot be added over campaigns."""
    reach = campaign(stage="reach", pricing_model="CPM", **{"now.cost_per_reach": 5.0,
                                                            "now.spend": 10.0})  # fmt: skip
    assert verdicts.judged_by(reach, RULEBOOK) == "cost_per_reach"
    assert verdicts.head_metric(campaign(**{"now.cpm": 3.0}), [reach], RULEBOOK) == "cpm"
    known = campaign(**{"now.cost_per_reach": 3.0})
    assert verdicts.head_metric(known, [reach], RULEBOOK) == "cost_per_reach"
    none_came = campaign(**{"now.spend": 9.0, "now.conversions": 0.0})
    assert verdicts.head_metric(none_came, [campaign(**SALES)], RULEBOOK) == "cpa"
    assert verdicts.head_metric(campaign(), [], RULEBOOK) == ""


@pytest.mark.parametrize(
    ("columns", "metric", "nothing"),
    [
        ({"now.spend": 9.0, "now.conversions": 0.0}, "cpa", "conversions"),
        ({"now.spend": 9.0, "now.conversions": 1.0}, "cpa", ""),
        ({"now.spend": 0.0, "now.conversions": 0.0}, "cpa", ""),
        ({"now.spend": 9.0}, "cpa", ""),  # nobody counted: that is not none
        ({"now.spend": 9.0, "now.clicks": 0.0}, "ctr", ""),
        ({"now.spend": 0.0}, "spend", ""),
        ({"now.spend": 9.0, "now.conversions": 0.0}, "no_such", ""),
    ],
)
def test_money_for_nothing_is_told_from_nothing_counted(columns, metric, nothing):
    """Only a price can be of nothing, where money was spent and the count is none."""
    assert verdicts.nothing_of(campaign(**columns), metric, RULEBOOK) == nothing


def test_no_price_is_negative():
    """Where more was given back than spent nobody knows what a result costs; none is a price."""
    row = campaign(**{"now.cpa": -3.0, "before.cpa": 4.0, "now.spend": -9.0, "now.roas": 0.0})
    price = verdicts.kpi(row, "cpa", RULEBOOK, 90.0)
    assert (price.value, price.before, price.target) == (None, 4.0, 90.0)
    assert verdicts.kpi(campaign(**{"now.cpa": 0.0}), "cpa", RULEBOOK).value == 0.0


def test_a_number_has_a_currency_where_it_is_money():
    """A click rate has none."""
    row = campaign(**SALES, **{"now.ctr": 0.02})
    currencies = [verdicts.kpi(row, name, RULEBOOK).currency for name in ("cpa", "ctr", "no_such")]
    assert currencies == ["EUR", None, None]
    assert verdicts.kpi_of(campaign(**SALES, **{"target.cpa": 80.0}), RULEBOOK).target == 80.0


@pytest.mark.parametrize(
    ("now", "before", "chance"),
    [
        ((4_00.0, 4.0), (4_00.0, 1.0), True),  # four sales against one tell nothing
        ((40_000.0, 400.0), (20_000.0, 400.0), False),
        ((40_000.0, 400.0), (39_900.0, 400.0), True),
        ((400.0, 0.0), (400.0, 4.0), False),  # a price of nothing did not move
        ((400.0, 4.0), (400.0, None), False),
    ],
)
def test_a_price_that_moved_with_few_results_moved_by_chance(now, before, chance):
    """What dice explain is no news; what they do not, is."""
    row = campaign(**{
        f"{period}.{name}": value
        for period, (spend, count) in (("now", now), ("before", before))
        for name, value in (("spend", spend), ("conversions", count),
                            ("cpa", spend / count if count else None))
    })  # fmt: skip
    price = verdicts.kpi(row, "cpa", RULEBOOK)
    assert verdicts.is_chance(row, price, RULEBOOK, (28, 28)) is chance
    spend = verdicts.kpi(row, "spend", RULEBOOK)
    assert verdicts.is_chance(row, spend, RULEBOOK, (28, 28)) is False  # what is spent is no price


amounts = st.floats(1.0, 1e5)


@given(st.lists(st.tuples(amounts, st.floats(0.5, 500.0)), min_size=1, max_size=6))
def test_a_groups_target_is_its_price_with_each_campaign_at_its_own(campaigns):
    """Spend over the results it should buy: between the lowest and the highest of them."""
    rows = [campaign(**{"now.spend": spent, "target.cpa": target}) for spent, target in campaigns]
    blended = verdicts.blended_target(rows, "cpa")
    spend = sum(spent for spent, _ in campaigns)
    assert blended == pytest.approx(spend / sum(spent / target for spent, target in campaigns))


@pytest.mark.parametrize(("without", "target"), [(10.0, 50.0), (10.1, None), (0.0, 50.0)])
def test_a_group_has_a_target_where_nine_tenths_of_its_spend_has(without, target):
    """A target of some of the campaigns is no target of all."""
    rows = [campaign(**{"now.spend": 90.0, "target.cpa": 50.0}), campaign(**{"now.spend": without})]
    assert verdicts.blended_target(rows, "cpa") == target
    nothing_spent = [campaign(**{"now.spend": 0.0, "target.cpa": 50.0})]
    assert verdicts.blended_target(nothing_spent, "cpa") is None


@pytest.mark.parametrize(
    ("have", "coming", "days"),
    [
        (20.0, 7.0, 10.0), (29.0, 7.0, 1.0), (30.0, 7.0, None), (None, 7.0, 30.0),
        (24.0, 1.0, 42.0), (23.9, 1.0, None), (20.0, 0.0, None), (20.0, None, None),
    ],
)  # fmt: skip
def test_a_campaign_waits_as_long_as_its_results_take_to_come(have, coming, days):
    """Of thirty sales what lacks, as fast as in the last week; nobody waits more than 42 days."""
    row = campaign(**SALES | {"now.conversions": have})
    week = {row.entity: campaign(**{"now.conversions": coming})}
    waiting = verdicts.not_yet([row], week, RULEBOOK)
    assert [found.days for found in waiting] == ([] if days is None else [days])
    assert verdicts.not_yet([row], {}, RULEBOOK) == ()


def test_the_soonest_comes_first_and_what_has_no_stage_is_left_out():
    """Nobody is told to wait for a verdict there will be none of."""
    rows = [campaign("a", **SALES | {"now.conversions": 10.0}),
            campaign("b", **SALES | {"now.conversions": 20.0}),
            campaign("c", **SALES | {"now.conversions": 20.0}, stage=None)]  # fmt: skip
    week = {row.entity: campaign(**{"now.conversions": 7.0}) for row in rows}
    waiting = verdicts.not_yet(rows, week, RULEBOOK)
    assert [(found.name, found.metric, found.needed) for found in waiting] == [
        ("b", "conversions", 10.0), ("a", "conversions", 20.0)]  # fmt: skip


JUDGING = next(rule.id for rule in RULEBOOK.rules if rule.judges_performance)
CHECKING = next(rule.id for rule in RULEBOOK.rules if not rule.judges_performance)


def held(days: float | None, rule: str = JUDGING, campaign_id: str = "1",
         guard: str = "too_little_data", **numbers: object) -> HeldBack:  # fmt: skip
    lack = Waiting("conversions", 3.0, 30.0, days, on=date(2026, 12, 1)).to_json()
    return HeldBack(campaign_id, rule, guard, {"waiting": [lack], **numbers})


def test_what_is_waited_for_is_the_soonest_rule_about_performance():
    """Not a check, not another campaign, not a number nobody measures, not another guard."""
    aside = [held(1.0, CHECKING), held(1.0, campaign_id="2"), held(1.0, guard="cooldown"),
             held(1.0, missing=["quality"]), held(1.0, waiting=[])]  # fmt: skip
    assert verdicts.lacking(aside, {"1"}, RULEBOOK) == ()
    (lack,) = verdicts.lacking([*aside, held(None), held(9.0), held(5.0)], {"1"}, RULEBOOK)
    assert (lack.metric, lack.days) == ("conversions", 5.0)
    (never,) = verdicts.lacking([held(None)], {"1"}, RULEBOOK)
    assert never.days is None


def far(**columns: object) -> list[tuple[str, bool, float]]:
    row = campaign(**{**SALES, **CLICKS, **columns})
    return [
        (target.metric, target.at_least, target.times) for target in far_targets([row], RULEBOOK)
    ]


@pytest.mark.parametrize(("target", "times"), [(2.0, 50.0), (5_000.0, 50.0)])
def test_a_target_far_off_what_a_result_costs_is_asked_about(target, times):
    """Fifty times over or under: nobody meant that; unless somebody says so."""
    assert far(**{"target.cpa": target}) == [("cpa", False, times)]
    assert far(**{"target.cpa": target, "target_meant": target}) == []
    assert far(**{"target.cpa": target, "target_meant": target + 1}) == [("cpa", False, times)]
    assert far(**{"target.cpa": target, "derived": ["cpa"]}) == []


def test_a_target_that_may_be_meant_is_not_asked_about():
    """Twice what it costs is hope; and a price nobody knows is far from nothing."""
    assert far(**{"target.cpa": 50.0}) == []
    assert far(**{"target.cpa": 2.0, "now.cpa": None, "now.conversions": None}) == []
    assert far(**{"target.cpa": 2.0, "now.cpa": -100.0}) == []


def test_a_target_of_a_price_of_nothing_is_held_against_all_that_was_spent():
    """One sale costs more than 4,000: a target of two euros is a click's."""
    none_came = {"now.conversions": 0.0, "now.cpa": None, "target.cpa": 2.0}
    assert far(**none_came) == [("cpa", True, 2_000.0)]
    (target,) = far_targets([campaign(**{**SALES, **CLICKS, **none_came})], RULEBOOK)
    assert (target.meant, target.meant_price, target.actual) == ("cpc", 2.0, 4_000.0)
