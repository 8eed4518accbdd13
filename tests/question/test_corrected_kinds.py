"""Kinds that are put right by what the rest of a sentence says."""

from __future__ import annotations

from datetime import date

import pytest

from bot.question.name_index import NameIndex
from bot.question.slot_reading import read

SATURDAY = date(2026, 11, 28)
NAMES = NameIndex(())


@pytest.mark.parametrize(
    "text",
    [
        "did black friday pay off",
        "was black friday worth it",
        "lønte black week seg",
        "var oktober verdt det",
        "did last week pay off",
    ],
)
def test_whether_days_paid_off_asks_how_they_went(text):
    """Nobody did a day: an old test's outcome is no answer."""
    slots = read(text, NAMES, SATURDAY)
    assert (slots.intent, slots.detail, slots.options) == ("news", "", ())
    assert slots.window


@pytest.mark.parametrize(
    "text",
    [
        "did the october shift pay off",
        "did it pay off in october",
        "hva kom det ut av flyttingen i oktober",
        "was the budget change last month worth it",
    ],
)
def test_whether_what_somebody_did_paid_off_is_an_outcome(text):
    """A shift, a change, or what was spoken of before."""
    assert read(text, NAMES, SATURDAY).intent == "outcome"


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("when do we get most sales", "weekday"),
        ("når får vi flest salg", "weekday"),
        ("når er cpa lavest", "weekday"),
        ("do we sell less on weekends", "weekday"),
        ("selger vi mindre i helgene", "weekday"),
        ("is it normal that sales drop on weekends", "weekday"),
        ("when was cpa lowest in october", "day"),
        ("når fikk vi flest leads i oktober", "day"),
    ],
)
def test_when_something_is_most_is_a_day(text, by):
    """Of the week, or of a time that is over; never a campaign."""
    slots = read(text, NAMES, SATURDAY)
    assert (slots.intent, slots.by, slots.options) == ("which", by, ())


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("set a lower cpa target on weekends", "do"),
        ("senk cpa-målet, det er lavere i helgene", "target"),
        ("will we sell more on weekends in december", "forecast"),
        ("what if we spend less on weekends", "what_if"),
    ],
)
def test_what_is_to_be_done_or_supposed_on_weekends_is_no_ranking(text, intent):
    """Nobody asks how the days of the week have been."""
    slots = read(text, NAMES, SATURDAY)
    assert (slots.intent, slots.by) == (intent, "")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("why did sales drop last weekend", "why"),
        ("how many sales last weekend", "how_much"),
        ("which campaign has most sales", "which"),
    ],
)
def test_a_weekend_that_is_named_is_that_weekend(text, intent):
    """Not each day of the week."""
    slots = read(text, NAMES, SATURDAY)
    assert (slots.intent, slots.by == "weekday") == (intent, False)
