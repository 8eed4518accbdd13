from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.numbers.input.columns import VALUES
from bot.store import SqliteStore

FIRST, LATER = datetime(2026, 11, 10, 5, tzinfo=UTC), datetime(2026, 11, 20, 5, tzinfo=UTC)
KEY = ["campaign_id", "date"]
MONEY = st.none() | st.integers(0, 10**12).map(lambda micros: micros / 1_000_000)
COUNT = st.none() | st.floats(0, 1e9, allow_subnormal=False)
LABEL = st.none() | st.sampled_from(["act", "reach"])
ROW = st.tuples(MONEY, COUNT, COUNT, LABEL)
KEYS = st.tuples(st.integers(1, 5), st.sampled_from(["1", "02", "x y"]))


def frames(min_size=1):
    """Whole frames: every row says the same columns, some values missing."""
    return st.dictionaries(KEYS, ROW, min_size=min_size, max_size=12).map(_frame)


def _frame(rows):
    table = pd.DataFrame(
        [
            {"date": date(2026, 11, day), "channel": "meta", "campaign_id": one, "spend": row[0],
             "clicks": row[1], "conversions": row[2], "stage": row[3]}
            for (day, one), row in rows.items()
        ]
    )  # fmt: skip
    return table.astype({"spend": "float64", "clicks": "float64", "conversions": "float64"})


def seen(frame):
    """`{(campaign, day): values}` with missing as None, as a frame or the store gives it."""
    names = ["spend", "clicks", "conversions", "stage"]
    days = pd.to_datetime(frame["date"]).dt.date
    values = frame[names].astype(object).where(frame[names].notna(), None)
    keys = zip(frame["campaign_id"], days, strict=True)
    return dict(zip(keys, values.itertuples(index=False, name=None), strict=True))


@given(frames())
@settings(max_examples=8, deadline=None)
def test_importing_twice_changes_nothing(frame):
    """The second time everything is unchanged, and the numbers are the file's."""
    store = SqliteStore(":memory:")
    first = store.add_numbers(frame, source="f", pulled_at=FIRST)
    before = store.numbers(history=True)
    again = store.add_numbers(frame.sample(frac=1, random_state=1), source="f", pulled_at=LATER)
    assert (first.added, first.restated, first.unchanged) == (len(frame), 0, 0)
    assert (again.added, again.restated, again.unchanged) == (0, 0, len(frame))
    pd.testing.assert_frame_equal(store.numbers(history=True), before)
    assert seen(store.numbers()) == seen(frame)
    store.close()


@given(frames(), frames())
@settings(max_examples=8, deadline=None)
def test_a_second_file_restates_and_history_holds_both(one, two):
    """After a then b the numbers are b's over a's; a replay from before b sees a."""
    store = SqliteStore(":memory:")
    store.add_numbers(one, source="f", pulled_at=FIRST)
    result = store.add_numbers(two, source="f", pulled_at=LATER)
    a, b = seen(one), seen(two)
    assert seen(store.numbers()) == a | b
    replayed = seen(store.numbers(as_of=LATER.date() - timedelta(days=1)))
    backfilled = {key: value for key, value in b.items() if key not in a}
    assert replayed == a | backfilled
    changed = [key for key in b if key in a and a[key] != b[key]]
    assert (result.added, result.restated) == (len(backfilled), len(changed))
    assert len(store.numbers(history=True)) == len(a | b) + len(changed)
    again = store.add_numbers(two, source="f", pulled_at=LATER + timedelta(days=1))
    assert again.unchanged == len(two)
    store.close()


@given(st.permutations([(2, 10.0), (5, 20.0), (6, 5.5), (9, 7.25)]))
@settings(max_examples=5, deadline=None)
def test_the_order_of_pulls_does_not_matter(pulls):
    """Pulls that say when they were made fit in where they belong, in whatever order they come."""
    store = SqliteStore(":memory:")
    for day, spend in pulls:
        row = {"date": date(2026, 11, 1), "channel": "meta", "campaign_id": "1", "spend": spend}
        frame = pd.DataFrame([row | {"pulled_on": date(2026, 11, day)}])
        store.add_numbers(frame, source="f", pulled_at=LATER)
    known = [store.numbers(as_of=date(2026, 11, day))["spend"].tolist() for day in (2, 4, 5, 8, 9)]
    assert known == [[10.0], [10.0], [20.0], [5.5], [7.25]]
    store.close()


def test_batches_make_no_difference(monkeypatch):
    """A long file is stored in pieces of whole days, with the same result."""
    monkeypatch.setattr("bot.store.numbers.CHUNK", 7)
    monkeypatch.setattr("bot.store.numbers._PIECE", 11)
    days = pd.date_range("2026-10-01", periods=20)
    frame = pd.DataFrame(
        {
            "date": np.repeat(days, 5),
            "channel": "tiktok",
            "campaign_id": [str(one) for one in range(5)] * 20,
            **{name: np.arange(100.0) for name in VALUES},
        }
    ).sample(frac=1, random_state=3)
    store = SqliteStore(":memory:")
    assert store.add_numbers(frame, source="f", pulled_at=LATER).added == 100
    found = store.numbers()
    expected = frame.sort_values(KEY)
    assert found[list(VALUES)].to_numpy().tolist() == expected[list(VALUES)].to_numpy().tolist()
    assert store.add_numbers(frame, source="f", pulled_at=LATER).unchanged == 100
    store.close()
