"""A metric day by day, for charts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from bot.numbers.daily import campaigns_only, known_on
from bot.numbers.history import History
from bot.numbers.measure import Groups, measure
from bot.numbers.metrics import Metric
from bot.numbers.windows import Window


@dataclass(frozen=True)
class Point:
    """One day of a trend; `value` is None where nothing was measured."""

    day: date
    value: float | None


def trend(
    numbers: pd.DataFrame,
    as_of: date,
    metric: Metric,
    entities: Iterable[str] | None = None,
    days: int = 28,
) -> tuple[Point, ...]:
    """A metric over the last days up to the last data day, campaigns taken together.

    Each day is sums over the campaigns, then the ratio of the sums; a day without numbers is a
    point without a value. The campaigns must share a currency where the metric is money.

    Args:
        numbers: Daily numbers; only what was known on `as_of` is read.
        as_of: The morning.
        metric: What to show.
        entities: Which campaigns (`daily.entity`); None: all.
        days: How many days.
    """
    window = Window.ending(as_of - timedelta(1), days)
    history = History.of(campaigns_only(known_on(numbers, as_of)), window)
    wanted = set(history.entities if entities is None else entities)
    inside = np.array([name in wanted for name in history.entities], dtype=bool)
    together = Groups(np.where(inside, 0, -1), 1)
    each = (window.since + timedelta(place) for place in range(days))
    return tuple(_point(history, metric, day, together) for day in each)


def _point(history: History, metric: Metric, day: date, together: Groups) -> Point:
    value = float(measure(history, metric, Window(day, day), None, together)[0])
    return Point(day, None if np.isnan(value) else value)
