"""What a platform says of its accounts and campaigns beside their daily numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

Status = Literal["enabled", "paused", "ended", "removed", "unknown"]


@dataclass(frozen=True)
class AdAccount:
    """An ad account that a token reaches.

    Attributes:
        account_id: As the platform writes it, without marks or prefix.
        time_zone: IANA name; the account's days are there.
        through: The manager account it is reached through; "" where it is reached directly.
    """

    account_id: str
    name: str
    currency: str | None
    time_zone: str
    through: str = ""


@dataclass(frozen=True)
class Purpose:
    """What a campaign is for, as its platform has it.

    Attributes:
        stage: reach, act, convert or engage; None where nothing says.
        pricing_model: CPM, CPC, CPL or CPA, by what is optimised for.
        known: Whether the platform itself says what it optimises; else it is a guess, which holds
            back every move of money.
        reason: The platform's own words for it: "bidding strategy TARGET_CPA, lead goal".
    """

    stage: str | None = None
    pricing_model: str | None = None
    known: bool = False
    reason: str = ""


@dataclass(frozen=True)
class CampaignFacts:
    """A campaign as its platform has it now.

    Attributes:
        status: A paused campaign is not one that stopped, nor is one that ended as it was to.
        started: Its first day; None where the platform does not say.
        ends: Its last day, as somebody set it; None where it has none.
        daily_budget: Currency units a day; None where it is shared, a lifetime's, or its ad sets'
            with any of them unknown.
        shared_budget: The name of the budget it shares with others, or "".
        budget_id: The platform's id of the budget, where budgets have ids.
        bid_metric, bid_target: What the platform bids to (`cpa`, `cpl`, `roas`), currency units;
            stands in for a target that the plan lacks.
        billed_by: CPM, CPC …: what is charged for, where it is known.
        attribution: The window in which results are counted, in the platform's words.
    """

    account_id: str
    campaign_id: str
    name: str
    status: Status
    purpose: Purpose
    started: date | None = None
    ends: date | None = None
    daily_budget: float | None = None
    shared_budget: str = ""
    budget_id: str = ""
    bid_metric: str = ""
    bid_target: float | None = None
    billed_by: str | None = None
    attribution: str = ""

    def on(self, day: date) -> CampaignFacts:
        """As it stands on a day: platforms go on to call what has ended enabled."""
        over = self.status == "enabled" and self.ends is not None and self.ends < day
        return replace(self, status="ended") if over else self


@dataclass(frozen=True)
class PlatformChange:
    """Something somebody changed on the platform.

    Attributes:
        what: `budget`, `status` or `bid`.
        before, after: Currency units, a ratio (target ROAS) or a status; None where unknown.
        by: Who did it, as the platform names them.
        through: `web`, `api` or another of the platform's words.
    """

    account_id: str
    campaign_ids: tuple[str, ...]
    when: datetime
    what: str
    before: float | str | None
    after: float | str | None
    by: str
    through: str = ""


@dataclass(frozen=True)
class TokenFacts:
    """What a platform says of the token it is asked with.

    Attributes:
        issued: When it was made; None where the platform does not say.
        ends: When it ends; None where it does not, or the platform does not say.
        scopes: What it may do, in the platform's own words; empty where it does not say.
    """

    issued: datetime | None = None
    ends: datetime | None = None
    scopes: frozenset[str] = frozenset()
