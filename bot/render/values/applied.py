"""What people read of budgets set at a platform: before it, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.render.values.budget_moves import ShownChange


@dataclass(frozen=True)
class AtPlatform:
    """How a piece of advice stands at the platforms that can be asked to set its budgets.

    Attributes:
        where: What the platforms are called: "Google", "Google and Meta".
        state: `offered` (it may be asked for), `waiting` (it is under way) or `set` (it can be
            taken back).
    """

    where: tuple[str, ...]
    state: str


@dataclass(frozen=True)
class AppliedBudget:
    """What came of one campaign's budget (`bot.domain.platform_budgets.BudgetResult`), by name.

    `where` is what its platform is called.
    """

    name: str
    where: str
    status: str
    before: float
    after: float
    now: float | None
    sentence: str = ""


@dataclass(frozen=True)
class Forbidden:
    """Why nothing was sent (`bot.domain.platform_budgets.Obstacle`), by name, at its platform."""

    reason: str
    name: str = ""
    where: str = ""
    before: float | None = None
    now: float | None = None
    names: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(frozen=True)
class AppliedRun:
    """What came of setting budgets, or of taking that back.

    Attributes:
        takes_back: Whether it set budgets back.
        budgets: Campaign by campaign; empty where nothing was sent.
        forbidden: Why not.
        is_undoable: Whether something of it can be taken back.
        is_waiting: It was sent, and the platform could not be read since.
    """

    advice_id: str
    where: tuple[str, ...]
    currency: str | None
    takes_back: bool = False
    budgets: tuple[AppliedBudget, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    is_undoable: bool = False
    is_waiting: bool = False


@dataclass(frozen=True)
class AccountCaps:
    """What may be moved in an account, currency units a day."""

    account_id: str
    change: float
    day: float
    month: float


@dataclass(frozen=True)
class ApplyForm:
    """What is asked before budgets are set: each from what to what, and the caps that hold."""

    where: tuple[str, ...]
    changes: tuple[ShownChange, ...]
    caps: tuple[AccountCaps, ...] = ()
    currency: str | None = None
