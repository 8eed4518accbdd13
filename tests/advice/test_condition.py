"""The language of rule lines."""

from __future__ import annotations

import ast
import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.rules.condition import (
    AnyOf,
    ConditionError,
    Line,
    Name,
    Number,
    TermSum,
    columns_of,
    every,
    parse_line,
    parse_term,
    truth,
)

NAN = float("nan")
ATTACKS = [
    "__import__('os').system('id') > 1",
    "ctr.__class__ > 1",
    "().__class__.__bases__[0] > 1",
    "ctr.now > 9**9**9",
    "(lambda: 1)() > 0",
    "ctr.now > 1; drop table x",
    "spend.now > 'a'",
    "ctr.now",
    "ctr.now.real > 1",
    "1 < ctr.now < 2",
    "ctr.now == 1",
    "ctr.now != 1",
    "ctr['now'] > 1",
    "ctr.now > 1 or 1 > 0",
    "not ctr.now > 1",
    "ctr.now > 1 if 1 > 0 else 2",
    "-" * 150 + "1 > 0",
    "ctr.now > -1",
    "ctr.now > 1e999",
    "ctr.now > 0x10",
    "ctr.now > 1j",
    "ctr.now > 010",
    "spend.now / 0 > 1",
    "spend.now % 2 > 1",
    "spend.now // 2 > 1",
    "spend.now @ 2 > 1",
    "spend.now << 2 > 1",
    "ｃtr.now > 1",
    "ctr.now > 1\nspend.now > 1",
    "ctr.now > (1, 2)",
    "ctr.now > {1}",
    "(yield) > 1",
    "True > 0",
    "f() > 1",
    "a.now > b.now(1)",
    "x := 1 > 0",
    "ctr.now > 1 # comment",
    "ctr.now > 9999999999999",
    "",
    " ",
    ">",
    "\x00 > 1",
    "1" * 201 + " > 1",
    " + ".join(["1"] * 60) + " > 0",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_refuses_whatever_is_not_a_comparison_of_numbers(text: str) -> None:
    """Nothing but names, numbers, + - * and one comparison gets through."""
    with pytest.raises(ConditionError) as error:
        parse_line(text)
    assert error.value.message


@given(st.text(max_size=220))
def test_any_text_is_a_line_or_a_sentence(text: str) -> None:
    """Whatever is typed, the parser answers with a line or with a ConditionError."""
    try:
        line = parse_line(text)
    except ConditionError:
        return
    assert parse_line(line.text) == line


@given(st.text(alphabet="ctr.now spend.before threshold.x 0123456789_+-*()<>=", max_size=60))
def test_texts_of_allowed_letters_do_not_break_it(text: str) -> None:
    """The letters of the language in any order never raise anything else."""
    with contextlib.suppress(ConditionError):
        parse_line(text)


terms = st.recursive(
    st.one_of(
        st.sampled_from([Name("ctr", "now"), Name("spend", "before"), Name("threshold", "step")]),
        st.floats(0, 1e9, allow_nan=False).map(Number),
    ),
    lambda inner: st.builds(TermSum, inner, st.sampled_from("+-*"), inner),
    max_leaves=6,
)


@given(terms, st.sampled_from(["<", "<=", ">", ">="]), terms)
def test_printed_lines_read_back_as_themselves(left: object, sign: str, right: object) -> None:
    """The canonical text of a line parses to the same line."""
    line = Line(left, sign, right)  # type: ignore[arg-type]
    if len(line.text) <= 200:
        assert parse_line(line.text) == line


@given(terms, st.floats(0.1, 100), st.floats(0.1, 100), st.floats(0.1, 100))
def test_values_are_those_of_arithmetic(term: object, a: float, b: float, c: float) -> None:
    """A term on columns is what Python's own arithmetic makes of its text."""
    line = Line(term, ">", Number(0.0))  # type: ignore[arg-type]
    text = line.text
    for name, number in (("ctr.now", a), ("spend.before", b), ("threshold.step", c)):
        text = text.replace(name, repr(number))
    columns = {"ctr.now": np.array([a]), "spend.before": np.array([b])}
    columns |= {"threshold.step": np.array([c])}
    expected = eval(compile(ast.parse(text, mode="eval"), "", "eval"))
    assert truth(line, columns, 1).holds[0] == expected


def test_numbers_may_have_underscores() -> None:
    """20_000 is twenty thousand."""
    assert parse_line("impressions.now >= 20_000").right == Number(20_000)


def test_a_missing_number_is_unknown_never_true() -> None:
    """NaN fires nothing, on either side and with any sign."""
    columns = {"a.now": np.array([NAN, 2.0, NAN]), "b.now": np.array([1.0, NAN, NAN])}
    for sign in ("<", "<=", ">", ">="):
        got = truth(parse_line(f"a.now {sign} b.now"), columns, 3)
        assert not got.holds.any()
        assert got.unknown.all()


def test_one_false_line_decides_over_an_unknown_one() -> None:
    """Quiet before too little data."""
    columns = {"a.now": np.array([0.0, 2.0, 2.0]), "b.now": np.array([NAN, NAN, 2.0])}
    got = every([parse_line("a.now > 1"), parse_line("b.now > 1")], columns, 3)
    assert got.false.tolist() == [True, False, False]
    assert got.unknown.tolist() == [False, True, False]
    assert got.holds.tolist() == [False, False, True]


def test_any_needs_one_and_is_unknown_only_without_it() -> None:
    """One true line of `any` is enough; unknown lines leave it open, false ones close it."""
    either = AnyOf((parse_line("a.now > 1"), parse_line("b.now > 1")))
    columns = {"a.now": np.array([2.0, 0.0, 0.0]), "b.now": np.array([NAN, NAN, 0.0])}
    got = truth(either, columns, 3)
    assert got.holds.tolist() == [True, False, False]
    assert got.unknown.tolist() == [False, True, False]


def test_columns_are_named_once_in_reading_order() -> None:
    """What a rule reads is listed as it is read."""
    lines = [parse_line("b.now > a.now * b.now"), parse_line("c.now < threshold.step")]
    assert columns_of(lines) == ("b.now", "a.now", "c.now", "threshold.step")


def test_a_term_has_no_comparison() -> None:
    """A stake is arithmetic only."""
    assert parse_term("spend.now - 2 * cpa.target") == TermSum(
        Name("spend", "now"), "-", TermSum(Number(2), "*", Name("cpa", "target"))
    )
    with pytest.raises(ConditionError):
        parse_term("spend.now > 1")
