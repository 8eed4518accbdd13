from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.numbers.input.daily import entity, known_on
from bot.numbers.input.history import History
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import MICROS, MetricSum, divided

AS_OF = date(2026, 11, 23)
LAST = AS_OF - timedelta(1)


def history(spend: list[Decimal | None]) -> History:
    days = [LAST - timedelta(len(spend) - 1 - place) for place in range(len(spend))]
    rows = {"date": days, "channel": "x", "campaign_name": "c"}
    values = [None if value is None else float(value) for value in spend]
    return History.of(known_on(pd.DataFrame(rows | {"spend": values}), AS_OF))


AMOUNTS = st.decimals(0, 10_000_000, places=2)
SPENT = st.lists(st.none() | AMOUNTS, min_size=1, max_size=40)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.none() | AMOUNTS, min_size=1, max_size=40), st.integers(1, 40), st.integers(0, 40)
)
def test_money_adds_up_to_the_smallest_unit(spend, length, back):
    """Every window's money equals the decimal sum exactly; none is missing, not zero."""
    window = Window.ending(LAST - timedelta(back), length)
    until = max(0, len(spend) - back)
    inside = [value for value in spend[max(0, until - length) : until] if value is not None]
    found = history(spend).sum("spend", window)
    assert found.amount[0] == int(sum(inside, Decimal(0)) * MICROS)
    assert found.days[0] == len(inside)
    assert np.isnan(found.value[0]) == (not inside)


@given(st.lists(AMOUNTS, min_size=1, max_size=50))
def test_money_of_many_campaigns_adds_up_to_the_smallest_unit(amounts):
    """Totals over campaigns are exact too."""
    micros = np.array([int(amount * MICROS) for amount in amounts])
    total = MetricSum(micros, np.ones(len(micros), dtype=np.int64)).by(
        np.zeros(len(micros), int), 1
    )
    assert Decimal(int(total.amount[0])) / MICROS == sum(amounts)


def test_fractional_counts_add_up_without_dust():
    """Ten tenths are one, and a week of zeros after them is exactly zero."""
    rows = pd.DataFrame(
        {
            "date": pd.date_range(LAST - timedelta(19), LAST),
            "channel": "x",
            "campaign_name": "c",
            "conversions": [0.1] * 10 + [0.0] * 10,
        }
    )
    past = History.of(known_on(rows, AS_OF))
    assert past.sum("conversions", Window.ending(LAST - timedelta(10), 10)).value[0] == 1.0
    assert past.sum("conversions", Window.ending(LAST, 10)).value[0] == 0.0


def test_enormous_money_is_still_added():
    """Sums too large for exact units fall back to floating point instead of overflowing."""
    rows = [Decimal(4) * 10**12] * 3
    assert history([*rows]).sum("spend", Window.ending(LAST, 3)).value[0] == 1.2e13


def test_a_window_outside_the_history_is_empty():
    """A window before or after every row has nothing, and nothing is not zero."""
    past = history([Decimal(1)])
    for window in (Window.ending(LAST - timedelta(90), 7), Window.ending(LAST + timedelta(90), 7)):
        assert np.isnan(past.sum("spend", window).value[0])
        assert past.row_days(window)[0] == 0
        assert np.isnan(past.newest("spend", window)[0])


def test_the_newest_value_is_the_last_one_present():
    """A budget is its newest value within the window."""
    past = history([Decimal(5), Decimal(7), None])
    assert past.newest("spend", Window.ending(LAST, 3))[0] == 7
    assert np.isnan(past.newest("spend", Window.ending(LAST, 1))[0])


def test_a_campaign_is_its_channel_account_and_id():
    """The key tells channel, account and id, and campaigns come in its order."""
    rows = pd.DataFrame(
        {
            "date": [LAST] * 2,
            "channel": ["meta", "google"],
            "account_id": ["7", None],
            "campaign_id": ["a|b", "1"],
        }
    )
    known = known_on(rows, AS_OF)
    assert entity(known).tolist() == ["google_ads||1", "meta_ads|7|a|b"]
    assert History.of(known).entities == ("google_ads||1", "meta_ads|7|a|b")


def test_dividing_by_zero_or_by_nothing_gives_nothing():
    """A zero or missing denominator gives nothing, never infinity."""
    above, below = np.array([1.0, 1.0, np.nan, 0.0]), np.array([0.0, np.nan, 2.0, 4.0])
    assert np.isnan(divided(above, below)[:3]).all()
    assert divided(above, below)[3] == 0


def test_a_missing_day_adds_nothing():
    """Counts and money of the days that are there, in every window around the hole."""
    for column, values in (("spend", [2.5, None, 4.0]), ("clicks", [2, None, 4])):
        rows = {"date": [LAST - timedelta(back) for back in (2, 1, 0)], "channel": "x",
                "campaign_name": "c", column: values}  # fmt: skip
        seen = History.of(known_on(pd.DataFrame(rows), AS_OF))
        week, two = (seen.sum(column, Window.ending(LAST, days)) for days in (7, 2))
        assert week.value.tolist() == [values[0] + values[2]]
        assert two.value.tolist() == [values[2]]
        assert (week.days.tolist(), two.days.tolist()) == ([2], [1])
