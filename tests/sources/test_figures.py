"""Numbers in every country's form."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import figures
from bot.sources.cells import TextColumn

POINT_GROUPS = [",", " ", "\u00a0", "\u202f", "'", "’", ""]
COMMA_GROUPS = [".", " ", "\u00a0", "\u202f", "'", ""]
amounts = st.decimals(min_value=0, max_value=10**9, places=2)


def written(amount: Decimal, decimal: str, group: str) -> str:
    whole, _, cents = f"{amount:,.2f}".partition(".")
    return whole.replace(",", group) + decimal + cents


def column(*cells: str) -> figures.FigureColumn:
    return figures.column(TextColumn.of(cells))


@given(st.lists(amounts, min_size=1, max_size=8), st.sampled_from(POINT_GROUPS))
def test_a_number_with_a_point_reads_back_exactly(amounts: list[Decimal], group: str) -> None:
    """What is written with a decimal point is read as the same amount."""
    read = column(*(written(amount, ".", group) for amount in amounts))
    assert figures.decide({"spend": read}, machine=False) == "."
    assert figures.parse(read, ".").tolist() == [float(amount) for amount in amounts]


@given(st.lists(amounts, min_size=1, max_size=8), st.sampled_from(COMMA_GROUPS))
def test_a_number_with_a_comma_reads_back_exactly(amounts: list[Decimal], group: str) -> None:
    """What is written with a decimal comma is read as the same amount."""
    read = column(*(written(amount, ",", group) for amount in amounts))
    assert figures.decide({"spend": read}, machine=False) == ","
    assert figures.parse(read, ",").tolist() == [float(amount) for amount in amounts]


@given(st.floats(min_value=0, max_value=1e12, allow_nan=False))
def test_a_programs_number_reads_back_to_the_last_bit(number: float) -> None:
    """repr(x) is read as x."""
    read = column(repr(number))
    assert figures.decide({"spend": read}, machine=True) == "."
    assert figures.parse(read, ".").tolist() == [number]


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(".,"))
def test_a_thousand_or_three_decimals_is_refused(whole: int, rest: int, sign: str) -> None:
    """1.234 alone may be either, so it is neither."""
    with pytest.raises(figures.AmbiguousError) as caught:
        figures.decide({"spend": column(f"{whole}{sign}{rest:03d}")}, machine=False)
    assert caught.value.cell.column == "spend"


@given(amounts.filter(lambda amount: amount >= 1000), amounts)
def test_two_formats_in_one_file_are_refused(one: Decimal, other: Decimal) -> None:
    """A file that writes 1,234.50 and 1.234,50 contradicts itself."""
    read = column(written(one, ".", ","), written(other, ",", "."))
    with pytest.raises(figures.AmbiguousError):
        figures.decide({"spend": read}, machine=False)


@pytest.mark.parametrize(("clicks", "decimal"), [("1,234", "."), ("1.234", ",")])
def test_whole_counts_decide(clicks: str, decimal: str) -> None:
    """There is no 1.234th of a click, so that sign groups thousands."""
    columns = {"spend": column(clicks), "clicks": column(clicks)}
    assert figures.decide(columns, machine=False) == decimal
    assert figures.parse(columns["spend"], decimal).tolist() == [1234.0]


@pytest.mark.parametrize(("preset", "decimal"), [(None, "."), (".", "."), (",", ",")])
def test_whole_numbers_only_are_read(preset: str | None, decimal: str) -> None:
    """A file of whole numbers only is read, whatever its sign would be, and what is said counts."""
    columns = {"spend": column("12", "1 300", ""), "clicks": column("7")}
    assert figures.decide(columns, machine=False, preset=preset) == decimal
    assert figures.parse(columns["spend"], decimal)[:2].tolist() == [12.0, 1300.0]


@pytest.mark.parametrize(
    ("spend", "revenue", "named", "cell"),
    [
        (["1,50", "2,50"], ["3.25"], "revenue", "3.25"),
        (["3.25"], ["1,50", "2,50"], "spend", "3.25"),
        (["1.50", "2.50", "3,75"], ["4.5"], "spend", "3,75"),
        (["1,50", "2.25"], [], "spend", "2.25"),
        (["1.50", "2,25"], [], "spend", "2,25"),
        (["1,50"], ["2.25"], "revenue", "2.25"),
        (["1.50"], ["2,25"], "revenue", "2,25"),
    ],
)
def test_the_cell_named_is_the_one_at_fault(
    spend: list[str], revenue: list[str], named: str, cell: str
) -> None:
    """Where two formats stand in a file, the rarer one's cell is named; of as many, the second."""
    columns = {"spend": column(*spend), "revenue": column(*revenue)}
    with pytest.raises(figures.AmbiguousError) as caught:
        figures.decide(columns, machine=False)
    assert (caught.value.cell.column, caught.value.cell.text) == (named, cell)


def test_what_the_owner_says_decides_a_tie_and_nothing_else() -> None:
    """A given decimal sign settles 1.234, and does not overrule 1,50."""
    assert figures.decide({"spend": column("1.234")}, machine=False, preset=".") == "."
    assert figures.decide({"spend": column("1,50")}, machine=False, preset=".") == ","


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [
        ("$1,234.50", 1234.5, "$"),
        ("kr 12.50", 12.5, "kr"),
        ("12.50 NOK", 12.5, "NOK"),
        ("-€3.00", -3.0, "EUR"),
        ("−3.25", -3.25, None),
        (".5", 0.5, None),
        ("12,34,567.00", 1234567.0, None),
        ("1e-05", 1e-05, None),
    ],
)
def test_signs_and_rarer_forms(cell: str, amount: float, currency: str | None) -> None:
    """A currency beside a number is kept apart from it."""
    read = column(cell)
    assert figures.parse(read, figures.decide({"spend": read}, machine=False)).tolist() == [amount]
    assert read.currencies == (frozenset() if currency is None else {currency})


@pytest.mark.parametrize(
    "cell", ["abc", "12%", "1.2.3", "1,2,3", "#REF!", "inf", "1_000", "0x10", "(3)", "12:30", "<10"]
)
def test_what_is_no_number_is_refused(cell: str) -> None:
    """Nothing is turned into a number that is none."""
    with pytest.raises(figures.NoNumberError):
        figures.decide({"spend": column("1.50", cell)}, machine=False)


def test_missing_stays_missing() -> None:
    """A blank is NaN, never 0."""
    read = column("1.50", "", "0")
    assert np.isnan(figures.parse(read, ".")[1])
