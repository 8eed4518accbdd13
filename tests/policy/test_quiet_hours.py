"""Quiet hours and holidays are kept in everybody's own zone, when the clocks change too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.replies import Said, ThreadLine
from bot.features.parts.message_sync import outgoing
from bot.jobs import due, morning
from bot.policy import schedule as quiet
from bot.settings import Quiet, Settings
from bot.store.base import Subscription
from bot.store.records import GivenAnswer

WORKDAYS, EVERY_DAY = (1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6, 7)
ZONES = ("Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "UTC")
CHANGES = (date(2026, 3, 28), date(2026, 10, 24), date(2026, 3, 7), date(2026, 10, 31),
           date(2026, 4, 4), date(2026, 9, 5))  # fmt: skip
TIMES = st.integers(0, 24 * 60 - 1).map(lambda at: f"{at // 60:02}:{at % 60:02}")


def subscription(time="07:30", weekdays=WORKDAYS, zone="Europe/Oslo", **filters):
    return Subscription(1, "C1", time, weekdays, zone, "en", "U1", filters)


def moments():
    days = st.sampled_from(CHANGES)
    return st.builds(
        lambda day, after: (
            datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=after)
        ),
        days,
        st.integers(0, 3 * 24 * 60),
    )


@given(TIMES, TIMES, st.sampled_from(ZONES), moments())
def test_quiet_hours_end_and_then_it_is_not_quiet(first, last, zone, now):
    """Within a day the quiet is over, at the time set, whatever the clock did that night."""
    if first == last:
        return
    end = quiet.quiet_until(f"{first}-{last}", zone, now)
    if end is None:
        return
    assert now < end <= now + timedelta(hours=26)
    assert quiet.quiet_until(f"{first}-{last}", zone, end) is None
    days = (end.astimezone(ZoneInfo(zone)).date() - timedelta(n) for n in (0, 1))
    assert end in {quiet.moment(day, last, zone) for day in days}


@pytest.mark.parametrize(
    ("hours", "at", "is_quiet"),
    [
        ("20:00-07:00", "19:59", False),
        ("20:00-07:00", "20:00", True),
        ("20:00-07:00", "06:59", True),
        ("20:00-07:00", "07:00", False),
        ("12:00-13:00", "12:00", True),
        ("12:00-13:00", "13:00", False),
    ],
)
def test_quiet_begins_at_its_first_minute_and_ends_at_its_last(hours, at, is_quiet):
    """At the minute the hours begin it is quiet, and at the minute they end it is not."""
    now = quiet.moment(date(2026, 11, 23), at, "Europe/Oslo")
    assert (quiet.quiet_until(hours, "Europe/Oslo", now) is not None) == is_quiet


@given(TIMES, TIMES, st.sampled_from(ZONES), moments())
def test_every_moment_is_in_the_hours_or_in_their_opposite(first, last, zone, now):
    """20-07 and 07-20 together are always, and never both."""
    if first == last:
        return
    one, other = (quiet.quiet_until(span, zone, now) is not None
                  for span in (f"{first}-{last}", f"{last}-{first}"))  # fmt: skip
    local = now.astimezone(ZoneInfo(zone))
    changes = {(local + timedelta(hours=step)).utcoffset() for step in range(-30, 31)}
    assert one != other or len(changes) > 1  # an hour that comes twice is quiet once
    assert one or other or len(changes) > 1


@given(TIMES, st.sampled_from(ZONES), moments(), TIMES, TIMES)
def test_a_digest_is_never_lost_to_quiet_hours(time, zone, start, first, last):
    """Over days of change: each digest has a moment when nothing holds it."""
    if first == last:
        return
    mine, rules = subscription(time, EVERY_DAY, zone), Quiet(hours=f"{first}-{last}")
    day = start.astimezone(ZoneInfo(zone)).date()
    at = quiet.moment(day, time, zone)
    held = quiet.quiet_until(rules.hours, zone, at)
    then = held if held and held.astimezone(ZoneInfo(zone)).date() == day else at
    assert not quiet.holds_digest(mine, day, then, rules)
    assert due.of_today(mine, day, then)


@pytest.mark.parametrize(
    ("zone", "day", "off"),
    [
        ("Europe/Oslo", date(2026, 5, 17), True),
        ("Europe/Oslo", date(2026, 12, 25), True),
        ("Europe/Stockholm", date(2026, 6, 6), True),
        ("Europe/Oslo", date(2026, 6, 5), False),
        ("America/New_York", date(2026, 11, 26), True),
        ("Europe/Oslo", date(2026, 11, 26), False),
        ("UTC", date(2026, 12, 25), False),
    ],
)
def test_holidays_are_those_of_the_time_zones_country(zone, day, off):
    """Thanksgiving in New York, not in Oslo; where no country is known, none."""
    assert quiet.is_off(subscription(zone=zone), day, Quiet()) is off


def test_whose_holidays_can_be_set():
    """By the subscription, or for zones that tell no country; or not at all."""
    christmas, thanksgiving = date(2026, 12, 25), date(2026, 11, 26)
    assert quiet.is_off(subscription(zone="UTC"), christmas, Quiet(country="NO"))
    assert quiet.is_off(subscription(country="US"), thanksgiving, Quiet())
    assert not quiet.is_off(subscription(), christmas, Quiet(holidays=False))
    assert not quiet.is_off(subscription(weekdays=EVERY_DAY), christmas, Quiet())
    assert not quiet.is_off(subscription(country="XX"), christmas, Quiet())


def test_a_digest_in_quiet_hours_comes_at_their_end():
    """06:30 waits for 07:00; 23:00 inside quiet evening hours was wanted so."""
    day, rules = date(2026, 11, 23), Quiet(hours="22:00-07:00")
    early, late = subscription("06:30"), subscription("23:00")
    for time, held in (("06:30", True), ("06:59", True), ("07:00", False)):
        assert quiet.holds_digest(early, day, quiet.moment(day, time, "Europe/Oslo"), rules) is held
    assert not quiet.holds_digest(late, day, quiet.moment(day, "23:00", "Europe/Oslo"), rules)
    assert quiet.holds_digest(early, day, quiet.moment(day, "22:30", "Europe/Oslo"), rules)


def test_nobody_is_reminded_on_a_day_off():
    """Not at the weekend, not on a holiday, not in quiet hours."""
    rules, noon = Quiet(hours="20:00-07:00"), timedelta(hours=12)
    for day, held in ((date(2026, 11, 23), False), (date(2026, 11, 22), True),
                      (date(2026, 12, 25), True)):  # fmt: skip
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) + noon
        assert quiet.holds_reminder(subscription(), day, at, rules) is held
    assert quiet.holds_reminder(
        subscription(), date(2026, 11, 23), datetime(2026, 11, 23, 20, tzinfo=UTC), rules
    )


FRIDAY, CHRISTMAS_EVE = date(2026, 11, 27), date(2026, 12, 24)


@pytest.mark.parametrize(
    ("day", "time", "hours", "comes"),
    [
        (FRIDAY, "12:00", "20:00-07:00", None),
        (FRIDAY, "05:30", "20:00-07:00", (FRIDAY, "07:00")),
        (FRIDAY, "21:00", "20:00-07:00", (date(2026, 11, 30), "07:30")),
        (FRIDAY, "21:00", "20:00-08:00", (date(2026, 11, 30), "08:00")),
        (date(2026, 11, 28), "12:00", None, (date(2026, 11, 30), "07:30")),
        (CHRISTMAS_EVE, "12:00", None, None),
        (CHRISTMAS_EVE, "23:00", "22:00-06:00", (date(2026, 12, 28), "07:30")),
    ],
)
def test_a_line_waits_for_the_next_time_the_channel_may_be_spoken_to(day, time, hours, comes):
    """Over the night, the weekend, and both days of Christmas in Oslo."""
    now = quiet.moment(day, time, "Europe/Oslo")
    wanted = quiet.moment(*comes, "Europe/Oslo") if comes else None
    assert quiet.held_until([subscription()], now, Quiet(hours=hours)) == wanted


@pytest.mark.parametrize(
    ("weekdays", "day", "comes"),
    [
        ((1, 3), FRIDAY, date(2026, 11, 30)),
        ((6,), FRIDAY, date(2026, 11, 28)),
        ((5,), FRIDAY, None),
    ],
)
def test_a_channels_days_are_those_its_daily_digests_come_on(weekdays, day, comes):
    """A channel that hears of Mondays and Wednesdays only is not spoken to on a Friday."""
    noon = quiet.moment(day, "12:00", "Europe/Oslo")
    wanted = quiet.moment(comes, "07:30", "Europe/Oslo") if comes else None
    assert quiet.held_until([subscription(weekdays=weekdays)], noon, Quiet()) == wanted
    beside = [subscription(weekdays=weekdays), subscription(weekdays=(5,))]
    assert quiet.held_until(beside, noon, Quiet()) is None


def test_a_channel_with_a_weekly_digest_alone_is_spoken_to_on_working_days():
    """Its digest's Monday says nothing of when else it may be spoken to."""
    weekly = subscription(weekdays=(1,), form="weekly")
    for day, comes in ((FRIDAY, None), (date(2026, 11, 28), date(2026, 11, 30))):
        noon = quiet.moment(day, "12:00", "Europe/Oslo")
        wanted = quiet.moment(comes, "07:30", "Europe/Oslo") if comes else None
        assert quiet.held_until([weekly], noon, Quiet()) == wanted


@given(st.sampled_from(ZONES), TIMES, TIMES, TIMES, moments(), st.sets(st.integers(1, 7)))
def test_whatever_is_set_the_quiet_ends_within_a_week_or_two(zone, time, first, last, now, days):
    """Never in the past, never for ever, and not in the quiet hours."""
    mine = subscription(time, tuple(sorted(days)) or WORKDAYS, zone)
    hours = f"{first}-{last}" if first != last else None
    end = quiet.held_until([mine], now, Quiet(hours=hours))
    assert end is None or now < end < now + timedelta(15)
    assert end is None or quiet.held_until([mine], end, Quiet(hours=hours)) is None


def test_what_perfbot_says_at_night_comes_in_the_morning_once(world, rulebook):
    """Edits at once; lines when the quiet is over; an answer given meanwhile does not wait."""
    night = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    settings = Settings(quiet=Quiet(hours="20:00-07:00"))
    first, second, *_ = world.items
    for item in (first, second):
        said = GivenAnswer("snooze", by="U1", at=night - timedelta(1), until=night.date())
        world.store.answer(item.advice_id, said)
    for _ in range(2):
        morning.refresh(world.store, rulebook, night.date(), settings, lambda: night)
    told = sent(world.store, night)
    assert told
    assert {each.kind for each in told} == {"update"}
    said = Said(None, (), (ThreadLine("C1", world.digest.ts, "Kari is on it.", ()),))
    world.store.enqueue(list(outgoing(world.store, "event:1", said)))
    assert [each.text for each in sent(world.store, night)] == ["Kari is on it."]
    day = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    lines = sent(world.store, day)
    assert {each.kind for each in lines} == {"line"}
    assert len({each.text for each in lines}) == len(lines) >= 2
    assert sent(world.store, day + timedelta(1)) == []


def test_on_a_public_holiday_lines_wait_for_the_next_working_day(world, rulebook):
    """What is no longer true on Christmas Day is said on Monday."""
    holiday = datetime(2026, 12, 25, 9, 0, tzinfo=UTC)
    morning.refresh(world.store, rulebook, holiday.date(), Settings(), lambda: holiday)
    assert {each.kind for each in sent(world.store, holiday)} == {"update"}
    assert sent(world.store, holiday + timedelta(2)) == []
    lines = sent(world.store, datetime(2026, 12, 28, 6, 30, tzinfo=UTC))
    assert lines
    assert all(each.text.startswith("No longer true") for each in lines)


def sent(store, now):
    """Everything that goes out at a moment, delivered."""
    found = []
    while due := store.due(now).messages:
        for each in due:
            store.delivered(each.key, "" if each.kind == "update" else f"9{len(found)}.{now:%H%M}")
            found.append(each)
    return found
