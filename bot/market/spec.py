"""What a simulated campaign is: its true rates, its budget, and what happens to it."""

from __future__ import annotations

from dataclasses import dataclass, field


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
