"""What is asked is read where a sentence asks it; what leads up to it changes no answer."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.asking_clause import asking_part
from bot.question.name_index import NameIndex
from bot.question.slot_reading import read
from bot.question.slots import Named

MORNING = date(2026, 11, 28)
SHOES = Named("campaign", "google_ads|1|s", "Google | Winter shoes")
BOOTS = Named("campaign", "google_ads|1|b", "Google | Boots, so what?")
NAMES = NameIndex([(SHOES, (SHOES.title, "Winter shoes")), (BOOTS, (BOOTS.title,))])


def asked(text: str) -> str:
    part = asking_part(text)
    return text[part.start : part.end] if part else text


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        (
            "i have the board on thursday and they like sums, so could you tell me what we spent?",
            "what we spent?",
        ),
        (
            "styret vil helst ha runde tall, kan du si meg hvor mye vi solgte for i oktober?",
            "hvor mye vi solgte for i oktober?",
        ),
        (
            "we talked of it on monday; any idea whether the move has paid off, if you know?",
            "whether the move has paid off",
        ),
        (
            "jeg skal møte kunden i morgen. hvilken kampanje har lavest cpa? takk",
            "hvilken kampanje har lavest cpa?",
        ),
        ("kanskje litt dumt å spørre men hva er egentlig roas?", "hva er egentlig roas?"),
        *((whole, whole) for whole in (
            "how many clicks did we get on 31. october in all?",
            "if we pause it for a whole week, what does it cost us",
            "google or meta, where did we spend more in october",
            "of those that spent more than 1000 kr last week, which has the best cpa?",
        )),
    ],
)  # fmt: skip
def test_only_what_leads_up_to_a_question_is_left_out(text: str, clause: str) -> None:
    """Courtesies and context go; a condition, a topic and an ordinal stay."""
    assert asked(text).strip() == clause.strip()


LEADS = (
    "I have the client on the phone on Monday, so could you tell me",
    "They were rather worried last time we spoke, so it would be nice to know",
    "Kunden er litt urolig for tiden, så jeg lurer på",
    "Vi har et møte på torsdag og sjefen er streng; kan du si meg",
)
QUESTIONS = (
    "how much revenue Winter shoes brought in last week",
    "which campaign had the lowest CPA in October",
    "why the CPA of Winter shoes rose in October",
    "hvor mye Winter shoes solgte for i oktober",
    "hvem som tok landingssiden til Winter shoes",
)


@given(st.sampled_from(LEADS), st.sampled_from(QUESTIONS))
def test_a_question_is_read_alike_with_and_without_its_lead(lead: str, question: str) -> None:
    """Metric, days and campaign are the question's own, whatever stands before it."""
    alone, led = read(f"{question}?", NAMES, MORNING), read(f"{lead} {question}?", NAMES, MORNING)
    assert (led.metric, led.window, led.subjects) == (alone.metric, alone.window, alone.subjects)
    assert led.intent == alone.intent


def test_whom_the_question_leaves_unsaid_is_whom_the_lead_names() -> None:
    """`who has taken that on` is about the campaign spoken of before."""
    led = "They were worried about the landing page on Winter shoes last time, so do you know who "
    slots = read(f"{led}has taken that on?", NAMES, MORNING)
    assert slots.intent == "who"
    assert slots.subjects == (SHOES,)


def test_nothing_is_cut_inside_a_name() -> None:
    """A campaign may be called anything, a question too."""
    slots = read(
        "how much did we spend on Google | Boots, so what? last week in all", NAMES, MORNING
    )
    assert slots.subjects == (BOOTS,)
    assert (slots.metric, slots.window) == ("spend", "lastweek")


@given(st.text(max_size=300))
def test_any_text_has_a_part_that_asks_or_none(text: str) -> None:
    """What is cut out is a piece of the text, never empty, and never an error."""
    part = asking_part(text)
    assert part is None or 0 <= part.start < part.end <= len(text)


GOOGLE = Named("channel", "google_ads", "Google")
TT = Named("campaign", "tiktok_ads|1|t", "TT | Prospecting")


@pytest.mark.parametrize(
    ("question", "subjects"),
    [
        ("which channel brought in the most revenue in october?", ()),
        ("which campaign brought in the most revenue in october?", (GOOGLE,)),
        ("which of them brought in the most revenue in october?", (GOOGLE,)),
        ("how much did we spend in total in october?", ()),
    ],
)
def test_a_ranking_is_over_what_it_ranks(question: str, subjects: tuple[Named, ...]) -> None:
    """A channel named before is no limit of `which channel`; its campaigns are `which campaign`."""
    names = NameIndex([(GOOGLE, ("Google",))])
    text = f"We have been putting nearly everything on Google lately, so {question}"
    assert read(text, names, MORNING).subjects == subjects


def test_a_short_form_is_a_channel_only_where_nobody_is_called_so() -> None:
    """`tt` is TikTok, and in `TT | Prospecting` a part of a name."""
    tiktok = Named("channel", "tiktok_ads", "TikTok")
    alone = NameIndex([(tiktok, ("TikTok",))])
    assert read("spend on tt last week", alone, MORNING).subjects == (tiktok,)
    both = NameIndex([(tiktok, ("TikTok",)), (TT, (TT.title,))])
    assert read("spend on TT | Prospecting last week", both, MORNING).subjects == (TT,)


@pytest.mark.parametrize(
    "text",
    [
        "among campaigns that spent over 1000 kr last week, which has the best cpa?",
        "I only care for those that spent over 1000 kr, so can you tell me which has the best cpa?",
    ],
)
def test_a_condition_before_the_question_counts(text: str) -> None:
    """Left out, another campaign would be the best."""
    slots = read(text, NAMES, MORNING)
    assert slots.bound is not None
    assert (slots.bound.number, slots.bound.metric) == (1000.0, "spend")


@pytest.mark.parametrize(
    "text",
    [
        "if we pause winter shoes for two weeks, could you tell me how many sales we lose?",
        "hvis vi stopper winter shoes i to uker, kan du si meg hvor mange salg vi taper?",
    ],
)
def test_what_is_supposed_before_the_question_is_a_part_of_it(text: str) -> None:
    """How many sales there were would answer something else."""
    assert asked(text) == text
    assert read(text, NAMES, MORNING).intent == "what_if"


def test_an_amount_before_the_question_counts() -> None:
    """Three thousand more is what the question rests on."""
    text = "We found 3000 kr more a day for Winter shoes, can you tell me how many sales it brings"
    assert read(text, NAMES, MORNING).amount == 3000.0
