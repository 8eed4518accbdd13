"""Values of a change taken apart: its parts, who made them, as they are shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.numbers.decompose.chains import Gap
from bot.render.values.advice_card import Card
from bot.render.values.news import Hole, Late

ZERO = Decimal(0)


@dataclass(frozen=True)
class WhyPart:
    """One factor of a change: itself before and now, and its part of the change.

    Attributes:
        what: A metric, `mix` or `unsplit`.
        amount: Its part, in the unit of the number taken apart; `shown` as it is shown.
    """

    what: str
    amount: float
    shown: Decimal
    was: float | None = None
    now: float | None = None


@dataclass(frozen=True)
class WhyCampaign:
    """What one campaign made of the change; `gap` says why it could not be taken apart."""

    id: str
    name: str
    amount: float
    shown: Decimal
    gap: Gap | None = None


@dataclass(frozen=True)
class WhyAnswer:
    """What `/perf why …` says of a channel or a campaign.

    Attributes:
        was, now: The number, None where there was none; `lack` then says why.
        shown_was, shown_now, shown_change: As shown, to `digits` decimals (of a fraction); the
            parts shown, and the campaigns shown, each add up to `shown_change`.
        parts: From the money to the result, every one.
        campaigns: The biggest first.
        left_out: Columns nobody counted.
        asked, longer: The question, and the same about 28 days, without `/perf`.
        deeper: The same question about the campaign that made most of it, "" where there is none.
        named: Advice about the campaign that is open and names a cause; None where none does.
    """

    name: str
    metric: str
    asked: str
    window: str
    now_days: tuple[date, date]
    before_days: tuple[date, date]
    was: float | None = None
    now: float | None = None
    currency: str | None = None
    digits: int = 0
    shown_was: Decimal = ZERO
    shown_now: Decimal = ZERO
    shown_change: Decimal = ZERO
    parts: tuple[WhyPart, ...] = ()
    campaigns: tuple[WhyCampaign, ...] = ()
    left_out: tuple[str, ...] = ()
    lack: Gap | None = None
    longer: str = ""
    deeper: str = ""
    late: tuple[Late, ...] = field(default=())
    holes: tuple[Hole, ...] = field(default=())
    named: Card | None = None

    @property
    def told(self) -> tuple[WhyPart, ...]:
        """The parts worth a row: the factors that are known, and whatever else is not nothing."""
        return tuple(part for part in self.parts if part.shown or part.was is not None)

    @property
    def change(self) -> float | None:
        """What it changed by: now - was, None where either is missing."""
        return None if self.was is None or self.now is None else self.now - self.was
