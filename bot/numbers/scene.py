"""What every signal looks at: the last three months of each campaign, up to one morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from bot.numbers.daily import campaigns_only, known_on
from bot.numbers.history import History
from bot.numbers.kpi import result_columns, results
from bot.numbers.lag import COMPLETE, Completion
from bot.numbers.sums import Bools, Floats, Ints
from bot.numbers.windows import Window

HORIZON = 91


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
        rows = campaigns_only(known_on(known, as_of))
        history = History.of(rows, Window.ending(as_of - timedelta(1), HORIZON))
        accounts = [name.split("|", 2)[:2] for name in history.entities]
        numbered = pd.factorize(pd.Series(map("|".join, accounts), dtype=object))[0]
        counted = results(history, _columns(history, resolved))
        return cls(as_of, history, counted, numbered.astype(np.int64), lag.of_days(HORIZON))

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

    def feed(self) -> Bools:
        """Campaign x day, whether its account has a row of any campaign."""
        rows = self.history.rows
        some = np.zeros((int(self.accounts.max(initial=-1)) + 1, rows.shape[1]), dtype=bool)
        np.logical_or.at(some, self.accounts, rows)
        return np.asarray(some[self.accounts], dtype=bool)


def _columns(history: History, resolved: pd.DataFrame | None) -> list[tuple[str, ...]]:
    if resolved is None or resolved.empty:
        return [result_columns(None, None)] * len(history.entities)
    told = resolved.drop_duplicates("entity").set_index("entity")
    told = told[["stage", "pricing_model"]].reindex(list(history.entities)).astype(object)
    told = told.where(told.notna(), None)
    return [result_columns(stage, model) for stage, model in told.itertuples(index=False)]


def newest_place(there: Bools) -> Ints:
    """The last column in which each row is true, -1 where none is."""
    last = there.shape[1] - 1 - np.argmax(there[:, ::-1], axis=1)
    return np.where(there.any(axis=1), last, -1).astype(np.int64)
