"""What is remembered of how sources came: their columns, and the days that lacked hours."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from bot.numbers.source_health import ShortDay
from bot.snapshot import feed_health
from bot.snapshot.counted_within import CountedWithin, known, remember
from bot.store import open_store

DAY = date(2026, 11, 22)
MORNING = DAY + timedelta(1)
ACCOUNT, OTHER = ("google_ads", "1"), ("meta_ads", "2")


@pytest.fixture
def store():
    opened = open_store(":memory:")
    yield opened
    opened.close()


def came(*days: date, account: tuple[str, str] = ACCOUNT) -> pd.DataFrame:
    """The rows of some days of an account, two campaigns a day."""
    return pd.DataFrame({
        "channel": account[0], "account_id": account[1],
        "date": pd.to_datetime([*days, *days]),
    })  # fmt: skip


def short(day: date, hours: int = 20, account: tuple[str, str] = ACCOUNT) -> ShortDay:
    return ShortDay(*account, day, hours, 24)


def remembered(store, as_of: date = MORNING) -> list[ShortDay]:
    return feed_health.short_days(store.preference(feed_health.COLUMNS), as_of)


def test_a_day_that_lacks_hours_is_remembered_until_it_comes_whole(store):
    """By its account; another pull of other days, or of another account, changes nothing."""
    lacking = short(DAY)
    feed_health.remember_hours(store, came(DAY - timedelta(1), DAY), [lacking])
    assert remembered(store) == [lacking]
    feed_health.remember_hours(store, came(DAY - timedelta(1)), [])
    feed_health.remember_hours(store, came(DAY, account=OTHER), [])
    assert remembered(store) == [lacking]
    feed_health.remember_hours(store, came(DAY), [short(DAY, 22)])
    assert remembered(store) == [short(DAY, 22)]
    feed_health.remember_hours(store, came(DAY), [])
    assert remembered(store) == []


def test_the_days_of_two_accounts_are_kept_apart(store):
    """One that comes whole leaves the other's as it is."""
    days = [short(DAY), short(DAY, account=OTHER)]
    feed_health.remember_hours(store, pd.concat([came(DAY), came(DAY, account=OTHER)]), days)
    assert sorted(remembered(store), key=lambda each: each.channel) == days
    feed_health.remember_hours(store, came(DAY, account=OTHER), [])
    assert remembered(store) == [short(DAY)]


def test_where_no_day_ever_lacked_hours_nothing_is_kept(store):
    """An account that always came whole has no line in the store."""
    feed_health.remember_hours(store, came(DAY), [])
    assert store.preference(feed_health.COLUMNS) == {}
    feed_health.remember_hours(store, came(DAY), [short(DAY)])
    feed_health.remember_hours(store, came(DAY, account=OTHER), [])
    assert len(store.preference(feed_health.COLUMNS)) == 1


def test_days_that_lack_hours_are_said_for_four_weeks(store):
    """Of the days the morning looks at: the day itself is not over, and older ones are past."""
    days = [short(MORNING - timedelta(age)) for age in (29, 28, 1, 0)]
    feed_health.remember_hours(store, came(*(day.day for day in days)), days)
    assert remembered(store) == days[1:3]


@pytest.mark.parametrize(("age", "kept"), [(41, True), (42, False)])
def test_six_weeks_on_a_day_without_its_hours_is_forgotten(store, age, kept):
    """Nothing looks back so far; what is kept does not grow for ever."""
    old = short(DAY - timedelta(age))
    feed_health.remember_hours(store, came(old.day), [old])
    feed_health.remember_hours(store, came(DAY), [short(DAY)])
    found = remembered(store, old.day + timedelta(2))
    assert found == ([old] if kept else [])


@pytest.mark.parametrize(("after", "said"), [(0, True), (6, True), (7, False), (-1, False)])
def test_a_column_that_went_missing_is_news_for_a_week(store, after, said):
    """From the day it was lost on."""
    feed_health.remember_columns(store, {ACCOUNT: ("spend", "clicks")}, DAY - timedelta(9))
    feed_health.remember_columns(store, {ACCOUNT: ("spend",)}, DAY)
    changes = feed_health.schema_changes(
        store.preference(feed_health.COLUMNS), DAY + timedelta(after)
    )
    assert {account: change.lost for account, change in changes.items()} == (
        {ACCOUNT: ("clicks",)} if said else {}
    )


def test_files_and_each_source_have_columns_of_their_own(store):
    """A file with fewer columns is no news of the platform's connection; and hours no column."""
    feed_health.remember_columns(store, {ACCOUNT: ("spend", "clicks")}, DAY, "google")
    feed_health.remember_columns(store, {ACCOUNT: ("spend",)}, DAY)
    feed_health.remember_hours(store, came(DAY), [short(DAY)])
    feed_health.remember_columns(store, {}, DAY)
    preference = store.preference(feed_health.COLUMNS)
    assert feed_health.schema_changes(preference, DAY) == {}
    assert len(preference) == 3
    feed_health.remember_columns(store, {ACCOUNT: ("spend",)}, DAY, "google")
    assert [*feed_health.schema_changes(store.preference(feed_health.COLUMNS), DAY)] == [ACCOUNT]


def test_a_platforms_window_is_kept_with_what_it_was_before(store):
    """What a pull does not say stays; what it says again is no change."""
    remember(store, {ACCOUNT: "7d", OTHER: ""}, DAY - timedelta(9))
    assert known(store) == {ACCOUNT: CountedWithin("7d")}
    remember(store, {ACCOUNT: ""}, DAY - timedelta(3))
    remember(store, {ACCOUNT: "7d"}, DAY - timedelta(2))
    assert known(store) == {ACCOUNT: CountedWithin("7d")}
    remember(store, {ACCOUNT: "28d", OTHER: "1d"}, DAY)
    changed = CountedWithin("28d", DAY.isoformat(), "7d")
    assert known(store) == {ACCOUNT: changed, OTHER: CountedWithin("1d")}


@pytest.mark.parametrize(
    ("after", "seen"),
    [(-1, CountedWithin("7d")), (0, None), (27, None), (28, CountedWithin("28d"))],
)
def test_a_changed_window_is_said_for_four_weeks_and_never_before_it_was_changed(after, seen):
    """A morning before it knows the old one; four weeks later it is as if it had always been so."""
    changed = CountedWithin("28d", DAY.isoformat(), "7d")
    assert changed.on(DAY + timedelta(after)) == (seen or changed)
    assert CountedWithin("7d").on(DAY) == CountedWithin("7d")
