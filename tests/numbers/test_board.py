from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UnknownName
from bot.numbers.metrics.board import board
from bot.numbers.plan import Plan, PlanEntry

AS_OF = date(2026, 11, 23)
LAST = AS_OF - timedelta(1)


def rows(seed: int = 1, names: str = "abc", days: int = 40, **more: object) -> pd.DataFrame:
    parts = []
    for name in names:
        rng = np.random.default_rng([seed, ord(name)])
        parts.append(
            pd.DataFrame(
                {
                    "date": pd.date_range(LAST - timedelta(days - 1), LAST),
                    "channel": "google" if name < "c" else "meta",
                    "campaign_name": f"{name} sales",
                    "currency": "NOK",
                    "spend": rng.integers(0, 100_000, days) / 100,
                    "impressions": rng.integers(0, 9000, days).astype(float),
                    "clicks": rng.integers(0, 300, days).astype(float),
                    "conversions": np.where(rng.random(days) < 0.2, np.nan, rng.poisson(3, days)),
                    "pulled_on": pd.date_range(LAST - timedelta(days - 2), AS_OF),
                }
                | more
            )
        )
    return pd.concat(parts, ignore_index=True)


def test_the_shape_is_the_promised_one(metrics):
    """JSON has the day, the window, and for each campaign every metric now, before and as target,
    missing as null."""
    answer = board(rows(), AS_OF, "7d", metrics).to_json()
    assert list(answer) == ["as_of", "window", "campaigns"]
    assert (answer["as_of"], answer["window"]) == ("2026-11-23", "7d")
    for campaign in answer["campaigns"]:
        assert list(campaign)[:6] == [
            "channel",
            "campaign_id",
            "campaign_name",
            "stage",
            "pricing_model",
            "currency",
        ]
        assert all(
            list(campaign[period]) == list(metrics.measured)
            for period in ("now", "before", "target")
        )
        assert campaign["now"]["revenue"] is None
        assert isinstance(campaign["now"]["spend"], float)
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer


@pytest.mark.parametrize("window", ["7d", "28d", "yesterday", "mtd", "2026-11-01..2026-11-09"])
def test_an_unrelated_campaign_changes_nobody_elses_row(metrics, window):
    """What one campaign does never shows in another's row."""
    alone = board(rows(names="ab"), AS_OF, window, metrics).rows
    beside = board(rows(names="abz"), AS_OF, window, metrics).rows
    beside = beside[beside["campaign_name"] != "z sales"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, beside)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["7d", "yesterday", "mtd"]))
def test_nothing_of_the_day_itself_or_later_is_read(metrics, seed, window):
    """Rows dated as_of or later, and rows pulled after it, change nothing, whatever they say."""
    seen = rows(seed)
    later = seen.assign(date=seen["date"] + pd.Timedelta(days=40), spend=1e6)
    pulled = seen.assign(pulled_on=pd.Timestamp(AS_OF) + pd.Timedelta(days=1), spend=2e6)
    told = board(seen, AS_OF, window, metrics)
    for unseen in (later, pulled, pd.concat([pulled, later])):
        both = board(pd.concat([unseen, seen]), AS_OF, window, metrics)
        pd.testing.assert_frame_equal(told.rows, both.rows)


def test_the_order_of_rows_does_not_matter(metrics):
    """The same numbers give the same board, in whatever order they come."""
    mixed = rows().sample(frac=1, random_state=7)
    first, second = (board(given, AS_OF, "28d", metrics) for given in (rows(), mixed))
    pd.testing.assert_frame_equal(first.rows, second.rows)
    assert first.to_json() == second.to_json()


def test_a_restated_day_counts_as_it_was_known(metrics):
    """A day restated later shows its old value on a morning before and its new one after."""
    first = rows(names="a", days=1).assign(spend=100.0, pulled_on=pd.Timestamp(AS_OF))
    second = first.assign(spend=90.0, pulled_on=pd.Timestamp(AS_OF) + pd.Timedelta(days=1))
    both = pd.concat([first, second])
    assert board(both, AS_OF, "7d", metrics).rows["now.spend"].tolist() == [100.0]
    later = board(both, AS_OF + timedelta(1), "7d", metrics).rows
    assert later["now.spend"].tolist() == [90.0]


def test_ids_carry_their_channel_only_on_a_clash(metrics):
    """Ids are unique in the answer, and longer only where two would be the same."""
    shared = pd.concat(
        [
            rows(names="a", campaign_id="1"),
            rows(names="c", campaign_id="1"),
            rows(names="b", campaign_id="2"),
        ]
    )
    ids = board(shared, AS_OF, "7d", metrics).rows["campaign_id"].tolist()
    assert ids == ["google_ads:1", "2", "meta_ads:1"]
    one = board(shared, AS_OF, "7d", metrics, channel="Google").rows
    assert one["campaign_id"].tolist() == ["1", "2"]
    twice = pd.concat([shared, rows(names="a", campaign_id="1", account_id="9")])
    assert board(twice, AS_OF, "7d", metrics).rows["campaign_id"].is_unique


def test_a_channel_is_asked_for_by_any_of_its_names(metrics):
    """google, Google Ads and google_ads are the same channel; the plan's channel counts."""
    for name in ("google", "Google Ads", "google_ads"):
        found = board(rows(), AS_OF, "7d", metrics, channel=name).rows
        assert found["campaign_name"].tolist() == ["a sales", "b sales"]
    plan = Plan((PlanEntry("c*", channel="tiktok"),))
    found = board(rows(), AS_OF, "7d", metrics, plan, channel="tik tok").rows
    assert found["campaign_name"].tolist() == ["c sales"]
    with pytest.raises(UnknownName):
        board(rows(), AS_OF, "7d", metrics, channel="pinterest")


def test_a_target_belongs_to_the_judged_metric(metrics):
    """A plain target is what the cell judges, else the model's own price; named ones are kept."""
    plan = Plan(
        (
            PlanEntry("a*", stage="reach", pricing_model="CPM", target=80.0),
            PlanEntry("b*", pricing_model="CPC", target=9.0),
            PlanEntry("c*", target={"cpa": 300.0, "roas": 4.0, "unheard_of": 1.0}),
        )
    )
    judges = {("reach", "CPM"): "cost_per_reach"}
    found = board(rows(), AS_OF, "7d", metrics, plan, judges=judges).rows
    assert found["target.cost_per_reach"].tolist()[0] == 80
    assert found["target.cpc"].tolist()[1] == 9
    assert found.loc[2, ["target.cpa", "target.roas"]].tolist() == [300, 4]
    follows = [len(notes or {}) for notes in found["derived"]]
    assert found.filter(like="target.").notna().to_numpy().sum() == 4 + sum(follows)
    assert found["target.cpa"].notna().tolist() == [False, False, True]


def test_a_campaign_that_stopped_is_still_compared(metrics):
    """A campaign with numbers only before has nothing now, not zero."""
    stopped = rows(names="a")
    stopped = stopped[stopped["date"] < pd.Timestamp(LAST - timedelta(6))]
    found = board(stopped, AS_OF, "7d", metrics).rows.iloc[0]
    assert np.isnan(found["now.spend"])
    assert found["before.spend"] > 0
    assert (found["now.days"], found["now.missing_days"]) == (0, 7)


def test_money_of_two_currencies_is_not_added_in_a_campaign(metrics):
    """Where a campaign changed currency, only money in its newest one counts."""
    seen = rows(names="a", days=4).assign(spend=10.0, currency=["EUR", "EUR", None, "NOK"])
    found = board(seen, AS_OF, "7d", metrics).rows.iloc[0]
    assert (found["currency"], found["now.spend"]) == ("NOK", 20.0)


def test_totals_are_sums_of_the_campaigns_then_ratios(metrics):
    """A channel's prices are its sums divided, on days that have both, to the smallest unit."""
    told = board(rows(), AS_OF, "28d", metrics)
    totals = told.totals("channel").set_index("channel")
    week = rows()
    week = week[week["date"] > pd.Timestamp(LAST - timedelta(28))]
    google = week[week["channel"] == "google"]
    both = google.dropna(subset=["conversions"])
    assert totals.loc["google_ads", "now.spend"] == round(google["spend"].sum(), 2)
    want = both["spend"].sum() / both["conversions"].sum()
    assert totals.loc["google_ads", "now.cpa"] == pytest.approx(want, rel=1e-12)
    assert totals.loc["google_ads", "campaigns"] == 2
    assert totals.loc["google_ads", "now.days"] == 28


def test_totals_never_mix_currencies(metrics):
    """Two currencies give two rows, and none is left out; no currency is one of its own."""
    seen = pd.concat(
        [rows(names="a"), rows(names="b", currency="EUR"), rows(names="c", currency=None)]
    )
    totals = board(seen, AS_OF, "7d", metrics).totals()
    assert totals["currency"].tolist() == ["EUR", "NOK", None]
    assert totals["campaigns"].tolist() == [1, 1, 1]


def test_totals_never_add_reach(metrics):
    """Reach of two campaigns together is not known; of a single one it is its own."""
    day = rows(days=10, reach=100.0)
    totals = board(day, AS_OF, "yesterday", metrics).totals("channel").set_index("channel")
    assert np.isnan(totals.loc["google_ads", "now.reach"])
    assert np.isnan(totals.loc["google_ads", "now.frequency"])
    assert totals.loc["meta_ads", "now.reach"] == 100


def test_campaigns_without_a_stage_are_a_group(metrics):
    """Totals by stage show what has no stage too."""
    seen = pd.concat([rows(names="a"), rows(names="b", campaign_name="Q4")])
    assert board(seen, AS_OF, "7d", metrics).totals("stage")["stage"].tolist() == ["convert", None]


def test_nothing_gives_an_empty_board(metrics):
    """No numbers give an empty board, not an error."""
    told = board(rows()[:0], AS_OF, "7d", metrics)
    assert told.to_json()["campaigns"] == []
    assert told.totals("channel").empty
