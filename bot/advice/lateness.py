"""How full the newest days are, learned for each channel and stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from bot.advice.condition import Floats
from bot.numbers.lag import COMPLETE, Completion, completion_of
from bot.numbers.revisions import Revisions
from bot.numbers.scene import HORIZON
from bot.numbers.sums import Ints

FULL_ENOUGH = 0.8
"""A day of which less of the results is known is held back …"""
MOST_HELD = 7
"""… but never more days than these."""


@dataclass(frozen=True, eq=False)
class Lateness:
    """Which share of a day's final results is known at each age, by channel and stage."""

    learned: Mapping[tuple[str, str | None], Completion]

    @classmethod
    def of(cls, numbers: Revisions, as_of: date, about: pd.DataFrame) -> Lateness:
        """Learn from what was restated until the morning (`lag.completion`).

        Args:
            numbers: Daily numbers with every revision.
            as_of: The morning.
            about: One row a campaign: `entity`, `source_channel`, `stage`.
        """
        restated = numbers.restated()
        if not restated.any():
            return cls({})
        keys = dict(zip(about["entity"], _keys(about), strict=True))
        own = [keys.get(entity) for entity in numbers.entities]
        moved = {key: None for key, some in zip(own, restated, strict=True) if some and key}
        learned = {}
        for key in moved:
            of_key = np.array([other == key for other in own], dtype=bool)
            learned[key] = completion_of(numbers, of_key[numbers.codes], as_of)
        return cls(learned)

    def complete(self, about: pd.DataFrame) -> Floats:
        """Campaign x day (the last 91, oldest first): the share of the final number known."""
        full = COMPLETE.of_days(HORIZON)
        if not self.learned:
            return np.broadcast_to(full, (len(about), HORIZON))
        days = {key: found.of_days(HORIZON) for key, found in self.learned.items()}
        return np.array([days.get(key, full) for key in _keys(about)]).reshape(-1, HORIZON)

    def doubts(self, about: pd.DataFrame) -> Floats:
        """Campaign x day: standard deviation of the log of `complete`."""
        sure = np.zeros(HORIZON)
        days = {key: found.doubts_of_days(HORIZON) for key, found in self.learned.items()}
        return np.array([days.get(key, sure) for key in _keys(about)]).reshape(-1, HORIZON)


def _keys(about: pd.DataFrame) -> list[tuple[str, str | None]]:
    return list(zip(about["source_channel"], about["stage"], strict=True))


def late_days(complete: Floats) -> Ints:
    """Newest days, of each campaign, that are less than `FULL_ENOUGH` filled; at most a week."""
    newest = complete[:, ::-1][:, :MOST_HELD]
    return np.asarray((newest < FULL_ENOUGH).sum(axis=1), dtype=np.int64)
