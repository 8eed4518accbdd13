"""The demo's market: a Norwegian shop with thirteen campaigns, and a morning with news in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from bot.demo.market.details import details
from bot.demo.market.kinds import Event, Spec
from bot.demo.market.simulate import play
from bot.numbers.plan import PlanEntry

DAYS = 98
CURRENCY = "NOK"

CAMPAIGNS = (
    # Reach: be seen. The first has been seen too often.
    Spec("meta_ads", "meta-1", "m-awareness", "Meta | Awareness autumn", "reach", "CPM",
         daily_budget=2400, cpm=58, ctr=0.0105, audience=45_000, delivery=0.93,
         events=(Event("fatigue", 12, 0.52),)),
    Spec("tiktok_ads", "tiktok-1", "t-video", "TikTok | Video reach", "reach", "CPM",
         daily_budget=1500, cpm=42, ctr=0.0085, audience=410_000),
    # Act: get a click or a sign-up. The leads form stopped counting on Saturday.
    Spec("meta_ads", "meta-1", "m-leads", "Meta | Leads B2B", "act", "CPL",
         daily_budget=1800, cpm=96, ctr=0.0125, lead_rate=0.075, qualified_share=0.63,
         audience=260_000, target=170, dispersion=1.4, events=(Event("outage", 3, 0.0),)),
    Spec("linkedin_ads", "linkedin-1", "l-abm", "LinkedIn | ABM", "act", "CPL",
         daily_budget=900, cpm=310, ctr=0.0062, lead_rate=0.06, qualified_share=0.7, target=1500,
         started_days_ago=16),
    Spec("google_ads", "google-1", "g-guides", "Google | Guides", "act", "CPC",
         daily_budget=1100, cpm=165, ctr=0.041, landing_rate=0.86, lead_rate=0.034, target=4.6),
    Spec("linkedin_ads", "linkedin-1", "l-traffic", "LinkedIn | Whitepaper", "act", "CPC",
         daily_budget=800, cpm=260, ctr=0.0098, landing_rate=0.81, lead_rate=0.026, target=29),
    # Convert: sell. Generic's landing page broke; Shopping could use more money than it gets.
    Spec("google_ads", "google-1", "g-generic", "Google | Generic", "convert", "CPA",
         daily_budget=4200, cpm=210, ctr=0.037, close_rate=0.0275, documented_share=0.93,
         order_value=1150, target=250, lag_days=1.1, landing_rate=0.88,
         events=(Event("landing_page", 11, 0.52),)),
    Spec("google_ads", "google-1", "g-shopping", "Google | Shopping", "convert", "CPA",
         daily_budget=2400, cpm=118, ctr=0.0155, close_rate=0.052, documented_share=0.95,
         order_value=980, target=250, delivery=0.995, lag_days=0.8, elasticity=0.85),
    Spec("google_ads", "google-1", "g-competitors", "Google | Competitors", "convert", "CPA",
         daily_budget=2600, cpm=255, ctr=0.021, close_rate=0.031, documented_share=0.92,
         order_value=1090, target=250, lag_days=0.9, elasticity=0.55),
    Spec("google_ads", "google-1", "g-brand", "Google | Brand", "convert", "CPC",
         daily_budget=700, cpm=240, ctr=0.13, close_rate=0.06, documented_share=0.96,
         order_value=1040, target=60, captured=True),
    Spec("meta_ads", "meta-1", "m-retargeting", "Meta | Retargeting", "convert", "CPA",
         daily_budget=1300, cpm=104, ctr=0.0145, close_rate=0.034, documented_share=0.9,
         order_value=890, target=260, audience=95_000, lag_days=4.5, captured=True),
    # Engage: get customers talking.
    Spec("meta_ads", "meta-1", "m-customers", "Meta | Customers", "engage", "CPA",
         daily_budget=500, cpm=74, ctr=0.018, close_rate=0.046, repeat_share=0.71,
         documented_share=0.94, order_value=760, target=150, audience=38_000, satisfaction=4.4,
         engagement_rate=0.012),
    Spec("tiktok_ads", "tiktok-1", "t-community", "TikTok | Community", "engage", "CPM",
         daily_budget=450, cpm=39, ctr=0.011, engagement_rate=0.031, audience=120_000,
         satisfaction=4.2, target=1.6),
)  # fmt: skip


@dataclass(frozen=True)
class DemoMarket:
    """Daily rows with every pull of them, the plan for them, and the reach of whole windows."""

    numbers: pd.DataFrame
    plan: tuple[PlanEntry, ...]
    window_reach: pd.DataFrame
    seed: int = 1

    @cached_property
    def details(self) -> pd.DataFrame:
        """The parts below the campaigns (`bot.numbers.input.detail_rows.INCOMING`)."""
        return details(self.numbers, self.seed)


def demo(as_of: date, seed: int) -> DemoMarket:
    """The demo's numbers up to the day before `as_of`; the same seed gives the same market.

    Planted: creative fatigue (Meta | Awareness autumn), a tracking outage (Meta | Leads B2B), a
    winner limited by its budget (Google | Shopping) beside a dear neighbour (Google |
    Competitors), a cost doubled by a landing page (Google | Generic), late conversions (Meta |
    Retargeting), a campaign with too little data (LinkedIn | ABM).
    """
    played = play(CAMPAIGNS, as_of, days=DAYS, seed=seed, currency=CURRENCY)
    plan = tuple(map(_entry, CAMPAIGNS))
    return DemoMarket(played.numbers, plan, played.window_reach, seed)


def _entry(spec: Spec) -> PlanEntry:
    return PlanEntry(
        match=f"{spec.channel}:{spec.name}",
        stage=spec.stage,
        pricing_model=spec.pricing_model,
        target=spec.target,
        monthly_budget=round(spec.daily_budget * 30.4, -2),
        demand="captured" if spec.captured else None,
        measured_by=spec.channel,
    )
