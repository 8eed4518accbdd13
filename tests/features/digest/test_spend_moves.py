"""Falls of spend are news, by channel, account and campaign: did anybody change a budget?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.store.base import Event
from tests.features.conftest import campaign_days, days_until

AS_OF = date(2026, 5, 15)  # a Friday: the newest day is Thursday
DAYS = days_until(AS_OF - timedelta(1), 40)
WEDNESDAY = date(2026, 5, 13)


def spends(since: date, factor: float, amount: float = 300.0, weekend: float = 1.0) -> list[float]:
    """A day's spend, times a factor since a day; less on weekends."""
    return [
        amount * (weekend if day.weekday() > 4 else 1.0) * (factor if day >= since else 1.0)
        for day in DAYS
    ]


def test_a_campaign_at_a_third_is_asked_about(hears):
    """Its budget is not known: since when, by how much, and whether somebody did it."""
    heard = hears(
        AS_OF,
        campaign_days("Generic", DAYS, spends(WEDNESDAY, 0.34)),
        campaign_days("Brand", DAYS, spends(WEDNESDAY, 1.0)),
    )
    told = heard.digest()
    assert "Generic: spend −66 % since Wednesday" in told
    assert "No budget is known" in told
    assert "Brand: spend" not in told
    assert "Generic: forbruk −66 % siden onsdag" in heard.digest("nb")
    assert "Generic: spend −66 % since Wednesday" in heard.ask("/perf channel google")


@pytest.mark.parametrize(
    ("budgets", "words"),
    [
        ((300.0, 100.0), "The daily budget went from €300 to €100."),
        ((300.0, 300.0), "Nobody changed a budget: find out why."),
        ((300.0, 900.0), "Nobody changed a budget: find out why."),  # raised, and it fell
    ],
)
def test_whether_a_budget_was_changed_is_said(hears, budgets, words):
    """What is known is no question."""
    before, now = budgets
    daily_budget = [now if day >= WEDNESDAY else before for day in DAYS]
    heard = hears(
        AS_OF,
        campaign_days("Generic", DAYS, spends(WEDNESDAY, 0.33), daily_budget=daily_budget),
        campaign_days("Brand", DAYS, spends(WEDNESDAY, 1.0), daily_budget=300.0),
    )
    assert words in heard.digest()


@pytest.mark.parametrize("count", [1, 3])
def test_a_whole_channel_that_is_gone_is_the_first_line(hears, count):
    """Of one campaign or of several; its campaigns are not told one by one beside it."""
    heard = hears(
        AS_OF,
        *(campaign_days(f"Meta {at}", DAYS, spends(WEDNESDAY, 0.06), channel="meta_ads")
          for at in range(count)),
        campaign_days("Brand", DAYS, spends(WEDNESDAY, 1.0)),
    )  # fmt: skip
    told = heard.digest()
    assert told.startswith("Good morning. Meta spends 94 % less since Wednesday.")
    assert "Meta 0: spend" not in told


def test_an_account_that_is_gone_is_told_with_its_id(hears):
    """The channel goes on in the other one."""
    heard = hears(
        AS_OF,
        campaign_days("A", DAYS, spends(WEDNESDAY, 0.05), account_id="111"),
        campaign_days("B", DAYS, spends(WEDNESDAY, 0.05), account_id="111"),
        campaign_days("C", DAYS, spends(WEDNESDAY, 1.0, 900.0), account_id="222"),
    )
    assert "Google 111: spend −95 % since Wednesday" in heard.digest()


def test_a_rise_is_news_as_well(hears):
    """Without a budget that explains it, somebody is asked."""
    heard = hears(
        AS_OF,
        campaign_days("Generic", DAYS, spends(WEDNESDAY, 1.8), daily_budget=300.0),
        campaign_days("Brand", DAYS, spends(WEDNESDAY, 1.0), daily_budget=300.0),
    )
    assert "Generic: spend +80 % since Wednesday" in heard.digest()


@pytest.mark.parametrize("weekend", [0.5, 0.1, 0.0])
@pytest.mark.parametrize("day", range(7))
def test_a_weekend_is_no_fall(hears, weekend, day):
    """On no morning of the week; with less on weekends, or nothing at all."""
    as_of = AS_OF - timedelta(day)
    days = [each for each in DAYS if each < as_of]
    amounts = [300.0 * (weekend if each.weekday() > 4 else 1.0) for each in days]
    assert "spend −" not in hears(as_of, campaign_days("Generic", days, amounts)).digest()


def test_what_somebody_paused_is_no_news(hears):
    """The platform's own log says who did it."""
    heard = hears(
        AS_OF,
        campaign_days("Generic", DAYS, spends(WEDNESDAY, 0.2), campaign_id="11"),
        campaign_days("Brand", DAYS, spends(WEDNESDAY, 1.0), campaign_id="12"),
    )
    assert "Generic: spend" in heard.digest()
    at = datetime(2026, 5, 13, 9, tzinfo=UTC)
    heard.context.store.log(Event(at, "U9", "platform.status", "1 11", {"after": "paused"}))
    assert "Generic: spend" not in heard.digest()


def test_small_change_is_left_alone(hears):
    """A campaign of one euro a day, and one with a hundredth of the money."""
    tiny = hears(AS_OF, campaign_days("Generic", DAYS, spends(WEDNESDAY, 0.3, 1.0)))
    assert "spend −" not in tiny.digest()
    heard = hears(
        AS_OF,
        campaign_days("Generic", DAYS, spends(WEDNESDAY, 0.3, 10.0)),
        campaign_days("Brand", DAYS, spends(WEDNESDAY, 1.0, 1000.0)),
    )
    assert "spend −" not in heard.digest()


def test_it_is_the_first_line_before_what_there_is_to_do(hears):
    """Advice about something else does not push it down."""
    stopped = [0.0 if day >= WEDNESDAY else 300.0 for day in DAYS]
    heard = hears(
        AS_OF,
        campaign_days("Meta A", DAYS, spends(WEDNESDAY, 0.06), channel="meta_ads"),
        campaign_days("Brand", DAYS, stopped),
        campaign_days("Generic", DAYS, spends(WEDNESDAY, 1.0, 900.0)),
    )
    told = heard.digest()
    assert told.startswith(
        "Good morning. Meta spends 94 % less since Wednesday. Find out why Brand"
    )


@pytest.mark.parametrize(
    ("channel", "words", "nb"),
    [
        ("meta_ads", "Meta has spent nothing since Wednesday.", "Meta har ikke brukt noe siden"),
        ("tv", "Tv has spent nothing since Wednesday.", "Tv har ikke brukt noe siden onsdag."),
    ],
)
def test_a_channel_that_has_stopped_is_one_headline(hears, channel, words, nb):
    """Not a headline for each of its campaigns, and no greeting in the midst of it."""
    stopped = [0.0 if day >= WEDNESDAY else 300.0 for day in DAYS]
    shown = [amount * 20 for amount in stopped]
    heard = hears(
        AS_OF,
        campaign_days("A", DAYS, stopped, channel=channel, impressions=shown),
        campaign_days("B", DAYS, stopped, channel=channel, impressions=shown),
        campaign_days("Generic", DAYS, spends(WEDNESDAY, 1.0, 900.0), impressions=9000.0),
    )
    told = heard.digest()
    assert told.startswith(f"Good morning. {words}")
    assert ", and find out why" not in told
    assert "−100 %" not in told
    assert f"God morgen. {nb}" in heard.digest("nb")
