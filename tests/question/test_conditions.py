"""Conditions of sentences: each number with what it counts, of which days, on which side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.conditions import amount_in, bounds, lacks_target, side_of_change, without_any
from bot.question.slots import Bound

NAMES = {"spend": "spend", "cpa": "cpa", "roas": "roas", "cpc": "cpc", "ctr": "ctr"}
COUNTS = {"sales": "conversions", "clicks": "clicks", "leads": "leads"}
SIDES = {"over": True, "above": True, "under": False, "below": False, "less than": False}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("which have a cpa over 40 and spent more than 1000",
         (Bound(True, 40.0, "cpa"), Bound(True, 1000.0, "spend"))),
        ("kampanjer med minst 10 salg og cpa under 200",
         (Bound(True, 10.0, "conversions", even=True), Bound(False, 200.0, "cpa"))),
        ("fewer than 5 leads and more than 2k spend",
         (Bound(False, 5.0, "leads"), Bound(True, 2000.0, "spend"))),
        ("roas between 2 and 3",
         (Bound(True, 2.0, "roas", even=True), Bound(False, 3.0, "roas", even=True))),
        ("cpc mellom 5 og 10 kr",
         (Bound(True, 5.0, "cpc", even=True), Bound(False, 10.0, "cpc", even=True))),
        ("which spend less than 500 a day", (Bound(False, 500.0, "spend", 1),)),
        ("hvilke bruker mer enn 10 000 i uka", (Bound(True, 10_000.0, "spend", 7),)),
        ("ctr under 1 %", (Bound(False, 0.01, "ctr"),)),
        ("anything that costs upwards of $50 per sale", (Bound(True, 50.0, "cpa"),)),
        ("more than 20% over its target", (Bound(True, beyond=0.2),)),
        ("which are twice over their target", (Bound(True, beyond=1.0),)),
        ("hvilke ligger mer enn 10 % under målet", (Bound(False, beyond=0.1),)),
        ("which cost more per result than their target", (Bound(True),)),
        ("top 3 by revenue", ()),
        ("who is over 900 kr a day with no leads",
         (Bound(True, 900.0, "spend", 1),)),
        ("who is below the roas target", (Bound(True),)),
        ("which beat their roas target", (Bound(False),)),
        ("hvem når ikke målet", (Bound(True),)),
        ("who isn't hitting their target", (Bound(True),)),
        ("hvem innfrir målet", (Bound(False),)),
        ("hvilke har høyere cpa enn 150", (Bound(True, 150.0, "cpa"),)),
        ("channels with a lower cpc than 4", (Bound(False, 4.0, "cpc"),)),
        ("which spent over 20 000 without hitting the target",
         (Bound(True), Bound(True, 20_000.0, "spend"))),
        ("hvilke brukte mer enn 5000 uten å nå målet",
         (Bound(True), Bound(True, 5000.0, "spend"))),
    ],
)  # fmt: skip
def test_every_condition_is_read_with_its_own_number(text, expected):
    """The first alone would answer another question; nothing that is asked is dropped."""
    assert [
        (bound.above, bound.number, bound.each, bound.beyond, bound.even) for bound in bounds(text)
    ] == [(bound.above, bound.number, bound.each, bound.beyond, bound.even) for bound in expected]
    assert [bound.metric for bound in bounds(text) if bound.number is not None] == [
        bound.metric for bound in expected if bound.number is not None
    ]


@given(
    st.sampled_from(sorted(NAMES)),
    st.sampled_from(sorted(SIDES)),
    st.integers(1, 99_999),
    st.sampled_from(sorted(COUNTS)),
    st.sampled_from(["more than", "fewer than", "at least", "at most"]),
    st.integers(1, 999),
    st.booleans(),
)
def test_two_conditions_never_swap_their_numbers(name, side, number, count, than, least, turned):
    """Whichever comes first, a count stands behind its number and a price before it."""
    first, second = f"{name} {side} {number}", f"{than} {least} {count}"
    text = "which campaigns have " + " and ".join((second, first) if turned else (first, second))
    found = {bound.metric: bound for bound in bounds(text)}
    assert set(found) == {NAMES[name], COUNTS[count]}
    price, counted = found[NAMES[name]], found[COUNTS[count]]
    assert (price.above, price.number) == (SIDES[side], float(number))
    assert (counted.above, counted.number) == (than in {"more than", "at least"}, float(least))
    assert counted.even is than.startswith("at ")


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("which have no leads", True),
        ("who hasn't had a single order", True),
        ("hvem har ikke fått noen leads", True),
        ("hvilke har aldri hatt et eneste salg", True),
        ("who has most sales", False),
    ],
)
def test_who_has_none_is_a_condition_however_it_is_denied(text: str, counted: bool) -> None:
    """Nothing of a count is fewer than one of it; other denials are not."""
    assert bool(without_any("which", text)) is counted


@pytest.mark.parametrize(
    ("text", "side"),
    [("who grew most", "up"), ("hvem har gått ned", "down"), ("which lost sales", "down"),
     ("hvilket steg har mest forbruk", ""), ("who is cheapest", "")],
)  # fmt: skip
def test_whose_number_grew_is_told_from_whose_is_high(text: str, side: str) -> None:
    """A change asks for the days before; `steg` is a stage, too."""
    assert side_of_change(text) == side


@pytest.mark.parametrize(
    "text", ["where does spend land by the 30th", "hvor lander vi innen den 30.", "since the 2nd"]
)
def test_a_day_of_the_month_is_no_amount(text):
    """`by the 30th` asks for no 30 kroner."""
    assert amount_in(text) == (None, False)


def test_without_reaching_a_target_is_not_without_a_target():
    """`uten å nå målet` misses a target; `uten mål` has none."""
    assert not lacks_target("uten å nå målet")
    assert not lacks_target("without hitting the target")
    assert lacks_target("kampanjer uten mål")
    assert lacks_target("campaigns without a target")


@pytest.mark.parametrize("text", ["which sold nothing", "hvilke solgte ingenting i går"])
def test_who_sold_nothing_has_fewer_than_one_sale(text):
    """It is no ranking of who sold most."""
    assert without_any("which", text) == (Bound(False, 1.0, "conversions"),)
