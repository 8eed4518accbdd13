"""A client's stages side by side, in two times four weeks: for a person to weigh, never to move.

Money moves inside a stage; crossing stages takes a person (DESIGN.md). What such a person needs to
see: whether money left the top of the funnel while those who know the brand stopped growing in
number, and whether more money at the bottom still buys more. The newest week is left out, because
its sales are still coming in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bot.numbers.history import History
from bot.numbers.learned import SETTLING, alike
from bot.numbers.sums import Bools, Floats, Ints, divided
from bot.numbers.windows import Window

FUNNEL: dict[str, str] = {
    "reach_share": "Share of the client's money that went to reach, four weeks to a week ago",
    "reach_share_before": "Share of the client's money that went to reach, the four weeks before",
    "brand_results": "Conversions of the client's brand and retargeting campaigns, four weeks",
    "brand_results_before": "Conversions of brand and retargeting, the four weeks before",
    "stage_spend": "Spend of the client's other campaigns in convert, four weeks",
    "stage_spend_before": "Spend of the other campaigns in convert, the four weeks before",
    "stage_results": "Their conversions, four weeks",
    "stage_results_before": "Their conversions, the four weeks before",
}
"""Known only as `name.now`: of brand and retargeting the first four, of the rest the others."""
SPAN = 28


@dataclass(frozen=True)
class Place:
    """Where a campaign stands: client and currency, stage, and whether its demand is captured."""

    client: str | None
    currency: str | None
    stage: str | None
    captured: bool


def funnel(history: History, as_of: date, places: Sequence[Place]) -> dict[str, Floats]:
    """Each name of `FUNNEL`, one value a campaign; NaN where it says nothing of it."""
    groups = alike([(place.client, place.currency) for place in places])
    captured = np.array([place.captured for place in places], dtype=bool)
    stages = np.array([str(place.stage) for place in places], dtype=object)
    sold = (stages == "convert") & ~captured
    now = Window.ending(as_of - timedelta(1 + SETTLING), SPAN)
    found: dict[str, Floats] = {}
    for end, window in (("", now), ("_before", now.before())):
        spend, results = (history.sum(name, window).value for name in ("spend", "conversions"))
        total = _all(groups, spend)
        found[f"reach_share{end}"] = divided(_all(groups, spend, stages == "reach"), total)
        found[f"brand_results{end}"] = _all(groups, results, captured)
        found[f"stage_spend{end}"] = _all(groups, spend, sold)
        found[f"stage_results{end}"] = _all(groups, results, sold)
    of = {name: sold if name.startswith("stage") else captured for name in FUNNEL}
    return {name: np.where(of[name], found[name], np.nan) for name in FUNNEL}


def _all(groups: Ints, values: Floats, inside: Bools | None = None) -> Floats:
    """The sum over each campaign's client; NaN where nothing was measured."""
    there = ~np.isnan(values) if inside is None else inside & ~np.isnan(values)
    total = np.bincount(groups, np.where(there, values, 0.0), groups.size)
    some = np.bincount(groups, there.astype(np.float64), groups.size)
    return np.where(some > 0, total, np.nan)[groups]
