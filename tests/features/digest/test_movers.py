"""What moved, since when and why; and who still waits for results."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ask import Asker
from bot.domain.replies import Press
from bot.features.digest import digest
from bot.features.digest.movers import moved
from bot.numbers.plan import PlanEntry
from bot.numbers.signals.price_breaks import beyond_chance, broken
from bot.snapshot import boards
from bot.snapshot.evaluation import judged
from bot.snapshot.settling_results import LateResults
from tests.features.conftest import campaign_days, days_until

MORNING = date(2026, 11, 23)


@pytest.fixture(scope="module")
def told(request):
    return {}


@pytest.fixture
def found(world, told):
    """The demo's digest as values."""
    if not told:
        told["digest"] = digest.of_morning(world.context, MORNING, ZoneInfo("UTC"))
    return told["digest"]


def test_the_landing_page_that_broke_is_told_with_its_day_and_its_cause(found):
    """Generic: the conversion rate fell since the page changed; price and clicks did not."""
    generic = next(each for each in found.moved if each.name == "Google | Generic")
    assert generic.kpi.value > 1.5 * generic.kpi.before
    assert generic.factor == "conversion_rate"
    assert generic.factor_change == pytest.approx(-0.55, abs=0.15)
    assert {"cpm", "ctr"} <= set(generic.steady)
    assert generic.look_at == "fix_landing_page"
    assert generic.since == MORNING - timedelta(11)


def test_a_break_has_one_day_everywhere(world, found, renderers):
    """What moved, its card and what is asked say the same day, also once it was dismissed."""
    generic = next(each for each in found.moved if each.name == "Google | Generic")
    day = renderers["en"].speech.forms.long_day(generic.since)
    (page,) = [one for one in found.cards if one.advice.action == "fix_landing_page"]
    assert f"since {day}" in str(renderers["en"].render("advice", card=page).blocks)
    for question in ("advice", "campaign generic", "why generic"):
        said = world.desk.ask(f"/perf {question}", Asker("U1"), MORNING)
        days = set(re.findall(r"since (\d+ \w+)", str(said.blocks)))
        assert days == {day} or (question != "advice" and not days)
    world.desk.answer(Press(page.id, "dismiss"), Asker("U1"))
    again = digest.of_morning(world.context, MORNING, ZoneInfo("UTC"))
    assert page.id not in {one.id for one in again.cards}
    assert generic.since in {one.since for one in again.moved}


def test_what_is_not_counted_has_not_moved(found):
    """A price without results is the tracking's news, not its own."""
    assert "Meta | Leads B2B" not in {each.name for each in found.moved}
    assert len(found.moved) <= 3


def test_who_waits_is_told_how_long(found):
    """LinkedIn | ABM: so many leads more, in about so many days."""
    (abm,) = [each for each in found.not_yet if each.name == "LinkedIn | ABM"]
    assert (abm.metric, abm.needed) == ("leads", 12.0)
    assert abm.days == pytest.approx(10, abs=1)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            (
                "What moved",
                "since 12 November",
                "Not yet.",
                "12 more leads needed",
                "on the way to",
            ),
        ),
        (
            "nb",
            (
                "Hva som har endret seg",
                "siden 12. november",
                "Ikke ennå.",
                "mangler 12 leads",
                "på vei mot",
            ),
        ),
    ],
)
def test_the_digest_says_it(world, renderers, language, told):
    """In both languages, in the demo."""
    words = digest.written(world.context, renderers[language], MORNING, ZoneInfo("UTC")).parent
    assert [each for each in told if each not in str(words.blocks)] == []
    assert len(words.text) <= 120  # three lines of a phone (tests/render/test_deeds.py)


def test_a_break_is_found_on_its_day():
    """Twenty results a day, then ten from the 20th day on, for the same money."""
    found = broken([1000.0] * 28, [20.0] * 20 + [10.0] * 8)
    assert found.at == 20
    assert found.ratio == pytest.approx(2.0)


def test_late_results_are_no_break():
    """Half of the last five days' results are still to come, and it is known."""
    spent, seen = [1000.0] * 28, [200.0] * 23 + [100.0] * 5
    assert broken(spent, seen, [1.0] * 23 + [0.5] * 5) is None
    assert broken(spent, seen) is not None


def test_days_of_an_outage_are_no_break():
    """Fourteen results a day but for three days on which none was counted: the tracking's news."""
    spent, seen = [1000.0] * 28, [14.0] * 22 + [0.0] * 3 + [14.0] * 3
    assert broken(spent, seen) is None
    few = broken(spent, [2.0] * 14 + [0.0] * 11 + [1.0] * 3)
    assert few is None or few.ratio > 1  # a day without one of two is a day like others


def test_days_without_numbers_are_left_out():
    """The place of a break is counted in days, missing ones too."""
    spent = [1000.0] * 10 + [None] * 4 + [1000.0] * 14
    found = broken(spent, [20.0] * 10 + [None] * 4 + [20.0] * 4 + [8.0] * 10)
    assert found.at == 18


@given(
    st.lists(st.tuples(st.none() | st.floats(0, 1e6), st.none() | st.integers(0, 500)), max_size=40)
)
def test_any_days_can_be_looked_at(days):
    """Zeros, holes and short histories are no news and no error."""
    found = broken([spent for spent, _ in days], [seen for _, seen in days])
    assert found is None or (0 < found.at < len(days) and found.ratio > 0)


@pytest.mark.parametrize(("days", "told"), [(6, {}), (8, {"landing_rate": pytest.approx(-0.6)})])
def test_a_break_is_told_by_the_rule_that_found_it(world, days, told):
    """Its day and its ratio, however far the price's own break lies from it."""
    context = world.context
    judgement = judged(context, MORNING)
    records = tuple(
        replace(record, advice=replace(record.advice, evidence={
            id_: {**numbers, "fault_days.now": float(days), "rate_left.now": 0.4}
            for id_, numbers in record.advice.evidence.items()
        }))
        if record.advice.action == "fix_landing_page" else record
        for record in judgement.records
    )  # fmt: skip
    week, late = boards.figures(context, MORNING, "7d"), LateResults.of(context, MORNING)
    news = moved(context, week, replace(judgement, records=records), late)
    generic = next(each for each in news if each.name == "Google | Generic")
    assert generic.since == MORNING - timedelta(days)
    assert {name: by for name, by in generic.others if name == "landing_rate"} == told


@pytest.mark.parametrize(
    ("ratio", "results", "days", "tells"),
    [
        (0.25, (4, 1), (7, 7), False),
        (4.0, (1, 4), (7, 28), False),
        (1.15, (9000, 9000), (7, 28), True),
        (1.02, (90000, 90000), (7, 28), False),  # a week's weather
        (2.0, (60, 120), (7, 28), True),
        (2.0, (0, 120), (7, 28), False),
    ],
)
def test_a_few_results_make_no_move(ratio, results, days, tells):
    """4 against 1 is chance, however big the ratio; many results tell a small one."""
    assert beyond_chance(ratio, results, days) == tells


def test_what_moved_most_names_no_campaign_of_a_few_results(hears):
    """One sale before and four now stand behind nothing: counted among the rest, not named."""
    days = days_until(MORNING - timedelta(1), 35)
    few = [1.0 if place == 24 else 4.0 if place == 30 else 0.0 for place in range(35)]
    many = [20.0] * 28 + [9.0] * 7
    rows = [campaign_days(name, days, [100.0] * 35, clicks=[50.0] * 35, conversions=sales)
            for name, sales in (("Few", few), ("Many", many))]  # fmt: skip
    plan = [PlanEntry(match="*", stage="convert", pricing_model="CPA")]
    said = hears(MORNING, *rows, plan=plan).ask("which campaigns moved most?")
    assert "Moved most" in said
    assert "Many" in said
    assert "1 more campaign changed by no more than its few results, or late ones, explain" in said
    assert "Few," not in said
