"""A morning's numbers, read once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from bot.snapshot.morning_days import KnownDays
from bot.store import open_store

MORNING = date(2026, 11, 23)
SINCE = MORNING - timedelta(9)
row = st.tuples(
    st.integers(1, 9),  # days before the morning
    st.integers(-2, 8),  # and when it was pulled
    st.sampled_from(["7", "b", "A"]),
    st.sampled_from(["", "1"]),
    st.sampled_from([None, "ad"]),
)
spends = st.dictionaries(row, st.integers(0, 5), max_size=30)


def stored(*imports):
    """A store with these rows, imported one after the other."""
    opened = open_store(":memory:")
    opened.upgrade()
    for number, rows in enumerate(imports):
        at = datetime(2026, 11, 24, 7, number, tzinfo=UTC)
        lines = [line(*key, spend) for key, spend in rows.items()]
        if lines:
            frame = pd.DataFrame(lines).drop_duplicates(subset=[*lines[0]][:-1])
            opened.add_numbers(frame, source=f"pull {number}", pulled_at=at)
    return opened


def line(day, known, campaign_id, account_id, level, spend):
    """A row of daily numbers; no day is pulled before it was."""
    days = (MORNING - timedelta(day), MORNING - timedelta(min(day, known)))
    return {
        "date": days[0], "channel": "google_ads", "campaign_id": campaign_id,
        "account_id": account_id, "level": level, "parent_id": "7" if level else None,
        "campaign_name": f"name {campaign_id}", "pulled_on": days[1], "spend": float(spend),
    }  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(spends, spends, st.integers(0, 9))
def test_days_read_once_are_what_the_store_reads_each_time(first, second, fewer):
    """Newest and every revision, from any later day on: the same frames, cell by cell."""
    store = stored(first, second)
    known, since = KnownDays.read(store, MORNING, SINCE), SINCE + timedelta(fewer)
    last_day = MORNING - timedelta(1)
    every = store.numbers(since, last_day, as_of=MORNING, history=True)
    assert_frame_equal(known.revisions(since), every)
    assert_frame_equal(known.newest(since), store.numbers(since, last_day, as_of=MORNING))
    store.close()


@pytest.mark.parametrize("known", [0, 1])
def test_what_was_pulled_later_than_the_morning_is_not_known(known):
    """A correction that came after the morning leaves the earlier value in place."""
    rows = {(3, known, "7", "", None): 4, (3, -2, "7", "", None): 9}
    store = stored(rows)
    assert KnownDays.read(store, MORNING, SINCE).newest(SINCE)["spend"].tolist() == [4.0]
    store.close()
