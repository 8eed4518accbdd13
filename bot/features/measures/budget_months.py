"""The month whose money somebody asks about: this one or one that is over, and its budgets.

What its days left cost is what the last ones did; a campaign that has ended costs nothing more, and
one without a budget uses none up.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.features.parts.reporting import shown
from bot.features.parts.subjects import total
from bot.numbers.input.windows import first_of_month, parse_window
from bot.numbers.metrics.glossary import Metric
from bot.question.slots import Slots
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.snapshot.settling_results import LateResults

PACE, ENDS = "14d", ("7d", "28d")


@dataclass(frozen=True)
class Month:
    """The month so far, and the boards its rest may follow; `planned` has its budgets.

    `late` knows how full the newest days are: what they bring is more than what is in.
    """

    mtd: Figures
    pace: Figures
    ends: tuple[Figures, ...]
    last: date
    planned: Figures
    late: LateResults

    @classmethod
    def of(cls, context: Context, as_of: date) -> Month:
        """The boards, as they are kept."""
        mtd, pace, *ends = (
            shown(context, boards.figures(context, as_of, window))
            for window in ("mtd", PACE, *ENDS)
        )
        late_results = LateResults.of(context, as_of)
        return cls(mtd, pace, tuple(ends), as_of - timedelta(1), mtd, late_results)

    @classmethod
    def over(cls, context: Context, as_of: date, last: date) -> Month:
        """A month that is over, as it is known now; what was planned for it, as it was then."""
        window = f"{last.replace(day=1).isoformat()}..{last.isoformat()}"
        whole, planned = (
            shown(context, boards.figures(context, on, text))
            for on, text in ((as_of, window), (last + timedelta(1), "mtd"))
        )
        return cls(whole, whole, (), last, planned, LateResults.of(context, as_of))

    @classmethod
    def meant(cls, context: Context, slots: Slots, as_of: date) -> Month:
        """The month somebody asks about: this one, or one that is over."""
        if slots.window:
            now, _ = parse_window(slots.window, as_of)
            is_single = now.since.replace(day=1) == now.until.replace(day=1)
            if is_single and now.until < (as_of - timedelta(1)).replace(day=1):
                return cls.over(context, as_of, first_of_month(now.until, 1) - timedelta(1))
        return cls.of(context, as_of)

    @property
    def until(self) -> date:
        """Its last day."""
        return self.last.replace(day=calendar.monthrange(self.last.year, self.last.month)[1])

    @property
    def left(self) -> int:
        """Days to go."""
        return (self.until - self.last).days

    @property
    def stopped(self) -> set[str]:
        """Campaigns that spent nothing in the last week, where others of their account did."""
        if not self.ends:
            return set()
        spends = {row.entity: bool(row.now("spend")) for row in self.ends[0].rows}
        going = {row.entity.rpartition("|")[0] for row in self.ends[0].rows if spends[row.entity]}
        paused = (row for row in self.mtd.rows if not spends.get(row.entity))
        return {row.entity for row in paused if row.entity.rpartition("|")[0] in going}

    @property
    def budgeted(self) -> set[str]:
        """Campaigns whose plan gives the month money."""
        return {row.entity for row in self.planned.rows if row.monthly_budget}

    def beside(self, rows: Sequence[CampaignRow], metric: str) -> float | None:
        """What campaigns without a budget spent, where others have one; None for nothing."""
        unplanned = [row for row in rows if row.entity not in self.budgeted]
        is_partly = metric == "spend" and 0 < len(unplanned) < len(rows)
        return (total(unplanned, metric) or None) if is_partly else None

    def brought(self, days: Figures, row: CampaignRow, metric: Metric) -> float:
        """What a campaign's days have brought once late results are in."""
        return self.late.expected([row], metric, row.now(metric.name), days.now) or 0.0

    def to_come(self, pace: Figures, row: CampaignRow, metric: Metric) -> float:
        """What the days left bring as known days do, and so the month's days without numbers."""
        account = (row.channel, row.account_id)
        torn = {day for day in pace.holes.get(account, ()) if day in pace.now}
        unseen = {day for day in self.mtd.holes.get(account, ()) if day in self.mtd.now}
        days = max(1, pace.now.days - len(torn))
        return self.brought(pace, row, metric) / days * (self.left + len(unseen))

    def budget(self, rows: Sequence[CampaignRow]) -> float | None:
        """The month's money; a budget that several campaigns share counts once."""
        entries: dict[tuple[str, str | None], float] = {}
        entities = {row.entity for row in rows}
        for row in self.planned.rows:
            if row.entity in entities and row.monthly_budget:
                entries[row.entry or row.entity, row.own.currency] = float(row.monthly_budget)
        return sum(entries.values()) or None
