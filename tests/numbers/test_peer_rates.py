"""A rate leans on its peers as far as they are alike, and their price is theirs alone."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from bot.numbers.input.history import History
from bot.numbers.input.normalise import normalise
from bot.numbers.signals.peer_rates import (
    DAYS,
    NOISE,
    ORDER_VALUES,
    PEERS,
    PHI,
    SETTLING,
    SPREAD,
    Learned,
    cohort_codes,
)

AS_OF = date(2026, 11, 23)
CLICKS = 100.0


def learned(days, groups=None):
    """The rates of campaigns that have the same numbers every day: `[{"clicks": 100.0}, …]`."""
    dates = pd.date_range(end=AS_OF - timedelta(1), periods=DAYS + SETTLING)
    rows = [
        pd.DataFrame({"date": dates, "channel": "google_ads", "account_id": "1", **one}).assign(
            campaign_id=f"c{place}", campaign_name=f"c{place}", currency="NOK"
        )
        for place, one in enumerate(days)
    ]
    codes = np.array(groups or [0] * len(days), dtype=np.int64)
    return Learned(History.of(normalise(pd.concat(rows))), codes, AS_OF)


def shrunk(got, of, events, phi):
    """By hand: DerSimonian and Laird's spread, then each campaign's events beside the prior's."""
    total, counted = sum(of), sum(events)
    mean, per = sum(got) / total, counted / total
    due = [exposure * per for exposure in of]
    apart = sum(
        each * (result / exposure / mean - 1) ** 2
        for each, result, exposure in zip(due, got, of, strict=True)
    )
    room = sum(due) - sum(each**2 for each in due) / sum(due)
    tau = max((apart - phi * (len(of) - 1)) / room, SPREAD**2)
    worth = 1 / (tau + phi / counted)
    values = []
    for result, exposure, count in zip(got, of, events, strict=True):
        own = 1 / (phi / count + NOISE**2 / DAYS)
        foretold = own / (result / exposure / mean)
        values.append(mean * (own + worth) / (foretold + worth))
    return values


@pytest.mark.parametrize("sales", [(2.0, 3.0, 4.0, 5.0, 6.0, 7.0), (3.0, 3.0, 3.1, 3.0, 2.9, 3.0)])
def test_a_rate_leans_on_its_peers_as_far_as_they_are_alike(sales):
    """Where they differ much little, where they are one a great deal."""
    rates = learned([{"clicks": CLICKS, "conversions": count} for count in sales])
    got = [count * DAYS for count in sales]
    found = rates.rate("conversions", "clicks")
    wanted = shrunk(got, [CLICKS * DAYS] * len(sales), got, PHI)
    np.testing.assert_allclose(found.value, wanted)
    np.testing.assert_allclose(found.results, got)
    assert found.peers.tolist() == [PEERS] * len(sales)


def test_revenue_stands_on_its_orders_and_scatters_as_their_values_do():
    """A value a click rests on the sales it came from."""
    orders = (2.0, 3.0, 4.0, 5.0, 6.0, 4.0)
    days = [
        {"clicks": CLICKS, "conversions": count, "revenue": count * 400 + 200} for count in orders
    ]
    found = learned(days).rate("revenue", "clicks")
    revenue = [(count * 400 + 200) * DAYS for count in orders]
    events = [count * DAYS for count in orders]
    wanted = shrunk(revenue, [CLICKS * DAYS] * len(orders), events, PHI * ORDER_VALUES)
    np.testing.assert_allclose(found.value, wanted)


def test_campaigns_of_another_kind_teach_nothing():
    """Only those alike: the same six beside three quite different ones."""
    alike = [{"clicks": CLICKS, "conversions": count} for count in (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)]
    other = [{"clicks": CLICKS, "conversions": 40.0}] * 3
    alone = learned(alike).rate("conversions", "clicks")
    beside = learned([*alike, *other], [0] * 6 + [1] * 3).rate("conversions", "clicks")
    np.testing.assert_allclose(beside.value[:6], alone.value)
    assert beside.peers.tolist() == [PEERS] * 6 + [0] * 3
    np.testing.assert_allclose(beside.value[6:], 0.4)


@pytest.mark.parametrize("clicks", [1.0, 100.0, 10_000.0])
def test_one_without_results_has_no_rate(clicks):
    """However alike its peers are, and however many clicks brought nothing."""
    days = [{"clicks": CLICKS, "conversions": 30.0}] * 9
    found = learned([*days, {"clicks": clicks, "conversions": 0.0}]).rate("conversions", "clicks")
    assert np.isnan(found.value[9])
    assert not np.isnan(found.value[:9]).any()


def test_a_price_is_the_peers_spend_over_their_units_without_ones_own():
    """With at least five others that pay about the same."""
    cheap, dear = {"spend": 100.0, "clicks": 50.0}, {"spend": 110.0, "clicks": 50.0}
    price, peers = learned([cheap] * 5 + [dear]).price("clicks")
    assert peers.tolist() == [5] * 6
    assert price[5] == pytest.approx(2.0)
    np.testing.assert_allclose(price[:5], 510 / 250)
    few, _ = learned([cheap] * 5).price("clicks")
    assert np.isnan(few).all()
    unpaid = {"spend": 0.0, "clicks": 50.0}
    _, paying = learned([cheap] * 5 + [unpaid]).price("clicks")
    assert paying.tolist() == [4] * 5 + [5]


def test_prices_that_differ_much_are_no_price():
    """Five that pay from one to sixteen say little of a sixth."""
    spread = [{"spend": 50.0 * 2**place, "clicks": 50.0} for place in range(5)]
    price, peers = learned([*spread, {"spend": 100.0, "clicks": 50.0}]).price("clicks")
    assert np.isnan(price[5])
    assert peers[5] == 5


def test_equal_keys_are_one_cohort():
    """Numbered as they come."""
    assert cohort_codes([("a", 1), ("b", 1), ("a", 1), ("a", 2)]).tolist() == [0, 1, 0, 2]
