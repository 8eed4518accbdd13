"""A campaign's days as whole numbers, and how they are divided among its parts.

What happened on its days in the end: budgets in, whole numbers out. Parts always add up to their
whole, day by day and measure by measure: the reader of a platform may sum ads and must get the ad
set. Results come in late, and a platform restates the days.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from bot.demo.platforms.entities import WORTH, Account, Campaign, Part, Turn

Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
SHOWN = ("impressions", "clicks", "landing_views", "video_views", "engagements", "spend")
RESULTS = ("purchases", "leads")
MEASURES = (*SHOWN, *RESULTS, "value")
OVERCHARGED = 0.015  # a day's cost falls by so much when invalid clicks are credited


@dataclass(frozen=True)
class Table:
    """Days of a campaign or of a part of it: one array of whole numbers a measure.

    `spend` and `value` are minor units; element 0 is the day `first`.
    """

    first: date
    values: Mapping[str, Ints]
    by_click: bool = False

    def __getitem__(self, measure: str) -> Ints:
        return self.values[measure]

    def __len__(self) -> int:
        return len(self.values["spend"])

    def day(self, index: int) -> date:
        return self.first + timedelta(days=index)

    def span(self, since: date, until: date) -> Table:
        """The days from `since` to `until`, both included, as far as there are any."""
        start = min(max((since - self.first).days, 0), len(self))
        stop = min(max((until - self.first).days + 1, start), len(self))
        cut = {name: array[start:stop] for name, array in self.values.items()}
        return Table(self.first + timedelta(days=start), cut, self.by_click)

    def total(self, measure: str) -> int:
        return int(self.values[measure].sum())


def known(table: Table, today: date, part_of_day: float, lag: float, *, half: bool) -> Table:
    """What a platform shows of the days on a certain day of its own calendar.

    Args:
        table: The truth, in the end.
        today: The account's own day; later days are unknown.
        part_of_day: How much of today has passed, 0-1.
        lag: Mean days from click to recorded sale.
        half: Yesterday is still being counted: half of it shows.
    """
    visible = table.span(table.first, today)
    ages = (today - visible.first).days - np.arange(len(visible), dtype=np.float64)
    passed = np.where(ages == 0, part_of_day, 1.0)
    if half:
        passed = np.where(ages == 1, 0.5, passed)
    values = {name: (visible[name] * passed).astype(np.int64) for name in SHOWN}
    charged = np.where(ages <= 2, 1 + OVERCHARGED, 1.0)
    values["spend"] = np.round(values["spend"] * charged).astype(np.int64)
    values.update(_recorded(visible, ages, passed, lag))
    return Table(visible.first, values, table.by_click)


def _recorded(visible: Table, ages: Floats, passed: Floats, lag: float) -> dict[str, Ints]:
    """Leads at once, sales by age; a day's value grows with its sales."""
    share = 1 - (lag / (1 + lag)) ** (ages + passed)
    late = np.where(ages > 30, 1.0, share)
    jitter = (visible["impressions"] % 97) / 97  # a fraction of its own for each day, below 1
    purchases = np.floor(visible["purchases"] * late + jitter * (late < 1)).astype(np.int64)
    purchases = np.minimum(purchases, visible["purchases"])
    worth = np.where(
        purchases, visible["value"] * purchases // np.maximum(visible["purchases"], 1), 0
    )
    leads = (visible["leads"] * passed).astype(np.int64)
    return {"purchases": purchases, "leads": leads, "value": worth.astype(np.int64)}


def split(table: Table, parts: Sequence[Part]) -> list[Table]:
    """The table divided among parts, so that they add up to it exactly."""
    if len(parts) == 1:
        return [table]
    share = _weights(table, parts, "impressions")
    clicked = share * _weights(table, parts, "clicks")
    measures = {"impressions": _divide(table["impressions"], share)}
    for measure in ("clicks", "video_views", "engagements"):
        measures[measure] = _within(_divide(table[measure], clicked), measures["impressions"])
    measures["landing_views"] = _within(
        _divide(table["landing_views"], clicked), measures["clicks"]
    )
    price = np.array([[part.price] for part in parts])
    paid = measures["clicks"] if table.by_click else measures["impressions"]
    measures["spend"] = _divide(table["spend"], paid * price)
    worth = clicked * _weights(table, parts, "results")
    measures.update({measure: _divide(table[measure], worth) for measure in RESULTS})
    measures["value"] = _divide(table["value"], measures["purchases"].astype(np.float64))
    rows = range(len(parts))
    return [Table(table.first, {m: measures[m][i] for m in MEASURES}, table.by_click) for i in rows]


def nothing(first_day: date, days: int) -> Table:
    """Days on which nothing was shown: an account without campaigns."""
    return Table(first_day, {measure: np.zeros(days, dtype=np.int64) for measure in MEASURES})


def merge(tables: Sequence[Table]) -> Table:
    """The sum of tables over the same days."""
    if len(tables) == 1:
        return tables[0]
    summed = {m: np.sum([table[m] for table in tables], axis=0) for m in MEASURES}
    return Table(tables[0].first, summed, tables[0].by_click)


def _weights(table: Table, parts: Sequence[Part], of: str) -> Floats:
    """Parts x days."""
    names = {"impressions": "share", "clicks": "appeal", "results": "worth"}
    base = np.array([[getattr(part, names[of])] for part in parts], dtype=np.float64)
    weights = np.repeat(base, len(table), axis=1)
    for row, part in enumerate(parts):
        if part.turn and part.turn.of == of:
            weights[row] *= _turned(table, part.turn)
    return weights


def _turned(table: Table, turn: Turn) -> Floats:
    days = np.arange(len(table)) - (turn.day - table.first).days
    if not turn.days:
        return np.where(days >= 0, turn.factor, 1.0)
    return turn.factor ** np.clip(days / turn.days, 0.0, 1.0)


def _divide(total_by_day: Ints, weights: Floats) -> Ints:
    """Whole numbers in proportion to weights that add up to `whole`: cumulative rounding."""
    summed = np.cumsum(weights, axis=0)
    total = summed[-1]
    shares = np.where(total > 0, summed / np.where(total > 0, total, 1.0), 1.0)
    bounds = np.floor(total_by_day * shares + 0.5).astype(np.int64)
    steps: Ints = np.diff(bounds, axis=0, prepend=0)
    return steps


def _within(counts: Ints, bound: Ints) -> Ints:
    """No part has more clicks than showings: what is over goes where there is room."""
    over = np.maximum(counts - bound, 0)
    counts = counts - over
    overflow = over.sum(axis=0)
    for row in range(len(counts)):
        room = np.minimum(bound[row] - counts[row], overflow)
        counts[row] += room
        overflow = overflow - room
    return counts


WEEK = np.array([1.03, 1.05, 1.05, 1.02, 0.98, 0.92, 0.95])  # Monday first
SEARCH = ("search_manual", "search_conversions", "search_portfolio", "search_clicks", "shopping")
NOISES = ("spend", "price", "clicks", "results", "worth")
USUAL = 0.93  # of the budget


def active(campaign: Campaign, first_day: date, days: int) -> Floats:
    """1.0 on the days a campaign may run: started, not stopped, not a day it rests on."""
    dates = [first_day + timedelta(days=i) for i in range(days)]
    day_after = campaign.ends + timedelta(days=1) if campaign.ends else date.max
    ends = min(campaign.stopped or date.max, campaign.emptied or date.max, day_after)
    rests = (5, 6) if campaign.plan.weekdays else ()
    return np.array(
        [campaign.started <= day < ends and day.weekday() not in rests for day in dates],
        dtype=np.float64,
    )


@dataclass(frozen=True)
class Dice:
    """What all chance hangs on: the world's seed, and the id of a campaign or group."""

    seed: int
    key: str


def played(campaign: Campaign, dice: Dice, budget: Ints, running: Floats, first_day: date) -> Table:
    """The truth of a campaign's days, or of one of its groups'.

    Args:
        campaign: Whose rates hold.
        dice: What the chance hangs on.
        budget: Minor units, an element a day from `first_day`.
        running: 1.0 where it may run.
        first_day: The first day.
    """
    noise = _noise(dice.seed, dice.key, len(budget))
    plan, account = campaign.plan, campaign.account
    week = WEEK[[(first_day + timedelta(days=i)).weekday() for i in range(len(budget))]]
    extra = 1.2 if plan.weekdays else 1.0
    spend = budget * running * np.minimum(USUAL * week * np.exp(0.05 * noise["spend"]), 1) * extra
    cpm = _money(plan.cpm, account) * np.exp(0.06 * noise["price"])
    shows = np.round(1000 * spend / cpm)
    clicks = np.minimum(_counts(shows * plan.ctr, noise["clicks"]), shows)
    by_click = plan.kind in SEARCH
    spend = np.where(clicks > 0, spend, 0.0) if by_click else np.where(shows > 0, spend, 0.0)
    values = {"impressions": shows, "clicks": clicks, "spend": np.round(spend)}
    values.update(_results(campaign, clicks, shows, noise))
    counts = {name: array.astype(np.int64) for name, array in values.items()}
    return Table(first_day, counts, by_click)


def _results(
    campaign: Campaign, clicks: Floats, shows: Floats, noise: dict[str, Floats]
) -> dict[str, Floats]:
    plan = campaign.plan
    results = _counts(clicks * plan.rate, noise["results"])
    nothing = np.zeros(len(clicks))
    sold = results if plan.order else nothing
    order = _money(plan.order, campaign.account) * np.exp(0.25 * noise["worth"])
    video = 0.31 if plan.kind in ("video", "awareness") else 0.0
    return {
        "landing_views": np.round(clicks * 0.84),
        "video_views": np.round(shows * video),
        "engagements": np.maximum(np.round(shows * 0.011), clicks),
        "purchases": sold,
        "leads": nothing if plan.order else results,
        "value": np.round(sold * order),
    }


def reached(people: float, impressions: int) -> int:
    """People reached by so many showings: never the sum of what shorter spans reached."""
    if impressions <= 0 or people <= 0:
        return 0
    often = 1.25  # showings a person even where the audience is large
    return min(impressions, max(1, round(people * (1 - math.exp(-impressions / often / people)))))


def path(amount: int, steps: Sequence[tuple[date, int, int]], first_day: date, days: int) -> Ints:
    """A budget on each day. `steps`: from which day, before, after; in order of time."""
    amounts = np.full(days, steps[0][1] if steps else amount, dtype=np.int64)
    for day, _, after in steps:
        amounts[max((day - first_day).days, 0) :] = after
    return amounts


def _noise(seed: int, key: str, days: int) -> dict[str, Floats]:
    random = np.random.default_rng([seed, zlib.crc32(key.encode())])
    return dict(zip(NOISES, random.standard_normal((len(NOISES), days)), strict=True))


def _counts(mean: Floats, noise: Floats) -> Floats:
    """Counts that scatter by a little more than their square root; what is rare stays rare."""
    scattered = mean + np.sqrt(1.3 * mean) * noise
    return np.maximum(np.floor(scattered + 0.5), 0.0)


def _money(kroner: float, account: Account) -> float:
    """Minor units of the account for so many kroner."""
    return kroner * WORTH[account.currency] * account.minor
