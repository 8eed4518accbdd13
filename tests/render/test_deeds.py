"""The digest's list tells each fact, and its first line what matters most."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.advice import Advice, Reason
from bot.render import Renderer
from bot.render.escaping import bare
from bot.render.lexicon import ACTIONS, HEADS
from bot.render.rule_messages import Lines
from bot.render.values.advice_card import Card
from bot.render.values.templates import Todo


@pytest.fixture
def deeds(renderers):
    return {language: made._toolbox.deeds for language, made in renderers.items()}


def outage(severity="urgent", **numbers):
    told = {"outage.now": 43.2, "outage_days.now": 3.0, "outage_clicks.now": 412.0} | numbers
    advice = Advice(
        id="a2",
        rule="always-tracking-outage",
        rule_version="1",
        campaign_ids=("m1",),
        action="check_tracking",
        severity=severity,
        evidence={"m1": told},
        title="Results have stopped being counted",
        message="{{ name }} counts nothing.",
        brief="0 {{ results }} from {{ outage_clicks.now | number }} clicks "
        "{{ outage_days.now | since }}; about {{ outage.now | number }} expected",
        numbers={"name": "Meta | Leads B2B", "as_of": "2026-11-23", "stage": "act",
                 "pricing_model": "CPL"},
    )  # fmt: skip
    return Card(advice, {"m1": "Meta | Leads B2B"}, 2, 2, channel="Meta")


def late(days):
    advice = replace(
        outage().advice,
        action="hold",
        severity="watch",
        evidence={"m1": {"late_days.now": days}},
        brief="missing {{ late_days.now | since }}",
    )
    return Card(advice, {"m1": "Meta | Leads B2B"}, channel="Meta")


def said(deeds, name, *things, language="en"):
    return bare(getattr(deeds[language], name)(*things)).replace("\u00a0", " ")


def test_a_line_of_the_list_carries_its_fact(deeds, moving):
    """What to look at, where, and the number that says why."""
    fact = (
        "Check tracking: Meta | Leads B2B, 0 leads from 412 clicks since Friday; about 43 expected"
    )
    assert said(deeds, "task", outage()) == fact
    assert said(deeds, "task", moving) == "move 240 kr a day: Google | Generic → Google | Shopping"
    norsk = said(deeds, "task", outage(), language="nb")
    assert norsk.startswith("Sjekk sporingen: Meta | Leads B2B, 0 leads")
    assert "siden fredag" in norsk


def test_without_a_brief_the_title_speaks(deeds):
    """A rule of one's own needs no brief; one that does not render falls back, too."""
    plain = outage()
    for brief in ("", "{{ nothing.now | number }}"):
        card = replace(plain, advice=replace(plain.advice, brief=brief))
        told = said(deeds, "task", card)
        assert told == "Check tracking: Meta | Leads B2B. Results have stopped being counted"


def test_every_action_has_a_head_or_a_whole_sentence():
    """No action of the rulebook is without words in the list."""
    assert set(ACTIONS) - set(HEADS) == {"shift_budget", "raise_budget", "cut_budget"}


def headline(deeds, cards, language="en", form="daily"):
    """The first line of a digest of these."""
    digest = Todo(date(2026, 11, 23), tuple(cards), len(cards), form)
    return said(deeds, "headline", cards, digest, language=language)


def test_the_first_line_names_the_two_weightiest(deeds, moving):
    """Two clauses where they fit; what is urgent comes first."""
    told = headline(deeds, [moving, outage()])
    assert told == (
        "Good morning. Meta | Leads B2B stopped counting leads on Friday, "
        "and move 240 kr a day to Google | Shopping."
    )
    norsk = headline(deeds, [outage()], "nb")
    assert norsk == "God morgen. Meta | Leads B2B sluttet å telle leads fredag."


def test_the_first_line_fits_a_phone(deeds, moving):
    """However long the names are, it is three lines of a phone at most: 120 characters."""
    long = replace(moving, names={"g1": "x" * 90, "g2": "y" * 90})
    for cards in ([long], [long, long], [long, outage()], [long] * 5):
        assert len(headline(deeds, cards)) <= 120
    assert headline(deeds, [long] * 5).endswith("There are 5 things to do.")


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("length", range(5, 95, 3))
def test_what_the_first_line_does_not_name_it_counts(deeds, moving, language, length):
    """However long the names are: what is named and what is counted are all there is to do."""
    page = replace(outage(), advice=replace(outage().advice, action="fix_landing_page"))
    cards = [outage(), replace(page, names={"m1": "x" * length}), moving, moving]
    told = headline(deeds, cards, language)
    named = ("Leads B2B" in told) + ("x" * length in told)
    (counted,) = (int(word) for word in told.split() if word.isdigit())
    assert named + counted == len(cards)


def test_what_is_beyond_the_thread_is_counted_and_not_called_answered(deeds, moving):
    """An edited digest knows the cards of its thread alone; the others are still to do."""
    done = replace(moving, state="acknowledged")
    todo = Todo(date(2026, 11, 23), (outage(), done), 14)
    assert said(deeds, "headline", todo.cards, todo).endswith("on Friday, and 12 more things.")
    todo = Todo(date(2026, 11, 23), (done,), 14)
    assert said(deeds, "headline", todo.cards, todo) == "Good morning. There are 13 things to do."


def test_sources_late_since_the_same_day_are_one_thing(deeds, moving):
    """Named together in the first line, and counted as what they are."""
    cards = [replace(late(2.0), channel=each) for each in ("Google", "Meta", "TikTok")]
    assert headline(deeds, [*cards, moving]) == (
        "Good morning. Numbers from Google, Meta and TikTok have been missing since Saturday, "
        "and 1 more thing."
    )
    norsk = headline(deeds, cards, "nb")
    assert norsk == "God morgen. Tallene fra Google, Meta og TikTok har manglet siden lørdag."


def test_what_was_answered_is_no_headline(deeds, moving):
    """The first line is about what is still open."""
    done = replace(outage(), state="acknowledged")
    assert "Meta" not in headline(deeds, [done, moving])


def test_when_all_is_answered_the_first_line_says_so(deeds):
    """Nothing is asked for twice."""
    told = headline(deeds, [replace(outage(), state="dismissed")])
    assert told == "Good morning. Nothing new to do: everything has been answered."


def test_a_week_and_a_month_open_with_their_name(deeds):
    """What days a summary is about comes first."""
    assert headline(deeds, [outage()], form="weekly").startswith("Week 47: Meta")
    assert headline(deeds, [outage()], "nb", form="monthly").startswith("Oktober: Meta")


def test_a_suspected_outage_is_no_certain_one(deeds):
    """Where it may be chance, nobody is told that counting stopped."""
    told = said(deeds, "clause", outage("watch"))
    assert told == "Meta | Leads B2B has counted no leads since Friday"


def test_late_numbers_name_the_source_and_the_day(deeds):
    """Not "leave it alone": what is missing, and since when."""
    assert said(deeds, "clause", late(2.0)) == (
        "numbers from Meta have been missing since Saturday"
    )
    assert said(deeds, "task", late(9.0)) == "Late numbers: Meta, missing since 14 November"
    assert (
        said(deeds, "clause", late(2.0), language="nb")
        == "tallene fra Meta har manglet siden lørdag"
    )


@pytest.mark.parametrize(
    ("mean", "low", "high", "told"),
    [
        (10.3, 5.53, 15.1, "Likely +10 sales a week (6 to 15)."),
        (2.04, 0.52, 4.3, "Likely +2 sales a week (0.5 to 4)."),
        (1234.0, 876.0, 1605.0, "Likely +1 200 sales a week (880 to 1 600)."),
    ],
)
def test_an_effect_is_rounded_as_people_round(deeds, moving, mean, low, high, told):
    """Nobody believes in a hundredth of a sale."""
    numbers = {**moving.advice.numbers, "effect": {"mean": mean, "low": low, "high": high}}
    card = replace(moving, advice=replace(moving.advice, numbers=numbers))
    assert said(deeds, "effect", card) == told


@pytest.mark.parametrize(
    ("line", "right", "told"),
    [
        ("conversions.now < 320.7", 320.7, "sales back above 321"),
        ("conversion_rate.now < 0.0182", 0.01823, "conversion rate back above 1.82 %"),
        ("cpa.now > 419.6", 419.6, "CPA back under 420 kr"),
        ("outage.now > 7", 7.0, "results counted again"),
        ("outage_days.now <= 21", 21.0, ""),
    ],
)
def test_what_would_change_it_has_sensible_digits(line, right, told):
    """Counts are whole, shares and money as they are read, signals in words."""
    lines = Lines(Renderer("en").phrases)
    found = bare(lines.turning(Reason(line, 1.0, right), "NOK")).replace("\u00a0", " ")
    assert found == told


def test_what_would_mend_it_comes_before_what_would_spoil_it(renderers, moving):
    """Clicks falling would end the verdict, too; nobody hopes for that."""
    turns = (
        Reason("ctr.now > 0.03", 0.037, 0.03),
        Reason("conversion_rate.now < 0.018", 0.012, 0.018),
    )
    advice = replace(moving.advice, would_change=turns)
    told = bare(Lines(renderers["en"].phrases).turnings(advice)).replace("\u00a0", " ")
    assert told == "conversion rate back above 1.8 %"


def test_what_the_advice_is_about_is_not_among_what_is_in_order():
    """Under a tracking fault nothing says that tracking is sound."""
    advice = replace(outage().advice, guards=("tracking", "late_data"))
    assert Card(advice).checked == ("late_data",)
    assert Card(replace(advice, action="pause")).checked == ("tracking", "late_data")
