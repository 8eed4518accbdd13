"""What was known on any morning, out of revisions laid out once."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.numbers.input.columns import VALUES, all_different, dense
from bot.numbers.input.daily import campaigns_only, known_on
from bot.numbers.input.history import History
from bot.numbers.input.revisions import Revisions, campaigns_known, campaigns_of
from bot.numbers.input.windows import Window
from bot.numbers.plan import Patterns

MORNING = date(2026, 11, 23)
row = st.fixed_dictionaries(
    {
        "date": st.integers(1, 20).map(lambda back: MORNING - timedelta(back)),
        "channel": st.sampled_from(["meta", "meta_ads", "google_ads"]),
        "account_id": st.sampled_from(["1", "10", None]),
        "campaign_id": st.sampled_from(["a", "b", None]),
        "campaign_name": st.sampled_from(["Brand", "Sale"]),
        "currency": st.sampled_from(["NOK", None]),
        "spend": st.sampled_from([0.0, 1.5, 20.25, None]),
        "clicks": st.sampled_from([0, 3, None]),
        "pulled_on": st.sampled_from([None, *(MORNING - timedelta(back) for back in range(6))]),
        "revision": st.sampled_from([None, 1, 2]),
        "level": st.sampled_from([None, None, "ad"]),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(row, min_size=1, max_size=40), st.integers(0, 5))
def test_a_morning_laid_out_is_what_was_known_on_it(rows, back):
    """History and words are those of `known_on`, for any morning, order, revision and name."""
    frame, morning = pd.DataFrame(rows), MORNING - timedelta(back)
    window = Window.ending(morning - timedelta(1), 10)
    seen = Revisions.of(frame, window.since).known(morning, window)
    known = campaigns_only(known_on(frame, morning))
    known = known[known["date"] >= pd.Timestamp(window.since)]
    wanted = History.of(known, window)
    found = seen.history()
    assert found.entities == wanted.entities
    assert np.array_equal(found.rows, wanted.rows)
    for name in VALUES:
        assert found.has(name) == wanted.has(name)
        np.testing.assert_array_equal(found.column(name), wanted.column(name))
    pd.testing.assert_frame_equal(campaigns_known(seen), campaigns_of(known))


@given(st.lists(st.integers(0, 10**9), max_size=30))
def test_dense_numbers_keep_order_and_differences(codes):
    """Whether counted in a table or hashed, the same numbers come out."""
    given_ = np.array(codes, dtype=np.int64)
    assert dense(given_).tolist() == [sorted(set(codes)).index(code) for code in codes]
    assert all_different(given_) == (len(set(codes)) == len(codes))


@pytest.mark.parametrize(
    ("channel", "name", "place"),
    [
        ("meta_ads", "Brand autumn", 0),
        ("meta_ads", "Sale", 1),
        ("google_ads", "sale", 3),
        ("google_ads", "[NO] Leads", 2),
        ("google_ads", "Other", 3),
        ("tiktok_ads", "Other", None),
    ],
)
def test_the_first_pattern_that_fits_counts(channel, name, place):
    """Names, wild cards and channels are looked up in one go, in the plan's order."""
    patterns = Patterns(("brand*", "meta:sale", "[no] leads", "google:*"))
    assert patterns.first(channel, name) == place


def test_days_before_the_first_that_is_asked_for_are_not_laid_out():
    """Only that day and later ones; without a day, all of them."""
    rows = pd.DataFrame(
        {"date": [MORNING - timedelta(back) for back in (9, 5, 1)], "channel": "x",
         "campaign_id": "a", "campaign_name": "A", "spend": 1.0}
    )  # fmt: skip
    assert len(Revisions.of(rows).days) == 3
    assert len(Revisions.of(rows, MORNING - timedelta(5)).days) == 2
    assert len(Revisions.of(rows, MORNING - timedelta(4)).days) == 1
