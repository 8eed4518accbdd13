"""The change of a number that still waits for results, as it is read."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.render.values.digests import Kpi
from bot.render.values.measures import Measure
from bot.render.values.settling_number import change_of, changes_to

NUMBERS = st.floats(1, 1e6)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_the_ends_of_a_change_are_those_of_the_number(value, before, first, second):
    """Whoever works the number out from the change gets the ends that were said."""
    low, high = sorted((first, second))
    for number in (
        Kpi("cpa", value, before=before, settles=(low, high)),
        Measure("Google", "cpa", value, before, settles=(low, high)),
    ):
        least, most = changes_to(number)
        assert least <= most
        assert abs(before * (1 + least) - low) < 1e-6 * before + 1e-6
        assert abs(before * (1 + most) - high) < 1e-6 * before + 1e-6


@given(NUMBERS, NUMBERS)
def test_what_has_settled_has_one_change(value, before):
    """And what nobody knows of before has none."""
    assume(value != before)
    settled = Measure("Google", "clicks", value, before)
    assert changes_to(settled) is None
    assert change_of(settled) == value / before - 1
    for unknown in (Measure("Google", "clicks", value), Measure("Google", "clicks", None, before)):
        assert change_of(unknown) is None
        assert changes_to(unknown) is None
