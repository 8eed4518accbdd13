"""At stake is what a week is expected to cost or bring, with its range, and never the spend."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from scipy import stats

from bot.advice import advise
from bot.advice.rules.rulebook import Rulebook
from bot.domain.advice import Advice
from bot.numbers.plan import Plan, PlanEntry

Rows, Make = pd.DataFrame, Callable[..., pd.DataFrame]


def only(advice: tuple[Advice, ...], rule: str) -> Advice:
    (match,) = (one for one in advice if one.rule == rule)
    return match


def convert(target: float) -> Plan:
    return Plan((PlanEntry("*", stage="convert", pricing_model="CPA", target=target),))


def test_a_dear_campaign_loses_what_it_pays_over_the_target(
    rulebook: Rulebook, campaign: Make, morning: date
) -> None:
    """Sales at 150 against 70, 900 a day: 900 x 7 x 80 / 150, and between it what chance allows."""
    rows = campaign("Dear", cpm=100.0, ctr=0.02, rate=1 / 30)
    dear = only(advise(rows, morning, rulebook, convert(70.0)).advice, "convert-cut-hard")
    week = 7 * 900.0
    assert float(dear.money_at_stake) == pytest.approx(week * 80 / 150, rel=0.01)
    assert dear.stake_kind == "expected"
    assert dear.stake_low < dear.money_at_stake < dear.stake_high < week
    sales = 14 * 6 / dear.evidence["dear"]["threshold.overdispersion"]
    ends = stats.gamma.ppf([0.95, 0.05], sales + 0.5) / sales * 14 * 6
    expected = [(14 * 900 - 70 * end) / 2 for end in ends]
    assert [float(dear.stake_low), float(dear.stake_high)] == pytest.approx(expected, rel=0.12)


@pytest.mark.parametrize(("currency", "digits"), [("NOK", -2), ("JPY", 0), ("KWD", -3)])
def test_money_is_exact_to_the_currencys_own_digits(
    currency: str, digits: int, rulebook: Rulebook, campaign: Make, morning: date
) -> None:
    """A yen has no hundredths, a dinar has thousandths."""
    rows = campaign("Dear", cpm=100.0, ctr=0.02, rate=1 / 30, currency=currency, budget=20_000.0)
    dear = only(advise(rows, morning, rulebook, convert(70.0)).advice, "convert-cut-hard")
    for stake in (dear.money_at_stake, dear.stake_low, dear.stake_high):
        assert isinstance(stake, Decimal)
        assert stake.as_tuple().exponent == digits


def test_lost_tracking_is_spend_that_cannot_be_judged(
    rulebook: Rulebook, campaign: Make, lately: Make, morning: date
) -> None:
    """Nobody knows what was sold: the week's spend, labelled so and without a range."""
    rows = lately(campaign("Blind", rate=0.08, seed=1), 4, conversions=0)
    blind = only(advise(rows, morning, rulebook).advice, "always-tracking-outage")
    assert blind.money_at_stake == Decimal("6300.00")
    assert (blind.stake_kind, blind.stake_low, blind.stake_high) == ("unjudged", None, None)


def test_a_stopped_campaign_counts_what_it_spent_before(
    rulebook: Rulebook, campaign: Make, lately: Make, morning: date
) -> None:
    """Its empty days do not make it cheaper."""
    rows = lately(campaign("Gone"), 3, impressions=0.0, clicks=0.0, conversions=0.0, spend=0.0)
    gone = only(advise(rows, morning, rulebook).advice, "always-delivery-stop")
    assert (gone.money_at_stake, gone.stake_kind) == (Decimal("6300.00"), "unjudged")


def test_a_month_off_its_plan_loses_what_would_be_over_each_week(
    rulebook: Rulebook, campaign: Make, morning: date
) -> None:
    """900 a day on 18 000 a month: what is over at its end, a week of the days that are left."""
    plan = Plan((PlanEntry("*", stage="convert", pricing_model="CPA", monthly_budget=22_000.0),))
    pacing = only(advise(campaign("Fast"), morning, rulebook, plan).advice, "always-pace-over")
    numbers = pacing.evidence["fast"]
    over = (numbers["pace_low.now"] + numbers["pace_high.now"]) / 2 - 1
    assert float(pacing.money_at_stake) == pytest.approx(22_000 * over * 7 / 8, rel=0.1)
    assert pacing.stake_low <= pacing.money_at_stake <= pacing.stake_high


def test_what_is_spent_already_is_not_at_stake(
    rulebook: Rulebook, campaign: Make, morning: date
) -> None:
    """900 a day on 9 000 a month, all of it gone: only the days left can save anything."""
    plan = Plan((PlanEntry("*", stage="convert", pricing_model="CPA", monthly_budget=9_000.0),))
    pacing = only(advise(campaign("Spent"), morning, rulebook, plan).advice, "always-pace-over")
    numbers = pacing.evidence["spent"]
    assert numbers["pace.now"] > 1
    a_week = 7 * 900
    assert float(pacing.money_at_stake) == pytest.approx(a_week, rel=0.1)
    assert float(pacing.stake_high) < 1.25 * a_week


def test_advice_is_said_by_what_is_lost_and_not_by_spend(
    rulebook: Rulebook, campaign: Make, morning: date
) -> None:
    """A small campaign that loses more comes before a large one that loses less."""
    large = campaign("Large", budget=4_000.0, rate=0.05, stage="act")
    small = campaign("Small", budget=2_000.0, rate=0.01)
    plan = Plan((PlanEntry("*", pricing_model="CPA", target=72.0),))
    advice = advise(pd.concat([large, small]), morning, rulebook, plan).advice
    cuts = [one for one in advice if one.action == "cut_budget"]
    assert [one.campaign_ids[0] for one in cuts] == ["small", "large"]
    assert cuts[0].evidence["small"]["spend.now"] < cuts[1].evidence["large"]["spend.now"]
    assert cuts[0].money_at_stake > cuts[1].money_at_stake


def test_nothing_sold_is_all_that_was_spent_and_chance_takes_some_off(
    rulebook: Rulebook, campaign: Make, morning: date
) -> None:
    """Without one sale the whole week is lost; a sale that is only late would make it less."""
    rows = campaign("Dry", rate=0.0)
    dry = only(advise(rows, morning, rulebook, convert(300.0)).advice, "convert-nothing-sold")
    assert dry.money_at_stake == dry.stake_high == Decimal("6300.00")
    assert dry.stake_low < dry.money_at_stake


def test_what_only_a_detector_tells_has_no_range(
    rulebook: Rulebook, campaign: Make, lately: Make, morning: date
) -> None:
    """A share that a detector found has no posterior: half the showings are an amount, no range."""
    rows = lately(campaign("Auction"), 6, impressions="x0.4", clicks="x0.4", conversions="x0.4")
    dearer = only(advise(rows, morning, rulebook).advice, "always-showings-dearer")
    left = dearer.evidence["auction"]["showings_left.now"]
    assert float(dearer.money_at_stake) == pytest.approx(6_300 * (1 - left), abs=0.01)
    assert (dearer.stake_low, dearer.stake_high) == (None, None)


def test_money_beyond_both_budgets_is_one_piece_of_advice(
    rulebook: Rulebook, campaign: Make, lately: Make, morning: date
) -> None:
    """What the platform may not spend says all that the plan's pace would: it is said once."""
    plan = Plan((PlanEntry("*", stage="convert", pricing_model="CPA", monthly_budget=30_000.0),))
    rows = lately(campaign("Fast"), 40, spend=2_500.0)
    rules = [one.rule for one in advise(rows, morning, rulebook, plan).advice]
    assert "always-month-overspent" in rules
    assert "always-pace-over" not in rules
