"""A day that has everything twice, or was not over, is told; what people do to a day is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from bot.numbers.input.normalise import normalise
from bot.numbers.signals.partial_days import recent_days
from bot.numbers.signals.scaled_days import ScaledDay, scaled_days_of

AS_OF, DAYS = date(2026, 10, 14), 42
FEED = ("meta_ads", "1")
COUNTED = ["spend", "impressions", "clicks"]
Change = Callable[[pd.DataFrame, int], None]


def account(campaigns: int, change: Change, seed: int = 1, swing: float = 0.08) -> pd.DataFrame:
    """Campaigns of one account with weekdays and chance; `change` takes rows and their age."""
    rng = np.random.default_rng(seed)
    frames = []
    for number in range(campaigns):
        for age in range(DAYS, 0, -1):
            day = AS_OF - timedelta(age)
            spend = 900.0 * (1 + number) * (0.7 if day.weekday() > 4 else 1.0)
            spend *= float(np.exp(rng.normal(0, swing)))
            clicks = round(spend / 6 * float(np.exp(rng.normal(0, 0.04))))
            row = {
                "date": [day], "channel": ["meta_ads"], "account_id": ["1"],
                "campaign_id": [str(number)], "campaign_name": [f"C{number}"],
                "spend": [spend], "impressions": [float(clicks * 70)], "clicks": [float(clicks)],
            }  # fmt: skip
            frame = pd.DataFrame(row)
            change(frame, age)
            frames.append(frame)
    return normalise(pd.concat(frames, ignore_index=True))


def times(factor: float, *ages: int, columns: list[str] = COUNTED) -> Change:
    def changed(rows: pd.DataFrame, age: int) -> None:
        if age in ages:
            rows.loc[:, columns] *= factor

    return changed


def found(campaigns: int, change: Change, seed: int = 1) -> tuple[ScaledDay, ...]:
    history = recent_days(account(campaigns, change, seed), AS_OF)
    return scaled_days_of(history).get(FEED, ())


@pytest.mark.parametrize("campaigns", [2, 7])
@pytest.mark.parametrize("age", [1, 6, 20])
def test_a_day_written_twice_is_told(campaigns: int, age: int) -> None:
    """Everything double on one day, the days beside it as ever."""
    (day,) = found(campaigns, times(2, age))
    assert day.day == AS_OF - timedelta(age)
    assert day.campaigns in {campaigns, campaigns - 1}  # the smallest may be chance
    assert day.times == pytest.approx(2, abs=0.3)


@pytest.mark.parametrize("part", [0.3, 0.5])
def test_a_newest_day_that_was_not_over_is_told(part: float) -> None:
    """The same part of everything; on an earlier day it was over, whatever it held."""
    (day,) = found(4, times(part, 1))
    assert day.times == pytest.approx(part, abs=0.1)
    assert found(4, times(part, 9)) == ()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(times(1.0), id="nothing"),
        pytest.param(times(2.0, 1, 2, 3), id="three busy days"),
        pytest.param(times(3.5, 4), id="a far larger day"),
        pytest.param(times(2.0, 4, columns=["spend"]), id="dearer, and no more shown"),
        pytest.param(times(0.75, 1), id="a quiet Tuesday"),
        pytest.param(times(0.3, 1, 2), id="two days of less"),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_people_do_to_a_day_is_no_fault_of_the_file(change: Change, seed: int) -> None:
    """Peaks that last, prices, ordinary weather."""
    assert found(5, change, seed) == ()


def test_a_sale_of_some_campaigns_is_no_double_day() -> None:
    """Two of five at twice, or one at four times: the account is at no even factor."""

    def sale(rows: pd.DataFrame, age: int) -> None:
        if age == 5 and rows["campaign_id"].iloc[0] in {"3", "4"}:
            rows.loc[:, COUNTED] *= 2.6

    assert found(5, sale) == ()
