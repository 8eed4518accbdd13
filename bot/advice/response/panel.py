"""The days the engine reads as campaign x day arrays: spend, what came of it, how full."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from bot.numbers.forecast.reporting_lag import completion
from bot.numbers.input.daily import campaigns_only, entity, known_on, normalise
from bot.numbers.input.history import History
from bot.numbers.input.windows import Window
from bot.numbers.metrics.sums import Bools, Floats, Ints
from bot.numbers.signals.history_panel import HistoryPanel

DAYS = 182
"""Half a year: budget changes of months ago still say how a campaign answers."""
ENDED_AFTER = 14
LEARNERS = 400
"""Campaigns enough to learn how late results come; the first in the order of entities."""
Span = tuple[date, date]


@dataclass(frozen=True)
class PanelCampaign:
    """What the engine must be told of a campaign.

    Attributes:
        entity: `channel|account_id|campaign_id`.
        pool: What it may trade money with shares this key; None: it trades with nobody.
        column: The column of its results (for reach: daily reach, day by day).
        group: Pools of one group (a client, say) learn from one another.
        captured: Demand that was there anyway (brand, retargeting): never receives.
        currency: ISO code, None where unknown.
    """

    entity: str
    pool: Hashable
    column: str = "conversions"
    group: Hashable = None
    captured: bool = False
    currency: str | None = None


@dataclass(frozen=True, eq=False)
class Panel:
    """Campaign x day arrays up to the last data day; campaigns sorted by entity.

    Attributes:
        as_of: The morning; the last column is the day before.
        campaigns: One a row.
        spend, results, budget: NaN where no row or no value is known: never read as zero.
        complete: Share of a day's final results that is known.
        broken: The first day of a new rate, by entity: before it the level says nothing.
        clicks: Like `results`; None where nobody counts them.
    """

    as_of: date
    campaigns: tuple[PanelCampaign, ...]
    spend: Floats
    results: Floats
    complete: Floats
    budget: Floats
    broken: Mapping[str, date] = field(default_factory=dict, kw_only=True)
    clicks: Floats | None = field(default=None, kw_only=True)

    @property
    def count(self) -> int:
        """How many campaigns."""
        return len(self.campaigns)

    @property
    def days(self) -> int:
        """How many days."""
        return int(self.spend.shape[1])

    @property
    def first(self) -> date:
        """The day of the first column."""
        return self.as_of - timedelta(self.days)

    @cached_property
    def pools(self) -> tuple[Hashable, ...]:
        """The keys of the pools, in the order their first campaign comes."""
        return tuple(dict.fromkeys(campaign.pool for campaign in self.campaigns))

    @cached_property
    def pool(self) -> Ints:
        """The pool of each campaign, by its place in `pools`."""
        places = {key: place for place, key in enumerate(self.pools)}
        return np.array([places[campaign.pool] for campaign in self.campaigns], dtype=np.int64)

    @cached_property
    def groups(self) -> Ints:
        """The group of each pool, numbered (a pool's first campaign tells)."""
        of = {campaign.pool: campaign.group for campaign in reversed(self.campaigns)}
        return pd.factorize(pd.Series([of[key] for key in self.pools], dtype=object))[0].astype(
            np.int64
        )

    @cached_property
    def weekday(self) -> Ints:
        """The weekday of each day, Monday 0."""
        return (np.arange(self.days, dtype=np.int64) + self.first.weekday()) % 7

    @cached_property
    def anew(self) -> Bools:
        """Campaign x day: the first day of a new rate."""
        out = np.zeros((self.count, self.days), dtype=bool)
        rows = {campaign.entity: row for row, campaign in enumerate(self.campaigns)}
        for name in self.broken.keys() & rows.keys():
            place = (self.broken[name] - self.first).days
            if 0 < place < self.days:
                out[rows[name], place] = True
        return out

    @classmethod
    def of_scene(
        cls,
        scene: HistoryPanel,
        campaigns: Iterable[PanelCampaign],
        masked: Mapping[str, Iterable[Span]] | None = None,
        broken: Mapping[str, date] | None = None,
    ) -> Panel:
        """From what `advise` already holds: history, results as judged, completion.

        Args:
            scene: Its `results` are used, whatever `Campaign.column` says.
            campaigns: Those of the scene that trade; others are ignored.
            masked: Spans of days (inclusive) under suspicion, by entity: not read (`trust.masks`).
            broken: The first day of a new rate, by entity (`trust.breaks`).
        """
        trading = _trading(campaigns)
        rows = [place for place, name in enumerate(scene.history.entities) if name in trading]
        trading_campaigns = tuple(trading[scene.history.entities[place]] for place in rows)
        columns = (
            scene.column("spend"),
            scene.results,
            scene.complete,
            scene.column("daily_budget"),
        )
        full = (np.broadcast_to(values, scene.results.shape)[rows] for values in columns)
        clicks = scene.column("clicks")[rows] if scene.has("clicks") else None
        counted = cls(scene.as_of, trading_campaigns, *full, clicks=clicks)
        panel = _without(_alive(counted), masked or {})
        return replace(panel, broken=broken or {})


def panel_of(
    numbers: pd.DataFrame,
    as_of: date,
    campaigns: Iterable[PanelCampaign],
    *,
    days: int = DAYS,
    masked: Mapping[str, Iterable[Span]] | None = None,
) -> Panel:
    """From daily numbers with every revision; nothing dated or pulled after `as_of` is read.

    Args:
        numbers: Daily numbers in the shape `advise` takes.
        as_of: The morning.
        campaigns: Those that may trade; one without a row in 14 days counts as ended.
        days: How far back.
        masked: Spans of days (inclusive) under suspicion, by entity: not read.
    """
    table = normalise(numbers)
    table = table[table["date"] >= pd.Timestamp(as_of) - pd.Timedelta(days=days)]
    daily_rows = campaigns_only(known_on(table, as_of))
    history = History.of(daily_rows, Window.ending(as_of - timedelta(1), days))
    trading = _trading(campaigns)
    rows = [place for place, name in enumerate(history.entities) if name in trading]
    trading_campaigns = tuple(trading[history.entities[place]] for place in rows)
    results = np.full((len(trading_campaigns), days), np.nan)
    for column in {campaign.column for campaign in trading_campaigns}:
        counts_column = np.array([campaign.column == column for campaign in trading_campaigns])
        results[counts_column] = history.column(column)[rows][counts_column]
    full = _completion(table, as_of, trading_campaigns, days)
    spend, budget = (history.column(name)[rows] for name in ("spend", "daily_budget"))
    clicks = history.column("clicks")[rows] if history.has("clicks") else None
    panel = Panel(as_of, trading_campaigns, spend, results, full, budget, clicks=clicks)
    return _without(_alive(panel), masked or {})


def _trading(campaigns: Iterable[PanelCampaign]) -> dict[str, PanelCampaign]:
    return {campaign.entity: campaign for campaign in campaigns if campaign.pool is not None}


def _completion(
    table: pd.DataFrame, as_of: date, campaigns: tuple[PanelCampaign, ...], days: int
) -> Floats:
    """How full each day is, learned for each channel and column from revisions."""
    full = np.ones((len(campaigns), days))
    names = entity(table)
    for key in sorted({_kind(campaign) for campaign in campaigns}):
        same_kind = [place for place, campaign in enumerate(campaigns) if _kind(campaign) == key]
        learners = {campaigns[place].entity for place in same_kind[:LEARNERS]}
        learned = completion(table[names.isin(learners)], as_of, key[1])
        full[same_kind] = learned.of_days(days)
    return full


def _kind(campaign: PanelCampaign) -> tuple[str, str]:
    return campaign.entity.split("|", 1)[0], campaign.column


def _alive(panel: Panel) -> Panel:
    silent = np.isnan(panel.spend[:, -ENDED_AFTER:])
    alive_rows = np.flatnonzero(~np.all(silent, axis=1))
    campaigns = tuple(panel.campaigns[place] for place in alive_rows.tolist())
    arrays = (panel.spend, panel.results, panel.complete, panel.budget)
    clicks = None if panel.clicks is None else panel.clicks[alive_rows]
    return Panel(panel.as_of, campaigns, *(values[alive_rows] for values in arrays), clicks=clicks)


def _without(panel: Panel, masked: Mapping[str, Iterable[Span]]) -> Panel:
    results = panel.results.copy()
    places = {campaign.entity: place for place, campaign in enumerate(panel.campaigns)}
    for name in sorted(places.keys() & masked.keys()):
        for since, until in masked[name]:
            low = max((since - panel.first).days, 0)
            high = max((until - panel.first).days + 1, 0)
            results[places[name], low:high] = np.nan
    return replace(panel, results=results)
