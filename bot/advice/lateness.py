"""How full the newest days are, learned for each channel and stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from bot.advice.condition import Floats
from bot.numbers.daily import entity
from bot.numbers.lag import COMPLETE, Completion, completion
from bot.numbers.scene import HORIZON

FULL_ENOUGH = 0.8
"""A day of which less of the results is known is held back …"""
MOST_HELD = 7
"""… but never more days than these."""


@dataclass(frozen=True, eq=False)
class Lateness:
    """Which share of a day's final results is known at each age, by channel and stage."""

    learned: Mapping[tuple[str, str | None], Completion]

    @classmethod
    def of(cls, numbers: pd.DataFrame, as_of: date, about: pd.DataFrame) -> Lateness:
        """Learn from what was restated until the morning (`lag.completion`).

        Args:
            numbers: Daily numbers with every revision, normalised.
            as_of: The morning.
            about: One row a campaign: `entity`, `source_channel`, `stage`.
        """
        restated = numbers[numbers.duplicated(["channel", "account_id", "campaign_id", "date"])]
        if restated.empty:
            return cls({})
        keys = dict(zip(about["entity"], _keys(about), strict=True))
        own = entity(numbers).map(keys)
        moved = {key for key in own.loc[restated.index].unique() if isinstance(key, tuple)}
        learned = {key: completion(numbers[own == key], as_of) for key in moved}
        return cls(learned)

    def complete(self, about: pd.DataFrame) -> Floats:
        """Campaign x day (the last 91, oldest first): the share of the final number known."""
        days = {key: found.of_days(HORIZON) for key, found in self.learned.items()}
        full = COMPLETE.of_days(HORIZON)
        return np.array([days.get(key, full) for key in _keys(about)]).reshape(-1, HORIZON)


def _keys(about: pd.DataFrame) -> list[tuple[str, str | None]]:
    return list(zip(about["source_channel"], about["stage"], strict=True))


def late_days(complete: Floats) -> list[int]:
    """Newest days, of each campaign, that are less than `FULL_ENOUGH` filled; at most a week."""
    newest = complete[:, ::-1][:, :MOST_HELD]
    return [int(days) for days in (newest < FULL_ENOUGH).sum(axis=1)]
