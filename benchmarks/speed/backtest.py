"""A year of 1,000 campaigns replayed as `perfbot rules backtest` does, as it was and shuffled.

The whole rulebook but for the rules of budget shifts, which a replay leaves to the morning. Who
waits for it waits by the clock: side by side on two cores, and what that took of both.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pandas as pd

from benchmarks.speed.frames import MORNING, PLAN, daily
from benchmarks.speed.timing import Timed, say
from bot.backtest import backtest
from bot.backtest.backtest_request import BacktestRequest
from bot.numbers.input.normalise import normalise
from bot.rules_files import load

CAMPAIGNS, DAYS, BEFORE = 1_000, 365, 98
GOAL, RESTATED_GOAL = 30.0, 45.0
CORES = 2


def lines() -> Iterator[Timed]:
    """Numbers that stay as they were first pulled, and sales that come late."""
    frame = daily(CAMPAIGNS, DAYS + BEFORE)
    pulls = (("backtest", frame, GOAL), ("backtest, restated", restated(frame), RESTATED_GOAL))
    for what, numbers, goal in pulls:
        say(f"{what}, {CAMPAIGNS:,} campaigns x {DAYS} mornings …")
        yield _line(what, normalise(numbers), goal)


def _line(what: str, numbers: pd.DataFrame, goal: float) -> Timed:
    rulebook, asked = load(), BacktestRequest(MORNING - timedelta(DAYS - 1), MORNING)
    began, worked = time.perf_counter(), _worked()
    backtest(numbers, rulebook, asked, PLAN, workers=CORES)
    took, work = time.perf_counter() - began, _worked() - worked
    size = f"{CAMPAIGNS:,} x {DAYS} mornings, {len(numbers):,} rows"
    beside = f"seconds by the clock, once, with three shuffles; {work:.0f} s on {CORES} cores"
    return Timed(what, size, took, beside, None, goal)


def _worked() -> float:
    """Processor time of this process and of those it began that have ended, in seconds."""
    return sum(os.times()[:4])


def restated(frame: pd.DataFrame) -> pd.DataFrame:
    """Sales known by four fifths the next morning, nine tenths after two days, all after five."""
    late = frame["conversions"].notna()
    parts = [frame[~late].assign(pulled_on=frame["date"] + pd.Timedelta(days=1))]
    for age, share in ((1, 0.8), (2, 0.9), (5, 1.0)):
        pulled = frame["date"] + pd.Timedelta(days=age)
        known = np.floor(frame["conversions"] * share)
        parts.append(frame[late].assign(conversions=known[late], pulled_on=pulled[late]))
    return pd.concat(parts, ignore_index=True)
