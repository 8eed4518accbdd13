"""Days in the midst of others without numbers are said wherever a sum leaves them out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.numbers.plan import PlanEntry
from tests.features.conftest import campaign_days, days_until

AS_OF = date(2026, 5, 11)
LAST = AS_OF - timedelta(1)
FORTY = days_until(LAST, 40)
DOORS = ("/perf channel google", "/perf sources", "/perf campaign Brand 28d", "/perf why google")


def without(days, first: date, count: int):
    return [day for day in days if not first <= day < first + timedelta(count)]


@pytest.mark.parametrize(
    ("first", "count", "said"),
    [
        (date(2026, 4, 26), 12, "26 Apr – 7 May (12 days)"),
        (date(2026, 5, 6), 1, "Wed 6 May (1 day)"),
        (date(2026, 5, 8), 2, "8 – 9 May (2 days)"),
    ],
)
def test_a_hole_in_an_account_is_said_at_every_door(hears, first, count, said):
    """With its days; the digest does not call the numbers complete."""
    heard = hears(AS_OF, campaign_days("Brand", without(FORTY, first, count)))
    told = heard.digest()
    assert "complete" not in told
    assert "No numbers from Google" in told
    for answer in (told, *(heard.ask(door) for door in DOORS)):
        assert said.replace(" ", "") in answer.replace(" ", ""), answer
    assert "Ingen tall fra Google" in heard.digest("nb")


def test_a_hole_in_the_days_compared_with_is_said(hears):
    """The week before lacks three days: a change against it is no change."""
    heard = hears(AS_OF, campaign_days("Brand", without(FORTY, date(2026, 4, 28), 3)))
    assert "28–30 Apr (3 days)".replace(" ", "") in heard.digest().replace(" ", "")


@pytest.mark.parametrize("zero", [False, True])
def test_what_others_lack_is_not_this_channels(hears, zero):
    """A hole of one account or channel is said of it alone; zeros are numbers."""
    gap = without(FORTY, date(2026, 5, 1), 5)
    spend = 0.0 if zero else 100.0
    heard = hears(
        AS_OF,
        campaign_days("Brand", gap),
        campaign_days("Shopping", FORTY, spend, account_id="2"),
        campaign_days("Reach", FORTY, channel="meta_ads"),
    )
    assert "No numbers from Google 1'" in heard.digest()
    assert "No numbers from Google 1'" in heard.ask("/perf channel google")
    assert "No numbers" not in heard.ask("/perf channel meta")


def test_a_campaigns_own_hole_is_said_with_its_name(hears):
    """Its account has numbers of those days: the sum of the week lacks hers."""
    gap = without(FORTY, date(2026, 5, 5), 2)
    heard = hears(AS_OF, campaign_days("Brand", FORTY), campaign_days("Shopping", gap))
    for answer in (heard.digest(), heard.ask("/perf channel google")):
        assert "No numbers from Shopping" in answer
    assert "No numbers" not in heard.ask("/perf campaign Brand")
    assert "No numbers from Shopping" in heard.ask("/perf campaign Shopping")


def test_numbers_that_begin_in_the_window_are_said_to(hears):
    """Twenty of twenty-eight days: no hole, but no whole window either."""
    heard = hears(AS_OF, campaign_days("Brand", FORTY[-20:]))
    answer = heard.ask("/perf channel google 28d")
    assert "Numbers begin on Tue 21 Apr" in answer
    assert "No numbers from" not in answer
    assert "Numbers begin" not in heard.ask("/perf channel google 7d")


def test_a_month_with_a_hole_says_so_beside_its_pace(hears):
    """What was spent is more than what was counted."""
    plan = [PlanEntry(match="Brand", stage="convert", pricing_model="CPA", monthly_budget=3100)]
    heard = hears(AS_OF, campaign_days("Brand", without(FORTY, date(2026, 5, 3), 2)), plan=plan)
    assert "No numbers from Google" in heard.ask("/perf pacing")
    whole = hears(AS_OF, campaign_days("Brand", without(FORTY, date(2026, 4, 25), 2)), plan=plan)
    assert "No numbers" not in whole.ask("/perf pacing")


@pytest.mark.parametrize("weekdays", [range(5), (5, 6), (0, 3), (1, 2, 3)])
def test_weekdays_off_are_no_hole(hears, weekdays):
    """Working days, weekends, two days a week: nothing is missing, and numbers are complete."""
    days = [day for day in days_until(LAST, 60) if day.weekday() in weekdays]
    heard = hears(AS_OF, campaign_days("Brand", days))
    for door in ("/perf channel google", "/perf sources", "/perf campaign Brand 28d"):
        assert "No numbers" not in heard.ask(door)
    told = heard.digest()
    assert "No numbers" not in told
    assert "missing" not in told
