"""The month's money: counted over every campaign a budget pays for, and foretold by weekday."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from bot.numbers.forecast.pace import PACE, pace, rest_of_month
from bot.numbers.input.history import History
from bot.numbers.input.normalise import normalise

AS_OF = date(2026, 11, 21)  # 20 of 30 days are over


def rows(name: str, spend, days: int = 91) -> pd.DataFrame:
    dates = pd.date_range(end=AS_OF - timedelta(1), periods=days)
    told = {"channel": "google_ads", "account_id": "1", "campaign_id": name, "campaign_name": name}
    paid = spend(dates) if callable(spend) else float(spend)
    return pd.DataFrame({"date": dates, **told, "currency": "NOK", "spend": paid})


def told(frames, budgets, entries=None, currencies=None, as_of=AS_OF):
    history = History.of(normalise(pd.concat(frames)))
    many = len(frames)
    found = pace(
        history, as_of, np.array(budgets, float), entries or ["g*"] * many,
        currencies or ["NOK"] * many,
    )  # fmt: skip
    assert set(found.columns) == set(PACE)
    return found


def test_a_steady_month_lands_where_it_goes():
    """1 000 a day of 30 000: two thirds spent, lands at 100 %, 1 000 a day is needed."""
    found = told([rows("a", 1000)], [30_000]).columns
    wanted = {"pace": 2 / 3, "pace_gone": 2 / 3, "pace_lands": 1, "pace_days_left": 10}
    wanted |= {"pace_low": 1, "pace_high": 1, "pace_needed": 1000, "pace_daily": 1000}
    wanted |= {"pace_budget": 30_000, "pace_spent": 20_000}
    assert {name: found[name][0] for name in PACE} == pytest.approx(wanted)


def test_one_budget_is_counted_over_all_it_pays_for():
    """Two campaigns of one plan entry share its money; a third without a budget is not paced."""
    frames = [rows("a", 600), rows("b", 400), rows("c", 5000)]
    found = told(frames, [30_000, 30_000, np.nan])
    assert found.of.tolist() == [0, 0, -1]
    assert found.columns["pace_lands"][:2] == pytest.approx([1, 1])
    assert np.isnan(found.columns["pace_lands"][2])


def test_the_days_left_cost_what_their_weekday_costs():
    """Where weekends are dear, a month with two weekends left lands higher than the plain mean."""

    def dear(dates):
        return np.where(dates.day_of_week >= 5, 2000.0, 1000.0)

    found = told([rows("a", dear)], [30_000]).columns
    plain = (found["pace_spent"] + 10 * 36 / 28 * 1000)[0] / 30_000
    assert found["pace_lands"][0] > plain  # 21/22 and 28/29 November are still to come
    assert found["pace_low"][0] < found["pace_lands"][0] < found["pace_high"][0]


def test_scattered_days_leave_a_wider_span():
    """The span holds eight times in ten: it grows with the days' scatter."""
    random = np.random.default_rng(1)
    calm = told([rows("a", lambda d: 1000 + 50 * random.standard_normal(len(d)))], [30_000]).columns
    wild = told([rows("a", lambda d: 1000 * random.uniform(0.3, 1.7, len(d)))], [30_000]).columns
    width = [each["pace_high"][0] - each["pace_low"][0] for each in (calm, wild)]
    assert 0 < width[0] < 0.3 * width[1]


def test_the_span_holds_four_times_in_five():
    """Over 400 months of scattered days, 80 % land inside, give or take."""
    random, inside = np.random.default_rng(7), 0
    frames = [rows(f"c{n:03}", lambda d: random.gamma(8, 125, len(d))) for n in range(400)]
    found = told(frames, [30_000] * 400, [f"e{n}" for n in range(400)]).columns
    rest = random.gamma(8, 125, (400, 10)).sum(axis=1)
    lands = (found["pace_spent"] + rest) / 30_000
    inside = ((found["pace_low"] <= lands) & (lands <= found["pace_high"])).mean()
    assert 0.74 <= inside <= 0.88


def test_nobody_guesses_about_a_campaign_of_ten_days():
    """Fewer than 14 days: what is spent is told, where it lands is not."""
    found = told([rows("a", 1000, days=10)], [30_000]).columns
    assert found["pace_spent"][0] == 10_000
    assert np.isnan(found["pace_lands"][0])
    assert np.isnan(found["pace_low"][0])


@pytest.mark.parametrize(("days", "lands"), [(13, False), (14, True)])
def test_fourteen_days_are_enough_to_say_where_it_lands(days, lands):
    """With exactly 14 days where it lands is told; with 13 it is not."""
    found = told([rows("a", 1000, days=days)], [30_000]).columns
    assert np.isfinite(found["pace_lands"][0]) == lands
    assert np.isfinite(found["pace_high"][0]) == lands


def test_currencies_are_never_added_up():
    """An entry that holds kroner and euros is not paced."""
    found = told([rows("a", 1000), rows("b", 90)], [30_000, 30_000], currencies=["NOK", "EUR"])
    assert found.of.tolist() == [-1, -1]


def test_the_first_morning_looks_back_on_a_finished_month():
    """On the first of the month the month of the last data day is over: no days are left."""
    found = told([rows("a", 1000)], [30_000], as_of=AS_OF).columns
    assert found["pace_days_left"][0] == 10
    over = told([rows("a", 1000)], [30_000], as_of=date(2026, 11, 1)).columns
    assert (over["pace_days_left"][0], over["pace_gone"][0]) == (0, 1)
    assert np.isnan(over["pace_needed"][0])


@pytest.mark.parametrize(
    "weekdays", [{1, 5}, {0}, {5, 6}, {0, 2, 4}], ids=["two", "one", "weekend", "three"]
)
@pytest.mark.parametrize("between", [0.0, None], ids=["zeros", "no rows"])
def test_few_days_a_week_land_where_their_days_go(weekdays: set[int], between: float | None):
    """Shown on a few weekdays, with zeros between or no rows at all: only those are to come."""

    def on(dates):
        return np.where(dates.day_of_week.isin(weekdays), 200.0, np.nan if between is None else 0.0)

    days = pd.date_range("2026-11-01", "2026-11-30")
    budget = 200.0 * days.day_of_week.isin(weekdays).sum()
    found = told([rows("a", on).dropna(subset="spend")], [budget]).columns
    assert found["pace_lands"][0] == pytest.approx(1, abs=0.01)
    assert found["pace_high"][0] == pytest.approx(1, abs=0.02)


def test_days_seldom_spent_on_without_a_habit_are_not_foretold_as_off():
    """Spend on scattered days of the week is no schedule: every weekday may have some."""
    random = np.random.default_rng(3)
    found = told([rows("a", lambda d: np.where(random.random(len(d)) < 0.3, 500.0, 0.0))], [5000])
    assert found.columns["pace_high"][0] > found.columns["pace_low"][0]


@pytest.mark.parametrize("blank", [0.0, np.nan])
@pytest.mark.parametrize(("days", "is_over"), [(2, False), (4, True), (10, True)])
def test_a_campaign_that_ended_is_not_paced(days, is_over, blank):
    """It is told neither to spend more nor less; two quiet days are no end."""

    def ends(dates):
        return np.where(np.arange(len(dates)) < len(dates) - days, 1000.0, blank)

    frames = [rows("a", ends).dropna(subset="spend"), rows("b", 400)]
    found = told(frames, [30_000, 9_000], ["a", "b"]).columns
    assert found["pace"][0] == pytest.approx((20 - days) / 30)
    assert np.isnan(found["pace_lands"][0]) == np.isnan(found["pace_high"][0]) == is_over
    assert np.isfinite(found["pace_lands"][1])


def test_days_off_that_always_were_are_no_end():
    """Who runs from Monday to Wednesday is on his way again next week."""

    def three_days(dates):
        return np.where(dates.day_of_week < 3, 2000.0, 0.0)

    found = told([rows("a", three_days)], [30_000], as_of=date(2026, 11, 23)).columns
    assert np.isfinite(found["pace_lands"][0])


def test_what_has_ended_costs_nothing_more():
    """The rest of its month is foretold to be free, to the last øre."""
    recent = np.array([[100.0] * 20 + [np.nan] * 8, [100.0] * 28])
    low, about, high = rest_of_month(recent, AS_OF - timedelta(1))
    assert (low[0], about[0], high[0]) == (0.0, 0.0, 0.0)
    assert low[1] > 0
