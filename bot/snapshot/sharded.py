"""A morning of many shards: one after another read from the store and judged.

What is in memory is one shard's days and what came of those before it, however big the install is.
The shards are a store's, or those of a Parquet table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, partial

import pandas as pd

from bot.advice.advise import advise
from bot.advice.details.judging import DAYS_READ
from bot.advice.sharded_advice import may_be_several, memory_of, together
from bot.context.context import Context
from bot.context.reported_results import with_results
from bot.domain.advice import Advised, Memory
from bot.numbers.input.daily import entity
from bot.numbers.lead_quality import paid_by_lead
from bot.numbers.metrics.measure import reached_entities
from bot.numbers.plan import Plan
from bot.numbers.shards import Census, Shard, census_of
from bot.snapshot.judged_shards import JudgedShards, digest_of, packed
from bot.snapshot.morning_days import HISTORY, KnownDays

PACK = 2_000
"""Campaigns whose days are worked on together: so many of several shards, or one shard."""


@dataclass(frozen=True, eq=False)
class CampaignPack:
    """Campaigns of a morning whose days are read together.

    Attributes:
        campaigns: As `Reader.census` has them.
        plan: What the plan says of them; nothing yet of what results they report.
        reach: Reach of whole windows of these campaigns.
    """

    context: Context
    as_of: date
    campaigns: pd.DataFrame
    plan: Plan
    reach: pd.DataFrame

    def days(self, since: date) -> KnownDays:
        """What was known of their days from one on."""
        until, numbered = self.as_of - timedelta(1), self.campaigns["no"].tolist()
        numbers = self.context.store.numbers_of(numbered, since, until, as_of=self.as_of)
        return KnownDays(since, paid_by_lead(numbers, self.plan, self.as_of))


@dataclass(frozen=True, eq=False)
class ShardedMorning:
    """An install of several shards on a morning.

    Attributes:
        census: Every campaign that has days, and its shard.
        campaigns: Those of each shard, as `Reader.census` has them.
        parts: What has rows of its own below the campaigns, likewise.
    """

    context: Context
    as_of: date
    census: Census
    campaigns: Mapping[Shard, pd.DataFrame]
    parts: pd.DataFrame

    @classmethod
    def of(cls, context: Context, as_of: date) -> ShardedMorning | None:
        """The shards of a morning; None where it is a single one."""
        if not may_be_several(context.plan(as_of), context.store.currencies()):
            return None
        morning = cls.whole(context, as_of)
        return morning if len(morning.campaigns) > 1 else None

    @classmethod
    def whole(cls, context: Context, as_of: date) -> ShardedMorning:
        """The shards of a morning, however few they are."""
        plan = replace(context.plan(as_of), reported={})  # neither client nor currency needs them
        since, until = as_of - timedelta(HISTORY), as_of - timedelta(1)
        everything = context.store.census(since, until, as_of=as_of)
        is_campaign = everything["level"].isin(["", "campaign"]).to_numpy()
        campaigns, parts = (everything[which].drop(columns="level")
                            for which in (is_campaign, ~is_campaign))  # fmt: skip
        census = census_of(plan.resolve(campaigns.drop_duplicates("entity"), as_of))
        return cls(context, as_of, census, census.apart(campaigns), parts)

    def __iter__(self) -> Iterator[Shard]:
        return iter(self.campaigns)

    def days(self, shard: Shard, since: date) -> KnownDays:
        """What was known of a shard's days from one on."""
        until = self.as_of - timedelta(1)
        own = self.campaigns[shard]["no"].tolist()
        numbers = self.context.store.numbers_of(own, since, until, as_of=self.as_of)
        return KnownDays(since, paid_by_lead(numbers, self._plan, self.as_of))

    def packs(self) -> list[CampaignPack]:
        """Every campaign and part with days, so many together, a shard always whole."""
        tables: list[list[pd.DataFrame]] = [[]]
        for shard in self:
            campaigns = self.campaigns[shard]
            if tables[-1] and sum(map(len, tables[-1])) + len(campaigns) > PACK:
                tables.append([])
            tables[-1].append(campaigns)
        starts = range(0, len(self.parts), PACK)
        tables += [[self.parts.iloc[start : start + PACK]] for start in starts]
        return [self._pack(pd.concat(table)) for table in tables]

    def _pack(self, campaigns: pd.DataFrame) -> CampaignPack:
        plan, reach = self._plan.only_about(campaigns), self.window_reach
        if len(reach):
            reach = reach[self._reached.isin(set(campaigns["entity"])).to_numpy()]
        return CampaignPack(self.context, self.as_of, campaigns, plan, reach)

    def known_days(self, entities: Collection[str], since: date) -> KnownDays:
        """What was known of the days of some campaigns from one on."""
        store, until = self.context.store, self.as_of - timedelta(1)
        tables = [*self.campaigns.values()]
        if since < self.as_of - timedelta(HISTORY):  # some may have none that are newer
            tables = [store.census(since, until, as_of=self.as_of)]
        columns = [table.loc[table["entity"].isin(entities).to_numpy(), "no"] for table in tables]
        chosen = [int(number) for column in columns for number in column]
        numbers = store.numbers_of(chosen, since, until, as_of=self.as_of)
        return KnownDays(since, paid_by_lead(numbers, self._plan, self.as_of))

    @property
    def is_small(self) -> bool:
        """Whether all of it is one pack: read at once, it costs one statement."""
        return sum(map(len, self.campaigns.values())) + len(self.parts) <= PACK

    def plan(self, shard: Shard) -> Plan:
        """What the plan says of a shard's campaigns; nothing yet of what results they report."""
        plan = self._plan.only_about(self.campaigns[shard])
        return replace(plan, census=self.census.of([shard]))

    def advised(self, earlier: JudgedShards | None = None) -> Advised:
        """What the rules say of every shard, put together.

        `earlier`: what shards came to before, where nothing they are judged from has changed.
        """
        results = JudgedShards() if earlier is None else earlier
        with results.morning():
            judged = {
                shard: results.of(self.key(shard), partial(self._judged_small, shard))
                for shard in self
            }
        return together(judged, self.context.rulebook, self._memory, self.as_of)

    def _judged_small(self, shard: Shard) -> Advised:
        return packed(self.judged(shard))

    def key(self, shard: Shard) -> str:
        """What a shard is judged from, as a digest; "" where its days are not marked.

        Days, and those of the campaigns' parts, are in it by their campaigns' marks, which change
        with them; everything else as it is.
        """
        campaigns = list(self.campaigns[shard].itertuples(index=False, name=None))
        if not all(mark for *_, mark in campaigns):
            return ""
        plan, census, reach = self.plan(shard), self.census.of([shard]), self.reach(shard)
        return digest_of((
            (self.context.rulebook.version, self.as_of, HISTORY, DAYS_READ),
            campaigns,
            (census.shards, census.ids, census.labels),
            (plan.entries, plan.currency, plan.accounts, plan.overrides, sorted(plan.bids.items())),
            plan.zone,
            self.memory(shard),
            list(reach.itertuples(index=False, name=None)),
        ))  # fmt: skip

    def judged(self, shard: Shard) -> Advised:
        """What the rules say of one shard."""
        since = self.as_of - timedelta(HISTORY)
        known = self.days(shard, since)
        return advise(
            known.history,
            self.as_of,
            self.context.rulebook,
            with_results(self.plan(shard), known.newest(since), self.as_of),
            self.memory(shard),
            self.reach(shard),
            self.details(shard),
        )

    def memory(self, shard: Shard) -> Memory:
        """What was said, answered and learned of a shard's campaigns."""
        return memory_of(self._memory, self.census, shard)

    def reach(self, shard: Shard) -> pd.DataFrame:
        """Reach of whole windows of a shard's campaigns."""
        if self.window_reach.empty:
            return self.window_reach
        return self.window_reach[self._reached.isin(self.census.members[shard]).to_numpy()]

    @cached_property
    def _reached(self) -> pd.Series:
        return reached_entities(self.window_reach)

    @cached_property
    def _plan(self) -> Plan:
        return replace(self.context.plan(self.as_of), reported={})

    @cached_property
    def _memory(self) -> Memory:
        return self.context.store.memory(self.as_of)

    @cached_property
    def window_reach(self) -> pd.DataFrame:
        """Reach of whole windows, of every shard."""
        return self.context.store.window_reach()

    def details(self, shard: Shard) -> pd.DataFrame:
        """What goes on below a shard's campaigns."""
        entities = self.census.members[shard]
        ids = {name.split("|", 2)[2] for name in entities}
        since, until = self.as_of - timedelta(DAYS_READ), self.as_of - timedelta(1)
        details = self.context.store.details(None, ids, since, until)
        return details[entity(details).isin(set(entities))] if len(details) else details
