"""Why a number changed, asked as people ask it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.ask import Asker
from bot.blockkit import validate
from bot.domain.replies import Press
from bot.errors import NoNumbers, UnknownName, UsageError
from bot.features.explain import change as why
from bot.question.grammar import Question, parse
from bot.snapshot import boards

MORNING = date(2026, 11, 23)
WORKS = (
    *("cpa", "cpl", "cpc", "cpm", "roas", "ctr", "conversion_rate", "cpa_documented"),
    *("spend", "clicks", "leads", "conversions", "revenue", "cost_per_qualified_lead"),
)


def rows_of(reply):
    table = next(block for block in reply.blocks if block["type"] == "table")
    return [[cell.get("text", "") for cell in row] for row in table["rows"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("why google cpa", Question("why", "google", "", ("google", "cpa"), "cpa")),
        ("why google cpa 28d", ("google", "28d", "cpa")),
        ("why google 28d cpa", ("google", "28d", "cpa")),
        ("why cpa on google last week", ("google", "lastweek", "cpa")),
        ("hvorfor generic konverteringsrate siste 14 dager", ("generic", "14d", "conversion_rate")),
        ('why "Google | CPA"', ("Google | CPA", "", "")),
        ("why generic", ("generic", "", "")),
        ("why leads b2b", ("leads b2b", "", "")),
        ("hvorfor leads på meta", ("meta", "", "leads")),
        ("why", ("", "", "")),
        ("why meta cost per lead", ("meta", "", "cpl")),
    ],
)
def test_a_question_is_understood(text, expected):
    """Name, metric and window in both languages and in any order."""
    found = parse(text)
    wanted = expected if isinstance(expected, Question) else None
    assert found == (wanted or found)
    if not wanted:
        assert (found.subject, found.window, found.metric) == expected


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("subject", ["google", "generic", "meta", "leads b2b", "tiktok"])
def test_every_number_works_everywhere(world, subject, language):
    """Whatever is asked of whatever: valid blocks, and parts that add up as shown."""
    asker = Asker("U1", "C1", language)
    for metric in WORKS:
        reply = world.desk.ask(f"why {subject} {metric}", asker, MORNING)
        assert reply.error is None, metric
        assert validate(list(reply.blocks)) == [], metric
        for told in why.explained(world.context, parse(f"why {subject} {metric}"), MORNING):
            if told.change is None:
                assert told.lack, metric
                continue
            assert told.shown_now - told.shown_was == told.shown_change
            assert sum((part.shown for part in told.parts), Decimal(0)) == told.shown_change
            assert sum((each.shown for each in told.campaigns), Decimal(0)) == told.shown_change


def test_the_conclusion_names_what_made_it(world, kari):
    """The demo's broken landing page: the conversion rate is told, with numbers, in a sentence."""
    reply = world.desk.ask("why generic cpa", kari, MORNING)
    assert reply.text.startswith("Google | Generic: CPA rose from")
    assert "comes from the conversion rate." in reply.text
    head, *rows = rows_of(reply)
    assert head == ["What", "Part of it", "Change", "Was", "Is"]
    assert [row[0] for row in rows] == ["CPM", "CTR", "Conversion rate", "CPA"]


def test_the_number_is_the_one_of_the_board(world):
    """What is taken apart is what `/perf campaign` shows."""
    figures = boards.figures(world.context, MORNING, "7d", "google_ads")
    row = next(row for row in figures.rows if row.campaign_id == "g-generic")
    (told,) = why.explained(world.context, parse("why generic cpa"), MORNING)
    assert (told.now, told.was) == (row.now("cpa"), row.before("cpa"))


def test_without_a_metric_it_is_the_one_the_cell_judges(world):
    """Convert is judged by CPA, reach by the price of people reached."""
    asked = {name: why.explained(world.context, parse(f"why {name}"), MORNING)[0].metric
             for name in ("generic", "awareness", "leads b2b", "meta")}  # fmt: skip
    assert asked["generic"] == "cpa"
    assert asked["awareness"] == "cost_per_reach"
    assert asked["leads b2b"] == "cpl"
    assert asked["meta"] in {"cpa", "cpl", "cpm"}


def test_what_is_missing_is_said(world, kari):
    """A campaign without sales has no CPA, and the answer says which number it lacks."""
    reply = world.desk.ask("why guides cpa", kari, MORNING)
    assert "no CPA to compare" in reply.text
    assert "conversions" in reply.text


def test_a_name_that_ends_in_a_metric_is_tried_whole(world, kari):
    """Near misses and doubts keep the question: a press away it is asked again."""
    near = world.desk.ask("why gogle cpa", kari, MORNING)
    assert "why google_ads cpa" in str(near.blocks)
    several = world.desk.ask("why | roas 14d", kari, MORNING)
    assert 'why \\"Google' in str(several.blocks) or 'why "Google' in str(several.blocks)
    assert "roas 14d" in str(several.blocks)


def test_what_cannot_be_taken_apart_is_refused(world, empty, kari):
    """People reached by several campaigns, days without numbers, names nobody knows."""
    for question, kind in (
        ("why meta cost per reach", UsageError),
        ("why zorblax", UnknownName),
        ("why google cpa 2026-13-01..2026-13-05", UnknownName),
    ):
        assert isinstance(world.desk.ask(question, kari, MORNING).error, kind), question
    assert isinstance(empty.ask("why google cpa", kari, MORNING).error, NoNumbers)


def test_a_campaign_alone_and_nothing_at_all_are_answered(world, kari):
    """`/perf why` offers the channels."""
    reply = world.desk.ask("why", kari, MORNING)
    assert "why google_ads" in str(reply.blocks)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "leads fell from 11 to 0 (−100"), ("nb", "leads falt fra 11 til 0 (−100")],
)
def test_what_is_counted_is_told_whole(world, language, said):
    """Nobody counts 11.0 leads."""
    reply = world.desk.ask("why Leads B2B leads yesterday", Asker("U1", "C1", language), MORNING)
    assert said in reply.text


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "Open advice names the likely cause: "),
        ("nb", "Et åpent råd peker på den sannsynlige"),
    ],
)
def test_the_cause_that_open_advice_names_stands_in_the_headline(world, language, says):
    """Of a campaign with an alarm: once it is dismissed, or of another campaign, nothing does."""
    asker = Asker("U1", "C1", language)
    reply = world.desk.ask("why leads b2b", asker, MORNING)
    assert says in str(reply.blocks[0])
    assert says in reply.text
    alarm = next(each for each in world.store.all_advice(as_of=MORNING)
                 if "m-leads" in each.advice.campaign_ids)  # fmt: skip
    assert alarm.advice.action == "check_tracking"
    world.desk.answer(Press(alarm.advice.id, "dismiss"), asker)
    assert says not in str(world.desk.ask("why leads b2b", asker, MORNING).blocks)
    assert says not in str(world.desk.ask("why shopping", asker, MORNING).blocks)
