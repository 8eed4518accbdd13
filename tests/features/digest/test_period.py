"""A week's and a month's digest open with what those days came to; what is open now follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.context.context import values_of
from bot.domain.replies import Press
from bot.features.digest import digest
from bot.features.digest.digest import spent
from bot.jobs import morning
from bot.numbers.plan import PlanEntry
from bot.snapshot import boards
from bot.store.base import PlanRow

MORNING, ZONE = date(2026, 11, 23), ZoneInfo("Europe/Oslo")
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
FORMS = {"weekly": {"form": "weekly"}, "monthly": {"form": "monthly", "day": 23}}


def plain(said: object) -> str:
    return str(said).replace("\\xa0", " ").replace("\u00a0", " ")


def told(world, renderers, form: str, language: str) -> tuple[str, str]:
    parent = digest.written(
        world.context, renderers[language], MORNING, ZONE, digest.Edition(form)
    ).parent
    return plain(parent.text), plain(parent.blocks)


@pytest.mark.parametrize(
    ("form", "language", "first", "now"),
    [
        ("monthly", "en", ("October: 556 410 kr spent, 93 % of the budgets; 154 kr a sale"
                          " (target 211, −1 % on the month before)."), "Now: "),
        ("monthly", "nb", ("Oktober: 556 410 kr brukt, 93 % av budsjettene; 154 kr per salg"
                          " (mål 211, −1 % mot måneden før)."), "Nå: "),
        ("weekly", "en", ("Week 47: 131 645 kr spent (−1 %); 220 kr a sale"
                         " (target 210, +11 % to +21 % on the week before)."), "Now: "),
        ("weekly", "nb", ("Uke 47: 131 645 kr brukt (−1 %); 220 kr per salg"
                         " (mål 210, +11 % til +21 % mot uken før)."), "Nå: "),
    ],
)  # fmt: skip
def test_the_conclusion_is_about_the_days(world, renderers, form, language, first, now):
    """Not about what broke on Friday: that is said in a line of its own, further down."""
    text, blocks = told(world, renderers, form, language)
    assert text == first
    page = "Check the landing page" if language == "en" else "Se på landingssiden"
    assert blocks.index(first[:8]) < blocks.index(now) < blocks.index(page)


def test_money_is_the_months_own(world):
    """Spend and budgets add up campaign by campaign, of that month alone."""
    about = boards.figures(world.context, MORNING, "lastmonth")
    (found,) = spent(world.context, about, budgets=True)
    frame = world.store.numbers(OCTOBER, date(2026, 10, 31), as_of=MORNING)
    assert found.amount == pytest.approx(frame["spend"].sum())
    assert (found.whole, found.currency) == (True, "NOK")
    assert spent(world.context, about, budgets=False)[0].planned is None


def test_a_budget_that_changed_since_leaves_the_month_as_it_was_planned(world):
    """October is held against October's budgets."""
    about = boards.figures(world.context, MORNING, "lastmonth")
    (before,) = spent(world.context, about, budgets=True)
    entry = PlanEntry("Google | Generic", channel="google_ads", monthly_budget=1e9)
    now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    row = PlanRow(entry.match, values_of(entry), NOVEMBER, "U1", now, "slack", 0)
    world.store.set_plan([row], origin="slack")
    after = boards.figures(world.context, MORNING, "lastmonth")
    assert spent(world.context, after, budgets=True) == (before,)


def test_outcomes_of_a_month_are_those_measured_in_it(world, monkeypatch):
    """Asked for three weeks later, it tells nothing that came in since."""
    asked = []
    monkeypatch.setattr(
        digest.outcomes, "came_in", lambda _office, as_of, since: asked.append((since, as_of)) or ()
    )
    digest.of_morning(world.context, MORNING, ZONE, digest.Edition("monthly"))
    assert asked[-1] == (OCTOBER, NOVEMBER)
    digest.of_morning(world.context, MORNING, ZONE, digest.Edition("weekly"))
    assert asked[-1] == (date(2026, 11, 16), MORNING)


@pytest.mark.parametrize("form", ["weekly", "monthly"])
def test_answers_change_the_line_of_now_alone(world, renderers, rulebook, kari, form):
    """What the days came to stays, in the message and in what a phone shows of it."""
    mine = replace(world.subscription, id=0, channel="C2", filters=FORMS[form])
    kept = world.store.subscribe(mine)
    clock = world.context.clock
    made = morning.digest(world.store, rulebook, renderers["en"], kept, MORNING, clock=clock)
    world.store.enqueue(made)
    for number, message in enumerate(made, start=1):
        world.store.delivered(message.key, f"1799.{number:06}")
    said = world.desk.answer(Press(made[1].advice_id, "acknowledge"), kari)
    (change,) = [each for each in said.changes if each.ts == "1799.000001"]
    assert change.text == made[0].text
    ids = [block.get("block_id") for block in change.blocks]
    days, first = ids.index("digest.days"), ids.index("digest.first")
    assert change.blocks[days] == made[0].blocks[days]
    assert plain(change.blocks[first]) != plain(made[0].blocks[first])
    assert "Now: " in plain(change.blocks[first])
