"""Days in a row: spend and the judged metric of campaigns, channels and stages, for charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from bot.advice.rulebook import Rulebook
from bot.desk.figures import Figures, Row
from bot.desk.verdicts import lead_metric
from bot.numbers.daily import campaigns_only
from bot.numbers.history import History
from bot.numbers.metrics import Metric
from bot.numbers.windows import Window

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

    def to_row(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Series:
        lists = {name: tuple(row[name]) for name in ("amounts", "over", "complete")}
        return cls(**{**row, **lists})

    def ratios(self) -> tuple[float | None, ...]:
        """The metric itself, a value a day."""
        if not self.over:
            return self.amounts
        pairs = zip(self.amounts, self.over, strict=True)
        return tuple(top / bottom * self.scale if top is not None and bottom else None
                     for top, bottom in pairs)  # fmt: skip


def of_days(
    known: pd.DataFrame, figures: Figures, rulebook: Rulebook, as_of: date
) -> tuple[Series, ...]:
    """Every campaign's, channel's and stage's series over the last 28 days.

    Args:
        known: Daily numbers as known on `as_of`, 28 days or more.
        figures: The 28-day board, which says what each campaign is.
        rulebook: For what each campaign is judged by.
        as_of: The morning.
    """
    window = Window.ending(as_of - timedelta(1), DAYS)
    history = History.of(campaigns_only(known), window)
    place = {entity: index for index, entity in enumerate(history.entities)}
    here = [row for row in figures.rows if row["entity"] in place]
    return tuple(
        series
        for kind, group, channel, rows in _groups(here)
        for series in _of_group(history, place, rulebook, (kind, group, channel), rows)
    )


def _groups(rows: Sequence[Row]) -> Iterator[tuple[str, str, str, list[Row]]]:
    grouped: dict[tuple[str, str, str, Any], list[Row]] = {}
    for row in rows:
        channel, currency = str(row["channel"]), row["currency"]
        yield "campaign", str(row["entity"]), channel, [row]
        grouped.setdefault(("channel", channel, channel, currency), []).append(row)
        grouped.setdefault(("stage", str(row["stage"] or ""), "", currency), []).append(row)
    for (kind, group, channel, _), members in grouped.items():
        yield kind, group, channel, members


def _of_group(
    history: History,
    place: Mapping[str, int],
    rulebook: Rulebook,
    named: tuple[str, str, str],
    rows: Sequence[Row],
) -> Iterator[Series]:
    places = [place[row["entity"]] for row in rows]
    metrics = rulebook.metrics
    judged = drawable(lead_metric(rows, rulebook), rulebook)
    for metric in dict.fromkeys(["spend", judged]):
        if metric in metrics:
            values, over = _parts(history, places, metrics[metric])
            currency = rows[0]["currency"]
            yield Series(*named, currency, metric, metrics[metric].scale, values, over)


def drawable(metric: str, rulebook: Rulebook) -> str:
    """The metric, or CPM in place of one that days of reach would have to be added for."""
    known = rulebook.metrics.get(metric)
    return metric if known and known.kind in {"sum", "ratio"} else "cpm"


Days = tuple[float | None, ...]


def _parts(history: History, places: Sequence[int], metric: Metric) -> tuple[Days, Days]:
    top = history.column(metric.sum or "")[places]
    if not metric.over:
        return _summed(top), ()
    bottom = history.column(metric.over)[places]
    both = ~np.isnan(top) & ~np.isnan(bottom)
    return _summed(np.where(both, top, np.nan)), _summed(np.where(both, bottom, np.nan))


def _summed(grid: np.ndarray[Any, np.dtype[np.float64]]) -> Days:
    there = ~np.isnan(grid)
    total = np.where(there, grid, 0.0).sum(axis=0)
    return tuple(
        float(value) if some else None for value, some in zip(total, there.any(axis=0), strict=True)
    )
