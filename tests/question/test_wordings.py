"""However people write, the same question is read; what nobody knows is not read as something."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.classifier import guess
from bot.question.name_index import NameIndex
from bot.question.slot_reading import read
from bot.question.slots import Named
from bot.question.terms import terms_in
from bot.question.unread import nobody_knows
from bot.question.wording import plainly

MORNING = date(2026, 11, 28)
SHOES = Named("campaign", "google_ads|1|s", "Google | Winter shoes")
NAMES = NameIndex([(SHOES, (SHOES.title, "Winter shoes"))])


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("spend yday", "spend yesterday"),
        ("impr on meta", "impressions on meta"),
        ("kosta det meir forrige veke", "kostet det mer forrige uke"),
        (
            "kva for ein kanal gjev oss mest dei siste vekene",
            "hvilken kanal gir oss mest de siste ukene",
        ),
        ("koffor e det so få", "hvorfor er det så få"),
        ("show me no sales", "show me no sales"),
        ("fifteen thousand more", "15k more"),
        ("hva med to tusen til", "hva med 2k til"),
        ("from 500 to thousand", "from 500 to thousand"),
        ("a few thousand showings", "a few thousand showings"),
        ("oktoberomsetningen", "omsetningen i oktober"),
        ("qs on the kws", "quality score on the keywords"),
        ("roas wow", "roas week over week"),
        ("wow what a week", "wow what a week"),
        ("mon 16 - sun 22 nov", "16 - 22 nov"),
        ("from monday the 23rd to friday the 27th", "from 23rd to 27th"),
        ("hittil i novmber", "hittil i november"),
        ("på e-post", "på e-post"),
        ("konvertring", "konvertering"),
    ],
)
def test_slang_dialect_and_slips_are_read_as_plain_words(typed: str, plain: str) -> None:
    """Short forms, dialect and typing errors name the same days and numbers as plain words."""
    assert plainly(typed) == plain


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("winter shoes got worse since when", "when"),
        ("any payoff from moving that money", "outcome"),
        ("nyttet det å flytte pengene", "outcome"),
        ("when will the landing page fix be measured", "when"),
        ("is roas the same as revenue", "define"),
        ("what does hold back mean", "define"),
        ("do all the leads come through", "tracking"),
        ("what is dragging winter shoes down", "why"),
        ("how much may a sale cost on winter shoes", "target"),
        ("is moving 300 kr to winter shoes worth it if we do it now", "what_if"),
        ("how many new customers", "unknown"),
        ("sales by shoe size", "unknown"),
        ("salg i narvik", "unknown"),
    ],
)
def test_a_kind_is_read_whatever_its_words(text: str, intent: str) -> None:
    """What came of it, when, why, what it means, what is not known: in any order of words."""
    assert read(text, NAMES, MORNING).intent == intent


@pytest.mark.parametrize(
    "text", ["what is our cpa", "what is the cpa", "hva er klikkraten", "what was roas in october"]
)
def test_a_number_of_ones_own_is_no_definition(text: str) -> None:
    """Whoever asks for a number gets it, and no explanation of its name."""
    assert read(text, NAMES, MORNING).intent == "how_much"


@pytest.mark.parametrize(
    "text", ["sales by day", "spend per channel", "sales in total", "salg i alt"]
)
def test_what_is_known_is_not_called_unknown(text: str) -> None:
    """Days, channels and the whole are known."""
    assert nobody_knows(text, counted=True) == ""


def test_a_long_word_holds_the_short_ones() -> None:
    """`quality score` is one word of the glossary, and `impression share` no impressions."""
    assert terms_in("what is a quality score") == ("quality_score",)
    assert terms_in("what is impression share") == ("impression_share",)


@given(st.text(max_size=120))
def test_nothing_typed_breaks_the_reading(text: str) -> None:
    """Every reader of words takes any text."""
    plain = plainly(text.casefold())
    assert isinstance(nobody_knows(plain, counted=False), str)
    assert isinstance(guess(plain).likeliest, str)
