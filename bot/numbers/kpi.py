"""What counts as a result in each stage and pricing model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.numbers.history import History
from bot.numbers.sums import Floats

_SALES = ("documented_conversions", "conversions")
_BY_MODEL = {"CPL": ("leads",), "CPA": _SALES}
_BY_STAGE = {
    "reach": ("clicks",),
    "act": ("leads", "landing_views"),
    "convert": _SALES,
    "engage": ("repeat_conversions", "engagements", "conversions"),
}


def result_columns(stage: str | None, pricing_model: str | None) -> tuple[str, ...]:
    """The columns that may be a campaign's result, the best first.

    What is paid for by the action or the lead is counted in it (in engage: the repeat sale);
    otherwise the stage says what counts. Unknown: conversions, else leads.
    """
    if stage == "engage" and pricing_model != "CPL":
        return _BY_STAGE["engage"]
    found = _BY_MODEL.get(pricing_model or "") or _BY_STAGE.get(stage or "")
    return found or ("conversions", "leads")


def results(history: History, columns: Sequence[tuple[str, ...]]) -> Floats:
    """Results campaign x day: for each campaign the first of its columns that ever had a value."""
    out = np.full(history.rows.shape, np.nan)
    for wanted in dict.fromkeys(columns):
        open_ = np.array([found == wanted for found in columns], dtype=bool)
        for name in (name for name in wanted if name in history.values):
            took = open_ & history.ever(name)
            out[took] = history.values[name][took]
            open_ &= ~took
    return out
