"""Days that are named to be left out do not count, and what cannot be left out is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.days_left_out import unsaid
from bot.question.name_index import NameIndex
from bot.question.slot_reading import read

SATURDAY = date(2026, 11, 28)
NAMES = NameIndex(())


def window(text: str) -> str:
    """The days a sentence is read to be about."""
    return read(text, NAMES, SATURDAY).window


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("cpa the last 14 days excluding the last three days", "2026-11-14..2026-11-24"),
        ("roas i november uten black friday", "2026-11-01..2026-11-26"),
        ("sales in october not counting 1 to 5 october", "2026-10-06..2026-10-31"),
        ("cpl siste 28 dager hvis vi ser bort fra i går", "2026-10-31..2026-11-26"),
        ("spend ignoring the last two days", "2026-11-19..2026-11-25"),
        ("why did leads drop this week", "wtd"),
    ],
)
def test_days_at_either_end_are_left_out(text, days):
    """The newest days above all: their results are still to come."""
    assert window(text) == days


@given(st.integers(8, 60), st.integers(1, 6), st.sampled_from(["excluding", "without", "uten"]))
def test_what_is_left_out_ends_the_days_so_much_earlier(days, out, word):
    """However many days, and however many of them are left out."""
    last = SATURDAY - timedelta(out + 1)
    first = SATURDAY - timedelta(days)
    assert window(f"cpa last {days} days {word} the last {out} days") == f"{first}..{last}"


@pytest.mark.parametrize(
    "text", ["cpa in october excluding 12 october", "salg i oktober uten 20. oktober"]
)
def test_days_from_the_middle_are_said_as_not_left_out(text):
    """A sum with them in it is not given as one without."""
    slots = read(text, NAMES, SATURDAY)
    assert slots.window == "in october"
    assert "oktober" in slots.unread or "october" in slots.unread


def test_a_sentence_without_other_days_keeps_its_words():
    """`spend without ◊` says what it is about by these words alone."""
    assert unsaid("spend ◊ without ◊ on ¤") == "spend ◊ on ¤"
    assert unsaid("sales without ◊") == "sales without ◊"
