"""What an ad platform keeps: accounts, budgets, campaigns and what hangs under them.

Money is an integer count of the currency's minor units (cents, øre, whole yen): exact, and never
mixed with another currency's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from bot.demo.platforms.story import Plan

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
