"""A morning of many shards: one after another read from the store and judged.

What is in memory is one shard's days and what came of those before it, however big the install is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from bot.advice.advise import advise
from bot.advice.details.judging import DAYS_READ
from bot.advice.sharded_advice import may_be_several, memory_of, together
from bot.context.context import Context
from bot.context.reported_results import with_results
from bot.domain.advice import Advised, Memory
from bot.domain.packed_findings import PackedFindings
from bot.numbers.input.daily import entity
from bot.numbers.plan import Plan
from bot.numbers.shards import Census, Shard, census_of
from bot.snapshot.morning_days import HISTORY, KnownDays


@dataclass(frozen=True, eq=False)
class ShardedMorning:
    """An install of several shards on a morning.

    Attributes:
        census: Every campaign that has days, and its shard.
        numbers: How the store knows the campaigns of each shard (`Reader.census`).
    """

    context: Context
    as_of: date
    census: Census
    numbers: Mapping[Shard, tuple[int, ...]]

    @classmethod
    def of(cls, context: Context, as_of: date) -> ShardedMorning | None:
        """The shards of a morning; None where it is a single one."""
        if not may_be_several(context.plan(as_of), context.store.currencies()):
            return None
        morning = cls.whole(context, as_of)
        return morning if len(morning.numbers) > 1 else None

    @classmethod
    def whole(cls, context: Context, as_of: date) -> ShardedMorning:
        """The shards of a morning, however few they are."""
        plan = replace(context.plan(as_of), reported={})  # neither client nor currency needs them
        since, until = as_of - timedelta(HISTORY), as_of - timedelta(1)
        campaigns = context.store.census(since, until, as_of=as_of)
        census = census_of(plan.resolve(campaigns.drop_duplicates("entity"), as_of))
        return cls(context, as_of, census, census.numbers(campaigns))

    def __iter__(self) -> Iterator[Shard]:
        return iter(self.numbers)

    def days(self, shard: Shard, since: date) -> KnownDays:
        """What was known of a shard's days from one on."""
        until = self.as_of - timedelta(1)
        own = self.numbers[shard]
        return KnownDays(since, self.context.store.numbers_of(own, since, until, as_of=self.as_of))

    def plan(self, shard: Shard, days: pd.DataFrame) -> Plan:
        """The plan as a shard is judged by it.

        Args:
            shard: Which it is.
            days: The newest of its days (`KnownDays.newest`), eight weeks or more.
        """
        plan = with_results(self.context.plan(self.as_of), days, self.as_of)
        return replace(plan, census=self.census.of([shard]))

    def advised(self) -> Advised:
        """What the rules say of every shard, put together."""
        judged = {shard: _packed(self.judged(shard)) for shard in self}
        return together(judged, self.context.rulebook, self._memory, self.as_of)

    def judged(self, shard: Shard) -> Advised:
        """What the rules say of one shard."""
        since = self.as_of - timedelta(HISTORY)
        known = self.days(shard, since)
        return advise(
            known.history,
            self.as_of,
            self.context.rulebook,
            self.plan(shard, known.newest(since)),
            memory_of(self._memory, self.census, shard),
            self.window_reach,
            self.details(shard),
        )

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


def _packed(advised: Advised) -> Advised:
    """The same in little memory, and none that the days it was judged from are held by."""
    return replace(advised, held_back=PackedFindings.of(advised.held_back))
