"""A small market told in sentences: what a campaign does every day, and what happens to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bot import rules_files
from bot.advice.rules.rulebook import Rulebook

MORNING = date(2026, 11, 23)

Rows = pd.DataFrame
Campaign = Callable[..., Rows]


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return rules_files.load()


@pytest.fixture(scope="session")
def morning() -> date:
    return MORNING


def campaign(
    name: str = "Shopping",
    *,
    days: int = 70,
    until: date = MORNING - timedelta(1),
    stage: str | None = "convert",
    pricing: str | None = "CPA",
    channel: str = "google_ads",
    budget: float | None = 1000.0,
    used: float = 0.9,
    cpm: float = 100.0,
    ctr: float = 0.02,
    rate: float = 0.05,
    seed: int | None = None,
    **more: Any,
) -> Rows:
    """Days of one campaign: exact means, or Poisson around them with a seed.

    `rate` is conversions a click. Any other column is given as a number, or as a function of the
    day's frame (`leads=lambda day: day.clicks * 0.1`).
    """
    spend = np.full(days, (budget or 1000.0) * used)
    impressions = spend / cpm * 1000
    clicks, conversions = impressions * ctr, impressions * ctr * rate
    if seed is not None:
        random = np.random.default_rng(seed)
        impressions = random.poisson(impressions).astype(float)
        clicks = random.poisson(impressions * ctr).astype(float)
        conversions = random.poisson(clicks * rate).astype(float)
    dates = pd.date_range(end=until, periods=days)
    frame = pd.DataFrame({"date": dates, "spend": spend, "impressions": impressions})
    frame = frame.assign(clicks=clicks, conversions=conversions, daily_budget=budget)
    about = {"channel": channel, "account_id": "a1", "campaign_id": name.lower()}
    about |= {"campaign_name": name, "stage": stage, "pricing_model": pricing, "currency": "NOK"}
    for column, value in {**about, **more}.items():
        frame[column] = value(frame) if callable(value) else value
    return frame


@pytest.fixture(name="campaign", scope="session")
def campaign_fixture() -> Campaign:
    return campaign


@pytest.fixture
def lately() -> Callable[..., Rows]:
    """The last days of a campaign changed: `lately(rows, 3, conversions=0)`, a factor with `x`."""

    def changed(rows: Rows, days: int, **columns: float | str) -> Rows:
        rows = rows.copy()
        last = rows["date"] > rows["date"].max() - pd.Timedelta(days=days)
        for column, value in columns.items():
            new = rows.loc[last, column] * float(value[1:]) if isinstance(value, str) else value
            rows.loc[last, column] = new
        return rows

    return changed
