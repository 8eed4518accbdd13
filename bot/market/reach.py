"""The reach of whole windows, as a platform gives it: people are counted once, never added up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from bot.market.spec import Spec


def window_reach(spec: Spec, frame: pd.DataFrame, as_of: date) -> list[dict[str, Any]]:
    """Reach of whole windows on the newest mornings: a growing share of the audience is new."""
    if not spec.audience:
        return []
    shows = frame.drop_duplicates("date").set_index("date")["impressions"]
    wanted = {window: morning for morning in _mornings(as_of) for window in _windows(morning)}
    return [_window(spec, shows, *window, morning) for window, morning in wanted.items()]


def _mornings(as_of: date) -> list[date]:
    """The twelve newest, the newest first."""
    return [as_of - timedelta(days=back) for back in range(12)]


def _windows(morning: date) -> list[tuple[date, date]]:
    """7, 14 and 28 days up to the morning, each with the windows before it that are asked for."""
    last = morning - timedelta(days=1)
    spans = [(0, 7), (0, 14), (0, 28), (7, 7), (14, 14), (28, 28), (7, 28), (14, 28)]
    ends = [(last - timedelta(days=skip), length) for skip, length in spans]
    return [(end - timedelta(days=length - 1), end) for end, length in ends]


def _window(
    spec: Spec, shows: pd.Series[float], since: date, until: date, pulled: date
) -> dict[str, Any]:
    impressions = float(
        shows[(shows.index >= pd.Timestamp(since)) & (shows.index <= pd.Timestamp(until))].sum()
    )
    audience = float(spec.audience or 0)
    return {
        "channel": spec.channel, "account_id": spec.account_id, "campaign_id": spec.campaign_id,
        "since": pd.Timestamp(since), "until": pd.Timestamp(until),
        "reach": float(np.round(audience * (1 - np.exp(-impressions / audience)))),
        "pulled_at": pd.Timestamp(pulled, tz="UTC") + pd.Timedelta(hours=5),
    }  # fmt: skip
