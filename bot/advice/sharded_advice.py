"""Judging shard by shard: what of a morning belongs to one, and all of them put together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from bot.advice.rules.rulebook import Rulebook
from bot.domain.advice import SEVERITIES, Advice, Advised, Evidence, Memory
from bot.domain.packed_findings import joined
from bot.numbers.input.daily import entity, visible_on
from bot.numbers.input.normalise import normalise
from bot.numbers.input.revisions import campaigns_of
from bot.numbers.plan import Plan
from bot.numbers.shards import Census, Shard, census_of

REMEMBERED = timedelta(days=180)


@dataclass(frozen=True, eq=False)
class Materials:
    """What one shard is judged from: the arguments of `advise` that are its own.

    Attributes:
        shard: Which it is.
        numbers, plan, memory, details: As `advise` takes them, of this shard alone.
    """

    shard: Shard
    numbers: pd.DataFrame
    plan: Plan
    memory: Memory
    details: pd.DataFrame | None


@dataclass(frozen=True, eq=False)
class Shards:
    """A morning's materials, taken apart by shard.

    Attributes:
        numbers: Daily numbers as they were known on the morning.
        plan: With the census of all campaigns, where there are several shards.
    """

    numbers: pd.DataFrame
    plan: Plan
    memory: Memory
    details: pd.DataFrame | None

    @classmethod
    def of(
        cls,
        numbers: pd.DataFrame,
        as_of: date,
        plan: Plan,
        memory: Memory,
        details: pd.DataFrame | None,
    ) -> Shards | None:
        """Take a morning apart; None where it is one shard, of nobody in particular."""
        table = normalise(numbers)
        if plan.census is None and is_one(table, plan):
            return None
        visible = visible_on(table, as_of)
        census = plan.census or census_of(
            replace(plan, reported={}).resolve(campaigns_of(visible), as_of)
        )
        shards = cls(visible, replace(plan, census=census), memory, details)
        return None if plan.census is None and len(shards.present) <= 1 else shards

    @cached_property
    def present(self) -> tuple[Shard, ...]:
        """The shards that have numbers here, in order."""
        return tuple(sorted(set(self._of_rows.dropna())))

    @cached_property
    def _of_rows(self) -> pd.Series:
        assert self.plan.census is not None
        return _shards_of_rows(self.numbers, self.plan.census)

    def materials(self, shard: Shard) -> Materials:
        """What one shard is judged from."""
        census = self.plan.census
        assert census is not None
        own = self._of_rows == shard
        numbers = self.numbers if own.all() else self.numbers[own].reset_index(drop=True)
        details = self.details
        if details is not None and not details.empty:
            details = details[_shards_of_rows(details, census) == shard]
        return Materials(shard, numbers, replace(self.plan, census=census.of([shard])),
                         memory_of(self.memory, census, shard), details)  # fmt: skip


def is_one(table: pd.DataFrame, plan: Plan) -> bool:
    """Whether a look at the currencies and the plan is enough: one currency and no clients."""
    return not may_be_several(plan, {*table["currency"].dropna().unique()})


def may_be_several(plan: Plan, currencies: Collection[str]) -> bool:
    """Whether the plan names clients, or several currencies were ever named."""
    if any(entry.client for entry in plan.entries) or any(one.client for one in plan.accounts):
        return True
    named = {*currencies, plan.currency or "", *(one.currency or "" for one in plan.accounts)}
    return len(named - {""}) > 1


def _shards_of_rows(rows: pd.DataFrame, census: Census) -> pd.Series:
    names = entity(rows)
    shards = {name: census.shards.get(name) for name in names.unique()}
    return names.map(shards)


def memory_of(memory: Memory, census: Census, shard: Shard) -> Memory:
    """What was said, answered and learned of a shard's campaigns."""
    entities = census.members.get(shard, ())
    ids = {census.ids[name] for name in entities}
    learned = memory.learned
    states = {} if learned is None else learned.states
    own = {name: states[name] for name in entities if name in states}
    return Memory(
        {key: on for key, on in memory.opened.items() if _among(key[1], ids)},
        tuple(answer for answer in memory.answers if _among(answer.campaign_ids, ids)),
        {key: shift for key, shift in memory.shifts.items() if _among(key[1], ids)},
        learned and replace(learned, states=own),
    )


def _among(campaign_ids: Iterable[str], ids: Collection[str]) -> bool:
    return any(campaign in ids for campaign in campaign_ids)


def together(
    judged: Mapping[Shard, Advised], rulebook: Rulebook, memory: Memory, as_of: date
) -> Advised:
    """The shards of a morning as one: the weightiest first, ties in the order of the shards.

    Args:
        judged: What each shard came to.
        rulebook: Whose order the rules are in.
        memory: What the morning began with; answers are remembered whoever they are about.
        as_of: The morning.
    """
    ordered = [judged[shard] for shard in sorted(judged)]
    places = {rule.id: place for place, rule in enumerate(rulebook.rules)}
    pieces = [piece for each in ordered for piece in each.advice]
    return Advised(
        tuple(sorted(pieces, key=lambda piece: _weight(piece, places))),
        joined(each.held_back for each in ordered),
        Memory(
            {key: on for each in ordered for key, on in each.memory.opened.items()},
            tuple(answer for answer in memory.answers if as_of - answer.on <= REMEMBERED),
            {key: shift for each in ordered for key, shift in each.memory.shifts.items()},
            _learned([each.memory.learned for each in ordered]),
        ),
        tuple(sorted((test for each in ordered for test in each.tests),
                     key=lambda test: test.started)),
    )  # fmt: skip


def _weight(piece: Advice, places: Mapping[str, int]) -> tuple[int, float, int]:
    """As `bot.advice.guards.choosing` weighs what one shard says."""
    stake = float(piece.money_at_stake or 0)
    return -SEVERITIES.index(piece.severity), -stake, places.get(piece.rule, len(places))


def _learned(learned: Iterable[Evidence | None]) -> Evidence | None:
    """What was learned up to the newest day: a state of an older one would be of other days."""
    known = [evidence for evidence in learned if evidence is not None]
    day = max((evidence.day for evidence in known), default=None)
    if day is None:
        return None
    newest = (evidence.states for evidence in known if evidence.day == day)
    return Evidence(day, {name: state for states in newest for name, state in states.items()})
