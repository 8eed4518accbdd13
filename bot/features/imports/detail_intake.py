"""Details into the store: as many and as long as the settings say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from bot.domain.details import DetailSpan
from bot.settings import Details
from bot.store.base import Store
from bot.store.records import DetailsImported

AS_USUAL = Details()


def keep(
    store: Store,
    frame: pd.DataFrame,
    today: date,
    limits: Details = AS_USUAL,
    spans: Sequence[DetailSpan] = (),
) -> DetailsImported:
    """Store detail rows, and forget those that are old by now.

    Old is counted from the newest day there are numbers of, so that a history from some years
    back has its details as well; a day still to come makes nothing old.

    Args:
        store: Where they go.
        frame: `bot.numbers.input.detail_rows.INCOMING`.
        today: The day it is.
        limits: `[details]` of perfbot.toml.
        spans: What the rows are all of.

    Raises:
        ImpossibleRowError: A row that cannot be true.
    """
    days = [store.last_day(), pd.to_datetime(frame["date"]).max().date() if len(frame) else None]
    newest = max((day for day in days if day is not None), default=today)
    first_day = min(newest, today) - timedelta(days=limits.keep_days)
    with store.atomic("numbers"):
        stored = store.add_details(frame, spans=spans, since=first_day, most=limits.rows_per_day)
        store.forget_details(first_day)
    return stored
