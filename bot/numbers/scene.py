"""What every signal looks at: the last three months of each campaign, up to one morning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from bot.numbers.history import History
from bot.numbers.kpi import result_columns, results
from bot.numbers.lag import COMPLETE, Completion
from bot.numbers.revisions import Revisions
from bot.numbers.sums import Bools, Floats, Ints
from bot.numbers.windows import Window

HORIZON = 91
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Scene:
    """The last 91 days of every campaign, the last column being the last data day.

    Attributes:
        as_of: The morning.
        history: campaign x day arrays.
        results: campaign x day, what counts as a result for each campaign.
        accounts: Which account (channel and account id) each campaign is in, numbered.
        complete: Share of the final number that is known, by day, oldest first.
    """

    as_of: date
    history: History
    results: Floats
    accounts: Ints
    complete: Floats

    @classmethod
    def of(
        cls,
        known: pd.DataFrame,
        as_of: date,
        resolved: pd.DataFrame | None = None,
        lag: Completion = COMPLETE,
    ) -> Scene:
        """Look at known rows; `resolved` (`Plan.resolve`, with `entity`) tells stage and model."""
        days = Window.ending(as_of - timedelta(1), HORIZON)
        seen = Revisions.of(known, days.since).known(as_of, days)
        return cls.over(seen.history(), as_of, resolved, lag.of_days(HORIZON))

    @classmethod
    def over(
        cls, history: History, as_of: date, resolved: pd.DataFrame | None, complete: Floats
    ) -> Scene:
        """Look at the 91 days of a history."""
        accounts = [name.split("|", 2)[:2] for name in history.entities]
        numbered = pd.factorize(np.array(list(map("|".join, accounts)), dtype=object))[0]
        counted = results(history, _columns(history, resolved))
        return cls(as_of, history, counted, numbered.astype(np.int64), complete)

    @property
    def count(self) -> int:
        """How many campaigns."""
        return len(self.history.entities)

    def column(self, name: str) -> Floats:
        """Campaign x day values of a column, NaN where missing."""
        return self.history.column(name)

    def last(self, values: Floats, days: int, skip: int = 0) -> Floats:
        """The last `days` columns, not counting the `skip` newest."""
        return values[:, HORIZON - days - skip : HORIZON - skip]

    def has(self, *names: str) -> bool:
        """Whether each of these columns was measured at all."""
        return all(map(self.history.has, names))

    @cached_property
    def _once(self) -> dict[str, Any]:
        return {}

    def once(self, name: str, work: Callable[[Scene], T]) -> T:
        """What several detectors read, worked out for the first and kept for the others."""
        if name not in self._once:
            self._once[name] = work(self)
        found: T = self._once[name]
        return found

    @cached_property
    def feed(self) -> Bools:
        """Campaign x day, whether its account has a row of any campaign."""
        order = np.argsort(self.accounts, kind="stable")
        if order.size == 0:
            return self.history.rows
        starts = np.searchsorted(self.accounts[order], np.arange(self.accounts.max() + 1))
        some = np.logical_or.reduceat(self.history.rows[order], starts, axis=0)
        return np.asarray(some[self.accounts], dtype=bool)


def _columns(history: History, resolved: pd.DataFrame | None) -> list[tuple[str, ...]]:
    if resolved is None or resolved.empty:
        return [result_columns(None, None)] * len(history.entities)
    kinds = zip(resolved["stage"].tolist(), resolved["pricing_model"].tolist(), strict=True)
    told = dict(zip(resolved["entity"].tolist(), kinds, strict=True))
    pairs = [told.get(entity, (None, None)) for entity in history.entities]
    known = {pair: result_columns(*map(_word, pair)) for pair in {*pairs}}
    return [known[pair] for pair in pairs]


def _word(word: object) -> str | None:
    return word if isinstance(word, str) else None
