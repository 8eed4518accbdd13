"""History laid out once, so that every morning finds what was known then in a slice of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from bot.numbers.codes import day_of
from bot.numbers.daily import has_mixed_names
from bot.numbers.history import History
from bot.numbers.revisions import Known, Revisions, blank_columns
from bot.numbers.scene import HORIZON
from bot.numbers.windows import Window

LOOK_BACK = HORIZON + 7
"""Days before a morning that anything reads: three months, and the mornings a rule must last."""


@dataclass(frozen=True, eq=False)
class Past:
    """Every revision, by day.

    Attributes:
        laid: The revisions, sorted by day; of one campaign and day the last counts.
        sliced: Whether a morning needs only its own days. Not where campaigns are told apart by
            name: who is who then depends on every row known.
    """

    laid: Revisions
    sliced: bool

    @classmethod
    def of(cls, numbers: pd.DataFrame) -> Past:
        """Lay out daily numbers in any order and any revision."""
        laid = Revisions.of(numbers)
        if has_mixed_names(laid.table):
            return cls(laid, sliced=False)
        known = np.arange(len(laid.days)) if laid.order is None else laid.order
        by_day = known[np.argsort(laid.days[known], kind="stable")]
        parts = {name: getattr(laid, name)[by_day] for name in ("places", "codes", "days")}
        order = None if laid.order is None else np.arange(len(by_day))
        return cls(replace(laid, **parts, pulled=laid.pulled[by_day], order=order), sliced=True)

    def before(self, as_of: date) -> Revisions:
        """The revisions a morning may need; whether each was known then is for it to look at."""
        if not self.sliced:
            return self.laid
        last = day_of(np.datetime64(as_of))
        ends = np.searchsorted(self.laid.days, [last - LOOK_BACK, last])
        part = slice(int(ends[0]), int(ends[1]))
        own = {name: getattr(self.laid, name)[part] for name in ("places", "codes", "days")}
        order = None if self.laid.order is None else np.arange(part.stop - part.start)
        found = replace(self.laid, **own, pulled=self.laid.pulled[part], order=order)
        vars(found)["_blank"] = self._blank  # of the same table: looked at once
        return found

    @cached_property
    def _blank(self) -> frozenset[str]:
        return blank_columns(self.laid.table)

    @property
    def days(self) -> Window:
        """From the first day with a row to the last; empty where there is none."""
        if self.laid.days.size == 0:
            return Window(date(2000, 1, 2), date(2000, 1, 1))
        first, last = int(self.laid.days.min()), int(self.laid.days.max())
        return Window(_day(first), _day(last))

    def finally_known(self, days: Window) -> Known:
        """What is known by now of some days: for what happened next, never for what to say."""
        newest = max(int(self.laid.pulled.max(initial=0)), int(self.laid.days.max(initial=0)))
        return self.laid.known(_day(newest + 1), days)

    def history(self) -> History:
        """Every day there is, as finally known."""
        return self.finally_known(self.days).history()


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(number)
