"""Names that are nouns in a sentence, and names it leaves out."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.name_index import NameIndex
from bot.question.slot_reading import read
from bot.question.slots import Named

SATURDAY = date(2026, 11, 28)
TITLES = {"Oak": "oak", "Elm": "elm", "Ash": "ash"}
NAMES = NameIndex(
    [
        (Named("channel", "google_ads", "Google"), ["google"]),
        (Named("campaign", "meta|c", "Meta | Customers"), ["customers", "meta customers"]),
        *((Named("campaign", key, title), [key]) for title, key in TITLES.items()),
    ]
)


@pytest.mark.parametrize(
    ("text", "subjects", "excluded"),
    [
        ("spend on google excluding oak", ["Google"], ["Oak"]),
        ("sales except oak and elm last week", [], ["Oak", "Elm"]),
        ("alle kampanjer unntatt oak, cpa", [], ["Oak"]),
        ("google uten oak, elm og ash", ["Google"], ["Oak", "Elm", "Ash"]),
        ("compare oak and elm", ["Oak", "Elm"], []),
        ("which campaigns are without sales", [], []),
    ],
)
def test_what_is_left_out_is_no_subject(text, subjects, excluded):
    """Its numbers would be counted, or the question be about it alone."""
    slots = read(text, NAMES, SATURDAY)
    assert [thing.title for thing in slots.things] == subjects
    assert [thing.title for thing in slots.excluded] == excluded


@given(st.lists(st.sampled_from(sorted(TITLES)), min_size=1, max_size=3, unique=True))
def test_everybody_in_a_list_is_left_out(titles):
    """However many are named after one `without`, and none of them stays a subject."""
    words = ", ".join(TITLES[title] for title in titles)
    slots = read(f"google spend without {words} last week", NAMES, SATURDAY)
    assert [thing.title for thing in slots.excluded] == titles
    assert [thing.title for thing in slots.things] == ["Google"]
    assert (slots.metric, slots.window) == ("spend", "lastweek")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("how many new customers did we get", False),
        ("what does a customer cost us", False),
        ("how is customers doing", True),
        ("how is the customers campaign doing", True),
    ],
)
def test_people_are_no_campaign_that_is_called_so(text, named):
    """`our customers` are people; `customers` alone may be the campaign."""
    assert bool(read(text, NAMES, SATURDAY).things) is named


@pytest.mark.parametrize(
    ("text", "window", "against"),
    [
        ("cpl on google before november", "2025-11-01..2026-10-31", ""),
        ("is cpa on google worse than 2 weeks ago", "7d", "2026-11-07..2026-11-13"),
        ("salg på google sammenlignet med for tre uker siden", "7d", "2026-10-31..2026-11-06"),
    ],
)
def test_days_before_and_weeks_ago_are_the_days_meant(text, window, against):
    """`before november` is not november."""
    slots = read(text, NAMES, SATURDAY)
    assert (slots.window, slots.against) == (window, against)


SHOP = NameIndex(
    [
        (Named("channel", "tiktok_ads", "TikTok"), ["tiktok"]),
        (Named("campaign", "tiktok_ads|1|v", "TikTok | Video reach"), ["TikTok | Video reach"]),
        (Named("campaign", "google_ads|1|b", "Google | Brand"), ["Google | Brand", "Brand"]),
        (Named("campaign", "meta_ads|1|a", "Meta | Autumn looks"), ["Meta | Autumn looks"]),
    ]
)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("how did video do last week", "TikTok | Video reach"),
        ("cpm på videoen på tiktok", "TikTok | Video reach"),
        ("hva kostet merkevare i går", "Google | Brand"),
        ("hvordan går brandkampanjen", "Google | Brand"),
        ("roas på merkevarekampanjen", "Google | Brand"),
        ("er høstkampanjen sliten", "Meta | Autumn looks"),
        ("brand på google i går", "Google | Brand"),
    ],
)
def test_a_campaign_is_known_by_its_word_in_either_language(text, title):
    """A compound, a kind of ad, a translation: and the channel beside it is no second subject."""
    assert [thing.title for thing in read(text, SHOP, SATURDAY).things][:1] == [title]


@pytest.mark.parametrize(
    "text", ["sales this autumn", "spend i høst", "how many watched the videos"]
)
def test_a_season_alone_is_no_campaign(text):
    """It names days, or nothing of ours."""
    assert not any("Autumn" in thing.title for thing in read(text, SHOP, SATURDAY).things)
