"""What a marketer sees of a world: daily rows, with every revision known this morning."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from bot.market.kinds import POOLS
from bot.market.world import FIRST_DAY, SEARCH, World


def numbers(world: World, back: int = 90) -> pd.DataFrame:
    """The daily rows of the newest `back` days, with every revision known this morning."""
    rows = [row for day in world.played[-back:] for row in _known(world, day)]
    return pd.concat(rows, ignore_index=True)


def _known(world: World, day: dict[str, Any]) -> list[pd.DataFrame]:
    """The pulls of a played day that changed something; only new ones are made."""
    newest = min(world.day - 1 - day["t"], len(day["by_age"]) - 1)
    made: list[pd.DataFrame] = day.setdefault("pulls", [])
    ages = range(day.get("age", -1) + 1, newest + 1)
    made.extend(_pull(world, day, age) for age in ages if _changes(day, age))
    day["age"] = newest
    return made


def _changes(day: dict[str, Any], age: int) -> bool:
    return age == 0 or bool((day["by_age"][age] != day["by_age"][age - 1]).any())


def _pull(world: World, day: dict[str, Any], age: int) -> pd.DataFrame:
    date_ = FIRST_DAY + timedelta(days=day["t"])
    changed = (
        np.ones(len(world.pool), bool) if age == 0 else day["by_age"][age] != day["by_age"][age - 1]
    )
    wait = np.array([day["late"][c] for c in world.channel]).astype(int) if age == 0 else 0
    frame: pd.DataFrame = pd.DataFrame({
        "date": pd.Timestamp(date_), "channel": world.channel, "account_id": "a1",
        "campaign_id": [f"c{i}" for i in range(len(world.pool))],
        "campaign_name": [f"Campaign {i}" for i in range(len(world.pool))],
        "stage": [POOLS[p][0] for p in world.pool],
        "pricing_model": [POOLS[p][1] for p in world.pool],
        "currency": "NOK", "spend": day["spend"], "impressions": day["impressions"],
        "clicks": day["clicks"], "daily_budget": day["budget"], "measured_by": "shop",
        "pulled_on": pd.Timestamp(date_) + pd.to_timedelta(1 + age + wait, unit="D"),
    })  # fmt: skip
    for column in ("reach", "leads", "conversions"):
        mine = np.array([POOLS[p][2] == column for p in world.pool])
        frame[column] = np.where(mine, day["by_age"][age], np.nan)
    people = world.by_reach
    frame["reach"] = np.where(people | (world.channel == SEARCH), frame["reach"], day["people"])
    told = ~people & (world.channel != "linkedin_ads")  # it tells no landing views
    frame["landing_views"] = np.where(told, day["visits"], np.nan)
    kept: pd.DataFrame = frame.loc[changed & ~day["missing"]]
    return kept
