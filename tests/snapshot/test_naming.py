"""Which channel somebody meant, and why there is nothing to show."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from bot.context.context import ALWAYS, Context
from bot.errors import NoNumbers, UnknownName
from bot.rules_files import load
from bot.settings import Settings
from bot.snapshot import boards, naming
from bot.store import open_store
from bot.store.base import PlanRow, Pull

MORNING = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 5, tzinfo=UTC)
RULEBOOK = load()


@pytest.fixture
def store():
    opened = open_store(":memory:")
    yield opened
    opened.close()


def office(store) -> Context:
    return Context(store, RULEBOOK, {}, Settings(), lambda: AT)


def filled(store, *channels: str, until: str = "2026-11-22"):
    rows = pd.concat([
        pd.DataFrame({"date": pd.date_range(end=until, periods=9), "channel": channel,
                      "account_id": "1", "campaign_id": "c", "campaign_name": "C",
                      "spend": 9.0, "currency": "NOK"})
        for channel in channels
    ])  # fmt: skip
    store.add_numbers(rows, source="file", pulled_at=AT)
    boards.rebuild(office(store), MORNING)


def test_without_any_numbers_the_way_to_them_is_said(store):
    """By whichever question one comes."""
    with pytest.raises(NoNumbers, match="There are no numbers yet"):
        naming.find_channel(office(store), "google", MORNING, "7d")
    assert "perfbot import" in naming.no_numbers(office(store), MORNING, "google_ads").hint


def test_numbers_that_ended_are_said_with_their_last_day(store):
    """Of the channel where one was asked for."""
    filled(store, "google_ads", until="2026-10-02")
    for channel, words in (("", "no numbers in these days"), ("google_ads", "for Google in these")):
        error = naming.no_numbers(office(store), MORNING, channel)
        assert words in str(error)
        assert "2026-10-02" in str(error)


def test_a_channel_is_known_by_its_numbers_its_pulls_or_the_plan(store):
    """Each once, those with numbers first."""
    filled(store, "google_ads")
    store.record_pull(Pull("meta", AT, None, None, ok=False, channels=("meta_ads", "google_ads")))
    store.set_plan([PlanRow("tiktok:*", {"channel": "tiktok_ads"}, ALWAYS, "U1", AT, "file")],
                   origin="file")  # fmt: skip
    known = naming.known_channels(office(store), MORNING, ["google_ads"])
    assert known[:2] == ["google_ads", "meta_ads"]
    assert len(known) == len(set(known))
    assert naming.find_channel(office(store), "meta", MORNING, "7d") == "meta_ads"


def test_a_word_that_begins_several_channels_asks_which(store):
    """With the days that were asked for; one that begins none is met with the nearest by title."""
    filled(store, "google_ads", "google_analytics", "meta_ads")
    with pytest.raises(naming.Unclear) as unclear:
        naming.find_channel(office(store), "goog", MORNING, "28d")
    choice = unclear.value.choice
    assert (choice.kind, choice.given) == ("channel", "goog")
    assert {option.asks for option in choice.options} == {
        "channel google_ads 28d", "channel google_analytics 28d"}  # fmt: skip
    with pytest.raises(UnknownName) as unknown:
        naming.find_channel(office(store), "metta", MORNING, "7d")
    assert unknown.value.nearest == ("Meta",)
