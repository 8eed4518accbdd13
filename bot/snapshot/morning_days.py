"""The daily numbers a morning knows, read once for its boards, its trends and its advice.

Daily spend of the campaigns that a monthly budget pays for, which every pace is foretold from: one
formula foretells the rest of a month (numbers.forecast.pace); what differs is only whose days are
added up: a budget's, a client's, an account's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.numbers.forecast.pace import LOOKED_AT, of_month, rest_of_month, spent_unseen
from bot.numbers.input.columns import IDENTITY, cells_of, codes_of, day_of
from bot.numbers.input.daily import entity
from bot.numbers.input.history import feed_of
from bot.snapshot.board_rows import Figures
from bot.store.base import Store

Days = tuple[float | None, ...]
HISTORY = 182  # days the rules look back at most, twice over: lag is learned from older ones


@dataclass(frozen=True)
class KnownDays:
    """The daily numbers known on a morning, from a day on, read in one statement.

    Attributes:
        since: The first day read.
        history: Every revision, each campaign's days in order, its revisions oldest first.
    """

    since: date
    history: pd.DataFrame

    @classmethod
    def read(cls, reader: Context | Store, as_of: date, since: date) -> KnownDays:
        """What `as_of` knew of the days from `since` up to the day before it.

        `reader`: the context, whose plan says what is meant; the bare store where nothing does.
        """
        last_day = as_of - timedelta(1)
        return cls(since, reader.numbers(since, last_day, as_of=as_of, history=True))

    def revisions(self, since: date) -> pd.DataFrame:
        """As `Store.numbers` with `history` reads the days from one on."""
        return _from_day(self.history, since)

    def newest(self, since: date) -> pd.DataFrame:
        """As `Store.numbers` reads the days from one on: one row a day and campaign."""
        return _from_day(self._newest, since)

    @cached_property
    def _newest(self) -> pd.DataFrame:
        """The last of each campaign and day, in the order the store gives."""
        codes = codes_of(self.history, (*IDENTITY, "level", "parent_id"))
        cells = cells_of(codes, day_of(self.history["date"].to_numpy()))
        is_last = np.append(cells[1:] != cells[:-1], True)[: len(cells)]
        return self.history if is_last.all() else self.history[is_last].reset_index(drop=True)


def _from_day(frame: pd.DataFrame, since: date) -> pd.DataFrame:
    is_shown = frame["date"] >= pd.Timestamp(since)
    return frame if is_shown.all() else frame[is_shown].reset_index(drop=True)


@dataclass(frozen=True)
class SpendHead:
    """What is kept of the days themselves."""

    stamp: str
    last: date
    until: dict[str, date]


@dataclass(frozen=True)
class SpendHistory:
    """What is kept of a campaign."""

    entity: str
    spend: Days
    unseen: float = 0.0


HEAD, CAMPAIGNS = TypeAdapter(SpendHead), TypeAdapter(list[SpendHistory])


@dataclass(frozen=True)
class SpendDays:
    """The last 28 days' spend of each campaign with a monthly budget.

    Attributes:
        last: The last data day: the day of the last value.
        spend: By campaign (`CampaignRow.entity`), oldest first, None where nothing is known.
        until: Until when each channel's numbers are complete.
        unseen: By campaign, what it spent about on the month's days its account has no numbers of.
    """

    last: date
    spend: Mapping[str, Days]
    until: Mapping[str, date]
    unseen: Mapping[str, float] = field(default_factory=dict)

    def known_until(self, channels: Iterable[str]) -> date:
        """The day up to which all of these channels have numbers, within the last data day."""
        return min((self.until.get(channel, self.last) for channel in channels), default=self.last)

    def ahead(self, entities: Iterable[str], cutoff: date) -> tuple[float, float] | None:
        """What the days after `cutoff` cost till the month ends: at least and at most, 80 %.

        None where fewer than two weeks of days are known, or nothing is spent.
        """
        campaign_days = [self.spend[campaign] for campaign in entities if campaign in self.spend]
        if not campaign_days:
            return None
        day_count = len(campaign_days[0]) - (self.last - cutoff).days
        days = np.array(
            [
                [np.nan if day is None else day for day in amounts[:day_count]]
                for amounts in campaign_days
            ]
        )
        if not days.size:
            return None
        together = np.where(np.isnan(days).all(axis=0), np.nan, np.nansum(days, axis=0))
        low, _, high = (float(end[0]) for end in rest_of_month(together[None, :], cutoff))
        return None if np.isnan(low) else (low, high)

    def to_rows(self, stamp: str) -> list[dict[str, Any]]:
        """For keeping; `of_rows` reads it back."""
        campaigns = [
            SpendHistory(name, days, self.unseen.get(name, 0.0))
            for name, days in self.spend.items()
        ]
        head = SpendHead(stamp, self.last, dict(self.until))
        return [HEAD.dump_python(head, mode="json"), *CAMPAIGNS.dump_python(campaigns)]

    @classmethod
    def of_rows(cls, rows: Sequence[object]) -> SpendDays:
        head, campaigns = HEAD.validate_python(rows[0]), CAMPAIGNS.validate_python(rows[1:])
        unseen = {row.entity: row.unseen for row in campaigns if row.unseen}
        return cls(head.last, {row.entity: row.spend for row in campaigns}, head.until, unseen)


def spend_days(numbers: pd.DataFrame, four: Figures) -> SpendDays:
    """From known daily rows, for the campaigns of a 28-day board that have a monthly budget."""
    return spend_days_of(paid_days(numbers, four.rows, four.as_of), four)


def paid_days(numbers: pd.DataFrame, rows: Iterable[CampaignRow], as_of: date) -> pd.DataFrame:
    """Spend of the last 28 days, a column each, of the campaigns that have a monthly budget."""
    last_day = as_of - timedelta(1)
    paid = {row.entity for row in rows if row.monthly_budget}
    since = pd.Timestamp(last_day - timedelta(LOOKED_AT - 1))
    days = numbers[(numbers["date"] >= since) & (numbers["date"] <= pd.Timestamp(last_day))]
    names = entity(days)
    table = days.assign(entity=names)[names.isin(paid)].pivot_table(
        index="entity", columns="date", values="spend", aggfunc=lambda days: days.sum(min_count=1)
    )
    paid_table: pd.DataFrame = table.reindex(columns=pd.date_range(since, pd.Timestamp(last_day)))
    return paid_table


def spend_days_of(table: pd.DataFrame, four: Figures) -> SpendDays:
    """From `paid_days`, in the order of the campaigns; `four` is the 28-day board's head."""
    last_day = four.as_of - timedelta(1)
    spend = {
        str(name): tuple(None if pd.isna(day) else float(day) for day in days)
        for name, days in zip(table.index, table.to_numpy(), strict=True)
    }
    unseen = {
        str(name): amount
        for name, days in zip(table.index, table.to_numpy(dtype=np.float64), strict=True)
        if (amount := _unseen(str(name), days, four, last_day))
    }
    return SpendDays(last_day, spend, dict(four.until), unseen)


def _unseen(name: str, days: np.ndarray[Any, Any], four: Figures, last_day: date) -> float:
    missing = of_month(four.holes.get(feed_of(name), ()), last_day)
    return float(spent_unseen(days[None, :], missing, last_day)[0]) if missing else 0.0
