from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from bot.numbers.forecast.reporting_lag import COMPLETE, completion

AS_OF = date(2026, 11, 23)


def grown(share: list[float], days: int = 80, final: float = 100.0) -> pd.DataFrame:
    """Days that fill up by these shares from one morning to the next, pulled each morning."""
    rows = [
        {
            "date": AS_OF - timedelta(age),
            "channel": "google",
            "campaign_name": "a",
            "conversions": final * share[min(pulled, len(share)) - 1],
            "pulled_on": AS_OF - timedelta(age - pulled),
        }
        for age in range(1, days)
        for pulled in range(1, min(age, len(share)) + 1)
    ]
    return pd.DataFrame(rows)


def test_completion_is_learned_from_what_was_restated():
    """Days that are half full the next morning are seen to be so."""
    learned = completion(grown([0.5, 0.8, 0.9, 1.0]), AS_OF)
    assert np.allclose(learned.by_age[1:5], [0.5, 0.8, 0.9, 1.0], atol=0.03)
    assert learned.restated > 0
    assert np.allclose(learned.of_days(3), learned.by_age[[3, 2, 1]])


def test_completion_never_peeks():
    """What was pulled after the morning teaches nothing."""
    morning = AS_OF - timedelta(30)
    rows = grown([0.5, 0.8, 0.9, 1.0])
    seen = rows[rows["pulled_on"] <= morning]
    assert np.array_equal(completion(rows, morning).by_age, completion(seen, morning).by_age)


def test_without_restatements_every_day_is_complete():
    """A single pull of each day, or an import of old days, teaches nothing."""
    assert completion(grown([1.0]), AS_OF) is COMPLETE
    assert completion(grown([0.5, 1.0]).assign(backfilled=True), AS_OF) is COMPLETE
    assert completion(grown([1.0])[:0], AS_OF) is COMPLETE


def test_completion_stays_between_nothing_and_all():
    """Values that fall when restated never make a day more than complete."""
    by_age = completion(grown([1.0, 0.8, 0.7]), AS_OF).by_age
    assert ((by_age > 0) & (by_age <= 1)).all()


def test_the_doubt_is_macks_standard_error():
    """The size of the doubt, by a worked example: 78 days of 50 that came to be 100 each.

    f = (78 x 100 + 20 x 5/3) / (78 x 50 + 20), and the step from one morning to two adds
    1.5 (f - 1) / (f^2 (78 x 50 + 20)) to the variance of its logarithm (Mack 1993).
    """
    learned = completion(grown([0.5, 1.0]), AS_OF)
    rests_on = 78 * 50 + 20
    growth = (78 * 100 + 20 * 5 / 3) / rests_on
    assert learned.by_age[2] / learned.by_age[1] == pytest.approx(growth)
    added = learned.doubts[1] ** 2 - learned.doubts[2] ** 2
    assert added == pytest.approx(1.5 * (growth - 1) / (growth**2 * rests_on))
    assert learned.doubts[1] == pytest.approx(0.0098, abs=0.0001)


def test_this_morning_itself_teaches_nothing():
    """A day that has only begun, pulled on its own morning, is no first look at it."""
    rows = grown([0.5, 0.8, 0.9, 1.0])
    today = rows[:1].assign(date=AS_OF, pulled_on=AS_OF, conversions=7.0)
    seen = completion(pd.concat([rows, today], ignore_index=True), AS_OF)
    without = completion(rows, AS_OF)
    assert np.array_equal(seen.by_age, without.by_age)
    assert seen.restated == without.restated


def test_what_nobody_knows_teaches_nothing():
    """Results that are missing are no zero, however often they were pulled."""
    rows = grown([0.5, 0.8, 0.9, 1.0])
    blank = rows.assign(conversions=np.nan, campaign_name="b")
    seen = completion(pd.concat([rows, blank], ignore_index=True), AS_OF)
    assert np.array_equal(seen.by_age, completion(rows, AS_OF).by_age)
