"""What clicks tell of a campaign's curve: the second, much louder witness of diminishing returns.

A budget that grows buys dearer showings, shows them to the same people again and to people who care
less: what every further unit of money buys falls off long before the last step of the funnel, and
clicks count by the thousand where sales count by the dozen. A change of 20 % that takes half a year
to read in ten sales a day shows within two weeks in clicks. How strongly clicks answer says nothing
of how strongly results do on the whole (that is learned from results), but a campaign whose clicks
answer less than its pool's is one whose results do.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np

from bot.advice.response.baseline import Baseline
from bot.advice.response.filter import FilterState, own_answer
from bot.advice.response.panel import Panel
from bot.advice.response.settings import ResponseSettings
from bot.numbers.metrics.sums import Bools, Floats, Ints

ABOVE = frozenset({"reach", "impressions", "clicks", "landing_views"})
"""Results that are counted no later than clicks: there the results themselves are as loud."""


@dataclass(frozen=True, eq=False)
class ClickResponse:
    """How clicks answer to budgets against the pool's, one value a campaign.

    Attributes:
        above: Elasticity of its clicks less the pool's.
        information: How surely that tells as much of its results: 1 / variance; 0 where unknown.
    """

    above: Floats
    information: Floats


def loud(panel: Panel) -> Bools:
    """Campaigns whose results are counted no later than clicks."""
    return np.array([campaign.column in ABOVE for campaign in panel.campaigns], dtype=bool)


def witnesses(panel: Panel) -> Ints:
    """The campaigns whose clicks say more of their curve than their results do."""
    if panel.clicks is None:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(~loud(panel) & (np.nan_to_num(panel.clicks).max(axis=1, initial=0.0) > 0))


def with_clicks(panel: Panel, rows: Ints) -> Panel:
    """The panel, and below it those campaigns again with clicks for results.

    There those of a channel make a pool: what moves all of their clicks at once is its auction.
    """
    if panel.clicks is None or not rows.size:
        return panel
    again = tuple(
        replace(campaign, pool=("clicks", campaign.entity.split("|", 1)[0]), column="clicks")
        for campaign in (panel.campaigns[row] for row in rows.tolist())
    )
    lower = (panel.spend, panel.clicks, np.ones_like(panel.complete), panel.budget)
    upper = (panel.spend, panel.results, panel.complete, panel.budget)
    both = (np.concatenate([one, two[rows]]) for one, two in zip(upper, lower, strict=True))
    return Panel(panel.as_of, (*panel.campaigns, *again), *both, broken=panel.broken)


Parts = TypeVar("Parts", Baseline, FilterState)


def part(values: Parts, rows: slice) -> Parts:
    """The rows of some campaigns."""
    return replace(values, **{one.name: getattr(values, one.name)[rows] for one in fields(values)})


def click_response(
    panel: Panel, rows: Ints, baseline: Baseline, state: FilterState, settings: ResponseSettings
) -> ClickResponse:
    """Read the clicks' own filter.

    Args:
        panel: Of the results.
        rows: `witnesses(panel)`.
        baseline: Of their clicks, in that order.
        state: Likewise.
        settings: What is taken for granted.
    """
    above, information = np.zeros(panel.count), np.zeros(panel.count)
    if not rows.size:
        return ClickResponse(above, information)
    own, known = own_answer(baseline, state, settings, settings.clicks_move)
    own, known = own / settings.clicks_tell, known * settings.clicks_tell**2
    surely, pools = 1 / (1 / known + settings.clicks_differ**2), panel.pool[rows]
    for place in np.unique(pools):
        mine = pools == place
        above[rows[mine]] = own[mine] - np.average(own[mine], weights=surely[mine])
    information[rows] = surely
    return ClickResponse(above, information)
