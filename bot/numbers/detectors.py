"""What is broken rather than bad: tracking, spend, delivery, freshness."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from bot.numbers.scene import HORIZON, Scene
from bot.numbers.sums import Bools, Floats, divided, newest_place

TRACKED = ("conversions", "leads", "landing_views")
_RATE_DAYS = 56
_FEWEST_RESULTS = 5.0
_MONTH = 30.4  # days; the month Google bills a daily budget over


def outage(scene: Scene) -> tuple[Floats, Floats, Floats]:
    """Results that clicks foretell since anything was last counted; those days, and their clicks.

    For conversions, leads and landing views each: the newest run of days with clicks on which 0
    was counted; expected = clicks on them x completion x own rate of the 56 days before (at least 5
    results). The highest of the three counts. Source: STATISTICS.md, "The design", 11 (results 0
    while clicks foretell more than 7).

    Returns:
        Expected results, days and clicks of the run; 0 where the last day counted something, NaN
        where a rate is not known.
    """
    found = zip(*(_silence(scene, name) for name in TRACKED), strict=True)
    expected, days, clicks = map(np.stack, found)
    worst = np.argmax(np.nan_to_num(expected, nan=-1.0), axis=0)
    each = np.arange(scene.count)
    return expected[worst, each], days[worst, each], clicks[worst, each]


def _silence(scene: Scene, column: str) -> tuple[Floats, Floats, Floats]:
    if not scene.has(column, "clicks"):
        nothing = np.full(scene.count, np.nan)
        return nothing, nothing, nothing
    counted, clicks = scene.column(column), scene.column("clicks")
    both = ~np.isnan(counted) & ~np.isnan(clicks)
    last = newest_place(both & (counted > 0))[:, None]
    place = np.arange(HORIZON)[None, :]
    before = both & (place <= last) & (place > last - _RATE_DAYS)
    run = both & (place > last)
    known = np.where(before, counted, 0.0).sum(axis=1)
    rate = divided(known, np.where(before, clicks, 0.0).sum(axis=1))
    foretold = np.where(run, clicks * scene.complete, 0.0).sum(axis=1) * rate
    enough = known >= _FEWEST_RESULTS
    days = run.sum(axis=1).astype(np.float64)
    seen = np.where(run, clicks, 0.0).sum(axis=1)
    unknown = ~enough
    foretold[unknown] = days[unknown] = seen[unknown] = np.nan
    return foretold, days, seen


def spend_vs_budget(scene: Scene) -> Floats:
    """Spend of the last day over its daily budget (the newest of the last 7 days).

    Source: RULES.md, spend over the channel's own daily allowance.
    """
    return divided(scene.column("spend")[:, -1], newest_budget(scene))


def spend_vs_usual(scene: Scene) -> Floats:
    """Spend of the last day over the median of the same weekday in the 8 weeks before.

    Fewer than 3 such days: the median of the 28 days before (at least 7). Where budgets are known,
    a day counts as it would have been at the last day's budget: money that somebody moved here is
    no surprise. Source: RULES.md, over 2x its own weekday median.
    """
    spend = scene.column("spend") * _budget_since(scene)
    weekday = spend[:, HORIZON - 1 - 56 : HORIZON - 1 : 7]
    usual = _median(weekday, fewest=3)
    recent = _median(scene.last(spend, 28, skip=1), fewest=7)
    return divided(spend[:, -1], np.where(np.isnan(usual), recent, usual))


def _budget_since(scene: Scene) -> Floats:
    """The last day's budget over each day's, campaign x day; 1 where either is not known."""
    budgets = scene.column("daily_budget")
    ratios = divided(np.broadcast_to(budgets[:, -1:], budgets.shape), budgets)
    return np.where(np.isnan(ratios), 1.0, ratios)


def month_used(scene: Scene) -> Floats:
    """Spend of the month so far over what its daily budgets allow for the whole month.

    Allowed is each day's own budget so far (the newest where a day's is not known) and the newest
    for what is left of 30.4 days: who lowers a budget in mid-month has not overspent what was
    allowed until then. Source: RULES.md.
    """
    last = scene.as_of - timedelta(1)
    spend, budgets = (
        scene.last(scene.column(name), last.day) for name in ("spend", "daily_budget")
    )
    total = np.where(np.isnan(spend).all(axis=1), np.nan, np.nansum(spend, axis=1))
    newest = newest_budget(scene)
    so_far = np.where(np.isnan(budgets), newest[:, None], budgets).sum(axis=1)
    return divided(total, so_far + max(_MONTH - last.day, 0.0) * newest)


def newest_budget(scene: Scene) -> Floats:
    """The newest daily budget of the last 7 days, currency units."""
    budgets = scene.last(scene.column("daily_budget"), 7)
    places = newest_place(~np.isnan(budgets))
    found = budgets[np.arange(scene.count), places]
    return np.where(places >= 0, found, np.nan)


def delivery(scene: Scene) -> tuple[Floats, Floats, Floats]:
    """Days without showings up to the last day its account reported, and what was usual before.

    Returns:
        `stopped_days`: days with 0 impressions in that run; `silent_days`: days of it with no row
        although the account has rows (platforms leave out all-zero rows, so they are told apart);
        `usual_showings`: the median of the 14 days before the run. NaN where nothing was ever shown
        or the account reported nothing.
    """
    shown, feed, rows = scene.column("impressions"), scene.feed, scene.history.rows
    place = np.arange(HORIZON)[None, :]
    last_shown = newest_place(shown > 0)[:, None]
    run = (place > last_shown) & feed
    stopped = (run & (shown == 0)).sum(axis=1).astype(np.float64)
    silent = (run & ~rows).sum(axis=1).astype(np.float64)
    before = (place <= last_shown) & (place > last_shown - 14)
    usual = _median(np.where(before, shown, np.nan), fewest=1)
    never = last_shown[:, 0] < 0
    return (
        np.where(never, np.nan, stopped),
        np.where(never, np.nan, silent),
        np.where(never, np.nan, usual),
    )


def late_days(scene: Scene) -> Floats:
    """Days between the last data day and the last day its account has any row. 0: up to date."""
    return _behind(scene.feed)


def own_late_days(scene: Scene) -> Floats:
    """Days between the last data day and the campaign's own last row. 0: up to date."""
    return _behind(scene.history.rows)


def _behind(there: Bools) -> Floats:
    last = newest_place(there)
    return np.where(last >= 0, HORIZON - 1 - last, np.nan).astype(np.float64)


def _median(values: Floats, fewest: int) -> Floats:
    """The median of what is there, NaN with fewer than so many."""
    if values.shape[1] == 0:
        return np.full(len(values), np.nan)
    ordered = np.sort(values, axis=1)  # what is missing comes last
    there = np.count_nonzero(~np.isnan(values), axis=1)
    each = np.arange(len(values))
    low, high = (ordered[each, np.maximum(place, 0) // 2] for place in (there - 1, there))
    return np.where(there >= max(fewest, 1), (low + high) / 2, np.nan)
