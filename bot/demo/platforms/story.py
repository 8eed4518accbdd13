"""What the accounts of the local platforms hold: one line a campaign, with what is wrong in it.

Sizes are kroner; an account in another currency gets the same campaigns at its own money's size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """A campaign to be made.

    Attributes:
        kind: What each platform has a word for: `search_manual`, `leads`, `sales_cbo` …
        daily: Daily budget in kroner; `cpm` in kroner.
        rate: Results a click; `order` is what a sale is worth in kroner, 0 where nothing is sold.
        lag: Mean days from click to recorded sale.
        people: Who can be reached; 0 where the platform gives no reach.
        pause: Days ago that it was paused or removed; 0 while it runs.
        shared: Name of the shared budget it draws on.
        groups: Ad groups or ad sets.
    """

    name: str
    kind: str
    goal: str
    daily: int
    cpm: float
    ctr: float
    rate: float = 0.0
    order: float = 0.0
    lag: float = 0.5
    target: int | None = None
    roas: float | None = None
    people: int = 0
    pause: int = 0
    removed: bool = False
    shared: str = ""
    strategy: str = ""
    groups: int = 2
    weekdays: bool = False


GOOGLE = (
    Plan("Google | Brand", "search_manual", "click", 700, 240, 0.13, 0.06, 1040),
    Plan("Google | Generic", "search_conversions", "purchase", 4200, 210, 0.037, 0.0275, 1150,
         lag=1.1, target=250, groups=3),
    Plan("Google | Shopping", "shopping", "purchase", 2400, 118, 0.0155, 0.052, 980, lag=0.8,
         roas=4.0, groups=1),
    Plan("Google | Performance Max", "pmax", "purchase", 1800, 95, 0.012, 0.04, 1010, lag=1.4,
         roas=3.5, groups=0),
    Plan("Google | Leads", "search_portfolio", "lead", 1500, 190, 0.031, 0.05, target=160,
         strategy="Leads, 160 a lead"),
    Plan("Google | Video reach", "video", "reach", 900, 52, 0.004, people=400_000, groups=1),
    Plan("Google | Competitors", "search_clicks", "click", 0, 255, 0.021, 0.031, 1090, lag=0.9,
         shared="Search, shared"),
    Plan("Google | Guides", "search_clicks", "click", 0, 165, 0.041, 0.01, 700,
         shared="Search, shared", weekdays=True),
    Plan("Google | Summer sale", "display", "purchase", 600, 40, 0.006, 0.01, 800, pause=60,
         people=150_000, groups=1),
    Plan("Google | Old test", "display", "click", 300, 35, 0.005, pause=200, removed=True,
         groups=1),
)  # fmt: skip
META = (
    Plan("Meta | Awareness autumn", "awareness", "reach", 2400, 58, 0.0105, people=45_000),
    Plan("Meta | Leads B2B", "leads", "lead", 1800, 96, 0.0125, 0.075, people=260_000,
         target=170, groups=3),
    Plan("Meta | Sales", "sales_cbo", "purchase", 3200, 104, 0.0145, 0.034, 890, lag=2.5,
         people=600_000, groups=3),
    Plan("Meta | Retargeting", "sales_sets", "purchase", 1300, 124, 0.0175, 0.041, 870, lag=3.5,
         people=95_000, target=260),
    Plan("Meta | Traffic to guides", "traffic", "click", 800, 61, 0.019, 0.004, 600,
         people=320_000),
    Plan("Meta | Customers", "engagement", "click", 500, 74, 0.018, people=38_000, groups=1),
    Plan("Meta | Advantage+ shopping", "advantage", "purchase", 1400, 92, 0.013, 0.031, 820,
         lag=1.5, people=800_000, groups=1),
    Plan("Meta | Spring launch", "sales_cbo", "purchase", 900, 88, 0.012, 0.02, 760, pause=75,
         people=200_000, groups=1),
)  # fmt: skip
LINKEDIN = (
    Plan("LinkedIn | ABM", "leads", "lead", 900, 310, 0.0062, 0.06, people=60_000, groups=2,
         target=850),
    Plan("LinkedIn | Whitepaper", "traffic", "click", 800, 260, 0.0098, 0.01, people=90_000,
         groups=1),
    Plan("LinkedIn | Employer brand", "awareness", "reach", 500, 190, 0.004, people=140_000,
         groups=1),
)  # fmt: skip
TIKTOK = (
    Plan("TikTok | Video reach", "awareness", "reach", 1500, 42, 0.0085, people=410_000),
    Plan("TikTok | Shop", "sales_cbo", "purchase", 1100, 48, 0.011, 0.022, 640, lag=1.2,
         people=350_000, target=210),
    Plan("TikTok | Community", "traffic", "click", 450, 39, 0.011, people=120_000, groups=1),
)  # fmt: skip
MICROSOFT = (
    Plan("Microsoft | Brand", "search_manual", "click", 300, 210, 0.11, 0.05, 990),
    Plan("Microsoft | Generic", "search_conversions", "purchase", 1100, 180, 0.032, 0.024, 1080,
         lag=1.0, target=270),
    Plan("Microsoft | Shopping", "shopping", "purchase", 700, 105, 0.014, 0.045, 930, roas=4.2,
         groups=1),
    Plan("Microsoft | Leads", "search_portfolio", "lead", 600, 165, 0.028, 0.045, target=180,
         strategy="Leads, 180 a lead"),
    Plan("Microsoft | Competitors", "search_clicks", "click", 0, 220, 0.019, 0.028, 1020, lag=0.9,
         shared="Search, shared"),
    Plan("Microsoft | Guides", "search_clicks", "click", 0, 150, 0.036, 0.009, 680,
         shared="Search, shared", weekdays=True),
    Plan("Microsoft | Winter sale", "display", "purchase", 400, 38, 0.005, 0.01, 780, pause=60,
         groups=1),
    Plan("Microsoft | Old test", "display", "click", 200, 33, 0.004, pause=200, removed=True,
         groups=1),
)  # fmt: skip
PLANS = {
    "google": GOOGLE, "meta": META, "linkedin": LINKEDIN, "tiktok": TIKTOK,
    "microsoft": MICROSOFT,
}  # fmt: skip

WORDS = ("running shoes", "trail shoes", "rain jacket", "wool socks", "hiking boots", "day pack")
MATCHES = ("exact", "phrase", "broad")
AGES = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
GENDERS = ("female", "male", "unknown")
DEVICES = ("mobile", "desktop", "tablet")
REGIONS = ("Oslo", "Vestland", "Rogaland", "Trøndelag")
PLACEMENTS = ("feed", "stories", "reels", "network")


def lines(platform: str, count: int = 0) -> Iterator[Plan]:
    """The platform's campaigns; above that number the same again, numbered, up to `count`."""
    plans = PLANS[platform]
    yield from plans
    for number in range(len(plans), count):
        plan = plans[number % len(plans)]
        yield Plan(**{**vars(plan), "name": f"{plan.name} {number}", "groups": 1,
                      "shared": "", "daily": plan.daily or 500})  # fmt: skip
