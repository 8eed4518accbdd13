"""Which columns an account's numbers came with, and when that changed.

A report somebody edited, or a connector that renamed a field, still reads well: a column is simply
empty from then on, and everything that rests on it looks like bad luck. So the columns are
remembered, and those of every import are held against them. Of a warehouse's tables it is known,
too, what each column holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from bot.numbers.input.columns import VALUES
from bot.numbers.input.history import Feed

MOST_KNOWN = 5
"""Sets of columns that are remembered: two kinds of reports in turn are no change."""
NEWS = timedelta(days=7)
"""How long a change is news; while the column is missing it is said as long."""
ASIDE = "?"
"""Stands before a heading that was left aside."""
TYPE = "="
"""Stands between a column of a warehouse and what it holds: `spend=number`."""
ALWAYS = ("spend", "impressions", "clicks")
"""Columns a platform always has; results it names only where there are any."""


@dataclass(frozen=True)
class SchemaChange:
    """Columns that came before and do not now.

    Attributes:
        on: The day of the import.
        lost: Columns of `bot.numbers.input.columns.VALUES`.
        added: Columns, or headings that were left aside, that did not come before.
        gained: Columns of numbers that did not come before, of a warehouse.
        retyped: Columns of a warehouse that hold something else, what before and what now.
        of_table: Whether they are a warehouse's, whose types are known.
    """

    on: date
    lost: tuple[str, ...]
    added: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    retyped: tuple[tuple[str, str, str], ...] = ()
    of_table: bool = False

    def is_over(self, columns: Collection[str]) -> bool:
        """Whether these columns are as they were before; what is new is news once."""
        before = {f"{name}{TYPE}{kind}" for name, kind, _ in self.retyped}
        return {*self.lost, *before} <= set(columns)


@dataclass(frozen=True)
class SchemaMemory:
    """What is remembered of an account's columns.

    Attributes:
        column_sets: Sets of columns, sorted, the newest first.
        change: The newest change that has not been taken back.
    """

    column_sets: tuple[tuple[str, ...], ...] = ()
    change: SchemaChange | None = None

    def after(self, columns: Iterable[str], on: date) -> SchemaMemory:
        """The memory once an import brought these columns."""
        columns_now = tuple(sorted(set(columns)))
        earlier_sets = tuple(entry for entry in self.column_sets if entry != columns_now)
        column_sets = (columns_now, *earlier_sets)[:MOST_KNOWN]
        change = self.change
        if change is not None and change.is_over(columns_now):
            change = None
        if self.column_sets and columns_now not in self.column_sets:
            change = _change(self.column_sets, columns_now, on) or change
        return SchemaMemory(column_sets, change)

    def news(self, as_of: date) -> SchemaChange | None:
        """The change, where it is new on a morning."""
        change = self.change
        return change if change and change.on <= as_of < change.on + NEWS else None


def _change(
    column_sets: Iterable[tuple[str, ...]], columns: tuple[str, ...], on: date
) -> SchemaChange | None:
    """Against the set that is most like it; None where no number is lost or of another type.

    What is new is told where nothing is lost only of warehouses: files come in many shapes.
    """
    like = max(column_sets, key=lambda entry: len(set(entry) & set(columns)))
    lost = tuple(name for name in like if name in VALUES and name not in columns)
    added = tuple(
        name.removeprefix(ASIDE) for name in columns if name not in like and TYPE not in name
    )
    before, now = _types(like), _types(columns)
    retyped = tuple(
        (name, before[name], kind) for name, kind in now.items() if before.get(name, kind) != kind
    )
    of_table = bool(before and now)
    gained = tuple(name for name in added if name in VALUES) if of_table and not lost else ()
    change = SchemaChange(on, lost, added if lost else (), gained, retyped, of_table)
    return change if lost or retyped or gained else None


def _types(columns: Iterable[str]) -> dict[str, str]:
    """What columns hold, as far as it is known."""
    typed = (name.partition(TYPE) for name in columns if not name.startswith(ASIDE))
    return {name: kind for name, mark, kind in typed if mark}


def columns_of(
    frame: pd.DataFrame, columns: Collection[str] | None = None
) -> dict[Feed, tuple[str, ...]]:
    """The columns each account of a frame came with.

    Args:
        frame: Canonical rows.
        columns: Those of the file, where it was one: all its accounts have them. Otherwise those a
            platform always has and that hold any value.
    """
    accounts = frame[["channel", "account_id"]].fillna("").astype(str)
    feeds = list(zip(accounts["channel"].tolist(), accounts["account_id"].tolist(), strict=True))
    if columns is not None:
        return dict.fromkeys(feeds, tuple(columns))
    filled: dict[Feed, list[str]] = {feed: [] for feed in feeds}
    for name in ALWAYS:
        present = frame[name].notna().to_numpy()
        for feed in {feed for feed, has_value in zip(feeds, present, strict=True) if has_value}:
            filled[feed].append(name)
    return {feed: tuple(names) for feed, names in filled.items()}
