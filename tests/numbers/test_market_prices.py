"""A price that all campaigns pay at once is the market's; one that some of them pay is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from bot.numbers.input.normalise import normalise
from bot.numbers.signals.market_prices import MarketPrice, market_prices
from bot.numbers.signals.partial_days import recent_days

AS_OF, DAYS = date(2026, 10, 14), 42
FEED = ("meta_ads", "1")
Price = Callable[[int, int], float]  # of a campaign's number and an age in days


def account(campaigns: int, price: Price, seed: int, shown: bool) -> pd.DataFrame:
    """Campaigns that spend alike and pay `price` times their own for showings and clicks."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(campaigns):
        for age in range(DAYS, 0, -1):
            day = AS_OF - timedelta(age)
            spend = 800.0 * (1.2 if day.weekday() > 4 else 1.0) * np.exp(rng.normal(0, 0.1))
            cpc = 6 * (1 + 0.1 * number) * price(number, age) * np.exp(rng.normal(0, 0.05))
            cpc *= 1.1 if day.weekday() > 4 else 1.0
            clicks = round(spend / cpc)
            rows.append((day, "meta_ads", "1", str(number), f"C{number}", spend, clicks,
                         clicks * 80.0 if shown else np.nan))  # fmt: skip
    columns = ["date", "channel", "account_id", "campaign_id", "campaign_name", "spend", "clicks",
               "impressions"]  # fmt: skip
    return normalise(pd.DataFrame(rows, columns=columns))


def found(campaigns: int, price: Price, seed: int = 1, shown: bool = True) -> MarketPrice | None:
    history = recent_days(account(campaigns, price, seed, shown), AS_OF)
    return market_prices(history).get(FEED)


@pytest.mark.parametrize("campaigns", [3, 8])
@pytest.mark.parametrize(("factor", "days"), [(1.5, 9), (1.3, 13), (0.7, 5), (1.8, 3)])
def test_a_price_of_all_campaigns_is_told_with_its_day(
    campaigns: int, factor: float, days: int
) -> None:
    """Dearer or cheaper, for everybody at once."""
    price = found(campaigns, lambda _, age: factor if age <= days else 1.0)
    assert price is not None
    assert price.change == pytest.approx(factor - 1, abs=0.12)
    assert abs((price.since - (AS_OF - timedelta(days))).days) <= 1
    assert (price.metric, price.campaigns, price.of) == ("cpm", campaigns, campaigns)


def test_where_no_showings_are_known_it_is_the_price_of_a_click() -> None:
    """Not every export has impressions."""
    price = found(4, lambda _, age: 1.5 if age <= 8 else 1.0, shown=False)
    assert price is not None
    assert price.metric == "cpc"


def test_a_price_that_climbs_day_by_day_is_told_too() -> None:
    """An auction that heats up for two weeks."""
    price = found(5, lambda _, age: 1.0 + 0.04 * max(0, 14 - age))
    assert price is not None
    assert price.change > 0.2


@pytest.mark.parametrize(
    "price",
    [
        pytest.param(lambda _n, _age: 1.0, id="nothing"),
        pytest.param(lambda n, age: 1.6 if n < 2 and age <= 9 else 1.0, id="two of five"),
        pytest.param(lambda n, age: (1.5 if n % 2 else 0.67) if age <= 9 else 1.0, id="apart"),
        pytest.param(lambda _n, age: 1.12 if age <= 9 else 1.0, id="a week's weather"),
        pytest.param(lambda _n, age: 1.6 if 20 < age <= 30 else 1.0, id="over again"),
        pytest.param(lambda _n, age: 1.7 if age == 1 else 1.0, id="one dear day"),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_not_everybodys_is_no_market(price: Price, seed: int) -> None:
    """Some campaigns, chance, the past: nothing is said of the account."""
    assert found(5, price, seed) is None


def test_one_or_two_campaigns_are_no_market() -> None:
    """There nobody can tell the auction from the campaign."""
    assert found(2, lambda _, age: 1.6 if age <= 9 else 1.0) is None
