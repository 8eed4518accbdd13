"""Days in a row: spend and the judged metric of campaigns, channels and stages, for charts.

And how full the newest of them are, where results come late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from bot.advice.evaluate.posterior import stands_on
from bot.advice.rules.rulebook import Rulebook
from bot.domain.campaign_rows import CampaignRow, spend
from bot.numbers.forecast.reporting_lag import Growth
from bot.numbers.input.daily import campaigns_only
from bot.numbers.input.history import History
from bot.numbers.input.revisions import Revisions
from bot.numbers.input.windows import Window
from bot.numbers.metrics.glossary import Metric
from bot.snapshot.verdicts import judged_by, most_money

DAYS = 28
LEARNED_FROM = 90  # days whose corrections teach how late results are


@dataclass(frozen=True)
class Series:
    """A metric day by day; for a ratio its parts, so that days can be put together.

    Attributes:
        kind: `campaign`, `channel` or `stage`; `group` the entity, channel or stage.
        channel: The channel it is kept under, "" for stages.
        amounts: Of each day up to the last data day, oldest first, None where missing.
        over: For a ratio what each day's value is divided by, else empty.
        complete: How full each day's results are known to be, empty where nothing is late.
    """

    kind: str
    group: str
    channel: str
    currency: str | None
    metric: str
    scale: float
    amounts: tuple[float | None, ...]
    over: tuple[float | None, ...] = ()
    complete: tuple[float, ...] = ()


SERIES = TypeAdapter(list[Series])  # as they are kept


Lead = tuple[str, float]  # the metric a campaign is judged by, and what it spends


def leads_of(rows: Iterable[CampaignRow], rulebook: Rulebook) -> dict[str, Lead]:
    """Of the campaigns of a 28-day board, by entity."""
    return {row.entity: (judged_by(row, rulebook), spend(row)) for row in rows}


@dataclass(frozen=True, eq=False)
class DrawnDays:
    """Days to be drawn, and what each campaign is judged by.

    Attributes:
        history: The last 28 days.
        leads: By entity, of every campaign of the 28-day board.
    """

    history: History
    leads: Mapping[str, Lead]
    rulebook: Rulebook

    @classmethod
    def of(
        cls, numbers: pd.DataFrame, leads: Mapping[str, Lead], rulebook: Rulebook, as_of: date
    ) -> DrawnDays:
        """Out of daily numbers as known on a morning, 28 days or more."""
        window = Window.ending(as_of - timedelta(1), DAYS)
        return cls(History.of(campaigns_only(numbers), window), leads, rulebook)

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where the history has each campaign."""
        return {entity: index for index, entity in enumerate(self.history.entities)}

    def of_campaigns(self, rows: Iterable[CampaignRow]) -> Iterator[Series]:
        """Every campaign's series, one campaign after the other."""
        for row in rows:
            if row.entity in self.place:
                yield from self._drawn(("campaign", row.entity, row.channel), [row])

    def of_groups(self, rows: Iterable[CampaignRow]) -> Iterator[Series]:
        """Every channel's and stage's series.

        Args:
            rows: Campaigns of the 28-day board: which stage and channel each is in.
        """
        grouped: dict[tuple[str, str, str, Any], list[CampaignRow]] = {}
        for row in (row for row in rows if row.entity in self.place):
            channel, currency = row.channel, row.currency
            grouped.setdefault(("channel", channel, channel, currency), []).append(row)
            if row.double_of is None:
                grouped.setdefault(("stage", str(row.stage or ""), "", currency), []).append(row)
        for (kind, group, channel, _), members in grouped.items():
            yield from self._drawn((kind, group, channel), members)

    def _drawn(self, named: tuple[str, str, str], rows: Sequence[CampaignRow]) -> Iterator[Series]:
        places = [self.place[row.entity] for row in rows]
        metrics = self.rulebook.metrics
        judged = drawable(most_money(self.leads[row.entity] for row in rows), self.rulebook)
        for metric in dict.fromkeys(["spend", judged]):
            if metric in metrics:
                values, over = _price_parts(self.history, places, metrics[metric])
                currency = rows[0].currency
                yield Series(*named, currency, metric, metrics[metric].scale, values, over)


def drawn_columns(leads: Mapping[str, Lead], rulebook: Rulebook) -> tuple[str, ...]:
    """The columns that series of these campaigns, and of any groups of them, are made of."""
    judged = dict.fromkeys(drawable(metric, rulebook) for metric, _ in leads.values())
    metrics = [rulebook.metrics[name] for name in ("spend", *judged) if name in rulebook.metrics]
    columns = (column for metric in metrics for column in (metric.sum, metric.over))
    return tuple(dict.fromkeys(column for column in columns if column))


def drawable(metric: str, rulebook: Rulebook) -> str:
    """The metric, or CPM in place of one that days of reach would have to be added for."""
    definition = rulebook.metrics.get(metric)
    return metric if definition and definition.kind in {"sum", "ratio"} else "cpm"


Days = tuple[float | None, ...]


def _price_parts(history: History, places: Sequence[int], metric: Metric) -> tuple[Days, Days]:
    top = history.column(metric.sum or "")[places]
    if not metric.over:
        return _summed(top), ()
    bottom = history.column(metric.over)[places]
    both_known = ~np.isnan(top) & ~np.isnan(bottom)
    return _summed(np.where(both_known, top, np.nan)), _summed(np.where(both_known, bottom, np.nan))


def _summed(grid: np.ndarray[Any, np.dtype[np.float64]]) -> Days:
    is_known = ~np.isnan(grid)
    total = np.where(is_known, grid, 0.0).sum(axis=0)
    return tuple(
        float(value) if any_known else None
        for value, any_known in zip(total, is_known.any(axis=0), strict=True)
    )


@dataclass(frozen=True, eq=False)
class LateDays:
    """How full the days of campaigns' late results are.

    Attributes:
        growth: By the column of results, as far as it was learned.
    """

    growth: Mapping[str, Growth]

    @classmethod
    def of(cls, history: pd.DataFrame, rulebook: Rulebook, as_of: date) -> LateDays:
        """Learn it from daily numbers of 90 days with every revision."""
        laid_out = Revisions.of(history, as_of - timedelta(LEARNED_FROM)).joined(as_of)
        return cls({column: Growth.of(laid_out, as_of, column) for column in late_columns(rulebook)
                    if laid_out.table[column].notna().any()})  # fmt: skip

    @classmethod
    def joined(cls, parts: Sequence[LateDays]) -> LateDays:
        """Those of different campaigns."""
        names = dict.fromkeys(name for part in parts for name in part.growth)
        return cls({
            name: Growth.joined([part.growth[name] for part in parts if name in part.growth])
            for name in names
        })  # fmt: skip

    def told(
        self, all_series: Iterable[Series], rows: Sequence[CampaignRow], rulebook: Rulebook
    ) -> Iterator[Series]:
        """Series with how full each day is, where the results of a stage or channel arrive late.

        Args:
            all_series: Series of a morning.
            rows: Campaigns of the 28-day board: which stage and channel each is in.
            rulebook: Which metrics lag.
        """
        groups = {kind: {row.entity: row.group_of(kind) or "" for row in rows}
                  for kind in ("stage", "channel")}  # fmt: skip
        for series in all_series:
            metric = rulebook.metrics[series.metric]
            growth = self.growth.get(waits_for(metric))
            if growth is not None and series.kind in groups:
                complete = _complete(growth, groups[series.kind], series.group)
                yield replace(series, complete=complete)
            else:
                yield series


def _complete(growth: Growth, of: Mapping[str, str], group: str) -> tuple[float, ...]:
    inside = np.array([of.get(name) == group for name in growth.entities], dtype=bool)
    learned = growth.completion(inside)
    return tuple(map(float, learned.of_days(DAYS))) if learned.restated else ()


def late_columns(rulebook: Rulebook) -> tuple[str, ...]:
    """The columns of results that numbers by day wait for."""
    late = (waits_for(rulebook.metrics[name]) for name in rulebook.metrics)
    return tuple(dict.fromkeys(count for count in late if count))


WORTH = "revenue"  # comes with the results it is the worth of
BOUGHT = "conversions"


def waits_for(metric: Metric | None) -> str:
    """The column of results a number waits for; "" where none comes late, or both its parts do."""
    if metric is None or not metric.lag:
        return ""
    if metric.kind == "sum":
        return BOUGHT if metric.sum == WORTH else metric.sum or ""
    count = stands_on(metric)
    both = count is not None and metric.over == count.name and metric.sum != "spend"
    return "" if count is None or both else count.name
