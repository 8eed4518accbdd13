"""Days in a row: spend and the judged metric of campaigns, channels and stages, for charts.

Late results: what a price will settle at once they are in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from bot.advice.rules.rulebook import Rulebook
from bot.domain.campaign_rows import CampaignRow
from bot.numbers.forecast.reporting_lag import TOLD_UNDER, completion, settles
from bot.numbers.input.daily import campaigns_only, entity
from bot.numbers.input.history import History
from bot.numbers.input.windows import Window
from bot.numbers.metrics.glossary import Metric
from bot.snapshot.board_rows import Figures
from bot.snapshot.verdicts import lead_metric

DAYS = 28


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


def of_days(
    numbers: pd.DataFrame, figures: Figures, rulebook: Rulebook, as_of: date
) -> tuple[Series, ...]:
    """Every campaign's, channel's and stage's series over the last 28 days.

    Args:
        numbers: Daily numbers as known on `as_of`, 28 days or more.
        figures: The 28-day board, which says what each campaign is.
        rulebook: For what each campaign is judged by.
        as_of: The morning.
    """
    window = Window.ending(as_of - timedelta(1), DAYS)
    history = History.of(campaigns_only(numbers), window)
    place = {entity: index for index, entity in enumerate(history.entities)}
    placed_rows = [row for row in figures.rows if row.entity in place]
    return tuple(
        series
        for kind, group, channel, rows in _groups(placed_rows)
        for series in _of_group(history, place, rulebook, (kind, group, channel), rows)
    )


def _groups(rows: Sequence[CampaignRow]) -> Iterator[tuple[str, str, str, list[CampaignRow]]]:
    grouped: dict[tuple[str, str, str, Any], list[CampaignRow]] = {}
    for row in rows:
        channel, currency = row.channel, row.currency
        yield "campaign", row.entity, channel, [row]
        grouped.setdefault(("channel", channel, channel, currency), []).append(row)
        if row.double_of is None:
            grouped.setdefault(("stage", str(row.stage or ""), "", currency), []).append(row)
    for (kind, group, channel, _), members in grouped.items():
        yield kind, group, channel, members


def _of_group(
    history: History,
    place: Mapping[str, int],
    rulebook: Rulebook,
    named: tuple[str, str, str],
    rows: Sequence[CampaignRow],
) -> Iterator[Series]:
    places = [place[row.entity] for row in rows]
    metrics = rulebook.metrics
    judged = drawable(lead_metric(rows, rulebook), rulebook)
    for metric in dict.fromkeys(["spend", judged]):
        if metric in metrics:
            values, over = _price_parts(history, places, metrics[metric])
            currency = rows[0].currency
            yield Series(*named, currency, metric, metrics[metric].scale, values, over)


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


def with_lag(
    all_series: Iterable[Series],
    history: pd.DataFrame,
    rows: Sequence[CampaignRow],
    rulebook: Rulebook,
    as_of: date,
) -> tuple[Series, ...]:
    """Series of stages and channels whose results arrive late, with how full each day is.

    Args:
        all_series: Series of a morning.
        history: Daily numbers of 90 days with every revision.
        rows: Campaigns of the 28-day board: which stage and channel each is in.
        rulebook: Which metrics lag.
        as_of: The morning.
    """
    entities = entity(history)
    groups = {
        kind: entities.map({row.entity: row.group_of(kind) or "" for row in rows})
        for kind in ("stage", "channel")
    }
    return tuple(
        replace(series, complete=_complete(group_numbers, series, rulebook, as_of))
        if rulebook.metrics[series.metric].lag
        and (group_numbers := _own(history, groups, series)) is not None
        else series
        for series in all_series
    )


def _own(history: pd.DataFrame, groups: Mapping[str, pd.Series], series: Series) -> Any:
    """The daily numbers of a stage or a channel, None for another kind."""
    of = groups.get(series.kind)
    return None if of is None else history[of == series.group]


def _complete(
    history: pd.DataFrame, series: Series, rulebook: Rulebook, as_of: date
) -> tuple[float, ...]:
    over = rulebook.metrics[series.metric].over
    if not over or history.empty:
        return ()
    learned = completion(history, as_of, over)
    return tuple(map(float, learned.of_days(DAYS))) if learned.restated else ()


def likely(
    series: Series | None, days: int, ended: int = 0, totals: tuple[float, float] | None = None
) -> tuple[float, float] | None:
    """Between what and what the price of some days settles; None where it is settled.

    Args:
        series: With how full its days are.
        days: How many, up to `ended` days before the last.
        ended: 0 where they reach to the last data day.
        totals: Their spend and results, where the days reach further back than the series: what is
            older than that is in.
    """
    parts = _lag_parts(series, days, ended)
    if series is None or parts is None:
        return None
    spent, results, full = _widened(parts, *totals) if totals else parts
    if full >= TOLD_UNDER:
        return None
    fewest, most = settles(results, full)
    return spent / most * series.scale, spent / fewest * series.scale


def _lag_parts(series: Series | None, days: int, ended: int) -> tuple[float, float, float] | None:
    """Spend and results of the days, and the share of those that are in."""
    if series is None or not series.complete or not series.over:
        return None
    day_parts = list(zip(series.amounts, series.over, series.complete, strict=True))
    end = len(day_parts) - ended
    span = day_parts[max(0, end - days) : max(0, end)]
    known_days = [
        (spent, results, full) for spent, results, full in span if None not in {spent, results}
    ]
    results = sum(results or 0.0 for _, results, _ in known_days)
    spent = sum(spent or 0.0 for spent, _, _ in known_days)
    due = sum((spent or 0.0) * full for spent, _, full in known_days)
    return (spent, results, due / spent) if results and spent else None


def _widened(
    parts: tuple[float, float, float], spent: float, results: float
) -> tuple[float, float, float]:
    """The same of more days, of which those that are not told are full."""
    return spent, results, 1 - min(1.0, parts[0] / spent) * (1 - parts[2])
