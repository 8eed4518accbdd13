"""The demo's details: what its campaigns are made of, and the news planted in it."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from bot.demo.market.demo import DemoMarket, demo
from bot.demo.market.details import details
from bot.domain.details import AUDIENCES, Level

ADDED = ["spend", "impressions", "clicks", "leads", "conversions", "revenue"]


@pytest.fixture(scope="module")
def market() -> DemoMarket:
    return demo(date(2026, 11, 24), 1)


def of(market: DemoMarket, campaign: str, level: Level, days: int = 10) -> pd.DataFrame:
    table = market.details
    recent = table["date"] > table["date"].max() - pd.Timedelta(days=days)
    rows = table[recent & (table["campaign_id"] == campaign) & (table["level"] == level)]
    return rows.groupby("detail_name")[ADDED].sum()


def test_each_level_adds_up_to_its_campaign(market: DemoMarket) -> None:
    """To the øre and the click, day by day; but search terms, of which the rare are hidden."""
    newest = market.numbers.sort_values("pulled_on").drop_duplicates(
        ["campaign_id", "date"], keep="last"
    )
    days = newest.set_index(["campaign_id", "date"])[ADDED].fillna(0)
    for level in (Level.KEYWORD, Level.AD, Level.AD_SET, Level.LANDING_PAGE, *AUDIENCES):
        rows = market.details[market.details["level"] == level]
        sums = rows.groupby(["campaign_id", "date"])[ADDED].sum().round(2)
        assert len(sums)
        assert sums.to_numpy().tolist() == days.loc[sums.index].round(2).to_numpy().tolist()
    terms = market.details[market.details["level"] == Level.SEARCH_TERM]
    shown = terms.groupby(["campaign_id", "date"])["spend"].sum()
    assert (shown < days.loc[shown.index, "spend"]).all()


def test_the_same_seed_gives_the_same_details(market: DemoMarket) -> None:
    """Another seed other rows of the same parts."""
    pd.testing.assert_frame_equal(details(market.numbers, 1), market.details)
    assert not details(market.numbers, 2)["spend"].equals(market.details["spend"])


def test_the_news_is_in_the_details(market: DemoMarket) -> None:
    """Words without sales, a dear one, a page that broke, an ad that tires, an age that is lost."""
    words = of(market, "g-generic", Level.KEYWORD, days=60)
    assert words.loc[["free running plan", "shoe repair"], "conversions"].tolist() == [0, 0]
    price = words["spend"] / words["clicks"]
    assert price["shoes online"] > 1.5 * price["running shoes"]
    pages = of(market, "g-generic", Level.LANDING_PAGE)
    rate = pages["conversions"] / pages["clicks"]
    assert rate.idxmin().endswith("/running")
    before = of(market, "m-awareness", Level.AD, days=60) - of(market, "m-awareness", Level.AD, 12)
    now = of(market, "m-awareness", Level.AD, days=4)
    fall = (now["clicks"] / now["impressions"]) / (before["clicks"] / before["impressions"])
    assert fall.idxmin() == "Autumn film"
    ages = of(market, "m-retargeting", Level.AGE, days=60)
    assert (ages["conversions"] / ages["clicks"]).idxmin() == "18-24"
