"""A first import: results still to come are no fault, and a fault is no lateness."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.numbers.input.history import History
from bot.numbers.input.normalise import normalise
from bot.numbers.signals.history_panel import HORIZON, HistoryPanel
from bot.numbers.signals.late_results import explained, unreported
from bot.numbers.signals.price_breaks import broken
from bot.numbers.signals.trouble import NAMES, troubles

AS_OF, LOST, LEVEL, UNCOUNTED = date(2026, 9, 1), 2.7, 8.0, 7.0
AGES = np.arange(HORIZON, 0, -1)


def even(days: int) -> np.ndarray:
    """Results that come in evenly over so many days."""
    return np.minimum(AGES / days, 1.0)


def step(days: int, left: float) -> np.ndarray:
    """A rate that fell to `left` so many days ago."""
    return np.where(days >= AGES, left, 1.0)


def signs(
    shares: np.ndarray,
    a_day: float,
    unlearned: bool,
    *beside: np.ndarray,
    counted: str = "conversions",
) -> dict[str, float]:
    """The signs of a campaign of 1,500 clicks whose days bring these shares of what is usual.

    `beside`: shares of other campaigns of its account, of the same kind.
    """
    rng = np.random.default_rng(5)
    frame = pd.concat(
        pd.DataFrame(
            {
                "date": pd.date_range(end=AS_OF - timedelta(1), periods=HORIZON),
                "channel": "google_ads", "account_id": "1", "campaign_id": name,
                "campaign_name": name, "currency": "NOK", "spend": 6000.0,
                "impressions": 90_000.0, "clicks": 1500.0,
                counted: rng.poisson(a_day * each).astype(float),
            }
        )
        for name, each in zip("abcd", (shares, *beside), strict=False)
    )  # fmt: skip
    history = History.of(normalise(frame))
    watched = np.full(len(history.entities), unlearned)
    panel = HistoryPanel.over(history, AS_OF, None, np.ones((1, HORIZON)), watched)
    return dict(zip(NAMES, (values[0] for values in troubles(panel)), strict=True))


def is_alarm(found: dict[str, float]) -> bool:
    return max(found["tag_fault"], found["page_fault"]) > LOST or found["new_level"] > LEVEL


@pytest.mark.parametrize("days", [3, 5, 7, 10, 14, 18])
@pytest.mark.parametrize("a_day", [15.0, 60.0])
def test_sales_that_come_in_late_are_no_fault_on_a_first_import(days: int, a_day: float) -> None:
    """Whatever the lateness, no page, no tag and no definition is blamed for it."""
    assert not is_alarm(signs(even(days), a_day, unlearned=True))


@pytest.mark.parametrize(("days", "left"), [(5, 0.05), (9, 0.1), (8, 0.3), (20, 0.4)])
def test_a_step_is_a_fault_on_a_first_import_too(days: int, left: float) -> None:
    """A rate that fell at once and stays is told, though nobody knows how full days are."""
    assert is_alarm(signs(step(days, left), 60.0, unlearned=True))


def test_days_that_were_watched_are_taken_as_they_are() -> None:
    """Where it is known how full days are, the same slope is a fall."""
    assert is_alarm(signs(even(10), 60.0, unlearned=False))


@given(
    count=st.lists(st.integers(0, 50), min_size=30, max_size=30),
    exposure=st.lists(st.integers(0, 900), min_size=30, max_size=30),
)
def test_lateness_never_makes_counts_less_likely(count: list[int], exposure: list[int]) -> None:
    """It is measured against none at all, is never under zero, and always a number."""
    source = np.array([exposure], float)
    found = explained(np.where(source > 0, np.array([count], float), 0.0), source)
    assert np.isfinite(found).all()
    assert (found >= 0).all()


@given(
    st.lists(
        st.tuples(st.none() | st.floats(-500, 500), st.none() | st.floats(-20, 40).map(round)),
        min_size=12,
        max_size=40,
    )
)
def test_a_credit_or_a_sale_taken_back_breaks_no_price(days: list[tuple]) -> None:
    """Days under zero have no price; whatever the days hold, there is an answer."""
    found = broken([spent for spent, _ in days], [count for _, count in days])
    assert found is None or found.ratio > 0


def test_late_results_are_no_dearer_price() -> None:
    """A price that climbs with each newer day has not broken; one that doubled has."""
    spent = [1000.0] * 35
    late = [20.0] * 28 + [17.0, 14.0, 12.0, 9.0, 6.0, 3.0, 1.0]
    assert broken(spent, late) is None
    found = broken(spent, [20.0] * 28 + [9.0, 10.0, 11.0, 9.0, 10.0, 9.0, 10.0])
    assert found is not None
    assert found.at == 28


@pytest.mark.parametrize("a_day", [8.0, 20.0])
def test_newest_days_without_a_sale_yet_are_no_outage_on_a_first_import(a_day: float) -> None:
    """Where the days before show that sales come in late, two empty days are what is due."""
    late = np.where(AGES <= 2, 0.0, even(10))
    assert not signs(late, a_day, unlearned=True)["silence"] > UNCOUNTED
    assert signs(step(2, 0.0), a_day, unlearned=False)["silence"] > UNCOUNTED


@pytest.mark.parametrize("days", [4, 6, 12])
def test_an_outage_is_one_on_a_first_import_too(days: int) -> None:
    """Full days and then none at all: no lateness makes so many of them likely."""
    assert signs(step(days, 0.0), 12.0, unlearned=True)["silence"] > UNCOUNTED


FULL = np.ones(HORIZON)


@pytest.mark.parametrize("days", [4, 5])
def test_neighbours_full_days_speak_against_lateness(days: int) -> None:
    """Where the account's other campaigns have their results, four days of none are an outage."""
    assert not signs(step(days, 0.0), 5.0, unlearned=True)["silence"] > UNCOUNTED
    assert signs(step(days, 0.0), 5.0, True, FULL, FULL)["silence"] > UNCOUNTED


def test_a_page_that_loses_most_is_named_beside_full_neighbours() -> None:
    """A fifth of the results in four days is a fault where the others had all of theirs."""
    assert not is_alarm(signs(step(4, 0.2), 6.0, unlearned=True))
    assert is_alarm(signs(step(4, 0.2), 6.0, True, FULL, FULL))


@pytest.mark.parametrize("late", [5, 10])
@pytest.mark.parametrize("a_day", [8.0, 20.0])
def test_neighbours_that_are_late_too_excuse_it(late: int, a_day: float) -> None:
    """An account whose results come in late is no outage, however many campaigns show it."""
    found = signs(even(late), a_day, True, even(late), even(late), even(late))
    assert not is_alarm(found)
    assert not found["silence"] > UNCOUNTED


@pytest.mark.parametrize(("empty", "known", "days"), [
    (5, 30, 5.0), (0, 30, 0.0), (30, 30, 30.0), (5, 6, np.nan),
])  # fmt: skip
def test_days_without_a_report_are_counted_from_the_first(empty, known, days):
    """The tail without a value, where a value was usual before; unknown where it never was."""
    values = np.full((1, HORIZON), np.nan)
    end = HORIZON - empty
    values[0, end - known : end] = 3.0
    paid = np.zeros((1, HORIZON), dtype=bool)
    paid[0, end - known :] = True
    assert unreported(values, paid)[0] == pytest.approx(days, nan_ok=True)


def test_a_column_that_is_often_empty_or_always_zero_lost_nothing():
    """Where only days with a sale have a value, an empty tail is the platform's way."""
    paid = np.ones((2, HORIZON), dtype=bool)
    values = np.full((2, HORIZON), np.nan)
    values[0, :-5:3] = 2.0
    values[1, :-5] = 0.0
    assert np.isnan(unreported(values, paid)).all()


@pytest.mark.parametrize(("tail", "days"), [(3, 0.0), (6, 6.0)])
def test_a_platform_that_leaves_zeros_out_has_blank_days_by_chance(tail, days):
    """One day of seven is blank: three in a row may be chance, six are none."""
    values = np.full((1, HORIZON), 2.0)
    values[0, 3::7] = np.nan
    values[0, -tail:] = np.nan
    values[0, -tail - 1] = 2.0
    paid = np.ones((1, HORIZON), dtype=bool)
    assert unreported(values, paid)[0] == days


@pytest.mark.parametrize(("days", "left"), [(3, 0.0), (5, 0.2), (6, 0.3)])
def test_a_step_of_several_campaigns_at_once_is_no_lateness(days: int, left: float) -> None:
    """A tag or a banner that breaks for a whole account, on the day it is first seen."""
    fell = step(days, left)
    assert signs(fell, 10.0, True, fell, fell)["account_loss"] > 12


@pytest.mark.parametrize("late", [6, 10, 14])
def test_results_of_several_campaigns_that_are_late_are_no_step(late: int) -> None:
    """The same account with results that come in over one or two weeks."""
    slope = even(late)
    assert not signs(slope, 10.0, True, slope, slope)["account_loss"] > 12


@pytest.mark.parametrize(("days", "left"), [(5, 0.1), (8, 0.2)])
def test_leads_are_not_waited_for_on_a_first_import(days: int, left: float) -> None:
    """A form is sent at once: leads that fell in a step fell, sales may still come in."""
    fell = step(days, left)
    assert is_alarm(signs(fell, 8.0, unlearned=True, counted="leads"))
    assert not is_alarm(signs(step(3, 0.5), 8.0, unlearned=True, counted="leads"))
