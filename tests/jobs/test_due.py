"""What is due, across time zones, clock changes and nights out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs import due
from bot.policy import schedule as quiet
from bot.store.base import Pull, Subscription

OSLO = "Europe/Oslo"
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


def subscription(time: str = "07:30", zone: str = OSLO, weekdays: tuple[int, ...] = EVERY_DAY):
    return Subscription(1, "C1", time, weekdays, zone, "en", "U1")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Source:
    name: str = "meta"
    at: str = "06:00"
    time_zone: str | None = OSLO


def pulled(until: date | None, *, ok: bool = True, account: str = "a") -> Pull:
    return Pull("meta", utc("2026-11-23T05:00"), None, until, ok, account)


def test_a_digest_is_due_from_its_time_in_its_own_zone():
    """07:30 in Oslo in November is 06:30 UTC, not a minute earlier."""
    assert due.digest_day(subscription(), utc("2026-11-23T06:29")) is None
    assert due.digest_day(subscription(), utc("2026-11-23T06:30")) == date(2026, 11, 23)


def test_a_zone_ahead_of_utc_gets_its_own_morning():
    """In Auckland it is already tomorrow morning while UTC is still yesterday evening."""
    assert due.digest_day(subscription(zone="Pacific/Auckland"), utc("2026-11-22T18:30")) == date(
        2026, 11, 23
    )


def test_days_off_have_no_digest():
    """A subscription for weekdays is quiet on Sunday."""
    weekdays = subscription(weekdays=(1, 2, 3, 4, 5))
    assert due.digest_day(weekdays, utc("2026-11-22T12:00")) is None


@pytest.mark.parametrize(
    ("day", "comes"),
    [
        (date(2026, 3, 29), "2026-03-29T01:30"),  # 02:30 does not exist: 03:30 summer time
        (date(2026, 10, 25), "2026-10-25T00:30"),  # 02:30 comes twice: the first
        (date(2026, 11, 23), "2026-11-23T01:30"),
    ],
)
def test_a_clock_change_moves_a_digest_but_neither_drops_nor_doubles_it(day, comes):
    """A 02:30 digest is due once on the spring day, once on the autumn day."""
    assert quiet.moment(day, "02:30", OSLO) == utc(comes)
    night = subscription("02:30")
    before, after = utc(comes) - timedelta(minutes=1), utc(comes)
    assert due.digest_day(night, before) is None
    assert due.digest_day(night, after) == day


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.integers(0, 23 * 60 + 59),
    st.sampled_from([OSLO, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
)
def test_every_day_has_exactly_one_moment(day, minute, zone):
    """Whatever the zone and time of day, a local day's digest comes due once, on that day."""
    time = f"{minute // 60:02}:{minute % 60:02}"
    moment = quiet.moment(day.date(), time, zone)
    assert due.digest_day(subscription(time, zone), moment) == day.date()
    earlier = due.digest_day(subscription(time, zone), moment - timedelta(seconds=1))
    assert earlier != day.date()


def test_after_a_night_out_only_todays_digest_comes():
    """Back on Wednesday noon after two days down: Wednesday's digest, late, and no older one."""
    assert due.digest_day(subscription(), utc("2026-11-25T11:00")) == date(2026, 11, 25)
    assert due.digest_day(subscription(), utc("2026-11-25T06:00")) is None


def test_a_digest_due_at_midnight_may_come_just_after_it():
    """23:45 plus an hour's patience is past midnight, and still that day's digest."""
    evening = subscription("23:45")
    assert due.digest_day(evening, utc("2026-11-23T23:40")) == date(2026, 11, 23)
    assert due.digest_day(evening, utc("2026-11-24T01:00")) is None


def test_patience_ends_after_an_hour():
    """A digest waits for late numbers from 07:30 until 08:30."""
    day = date(2026, 11, 23)
    assert due.may_wait(subscription(), day, utc("2026-11-23T07:29"))
    assert not due.may_wait(subscription(), day, utc("2026-11-23T07:30"))


def test_a_source_is_pulled_at_its_time_and_then_hourly():
    """From 06:00 in its zone, one attempt an hour while yesterday is missing."""
    assert due.pull_turn(Source(), [], utc("2026-11-23T04:59"), "UTC") is None
    first = due.pull_turn(Source(), [], utc("2026-11-23T05:00"), "UTC")
    same = due.pull_turn(Source(), [], utc("2026-11-23T05:59"), "UTC")
    second = due.pull_turn(Source(), [], utc("2026-11-23T06:00"), "UTC")
    assert first is not None
    assert second is not None
    assert first == same
    assert (first.attempt, second.attempt) == (0, 1)
    assert first.key == "meta:2026-11-23:0"


def test_a_source_without_a_zone_keeps_the_configured_one():
    """06:00 in New York is 11:00 UTC."""
    turn = due.pull_turn(Source(time_zone=None), [], utc("2026-11-23T10:59"), "America/New_York")
    assert turn is None


def test_a_source_that_gave_yesterday_rests():
    """Once every account reaches yesterday there is no further attempt today."""
    done = [pulled(date(2026, 11, 22))]
    assert due.pull_turn(Source(), done, utc("2026-11-23T12:00"), "UTC") is None


def test_a_source_is_late_until_every_account_has_worked():
    """One account of two that failed keeps the whole source late."""
    one = pulled(date(2026, 11, 22))
    other = pulled(None, ok=False, account="b")
    yesterday = lambda _pull: date(2026, 11, 22)  # noqa: E731
    assert due.late([Source()], [one, other], yesterday) == ("meta",)
    assert due.late([Source()], [one], yesterday) == ()
    assert due.late([Source()], [], yesterday) == ("meta",)


def test_a_source_waits_for_no_day_that_an_account_cannot_have():
    """An account further west is due a day later; one that is behind even so is late."""
    here, west = pulled(date(2026, 11, 22)), pulled(date(2026, 11, 21), account="b")
    behind = pulled(date(2026, 11, 20), account="b")
    due_then = {"b": date(2026, 11, 21)}
    when = lambda pull: due_then.get(pull.account_id, date(2026, 11, 22))  # noqa: E731
    assert due.late([Source()], [here, west], when) == ()
    assert due.late([Source()], [here, behind], when) == ("meta",)
    assert not due.complete("meta", [here, west], date(2026, 11, 22))  # it is pulled on, hourly
