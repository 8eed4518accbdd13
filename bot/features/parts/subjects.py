"""Whom a question is about, as rows of a board: everything, a channel, a stage, a campaign.

The metrics of several campaigns together, worked out from their sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from bot.context.context import Context
from bot.domain.campaign_rows import BoardRow, CampaignRow, spend
from bot.numbers.input.columns import MONEY
from bot.numbers.input.daily import campaigns_only, entity
from bot.numbers.metrics.glossary import Metric
from bot.question.name_index import shares
from bot.question.slots import Named
from bot.snapshot.board_rows import Figures

OLDEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Subject:
    """A board's campaigns that belong together; `by` "" is all of them."""

    by: str = ""
    key: str = ""
    title: str = ""

    @classmethod
    def of(cls, named: Named) -> Subject:
        """What a name in a sentence stands for."""
        column = "entity" if named.kind == "campaign" else named.kind
        return cls(column, named.key, named.title)

    def rows(self, figures: Figures) -> list[CampaignRow]:
        """Its campaigns, the biggest first."""
        rows = figures.rows if self.by in {"entity", "channel"} else figures.counted
        return sorted(filter(self._has, rows), key=spend, reverse=True)

    def _has(self, row: CampaignRow) -> bool:
        if self.by == "group":
            return shares(row.campaign_name, self.key)
        return not self.by or row.group_of(self.by) == self.key


EVERYTHING = Subject()


def by_currency(rows: Iterable[CampaignRow]) -> dict[str | None, list[CampaignRow]]:
    """Rows of each currency, the biggest spend first: amounts of several are never added."""
    money: dict[str | None, list[CampaignRow]] = {}
    for row in rows:
        money.setdefault(row.currency, []).append(row)
    order = sorted(money, key=lambda code: -sum(map(spend, money[code])))
    return {code: money[code] for code in order}


def groups_of(
    rows: Iterable[CampaignRow], key: Callable[[CampaignRow], str]
) -> dict[str, list[CampaignRow]]:
    """Rows by what they are called, the biggest first; of several currencies each by itself.

    Where the rows have more than one currency, a name says which is meant: `Google (GBP)`.
    """
    money = by_currency(rows)
    groups: dict[str, list[CampaignRow]] = {}
    for code, currency_rows in money.items():
        for row in currency_rows:
            name = key(row) if len(money) == 1 else f"{key(row)} ({code or '?'})"
            groups.setdefault(name, []).append(row)
    return groups


def total(rows: Sequence[BoardRow], column: str, period: str = "now") -> float | None:
    """A column added up; None where no row has it."""
    amounts = [value for row in rows if (value := row.number(period, column)) is not None]
    return sum(amounts) if amounts else None


def measured(
    rows: Sequence[CampaignRow], metric: Metric, period: str = "now", *, counted: bool = False
) -> float | None:
    """A metric of several campaigns of one currency: sums, and ratios of sums.

    Of a ratio, `counted` takes only the campaigns that have both parts; else all the spend counts.
    """
    if len(rows) == 1:
        return rows[0].number(period, metric.name)
    if metric.kind == "ratio" and metric.sum and metric.over:
        return _ratio(rows, metric, period, counted=counted)
    if metric.kind in {"sum", "last"} and metric.unit in {"money", "count"}:
        return total(rows, metric.name, period)
    return None


def _ratio(
    rows: Sequence[CampaignRow], metric: Metric, period: str, *, counted: bool
) -> float | None:
    parts = [
        (row.number(period, metric.sum or ""), row.number(period, metric.over or ""))
        for row in rows
    ]
    priced = "spend" in {metric.sum, metric.over}
    if counted or not priced:
        parts = [pair for pair in parts if None not in pair]
    top = [value for value, _ in parts if value is not None]
    bottom = [value for _, value in parts if value is not None]
    if not top or not bottom or not sum(bottom):
        return None
    return sum(top) / sum(bottom) * metric.scale


def daily(
    context: Context, as_of: date, subject: Subject, figures: Figures, columns: Sequence[str]
) -> pd.DataFrame:
    """Sums of the subject's campaigns, a row for each day of the window; NaN where missing."""
    factors = {row.entity: row.factor for row in subject.rows(figures)}
    window = figures.now
    numbers = campaigns_only(context.numbers(window.since, window.until, as_of=as_of))
    names = entity(numbers)
    subject_rows = numbers[names.isin(list(factors)).to_numpy()]
    factor = names[subject_rows.index].astype(object).map(factors).astype("float64")
    subject_rows = subject_rows.assign(**{name: subject_rows[name] * factor
                                          for name in columns if name in MONEY})  # fmt: skip
    summed = (
        subject_rows.groupby("date")[list(columns)].sum(min_count=1) if len(subject_rows) else None
    )
    days = pd.date_range(window.since, window.until)
    if summed is None:
        return pd.DataFrame(np.nan, index=days, columns=list(columns))
    return summed.reindex(days)


def first_day(context: Context, as_of: date) -> date | None:
    """The first day there are numbers of; read once a morning's boards."""

    def read() -> date | None:
        numbers = context.store.numbers(OLDEST, as_of - timedelta(1), as_of=as_of)
        return None if numbers.empty else numbers["date"].min().date()

    return context.shelf.memo(("first day", as_of), context.stamp(as_of), read)
