"""Amounts in another currency: exact to the last decimal, of a day that is known, or not at all."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.numbers.exchange import OLDEST, Exchange, Rate, newest

DAY = date(2026, 11, 12)
CODES = ("NOK", "EUR", "JPY", "KWD")
FACTORS = st.decimals("0.000001", "100000", places=6)
CENTS = st.integers(-(10**12), 10**12)


def exchange(**factors: str) -> Exchange:
    """Into NOK."""
    rates = {code: Rate(Decimal(factor), DAY, "own") for code, factor in factors.items()}
    return Exchange("NOK", DAY, rates)


@given(st.lists(st.tuples(CENTS, st.sampled_from(CODES)), max_size=30), FACTORS, FACTORS, FACTORS)
def test_a_total_is_what_fractions_give(amounts, euro, yen, dinar):
    """Every cent of every currency, by exact fractions: the sum is neither rounded nor adrift."""
    money = exchange(EUR=str(euro), JPY=str(yen), KWD=str(dinar))
    factors = {"NOK": Decimal(1), "EUR": euro, "JPY": yen, "KWD": dinar}
    exact = sum((Fraction(cents, 100) * Fraction(factors[code]) for cents, code in amounts),
                start=Fraction(0))  # fmt: skip
    total = money.total((cents / 100, code) for cents, code in amounts)
    assert total is None if not amounts else Fraction(total) == exact


@given(CENTS, FACTORS)
def test_the_users_own_decimal_settings_change_nothing(cents, factor):
    """A caller with a coarse decimal context gets the same amount."""
    money = exchange(EUR=str(factor))
    with localcontext(prec=3):
        coarse = money.amount(cents / 100, "EUR")
    assert coarse == money.amount(cents / 100, "EUR")


@given(st.lists(st.integers(-40, 200), min_size=1))
def test_the_newest_rate_of_the_day_or_before_holds(ages):
    """Never one of a day to come, never one too old to be believed."""
    rates = [("EUR", Rate(Decimal(age + 41), DAY - timedelta(age), "own")) for age in ages]
    known = newest(rates, DAY).get("EUR")
    fitting = [age for age in ages if 0 <= age <= OLDEST]
    assert (known.day if known else None) == (DAY - timedelta(min(fitting)) if fitting else None)


def test_what_has_no_rate_is_no_amount():
    """An unknown currency, and none, make no total: nothing is guessed."""
    money = exchange(EUR="11.62")
    assert money.amount(1.0, "SEK") is None
    assert money.total([(1.0, "EUR"), (1.0, "SEK")]) is None
    assert money.total([(1.0, None)]) is None
    assert money.total([]) is None
    assert money.lacking(["EUR", "SEK", "NOK", None]) == ("SEK",)
    assert money.total([(0.1, "NOK"), (0.2, "NOK")]) == Decimal("0.3")


@pytest.mark.parametrize("code", CODES)
def test_amounts_that_cannot_be_are_left_out_of_rates_used(code):
    """Only what was converted names its rate."""
    money = exchange(EUR="11.62")
    assert [rate.day for rate in money.used([code])] == ([DAY] if code == "EUR" else [])
