"""Every campaign's days as arrays, so that any window of any metric is a slice added up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd

from bot.numbers.input.columns import MONEY, VALUES, coded
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import (
    Bools,
    Floats,
    Ints,
    MetricSum,
    Numbers,
    addable,
)

Feed = tuple[str, str]  # channel and account id


def feed_of(entity: str) -> Feed:
    """Of `channel|account_id|campaign_id`."""
    channel, account, _ = entity.split("|", 2)
    return channel, account


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
    _by_day: dict[str, tuple[Numbers, Bools]] = field(default_factory=dict, repr=False)
    _sums: dict[tuple[str, str, int, int], MetricSum] = field(default_factory=dict, repr=False)
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

    @property
    def feeds(self) -> dict[Feed, list[int]]:
        """The rows of each channel and account, in the order of their first campaigns."""
        rows: dict[Feed, list[int]] = {}
        for row, entity in enumerate(self.entities):
            rows.setdefault(feed_of(entity), []).append(row)
        return rows

    def within(self, window: Window, columns: Sequence[str] | None = None) -> History:
        """Only the days of a window, the campaigns with a row on any, and some of the columns."""
        since, until = self.place(window)
        rows = self.rows[:, since:until]
        lived = np.asarray(rows.any(axis=1), dtype=bool)
        values = {
            name: column[lived, since:until]
            for name, column in self.values.items()
            if columns is None or name in columns
        }
        begin = self.first + timedelta(since)
        return History(_chosen(self.entities, lived), begin, until - since, values, rows[lived])

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
        if beside and self._covers(column, beside):
            beside = ""  # the same days: share the sums
        key = (column, beside, *self.place(window))
        if key not in self._sums:
            self._sums[key] = self._added(*key)
        return self._sums[key]

    def _added(self, column: str, beside: str, since: int, until: int) -> MetricSum:
        amounts, present = (days[since:until] for days in self._days(column))
        if beside:
            present = present & self._days(beside)[1][since:until]
            amounts = np.where(present, amounts, 0)
        return MetricSum(amounts.sum(axis=0), present.sum(axis=0))

    def _days(self, column: str) -> tuple[Numbers, Bools]:
        """What is added up and where there is any, day x campaign: a day lies in one piece."""
        if column not in self._by_day:
            present = np.ascontiguousarray(self.present(column).T)
            values = np.ascontiguousarray(self.column(column).T)
            self._by_day[column] = addable(values, present, money=column in MONEY), present
        return self._by_day[column]

    def count(self, column: str, window: Window) -> Ints:
        """Days of the window on which the column has a value."""
        return self.sum(column, window).days

    def row_days(self, window: Window) -> Ints:
        """Days of the window with a row."""
        since, until = self.place(window)
        return np.asarray(self.rows[:, since:until].sum(axis=1), dtype=np.int64)

    def newest(self, column: str, window: Window) -> Floats:
        """The last value a column has in a window, NaN where it has none."""
        since, until = self.place(window)
        values = self.column(column)[:, since:until]
        if values.shape[1] == 0:
            return np.full(len(self.entities), np.nan)
        present = ~np.isnan(values)
        last_places = values.shape[1] - 1 - np.argmax(present[:, ::-1], axis=1)
        return np.where(present.any(axis=1), values[np.arange(len(values)), last_places], np.nan)

    def _covers(self, column: str, beside: str) -> bool:
        """Whether `beside` has a value on every day on which the column has one."""
        key = (column, beside)
        if key not in self._alike:
            self._alike[key] = not (self.present(column) & ~self.present(beside)).any()
        return self._alike[key]


def joined(parts: Sequence[History]) -> History:
    """Histories of different campaigns over the same days, as the history of all of them."""
    entities, order = in_order([part.entities for part in parts])
    values = {
        name: np.concatenate([part.column(name) for part in parts])[order]
        for name in VALUES
        if any(part.has(name) for part in parts)
    }
    rows = np.concatenate([part.rows for part in parts])[order]
    return History(entities, parts[0].first, parts[0].days, values, rows)


def in_order(parts: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], Ints]:
    """Entities put together as a history has them, and where each stands one part after another."""
    names = [name for part in parts for name in part]
    order = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64)
    return tuple(names[place] for place in order.tolist()), order


SumKey = tuple[str, str, Window]
Sums = Mapping[SumKey, MetricSum]
Newest = Mapping[tuple[str, Window], Floats]


@dataclass(frozen=True, eq=False)
class CampaignSums(History):
    """What campaigns come to over some windows, remembered without their days.

    Attributes:
        parts: One campaign after another, a part after the other: what `sum` and `newest` gave.
        order: Where each of `entities` stands in them.
    """

    parts: tuple[tuple[Sums, Newest], ...] = ()
    order: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @classmethod
    def remembered(
        cls, history: History, sums: Iterable[SumKey], newest: Iterable[tuple[str, Window]]
    ) -> CampaignSums:
        """Remember these of a history."""
        remembered: dict[SumKey, MetricSum] = {}
        for column, beside, window in sums:
            alone = beside if beside and not history._covers(column, beside) else ""  # noqa: SLF001
            total = remembered.setdefault(
                (column, alone, window), history.sum(column, window, alone)
            )
            remembered[column, beside, window] = total
        newest_values = {(name, window): history.newest(name, window) for name, window in newest}
        order = np.arange(len(history.entities), dtype=np.int64)
        return cls(history.entities, history.first, history.days, {}, history.rows,
                   parts=((remembered, newest_values),), order=order)  # fmt: skip

    @classmethod
    def joined(cls, histories: Sequence[CampaignSums]) -> CampaignSums:
        """Those of different campaigns, over the same windows, as one."""
        rows = joined([history.days_alone for history in histories])
        _, order = in_order([history.entities for history in histories])
        behind = np.cumsum([0, *(len(history.order) for history in histories)])
        stands = [history.order + begin for history, begin in zip(histories, behind, strict=False)]
        return cls(rows.entities, rows.first, rows.days, {}, rows.rows,
                   parts=tuple(part for history in histories for part in history.parts),
                   order=np.concatenate(stands)[order])  # fmt: skip

    @property
    def days_alone(self) -> History:
        """Which days have a row, and nothing else."""
        return History(self.entities, self.first, self.days, {}, self.rows)

    def sum(self, column: str, window: Window, beside: str = "") -> MetricSum:
        """As it was remembered."""
        remembered = [sums[column, beside, window] for sums, _ in self.parts]
        if len(remembered) == 1:  # in order already
            return remembered[0]
        total = MetricSum.beside(remembered)
        return MetricSum(total.amount[self.order], total.days[self.order])

    def newest(self, column: str, window: Window) -> Floats:
        """As it was remembered."""
        values = np.concatenate([newest[column, window] for _, newest in self.parts])
        return np.asarray(values[self.order], dtype=np.float64)


def _chosen(names: Sequence[str], which: Bools) -> tuple[str, ...]:
    return tuple(name for name, chosen in zip(names, which.tolist(), strict=True) if chosen)


def span_of(frame: pd.DataFrame) -> Window:
    """From the first to the last day with a row; an empty window where there is none."""
    if frame.empty:
        return Window(date(2000, 1, 2), date(2000, 1, 1))
    return Window(frame["date"].min().date(), frame["date"].max().date())


def _grid(shape: tuple[int, int], codes: Numbers, days: Numbers, values: Numbers) -> Floats:
    grid = np.full(shape, np.nan)
    grid[codes, days] = values
    return grid
