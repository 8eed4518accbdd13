"""What a backtest is asked for.

A threshold set otherwise: `convert/CPA.waste=1.4`.
The same campaigns with nothing left to find: their days shuffled, weekday by weekday.
"""

from __future__ import annotations

import difflib
import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from bot.advice.rules.condition import Floats
from bot.advice.rules.rulebook import Cell, Rulebook, Thresholds
from bot.backtest.ledger import Past
from bot.backtest.replay import Stretch
from bot.errors import UnknownName, UsageError
from bot.numbers.input.columns import COUNTS, MONEY, Codes, day_of
from bot.numbers.input.windows import Window

SPANS = {"window": "now", "before": "before", "skip_last": "skip_last", "cooldown": "cooldown"}
"""Lengths in days, as thresholds.yml calls them."""
_HINT = "Write it like convert/CPA.waste=1.4, or defaults.waste=1.4 for every cell."
_FORM = re.compile(r"\s*([A-Za-z]+(?:/[A-Za-z]+)?)\.([a-z_]+)\s*=\s*(\S+)\s*")


def with_threshold(rulebook: Rulebook, text: str) -> Rulebook:
    """The rulebook with one threshold set, as `cell.name=value` says.

    The cell is `stage/MODEL`, or `defaults`: then every cell that has the default's value follows.

    Raises:
        UsageError: It is not of that form, or the value is no number that fits.
        UnknownName: A cell or threshold there is not.
    """
    parsed = _FORM.fullmatch(text)
    if parsed is None:
        raise UsageError(f"{text!r} sets nothing.", hint=_HINT)
    place, name, value = parsed.groups()
    table = rulebook.thresholds
    if name not in table.names | {*SPANS}:
        raise UnknownName("threshold", name, _near(name, [*table.names, *SPANS]))
    number = _number(name, value)
    return replace(rulebook, thresholds=_set(table, place, name, number))


def _number(name: str, value: str) -> float:
    span = name in SPANS
    try:
        number = float(value.removesuffix("d") if span else value)
    except ValueError:
        raise UsageError(f"{name}: {value!r} is no number.", hint=_HINT) from None
    if not math.isfinite(number) or abs(number) > 1e12:
        raise UsageError(f"{name}: {value!r} is no number.", hint=_HINT)
    least = 1 if name in {"window", "before"} else 0
    if span and (number != int(number) or not least <= number <= 90):
        raise UsageError(f"{name} is {least} to 90 days, not {value}.", hint=_HINT)
    return number


def _set(table: Thresholds, place: str, name: str, number: float) -> Thresholds:
    if place == "defaults":
        default_value = _value(table.default, name)
        cells = {
            key: _with(cell, name, number) if _value(cell, name) == default_value else cell
            for key, cell in table.cells.items()
        }
        return replace(table, default=_with(table.default, name, number), cells=cells)
    cell_keys = {cell.name.lower(): key for key, cell in table.cells.items()}
    if place.lower() not in cell_keys:
        names = [cell.name for cell in table.cells.values()]
        raise UnknownName("cell", place, _near(place, [*names, "defaults"]))
    key = cell_keys[place.lower()]
    changed: Mapping[tuple[str, str], Cell] = {
        **table.cells, key: _with(table.cells[key], name, number)
    }  # fmt: skip
    return replace(table, cells=changed)


def _value(cell: Cell, name: str) -> float | None:
    return getattr(cell, SPANS[name]) if name in SPANS else cell.numbers.get(name)


def _with(cell: Cell, name: str, number: float) -> Cell:
    if name in SPANS:
        span_change: dict[str, Any] = {SPANS[name]: int(number)}
        return replace(cell, **span_change)
    return replace(cell, numbers={**cell.numbers, name: number})


def _near(name: str, names: list[str]) -> list[str]:
    return difflib.get_close_matches(name, names, n=3, cutoff=0.4)


SEEDS = (11, 12, 13)
"""The shuffles that are made unless others are named."""
CAMPAIGN_WEEKS = 6_000
"""About as many are looked at in all: more would tell no more."""


def shuffled(past: Past, window: Window, seed: int) -> pd.DataFrame:
    """The days of a window as finally known, shuffled within each campaign and weekday.

    A campaign's order is drawn from the seed and its own name, so that others change nothing of it.
    Budgets stay what they mostly were, and a day under another budget is brought to it in
    proportion: a budget edit is no noise. Nothing is restated later.
    """
    snapshot = past.finally_known(window)
    rows = _drawn(snapshot.rows, snapshot.entities, window.since, seed)
    campaigns, days = np.nonzero(snapshot.rows >= 0)
    table = snapshot.table.iloc[rows[campaigns, days]].reset_index(drop=True)
    dates = day_of(np.datetime64(window.since)) + days
    table = table.assign(date=dates.astype("datetime64[D]").astype("datetime64[ns]"))
    table = _at_one_budget(table, campaigns)
    table["pulled_on"] = table["date"] + pd.Timedelta(days=1)
    table["pulled_at"] = np.full(len(table), "NaT", dtype="datetime64[ns]")
    return table.assign(backfilled=True)


def _drawn(rows: Codes, entities: tuple[str, ...], since: date, seed: int) -> Codes:
    """Campaign x day, the row that stands there now."""
    out = np.full(rows.shape, -1, dtype=np.int64)
    weekday = (np.arange(rows.shape[1]) + since.weekday()) % 7
    for place, name in enumerate(entities):
        random = np.random.default_rng([seed, zlib.crc32(name.encode())])
        present_days = np.flatnonzero(rows[place] >= 0)
        for day in range(7):
            same_weekday = present_days[weekday[present_days] == day]
            out[place, same_weekday] = rows[place, random.permutation(same_weekday)]
    return out


def _at_one_budget(table: pd.DataFrame, campaigns: Codes) -> pd.DataFrame:
    """Every day of a campaign at its median daily budget; as it was where none is known."""
    usual = table["daily_budget"].groupby(campaigns).transform("median").to_numpy()
    factor = _factor(usual, table["daily_budget"].to_numpy())
    counted = [name for name in (*MONEY, *COUNTS) if name != "daily_budget"]
    scaled = {name: table[name] * factor for name in counted}
    return table.assign(**scaled, daily_budget=usual)


def _factor(usual: Floats, budget: Floats) -> Floats:
    budget_known = (budget > 0) & (usual > 0)
    return np.divide(usual, budget, out=np.ones(len(budget)), where=budget_known)


def stretch_of(stretch: Stretch, campaigns: int, shuffles: int) -> Stretch:
    """The mornings looked at in each shuffle: the newest whole weeks, as many as tell enough.

    Where days are shuffled, one week is as good as another.
    """
    weeks = max(2, round(CAMPAIGN_WEEKS / max(1, campaigns * shuffles)))
    return Stretch(max(stretch.since, stretch.until - timedelta(7 * weeks - 1)), stretch.until)


AHEAD = 14
"""Days that count as what happened next."""


@dataclass(frozen=True)
class BacktestRequest:
    """What to replay.

    Attributes:
        since, until: The first morning and the last.
        rules: Ids of the rules to tell of; all where empty.
        changed: A rulebook to hold against, and `words`, what it changes.
        days: How many days count as next.
        seeds: Of the shuffles; none where empty.
    """

    since: date
    until: date
    rules: tuple[str, ...] = ()
    changed: Rulebook | None = None
    words: tuple[str, ...] = ()
    days: int = AHEAD
    seeds: tuple[int, ...] = SEEDS
