"""What looks wrong with numbers beside those that are stored, as they are imported."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from bot.features.imports.doubts import doubts
from bot.numbers.input.normalise import normalise
from bot.render import Renderer
from bot.store import open_store

TODAY = date(2026, 8, 31)
DAYS = pd.date_range("2026-08-01", "2026-08-20")


def rows(seed: int = 3, campaign: str = "1", **columns):
    clicks = np.random.default_rng(seed).integers(40, 90, len(DAYS)).astype(float)
    frame = pd.DataFrame({"date": DAYS, "clicks": clicks, "impressions": clicks * 31})
    return frame.assign(
        channel="google_ads", account_id="7", campaign_id=campaign, campaign_name=f"C{campaign}",
        currency="NOK", spend=clicks * 4.1, conversions=3.0, revenue=900.0, **columns,
    )  # fmt: skip


def said(*frames: pd.DataFrame, stored: pd.DataFrame | None = None) -> str:
    store = open_store(":memory:")
    if stored is not None:
        store.add_numbers(
            normalise(stored), source="a", pulled_at=datetime(2026, 8, 11, tzinfo=UTC)
        )
    words = "\n".join(doubts(store, normalise(pd.concat(frames)), TODAY))
    store.close()
    return words


@pytest.mark.parametrize("unit", [100.0, 1e6, 0.01])
def test_daily_budgets_in_another_unit_are_said_once_an_account(unit):
    """Cents or micros beside spend in whole money; a budget twice too big is nobody's mistake."""
    campaigns = [rows(seed, str(seed)) for seed in (3, 4)]
    budgeted = [frame.assign(daily_budget=frame.spend.max() * 1.1) for frame in campaigns]
    wrong = [frame.assign(daily_budget=frame.daily_budget * unit) for frame in budgeted]
    assert said(*wrong).count("daily_budget of google_ads") == 1
    unbound = [frame.assign(daily_budget=frame.daily_budget * 2) for frame in budgeted]
    assert said(*budgeted) == said(*unbound) == said(wrong[0], budgeted[1]) == ""


@pytest.mark.parametrize(("column", "times"), [("spend", 1e6), ("spend", 0.01), ("revenue", 100.0)])
def test_money_in_another_unit_from_a_day_on_is_said(column, times):
    """In one file, and where the file goes on from what is stored: since when, of what."""
    frame = rows()
    frame.loc[frame["date"] >= "2026-08-11", column] *= times
    words = f"From 2026-08-11 on {column} of google_ads 7 is about {times:,.12g} times"
    assert said(frame).count(words) == 1
    older, newer = frame[frame["date"] < "2026-08-11"], frame[frame["date"] >= "2026-08-11"]
    assert words in said(newer, stored=older)


def test_a_price_that_doubles_is_a_price():
    """Ten times as dear is news for the digest, no other unit."""
    frame = rows()
    frame.loc[frame["date"] >= "2026-08-11", "spend"] *= 10
    assert said(frame) == ""


def test_a_campaign_exported_twice_under_two_ids_is_named():
    """To the digit on every day: both names."""
    copy = rows(campaign="2")
    assert "C2 has the same numbers as C1 on every day" in said(rows(), copy)
    assert said(rows(), rows(seed=4, campaign="2")) == ""


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "C2 har de samme tallene som C1 hver dag: de vurderes og telles én gang."),
        ({"daily_budget": 1e9}, "daily_budget i google_ads 7 er omtrent"),
    ],
)
def test_what_looks_wrong_is_said_in_the_readers_language(columns, words):
    """A file dropped by a Norwegian is doubted in Norwegian."""
    store = open_store(":memory:")
    frame = normalise(pd.concat([rows(**columns), rows(campaign="2", **columns)]))
    notes = [Renderer("nb").sentence(note) for note in doubts(store, frame, TODAY)]
    store.close()
    assert words in " ".join(notes)
