"""Numbers, money and days read as people write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.number_formats import NumberForms

EN, NB, US = NumberForms("en"), NumberForms("nb"), NumberForms("en-US")


def plainly(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("forms", "amount", "currency", "told"),
    [
        (EN, 41_200, "NOK", "41 200 kr"),
        (NB, 41_200, "NOK", "41 200 kr"),
        (US, 41_200, "NOK", "41,200 kr"),
        (EN, 41_200.4, "USD", "$41 200"),
        (US, 41_200.4, "USD", "$41,200"),
        (NB, 41_200.4, "USD", "41 200 USD"),
        (EN, 4.35, "NOK", "4.35 kr"),
        (NB, 4.35, "NOK", "4,35 kr"),
        (EN, 4.351, "JPY", "¥4"),
        (EN, -240, "EUR", "−€240"),
        (EN, 0, "NOK", "0 kr"),
        (EN, 86.4, None, "86"),
        (EN, None, "NOK", "–"),
        (EN, float("nan"), "NOK", "–"),
        (EN, float("inf"), "NOK", "–"),
    ],
)
def test_money_is_rounded_for_reading(forms, amount, currency, told):
    """Whole units from 20 up, the minor unit below; no currency, no sign; missing is never 0."""
    assert plainly(forms.money(amount, currency)) == told


@pytest.mark.parametrize(
    ("forms", "amount", "currency", "told"),
    [
        (EN, 1860.0, "NOK", "1 860 kr"),
        (EN, 1_234_567.5, "NOK", "1 234 567.50 kr"),
        (NB, 1_234_567.5, "NOK", "1 234 567,50 kr"),
        (EN, 1860.4, "JPY", "¥1 860"),
        (EN, 1.234, "KWD", "1.234 KWD"),
        (EN, None, "NOK", "–"),
    ],
)
def test_budgets_are_exact(forms, amount, currency, told):
    """A budget is told to the currency's minor unit, which is not always two decimals."""
    assert plainly(forms.budget(amount, currency)) == told


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_a_budget_can_be_read_back(amount):
    """No digit of a budget is lost or made up."""
    told = plainly(NB.budget(float(amount), "NOK")).removesuffix(" kr")
    read = Decimal(told.replace(" ", "").replace("−", "-").replace(",", "."))
    assert read == Decimal(str(float(amount))).quantize(Decimal("0.01"))


@pytest.mark.parametrize(
    ("fraction", "told"),
    [
        (-0.314, "−31 %"),
        (0.024, "2.4 %"),
        (0.0104, "1.04 %"),
        (0.94, "94 %"),
        (0.0, "0 %"),
        (None, "–"),
    ],
)
def test_percentages_have_a_real_minus(fraction, told):
    """`−31 %` with a minus sign and a space, decimals where they say something."""
    assert plainly(EN.percent(fraction)) == told


@pytest.mark.parametrize(
    ("fraction", "told"), [(0.09, "+9 %"), (-0.09, "−9 %"), (0.001, "0 %"), (-0.001, "0 %")]
)
def test_changes_are_signed(fraction, told):
    """A change says which way; one that rounds to nothing has no sign."""
    assert plainly(EN.percent(fraction, signed=True)) == told


@pytest.mark.parametrize(
    ("number", "told"), [(5.23, "5.23"), (12.34, "12.3"), (231.4, "231"), (48_211, "48 211")]
)
def test_numbers_have_the_digits_that_matter(number, told):
    """Small numbers keep decimals, big ones do not."""
    assert plainly(EN.number(number)) == told


def test_days_are_in_the_readers_words():
    """Days, spans and times as English and Norwegian write them."""
    day, since = dt.date(2026, 11, 22), dt.date(2026, 11, 16)
    assert (EN.day(day), NB.day(day)) == ("Sun 22 Nov", "søn. 22. nov.")
    assert (EN.weekday(day), NB.weekday(day)) == ("Sunday", "søndag")
    assert (EN.span(since, day), NB.span(since, day)) == ("16–22 Nov", "16.–22. nov.")
    assert NB.span(day, day) == "søn. 22. nov."
    assert (EN.long_day(day), NB.long_day(day)) == ("22 November", "22. november")
    assert NB.heading_day(day) == "Søn. 22. nov."
    assert EN.clock(dt.time(8, 4)) == "08:04"
    assert NB.listed(["a", "b", "c"]) == "a, b og c"
