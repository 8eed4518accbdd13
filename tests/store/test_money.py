from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import StoreError
from bot.store.codec import MISSING, from_micros, to_micros

AMOUNTS = st.decimals(-(10**9), 10**9, places=6, allow_nan=False)


@given(st.lists(AMOUNTS, min_size=1))
def test_amounts_of_six_decimals_survive_exactly(amounts):
    """Stored money is the amount, whether it came as a Decimal or as a float."""
    micros = [int(amount * 1_000_000) for amount in amounts]
    assert to_micros(amounts).tolist() == micros
    floats = np.array([float(amount) for amount in amounts])
    assert to_micros(floats).tolist() == micros
    assert from_micros(to_micros(floats)).tolist() == floats.tolist()


@given(st.floats(-9e12, 9e12))
@example(0.1 + 0.2)
@example(2.5e-7)
@example(5e-7)
@example(1.5e-6)
@example(4e9 + 1e-6)
@example(8e12 + 1 / 3)
def test_floats_round_half_even_as_the_decimal_they_print_as(amount):
    """The quick way and Decimal agree on every float."""
    exact = Decimal(str(amount)).scaleb(6).to_integral_value(rounding=ROUND_HALF_EVEN)
    assert to_micros(np.array([amount])).tolist() == [int(exact)]


@example(2**53 + 1)
@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_micros_read_as_the_nearest_float(micros):
    """Also beyond 2^53, where a float holds no whole micro any more."""
    assert from_micros(np.array([micros])).tolist() == [micros / 1_000_000]


@pytest.mark.parametrize("missing", [None, math.nan, Decimal("NaN"), np.nan])
def test_missing_money_stays_missing(missing):
    """Missing is missing, never 0."""
    assert to_micros(np.array([missing, 1], dtype=object)).tolist() == [MISSING, 1_000_000]
    assert np.isnan(from_micros(np.array([MISSING]))).all()


def test_whole_numbers_and_text_are_money_too():
    """Integers, and the texts an export may hold, are read as decimals."""
    assert to_micros(np.array([1, 2])).tolist() == [1_000_000, 2_000_000]
    assert to_micros(["1.10", Decimal("0.1")]).tolist() == [1_100_000, 100_000]
    assert to_micros([]).tolist() == []


@pytest.mark.parametrize("amount", [1e13, math.inf, -math.inf, Decimal("1e30"), "kr 5"])
def test_what_cannot_be_stored_is_refused(amount):
    """Too large, infinite or no amount: one sentence."""
    with pytest.raises(StoreError, match=r"more money than can be stored|is not an amount"):
        to_micros([amount])


def test_a_decimal_is_stored_to_the_micro(store, rows, at):
    """Decimals in a frame never pass through a float."""
    exact = Decimal("8999999999999.123457")
    store.add_numbers(rows({"date": 1, "spend": exact}), source="x", pulled_at=at(2))
    with store._db.reading() as db:
        assert db.tuples("SELECT spend FROM daily") == [(8999999999999123457,)]
