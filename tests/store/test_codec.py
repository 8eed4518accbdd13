from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.codec import dump, load, utc

PLAIN = (
    st.none() | st.booleans() | st.integers() | st.text() | st.dates()
    | st.floats(allow_nan=False) | st.datetimes() | st.decimals(allow_nan=False)
)  # fmt: skip
KEYS = st.text() | st.sampled_from(["$day", "$tuple", "$map", "$float"])
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(KEYS, inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_any_value_reads_back_equal(value):
    """Days, tuples, Decimals and even our own marks survive as what they were."""
    assert load(dump(value)) == value
    assert type(load(dump(value))) is type(value)


def test_numpy_numbers_become_plain():
    """Evidence comes from frames."""
    assert load(dump({"x": np.float64(1.5), "n": (np.int64(2),)})) == {"x": 1.5, "n": (2,)}


def test_times_are_written_so_that_they_sort():
    """One zone, one width, whatever came in."""
    texts = [
        utc(datetime(2026, 11, 24, 7, tzinfo=UTC)),
        utc(datetime(2026, 11, 24, 7, 0, 0, 5, tzinfo=UTC)),
    ]
    assert texts == sorted(texts)
    assert len({len(text) for text in texts}) == 1
    with pytest.raises(ValueError, match="no time zone"):
        utc(datetime(2026, 11, 24))


def test_dates_and_decimals_in_one():
    """A plan's values as somebody may write them."""
    value = {"target": Decimal("40.50"), "from": date(2026, 11, 1), "stages": ["act"]}
    assert load(dump(value)) == value
