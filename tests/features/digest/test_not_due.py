"""Accounts whose yesterday is not over in the morning are not late, and their days are named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.features import status
from bot.features.digest import digest
from bot.jobs import morning as story
from bot.numbers.input.normalise import normalise
from bot.settings import Settings
from bot.settings.models import App
from bot.snapshot.days_due import pulls_due
from bot.store import open_store
from bot.store.base import Pull
from tests.advice.conftest import campaign

DAY = date(2026, 11, 23)
HALF_PAST_SEVEN = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)  # in Oslo
AFTERNOON = datetime(2026, 11, 23, 14, tzinfo=UTC)
EAST, WEST = "Europe/Oslo", "America/New_York"


@pytest.fixture
def store():
    made = open_store(":memory:")
    yield made
    made.close()


@pytest.fixture
def office(store, rulebook):
    """Google in Oslo, LinkedIn in New York and a day behind; by what the clock says."""

    def made(now=HALF_PAST_SEVEN, west_behind=2, only_west=False):
        rows = [campaign("A", seed=1, until=DAY - timedelta(1), time_zone=EAST)]
        west = DAY - timedelta(west_behind)
        rows += [campaign("B", channel="linkedin_ads", seed=2, until=west, time_zone=WEST)]
        for frame in rows[only_west:]:
            store.add_numbers(normalise(frame), source="file", pulled_at=now)
        settings = Settings(app=App(time_zone=EAST))
        story.refresh(store, rulebook, DAY, settings, lambda: now)
        return story._office(store, rulebook, settings, lambda: now, DAY)

    return made


def test_a_digest_says_how_far_an_account_in_the_west_is_and_calls_it_not_late(office, renderers):
    """In the morning it cannot have more; its advice is given by the days that are there."""
    context = office()
    morning = digest.of_morning(context, DAY, ZoneInfo(EAST))
    assert (morning.late, morning.doubtful) == ((), ())
    assert [(one.channel, one.until) for one in morning.not_due] == [
        ("LinkedIn", DAY - timedelta(2))
    ]
    assert morning.complete == ("Google",)
    assert "always-late-data" not in {card.advice.rule for card in morning.cards}
    for language, words in (("en", "is not over"), ("nb", "er ikke over")):
        assert words in str(renderers[language].render("digest", digest=morning).blocks)


@pytest.mark.parametrize(("now", "behind"), [(AFTERNOON, 2), (HALF_PAST_SEVEN, 3)])
def test_what_it_could_have_and_has_not_is_late(office, now, behind):
    """By the afternoon yesterday, in the morning the day before: digest and health say the same."""
    context = office(now, behind)
    morning = digest.of_morning(context, DAY, ZoneInfo(EAST))
    assert [one.channel for one in morning.late] == ["LinkedIn"]
    assert morning.not_due == ()
    states = {feed.channels: feed.state for feed in status.health(context, DAY)}
    assert states == {("google_ads",): "fresh", ("linkedin_ads",): "late"}


def test_a_team_that_has_only_such_accounts_has_its_numbers(office):
    """The digest is of the day before, and says nothing of numbers that are not in."""
    morning = digest.of_morning(office(only_west=True), DAY, ZoneInfo(EAST))
    assert not morning.silent
    assert morning.last_day == DAY - timedelta(2)


def test_a_digest_waits_for_no_pull_of_a_day_that_is_not_over(office):
    """What is due of a pull's account is what is due of its numbers."""
    due = pulls_due(office(), DAY)
    pull = Pull("ads", HALF_PAST_SEVEN, None, None, ok=True, account_id="a1")
    days = {name: due(replace(pull, channels=(name,))) for name in ("google_ads", "linkedin_ads")}
    assert days == {"google_ads": DAY - timedelta(1), "linkedin_ads": DAY - timedelta(2)}
    assert due(replace(pull, account_id="", channels=("linkedin_ads",))) == DAY - timedelta(2)
    assert due(replace(pull, account_id="new")) == DAY - timedelta(1)
