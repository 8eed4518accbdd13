"""A sentence that only names what is new goes on from the one before; a whole question does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.name_index import NameIndex
from bot.question.slot_reading import read
from bot.question.slots import Named, Slots, goes_on, went_on

MORNING = date(2026, 11, 28)
META = Named("channel", "meta_ads", "Meta")
NAMES = NameIndex([(META, ("meta",)), (Named("channel", "google_ads", "Google"), ("google",))])
ASKED = Slots("how_much", metric="spend", subjects=(META,), window="lastweek", text="spend ¤ ◊")


@pytest.mark.parametrize(
    "text",
    ["and google?", "og meta", "what about last month", "hva med i går?", "same for google",
     "samme for meta", "and the cpc?", "how about google in october", "ok and google then"],
)  # fmt: skip
def test_what_only_names_something_goes_on(text: str) -> None:
    """A name, days or a number after `and`, `what about`, `same for`, in both languages."""
    assert goes_on(text, read(text, NAMES, MORNING))


@pytest.mark.parametrize(
    "text",
    ["and why is meta down?", "google last week", "what about it", "og hvem godkjente det på meta",
     "and pause google", "what about tracking on meta"],
)  # fmt: skip
def test_a_question_of_its_own_does_not_go_on(text: str) -> None:
    """What says itself what it asks is read by itself, and a bare name asks how it goes."""
    assert not goes_on(text, read(text, NAMES, MORNING))


def test_only_what_is_new_is_put_in_its_place() -> None:
    """The rest of the question stands as it was asked."""
    days = went_on(read("what about october", NAMES, MORNING), ASKED)
    assert (days.intent, days.metric, days.things, days.window) == (
        "how_much", "spend", (META,), "in october",
    )  # fmt: skip
    number = went_on(read("and the cpc?", NAMES, MORNING), Slots("news", subjects=(META,)))
    assert (number.intent, number.metric, number.things) == ("how_much", "cpc", (META,))


def test_a_list_of_numbers_goes_on_until_another_is_asked_for() -> None:
    """`and google?` asks for all of them, `and the cpc?` for that one alone."""
    listed = Slots("how_much", metric="spend", also=("revenue",), window="lastweek")
    alone = went_on(read("and google?", NAMES, MORNING), listed)
    assert (alone.metric, alone.also) == ("spend", ("revenue",))
    number = went_on(read("and the cpc?", NAMES, MORNING), listed)
    assert (number.metric, number.also) == ("cpc", ())


@given(st.text(max_size=80))
def test_any_text_is_taken(text: str) -> None:
    """Whatever is typed after a question, nothing raises."""
    slots = read(text, NAMES, MORNING)
    if goes_on(text, slots):
        assert went_on(slots, ASKED).intent


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("why?", {"intent": "why", "metric": "spend", "window": "lastweek"}),
        ("hvorfor det?", {"intent": "why", "metric": "spend"}),
        ("and last month?", {"window": "lastmonth", "against": ""}),
        ("per day?", {"form": "days", "window": "lastweek"}),
        ("and the day before?", {"window": "2026-11-09..2026-11-15"}),
        ("only google", {"subjects": (Named("channel", "google_ads", "Google"),)}),
        ("er det mye?", {"intent": "target", "detail": "off"}),
        ("compare that with google",
         {"intent": "compare", "subjects": (META, Named("channel", "google_ads", "Google"))}),
    ],
)  # fmt: skip
def test_a_reply_in_a_thread_keeps_what_it_does_not_say(text: str, changed: dict[str, Any]) -> None:
    """Why, how it is told, the days before, and whom beside whom: of the question before."""
    slots = read(text, NAMES, MORNING)
    assert goes_on(text, slots)
    merged = went_on(slots, ASKED, text=text, as_of=MORNING)
    assert {name: getattr(merged, name) for name in changed} == changed


@pytest.mark.parametrize("text", ["should we pause it?", "bør vi skalere den?", "pause them"])
def test_whom_a_sentence_points_at_is_whom_the_one_before_named(text: str) -> None:
    """`it` is the campaign just spoken of; nothing else of that question is meant."""
    slots = replace(read(text, NAMES, MORNING), intent="advice", detail="one")
    merged = went_on(slots, ASKED, text=text, as_of=MORNING)
    assert (merged.intent, merged.detail, merged.things) == ("advice", "one", (META,))
