"""Values of several pieces of advice, and of everything behind one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.messages.cards import Card
from bot.messages.trend import Trend

MOST_LISTED = 10  # pieces of advice in one answer
_MOST_ROWS, _MOST_NAMES = 10, 6


@dataclass(frozen=True)
class AdviceList:
    """Advice that is open: what was asked about ("" for everything), ranked.

    Attributes:
        cards: At least the first `MOST_LISTED`.
        of: How many there are, where that is more.
    """

    cards: tuple[Card, ...]
    about: str = ""
    as_of: date | None = None
    of: int = 0

    @property
    def count(self) -> int:
        """Pieces of advice there are."""
        return max(self.of, len(self.cards))

    @property
    def left(self) -> int:
        """Pieces beyond those that are listed."""
        return max(0, self.count - MOST_LISTED)


@dataclass(frozen=True)
class EvidenceRow:
    """One number of the evidence: a metric of a campaign, now, before, and its line."""

    name: str
    metric: str
    now: float | None
    before: float | None = None
    target: float | None = None
    currency: str | None = None


@dataclass(frozen=True)
class Evidence:
    """Everything behind a piece of advice.

    Attributes:
        since, until: The days the numbers are from.
        earlier: Earlier advice on the campaign: (day, title, state), newest first.
        trends: At most two charts of the campaign it is about.
    """

    card: Card
    rows: tuple[EvidenceRow, ...] = ()
    since: date | None = None
    until: date | None = None
    earlier: tuple[tuple[date, str, str], ...] = ()
    trends: tuple[Trend, ...] = ()

    @property
    def campaigns(self) -> tuple[tuple[str, tuple[EvidenceRow, ...]], ...]:
        """At most ten numbers of each of the first six campaigns."""
        named: dict[str, list[EvidenceRow]] = {}
        for row in self.rows:
            named.setdefault(row.name, []).append(row)
        return tuple((name, tuple(rows[:_MOST_ROWS])) for name, rows in named.items())[:_MOST_NAMES]

    @property
    def left(self) -> int:
        """Numbers beyond those shown."""
        return len(self.rows) - sum(len(rows) for _, rows in self.campaigns)
