"""What another budget is expected to bring, as it is worded."""

from __future__ import annotations

from dataclasses import dataclass

NO_RESULT = 0.05


@dataclass(frozen=True)
class WhatIf:
    """What another budget is expected to bring a week.

    Attributes:
        column: What is counted.
        mean, low, high: Results more or fewer a week, the middle 90 %; None where nobody can say.
        learned: Whether the pool has been seen to answer to budgets at all.
        giver: The campaign the money would come from.
        receivers: Where extra money would go, the best first, with what each would bring; where
            it would be taken, the least loss first, where `less` is asked for.
        parts: What else a channel's campaigns count, and what the change does to it.
        has_captured: Whether brand and retargeting were left out of where money would go.
        saves: Whether somebody asked what a smaller budget saves.
        month: The amount that was said of no days and is taken for a month's; None for any other.
    """

    name: str
    amount: float
    before: float | None = None
    after: float | None = None
    currency: str | None = None
    column: str = ""
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    learned: bool = False
    giver: str = ""
    receivers: tuple[WhatIf, ...] = ()
    less: bool = False
    parts: tuple[WhatIf, ...] = ()
    has_captured: bool = False
    saves: bool = False
    month: float | None = None

    @property
    def saved_a_month(self) -> float | None:
        """Money that a smaller daily budget leaves in 30 days, where that is asked."""
        if not self.saves or self.before is None or self.after is None or self.giver:
            return None
        return 30 * (self.before - self.after) if self.after < self.before else None

    @property
    def change(self) -> float | None:
        """The budget asked about against today's, as a fraction; None where today's is unknown."""
        return self.after / self.before - 1 if self.after is not None and self.before else None

    @property
    def unused(self) -> bool:
        """Whether nothing would change: a budget that is not used up limits nothing."""
        if self.giver or self.parts or self.low is None or self.high is None:
            return False
        return max(abs(self.low), abs(self.high)) < NO_RESULT
