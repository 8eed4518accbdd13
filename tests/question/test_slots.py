"""A sentence is taken apart into what is asked, of whom, in which days; never with an error."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import PerfbotError
from bot.numbers.input.windows import parse_window
from bot.question.name_index import NameIndex
from bot.question.name_mentions import mentions
from bot.question.slot_reading import read
from bot.question.slots import Named
from bot.question.vocabulary import WINDOWS

MORNING = date(2026, 11, 28)
GOOGLE = Named("channel", "google_ads", "Google")
META = Named("channel", "meta_ads", "Meta")
RETARGETING = Named("campaign", "meta_ads|1|r", "Meta | Retargeting")
WHITEPAPER = Named("campaign", "linkedin_ads|1|w", "LinkedIn | Whitepaper")
SHOES = Named("campaign", "google_ads|1|s", "Google | Winter shoes")
NAMES = NameIndex(
    [
        (GOOGLE, ("google", "adwords")),
        (META, ("meta", "facebook")),
        (RETARGETING, (RETARGETING.title, "Retargeting")),
        (WHITEPAPER, (WHITEPAPER.title, "Whitepaper")),
        (SHOES, (SHOES.title, "Winter shoes")),
    ]
)


@pytest.mark.parametrize(
    ("text", "intent", "metric", "subjects", "days"),
    [
        ("how many leads did meta bring on tuesday", "how_much", "leads", (META,), "2026-11-24"),
        ("hva kostet google i uke 46", "how_much", "spend", (GOOGLE,), "2026-11-09..2026-11-15"),
        ("cost per lead on facebook in september", "how_much", "cpl", (META,), "2026-09-01..30"),
        ("omsetning på vintersko i q3", "how_much", "revenue", (), "2026-07-01..2026-09-30"),
        ("roas for shoes, last 30 days", "how_much", "roas", (SHOES,), "2026-10-29..2026-11-27"),
        ("retargetting clicks yesterday", "how_much", "clicks", (RETARGETING,), "2026-11-27"),
        ("spend on black friday 2025", "how_much", "spend", (), "2025-11-28"),
        ("forbruk i påsken", "how_much", "spend", (), "2026-04-02..2026-04-06"),
        ("top 5 campaigns by clicks in october", "which", "clicks", (), "2026-10-01..31"),
        ("hvilken kanal har lavest cpc", "which", "cpc", (), "2026-11-21..2026-11-27"),
        ("top 3 campaigns by roas l30d", "which", "roas", (), "2026-10-29..2026-11-27"),
        ("what are we paying for each lead", "how_much", "cpl", (), "2026-11-21..2026-11-27"),
        ("spend on tuesday and thursday combined", "how_much", "spend", (), "2026-11-24..26"),
        ("forbruk onsdag og torsdag til sammen", "how_much", "spend", (), "2026-11-25..26"),
        ("which channel gives most bang for our buck", "which", "roas", (), "2026-11-21..27"),
    ],
)
def test_the_slots_of_a_sentence(text, intent, metric, subjects, days):
    """Number, name and days are read as somebody means them, in both languages."""
    slots = read(text, NAMES, MORNING)
    window = parse_window(slots.window or "7d", MORNING)[0]
    since, _, until = days.partition("..")
    until = until or since
    until = until if len(until) > 2 else since[:-2] + until
    told = (slots.intent, slots.metric, slots.things, str(window.since), str(window.until))
    assert told == (intent, metric, subjects, since, until)


@pytest.mark.parametrize("text", ["what is our target", "spend per channel", "papers and margets"])
def test_a_name_is_whole_words(text):
    """`target` is not Retargeting, `per` is not Whitepaper."""
    assert mentions(text, NAMES) == ()


@pytest.mark.parametrize(
    ("text", "above", "number"),
    [
        ("anything running sub 1% ctr this month", False, 0.01),
        ("campaigns north of 400 kr cpa", True, 400.0),
        ("kampanjer som har brukt mer enn 50 000 i november", True, 50_000.0),
    ],
)
def test_a_condition_in_the_words_of_the_trade(text, above, number):
    """`sub`, `north of`, `mer enn`: a bound and its side."""
    bound = read(text, NAMES, MORNING).bound
    assert bound is not None
    assert (bound.above, bound.number) == (above, number)


@given(st.text(max_size=200))
def test_reading_never_raises(text):
    """Whatever is typed, it is read."""
    slots = read(text, NAMES, MORNING)
    assert slots.count >= 0


PIECES = (
    "how much spend 31. february 2025 uke 53 week 0 since påsken q4 last year over 3 % top "
    "99 november 12 vs mot i fjor google retargeting 0 days 9999 days cpa ◊ ¤ 5k"
)


@given(st.lists(st.sampled_from(PIECES.split()), max_size=12))
def test_every_window_read_is_a_window(words):
    """What is read as days is days, or is refused with a sentence."""
    slots = read(" ".join(words), NAMES, MORNING)
    for window in (slots.window, slots.until):
        if window:
            try:
                parse_window(window, MORNING)
            except PerfbotError as error:
                assert error.hint  # noqa: PT017  # future days are refused, with the way out


QUESTIONS = (
    "how much did we spend yesterday",
    "how many clicks did we get yesterday",
    "what did google spend yesterday",
    "what did google spend last week",
    "which campaign has the best roas",
    "which campaign has the worst roas",
    "campaigns with roas under 4",
    "meta's share of spend last week",
    "what did meta spend per day last week",
)


def test_two_questions_never_share_a_reading():
    """Each is another question, so each is read otherwise."""
    told = {read(text, NAMES, MORNING) for text in QUESTIONS}
    assert len(told) == len(QUESTIONS)


@pytest.mark.parametrize(("said", "window"), sorted(WINDOWS.items()))
def test_days_are_read_alike_in_a_command_and_in_a_sentence(said, window):
    """Every word a command takes for its days, also the short ones (`lastweek`)."""
    slots = read(f"how much did we spend {said}", NAMES, MORNING)
    expected = "yesterday" if window == "today" else window
    read_as = parse_window(slots.window.replace("today", "yesterday"), MORNING)[0]
    assert read_as == parse_window(expected, MORNING)[0]


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("what was the spend and revenue last week", ("spend", "revenue")),
        ("clicks, leads and cpl last week", ("clicks", "leads", "cpl")),
        ("hvor mye brukte vi og hvor mange salg fikk vi i går", ("spend", "conversions")),
        ("share of revenue, and share of spend, last week", ("revenue", "spend")),
        ("how many sales did we get for the money we spent last week", ("conversions",)),
        ("cpa last week", ("cpa",)),
        ("clicks vs landing views last week", ("clicks", "landing_views")),
        (
            "repeat sales last week and what each cost",
            ("repeat_conversions", "cost_per_repeat_sale"),
        ),
        ("cost per acquisition in october", ("cpa",)),
        ("not cpa - what does one qualified lead run us", ("cost_per_qualified_lead",)),
        ("average order last week", ("order_value",)),
        ("which campaign brought in the most leads", ("leads",)),
    ],
)
def test_every_number_of_a_list_is_asked_for(text: str, metrics: tuple[str, ...]) -> None:
    """The second of two was dropped; a phrase with two metrics' words is one."""
    slots = read(text, NameIndex([]), MORNING)
    assert (slots.metric, *slots.also) == metrics


@given(st.permutations(["spend", "clicks", "leads", "revenue"]), st.integers(2, 4))
def test_a_list_is_read_in_its_order(names: list[str], count: int) -> None:
    """However many, up to four."""
    listed = names[:count]
    text = f"what were {', '.join(listed[:-1])} and {listed[-1]} last week"
    slots = read(text, NameIndex([]), MORNING)
    assert [slots.metric, *slots.also] == listed


@pytest.mark.parametrize(
    ("text", "against"),
    [
        ("sales 1 to 20 november against the same days in october", "2026-10-01..2026-10-20"),
        ("salg 1.-31. oktober mot samme periode i september", "2026-09-01..2026-09-30"),
        ("sales on halloween vs the saturday before it", "2026-10-24..2026-10-24"),
        ("salg på halloween mot fredagen etter", "2026-11-06..2026-11-06"),
        ("sales this year vs last year", "year"),
        ("salg dette kvartalet mot samme kvartal i fjor", "year"),
        ("sales this quarter vs last quarter", ""),
        ("was black friday better than a normal friday for sales", "week"),
        ("sales black friday yesterday against black friday last year", "2025-11-28..2025-11-28"),
        ("leads monday to friday compared with monday to friday the week before", "week"),
        ("cpa this quarter vs q2", "2026-04-01..2026-06-30"),
    ],
)
def test_days_are_compared_with_those_that_are_said(text: str, against: str) -> None:
    """The whole month, or the last Saturday there was, would be other days."""
    assert read(text, NameIndex([]), MORNING).against == against


@pytest.mark.parametrize(
    ("text", "window", "against"),
    [
        (
            "by what percentage did spend change from september to october",
            "in october",
            "september",
        ),
        ("hvor mye økte salget fra uke 46 til uke 47", "2026-11-16..2026-11-22", "uke 46"),
    ],
)
def test_of_a_change_the_later_days_are_asked_about(text: str, window: str, against: str) -> None:
    """`from september to october` is October held against September."""
    days = {"september": "2026-09-01..2026-09-30", "uke 46": "2026-11-09..2026-11-15"}
    slots = read(text, NameIndex([]), MORNING)
    assert (slots.window, slots.against) == (window, days[against])
