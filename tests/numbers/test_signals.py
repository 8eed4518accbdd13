from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from bot.numbers.forecast.reporting_lag import Completion
from bot.numbers.signals.signs import SIGNALS, signals

AS_OF = date(2026, 11, 23)
DAYS = 70


def steady(seed: int = 3) -> dict[str, list[float]]:
    """A campaign where nothing is wrong: seventy days of ordinary noise."""
    rng = np.random.default_rng(seed)
    clicks = rng.poisson(200, DAYS).astype(float)
    shown = rng.normal(10_000, 300, DAYS).round()
    return {
        "spend": list(rng.normal(1000, 40, DAYS).round(2)),
        "impressions": list(shown),
        "reach": list((shown / rng.normal(1.3, 0.02, DAYS)).round()),
        "clicks": list(clicks),
        "conversions": list(rng.poisson(clicks * 0.02).astype(float)),
        "daily_budget": [1000.0] * DAYS,
    }


@pytest.fixture
def sign(days_of):
    """The signals of one campaign, as a function of what differs from a steady one."""

    def read(beside: pd.DataFrame | None = None, lag: Completion | None = None, **columns):
        rows = pd.concat([days_of(**(steady() | columns)), beside])
        told = signals(rows, AS_OF, lag=lag) if lag else signals(rows, AS_OF)
        return told.loc["google_ads||brand"]

    return read


def ending(column: str, last: list[float]) -> dict[str, list[float]]:
    values = steady()[column]
    return {column: [*values[: DAYS - len(last)], *last]}


def test_money_in_another_unit_is_told_from_a_dearer_market(sign):
    """A hundred times every day from one day on is; thrice, or a single wild day, is not."""
    steady_spend = steady()["spend"]
    hundredfold = [spend * 100 for spend in steady_spend[-5:]]
    told = sign(**ending("spend", hundredfold))
    assert (told["unit_jump"], told["unit_days"]) == (pytest.approx(100, rel=0.1), 5)
    told = sign(**ending("spend", [spend / 100 for spend in steady_spend[-5:]]))
    assert (told["unit_jump"], told["unit_days"]) == (pytest.approx(0.01, rel=0.1), 5)
    for usual in (
        {},
        ending("spend", [spend * 3 for spend in steady_spend[-5:]]),
        ending("spend", [steady_spend[-2] * 100, steady_spend[-1]]),
    ):
        assert tuple(sign(**usual)[["unit_jump", "unit_days"]]) == (1, 0)


def test_a_day_that_cost_too_much_says_by_how_much(sign):
    """The money beyond its usual day, however long it has gone on and whatever the window."""
    usual = steady()["spend"][-1]
    told = sign(**ending("spend", [usual * 90] * 3))
    assert told["spend_excess"] == pytest.approx(usual * 89, rel=0.1)


def test_every_signal_has_a_name_and_a_meaning(sign):
    """A rule may read any of the named signals, and each says what it means."""
    assert list(sign().index) == list(SIGNALS)
    assert all(SIGNALS.values())


def test_a_steady_campaign_gives_no_sign(sign):
    """Where nothing is wrong no detector speaks."""
    told = sign()
    assert told["outage"] < 4
    assert told["spend_vs_usual"] == pytest.approx(1, abs=0.15)
    assert told[["stopped_days", "silent_days", "late_days", "own_late_days"]].tolist() == [0] * 4
    assert told["fatigue"] < 3.7
    assert max(told["cost_break"], told["cost_relief"]) < 6


def test_zero_results_are_held_against_what_clicks_foretell(sign):
    """Three days with clicks and no conversion: about twelve were to be expected."""
    told = sign(**ending("conversions", [0.0, 0.0, 0.0]))
    assert told["outage"] == pytest.approx(12, rel=0.25)
    assert told["outage_days"] == 3


def test_missing_results_are_not_zero_results(sign):
    """Days nobody counted foretell nothing: missing is not zero."""
    told = sign(**ending("conversions", [np.nan, np.nan, np.nan]))
    assert told["outage"] < 7


def test_a_campaign_without_results_foretells_none(sign):
    """Where there never were results, an outage cannot be seen, and says so by being missing."""
    assert np.isnan(sign(conversions=[0.0] * DAYS)["outage"])
    assert np.isnan(sign(conversions=[np.nan] * DAYS)["outage"])


@pytest.mark.parametrize(("days_before", "changes"), [(55, True), (56, False)])
def test_what_clicks_foretell_is_the_rate_of_56_days(sign, days_before, changes):
    """A rate is that of the 56 days up to the last result: the day before them says nothing."""
    silent = ending("conversions", [0.0, 0.0, 0.0])
    counted = list(silent["conversions"])
    newest = max(place for place, count in enumerate(counted) if count > 0)
    counted[newest - days_before] += 400
    usual, other = sign(**silent)["outage"], sign(conversions=counted)["outage"]
    assert (other > 1.5 * usual) if changes else (other == usual)


def test_late_results_are_expected_late(sign):
    """Where conversions come in late, the newest days foretell fewer."""
    slow = Completion(np.array([0.1, 0.1, 0.3, 0.6] + [1.0] * 27), 99)
    last = ending("conversions", [0.0, 0.0, 0.0])
    assert sign(lag=slow, **last)["outage"] < 0.5 * sign(**last)["outage"]


def test_a_spend_spike_shows_against_budget_and_weekday(sign):
    """Spending two and a half times the budget shows in both."""
    told = sign(**ending("spend", [2500.0]))
    assert told["spend_vs_budget"] == 2.5
    assert told["spend_vs_usual"] == pytest.approx(2.5, rel=0.1)


def test_money_that_somebody_moved_here_is_no_surprise(sign):
    """Three times the budget and the spend is a usual day; where no budget is told, it is not."""
    moved = ending("spend", [3000.0]) | ending("daily_budget", [3000.0])
    assert sign(**moved)["spend_vs_usual"] == pytest.approx(1, abs=0.15)
    told = sign(**(moved | {"daily_budget": [np.nan] * DAYS}))
    assert told["spend_vs_usual"] == pytest.approx(3, rel=0.1)


def test_a_budget_lowered_in_mid_month_is_not_overspent(sign):
    """What was allowed until then was allowed: the month is as far as its days."""
    budgets = [1000.0] * (DAYS - 2) + [200.0] * 2
    spend = [1000.0] * (DAYS - 2) + [200.0] * 2
    assert sign(daily_budget=budgets, spend=spend)["month_used"] < 1


def test_an_unknown_budget_is_not_a_spike(sign):
    """Without a budget there is nothing to hold spend against."""
    assert np.isnan(sign(daily_budget=[np.nan] * DAYS)["spend_vs_budget"])


def test_the_months_spend_is_held_against_the_months_budgets(sign):
    """Spend since the first of the month over 30.4 daily budgets."""
    assert sign()["month_used"] == pytest.approx(22 / 30.4, rel=0.05)


def test_a_stop_is_told_from_a_silence(sign, days_of):
    """Rows that say 0 are stopped days; no rows while the account has some are silent days."""
    stopped = sign(**ending("impressions", [0.0, 0.0]))
    assert (stopped["stopped_days"], stopped["silent_days"]) == (2, 0)
    assert stopped["usual_showings"] == pytest.approx(10_000, rel=0.05)
    other = days_of("Other", impressions=[5.0] * 5)
    silent = sign(beside=other, date=[AS_OF - timedelta(DAYS + 3 - place) for place in range(DAYS)])
    assert (silent["stopped_days"], silent["silent_days"]) == (0, 3)
    assert (silent["own_late_days"], silent["late_days"]) == (3, 0)


def test_a_stop_is_worth_what_its_account_loses_by_it(sign, days_of):
    """Few showings may cost much: a campaign's share of its account's spend is told; of none, 0."""
    gone = [AS_OF - timedelta(DAYS + 3 - place) for place in range(DAYS)]
    few, cost = [380.0] * DAYS, [900.0] * DAYS
    other = days_of("Other", spend=[100.0] * DAYS, impressions=[9_000.0] * DAYS)
    dear = sign(beside=other, date=gone, impressions=few, spend=cost)
    assert (dear["silent_days"], dear["usual_share"]) == (3, pytest.approx(0.9))
    cheap = sign(beside=other, date=gone, impressions=few, spend=[1.0] * DAYS)
    assert cheap["usual_share"] < 0.03
    assert sign(beside=other, date=gone, impressions=[20.0] * DAYS, spend=cost)["usual_share"] == 0


def test_a_late_account_is_late_and_not_stopped(sign):
    """Where the whole account has no rows, its numbers are late: that is no stop."""
    told = sign(date=[AS_OF - timedelta(DAYS + 2 - place) for place in range(DAYS)])
    assert (told["late_days"], told["silent_days"], told["stopped_days"]) == (2, 0, 0)


def test_fatigue_needs_both_signs(sign):
    """Clicks down and showings a person up is fatigue; either alone is not."""
    fewer = ending("clicks", [120.0] * 7)
    people = {"reach": [*steady()["reach"][:-7], *[5_500.0] * 7]}
    assert sign(**fewer, **people)["fatigue"] > 3.7
    assert sign(**fewer)["fatigue"] == 0
    assert sign(**people)["fatigue"] == 0
    assert sign(reach=[np.nan] * DAYS)["fatigue"] < 3.3
    assert np.isnan(sign(clicks=[np.nan] * DAYS)["fatigue"])


def test_a_slide_is_seen_where_no_reach_is_told(sign):
    """A platform that tells no reach still tells clicks; they must slide further to convince."""
    slide = ending("clicks", [200.0 * (1 - 0.03 * day) for day in range(1, 15)])
    assert sign(**slide, reach=[np.nan] * DAYS)["fatigue"] > 3.3


def test_a_doubled_cost_is_a_break(sign):
    """Half the results for the same money for two weeks is a break, and its mirror a relief."""
    worse = sign(**ending("conversions", [1.0] * 14))
    assert worse["cost_break"] > 6
    assert worse["cost_relief"] == 0
    better = sign(**ending("conversions", [9.0] * 14))
    assert better["cost_relief"] > 6


def test_a_budget_change_is_dated_and_measured(sign):
    """A budget raised by a fifth three days ago says so; a gap in the budgets is no change."""
    told = sign(**ending("daily_budget", [np.nan, 1200.0, 1200.0, 1200.0]))
    assert told["days_since_budget_change"] == 3
    assert told["budget_change"] == pytest.approx(0.2)
    assert told["results_since_change"] == sum(steady()["conversions"][-3:])
    assert np.isnan(sign()["days_since_budget_change"])


def test_results_are_what_the_stage_counts(days_of):
    """A lead campaign counts leads, a sale campaign sales, documented ones where there are some."""
    rows = days_of(leads=[5.0] * 20, conversions=[1.0] * 20)
    for model, want in (("CPL", 70), ("CPA", 14)):
        about = pd.DataFrame(
            {"entity": ["google_ads||brand"], "stage": ["act"], "pricing_model": [model]}
        )
        assert signals(rows, AS_OF, about)["results"].tolist() == [want]
    documented = rows.assign(documented_conversions=0.5)
    assert signals(documented, AS_OF, about)["results"].tolist() == [7]


def test_age_counts_mornings(days_of):
    """A campaign whose first day was yesterday is one morning old."""
    assert signals(days_of(spend=[1.0]), AS_OF)["age_days"].tolist() == [1]
    assert signals(days_of(spend=[1.0] * 200), AS_OF)["age_days"].tolist() == [91]


def test_a_signal_reads_no_later_rows(sign, days_of):
    """Rows dated as_of or later, or pulled after it, give no sign."""
    told = sign()
    later = days_of(until=AS_OF + timedelta(5), spend=[9e5] * 6)
    pulled = days_of(spend=[9e5] * 6).assign(pulled_on=AS_OF + timedelta(1))
    for unseen in (later, pulled):
        pd.testing.assert_series_equal(sign(beside=unseen), told)


def test_an_unrelated_campaign_gives_no_sign_to_another(sign, days_of):
    """Another account's campaign changes nothing."""
    other = days_of("Other", spend=[9e5] * 80, conversions=[0.0] * 80).assign(account_id="7")
    pd.testing.assert_series_equal(sign(beside=other), sign())


def test_nothing_gives_no_signals(days_of):
    """No numbers give an empty table with every column."""
    empty = signals(days_of(spend=[1.0])[:0], AS_OF)
    assert list(empty) == list(SIGNALS)
    assert empty.empty
