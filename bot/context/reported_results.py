"""What results campaigns report, which a guess of what they are for weighs.

The plan of a morning knows them, but few who ask for the plan look at them: they are read when
somebody does. Who has read the days anyway takes them from those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeAlias

import pandas as pd

from bot.numbers.infer import reported
from bot.numbers.input.daily import campaigns_only
from bot.numbers.input.names import account_key
from bot.numbers.lead_quality import paid_by_lead
from bot.numbers.plan import BidKey, Plan
from bot.store.base import Store

Days: TypeAlias = "pd.DataFrame"  # daily numbers, as `Store.numbers` gives them
WEIGHED = timedelta(days=56)  # so long back a campaign's results are looked for
KEYS = ["channel", "account_id", "campaign_id"]
SUMMED = ["conversions", "revenue", "leads", "spend"]  # as `reported` takes them


class ReportedResults(Mapping[BidKey, str]):
    """By campaign, as `bot.numbers.infer.reported` says; read when first looked at."""

    def __init__(self, read: Callable[[], Mapping[BidKey, str]]) -> None:
        self._read = read

    @cached_property
    def _results(self) -> dict[BidKey, str]:
        return dict(self._read())

    def __getitem__(self, campaign: BidKey) -> str:
        return self._results[campaign]

    def __iter__(self) -> Iterator[BidKey]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process gets what is known, not the way to a store."""
        return dict, (self._results,)


def reported_on(store: Store, on: date) -> dict[BidKey, str]:
    """What results each campaign reports in the weeks before a morning, where it reports any."""
    return results_by_campaign(store.numbers(on - WEIGHED, on - timedelta(1), as_of=on), on)


def days_read(rows: Days, plan: Plan, on: date) -> Days:
    """Daily numbers as a plan says they are meant: a campaign paid by the lead counts leads."""
    return paid_by_lead(rows, plan, on)


def with_results(plan: Plan, numbers: pd.DataFrame, on: date) -> Plan:
    """The plan of a morning with the results that days read for it report: nothing is read anew.

    Args:
        plan: As `Context.plan` gives it.
        numbers: As `Store.numbers` gives the eight weeks before the morning, or more.
        on: The morning.
    """
    return replace(plan, reported=results_by_campaign(numbers, on))


def results_by_campaign(numbers: pd.DataFrame, on: date) -> dict[BidKey, str]:
    """The same, of rows as `Store.numbers` gives them; those of other days do not count."""
    days = numbers["date"]
    is_weighed = (days >= pd.Timestamp(on - WEIGHED)) & (days < pd.Timestamp(on))
    campaigns = campaigns_only(numbers[is_weighed])
    if campaigns.empty:
        return {}
    places = campaigns[KEYS].fillna("").astype(str)
    sums = campaigns[SUMMED].fillna(0.0).groupby([places[key] for key in KEYS]).sum()
    return {
        (str(channel), account_key(str(account)), str(campaign)): results
        for (channel, account, campaign), *values in sums.itertuples(name=None)
        if (results := reported(*values))
    }
