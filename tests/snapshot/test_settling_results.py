"""What a number comes to once late results are in is about the days of the number beside it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.domain.campaign_rows import CampaignRow
from bot.numbers.forecast.reporting_lag import TOLD_UNDER
from bot.numbers.input.windows import Window
from bot.render.values.digests import Kpi
from bot.rules_files import load
from bot.snapshot.settling_results import LateResults
from bot.snapshot.trends import Series, late_columns, waits_for

LATE = (1.0,) * 25 + (0.9, 0.8, 0.5)
AS_OF = date(2026, 11, 28)
LAST = AS_OF - timedelta(1)
METRICS = load().metrics


def learned(complete=LATE, spent=(1000.0,) * 28, stage="convert", metric="cpa"):
    parts = (spent, (10.0,) * 28) if metric == "cpa" else ((9.0,) * 28, spent)
    series = Series("stage", stage, "", "NOK", metric, 1.0, *parts, complete)
    return LateResults.learned([series], METRICS, AS_OF)


def campaign(stage="convert", **now):
    return CampaignRow({"stage": stage} | {f"now.{name}": value for name, value in now.items()})


def days(count, ended=0):
    return Window.ending(LAST - timedelta(ended), count)


def settles(late, metric, value, count, ended=0, **now):
    return late.settles([campaign(**now)], METRICS[metric], value, days(count, ended))


def test_the_ends_hold_the_price_with_everything_in():
    """A week of 7 000 kr and 70 sales, of which 11 % are to come."""
    low, high = settles(learned(), "cpa", 100.0, 7, conversions=70.0, spend=7000.0)
    assert low < 7000 / (70 / (6.2 / 7)) < high <= 100.0


def test_days_that_have_ended_are_looked_at_where_they_lie():
    """Last week, three days ago: everything is in."""
    numbers = {"conversions": 70.0, "spend": 7000.0}
    assert settles(learned(), "cpa", 100.0, 7, ended=3, **numbers) is None
    assert settles(learned(), "cpa", 100.0, 7, ended=2, **numbers) is None  # 1.4 % are to come


def test_a_month_is_late_by_its_newest_days_alone():
    """Days older than those that are drawn are in, and weigh as much as the others."""
    numbers = {"conversions": 280.0, "spend": 56_000.0}
    assert settles(learned(), "cpa", 200.0, 56, **numbers) is None  # 0.8 of 56 days are to come
    low, high = settles(learned(), "cpa", 200.0, 20, conversions=100.0, spend=20_000.0)
    assert 180 < low < high <= 200


def test_days_weigh_by_what_was_spent_on_them():
    """Where hardly anything was spent on the newest days, hardly anything is to come of them."""
    spent = (1000.0,) * 25 + (1.0, 1.0, 1.0)
    numbers = {"conversions": 70.0, "spend": 7000.0}
    assert settles(learned(spent=spent), "cpa", 100.0, 7, **numbers) is None


@pytest.mark.parametrize(
    ("metric", "value", "expected"),
    [("conversions", 29.0, 58.0), ("revenue", 2900.0, 5800.0), ("cpa", 40.0, 20.0),
     ("roas", 2.5, 5.0), ("conversion_rate", 0.02, 0.04)],
)  # fmt: skip
def test_every_number_that_waits_for_results_grows_or_falls_with_them(metric, value, expected):
    """Of yesterday, half of whose sales are in: counts and values double, prices halve."""
    low, high = settles(learned(), metric, value, 1, conversions=29.0, spend=1160.0)
    assert low < expected < high
    assert (low > value) is (expected > value)


@pytest.mark.parametrize("metric", ["spend", "clicks", "cpc", "ctr", "leads", "aov"])
def test_what_waits_for_nothing_has_settled(metric):
    """Spend and clicks are in; the value of an order has both its parts late, and stands."""
    if metric in METRICS:
        assert settles(learned(), metric, 5.0, 1, conversions=29.0, spend=1160.0) is None


def test_yesterday_without_a_sale_is_not_over():
    """None so far is a number, too; a price of none is not told."""
    low, high = settles(learned(), "conversions", 0.0, 1, conversions=0.0, spend=1160.0)
    assert 0 <= low < 0.5 < high
    assert settles(learned(), "cpa", None, 1, conversions=0.0, spend=1160.0) is None


def test_a_stage_nobody_saw_fill_up_is_taken_as_it_is():
    """Where nothing is known of late results nothing is said of them."""
    assert settles(learned(), "cpa", 40.0, 1, stage="engage", conversions=29.0) is None
    assert settles(learned(complete=()), "cpa", 40.0, 1, conversions=29.0) is None


def test_a_stage_judged_by_value_knows_how_its_sales_fill_up():
    """ROAS waits for sales as a price does."""
    late = learned(metric="roas")
    assert settles(late, "conversions", 29.0, 1, conversions=29.0, spend=1160.0) is not None
    assert waits_for(METRICS["roas"]) == "conversions"


def test_campaigns_weigh_by_the_results_they_come_to():
    """A stage that is full beside one that is half in: between both, by their results."""
    rows = [campaign(conversions=30.0, spend=1.0), campaign("engage", conversions=30.0, spend=1e6)]
    assert learned().share(rows, "conversions", days(1)) == pytest.approx(60 / 90)


def test_columns_that_are_learned_are_those_something_waits_for():
    """Spend and clicks are never among them."""
    assert "conversions" in late_columns(load())
    assert not {"spend", "clicks", "revenue"} & set(late_columns(load()))


def test_all_of_a_day_is_in_from_the_morning_its_age_is_full():
    """The third day after yesterday."""
    assert learned().all_in(LAST) == LAST + timedelta(4)
    assert learned().least(LAST) == 0.5
    assert learned().least(LAST - timedelta(60)) == 1.0
    nearly = learned((1.0,) * 26 + (TOLD_UNDER, 0.5))  # so full a day counts as all in
    assert nearly.all_in(LAST) == LAST + timedelta(2)


def test_a_day_nothing_was_spent_on_is_as_full_as_its_age():
    """How much of a day is in depends on its age; a weekend's pause does not fill it."""
    paused = learned(spent=(1000.0,) * 27 + (0.0,))
    assert paused.least(LAST) == 0.5
    assert paused.share([campaign(conversions=4.0)], "conversions", days(1)) == 0.5
    assert paused.least(LAST + timedelta(1)) == 1.0


@pytest.mark.parametrize(
    ("metric", "value", "expected"), [("conversions", 29.0, 58.0), ("cpa", 40.0, 20.0)]
)
def test_what_is_expected_lies_between_the_ends(metric, value, expected):
    """One number for sums to come, where a range stands for people."""
    late, rows = learned(), [campaign(conversions=29.0, spend=1160.0)]
    assert late.expected(rows, METRICS[metric], value, days(1)) == pytest.approx(expected)
    assert late.expected(rows, METRICS["spend"], 1160.0, days(1)) == 1160.0
    assert late.expected(rows, METRICS[metric], None, days(1)) is None


def test_a_share_of_several_days_weighs_each_by_what_it_cost():
    """Yesterday at half and the day before at eight tenths, at thrice the cost."""
    late = learned(spent=(1000.0,) * 26 + (3000.0, 1000.0))
    row = [campaign(conversions=4.0)]
    assert late.share(row, "conversions", days(2)) == pytest.approx((0.8 * 3 + 0.5) / 4)
    assert late.share(row, "conversions", days(1, ended=1)) == pytest.approx(0.8)
    assert late.share(row, "conversions", Window(AS_OF, AS_OF)) == 1.0  # nobody has seen today


def test_days_older_than_those_watched_are_full_and_cost_as_usual():
    """Of eight weeks the newest days are what is late."""
    missing = 0.1 + 0.2 + 0.5
    late, row = learned(), [campaign(conversions=4.0)]
    assert late.share(row, "conversions", days(56)) == pytest.approx(1 - missing / 56)


def test_where_nothing_came_yet_campaigns_weigh_by_what_they_spent():
    """None of a day's results is in: half of what costs 3,000 and all of what costs 1,000."""
    late = learned()
    rows = [campaign(conversions=0.0, spend=3000.0),
            campaign("engage", conversions=0.0, spend=1000.0)]  # fmt: skip
    assert late.share(rows, "conversions", days(1)) == pytest.approx((0.5 * 3 + 1) / 4)
    assert late.share([campaign(spend=3000.0)], "conversions", days(1)) == 1.0
    assert late.share([campaign(conversions=0.0)], "conversions", days(1)) == 1.0


@pytest.mark.parametrize(
    ("count", "shares"),
    [(1, (0.5,)), (3, (0.9, 0.8, 0.5)), (28, LATE), (29, ()), (0, ())],
)
def test_the_newest_days_are_told_one_by_one_as_far_as_they_were_watched(count, shares):
    """And none where more is asked for than was watched."""
    assert learned().of_days("convert", "conversions", count) == shares
    assert learned().of_days("reach", "conversions", count) == ()


def test_how_much_of_the_newest_day_is_in_is_told_where_it_is_not_all():
    """A week's newest day; a week that ended long ago has all its results."""
    late, rows = learned(), [campaign(conversions=4.0)]
    cpa, clicks = METRICS["cpa"], METRICS["clicks"]
    assert late.in_so_far(rows, cpa, days(7)) == 0.5
    assert late.in_so_far(rows, cpa, Window(LAST, AS_OF + timedelta(3))) == 0.5
    assert late.in_so_far(rows, cpa, days(7, ended=2)) == pytest.approx(0.9)
    assert late.in_so_far(rows, cpa, days(7, ended=3)) is None
    assert late.in_so_far(rows, clicks, days(7)) is None
    assert late.in_so_far(rows, None, days(7)) is None


def test_what_something_is_judged_by_is_told_with_what_it_settles_at():
    """The number stays as it is; one that has settled says nothing more."""
    late, rows = learned(), [campaign(conversions=29.0, spend=1160.0)]
    price = late.of_kpi(Kpi("cpa", 40.0, 30.0), rows, METRICS, days(1))
    assert (price.value, price.target) == (40.0, 30.0)
    assert price.settles == settles(late, "cpa", 40.0, 1, conversions=29.0, spend=1160.0)
    assert late.of_kpi(Kpi("no_such", 40.0), rows, METRICS, days(1)).settles is None
