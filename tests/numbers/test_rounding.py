from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.numbers.metrics.sums import apportioned, digits_for, rounded

AMOUNT = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.lists(AMOUNT, min_size=1, max_size=12), st.integers(0, 6))
def test_what_is_shown_adds_up(parts, digits):
    """To the last digit, and no part is off by more than one unit of it."""
    total = rounded(sum(parts), digits)
    shown = apportioned(parts, total, digits)
    assert sum(shown) == total
    unit = Decimal(1).scaleb(-digits)
    for part, one in zip(parts, shown, strict=True):
        assert abs(Decimal(repr(part)) - one) <= unit * Decimal("1.5")


@given(st.lists(AMOUNT, min_size=1, max_size=8, unique=True), st.integers(0, 4))
def test_backwards_the_signs_change(parts, digits):
    """Now against before and before against now show the same amounts."""
    total = rounded(sum(parts), digits)
    there = apportioned(parts, total, digits)
    back = apportioned([-part for part in parts], -total, digits)
    assert back == tuple(-one for one in there)


def test_the_rest_goes_to_whom_rounding_took_it_from():
    """Three thirds of one: the unit that is missing goes to the largest remainder."""
    assert apportioned([0.45, 0.35, 0.20], Decimal(1), 0) == (Decimal(1), Decimal(0), Decimal(0))
    shown = apportioned([33.4, 33.4, 33.2], Decimal(100), 0)
    assert sorted(shown) == [Decimal(33), Decimal(33), Decimal(34)]


@pytest.mark.parametrize(
    ("change", "least", "step", "digits"),
    [
        (143, 0, 2, 0),
        (9.4, 0, 2, 2),
        (0.03, 0, 2, 4),
        (0, 2, 1, 2),
        (0.0013, 4, 1, 5),
        (2, 0, 1, 1),
    ],
)
def test_small_changes_get_more_digits(change, least, step, digits):
    """A change is shown to a twentieth of itself at least."""
    assert digits_for(change, least, step) == digits
