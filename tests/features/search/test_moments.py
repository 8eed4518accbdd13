"""When something changed: what is still to come is no change, and one campaign's is not hidden."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.features.conftest import campaign_days, days_until

AS_OF = date(2026, 11, 16)
DAYS = days_until(AS_OF - timedelta(1), 40)
BROKE = DAYS[-12]


@pytest.fixture
def account(hears):
    """Five campaigns at 10 a sale; Oak, one of the small ones, costs 40 from a day on."""
    sound = [
        campaign_days(name, DAYS, 600.0, conversions=60.0, clicks=900.0)
        for name in ("Elm", "Ash", "Yew", "Fir")
    ]
    before = campaign_days("Oak", DAYS[:-12], 400.0, conversions=40.0, clicks=600.0)
    since = campaign_days("Oak", DAYS[-12:], 400.0, conversions=10.0, clicks=600.0)
    return hears(AS_OF, *sound, before, since)


def test_when_a_campaign_broke_is_its_day(account):
    """By more than chance, with the price before and since."""
    answer = account.ask("when did Oak get worse")
    assert f"Oak changed on {BROKE:%a} {BROKE.day} {BROKE:%b}: €10 → €40 a sale" in answer


def test_where_all_together_show_nothing_the_one_that_changed_is_named(account):
    """A tenth of the money breaks no account's price, and is what the question is about."""
    answer = account.ask("when did something start going wrong with cpa")
    assert answer.startswith(("Oak changed on", "All channels changed on")), answer
    assert f"{BROKE.day} {BROKE:%b}" in answer


def test_clicks_are_in_at_once(hears):
    """Nobody waits for a click: a click rate that falls at the end has fallen."""
    before = campaign_days("Oak", DAYS[:-8], 400.0, impressions=40000.0, clicks=800.0)
    since = campaign_days("Oak", DAYS[-8:], 400.0, impressions=40000.0, clicks=400.0)
    answer = hears(AS_OF, before, since).ask("when did the click rate of Oak drop")
    assert f"Oak changed on {DAYS[-8]:%a} {DAYS[-8].day} {DAYS[-8]:%b}" in answer
