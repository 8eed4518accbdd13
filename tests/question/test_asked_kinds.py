"""Slots that strangers' questions needed: ranges of weekdays, weeks, none of something, losses."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.name_index import NameIndex
from bot.question.named_days import named_days
from bot.question.slot_reading import read
from bot.question.slots import Bound, Named

SATURDAY = date(2026, 11, 28)
NAMES = NameIndex(
    [
        (Named("channel", "google_ads", "Google"), ["google"]),
        (Named("campaign", "meta|1", "Meta | Awareness autumn"), ["awareness autumn", "awareness"]),
        (Named("stage", "reach", "Reach"), ["reach", "rekkevidde"]),
    ]
)
ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NORWEGIAN = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("google spend day by day from monday to thursday this week", "2026-11-23..2026-11-26"),
        ("forbruk på google fra tirsdag til fredag", "2026-11-24..2026-11-27"),
        ("google spend monday-wednesday last week", "2026-11-16..2026-11-18"),
        ("google revenue mon to fri this week", "2026-11-23..2026-11-27"),
        ("cpc på google man-ons", "2026-11-23..2026-11-25"),
        ("avg cpc google wk45", "2026-11-02..2026-11-08"),
        ("landing rate of google, 17 nov through yesterday", "2026-11-17..2026-11-27"),
        ("forbruk på google fra 3. november til i dag", "2026-11-03..2026-11-27"),
        ("cpa on google from the 17th onwards", "2026-11-17..2026-11-27"),
        ("salg på google siden den 3.", "2026-11-03..2026-11-27"),
        ("roas hittil i november", "in november"),
        ("spend between friday and sunday", "2026-11-20..2026-11-22"),
        ("how did the weekend go", "2026-11-21..2026-11-22"),
        ("hvordan gikk siste helgen", "2026-11-21..2026-11-22"),
    ],
)
def test_days_named_by_their_ends_are_all_of_them(text, window):
    """The first day alone would be another number."""
    assert read(text, NAMES, SATURDAY).window == window


@given(
    st.dates(date(2024, 1, 1), date(2027, 1, 1)),
    st.integers(0, 6),
    st.integers(0, 6),
    st.sampled_from([(ENGLISH, "from {} to {}"), (NORWEGIAN, "fra {} til {}")]),
)
def test_a_range_of_weekdays_is_the_latest_that_is_over(as_of, first, last, words):
    """It begins and ends on the days said, is under a week, and nothing of it is to come."""
    names, said = words
    (span,) = named_days(said.format(names[first], names[last]), as_of)
    since, until = map(date.fromisoformat, span.window.split(".."))
    assert (since.weekday(), until.weekday()) == (first, last)
    assert timedelta(0) <= until - since < timedelta(7)
    assert timedelta(1) <= as_of - until <= timedelta(7)


@pytest.mark.parametrize(
    "text", ["spend per week on google", "ukentlig forbruk på google", "google spend by week"]
)
def test_a_number_of_each_week_is_no_sum(text):
    """Nor is a weekly report one."""
    assert read(text, NAMES, SATURDAY).form == "weeks"
    assert read("send me the weekly report", NAMES, SATURDAY).form == ""


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("which campaigns have no leads at all?", "leads"),
        ("hvilke kampanjer har ingen salg", "conversions"),
        ("any campaign without a single sale?", "conversions"),
    ],
)
def test_none_of_something_is_fewer_than_one(text, metric):
    """The one with the most of them answers another question."""
    slots = read(text, NAMES, SATURDAY)
    assert (slots.intent, slots.metric, slots.bound) == (
        "which",
        metric,
        Bound(above=False, number=1.0),
    )


@pytest.mark.parametrize("text", ["hvilke kampanjer taper penger?", "which campaigns lose money"])
def test_losing_money_is_a_roas_under_one(text):
    """It is no distance from a target."""
    slots = read(text, NAMES, SATURDAY)
    assert (slots.metric, slots.bound) == ("roas", Bound(above=False, number=1.0))


def test_reach_of_a_campaign_is_the_number_and_reach_the_stage():
    """`reach` bears two meanings; what stands beside it decides."""
    of_one = read("reach of awareness autumn last week", NAMES, SATURDAY)
    assert (of_one.metric, [thing.title for thing in of_one.things]) == (
        "reach", ["Meta | Awareness autumn"],
    )  # fmt: skip
    stage = read("how is reach doing this week", NAMES, SATURDAY)
    assert [thing.kind for thing in stage.things] == ["stage"]


@pytest.mark.parametrize(
    "text", ["the documented share of awareness", "dokumentert andel av awareness"]
)
def test_a_share_that_is_a_number_itself_is_no_share_of_all(text):
    """The documented share is asked for by its name; the share of spend is a part of it."""
    assert (read(text, NAMES, SATURDAY).metric, read(text, NAMES, SATURDAY).form) == (
        "documented_share", "",
    )  # fmt: skip
    assert read("google's share of spend", NAMES, SATURDAY).form == "share"


@pytest.mark.parametrize(
    ("text", "against"),
    [
        ("is a sale dearer now than a month ago", "month"),
        ("er det dyrere å få et salg nå enn for en måned siden?", "month"),
        ("google spend vs a year ago", "year"),
        ("google revenue mon to fri this week vs same days last week", "week"),
        ("salg på google i går mot samme dag forrige uke", "week"),
    ],
)
def test_the_same_days_so_much_earlier_are_what_is_compared_with(text, against):
    """`a month ago` is no day, and `last week` beside `same days` no window."""
    assert read(text, NAMES, SATURDAY).against == against


def test_better_than_it_was_then_is_now_against_then():
    """The days named after `than` are the ones compared with."""
    slots = read("is awareness doing better now than it did in october", NAMES, SATURDAY)
    assert slots.window != "in october"
    assert slots.against


def test_what_is_over_is_no_forecast():
    """`ended up` foretells nothing where the days are over; where they are not, it does."""
    over = read("how'd black friday end up revenue wise?", NAMES, SATURDAY)
    assert (over.intent, over.metric) == ("how_much", "revenue")
    assert read("where will revenue end up this month", NAMES, SATURDAY).intent == "forecast"


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("which campaign is making us the most money", "revenue"),
        ("hvilken kampanje tjener vi mest penger på", "revenue"),
        ("hvilken kampanje kaster vi bort mest penger på?", ""),
        ("which campaign wastes the most money", ""),
        ("which campaign costs us the most money", "spend"),
        ("3 priciest cpcs", "cpc"),
    ],
)
def test_most_money_is_earned_wasted_or_spent_as_it_says(text, metric):
    """What is wasted is judged against targets; the biggest spend may be the best."""
    assert read(text, NAMES, SATURDAY).metric == metric


def test_om_dagen_of_a_ratio_is_these_days():
    """A CTR is not told day by day unless that is asked."""
    assert read("hva ligger ctr på for awareness om dagen", NAMES, SATURDAY).form == ""
    assert read("hvor mye bruker awareness om dagen", NAMES, SATURDAY).form == "average"


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("cost/conv on awareness", "cpa"),
        ("what's a sale costing us", "cpa"),
        ("hva betaler vi for tusen visninger på google", "cpm"),
        ("får vi mer igjen per annonsekrone på google", "roas"),
        ("hvor mange engasjementer har awareness fått", "engagements"),
        ("what share of google leads were qualified", "qualified_share"),
        ("andel av leadsene som ble kvalifisert", "qualified_share"),
    ],
)
def test_numbers_in_everyday_words(text, metric):
    """What people call them where no dictionary does."""
    assert read(text, NAMES, SATURDAY).metric == metric


@given(st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.integers(1, 31))
def test_from_a_day_of_no_month_is_from_the_latest_of_that_number(as_of, day):
    """It has begun, is less than two months ago, and reaches to the last whole day."""
    spans = named_days(f"from the {day}th onwards", as_of)
    for span in spans:
        since, until = map(date.fromisoformat, span.window.split(".."))
        assert since.day == day
        assert until == as_of - timedelta(1)
        assert timedelta(0) <= until - since <= timedelta(62)
    assert spans


@pytest.mark.parametrize(
    ("text", "by", "order"),
    [
        ("best week this quarter", "week", "best"),
        ("hvilken måned hadde flest salg", "month", "most"),
        ("which campaign worries you most", "", "worst"),
        ("what's the biggest problem right now", "", "worst"),
    ],
)
def test_what_is_ranked_and_from_which_end(text, by, order):
    """A week is no campaign, and the biggest problem is not the best one."""
    slots = read(text, NAMES, SATURDAY)
    assert (slots.intent, slots.by, slots.order) == ("which", by, order)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("what did we spend between the 10th and the 20th", "2026-11-10..2026-11-20"),
        ("forbruk fra 10. til 20.", "2026-11-10..2026-11-20"),
        ("spend 28.10-3.11", "2026-10-28..2026-11-03"),
    ],
)
def test_days_without_a_month_are_of_the_latest(text, window):
    """In both languages, and written with dots."""
    assert read(text, NAMES, SATURDAY).window == window


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("how much money did one lead from google cost us on average in september", "cpl"),
        ("hva betalte vi i gjennomsnitt for et kvalifisert lead i oktober",
         "cost_per_qualified_lead"),
        ("hva har et klikk på google kostet i november", "cpc"),
        ("kor mye handle folk for i snitt per ordre", "order_value"),
        ("hvor mange ganger ble google-annonsene vist i går", "impressions"),
        ("kor mye solgte awareness for i går", "revenue"),
        ("hvor mye satt vi igjen med når annonsekostnaden trekkes fra", "profit"),
    ],
)  # fmt: skip
def test_a_number_in_everyday_words_is_that_number(text, metric):
    """A price with its campaign in between, and a sum in a dialect."""
    assert read(text, NAMES, SATURDAY).metric == metric


def test_a_norwegian_genitive_is_its_channel():
    """`Googles andel` is Google's; a word that only ends so is nobody's."""
    slots = read("Hva utgjorde Googles andel av annonseforbruket i september?", NAMES, SATURDAY)
    assert ([thing.title for thing in slots.things], slots.form) == (["Google"], "share")
