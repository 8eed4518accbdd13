"""Sums, last values and numbers in place of words: the same however rows are packed or named."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bot.numbers.input.columns import (
    all_different,
    cells_of,
    coded,
    codes_of,
    dense,
    first_rows,
)
from bot.numbers.input.history import History
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import (
    MICROS,
    MetricSum,
    carried,
    newest_place,
    pieces,
)

FIRST = date(2026, 8, 1)
VALUES = st.sampled_from([np.nan, 0.0, 0.01, 2.5, -3.0, 999.99])
GRIDS = arrays(float, st.tuples(st.integers(0, 5), st.integers(0, 9)), elements=VALUES)


def between(values, since, until, *, money=True):
    """The sum of some days of campaigns, as a history adds it up."""
    column = "spend" if money else "conversions"
    names = tuple(str(number) for number in range(len(values)))
    history = History(names, FIRST, values.shape[1], {column: values}, ~np.isnan(values))
    days = Window(FIRST + timedelta(since), FIRST + timedelta(until - 1))
    return history.sum(column, days)


@pytest.mark.parametrize("campaigns", [1, 150, 151, 4_100])
@pytest.mark.parametrize("money", [True, False])
def test_a_window_is_the_sum_of_its_days_for_few_campaigns_and_for_many(campaigns, money):
    """However many lie in a piece, and at its ends; days with nothing add nothing."""
    chance = np.random.default_rng(campaigns)
    values = np.round(chance.uniform(-5, 5, (campaigns, 6)), 2)
    values[chance.uniform(size=values.shape) < 0.3] = np.nan
    for since, until in ((0, 6), (2, 5), (3, 4), (5, 6)):
        found = between(values, since, until, money=money)
        window = values[:, since:until]
        assert found.days.tolist() == (~np.isnan(window)).sum(axis=1).tolist()
        wanted = np.where(np.isnan(window).all(axis=1), np.nan, np.nansum(window, axis=1))
        np.testing.assert_allclose(found.value, wanted, atol=1e-9)


def test_money_is_counted_in_millionths_as_long_as_they_can_be_added_up():
    """Enormous amounts are added all the same, with the digits a float has."""
    assert between(np.array([[0.1] * 3]), 0, 3).amount.tolist() == [300_000]
    huge = between(np.array([[4e12, 4e12]]), 0, 2)
    assert (huge.amount.dtype, huge.value.tolist()) == (np.dtype("float64"), [8e12])
    large = between(np.array([[1e12, 1e12]]), 0, 2)
    assert (large.amount.dtype, large.amount.tolist()) == (np.dtype("int64"), [2_000_000 * 10**12])
    lone = np.array([[3e12, *[0.0] * 9]])  # one large day among small ones
    assert between(lone, 0, 10).amount.dtype == np.dtype("int64")
    credits_given = np.array([[-3e13, 1.0]])
    assert between(credits_given, 0, 2).value.tolist() == [-3e13 + 1.0]


def test_sums_of_groups_and_sums_put_side_by_side():
    """A group's days are those of its campaigns; parts in units and in millionths become units."""
    money = MetricSum(np.array([3 * MICROS, MICROS, 5 * MICROS]), np.array([2, 0, 1]))
    groups = money.by(np.array([1, 1, 0]), 3)
    assert groups.days.tolist() == [1, 2, 0]
    np.testing.assert_equal(groups.value, [5.0, 4.0, np.nan])
    plain = MetricSum(np.array([0.5]), np.array([1]))
    np.testing.assert_equal(MetricSum.beside([money, plain]).value, [3.0, np.nan, 5.0, 0.5])
    exact = MetricSum.beside([money, money])
    assert exact.amount.dtype == np.dtype("int64")
    assert exact.days.tolist() == [2, 0, 1] * 2
    most = MetricSum(np.array([3 * 10**18]), np.array([1]))
    assert MetricSum.beside([most, most]).value.tolist() == [3e12, 3e12]
    assert MetricSum.beside([most, most]).amount.dtype == np.dtype("float64")


def test_a_day_of_several_is_just_that_day():
    """Nothing is left over from the days before it."""
    values = np.array([[0.1, 0.2, 0.3]])
    assert between(values, 2, 3, money=False).value.tolist() == [0.3]


@given(GRIDS)
def test_the_newest_of_each_row_is_the_last_that_is_there(values):
    """-1 where none is; carried on, each day has the newest so far."""
    present = ~np.isnan(values)
    newest = newest_place(present).tolist()
    assert newest == [max(np.flatnonzero(row), default=-1) for row in present]
    onward = carried(values)
    for row, wanted in zip(onward, values, strict=True):
        series = pd.Series(wanted).ffill().to_numpy()
        np.testing.assert_equal(row, series)


@given(st.integers(0, 9_000), st.sampled_from([1, 2, 3]))
def test_pieces_are_all_of_it_in_order_and_none_twice(count, times):
    """None larger than a piece may be."""
    parts = [range(count)[part] for part in pieces(count, times)]
    assert [number for part in parts for number in part] == [*range(count)]
    assert all(0 < len(part) <= 2048 // times for part in parts)


WORDS = st.sampled_from(["a", "b", "B", "", None])
TABLES = st.lists(st.tuples(WORDS, WORDS), max_size=12)


@given(TABLES)
def test_rows_that_are_alike_have_one_number_and_others_another(rows):
    """In the order of their words, what is missing first, from 0 without gaps."""
    frame = pd.DataFrame(rows, columns=["one", "two"], dtype=object)
    codes = codes_of(frame, ("one", "two")).tolist()
    keys = [tuple((word is not None, word or "") for word in row) for row in rows]
    order = sorted(set(keys))
    assert codes == [order.index(key) for key in keys]
    first = first_rows(np.array(codes, dtype=np.int64)).tolist()
    assert first == [keys.index(key) for key in order]


@given(st.lists(st.integers(0, 9) | st.integers(10**6, 10**6 + 2), max_size=10))
def test_numbers_far_apart_are_told_apart_as_well(numbers):
    """Whether a table of all there could be has room or not."""
    codes = np.array(numbers, dtype=np.int64)
    assert dense(codes).tolist() == [sorted(set(numbers)).index(number) for number in numbers]
    assert all_different(codes) is (len(set(numbers)) == len(numbers))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 20_000)), max_size=12))
def test_each_campaign_and_day_is_a_cell(pairs):
    """Ordered by campaign, then by day; the same pair is the same cell."""
    codes, days = (np.array([pair[at] for pair in pairs], dtype=np.int64) for at in (0, 1))
    cells = cells_of(codes, days).tolist()
    for first, cell in zip(pairs, cells, strict=True):
        for second, other in zip(pairs, cells, strict=True):
            assert (cell < other) is (first < second)
            assert (cell == other) is (first == second)


def test_a_campaign_is_known_by_its_channel_account_and_id():
    """Sorted by that name, however its rows come."""
    frame = pd.DataFrame({"channel": ["meta_ads", "google_ads", "google_ads", "meta_ads"],
                          "account_id": ["1", "2", "10", "1"],
                          "campaign_id": ["x", "y", "y", "x"]}, dtype=object)  # fmt: skip
    codes, entities = coded(frame)
    assert entities == ["google_ads|10|y", "google_ads|2|y", "meta_ads|1|x"]
    assert codes.tolist() == [2, 1, 0, 2]
