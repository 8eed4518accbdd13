"""Every campaign's days as arrays, so that any window of any metric is one subtraction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from bot.numbers.input.columns import MONEY, VALUES, coded
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import (
    Bools,
    Counts,
    Floats,
    Ints,
    MetricSum,
    Numbers,
    Prefix,
    running,
)


@dataclass(frozen=True, eq=False)
class History:
    """Campaign x day arrays of everything measured.

    Attributes:
        entities: `channel|account_id|campaign_id`, one a row of the arrays, sorted.
        first: The day of the arrays' first column.
        days: How many columns they have.
        values: campaign x day float64 by column name, NaN where missing; money in currency units.
            A column nobody measured is absent.
        rows: campaign x day, whether there was a row at all.
    """

    entities: tuple[str, ...]
    first: date
    days: int
    values: Mapping[str, Floats]
    rows: Bools
    _prefixes: dict[tuple[str, str], Prefix] = field(default_factory=dict, repr=False)
    _presence: dict[str, Bools] = field(default_factory=dict, repr=False)
    _alike: dict[tuple[str, str], bool] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, frame: pd.DataFrame, window: Window | None = None) -> History:
        """The history of known rows (`daily.known_on`: one a day and campaign).

        Args:
            frame: Known rows in canonical shape, campaigns only.
            window: The days to hold; else from the first to the last day with a row.
        """
        span = window or span_of(frame)
        days = (frame["date"] - pd.Timestamp(span.since)).dt.days.to_numpy()
        inside = (days >= 0) & (days < span.days)
        window_rows, days = frame[inside], days[inside]
        codes, entities = coded(window_rows)
        shape = (len(entities), span.days)
        rows = np.zeros(shape, dtype=bool)
        rows[codes, days] = True
        values = {
            name: _grid(shape, codes, days, window_rows[name].to_numpy())
            for name in VALUES
            if window_rows[name].notna().any()
        }
        return cls(tuple(entities), span.since, span.days, values, rows)

    def without(self, places: Ints, days: Bools) -> History:
        """Some campaigns as if these of their days (campaign x day) had no row."""
        values = {
            name: np.where(days, np.nan, column[places]) for name, column in self.values.items()
        }
        entities = tuple(self.entities[place] for place in places.tolist())
        return History(entities, self.first, self.days, values, self.rows[places] & ~days)

    @property
    def last(self) -> date:
        """The day of the arrays' last column."""
        return self.first + timedelta(self.days - 1)

    def place(self, window: Window) -> tuple[int, int]:
        """Where a window lies in the arrays, as `since` and (exclusive) `until`."""
        since = (window.since - self.first).days
        until = (window.until - self.first).days + 1
        low = min(max(since, 0), self.days)
        return low, max(low, min(until, self.days))

    def column(self, name: str) -> Floats:
        """Campaign x day values of a column, NaN where missing."""
        if name in self.values:
            return self.values[name]
        return np.full(self.rows.shape, np.nan)

    def has(self, name: str) -> bool:
        """Whether anybody measured the column."""
        return name in self.values

    def present(self, name: str) -> Bools:
        """Campaign x day, whether the column has a value."""
        if name not in self._presence:
            self._presence[name] = ~np.isnan(self.column(name))
        return self._presence[name]

    def ever(self, name: str) -> Bools:
        """Whether a campaign has a value of the column on any day."""
        return np.asarray(self.present(name).any(axis=1))

    def sum(self, column: str, window: Window, beside: str = "") -> MetricSum:
        """The sum of a column over a window, where `beside` has a value too (if given)."""
        return self._prefix(column, beside).between(*self.place(window))

    def count(self, column: str, window: Window) -> Ints:
        """Days of the window on which the column has a value."""
        return self.sum(column, window).days

    def row_days(self, window: Window) -> Ints:
        """Days of the window with a row."""
        since, until = self.place(window)
        days = self._row_counts[until] - self._row_counts[since]
        return np.asarray(days, dtype=np.int64)

    def newest(self, column: str, window: Window) -> Floats:
        """The last value a column has in a window, NaN where it has none."""
        since, until = self.place(window)
        values = self.column(column)[:, since:until]
        if values.shape[1] == 0:
            return np.full(len(self.entities), np.nan)
        present = ~np.isnan(values)
        last_places = values.shape[1] - 1 - np.argmax(present[:, ::-1], axis=1)
        return np.where(present.any(axis=1), values[np.arange(len(values)), last_places], np.nan)

    def _prefix(self, column: str, beside: str) -> Prefix:
        if beside and self._covers(column, beside):
            beside = ""  # the same days: share the running sums
        key = (column, beside)
        if key not in self._prefixes:
            both_present = (
                self.present(column) & self.present(beside) if beside else self.present(column)
            )
            days, money = self._days(both_present), column in MONEY
            self._prefixes[key] = Prefix.of(self.column(column), both_present, days, money=money)
        return self._prefixes[key]

    def _days(self, present: Bools) -> Counts:
        """Running counts of days; most columns have a value wherever there is a row."""
        if not np.array_equal(present, self.rows):
            return running(present)
        return self._row_counts

    @cached_property
    def _row_counts(self) -> Counts:
        return running(self.rows)

    def _covers(self, column: str, beside: str) -> bool:
        """Whether `beside` has a value on every day on which the column has one."""
        key = (column, beside)
        if key not in self._alike:
            self._alike[key] = not (self.present(column) & ~self.present(beside)).any()
        return self._alike[key]


def span_of(frame: pd.DataFrame) -> Window:
    """From the first to the last day with a row; an empty window where there is none."""
    if frame.empty:
        return Window(date(2000, 1, 2), date(2000, 1, 1))
    return Window(frame["date"].min().date(), frame["date"].max().date())


def _grid(shape: tuple[int, int], codes: Numbers, days: Numbers, values: Numbers) -> Floats:
    grid = np.full(shape, np.nan)
    grid[codes, days] = values
    return grid
