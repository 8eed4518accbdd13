"""Reading what a button, a menu or a modal says."""

from __future__ import annotations

from datetime import date

import pytest

from bot.slack.advice_buttons import chosen, picked, written


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("a1b2", ("a1b2", "")),
        ("1d:a1b2", ("a1b2", "1d")),
        ("a1b2:1w", ("a1b2", "1w")),
        ("date rule:google|x", ("rule:google|x", "date")),
        ("rule:google|x pick", ("rule:google|x", "pick")),
    ],
)
def test_an_option_names_its_advice_and_its_choice(value, read):
    """Whichever comes first, the advice id is whole."""
    assert chosen({"value": value}) == read
    assert chosen({"selected_option": {"value": value}}) == read


def view(**elements):
    return {"state": {"values": {f"b{i}": {"x": e} for i, e in enumerate(elements.values())}}}


def test_a_reason_is_what_was_picked_and_what_was_typed():
    """A picked reason comes first, the words after it."""
    picked_one = {"selected_option": {"text": {"text": "Not now"}, "value": "later"}}
    typed = {"value": "  budget is frozen "}
    assert written(view(a=picked_one, b=typed)) == "Not now: budget is frozen"
    assert written(view(a=picked_one, b={"value": None})) == "Not now"
    assert written({}) == ""


def test_a_snooze_has_a_day():
    """The date picker's day, or None where there is none."""
    assert picked(view(a={"selected_date": "2026-11-30"})) == date(2026, 11, 30)
    assert picked(view(a={"value": "x"})) is None
