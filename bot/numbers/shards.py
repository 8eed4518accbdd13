"""Where one judgement ends: a client's campaigns in one currency, judged without any others.

Campaigns without a client are one client. A big install is many such shards; nothing that is worked
out of one depends on another, so they may be judged one after another, by several processes, or
where a lakehouse has them, and come to the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from bot.numbers.input.names import labels
from bot.numbers.input.revisions import unique_ids


class Shard(NamedTuple):
    """A client ("" for nobody's) and a currency ("" where nobody knows it)."""

    client: str = ""
    currency: str = ""

    def __str__(self) -> str:
        return f"{self.client or 'no client'}, {self.currency or 'no currency'}"


@dataclass(frozen=True)
class Census:
    """Every campaign of an install: its shard, and what it is called among all the others.

    Attributes:
        shards: By entity (`channel|account_id|campaign_id`).
        ids: By entity, the id it goes by in an answer: unique over the whole install.
        labels: By entity, its name with as much of its place as tells it from those called so.
    """

    shards: Mapping[str, Shard]
    ids: Mapping[str, str]
    labels: Mapping[str, str]

    @cached_property
    def members(self) -> Mapping[Shard, tuple[str, ...]]:
        """The entities of each shard; shards and entities in order."""
        members: dict[Shard, list[str]] = {shard: [] for shard in sorted(set(self.shards.values()))}
        for entity in sorted(self.shards):
            members[self.shards[entity]].append(entity)
        return {shard: tuple(entities) for shard, entities in members.items()}

    def apart(self, campaigns: pd.DataFrame) -> dict[Shard, pd.DataFrame]:
        """The rows of each shard's campaigns, by `entity`; shards in order, rows as they were."""
        places: dict[Shard, list[int]] = {}
        for place, name in enumerate(campaigns["entity"]):
            places.setdefault(self.shards[name], []).append(place)
        return {shard: campaigns.iloc[places[shard]] for shard in sorted(places)}

    def of(self, shards: Iterable[Shard]) -> Census:
        """Only the campaigns of some shards, called as they are among all."""
        entities = [entity for shard in shards for entity in self.members[shard]]
        return Census(
            {entity: self.shards[entity] for entity in entities},
            {entity: self.ids[entity] for entity in entities},
            {entity: self.labels[entity] for entity in entities},
        )


def census_of(campaigns: pd.DataFrame) -> Census:
    """The census of resolved campaigns (`Plan.resolve`), one row each.

    A campaign whose currency nobody knows stands with its client's, where that has just one.

    Args:
        campaigns: `entity`, `channel`, `account_id`, `campaign_name`, `client`, `currency`.
    """
    entities = [str(entity) for entity in campaigns["entity"]]
    rows = campaigns.assign(campaign_id=[entity.split("|", 2)[2] for entity in entities])
    places = rows[["channel", "account_id", "campaign_id"]].fillna("").astype(str)
    called = labels(
        rows["campaign_name"].astype(str).tolist(), list(places.itertuples(index=False, name=None))
    )
    return Census(
        dict(zip(entities, _shards(rows), strict=True)),
        dict(zip(entities, map(str, unique_ids(rows)), strict=True)),
        dict(zip(entities, called, strict=True)),
    )


def identifying(campaigns: pd.DataFrame) -> str:
    """The column that tells all of these apart: their ids, or names where one has no id."""
    return "campaign_id" if campaigns["campaign_id"].notna().all() else "campaign_name"


def _shards(campaigns: pd.DataFrame) -> Sequence[Shard]:
    clients, currencies = (campaigns[name].fillna("").astype(str).tolist()
                           for name in ("client", "currency"))  # fmt: skip
    known: dict[str, set[str]] = {}
    for client, currency in zip(clients, currencies, strict=True):
        known.setdefault(client, set()).update({currency} - {""})
    only = {client: next(iter(names)) for client, names in known.items() if len(names) == 1}
    return [Shard(client, currency or only.get(client, ""))
            for client, currency in zip(clients, currencies, strict=True)]  # fmt: skip


def call_by_census(campaigns: pd.DataFrame, census: Census | None) -> pd.DataFrame:
    """Campaigns as they are told apart from all of the install, not only those judged with them.

    Args:
        campaigns: `entity`, `campaign_id` and `label`.
        census: None where they are all there is.
    """
    if census is None:
        return campaigns
    names = {name: campaigns[name].tolist() for name in ("entity", "campaign_id", "label")}
    called = called_by_census(names, census)
    return campaigns.assign(**{
        name: pd.Series(called[name], index=campaigns.index, dtype=object)
        for name in ("campaign_id", "label")
    })  # fmt: skip


def called_by_census(
    columns: Mapping[str, list[Any]], census: Census | None
) -> dict[str, list[Any]]:
    """The same of plain columns: all of them, `campaign_id` and `label` as the census has them."""
    if census is None:
        return dict(columns)
    called = dict(columns)
    for column, names in (("campaign_id", census.ids), ("label", census.labels)):
        pairs = zip(columns["entity"], columns[column], strict=True)
        called[column] = [names.get(str(entity), name) for entity, name in pairs]
    return called
