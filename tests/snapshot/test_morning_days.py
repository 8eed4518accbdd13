"""A morning's numbers, read once, and the days its paces are foretold from."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from bot.domain.campaign_rows import CampaignRow
from bot.numbers.input.windows import Window
from bot.snapshot.board_rows import Figures
from bot.snapshot.morning_days import KnownDays, SpendDays, spend_days
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


LAST = MORNING - timedelta(1)
STEADY = (100.0,) * 28


def paces(**spend):
    return SpendDays(LAST, spend, {"google_ads": LAST - timedelta(1), "meta_ads": LAST})


def test_paces_are_read_back_as_they_were_kept():
    """Days nobody knows are none, and what was spent unseen is not lost."""
    days = SpendDays(LAST, {"a": (1.5, None, 3.0), "b": (0.0,)}, {"google_ads": LAST}, {"a": 7.5})
    assert SpendDays.of_rows(json.loads(json.dumps(days.to_rows("stamp")))) == days
    assert days.to_rows("stamp")[0]["stamp"] == "stamp"


def test_channels_are_known_until_the_first_of_them_ends():
    """One nobody has said anything of ends with the data."""
    days = paces(a=STEADY)
    assert days.known_until(["google_ads", "meta_ads"]) == LAST - timedelta(1)
    assert days.known_until(["meta_ads", "tiktok_ads"]) == LAST
    assert days.known_until([]) == LAST


def test_the_rest_of_a_month_is_foretold_from_what_its_campaigns_spend_together():
    """A hundred a day, eight days to go; of two twice that, and none of what came after the cut."""
    days = paces(a=STEADY, b=STEADY, c=(*STEADY[:26], 9_000.0, 9_000.0))
    low, high = days.ahead(["a"], LAST)
    assert low <= 800.0 <= high
    assert days.ahead(["a", "b", "unknown"], LAST) == pytest.approx((2 * low, 2 * high))
    cut = LAST - timedelta(2)
    assert days.ahead(["c"], cut) == pytest.approx(days.ahead(["a"], cut))
    half = paces(a=STEADY, d=(None,) * 28)
    assert half.ahead(["a", "d"], LAST) == pytest.approx((low, high))


def test_too_few_days_foretell_nothing():
    """Two weeks at least; campaigns nobody knows spend nothing that could be foretold."""
    short = paces(a=(None,) * 15 + STEADY[:13])
    assert short.ahead(["a"], LAST) is None
    assert paces(a=(None,) * 14 + STEADY[:14]).ahead(["a"], LAST) is not None
    assert paces(a=STEADY).ahead(["b"], LAST) is None
    assert paces(a=STEADY).ahead(["a"], LAST - timedelta(28)) is None
    assert paces(a=(0.0,) * 28).ahead(["a"], LAST) is None


@pytest.mark.parametrize("known", [True, False])
def test_what_a_campaign_spent_unseen_is_what_its_weekdays_cost(known):
    """Of the month's days its account has no numbers of; where it has them all, nothing."""
    hole = LAST - timedelta(2)
    lines = [line(age, age - 1, "7", "", None, 100.0) for age in range(1, 29) if known or age != 3]
    rows = pd.DataFrame(lines)
    rows["date"] = pd.to_datetime(rows["date"])
    row = CampaignRow({"entity": "google_ads||7", "monthly_budget": 9_000.0})
    other = CampaignRow({"entity": "google_ads||8", "monthly_budget": None})
    four = Figures(
        MORNING,
        "28d",
        Window.ending(LAST, 28),
        Window.ending(LAST, 28),
        (row, other),
        holes={} if known else {("google_ads", ""): (hole, date(2026, 10, 2))},
    )
    days = spend_days(rows, four)
    assert [*days.spend] == ["google_ads||7"]
    assert days.spend["google_ads||7"][-3] == (100.0 if known else None)
    assert len(days.spend["google_ads||7"]) == 28
    assert dict(days.unseen) == ({} if known else {"google_ads||7": 100.0})
