"""Details are kept as long and as many as the settings say, whatever brings them."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from bot.features.imports import intake
from bot.jobs import pull_keeping
from bot.settings import Details
from bot.sources.base import Pulled
from bot.sources.folder import FolderSource
from bot.sources.given import ReadSettings
from bot.store import SqliteStore

TODAY = date(2026, 11, 20)
HEAD = "date,channel,campaign,ad group,keyword,currency,spend,clicks\n"


@pytest.fixture
def store():
    opened = SqliteStore(":memory:")
    yield opened
    opened.close()


def words(*days: date) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"date": day, "channel": "google_ads", "campaign_id": "1", "level": "keyword",
             "detail_name": "sko", "spend": 1.0}
            for day in days
        ]
    )  # fmt: skip


def kept_days(store) -> list[date]:
    return store.details()["date"].dt.date.tolist()


def test_old_is_counted_from_the_newest_day(store):
    """A history of some years back keeps its own newest days."""
    old = date(2021, 5, 1)
    stored = intake.keep_details(
        store, words(old, old - timedelta(40)), TODAY, Details(keep_days=30)
    )
    assert (stored.rows, stored.old) == (1, 1)
    assert kept_days(store) == [old]


def test_what_was_kept_goes_when_newer_days_come(store):
    """And a day still to come makes nothing old."""
    limits = Details(keep_days=30)
    intake.keep_details(store, words(TODAY - timedelta(29)), TODAY, limits)
    intake.keep_details(store, words(TODAY + timedelta(300)), TODAY, limits)
    assert kept_days(store) == [TODAY - timedelta(29), TODAY + timedelta(300)]
    intake.keep_details(store, words(TODAY + timedelta(2)), TODAY + timedelta(3), limits)
    assert TODAY - timedelta(29) not in kept_days(store)


def test_a_watched_folder_gives_details(store, tmp_path: Path):
    """A report of keywords dropped in it; a pull says how many came."""
    file = tmp_path / "keywords.csv"
    file.write_text(f"{HEAD}2026-11-01,google,A,G,sko,NOK,1.25,3\n", encoding="utf-8")
    os.utime(file, (1.7e9, 1.7e9))
    clock = lambda: datetime(2026, 11, 20, 7, tzinfo=UTC)  # noqa: E731
    source = FolderSource("exports", tmp_path, clock, ReadSettings())
    (pulled,) = pull_keeping.pull(store, [source], clock)
    assert (pulled.ok, pulled.rows, pulled.details) == (True, 0, 1)
    assert store.numbers().empty
    assert store.details()["spend"].tolist() == [1.25]


def test_no_more_than_there_is_room_for(store, caplog):
    """Of a pull, too, and what was left out is said in the log."""
    many = pd.concat([words(TODAY).assign(detail_name=f"ord {n}", spend=n) for n in range(12)])
    answer = Pulled(store.numbers(), datetime(2026, 11, 20, tzinfo=UTC), (), details=many)
    pull_keeping.kept(
        store, "google", answer, None, pull_keeping.PullKeeper(Details(rows_per_day=10))
    )
    assert sorted(store.details()["spend"]) == [float(n) for n in range(2, 12)]
    assert "2 detail rows left out" in caplog.text
