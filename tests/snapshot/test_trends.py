"""What a price settles at is about the same days as the price beside it."""

from __future__ import annotations

import pytest

from bot.snapshot.trends import Series, likely

LATE = (1.0,) * 25 + (0.9, 0.8, 0.5)


def series(results=(10.0,) * 28):
    spent = (1000.0,) * 28
    return Series("stage", "convert", "", "NOK", "cpa", 1.0, spent, tuple(results), LATE)


def test_the_ends_hold_the_price_with_everything_in():
    """A week of 7 000 kr and 70 sales, of which 11 % are to come."""
    low, high = likely(series(), 7)
    assert low < 7000 / (70 / (6.2 / 7)) < high <= 100.0


def test_days_that_have_ended_are_looked_at_where_they_lie():
    """Last week, three days ago: everything is in."""
    assert likely(series(), 7, ended=3) is None
    assert likely(series(), 7, ended=2) is None  # 1.4 % are to come


def test_a_month_is_late_by_its_newest_days_alone():
    """Days older than the series are in; the interval lies around the month's own price."""
    assert likely(series(), 56, totals=(56_000.0, 280.0)) is None  # 0.8 of 56 days are to come
    low, high = likely(series(), 20, totals=(20_000.0, 100.0))
    assert 180 < low < high <= 200
    week = likely(series(), 7)
    assert week is not None
    assert week[1] < low


def test_a_day_that_brought_nothing_still_cost():
    """Its spend counts: the price cannot settle far below what it is because of it."""
    results = (10.0,) * 25 + (0.0, 10.0, 5.0)
    _, high = likely(series(results), 7)
    assert high == pytest.approx(7000 / 55, rel=0.05)
