"""Money in minor units: what goes out comes back, and amounts are those a person would name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import digits, from_minor, plain, share_of, to_minor


@given(st.integers(-(10**12), 10**12), st.sampled_from(["NOK", "JPY", "KWD", "USD", None]))
def test_minor_units_come_back_as_themselves(minor: int, currency: str | None) -> None:
    """Money survives the way out and back."""
    assert to_minor(from_minor(minor, currency), currency) == minor


def test_currencies_have_their_own_digits() -> None:
    """A yen has no øre, a dinar a thousand fils, a krone a hundred øre."""
    assert [digits(one) for one in ("JPY", "KWD", "NOK", None)] == [0, 3, 2, 2]
    assert to_minor(1234.5, "NOK") == 123_450
    assert to_minor(1234, "JPY") == 1234


def test_amounts_are_those_a_person_would_name() -> None:
    """Two digits that count, rounded down."""
    assert [plain(n) for n in (0, 7, 42, 437, 42_999)] == [0, 7, 42, 430, 42_000]


def test_a_share_of_money_is_exact() -> None:
    """A fifth of 2 100 is 420, whatever floats say."""
    assert share_of(210_000, 0.2) == 42_000
    assert share_of(30, 0.1) == 3
