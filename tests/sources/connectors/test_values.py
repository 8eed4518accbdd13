"""Numbers and ids as drivers hand them over: exact, whatever their type."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.sources.connectors.values import at_path, id_of, number_of, opened, picked, zone_of


@given(st.integers(-(10**15), 10**15), st.sampled_from([int, Decimal, str]))
def test_millionths_are_divided_exactly(micros: int, kind: type) -> None:
    """The nearest number there is to the amount, as if it had been written with six decimals."""
    written = f"{'-' if micros < 0 else ''}{abs(micros) // 10**6}.{abs(micros) % 10**6:06d}"
    assert number_of(kind(micros), micros=True) == float(written)


@given(st.lists(st.decimals(0, 10**6, places=2), min_size=1, max_size=50))
def test_binary_fractions_add_up_to_what_was_spent(amounts: list[Decimal]) -> None:
    """SQLite adds floats: what that leaves beyond the ninth decimal is gone."""
    assert number_of(sum(map(float, amounts))) == float(sum(amounts))


@given(st.integers(1, 2**63 - 1))
def test_an_id_is_its_digits(number: int) -> None:
    """As a whole number, a decimal with zeros behind it, a text, or a URN's last part."""
    writings = (
        number,
        Decimal(number),
        Decimal(f"{number}.000"),
        str(number),
        f"urn:li:x:{number}",
    )
    assert {id_of(writing) for writing in writings} == {str(number)}


@pytest.mark.parametrize("missing", [None, "", "-", float("nan")])
def test_what_is_missing_is_no_number(missing: object) -> None:
    """And never 0."""
    assert math.isnan(number_of(missing))


@pytest.mark.parametrize("wrong", ["twelve", "1,5", object()])
def test_what_is_no_number_is_refused(wrong: object) -> None:
    """With the way out."""
    with pytest.raises(SourceError) as caught:
        number_of(wrong)
    assert caught.value.hint


def test_json_comes_as_text_or_unpacked() -> None:
    """Drivers differ; what holds something else is refused, and a step too far is missing."""
    assert at_path(opened('{"a": {"b": 1.10}}'), "a.b") == Decimal("1.10")
    assert at_path({"a": [1]}, "a.b") is None
    assert opened("") is None
    with pytest.raises(SourceError, match="JSON"):
        opened("<html>")


def test_overlapping_types_are_never_added_up() -> None:
    """The first of the list that there is counts, be it 0."""
    sums = {"purchase": 3.0, "omni_purchase": 0.0}
    assert picked(sums, ("omni_purchase", "purchase")) == 0
    assert math.isnan(picked(sums, ("lead",)))


@pytest.mark.parametrize("name", [None, "", "PacificTimeUSCanadaTijuana", "../../etc/passwd"])
def test_a_zone_nobody_knows_is_none(name: str | None) -> None:
    """A connector may have a platform's own words for it."""
    assert zone_of(name) is None
