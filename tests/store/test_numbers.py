from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from bot.errors import StoreError
from bot.numbers.input.columns import COLUMNS
from bot.numbers.input.daily import ImpossibleRowError, is_normal, known_on, normalise
from bot.store.base import Imported


def spends(frame):
    return frame["spend"].tolist()


def test_an_import_counts_what_it_changed(store, add):
    """An import says how many rows were added, restated and unchanged."""
    first = add(24, {"date": 1, "spend": 5.0}, {"date": 2, "spend": 6.0})
    second = add(25, {"date": 2, "spend": 7.0}, {"date": 3, "spend": 8.0}, {"date": 1, "spend": 5})
    assert first == Imported(rows=2, days=2, campaigns=1, added=2, restated=0, unchanged=0)
    assert second == Imported(rows=3, days=3, campaigns=1, added=1, restated=1, unchanged=1)


def test_a_restated_day_keeps_its_old_revision(store, add):
    """The newest value is read; history still has the one before."""
    add(24, {"date": 1, "spend": 5.0})
    add(25, {"date": 1, "spend": 7.0})
    assert spends(store.numbers()) == [7.0]
    history = store.numbers(history=True)
    assert history[["revision", "spend"]].to_numpy().tolist() == [[1, 5.0], [2, 7.0]]


def test_numbers_come_in_the_canonical_shape(store, add):
    """What comes out needs no normalising, empty or not."""
    assert is_normal(store.numbers())
    add(24, {"date": 1, "spend": 5.0, "currency": "NOK", "conversions": 1.25})
    frame = store.numbers()
    assert is_normal(frame)
    assert is_normal(store.numbers(history=True))
    assert frame.loc[0, "currency"] == "NOK"
    assert frame.loc[0, "account_id"] == ""
    assert frame.loc[0, "stage"] is None
    assert np.isnan(frame.loc[0, "clicks"])
    assert frame.loc[0, "pulled_at"] == pd.Timestamp("2026-11-24 07:00")


def test_every_canonical_value_survives(store, rows, at):
    """Each column of the daily numbers is stored and read back."""
    row = {name: f"{name} x" for name, column in COLUMNS.items() if column.kind == "text"}
    row |= {
        name: 1.5 for name, column in COLUMNS.items() if column.kind in {"money", "count", "ratio"}
    }
    row |= {"date": 1, "channel": "meta_ads", "time_zone": "Europe/Oslo", "level": "ad"}
    row |= {"pulled_on": date(2026, 11, 3), "pulled_at": datetime(2026, 11, 3, 5, tzinfo=UTC)}
    given = normalise(rows(row | {"revision": 1, "backfilled": True}))
    store.add_numbers(given, source="other", pulled_at=at(24))
    pd.testing.assert_frame_equal(store.numbers(), given)


def test_days_are_bounded_on_both_sides(store, add):
    """since and until are inclusive."""
    add(24, *({"date": day, "spend": day} for day in range(1, 6)))
    frame = store.numbers(date(2026, 11, 2), date(2026, 11, 4))
    assert spends(frame) == [2, 3, 4]


def test_rows_are_sorted_by_campaign_and_day(store, add):
    """Rows come by channel, account, campaign and day, however they were imported."""
    add(24, {"date": 2, "campaign_id": "10"}, {"date": 1, "campaign_id": "9"})
    add(24, {"date": 1, "campaign_id": "10"}, {"date": 1, "campaign_id": "1", "channel": "bing"})
    frame = store.numbers()
    assert frame["campaign_id"].tolist() == ["10", "10", "9", "1"]
    assert frame["date"].dt.day.tolist() == [1, 2, 1, 1]


def test_the_first_value_counts_as_known_the_next_morning(store, add, on):
    """A file without pulled_on can be replayed, and lag is never learned from it."""
    add(24, {"date": 1, "spend": 5.0})
    assert store.numbers(as_of=on(1)).empty
    frame = store.numbers(as_of=on(2))
    assert frame["pulled_on"].dt.day.tolist() == [2]
    assert frame["backfilled"].tolist() == [True]


def test_a_pull_on_the_next_morning_assumes_nothing(store, add):
    """Yesterday pulled this morning was really known this morning: not backfilled."""
    add(24, {"date": 23, "spend": 5.0})
    assert store.numbers()["backfilled"].tolist() == [False]


def test_a_change_is_known_from_its_own_import(store, add, on):
    """A replay of the days between sees the first value."""
    add(10, {"date": 1, "spend": 5.0})
    add(24, {"date": 1, "spend": 7.0})
    assert spends(store.numbers(as_of=on(23))) == [5.0]
    assert spends(store.numbers(as_of=on(24))) == [7.0]
    assert store.numbers()["backfilled"].tolist() == [False]


def test_as_of_reads_no_row_of_that_day_or_later(store, add, on):
    """The last data day is the day before as_of."""
    add(24, {"date": 22, "spend": 1.0}, {"date": 23, "spend": 2.0}, {"date": 24, "spend": 3.0})
    assert spends(store.numbers(as_of=on(24))) == [1.0, 2.0]
    assert spends(store.numbers(as_of=on(30))) == [1.0, 2.0, 3.0]
    assert spends(store.numbers(as_of=on(24), history=True)) == [1.0, 2.0]


def test_several_pulls_of_a_day_come_in_one_file(store, add, on):
    """pulled_on in the frame wins: each row is known on its own day, in any order."""
    pulls = [{"date": 1, "spend": day, "pulled_on": date(2026, 11, day)} for day in (5, 2, 9)]
    result = add(24, *pulls)
    assert (result.added, result.restated) == (1, 2)
    assert [spends(store.numbers(as_of=on(day))) for day in (2, 4, 5, 8, 9)] == [
        [2], [2], [5], [5], [9],
    ]  # fmt: skip
    assert add(25, *pulls).unchanged == 3


def test_an_older_pull_does_not_hide_a_newer_one(store, add, on):
    """An import of what was known earlier fits in where it belongs."""
    add(24, {"date": 1, "spend": 9.0, "pulled_on": on(9)})
    late = add(24, {"date": 1, "spend": 5.0, "pulled_on": on(5)})
    assert late.restated == 1
    assert spends(store.numbers()) == [9.0]
    assert spends(store.numbers(as_of=on(7))) == [5.0]


def test_store_and_core_agree_on_what_was_known(store, add, on):
    """The store's as_of and bot.numbers.known_on give the same rows."""
    add(3, {"date": 1, "spend": 1.0}, {"date": 2, "spend": 2.0})
    add(5, {"date": 1, "spend": 3.0}, {"date": 4, "spend": 4.0})
    add(6, {"date": 2, "spend": 5.0}, {"date": 5, "spend": 6.0, "campaign_id": "2"})
    history = store.numbers(history=True)
    for day in range(1, 9):
        pd.testing.assert_frame_equal(store.numbers(as_of=on(day)), known_on(history, on(day)))


def test_the_local_day_of_a_pull_is_the_accounts(store, rows, at):
    """A change pulled late in the evening UTC is known the next day in Oslo's summer or winter."""
    zone = {"time_zone": "Europe/Oslo"}
    store.add_numbers(rows({"date": 1, "spend": 1, **zone}), source="x", pulled_at=at(3))
    store.add_numbers(rows({"date": 1, "spend": 2, **zone}), source="x", pulled_at=at(9, 23, 30))
    assert store.numbers()["pulled_on"].dt.day.tolist() == [10]


def test_absent_columns_keep_what_was_known(store, add):
    """A file with only some columns erases nothing of the others."""
    add(24, {"date": 1, "spend": 5.0, "clicks": 9.0, "currency": "NOK", "stage": "act"})
    result = add(25, {"date": 1, "leads": 2.0})
    frame = store.numbers()
    assert result.restated == 1
    assert frame.loc[0, ["spend", "clicks", "leads", "currency", "stage"]].tolist() == [
        5.0, 9.0, 2.0, "NOK", "act",
    ]  # fmt: skip
    assert add(26, {"date": 1, "clicks": 9.0}).unchanged == 1


def test_a_missing_value_in_a_present_column_is_missing(store, add):
    """NaN in a column the file has says that the number is not known."""
    add(24, {"date": 1, "spend": 5.0, "clicks": 9.0})
    add(25, {"date": 1, "spend": 5.0, "clicks": None})
    frame = store.numbers()
    assert frame["clicks"].isna().tolist() == [True]
    assert spends(frame) == [5.0]


def test_an_empty_column_of_a_normalised_frame_is_absent(store, rows, at):
    """normalise adds every column: what is empty throughout says nothing, unless it is named."""
    add = lambda frame, **more: store.add_numbers(frame, source="x", pulled_at=at(24), **more)  # noqa: E731
    add(normalise(rows({"date": 1, "spend": 5.0, "clicks": 9.0})))
    partial = normalise(rows({"date": 1, "spend": 6.0}))
    assert add(partial).restated == 1
    assert store.numbers()["clicks"].tolist() == [9.0]
    assert add(partial, columns=["spend", "clicks"]).restated == 1
    assert store.numbers()["clicks"].isna().tolist() == [True]


def test_ids_are_text(store, add):
    """Leading zeros and ids beyond 2^53 survive."""
    ids = ["007", "9007199254740993", "12345678901234567890123"]
    add(24, *({"date": 1, "campaign_id": one, "account_id": "0012"} for one in ids))
    frame = store.numbers()
    assert sorted(frame["campaign_id"]) == sorted(ids)
    assert set(frame["account_id"]) == {"0012"}


def test_a_file_that_contradicts_itself_is_refused_whole(store, add):
    """Two different rows of one day and campaign: nothing is stored."""
    with pytest.raises(StoreError, match="'Brand' has two different rows for 2026-11-02"):
        add(24, {"date": 1, "spend": 1.0}, {"date": 2, "spend": 1.0}, {"date": 2, "spend": 2.0})
    assert store.numbers().empty
    assert add(24, {"date": 2, "spend": 2.0}, {"date": 2, "spend": 2.0}).unchanged == 1


def test_an_impossible_row_stores_nothing(store, add):
    """Clicks under zero refuse the whole frame."""
    with pytest.raises(ImpossibleRowError):
        add(24, {"date": 1, "spend": 1.0}, {"date": 2, "clicks": -1.0})
    assert store.numbers().empty


def test_an_empty_frame_changes_nothing(store, rows, at):
    """A source that gave nothing is fine."""
    empty = rows({"date": 1}).iloc[:0]
    assert store.add_numbers(empty, source="x", pulled_at=at(24)) == Imported(0, 0, 0, 0, 0, 0)


def test_last_day_is_the_newest_before_a_morning(store, add, on):
    """last_day respects as_of and what was known."""
    assert store.last_day() is None
    add(24, {"date": 1}, {"date": 5}, {"date": 9, "pulled_on": on(20)})
    assert store.last_day() == on(9)
    assert store.last_day(on(9)) == on(5)
    assert store.last_day(on(12)) == on(5)
    assert store.last_day(on(1)) is None


def test_a_pull_without_a_zone_is_a_mistake(store, rows):
    """Naive times are never guessed."""
    with pytest.raises(ValueError, match="no time zone"):
        store.add_numbers(rows({"date": 1}), source="x", pulled_at=datetime(2026, 11, 24))
