"""A number one day, week or month after the other."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.domain.replies import Asker
from bot.features.parts.subjects import EVERYTHING, daily
from bot.question.name_index import NameIndex
from bot.question.slot_reading import read
from bot.snapshot import boards

MORNING = date(2026, 11, 23)
NAMES = NameIndex(())


@pytest.fixture
def table(world):
    """The rows of the table that answers a question: what stands first, and the number."""

    def rows(question, language="en"):
        reply = world.desk.ask(question, Asker("U1", "C1", language), MORNING, dry=True)
        (block,) = [block for block in reply.blocks if "rows" in block]
        _, *lines = block["rows"]
        return [(line[0]["text"].replace("\xa0", " "), line[1].get("value")) for line in lines]

    return rows


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("spend by month", "months"),
        ("omsetning per måned", "months"),
        ("monthly roas for the account", "months"),
        ("salg måned for måned", "months"),
        ("cost per lead by week", "weeks"),
        ("cpa per uke", "weeks"),
        ("sales per day last 5 days", "days"),
    ],
)
def test_a_metric_by_a_time_is_each_of_them(text, form):
    """Not the best of them, nor a question asked back."""
    slots = read(text, NAMES, MORNING)
    assert (slots.intent, slots.form, slots.options) == ("how_much", form, ())


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("which month had the best roas", "which"),
        ("hvilken uke hadde høyest cpa", "which"),
        ("what is the monthly budget of google", "pace"),
        ("send me a weekly report", "do"),
    ],
)
def test_what_only_names_a_time_is_something_else(text, intent):
    """A month's budget, a weekly report, the best month."""
    assert read(text, NAMES, MORNING).intent == intent


def test_months_add_up_to_the_days_and_begin_where_the_numbers_do(world, table):
    """August has ten days of numbers here, and the last month ends yesterday."""
    months = table("spend by month")
    figures = boards.figures(world.context, MORNING, "184d")
    days = daily(world.context, MORNING, EVERYTHING, figures, ("spend",))["spend"].dropna()
    by_month = days.groupby(days.index.to_period("M")).sum()
    first, last = days.index[0].day, days.index[-1].day
    assert [value for _, value in months] == pytest.approx(by_month.tolist(), abs=1e-3)
    assert months[0][0].startswith(f"{first}–")
    assert re.match(rf"1–{last} ", months[-1][0])


@pytest.mark.parametrize("question", ["cost per lead by week", "cpl by month", "cpl per day"])
def test_a_price_is_over_the_spend_of_those_who_count_it(table, question):
    """A lead does not cost what the shop's campaigns spent."""
    leads = table("how much is the cpl by campaign")
    dearest, cheapest = max(value for _, value in leads), min(value for _, value in leads)
    prices = [value for _, value in table(question) if value is not None]
    assert prices
    assert all(cheapest / 3 < price < dearest * 3 for price in prices)
    assert sorted(prices)[len(prices) // 2] < dearest
