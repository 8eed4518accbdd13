"""What an ad platform keeps: accounts, budgets, campaigns and what hangs under them.

Money is an integer count of the currency's minor units (cents, øre, whole yen): exact, and never
mixed with another currency's. What the accounts hold stands here too: one line a campaign, with
what is wrong in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


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


MICROS = 1_000_000
EXPONENTS = {"NOK": 2, "USD": 2, "EUR": 2, "SEK": 2, "HUF": 2, "TWD": 2, "JPY": 0, "KRW": 0,
             "KWD": 3}  # fmt: skip
ZONES = {
    "NOK": "Europe/Oslo", "USD": "America/New_York", "EUR": "Europe/Berlin",
    "SEK": "Europe/Stockholm", "HUF": "Europe/Budapest", "TWD": "Asia/Taipei",
    "JPY": "Asia/Tokyo", "KRW": "Asia/Seoul", "KWD": "Asia/Kuwait",
}  # fmt: skip
WORTH = {
    "NOK": 1.0, "USD": 0.1, "EUR": 0.09, "SEK": 1.0, "HUF": 36.0, "TWD": 3.1, "JPY": 15.0,
    "KRW": 140.0, "KWD": 0.03,
}  # fmt: skip  # units that buy what a krone buys, roughly: only sizes hang on it
ACTIVE, PAUSED, REMOVED = "active", "paused", "removed"


@dataclass(frozen=True)
class Account:
    """An ad account; `account_id` is as the platform writes it, without prefix."""

    platform: str
    account_id: str
    name: str
    currency: str
    time_zone: str

    @property
    def minor(self) -> int:
        """Minor units a currency unit: 100 for kroner, 1 for yen (ISO 4217)."""
        return int(10 ** EXPONENTS[self.currency])

    def micros(self, amount: int) -> int:
        """An amount in minor units as millionths of a unit."""
        return amount * (MICROS // self.minor)

    def decimal(self, amount: int) -> Decimal:
        """An amount in minor units as currency units, with the currency's own decimals."""
        return Decimal(amount).scaleb(-EXPONENTS[self.currency])


@dataclass(frozen=True)
class Turn:
    """From `day` on what a part yields is multiplied: `of` is `clicks` or `results`.

    Where `days` is above 0 it gets there step by step, as a creative tires.
    """

    of: str
    day: date
    factor: float
    days: int = 0


@dataclass(frozen=True)
class Part:
    """How a part differs from its siblings.

    Attributes:
        share: Of impressions; the siblings' shares need not add up to one.
        appeal: Clicks an impression, against the siblings.
        worth: Results a click, against the siblings.
        price: Spend an impression (search: a click), against the siblings.
    """

    share: float
    appeal: float = 1.0
    worth: float = 1.0
    price: float = 1.0
    turn: Turn | None = None


@dataclass
class Budget:
    """A daily budget; an explicitly shared one feeds several campaigns."""

    budget_id: str
    name: str
    amount: int
    shared: bool = False
    removed: bool = False


@dataclass(frozen=True)
class SearchTerm:
    """What people typed."""

    text: str
    part: Part


@dataclass(frozen=True)
class Keyword:
    """A keyword with its quality score of 1-10 and the three parts (1 below … 3 above average).

    A keyword with too little traffic has no score: None, not 0.
    """

    criterion_id: str
    text: str
    match_type: str
    quality: int | None
    quality_parts: tuple[int, int, int] | None
    part: Part
    terms: tuple[SearchTerm, ...] = ()


@dataclass(frozen=True)
class Ad:
    """One creative and where it leads."""

    ad_id: str
    name: str
    headline: str
    final_url: str
    part: Part


@dataclass
class Group:
    """An ad group (Google, Microsoft) or ad set (Meta) or ad group (TikTok)."""

    group_id: str
    name: str
    part: Part
    budget: Budget | None = None
    ads: tuple[Ad, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    status: str = ACTIVE


@dataclass
class Campaign:
    """A campaign: what it is and what it may cost; `plan` has its true rates.

    Attributes:
        target: What a result may cost in minor units, where the platform bids to a cost.
        target_roas: The return the platform bids to.
        strategy_id: The portfolio bidding strategy it belongs to.
        ends: Its last day, which was set beforehand; the platform still calls it active then.
        emptied: The day all its groups were switched off; it is called active then, too.
        budget: None where its groups have budgets of their own.
        audiences: How far the audience parts differ (`age`, `gender`, `device`, `region` …).
    """

    account: Account
    campaign_id: str
    name: str
    plan: Plan
    budget: Budget | None
    started: date
    status: str = ACTIVE
    stopped: date | None = None
    target: int | None = None
    target_roas: float | None = None
    strategy_id: str = ""
    groups: tuple[Group, ...] = ()
    audiences: dict[str, dict[str, Part]] = field(default_factory=dict)
    ends: date | None = None
    emptied: date | None = None

    @property
    def kind(self) -> str:
        """What each platform has its own word for."""
        return self.plan.kind

    def budgets(self) -> Iterator[Budget]:
        """Its own budget, or those of its groups."""
        budgets = [self.budget] if self.budget else [group.budget for group in self.groups]
        return (budget for budget in budgets if budget is not None)


@dataclass(frozen=True)
class Change:
    """An entry of the change history.

    Attributes:
        what: `budget`, `status` or `target`; `subject_id` is the budget's or campaign's id.
        before, after: The field's values; money in minor units.
        by: Who did it, an e-mail address.
        through: `web` (by hand) or `api`.
    """

    account: Account
    when: datetime
    what: str
    subject_id: str
    before: float | str | None
    after: float | str | None
    by: str
    through: str
    campaign_ids: tuple[str, ...] = ()
