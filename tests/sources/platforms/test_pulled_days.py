"""Days that are kept until all of them are there, and handed on piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo.platforms import Faults
from bot.errors import SourceError
from bot.jobs import pull_keeping
from bot.sources.platforms import account_pull, pulled_days
from bot.sources.platforms.pulled_days import PulledDays
from bot.store import open_store

FIRST = date(2026, 11, 1)
SINCE, UNTIL = date(2026, 11, 10), date(2026, 11, 26)
DAYS = st.integers(0, 29).map(lambda day: FIRST + timedelta(days=day))
ROWS = st.lists(
    st.tuples(DAYS, st.sampled_from(["1", "2", "tiktok 3"]), st.floats(0, 1e9) | st.none()),
    max_size=30, unique_by=lambda row: row[:2],
)  # fmt: skip


@settings(max_examples=30)
@given(rows=ROWS, cut=DAYS, span=st.tuples(DAYS, DAYS).map(sorted), reach=st.booleans())
def test_what_was_kept_comes_back(
    rows: list[tuple[date, str, float | None]], cut: date, span: list[date], reach: bool
) -> None:
    """Any days of any pieces, to the last bit, what a piece lacks missing; and what they span."""
    frame = pd.DataFrame(
        [(key, pd.Timestamp(day), spend) for day, key, spend in rows],
        columns=["campaign_id", "date", "spend"],
    ).astype({"spend": "float64", "date": "datetime64[ns]"})
    early = frame["date"] < pd.Timestamp(cut)
    days, last = PulledDays(), FIRST + timedelta(days=29)
    days.add((FIRST, cut - timedelta(days=1)), frame[early])
    later = frame[~early].assign(reach=7.0) if reach else frame[~early]
    days.add((cut, last), later)
    expected = pd.concat([frame[early], later]) if reach else frame
    expected = expected[expected["date"].between(*map(pd.Timestamp, span))]
    got = days.between(*span)
    keys = ["campaign_id", "date"]
    assert set(expected.columns) - set(got.columns) <= {"spend", "reach"} - set(days.columns)
    for name in set(days.columns) & set(expected.columns):
        pd.testing.assert_series_equal(
            got.set_index(keys)[name].sort_index(), expected.set_index(keys)[name].sort_index(),
            check_index_type=False,
        )  # fmt: skip
    assert len(got) == len(expected)
    ends = frame.groupby("campaign_id")["date"].agg(["min", "max"])
    assert days.ends == {key: (first, last) for key, first, last in ends.itertuples()}
    days.close()


def test_pieces_are_the_pull_whether_in_memory_or_in_a_file(
    google_source: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Piece by piece the same rows as at once; no piece has more than a few days of campaigns."""
    source = google_source()
    whole = source.pull(SINCE, UNTIL).frame
    monkeypatch.setattr(account_pull, "PIECE", 50)
    monkeypatch.setattr(pulled_days, "IN_MEMORY", 1)
    pieces = [
        frame for pulled in source.each(SINCE, UNTIL) for frame in (*pulled.earlier, pulled.frame)
    ]
    assert len(pieces) > 5
    assert max(map(len, pieces)) <= 50
    keys = ["account_id", "campaign_id", "date"]
    pd.testing.assert_frame_equal(
        pd.concat(pieces, ignore_index=True).sort_values(keys, ignore_index=True),
        whole.sort_values(keys, ignore_index=True),
    )


def test_pieces_are_stored_whole_or_not_at_all(
    google_source: Callable[..., Any], faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account that fails leaves nothing; the other has every day, and both are told."""
    monkeypatch.setattr(account_pull, "PIECE", 1000)
    source = google_source()
    first, second = source.accounts()
    faults.add("account_error", times=None, account=first.account_id)
    with closing(open_store(":memory:")) as store:
        told = pull_keeping.pull(store, [source], source.clock)
        rows = store.numbers()
        assert {pull.account_id: pull.ok for pull in told} == {
            first.account_id: False, second.account_id: True
        }  # fmt: skip
        assert set(rows["account_id"]) == {second.account_id}
        assert {pull.account_id: pull.rows for pull in told}[second.account_id] == len(rows)
        assert rows["date"].nunique() == 399  # as many as the world has had by then over there


def test_no_room_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk: why, and that nothing is lost."""
    days = PulledDays()

    def full(_values: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(days, "_write", full)
    frame = pd.DataFrame({"campaign_id": ["1"], "date": [FIRST], "spend": [1.0]})
    with (
        closing(days),
        pytest.raises(SourceError, match=r"no room on the disk.*asks again"),
    ):
        days.add((FIRST, FIRST), frame)
