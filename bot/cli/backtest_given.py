"""What a backtest replays: numbers from the database or from exports, and the plan of a morning."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bot.cli.parts import reading
from bot.errors import NoNumbers

if TYPE_CHECKING:
    import pandas as pd

    from bot.numbers.plan import Plan
    from bot.settings import Settings

Wanted: TypeAlias = tuple[date | None, date | None]
WEEKS = 13
"""Mornings are those of a quarter, unless some are named."""
WARMING = 28
"""Mornings before the first of which the plan is known, too."""
HISTORY = 182
"""Days before the first morning that are read: what rules look back on, and late results."""


@dataclass(frozen=True)
class Given:
    """The numbers to replay, and the plan of each morning."""

    numbers: pd.DataFrame
    plan: Callable[[date], Plan]
    window_reach: pd.DataFrame | None
    first: date
    last: date


def from_store(db: str | None, config: str | None, wanted: Wanted) -> Given:
    with reading(db, config) as parts:
        newest = parts.store.last_day()
        if newest is None:
            raise NoNumbers(
                "There are no numbers to replay.",
                hint="Import or pull some first, or give an export with --file.",
            )
        first, last = _span(wanted, newest)
        numbers = parts.store.numbers(first - timedelta(days=HISTORY), newest, history=True)
        plans = {on: parts.office.plan(on) for on in _mornings(first, last)}
        return Given(numbers, plans.__getitem__, parts.store.window_reach(), first, last)


def _span(wanted: Wanted, newest: date) -> tuple[date, date]:
    """The mornings asked for; else the quarter up to the morning after the newest day."""
    since, until = wanted
    last = until or newest + timedelta(days=1)
    return since or last - timedelta(days=7 * WEEKS - 1), last


def _mornings(first: date, last: date) -> Iterator[date]:
    """Each morning, and those before it that a rule may have to last."""
    for days in range(-WARMING, (last - first).days + 1):
        yield first + timedelta(days=days)


def from_files(files: Sequence[Path], settings: Settings, wanted: Wanted) -> Given:
    import pandas as pd  # noqa: PLC0415

    from bot.desk.plan import of_settings  # noqa: PLC0415
    from bot.numbers.normalise import normalise  # noqa: PLC0415
    from bot.sources.exports import ReadSettings, read  # noqa: PLC0415

    told = ReadSettings(columns=settings.columns, currency=settings.default_currency)
    frames = [normalise(read(file, settings=told).frame) for file in files]
    numbers = pd.concat(frames, ignore_index=True)
    if numbers.empty:
        raise NoNumbers("The files hold no numbers.", hint="Give an export with days in it.")
    plan = of_settings(settings)
    return Given(numbers, lambda _: plan, None, *_span(wanted, numbers["date"].max().date()))


def plan_of(file: str | None, given: Given) -> Callable[[date], Plan]:
    if file is None:
        return given.plan
    from bot.desk.plan import of_settings  # noqa: PLC0415
    from bot.settings import read  # noqa: PLC0415

    plan = of_settings(read(file, os.environ))
    return lambda _: plan
