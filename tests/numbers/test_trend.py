from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from bot.numbers.trend import Point, trend

AS_OF = date(2026, 11, 23)
LAST = AS_OF - timedelta(1)


def test_a_trend_is_one_point_a_day(metrics, days_of):
    """Each day is the sums of the campaigns divided; a day without numbers is a gap, not zero."""
    rows = pd.concat(
        [
            days_of("a", spend=[10.0, 30.0], clicks=[5.0, 10.0]),
            days_of("b", spend=[20.0], clicks=[40.0]),
        ]
    )
    told = trend(rows, AS_OF, metrics["cpc"], days=3)
    assert told == (
        Point(LAST - timedelta(2), None),
        Point(LAST - timedelta(1), 2.0),
        Point(LAST, 1.0),
    )


def test_a_trend_of_some_campaigns_leaves_the_others_out(metrics, days_of):
    """Only the campaigns asked for count; none gives gaps."""
    rows = pd.concat([days_of("a", spend=[10.0]), days_of("b", spend=[20.0])])
    assert trend(rows, AS_OF, metrics["spend"], ["google_ads||b"], 1) == (Point(LAST, 20.0),)
    assert trend(rows, AS_OF, metrics["spend"], [], 1) == (Point(LAST, None),)


def test_a_trend_adds_no_reach_of_campaigns(metrics, days_of):
    """Reach of one campaign is shown day by day; of two together it is not known."""
    one = days_of("a", reach=[10.0])
    assert trend(one, AS_OF, metrics["reach"], days=1)[0].value == 10
    both = pd.concat([one, days_of("b", reach=[20.0])])
    assert trend(both, AS_OF, metrics["reach"], days=1)[0].value is None
