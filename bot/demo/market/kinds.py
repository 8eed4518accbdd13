"""What sorts of world there are: one field a trait, so that a world is described in a line.

What a simulated campaign is: its true rates, its budget, and what happens to it; and how results
answer to spend, with the best split of a pool's money: the truth a market knows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

CHANNELS = ("google_ads", "meta_ads", "linkedin_ads", "tiktok_ads")
POOLS = (
    # stage, pricing model, column of the results, results a day, cost of one
    ("reach", "CPM", "reach", 22_000.0, 0.06),
    ("act", "CPL", "leads", 9.0, 160.0),
    ("convert", "CPA", "conversions", 7.0, 320.0),
    ("engage", "CPA", "conversions", 5.0, 150.0),
)


@dataclass(frozen=True)
class Kind:
    """A sort of world.

    Attributes:
        campaigns, history, days: How many; days before the first advice; days of following it.
        spread: Standard deviation of log efficiency between campaigns of a pool (0: none).
        shapes: Which response curves are drawn.
        bend: Mean and standard deviation of their exponent.
        lag: Mean days from click to record, and the longest.
        falls: Share of recorded results that are taken back later.
        dispersion: Range of variance over mean of daily results.
        drift: Daily standard deviation of a campaign's log efficiency (mean-reverting).
        common: Daily standard deviation of what moves a whole channel.
        missing: Chance that a campaign's day is missing; `late`: that a channel comes a day late.
        giants: Spread of log budgets.
        events: Expected number of each event over the run, by kind.
        follow: Chance that a piece of advice is followed.
    """

    name: str
    campaigns: int = 40
    history: int = 56
    days: int = 120
    spread: float = 0.45
    shapes: tuple[str, ...] = ("power",)
    bend: tuple[float, float] = (0.62, 0.12)
    lag: tuple[float, int] = (1.2, 10)
    falls: float = 0.0
    dispersion: tuple[float, float] = (1.2, 2.2)
    drift: float = 0.02
    common: float = 0.03
    missing: float = 0.0
    late: float = 0.0
    giants: float = 0.4
    events: dict[str, int] = field(default_factory=dict)
    follow: float = 1.0


EVENTS = {"outage": 3, "break": 4, "spike": 3, "fatigue": 3, "stop": 2}
HARSH_EVENTS = {**EVENTS, "partial": 2, "channel_outage": 1, "double": 2}
STANDARD = Kind("standard", events=EVENTS)
NULL = Kind("null", spread=0.0, drift=0.0, bend=(0.62, 0.0))
HARSH = Kind(
    "harsh", shapes=("power", "hill", "flat"), bend=(0.6, 0.18), lag=(4.0, 30), falls=0.06,
    dispersion=(1.2, 4.0), missing=0.01, late=0.03, giants=1.2, events=HARSH_EVENTS, follow=0.6,
)  # fmt: skip
HARSH_NULL = Kind("harsh null", spread=0.7, shapes=("equal",), drift=0.0, giants=0.8)
KINDS = {kind.name: kind for kind in (STANDARD, NULL, HARSH, HARSH_NULL)}


@dataclass(frozen=True)
class Event:
    """Something that happens to a campaign, `days_ago` days before the newest data day ends.

    Attributes:
        kind: `fatigue` (the click rate falls and the same people see it more often),
            `outage` (results stop being counted), `landing_page` (fewer clicks become results),
            `auction` (showings cost more), `spike` (spend beyond the budget), `stop` (showings
            fall to nothing) or `budget` (the daily budget is changed).
        days_ago: On how many of the newest days it holds; 1 is yesterday only.
        size: What the rate is multiplied with in the end (fatigue arrives slowly, others at once).
        until_days_ago: It is over again this many days ago; 0 means it still holds.
    """

    kind: str
    days_ago: int
    size: float = 1.0
    until_days_ago: int = 0


@dataclass(frozen=True)
class Spec:
    """A campaign with known truth. Money in currency units, rates as fractions.

    Attributes:
        cpm: Price of 1,000 showings at the usual budget.
        delivery: Share of the budget that is spent on a usual day; over 0.97 the budget is the
            limit.
        lead_rate: Leads a click; `close_rate`: sales a lead where there are leads, else sales a
            click.
        lag_days: Mean days from click to recorded sale (geometric).
        elasticity: Results grow with (spend / usual spend) ** elasticity.
        dispersion: Variance over mean of daily results.
        audience: People who can be reached, for the reach of whole windows; None where the
            platform gives no reach.
        target: What the plan says a result may cost, or None.
    """

    channel: str
    account_id: str
    campaign_id: str
    name: str
    stage: str
    pricing_model: str
    daily_budget: float
    cpm: float
    ctr: float
    delivery: float = 0.9
    landing_rate: float | None = None
    lead_rate: float | None = None
    qualified_share: float | None = None
    close_rate: float | None = None
    documented_share: float | None = None
    order_value: float | None = None
    engagement_rate: float | None = None
    repeat_share: float | None = None
    satisfaction: float | None = None
    audience: float | None = None
    lag_days: float = 0.4
    elasticity: float = 0.7
    dispersion: float = 1.3
    target: float | None = None
    captured: bool = False
    started_days_ago: int | None = None
    events: tuple[Event, ...] = field(default=())


Array = np.ndarray[Any, np.dtype[np.float64]]
GRID = np.linspace(0.0, 5.0, 251)


@dataclass(frozen=True)
class Curve:
    """One campaign's answer to spend.

    Attributes:
        kind: `power`: x**bend; `hill`: an S-curve that saturates; `flat`: a base that comes
            anyway plus a bent part, so that average and marginal return differ.
        bend: The exponent of `power` and `flat`; the steepness of `hill`.
        base: For `flat`, the share of results that no money buys.
    """

    kind: str
    bend: float
    base: float = 0.0

    def __call__(self, x: Array) -> Array:
        """Results at x times the usual spend, as a share of the usual results."""
        x = np.maximum(x, 0.0)
        if self.kind == "hill":
            return np.asarray(2.0 * x**self.bend / (1.0 + x**self.bend))
        return np.asarray(self.base + (1 - self.base) * x**self.bend)

    def slope(self, x: Array) -> Array:
        """Change of results with x: at x = 1 the elasticity."""
        step = 1e-4
        return np.asarray((self(x + step) - self(x - step)) / (2 * step))


def best_split(scales: Array, curves: list[Curve], usual: Array, floor: float = 0.2) -> Array:
    """The spend a campaign that gives a pool the most results for the money it has.

    Each curve is replaced by its concave hull above the floor and the pool's price of one more
    result is found by bisection; on a hull that is the optimum, off it within a grid step.

    Args:
        scales: Results a day at the usual spend, one a campaign.
        curves: One a campaign.
        usual: The usual spend a day; their sum is what the pool may spend.
        floor: No campaign goes under this share of its usual spend.

    Returns:
        Spend a day, one a campaign, with the same sum as `usual`.
    """
    grids = [_hull(curve, floor) for curve in curves]
    low, high = 0.0, 10.0 * float(np.max(scales / usual))
    for _ in range(60):
        price = (low + high) / 2
        spend = _spend(price, scales, grids, usual)
        low, high = (price, high) if spend.sum() > usual.sum() else (low, price)
    spend = _spend(high, scales, grids, usual)
    return np.asarray(spend * usual.sum() / spend.sum())


def _hull(curve: Curve, floor: float) -> tuple[Array, Array]:
    """The corners of the concave hull above `floor`, and the slope that leads to each."""
    x = GRID[floor <= GRID]
    y = curve(x)
    corner_indices = [0]
    for i in range(1, len(x)):
        while len(corner_indices) > 1 and _below(x, y, corner_indices[-2], corner_indices[-1], i):
            corner_indices.pop()
        corner_indices.append(i)
    corners = x[corner_indices]
    slopes = np.diff(y[corner_indices]) / np.diff(corners)
    return corners, np.concatenate([[np.inf], slopes])


def _below(x: Array, y: Array, a: int, b: int, c: int) -> bool:
    return bool((y[b] - y[a]) * (x[c] - x[a]) <= (y[c] - y[a]) * (x[b] - x[a]))


def _spend(price: float, scales: Array, grids: list[tuple[Array, Array]], usual: Array) -> Array:
    """What each campaign spends when another result may cost 1 / price."""
    chosen = [
        corners[np.searchsorted(-slopes * scale / spend, -price, side="right") - 1]
        for (corners, slopes), scale, spend in zip(grids, scales, usual, strict=True)
    ]
    return np.asarray(chosen) * usual
