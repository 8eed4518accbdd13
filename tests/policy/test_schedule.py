"""When a digest comes, in the words people use."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UnknownName
from bot.policy.routes import Route, route_of
from bot.policy.schedule import Schedule, clock_time, comes_on, form_of, parse_schedule
from bot.store.base import Subscription

USUAL = Schedule(time_zone="Europe/Oslo", language="nb")


def read(text: str) -> Schedule:
    return parse_schedule(text.split(), USUAL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", USUAL),
        ("08:15", Schedule("08:15", (1, 2, 3, 4, 5), "Europe/Oslo", "nb")),
        ("kl 7.30 hverdager", Schedule("07:30", (1, 2, 3, 4, 5), "Europe/Oslo", "nb")),
        ("7am mon,wed,fri", Schedule("07:00", (1, 3, 5), "Europe/Oslo", "nb")),
        ("at 7pm daily UTC english", Schedule("19:00", (1, 2, 3, 4, 5, 6, 7), "UTC", "en")),
        ("hver dag 6", Schedule("06:00", (1, 2, 3, 4, 5, 6, 7), "Europe/Oslo", "nb")),
        (
            "this channel every weekday 07:30",
            Schedule("07:30", (1, 2, 3, 4, 5), "Europe/Oslo", "nb"),
        ),
        ("hver hverdag 06:15", Schedule("06:15", (1, 2, 3, 4, 5), "Europe/Oslo", "nb")),
        ("fre-man", Schedule("07:30", (1, 5, 6, 7), "Europe/Oslo", "nb")),
        ("new_york norsk", Schedule("07:30", (1, 2, 3, 4, 5), "America/New_York", "nb")),
    ],
)
def test_times_days_zones_and_languages_in_any_order(text, expected):
    """Each word changes what it means, the rest stays as usual."""
    assert read(text) == expected


@pytest.mark.parametrize("word", ["off", "stopp"])
def test_off_means_no_more_digests(word):
    """`subscribe off` ends it."""
    assert read(word).stop


@pytest.mark.parametrize("text", ["25:00", "7:75", "someday", "Europe/Olso", "13pm"])
def test_a_word_nobody_understands_is_named(text):
    """What cannot be a time, a day, a zone or a language is said back."""
    with pytest.raises(UnknownName) as caught:
        read(text)
    assert caught.value.given == text


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_time_of_day_is_read(hour, minute):
    """HH:MM comes back as HH:MM."""
    assert clock_time(f"{hour:02}:{minute:02}") == f"{hour:02}:{minute:02}"


@given(st.lists(st.text(max_size=12), max_size=5))
def test_any_words_are_a_schedule_or_an_unknown_name(said):
    """Nothing anybody can type breaks it."""
    with suppress(UnknownName):
        assert parse_schedule(said, USUAL).weekdays


@pytest.mark.parametrize(
    ("text", "form", "weekdays", "day"),
    [
        ("weekly", "weekly", (1,), 1),
        ("weekly friday 8", "weekly", (5,), 1),
        ("ukentlig ons-fre", "weekly", (3,), 1),
        ("monthly", "monthly", (1, 2, 3, 4, 5, 6, 7), 1),
        ("månedlig 15.", "monthly", (1, 2, 3, 4, 5, 6, 7), 15),
        ("monthly 31st", "monthly", (1, 2, 3, 4, 5, 6, 7), 28),
    ],
)
def test_weekly_comes_on_mondays_and_monthly_on_its_day(text, form, weekdays, day):
    """Weekly comes on a Monday or the one day named; monthly whatever weekday its day is."""
    schedule = read(text)
    assert (schedule.form, schedule.weekdays, schedule.day) == (form, weekdays, day)


ROUTES = st.dictionaries(st.sampled_from(["stage", "owner"]), st.just(("convert",)), max_size=2)


@given(
    st.sampled_from(["daily", "weekly", "monthly"]),
    st.integers(1, 28),
    st.sets(st.integers(1, 7), min_size=1),
    ROUTES,
)
def test_a_subscription_keeps_all_that_was_said_of_it(form, day, days, named):
    """Form, day of the month and which advice, as they are read back another morning."""
    weekdays = tuple(sorted(days))
    schedule = Schedule(form=form, day=day, weekdays=weekdays, route=Route(named))
    kept = json.loads(json.dumps(schedule.filters))
    subscription = Subscription(1, "C1", "07:30", weekdays, "UTC", "en", "U1", kept)
    assert form_of(subscription) == (form, weekdays, day if form == "monthly" else 1)
    assert route_of(subscription) == Route(named)


def test_a_daily_digest_of_everything_keeps_nothing_besides():
    """Nobody finds words in the store that nobody said."""
    assert Schedule().filters == {}
    assert Schedule(form="weekly").filters == {"form": "weekly"}
    assert Schedule(form="monthly", day=3).filters == {"form": "monthly", "day": 3}
    assert Schedule(route=Route({"stage": ("reach",)})).filters == {"route": {"stage": ["reach"]}}


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 28))
def test_a_monthly_digest_comes_once_a_month_on_its_day(day, of_month):
    """And a daily one on its weekdays, whatever the date is."""
    monthly = Subscription(1, "C1", "07:30", (1, 2, 3, 4, 5, 6, 7), "UTC", "en", "U1",
                           {"form": "monthly", "day": of_month})  # fmt: skip
    assert comes_on(monthly, day) is (day.day == of_month)
    weekly = Subscription(1, "C1", "07:30", (day.isoweekday(),), "UTC", "en", "U1")
    assert comes_on(weekly, day)
    assert not comes_on(weekly, day + timedelta(1))


def test_what_is_set_stays_where_the_form_is_the_same():
    """Weekly on Fridays stays on Fridays where only the time is changed with the same word."""
    fridays = Schedule(form="weekly", weekdays=(5,))
    assert parse_schedule(["weekly", "9"], fridays).weekdays == (5,)
    assert parse_schedule(["weekly", "9"], USUAL).weekdays == (1,)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("23:59", "23:59"), ("7:59", "07:59"), ("7:60", ""), ("24:00", ""), ("0:00", "00:00"),
        ("12am", "00:00"), ("12pm", "12:00"), ("1pm", "13:00"), ("0am", ""), ("13am", ""),
    ],
)  # fmt: skip
def test_a_time_of_day_has_sixty_minutes_and_twice_twelve_hours(text, time):
    """The last minute is :59 and the last hour 23; noon is 12pm and midnight 12am."""
    assert clock_time(text) == time
