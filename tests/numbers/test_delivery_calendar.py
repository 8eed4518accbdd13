"""The delivery calendar: days on which nothing is expected are no fault."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.numbers.forecast.pace import pace
from bot.numbers.input.history import History
from bot.numbers.input.normalise import normalise
from bot.numbers.input.windows import Window
from bot.numbers.signals.delivery_calendar import holes, reached, runs
from bot.numbers.signals.detectors import late_days, own_late_days
from bot.numbers.signals.history_panel import HistoryPanel
from bot.numbers.signals.signs import delivery

SUNDAY = date(2026, 8, 16)


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(step) for step in range((last - first).days + 1)]


def rows(name: str, on: list[date], *, zero: bool = False, weekdays=range(7)) -> pd.DataFrame:
    """Rows of a campaign on these days, on its weekdays; on the others zeros, or no row at all."""
    runs = [day.weekday() in weekdays for day in on]
    told = {"channel": "google_ads", "account_id": "1", "campaign_id": name, "campaign_name": name}
    frame = pd.DataFrame({
        "date": pd.to_datetime(on), **told, "currency": "NOK",
        "spend": np.where(runs, 100.0, 0.0), "impressions": np.where(runs, 5_000.0, 0.0),
        "clicks": np.where(runs, 100.0, 0.0), "conversions": np.where(runs, 10.0, 0.0),
    })  # fmt: skip
    return frame if zero else frame[runs]


def scene(*frames: pd.DataFrame, as_of: date) -> HistoryPanel:
    return HistoryPanel.of(normalise(pd.concat(frames)), as_of)


WORK = range(5)


@pytest.mark.parametrize("weeks", [2, 4, 12])
@pytest.mark.parametrize("zero", [False, True])
@pytest.mark.parametrize("as_of", [SUNDAY, SUNDAY + timedelta(1)])
def test_a_campaign_of_working_days_is_never_stopped_at_a_weekend(weeks, zero, as_of):
    """On Sunday and on Monday morning nothing is missing, whether its days are 0 or left out."""
    first, last = as_of - timedelta(7 * weeks), as_of - timedelta(1)
    seen = scene(
        rows("work", days(first, last), zero=zero, weekdays=WORK),
        rows("always", days(first, last)), as_of=as_of,
    )  # fmt: skip
    stopped, silent, *_ = delivery(seen)
    assert stopped.tolist() == silent.tolist() == [0, 0]
    assert own_late_days(seen).tolist() == [0, 0]


def test_a_campaign_of_working_days_that_stops_on_thursday_is_found():
    """Its habit excuses weekends only."""
    monday = SUNDAY + timedelta(1)
    seen = scene(
        rows("work", days(date(2026, 7, 1), date(2026, 8, 12)), weekdays=WORK),
        rows("always", days(date(2026, 7, 1), SUNDAY)), as_of=monday,
    )  # fmt: skip
    _, silent, *_ = delivery(seen)
    assert dict(zip(seen.history.entities, silent, strict=True)) == {
        "google_ads|1|always": 0, "google_ads|1|work": 2,
    }  # fmt: skip


def test_an_account_of_working_days_is_not_late_on_monday():
    """Where a whole account reports on working days only, its weekends are not missing."""
    on = days(date(2026, 6, 1), SUNDAY)
    seen = scene(rows("work", on, weekdays=WORK), as_of=SUNDAY + timedelta(1))
    assert late_days(seen).tolist() == [0]
    seen = scene(rows("work", on[:-4], weekdays=WORK), as_of=SUNDAY + timedelta(1))
    assert late_days(seen).tolist() == [2]  # Thursday and Friday


def test_a_campaign_shown_every_day_is_late_after_one():
    """Nothing is excused where every weekday has numbers."""
    on = days(date(2026, 7, 1), SUNDAY - timedelta(1))
    seen = scene(rows("always", on), as_of=SUNDAY + timedelta(1))
    assert late_days(seen).tolist() == [1]


def test_numbers_are_complete_where_no_day_is_due():
    """A channel of working days is complete through Sunday on a Monday, and late on a Tuesday."""
    there = [day for day in days(date(2026, 6, 1), SUNDAY) if day.weekday() in WORK]
    assert reached(there, SUNDAY) == SUNDAY
    assert reached(there, SUNDAY + timedelta(1)) == date(2026, 8, 14)
    assert reached([], SUNDAY) is None
    assert reached([SUNDAY - timedelta(3)], SUNDAY) == SUNDAY - timedelta(3)


@given(st.sets(st.integers(0, 60), min_size=1))
def test_what_is_complete_never_ends_before_the_newest_day(places):
    """`reached` is the newest day or the last data day, whatever days there are."""
    there = [SUNDAY - timedelta(place) for place in places]
    assert reached(there, SUNDAY) in {max(there), SUNDAY}


@pytest.mark.parametrize("zero", [False, True])
def test_a_month_of_working_days_lands_on_its_plan(zero):
    """2,100 for the 21 working days of August, 100 a day: 100 %, also seen on the 17th."""
    on = days(date(2026, 6, 1), SUNDAY)
    frame = normalise(rows("work", on, zero=zero, weekdays=WORK))
    history = History.of(frame, Window(on[0], on[-1]))
    lands = pace(history, SUNDAY + timedelta(1), np.array([2_100.0]), ["w"], ["NOK"]).columns
    assert lands["pace_lands"][0] == pytest.approx(1.0)
    assert (lands["pace_low"][0], lands["pace_high"][0]) == pytest.approx((1.0, 1.0))


@given(st.sets(st.integers(0, 6), min_size=1), st.integers(4, 10), st.integers(0, 6))
def test_days_of_a_schedule_are_no_holes(weekdays, weeks, end):
    """Whatever weekdays it keeps: between its days nothing is missing, nor after them till due."""
    last = SUNDAY + timedelta(end)
    there = [day for day in days(last - timedelta(7 * weeks), last) if day.weekday() in weekdays]
    assert holes(there, last) == ()
    assert reached(there, last) == last


@given(st.integers(3, 60), st.data())
def test_holes_are_the_days_left_out_of_an_everyday_account(count, draw):
    """Of those that stand before the newest day; what is later is late, no hole."""
    whole = days(SUNDAY - timedelta(count), SUNDAY)
    missing = draw.draw(st.sets(st.sampled_from(whole[1:]), max_size=2))
    there = [day for day in whole if day not in missing]
    newest = max(there)
    expected = {day for day in missing if day < newest}
    found = set(holes(there, SUNDAY))
    assert found <= expected
    if count >= 28:
        assert found == expected
    assert [day for since, until in runs(found) for day in days(since, until)] == sorted(found)


@pytest.mark.parametrize("weekdays", [(5, 6), (0,), (1, 4)])
def test_an_account_of_few_days_a_week_is_not_late_between_them(weekdays):
    """On each morning between its days; the first due day that is missing is late."""
    newest = next(SUNDAY - timedelta(n) for n in range(7)
                  if (SUNDAY - timedelta(n)).weekday() in weekdays)  # fmt: skip
    frame = rows("few", days(newest - timedelta(49), newest), weekdays=weekdays)
    for later in range(1, 8):
        due = sum((newest + timedelta(n)).weekday() in weekdays for n in range(1, later + 1))
        seen = scene(frame, as_of=newest + timedelta(later + 1))
        assert late_days(seen).tolist() == [due]
