"""Late results: what a price will settle at once they are in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from bot.advice.rulebook import Rulebook
from bot.desk.figures import Row
from bot.desk.series import DAYS, Series
from bot.numbers.daily import entity
from bot.numbers.lag import completion

OVERDISPERSION = 1.5  # results scatter more than dice do (STATISTICS.md)
LIKELY = 1.28  # four times out of five
LEAST = 0.02  # a price that settles nearer than this is not worth a word


def with_lag(
    found: Iterable[Series],
    history: pd.DataFrame,
    rows: Sequence[Row],
    rulebook: Rulebook,
    as_of: date,
) -> tuple[Series, ...]:
    """Stage series whose results arrive late, with how full each of their days is.

    Args:
        found: Series of a morning.
        history: Daily numbers of 90 days with every revision.
        rows: Campaigns of the 28-day board: which stage each is in.
        rulebook: Which metrics lag.
        as_of: The morning.
    """
    stages = {str(row["entity"]): str(row["stage"] or "") for row in rows}
    stage = entity(history).map(stages)
    return tuple(
        replace(each, complete=_complete(history[stage == each.group], each, rulebook, as_of))
        if each.kind == "stage" and rulebook.metrics[each.metric].lag
        else each
        for each in found
    )


def _complete(
    history: pd.DataFrame, each: Series, rulebook: Rulebook, as_of: date
) -> tuple[float, ...]:
    over = rulebook.metrics[each.metric].over
    if not over or history.empty:
        return ()
    learned = completion(history, as_of, over)
    return tuple(map(float, learned.of_days(DAYS))) if learned.restated else ()


def likely(series: Series | None, days: int) -> tuple[float, float] | None:
    """Between what and what the price of the last days settles; None where it is settled."""
    parts = _parts(series, days)
    if series is None or parts is None:
        return None
    spent, seen, coming = parts
    slack = LIKELY * math.sqrt(OVERDISPERSION * coming)
    most, fewest = seen + coming + slack, seen + max(coming - slack, 0.0)
    low, high = spent / most * series.scale, spent / fewest * series.scale
    return None if low > (1 - LEAST) * spent / seen * series.scale else (low, high)


def _parts(series: Series | None, days: int) -> tuple[float, float, float] | None:
    """Spend and results of the last days, and the results still to come."""
    if series is None or not series.complete or not series.over:
        return None
    each = list(zip(series.amounts, series.over, series.complete, strict=True))[-days:]
    known = [(spent, seen, full) for spent, seen, full in each if spent is not None and seen]
    seen = sum(seen for _, seen, _ in known)
    coming = sum(seen / full - seen for _, seen, full in known)
    return (sum(spent for spent, _, _ in known), seen, coming) if seen else None
