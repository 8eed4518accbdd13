"""The days an outcome is read from: spend, results and budgets of the campaigns that matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from bot.numbers.daily import campaigns_only, entity, known_on
from bot.numbers.history import History
from bot.numbers.sums import Bools, Floats
from bot.numbers.windows import Window


@dataclass(frozen=True, eq=False)
class Days:
    """Campaign x day arrays of one span, in the order the campaigns were asked for.

    Attributes:
        span: The days, oldest first.
        spend, results, budget: NaN where missing.
    """

    span: Window
    spend: Floats
    results: Floats
    budget: Floats

    @classmethod
    def of(
        cls, numbers: pd.DataFrame, as_of: date, span: Window, entities: Sequence[str], column: str
    ) -> Days:
        """The days of these campaigns, as known on a morning; nothing dated after it is read."""
        known = campaigns_only(known_on(numbers, as_of))
        known = known[entity(known).isin(set(entities))]
        history = History.of(known, span)
        places = {name: place for place, name in enumerate(history.entities)}

        def grid(name: str) -> Floats:
            found, values = np.full((len(entities), span.days), np.nan), history.column(name)
            for row, each in enumerate(entities):
                if each in places:
                    found[row] = values[places[each]]
            return found

        return cls(span, grid("spend"), grid(column), grid("daily_budget"))

    def day(self, place: int) -> date:
        """The day of a column."""
        return self.span.since + timedelta(place)

    def within(self, window: Window) -> Bools:
        """Which columns lie in a window."""
        return np.array([self.day(place) in window for place in range(self.span.days)], dtype=bool)
