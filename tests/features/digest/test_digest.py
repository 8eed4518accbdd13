"""A digest says what to do by money at stake, judges nothing on late numbers, repeats nothing."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.replies import Press
from bot.features.digest import digest
from bot.render.values.templates import Digest, MonthPace

MORNING, ZONE = date(2026, 11, 23), ZoneInfo("Europe/Oslo")
NEXT_WEEK = date(2026, 11, 30)


def plain(message):
    return str(message.blocks).replace("\\xa0", " ")


def test_what_there_is_to_do_comes_by_money_at_stake(world):
    """As its heading says."""
    cards = digest.of_morning(world.context, MORNING, ZONE).cards
    stakes = [-(one.advice.money_at_stake or 0.0) for one in cards]
    assert len(cards) > 3
    assert stakes == sorted(stakes)


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("en", "Numbers from Google, Meta, TikTok and LinkedIn have been missing since Monday."),
        ("nb", "Tallene fra Google, Meta, TikTok og LinkedIn har manglet siden mandag."),
    ],
)
def test_on_late_numbers_nothing_is_judged(world, renderers, language, first):
    """Three days without a pull: no price moved, nobody is waited for, and it is said once."""
    day = MORNING + timedelta(3)
    found = digest.of_morning(world.context, day, ZONE)
    assert len(found.late) == 4
    assert (found.moved, found.not_yet, found.late_besides) == ((), (), ())
    parent = digest.written(world.context, renderers[language], day, ZONE).parent
    assert parent.text.partition(". ")[2] == first


def test_a_month_settles_around_its_own_price(world):
    """Its note is about the month, like the price in the table above it."""
    for form in ("weekly", "monthly"):
        found = digest.of_morning(world.context, MORNING, ZONE, digest.Edition(form))
        for stage in found.unsettled:
            low, high = stage.kpi.settles
            assert low < high <= 1.01 * stage.kpi.value
    october = digest.of_morning(world.context, MORNING, ZONE, digest.Edition("monthly"))
    assert october.unsettled == ()  # three weeks ago: everything is in


def test_a_weeks_answers_are_counted_by_what_came_of_them(world, kari):
    """Taken, undone and taken again is one acknowledged; what was taken back is none."""
    before = digest.of_morning(world.context, NEXT_WEEK, ZONE, digest.Edition("weekly")).answers
    first, second, third = [each.advice_id for each in world.items if is_open(world, each)][:3]
    for verb in ("acknowledge", "undo", "acknowledge"):
        world.desk.answer(Press(first, verb), kari)
    for verb in ("acknowledge", "undo"):
        world.desk.answer(Press(second, verb), kari)
    world.desk.answer(Press(third, "dismiss", reason="known"), kari)
    answers = digest.of_morning(world.context, NEXT_WEEK, ZONE, digest.Edition("weekly")).answers
    assert (answers.acknowledged, answers.dismissed) == (1, 1)
    assert answers.given == before.given


def is_open(world, item):
    return world.store.advice(item.advice_id).state == "open"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "The month ended at 90 % of its budget."),
        ("nb", "Måneden endte på 90 % av budsjettet."),
    ],
)
def test_a_month_that_is_over_has_ended_and_lands_no_more(renderers, language, told):
    """On the first of the next."""
    over = Digest(
        date(2026, 12, 1), date(2026, 11, 30), pace=(MonthPace(0.9, 1.0, "", (0.9, 0.9)),)
    )
    assert told in plain(renderers[language].render("digest", digest=over))
