"""Budgets at a platform: what holds them, what they should become, what came of setting them.

Amounts are integers in the platform's own units: millionths at Google, at Meta hundredths or whole
units as its own list has it, so that nothing is rounded between what was agreed to and what is set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from pydantic import TypeAdapter

SET, UNCHANGED, OTHERWISE = "set", "unchanged", "otherwise"
REFUSED, NOT_SENT = "refused", "not_sent"
OBSTACLES = (
    "stale", "shared", "no_budget", "missing", "step", "refused",
    "off", "cap_change", "cap_day", "cap_month", "scope", "answered", "silent",
)  # fmt: skip


@dataclass(frozen=True)
class BudgetChange:
    """A campaign's daily budget, from what it was when it was advised to what was agreed to.

    Attributes:
        key: The campaign as its advice names it.
        channel, account_id, campaign_id: Where it is, as its platform names it.
        before, after: Currency units a day.
    """

    key: str
    channel: str
    account_id: str
    campaign_id: str
    before: Decimal
    after: Decimal
    currency: str

    @property
    def account(self) -> tuple[str, str]:
        return self.channel, self.account_id

    @property
    def step(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class Holder:
    """What holds a daily budget: a `campaign` or `adset` of Meta's, a `budget` of Google's."""

    kind: str
    holder_id: str
    amount: int


@dataclass(frozen=True)
class PlatformBudget:
    """A campaign's daily budget as its platform has it now.

    Attributes:
        holders: What it is the sum of; empty where it has no daily budget of its own.
        shared_with: Names of the other campaigns that are paid from it.
        units: The platform's units a currency unit.
        step: What every amount must be a multiple of, in those units.
    """

    campaign_id: str
    name: str
    holders: tuple[Holder, ...]
    units: int
    step: int = 1
    shared_with: tuple[str, ...] = ()

    @property
    def units_now(self) -> int:
        """In the platform's units."""
        return sum(holder.amount for holder in self.holders)

    @property
    def amount(self) -> Decimal | None:
        """Currency units a day; None where it has none of its own."""
        return Decimal(self.units_now) / self.units if self.holders else None


@dataclass(frozen=True)
class BudgetSetting:
    """One amount to be set, in the platform's units, and the one it replaces.

    Attributes:
        key: The campaign as its advice names it.
        kind, holder_id: What holds the budget (`Holder`).
    """

    key: str
    channel: str
    account_id: str
    kind: str
    holder_id: str
    before: int
    after: int

    @property
    def account(self) -> tuple[str, str]:
        return self.channel, self.account_id

    @property
    def back(self) -> BudgetSetting:
        """The setting that takes it back."""
        return replace(self, before=self.after, after=self.before)


@dataclass(frozen=True)
class Caps:
    """What may be moved in an account, currency units a day: by one change, in a day, a month."""

    change: Decimal
    day: Decimal
    month: Decimal


@dataclass(frozen=True)
class Obstacle:
    """Why a change is not made.

    Attributes:
        reason: One of OBSTACLES.
        key: The campaign as its advice names it; "" where it is about the whole.
        before, now: Currency units: the budget as advised, and as the platform has it; for a cap
            the cap, and what the change would bring it to.
        names: Of a shared budget, the other campaigns it would touch; of an account, its channel
            and id.
        sentence: In the platform's words, or ours where it did not answer.
    """

    reason: str
    key: str = ""
    before: Decimal | None = None
    now: Decimal | None = None
    names: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(frozen=True)
class BudgetResult:
    """What came of one campaign's change, as the platform was read afterwards.

    Attributes:
        status: `set`, `unchanged`, `otherwise` (neither what it was nor what was agreed to),
            `refused` by the platform, or `not_sent` because another was.
        now: Currency units a day; None where the platform could not be read.
        sentence: The platform's own words where it refused.
    """

    key: str
    status: str
    now: Decimal | None = None
    sentence: str = ""


CHANGES = TypeAdapter(tuple[BudgetChange, ...])
OBSTACLES_MET = TypeAdapter(tuple[Obstacle, ...])
RESULTS, SETTINGS = TypeAdapter(tuple[BudgetResult, ...]), TypeAdapter(tuple[BudgetSetting, ...])
"""As they are kept; amounts of currency as exact text."""
