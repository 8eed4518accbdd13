"""What a marketer sees of a world: daily rows, with every revision known this morning."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from bot.demo.market.kinds import POOLS
from bot.demo.market.response import Array
from bot.demo.market.world import FIRST_DAY, SEARCH, World

Columns = dict[str, np.ndarray[Any, np.dtype[Any]]]


def numbers(world: World, days: int = 90) -> pd.DataFrame:
    """The daily rows of the newest `days` days, with every revision known this morning."""
    pulls = [pull for day in world.played[-days:] for pull in _known(world, day)]
    return pd.DataFrame({name: np.concatenate([p[name] for p in pulls]) for name in pulls[0]})


def _known(world: World, day: dict[str, Any]) -> list[Columns]:
    """The pulls of a played day that changed something; only new ones are made."""
    newest = min(world.day - 1 - day["t"], len(day["by_age"]) - 1)
    pulls: list[Columns] = day.setdefault("pulls", [])
    ages = range(day.get("age", -1) + 1, newest + 1)
    pulls.extend(_pull(world, day, age) for age in ages if _changes(day, age))
    day["age"] = newest
    return pulls


def _changes(day: dict[str, Any], age: int) -> bool:
    return age == 0 or bool((day["by_age"][age] != day["by_age"][age - 1]).any())


def _pull(world: World, day: dict[str, Any], age: int) -> Columns:
    date_ = FIRST_DAY + timedelta(days=day["t"])
    count, now = len(world.pool), day["by_age"][age]
    changed = np.ones(count, bool) if age == 0 else now != day["by_age"][age - 1]
    wait = np.array([day["late"][c] for c in world.channel]).astype(int) if age == 0 else 0
    columns = {
        "date": np.full(count, np.datetime64(date_, "ns")), **_about(world),
        "spend": day["spend"], "impressions": day["impressions"], "clicks": day["clicks"],
        "daily_budget": day["budget"],
        "pulled_on": np.datetime64(date_, "ns") + (1 + age + wait) * np.ones(count, "m8[D]"),
        **_results(world, day, now),
    }  # fmt: skip
    row_mask = changed & ~day["missing"]
    return {name: values[row_mask] for name, values in columns.items()}


def _about(world: World) -> Columns:
    """What stays the same from day to day."""
    count = len(world.pool)
    text: dict[str, list[str]] = {
        "channel": list(world.channel), "account_id": ["a1"] * count,
        "campaign_id": [f"c{i}" for i in range(count)],
        "campaign_name": [f"Campaign {i}" for i in range(count)],
        "stage": [POOLS[p][0] for p in world.pool],
        "pricing_model": [POOLS[p][1] for p in world.pool],
        "currency": ["NOK"] * count, "measured_by": ["shop"] * count,
    }  # fmt: skip
    return {name: np.array(values, dtype=object) for name, values in text.items()}


def _results(world: World, day: dict[str, Any], now: Array) -> Columns:
    """What is counted, each where its platform tells it; NaN elsewhere."""
    results = {}
    for column in ("reach", "leads", "conversions"):
        mine = np.array([POOLS[p][2] == column for p in world.pool])
        results[column] = np.where(mine, now, np.nan)
    people = world.by_reach
    results["reach"] = np.where(people | (world.channel == SEARCH), results["reach"], day["people"])
    landings_reported = ~people & (world.channel != "linkedin_ads")  # it tells no landing views
    return results | {"landing_views": np.where(landings_reported, day["visits"], np.nan)}
