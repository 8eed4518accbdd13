"""The same campaigns with nothing left to find: their days shuffled, weekday by weekday.

A day keeps its row (spend, showings, results belong together) and its weekday; which week it stood
in is drawn anew. Trends, breaks, fatigue and outages that last come apart; chance, weekdays, and
single odd days stay. Whatever a rule says of such numbers is a false alarm, except of what one day
tells by itself.
"""

from __future__ import annotations

import zlib
from datetime import date, timedelta

import numpy as np
import pandas as pd

from bot.advice.condition import Floats
from bot.backtest.past import Past
from bot.backtest.replay import Stretch
from bot.numbers.codes import Codes, day_of
from bot.numbers.columns import COUNTS, MONEY
from bot.numbers.windows import Window

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
    known = past.finally_known(window)
    rows = _drawn(known.rows, known.entities, window.since, seed)
    campaigns, days = np.nonzero(known.rows >= 0)
    table = known.table.iloc[rows[campaigns, days]].reset_index(drop=True)
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
        there = np.flatnonzero(rows[place] >= 0)
        for day in range(7):
            mine = there[weekday[there] == day]
            out[place, mine] = rows[place, random.permutation(mine)]
    return out


def _at_one_budget(table: pd.DataFrame, campaigns: Codes) -> pd.DataFrame:
    """Every day of a campaign at its median daily budget; as it was where none is known."""
    usual = table["daily_budget"].groupby(campaigns).transform("median").to_numpy()
    factor = _factor(usual, table["daily_budget"].to_numpy())
    counted = [name for name in (*MONEY, *COUNTS) if name != "daily_budget"]
    scaled = {name: table[name] * factor for name in counted}
    return table.assign(**scaled, daily_budget=usual)


def _factor(usual: Floats, budget: Floats) -> Floats:
    known = (budget > 0) & (usual > 0)
    return np.divide(usual, budget, out=np.ones(len(budget)), where=known)


def stretch_of(stretch: Stretch, campaigns: int, shuffles: int) -> Stretch:
    """The mornings looked at in each shuffle: the newest whole weeks, as many as tell enough.

    Where days are shuffled, one week is as good as another.
    """
    weeks = max(2, round(CAMPAIGN_WEEKS / max(1, campaigns * shuffles)))
    return Stretch(max(stretch.since, stretch.until - timedelta(7 * weeks - 1)), stretch.until)
