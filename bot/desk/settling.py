"""Late results: what a price will settle at once they are in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from bot.advice.rulebook import Rulebook
from bot.desk.figures import Row
from bot.desk.series import DAYS, Series
from bot.numbers.daily import entity
from bot.numbers.lag import completion
from bot.numbers.settling import TOLD_UNDER, settled


def with_lag(
    found: Iterable[Series],
    history: pd.DataFrame,
    rows: Sequence[Row],
    rulebook: Rulebook,
    as_of: date,
) -> tuple[Series, ...]:
    """Series of stages and channels whose results arrive late, with how full each day is.

    Args:
        found: Series of a morning.
        history: Daily numbers of 90 days with every revision.
        rows: Campaigns of the 28-day board: which stage and channel each is in.
        rulebook: Which metrics lag.
        as_of: The morning.
    """
    entities = entity(history)
    groups = {
        kind: entities.map({str(row["entity"]): str(row[kind] or "") for row in rows})
        for kind in ("stage", "channel")
    }
    return tuple(
        replace(each, complete=_complete(own, each, rulebook, as_of))
        if rulebook.metrics[each.metric].lag and (own := _own(history, groups, each)) is not None
        else each
        for each in found
    )


def _own(history: pd.DataFrame, groups: Mapping[str, pd.Series], each: Series) -> Any:
    """The daily numbers of a stage or a channel, None for another kind."""
    of = groups.get(each.kind)
    return None if of is None else history[of == each.group]


def _complete(
    history: pd.DataFrame, each: Series, rulebook: Rulebook, as_of: date
) -> tuple[float, ...]:
    over = rulebook.metrics[each.metric].over
    if not over or history.empty:
        return ()
    learned = completion(history, as_of, over)
    return tuple(map(float, learned.of_days(DAYS))) if learned.restated else ()


def likely(
    series: Series | None, days: int, ended: int = 0, whole: tuple[float, float] | None = None
) -> tuple[float, float] | None:
    """Between what and what the price of some days settles; None where it is settled.

    Args:
        series: With how full its days are.
        days: How many, up to `ended` days before the last.
        ended: 0 where they reach to the last data day.
        whole: Their spend and results, where the days reach further back than the series: what is
            older than that is in.
    """
    parts = _parts(series, days, ended)
    if series is None or parts is None:
        return None
    spent, seen, full = _widened(parts, *whole) if whole else parts
    if full >= TOLD_UNDER:
        return None
    fewest, most = settled(np.array([seen]), np.array([full]))
    return spent / float(most[0]) * series.scale, spent / float(fewest[0]) * series.scale


def _parts(series: Series | None, days: int, ended: int) -> tuple[float, float, float] | None:
    """Spend and results of the days, and the share of those that are in."""
    if series is None or not series.complete or not series.over:
        return None
    each = list(zip(series.amounts, series.over, series.complete, strict=True))
    last = len(each) - ended
    told = each[max(0, last - days) : max(0, last)]
    known = [(spent, seen, full) for spent, seen, full in told if None not in {spent, seen}]
    seen = sum(seen or 0.0 for _, seen, _ in known)
    spent = sum(spent or 0.0 for spent, _, _ in known)
    due = sum((spent or 0.0) * full for spent, _, full in known)
    return (spent, seen, due / spent) if seen and spent else None


def _widened(
    parts: tuple[float, float, float], spent: float, seen: float
) -> tuple[float, float, float]:
    """The same of more days, of which those that are not told are full."""
    return spent, seen, 1 - min(1.0, parts[0] / spent) * (1 - parts[2])
