"""A number that waits for late results is told with what it comes to, wherever it stands."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bot.domain.replies import Asker
from bot.features.digest import digest

MORNING, ZONE = date(2026, 11, 23), ZoneInfo("Europe/Oslo")
LATER = {"en": "once late results are in", "nb": "når sene resultater er kommet"}


@pytest.fixture
def answered(world):
    def answer(question, language="en"):
        reply = world.desk.ask(question, Asker("U1", "C1", language), MORNING, dry=True)
        return reply.text.replace("\xa0", " "), str(reply.blocks).replace("\\xa0", " ")

    return answer


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "how many sales yesterday?"),
        ("en", "what was the roas on google the last 3 days"),
        ("en", "conversion rate of shopping yesterday"),
        ("en", "give me the numbers for yesterday"),
        ("en", "which campaign has the highest cpa"),
        ("nb", "hvor mye omsetning fikk vi i går?"),
        ("nb", "hva var cpa på generic siste 7 dager"),
    ],
)
def test_the_headline_says_what_it_comes_to(answered, language, question):
    """Beside last week's, yesterday's number is a fall that is none."""
    text, _ = answered(question, language)
    assert LATER[language] in text


@pytest.mark.parametrize(
    "question",
    ["how much did we spend yesterday?", "clicks yesterday", "how many sales from 1 to 31 October?",
     "which campaign has the highest cpc"],
)  # fmt: skip
def test_what_has_settled_says_nothing_of_it(answered, question):
    """Spend and clicks are in, and so is all of October."""
    text, blocks = answered(question)
    assert "late results" not in text + blocks


@pytest.mark.parametrize("question", ["compare generic and competitors", "/perf campaign generic"])
def test_reports_say_it_below_their_price(answered, question):
    """Two campaigns side by side, and one."""
    _, blocks = answered(question)
    assert LATER["en"] in blocks


def test_days_say_how_much_of_the_newest_is_in(answered):
    """Sales day by day end in a fall every morning; spend does not."""
    _, sales = answered("sales per day last 5 days")
    _, spend = answered("spend per day last 5 days")
    assert "of the results of Sun 22 Nov are in" in sales
    assert "late" not in spend


def test_what_late_results_explain_has_not_moved(answered):
    """Nobody is called dearer by a day whose sales are not in."""
    text, blocks = answered("what changed since yesterday")
    assert "a sale" not in text
    assert "or late ones, explain" in blocks


def test_the_digest_and_the_channel_say_the_same_ends(world, answered):
    """A number is worked out once: convert in the digest, and /perf stage convert."""
    found = digest.of_morning(world.context, MORNING, ZONE)
    low, high = next(row.kpi.settles for row in found.stages if row.stage == "convert")
    _, blocks = answered("/perf stage convert")
    assert f"about {low:.0f} to {high:.0f} kr once late results are in" in blocks


def test_a_change_that_late_results_explain_is_said_to_be_one(answered):
    """Why it rose yesterday: most of its sales are still to come, so nobody says that it rose."""
    text, _ = answered("why did cpa go up on shopping yesterday")
    assert "CPA is 218 kr so far, it was 108 kr. Late results explain it: about" in text
    assert "rose" not in text


def test_what_late_results_cannot_take_back_rose(answered):
    """Generic's page broke: dearer than before whatever comes in yet, by between so and so much."""
    text, _ = answered("why did cpa go up on generic")
    low, high = re.search(r"once late results are in: \+(\d+) % to \+(\d+) %", text).groups()
    assert "CPA rose from 327 kr to 495 kr so far" in text
    assert 0 < int(low) < int(high) < round(100 * (495 / 327 - 1))


RANGE = r"[+−]?\d+ % to [+−]?\d+ %"


@pytest.mark.parametrize(
    "question",
    [
        "how many sales yesterday?",
        "how did yesterday go",
        "conversion rate of shopping yesterday",
        "what was our roas yesterday",
    ],
)
def test_a_change_is_the_range_it_ends_in(answered, question):
    """Half of yesterday's sales beside all of a week before's are not 58 % fewer."""
    text, blocks = answered(question)
    assert re.search(RANGE, text + blocks)


@pytest.mark.parametrize("question", ["/perf channel google yesterday", "/perf channel yesterday"])
def test_so_is_each_of_a_table(answered, question):
    """A row a campaign, a row a channel: as their own results fill up."""
    _, blocks = answered(question)
    assert re.search(RANGE, blocks)


def test_what_has_settled_changed_by_one_number(answered):
    """Spend is in: −1 % is −1 %."""
    text, blocks = answered("how much did we spend yesterday?")
    assert not re.search(RANGE, text + blocks)
    assert re.search(r"[+−]\d+ % against", text)


def test_a_months_sales_are_foretold_with_those_still_to_come(world, answered):
    """The newest days bring more than what is in of them; a sum of sales has no budget."""
    text, blocks = answered("forecast conversions this month")
    _, spend = answered("forecast spend this month")
    assert "Month's budget" not in blocks
    foretold = float(re.search(r"about ([\d ]+) sales", text)[1].replace(" ", ""))
    low, high = (
        float(part.replace(" ", ""))
        for part in re.search(r"between ([\d ]+) and ([\d ]+) at the pace", text).groups()
    )
    assert low <= foretold <= high
    assert "Month's budget" in spend
