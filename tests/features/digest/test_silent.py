"""Where no numbers came, nobody is told that all is well: the last day is said, with its date."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.features.digest import digest
from bot.store.base import Pull

MORNING, ZONE = date(2026, 11, 23), ZoneInfo("Europe/Oslo")
WEEK, MONTH, MARCH = date(2026, 11, 30), date(2026, 12, 12), date(2027, 3, 1)


def told(world, renderers, day: date, language: str = "en") -> str:
    parent = digest.written(world.context, renderers[language], day, ZONE).parent
    return f"{parent.text} {parent.blocks}".replace("\\xa0", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("language", "day", "first"),
    [
        ("en", MARCH, "Good morning. No numbers since 22 November 2026: nothing can be judged."),
        ("nb", MARCH, "God morgen. Ingen tall siden 22. november 2026: ingenting kan vurderes."),
        ("en", MONTH, "Good morning. No numbers since 22 November: nothing can be judged."),
    ],
)
def test_numbers_that_ended_long_ago_are_the_news(world, renderers, language, day, first):
    """With the day they ended on, what to do about it, and nothing worked out from them."""
    said = told(world, renderers, day, language)
    assert said.startswith(first)
    assert {"en": "Newer numbers come with", "nb": "Nyere tall kommer med"}[language] in said
    assert digest.of_morning(world.context, day, ZONE).pace == ()


def test_a_weekday_is_this_weeks(world, renderers):
    """Numbers through Sunday end on the Sunday just gone; before that it has its date."""
    assert "Numbers through Sunday" in told(world, renderers, WEEK - timedelta(2))
    said = told(world, renderers, WEEK)
    assert "Numbers through 22 November." in said
    assert "missing since 23 November" in said


@pytest.mark.parametrize("day", [MONTH, MARCH])
def test_advice_on_numbers_that_ended_says_so(world, kari, day):
    """As pacing and channel do; never that there is nothing to change."""
    for asked in ("/perf advice", "/perf advice google"):
        reply = world.desk.ask(asked, kari, as_of=day)
        assert "the newest are from 22 November 2026" in reply.text


def test_advice_without_any_numbers_says_so(empty, kari):
    """An empty database has nothing to judge."""
    for asked in ("/perf advice", "/perf advice google"):
        reply = empty.ask(asked, kari, as_of=MORNING)
        assert reply.text.startswith("There are no numbers yet.")


@pytest.mark.parametrize(
    ("language", "first"),
    [("en", "No new numbers: nothing can be judged"), ("nb", "Ingen nye tall: ingenting kan")],
)
def test_the_home_tab_does_not_call_it_a_quiet_day(world, empty, kari, language, first):
    """Neither where numbers ended nor where there never were any."""
    world.desk.context = replace(world.context, clock=lambda: datetime(2027, 3, 1, 7, tzinfo=UTC))
    blocks = world.desk.home(replace(kari, language=language))["blocks"]
    assert blocks[0]["text"]["text"].startswith(first)
    assert empty.home(kari)["blocks"][0]["text"]["text"] == "No numbers yet"


def test_a_day_on_which_nothing_ran_is_no_missing_one(world):
    """A pull that reached the last day and brought no row says that is all there was."""
    now = datetime(2026, 11, 24, 5, tzinfo=UTC)
    world.store.record_pull(Pull("demo", now, MORNING, MORNING, ok=True))
    found = digest.of_morning(world.context, MORNING + timedelta(1), ZONE)
    assert not found.silent
    assert digest.of_morning(world.context, MORNING + timedelta(2), ZONE).silent
