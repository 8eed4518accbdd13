"""Results that come late: how much of some days' is in, and between what and what a number ends.

Yesterday's sales beside last week's are a fall that is none: half of them are not in yet. So a
number that waits for results is told with what it comes to once they are in, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow, spend
from bot.numbers.forecast.reporting_lag import TOLD_UNDER, settles
from bot.numbers.input.windows import Window
from bot.numbers.metrics.glossary import Metric
from bot.render.values.digests import Kpi
from bot.snapshot import boards
from bot.snapshot.trends import Series, waits_for

LEAST = 1e-3  # of a day's results that are in: nobody divides by none
StageCount = tuple[str, str]  # a stage, and the column of its results


@dataclass(frozen=True)
class FillingUp:
    """The newest days of a stage, oldest first: the share of their results that is in, and spend.

    A day's results come to about what was spent on it: days weigh by that.
    """

    complete: Sequence[float]
    spent: Sequence[float | None]

    @classmethod
    def of(cls, series: Series, metric: Metric) -> FillingUp:
        """Of the price, or the value per spend, that a stage is judged by."""
        return cls(series.complete, series.amounts if metric.sum == "spend" else series.over)

    def share(self, since: int, until: int) -> float:
        """The share that is in of the days between two ages in days, the younger one first."""
        usual = sum(spent or 0.0 for spent in self.spent) / (len(self.spent) or 1)
        ages = range(since, until + 1)
        spent = [self.spent[-1 - age] or 0.0 if age < len(self.spent) else usual for age in ages]
        full = [self.of_age(age) for age in ages]
        if not any(spent):
            return sum(full) / (len(full) or 1)
        return sum(part * money for part, money in zip(full, spent, strict=True)) / sum(spent)

    def of_age(self, age: int) -> float:
        """The share that is in of one day; days older than those watched are full."""
        return self.complete[-1 - age] if 0 <= age < len(self.complete) else 1.0


@dataclass(frozen=True)
class LateResults:
    """How full the newest days are, by stage and column of results.

    Attributes:
        last_day: The newest data day.
        stages: A stage and column that nobody saw fill up is not in it.
    """

    last_day: date
    stages: Mapping[StageCount, FillingUp]

    @classmethod
    def of(cls, context: Context, as_of: date) -> LateResults:
        """As learned from how earlier days filled up."""
        return cls.learned(boards.trends(context, as_of), context.rulebook.metrics, as_of)

    @classmethod
    def learned(
        cls, drawn: Sequence[Series], metrics: Mapping[str, Metric], as_of: date
    ) -> LateResults:
        """Out of the stages' series, as `boards.trends` gives them."""
        stages = {
            (series.group, count): FillingUp.of(series, metrics[series.metric])
            for series in drawn
            if series.kind == "stage" and series.complete
            and (count := waits_for(metrics[series.metric]))
        }  # fmt: skip
        return cls(as_of - timedelta(1), stages)

    def of_days(self, stage: str, count: str, days: int) -> Sequence[float]:
        """The share of each of the last days' results that is in; () where nobody knows."""
        filling = self.stages.get((stage, count))
        return filling.complete[-days:] if filling and 0 < days <= len(filling.complete) else ()

    def least(self, day: date) -> float:
        """The share of a day's results that is in, in the stage that waits longest for them."""
        age = (self.last_day - day).days
        return min((filling.of_age(age) for filling in self.stages.values()), default=1.0)

    def all_in(self, day: date) -> date:
        """The first morning on which all of a day's results are in, as far as was learned."""
        age = 0
        while self.least(self.last_day - timedelta(age)) < TOLD_UNDER:
            age += 1
        return day + timedelta(age + 1)

    def in_so_far(
        self, rows: Sequence[CampaignRow], metric: Metric | None, days: Window
    ) -> float | None:
        """The share of the results of the newest of some days that is in; None where all are."""
        count, newest = waits_for(metric), min(days.until, self.last_day)
        full = self.share(rows, count, Window(newest, newest)) if count else 1.0
        return full if full < TOLD_UNDER else None

    def share(self, rows: Sequence[CampaignRow], count: str, days: Window) -> float:
        """The share of the results of some days that is in, 1 where it is all or nobody knows.

        Campaigns weigh by the results they come to; where none has any, by their spend.
        """
        counting = [row for row in rows if row.now(count) is not None]
        full = [self._share(row.stage or "", count, days) for row in counting]
        results = [row.now(count) or 0.0 for row in counting]
        if any(results):
            return sum(results) / sum(
                count_in / part for count_in, part in zip(results, full, strict=True)
            )
        spent = [spend(row) for row in counting]
        weighted = sum(part * amount for part, amount in zip(full, spent, strict=True))
        return weighted / sum(spent) if sum(spent) else 1.0

    def _share(self, stage: str, count: str, days: Window) -> float:
        filling = self.stages.get((stage, count))
        if filling is None or days.since > self.last_day:
            return 1.0
        youngest = max((self.last_day - days.until).days, 0)
        return max(filling.share(youngest, (self.last_day - days.since).days), LEAST)

    def expected(
        self, rows: Sequence[CampaignRow], metric: Metric, value: float | None, days: Window
    ) -> float | None:
        """What a number of some campaigns comes to on average; as `settles`."""
        count = waits_for(metric)
        if value is None:
            return None
        full = self.share(rows, count, days)
        return value * full if metric.over == count else value / full

    def of_kpi(
        self, kpi: Kpi, rows: Sequence[CampaignRow], metrics: Mapping[str, Metric], days: Window
    ) -> Kpi:
        """What some campaigns are judged by, with what it settles at."""
        return replace(kpi, settles=self.settles(rows, metrics.get(kpi.metric), kpi.value, days))

    def settles(
        self, rows: Sequence[CampaignRow], metric: Metric | None, value: float | None, days: Window
    ) -> tuple[float, float] | None:
        """Between what and what (90 %) a number of some campaigns ends once late results are in.

        Args:
            rows: The campaigns.
            metric: Which number.
            value: What it is so far, in its own unit.
            days: Of which days.

        Returns:
            The lower and the higher end; None where it has settled, or where nobody saw such days
            fill up. A number whose both parts come late counts as settled: it hardly moves.
        """
        count = waits_for(metric)
        if metric is None or not count or value is None:
            return None
        results, full = sum(row.now(count) or 0.0 for row in rows), self.share(rows, count, days)
        if full >= TOLD_UNDER or not (results or metric.name == count):
            return None
        low, high = settles(results, full)
        if metric.name == count:
            return low, high
        if metric.over == count:
            return value * results / high, value * results / low
        return value * low / results, value * high / results
