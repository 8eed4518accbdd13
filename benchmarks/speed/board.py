"""The board beside a plain pandas groupby of the same two windows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from benchmarks.speed.frames import MORNING, PLAN, daily
from benchmarks.speed.timing import Timed, compared
from bot.numbers.input.columns import COUNTS, IDENTITY, MONEY
from bot.numbers.input.normalise import normalise
from bot.numbers.input.windows import Window, parse_window
from bot.numbers.metrics.board import board
from bot.rules_files import load


def lines() -> Iterator[Timed]:
    """Every metric now and before, with plan and targets, beside the sums alone."""
    frame, metrics = normalise(daily(1000, 90)), load().metrics
    ours = partial(board, frame, MORNING, "7d", metrics, PLAN)
    floor = partial(_grouped, frame)
    yield compared("board", "1,000 x 90 days, 7d", ours, "pandas groupby, sums", floor, None, 5)


def _grouped(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([_sums(frame, window) for window in parse_window("7d", MORNING)], axis=1)


def _sums(frame: pd.DataFrame, window: Window) -> pd.DataFrame:
    inside = frame["date"].between(pd.Timestamp(window.since), pd.Timestamp(window.until))
    return frame[inside].groupby(list(IDENTITY))[[*MONEY, *COUNTS]].sum(min_count=1)
