"""Results that are no longer reported are missing: said with their day, and judged by nobody."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from bot.numbers.plan import PlanEntry
from tests.features.conftest import campaign_days, days_until

AS_OF = date(2026, 8, 31)
DAYS = days_until(AS_OF - timedelta(1), 42)
PLAN = [PlanEntry("*", stage="convert", pricing_model="CPA", target=25.0)]


def sold(name: str, empty: int, column: str = "conversions", **more):
    """A campaign whose column is empty on its newest days, its sales as good as others'."""
    rows = campaign_days(name, DAYS, 100.0, conversions=5.0, revenue=400.0, **more)
    rows.loc[rows.index[len(rows) - empty :] if empty else [], column] = np.nan
    return rows


def test_an_empty_column_is_said_with_its_day_and_moves_no_money(hears):
    """Twelve days without a value while ads go on: missing since 19 August, no zero, no advice."""
    heard = hears(AS_OF, sold("Generic", 12), sold("Brand", 0), plan=PLAN)
    told = heard.digest()
    assert "Results no longer reported: Generic, nothing reported since 19 August" in told
    assert "missing, not zero" in told
    assert "Resultater meldes ikke lenger: Generic" in heard.digest("nb")
    assert "check tracking" in heard.ask("/perf channel google")
    for verb in ("Move", "Cut", "Pause"):
        assert f"{verb} " not in told


def test_all_campaigns_of_an_account_are_one_line(hears):
    """A column that left the export is told once, of the account, with how many it is of."""
    rows = [sold(name, 5) for name in ("Brand", "Generic", "Shopping")]
    told = hears(AS_OF, *rows, plan=PLAN).digest()
    assert "Bring back the results of the Google account (3 campaigns)" in told
    assert told.count("no longer reported") <= 1


def test_a_value_that_is_no_longer_reported_is_told_as_that(hears):
    """Sales go on, what they are worth does not come: no return of those days is known."""
    told = hears(AS_OF, sold("Generic", 6, "revenue"), sold("Brand", 0), plan=PLAN).digest()
    assert "Sales value no longer reported: Generic, no value reported since Tuesday" in told


@pytest.mark.parametrize("empty", [0, 2])
def test_what_comes_a_day_or_two_later_is_no_news(hears, empty):
    """Results that arrive late are waited for; zeros are results."""
    told = hears(AS_OF, sold("Generic", empty), sold("Brand", 0), plan=PLAN).digest()
    assert "no longer reported" not in told


def test_a_campaign_that_ended_or_never_reported_lacks_nothing(hears):
    """Without ads there is nothing to report, and who never counted lost nothing."""
    ended = sold("Ended", 0).iloc[:-10]
    never = campaign_days("Awareness", DAYS, 100.0)
    told = hears(AS_OF, ended, never, sold("Brand", 0), plan=PLAN).digest()
    assert "no longer reported" not in told


def test_a_changed_definition_is_no_price_that_moved(hears):
    """What counts as a result changed: the price is not said to have risen beside that."""
    rng = np.random.default_rng(4)
    rows = campaign_days("Generic", DAYS, 1500.0, impressions=9000.0, clicks=190.0)
    rates = [0.9] * 32 + [0.02] * 10
    rows["conversions"] = [float(rng.poisson(190 * rate)) for rate in rates]
    brand = campaign_days("Brand", DAYS, 700.0, impressions=5000.0, clicks=170.0, conversions=11.0)
    told = hears(AS_OF, rows, brand, plan=PLAN).digest()
    assert "has the definition changed?" in told
    assert "What moved" not in told
    assert "Is this target meant" not in told


def test_spend_that_is_no_longer_reported_has_not_fallen(hears):
    """Ads are shown and no cost is told: missing since its day, and no fall of the channel."""
    told = hears(AS_OF, sold("Generic", 6, "spend"), sold("Brand", 0), plan=PLAN).digest()
    assert "Spend no longer reported: Generic, no spend reported since Tuesday" in told
    assert "What moved" not in told
