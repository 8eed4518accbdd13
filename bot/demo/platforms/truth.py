"""What happened on a campaign's days in the end: budgets in, whole numbers out.

All chance is drawn once, ahead of time and whatever the budgets are, so that a budget changed
today alters the days from today on and no day before.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bot.demo.platforms.entities import WORTH, Account, Campaign
from bot.demo.platforms.numbers import Floats, Ints, Table

WEEK = np.array([1.03, 1.05, 1.05, 1.02, 0.98, 0.92, 0.95])  # Monday first
SEARCH = ("search_manual", "search_conversions", "search_portfolio", "search_clicks", "shopping")
NOISES = ("spend", "price", "clicks", "results", "worth")
USUAL = 0.93  # of the budget


def active(campaign: Campaign, first_day: date, days: int) -> Floats:
    """1.0 on the days a campaign may run: started, not stopped, not a day it rests on."""
    dates = [first_day + timedelta(days=i) for i in range(days)]
    day_after = campaign.ends + timedelta(days=1) if campaign.ends else date.max
    ends = min(campaign.stopped or date.max, day_after)
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
