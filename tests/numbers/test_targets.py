"""One target, sixteen thresholds: what follows from what a sale may cost, and when nothing does."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.numbers.input.history import History
from bot.numbers.input.normalise import normalise
from bot.numbers.metrics.board import board
from bot.numbers.plan import Plan, PlanEntry
from bot.numbers.signals.peer_rates import DAYS, PEERS, SETTLING, Learned, learned_from
from bot.numbers.targets import Targets, product, stated

AS_OF = date(2026, 11, 23)
FIRST = learned_from(AS_OF).since


def campaign(name: str, days: int = DAYS + SETTLING, **daily: float) -> pd.DataFrame:
    """The same numbers every day."""
    dates = pd.date_range(end=AS_OF - timedelta(1), periods=days)
    told = {"channel": "google_ads", "account_id": "1", "campaign_id": name, "campaign_name": name}
    return pd.DataFrame({"date": dates, **told, "currency": "NOK", **daily})


def targets(metrics, said, *campaigns, about=("convert", "CPA", "NOK")):
    history = History.of(normalise(pd.concat(campaigns)))
    learned = Learned(history, np.zeros(len(campaigns), dtype=np.int64), AS_OF)
    return Targets(learned, metrics, said, [about] * len(campaigns))


SHOP = {
    "spend": 1000.0, "impressions": 8000.0, "clicks": 100.0, "landing_views": 80.0,
    "leads": 20.0, "conversions": 4.0, "revenue": 2000.0,
}  # fmt: skip


def test_the_rest_follows_from_what_a_sale_may_cost(metrics):
    """CPL = T x close rate, CPC = T x conversion rate, CPM = 1000 x CTR x affordable CPC."""
    found = targets(metrics, [{"cpa": 450.0}], campaign("a", **SHOP))
    wanted = {"cpl": 90.0, "cpc": 18.0, "cpm": 225.0, "cost_per_landing_view": 22.5}
    assert {name: found.values(name)[0] for name in wanted} == pytest.approx(wanted)
    assert found.values("cpa")[0] == 450
    assert found.values("cost_per_repeat_sale")[0] == 450
    assert np.isnan(found.values("cost_per_qualified_lead")[0])
    assert np.isnan(found.values("ctr")[0])


def test_what_is_told_of_a_derived_target_works_it_out_again(metrics):
    """450 x 3.1 % = 13.95, with the counts the rate stands on; what is shown is what was used."""
    day = SHOP | {"clicks": 129.0}  # 4 / 129 = 3.1008 %
    found = targets(metrics, [{"cpa": 450.0}], campaign("a", **day)).derived("cpc", 0)
    assert (found.source, found.given, found.rate, found.value) == ("cpa", 450.0, 0.031, 13.95)
    assert (found.results, found.of, found.peers) == (4 * DAYS, 129 * DAYS, 0)


def test_an_explicit_target_always_wins(metrics):
    """A stated CPC is not touched; a CPM follows from it, not from what lies deeper."""
    found = targets(metrics, [{"cpa": 450.0, "cpc": 5.0}], campaign("a", **SHOP))
    assert found.values("cpc")[0] == 5
    assert found.derived("cpc", 0) is None
    assert found.derived("cpm", 0).source == "cpc"
    assert found.values("cpm")[0] == pytest.approx(62.5)


@pytest.mark.parametrize(
    ("said", "cpa", "cpc"), [({"roas": 4.0}, 125, 5), ({"margin": 0.3}, 150, 6)]
)
def test_return_and_margin_say_what_a_sale_may_cost(metrics, said, cpa, cpc):
    """Of 500 a sale, a return of four leaves 125 for the ad, a margin of 30 % leaves 150."""
    found = targets(metrics, [said], campaign("a", **SHOP))
    assert (found.values("cpa")[0], found.values("cpc")[0]) == (cpa, cpc)


def test_too_few_results_give_no_target(metrics):
    """A rate known less surely than to 15 % is not used: about 70 results in eight weeks."""
    thin = SHOP | {"conversions": 1.0, "leads": 1.0}
    found = targets(metrics, [{"cpa": 450.0}], campaign("a", **thin))
    assert np.isnan(found.values("cpc")[0])
    assert found.derived("cpc", 0) is None
    none = targets(metrics, [{"cpa": 450.0}], campaign("a", **SHOP | {"conversions": 0.0}))
    assert np.isnan(none.values("cpc")[0])


@pytest.mark.parametrize(("others", "known"), [(PEERS, True), (PEERS - 1, False)])
def test_peers_help_only_where_there_are_five(metrics, others, known):
    """A thin rate leans on five peers' mean, never on four."""
    thin = campaign("a", **SHOP | {"conversions": 1.0})
    rest = [campaign(f"b{n}", **SHOP) for n in range(others)]
    found = targets(metrics, [{"cpa": 450.0}] + [{}] * others, thin, *rest)
    assert np.isnan(found.values("cpc")[0]) != known
    if known:
        told = found.derived("cpc", 0)
        assert 0.01 < told.rate < 0.04
        assert told.peers == PEERS


def test_in_reach_where_nothing_leads_to_a_sale_the_peers_price_counts(metrics):
    """Five peers' price of 1,000 showings, marked as theirs; four give none."""
    seen = {"spend": 1000.0, "impressions": 10_000.0}
    rows = [campaign(f"c{n}", **seen) for n in range(PEERS + 1)]
    said = [{"cpa": 450.0}] + [{}] * PEERS
    found = targets(metrics, said, *rows, about=("reach", "CPM", "NOK"))
    told = found.derived("cpm", 0)
    assert (told.value, told.source, told.peers) == (100.0, "peers", PEERS)
    few = targets(metrics, said[:-1], *rows[:-1], about=("reach", "CPM", "NOK"))
    assert few.derived("cpm", 0) is None
    other = targets(metrics, said, *rows, about=("act", "CPM", "NOK"))
    assert other.derived("cpm", 0) is None


def test_the_newest_days_teach_nothing(metrics):
    """Sales still coming in do not make clicks look worthless."""
    rows = campaign("a", **SHOP)
    late = rows["date"] > pd.Timestamp(AS_OF - timedelta(1 + SETTLING))
    rows.loc[late, "conversions"] = 0.0
    assert targets(metrics, [{"cpa": 450.0}], rows).values("cpc")[0] == 18


def test_the_board_shows_what_follows_and_where_from(metrics):
    """`target.cpc` with its note beside it; a campaign nobody aims at has neither."""
    numbers = normalise(pd.concat([campaign("a", **SHOP), campaign("b", **SHOP)]))
    plan = Plan((PlanEntry("a", stage="convert", pricing_model="CPA", target=450.0),))
    found = board(numbers, AS_OF, "7d", metrics, plan, judges={("convert", "CPA"): "cpa"})
    told = found.to_json()["campaigns"]
    assert told[0]["target"]["cpc"] == 18
    assert told[0]["derived"]["cpc"]["given"] == 450
    assert told[1]["target"]["cpc"] is None
    assert "derived" not in told[1]


def test_an_unrelated_campaign_changes_nobodys_target(metrics):
    """Targets of one campaign do not move because another stage got a campaign."""
    plan = Plan((PlanEntry("*", stage="convert", pricing_model="CPA", target=450.0),))
    one = normalise(campaign("a", **SHOP))
    more = normalise(pd.concat([campaign("a", **SHOP), campaign("z", **SHOP | {"clicks": 7.0})]))
    both = [board(each, AS_OF, "7d", metrics, plan).rows for each in (one, more)]
    assert both[0]["derived"][0] == both[1]["derived"][0]


def test_a_plain_target_means_what_the_cell_judges_by():
    """A number is the judge's, a mapping is its own, nothing is nothing."""
    assert stated(90, "cpl") == {"cpl": 90.0}
    assert stated({"roas": 4}, "cpl") == {"roas": 4.0}
    assert stated(None, "cpl") == stated(float("nan"), "cpl") == stated(90, None) == {}


@given(
    st.decimals("0.01", "99999.99", places=2),
    st.integers(100, 999),
    st.integers(-7, 2),
    st.integers(0, 3),
)
def test_a_product_is_exact_to_the_minor_unit(given_, mantissa, power, minor):
    """The same as decimal arithmetic, halves to even, never fewer than three digits."""
    rate = Decimal(mantissa).scaleb(power)
    exact = given_ * rate
    places = max(minor, 2 - exact.adjusted())
    wanted = float(exact.quantize(Decimal(1).scaleb(-places)))
    (found,) = product(np.array([float(given_)]), np.array([float(rate)]), np.array([minor]))
    assert found == wanted
