from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bot.numbers.input.daily import known_on
from bot.numbers.input.history import History
from bot.numbers.input.windows import Window
from bot.numbers.metrics.measure import Grouping, measure, measured, window_reach_of

AS_OF = date(2026, 11, 23)
LAST = AS_OF - timedelta(1)
WEEK = Window.ending(LAST, 7)
COLUMNS = ("spend", "impressions", "clicks", "leads", "conversions", "revenue", "reach")
VALUES = st.sampled_from([np.nan, 0.0, 1.0, 2.5, 40.0, 999.99, 12_345.0])


def frame(values: np.ndarray) -> pd.DataFrame:
    campaigns, days, _ = values.shape
    return pd.DataFrame(
        {
            "date": np.tile(pd.date_range(LAST - timedelta(days - 1), LAST), campaigns),
            "channel": "google",
            "campaign_name": np.repeat([f"c{place}" for place in range(campaigns)], days),
        }
        | {name: values[:, :, place].ravel() for place, name in enumerate(COLUMNS)}
    )


@settings(max_examples=25, deadline=None)
@given(arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 12), st.just(7)), elements=VALUES))
def test_metrics_equal_pandas_on_random_holes(metrics, values):
    """Sums and ratios equal those worked out with pandas, whatever is missing."""
    rows = frame(values)
    table = measured(History.of(known_on(rows, AS_OF)), metrics.measured, WEEK)
    week = rows[rows["date"] >= pd.Timestamp(WEEK.since)]
    for name, group in week.groupby("campaign_name"):
        found = table.loc[f"google_ads||{name}"]
        for metric in metrics.values():
            if metric.kind not in {"sum", "ratio"} or not set(metric.parts) <= set(COLUMNS):
                continue
            both = group.dropna(subset=list(metric.parts))
            want = both[metric.sum].sum() if len(both) else np.nan
            if metric.over:
                below = both[metric.over].sum()
                want = want / below * metric.scale if below else np.nan
            assert found[metric.name] == pytest.approx(want, rel=1e-12, nan_ok=True)


@pytest.fixture
def week(days_of, metrics):
    """The metrics of one campaign's week, as a function of its columns."""

    def value(name, whole=None, window=WEEK, **columns):
        past = History.of(known_on(days_of(**columns), AS_OF), Window.ending(LAST, 28))
        known = None if whole is None else np.array([whole])
        return measure(past, metrics[name], window, known)[0]

    return value


def test_a_ratio_takes_only_days_with_both_parts(week):
    """A day whose clicks are missing does not make clicks dear."""
    assert week("cpc", spend=[10.0, 500.0], clicks=[5.0, np.nan]) == 2.0


def test_reach_is_never_added_over_days(week):
    """Without the platform's own number a week has no reach, no frequency, and no price of it."""
    columns = {"spend": [5.0, 5.0], "impressions": [900.0, 1100.0], "reach": [300.0, 400.0]}
    for name in ("reach", "frequency", "cost_per_reach"):
        assert np.isnan(week(name, **columns))
    assert week("reach", whole=500.0, **columns) == 500
    assert week("frequency", whole=500.0, **columns) == 4.0
    assert week("cost_per_reach", whole=500.0, **columns) == 20.0
    assert week("daily_frequency", **columns) == pytest.approx(2000 / 700)


@pytest.mark.parametrize("reach", [(800.0, 800.0), (500.0, 900.0)])
def test_reach_is_never_added_over_campaigns(days_of, metrics, reach):
    """Two campaigns may have reached the same people: above one there is no frequency."""
    rows = [
        days_of(name, impressions=[1000.0], reach=[people])
        for name, people in zip("ab", reach, strict=True)
    ]
    past = History.of(known_on(pd.concat(rows, ignore_index=True), AS_OF))
    together, apart = Grouping(np.array([0, 0]), 1), Grouping(np.array([0, 1]), 2)
    for name in ("reach", "frequency", "daily_frequency", "cost_per_reach"):
        assert np.isnan(measure(past, metrics[name], Window(LAST, LAST), groups=together)).all()
    for name in ("frequency", "daily_frequency"):
        found = measure(past, metrics[name], Window(LAST, LAST), groups=apart)
        assert found.tolist() == [1000 / people for people in reach]


def test_one_days_reach_is_the_windows(week):
    """The reach of a window of one day is the day's."""
    day = Window(LAST, LAST)
    columns = {"impressions": [900.0, 1200.0], "reach": [300.0, 400.0]}
    assert week("reach", window=day, **columns) == 400
    assert week("frequency", window=day, **columns) == 3


def test_satisfaction_is_a_mean(week):
    """Scores are averaged over the days that have one."""
    assert week("satisfaction", satisfaction=[4.0, np.nan, 5.0]) == 4.5


def test_the_budget_is_the_newest_and_its_use_a_share_of_all(week):
    """The budget is the last one; what was used is spend over the budgets of the same days."""
    columns = {"spend": [50.0, 100.0], "daily_budget": [100.0, 200.0]}
    assert week("daily_budget", **columns) == 200
    assert week("budget_used", **columns) == 0.5


def test_days_without_a_row_are_missing(week):
    """Days with and without numbers add up to the window."""
    assert week("days", spend=[1.0, 1.0, 1.0]) == 3
    assert week("missing_days", spend=[1.0, 1.0, 1.0]) == 4


def reach_rows(**changes: object) -> dict[str, object]:
    return {
        "channel": "google",
        "account_id": None,
        "campaign_id": "brand",
        "since": WEEK.since,
        "until": WEEK.until,
        "reach": 500.0,
        "pulled_at": pd.Timestamp("2026-11-23T04:00Z"),
    } | changes


def test_only_the_reach_of_exactly_this_window_counts(days_of):
    """Another window's reach, and one pulled later, are of no use; the newest known one counts."""
    past = History.of(known_on(days_of(spend=[1.0]), AS_OF))
    rows = [
        reach_rows(reach=400.0, pulled_at=pd.Timestamp("2026-11-23T03:00Z")),
        reach_rows(),
        reach_rows(reach=900.0, pulled_at=pd.Timestamp("2026-11-24T04:00Z")),
        reach_rows(reach=800.0, since=LAST),
        reach_rows(reach=700.0, campaign_id="other"),
    ]
    assert window_reach_of(pd.DataFrame(rows), past, WEEK, AS_OF)[0] == 500
    assert np.isnan(window_reach_of(pd.DataFrame(rows[3:]), past, WEEK, AS_OF)[0])
    assert np.isnan(window_reach_of(None, past, WEEK, AS_OF)[0])
