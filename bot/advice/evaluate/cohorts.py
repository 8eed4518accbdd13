"""What each campaign is: its cell, its row of thresholds, its target, its pool.

Numbers of what campaigns share: a budget of the plan, the stages of a client.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from bot.advice.rules.condition import Floats
from bot.advice.rules.rulebook import EVERYWHERE, Cell, Thresholds
from bot.numbers.forecast.pace import PACE, pace
from bot.numbers.input.history import History
from bot.numbers.input.names import account_key, labels
from bot.numbers.input.revisions import (
    KnownRows,
    Words,
    told_apart,
    words_known,
)
from bot.numbers.metrics.sums import Ints
from bot.numbers.plan import Override, Patterns, Plan, plain_words
from bot.numbers.shards import called_by_census
from bot.numbers.signals.peer_rates import ALIKE, cohort_codes
from bot.numbers.signals.signs import FUNNEL, CampaignPlace, funnel
from bot.numbers.targets import stated

Row: TypeAlias = Mapping[str, float]
POOL = ("stage", "counted", "currency", "client", "measure")


@dataclass(frozen=True, eq=False)
class Profiles:
    """What each campaign is on a morning, one row a campaign, sorted by entity.

    Attributes:
        about: What `Plan.resolve` says, and `source_channel` (before the plan renamed it), `billed`
            (what the platform charges, else the pricing model), `measure` and `campaign_id` unique
            in the answer; None where nothing is known.
        cells: The cell of each.
        table: The row of thresholds of each; campaigns alike share one.
    """

    about: pd.DataFrame
    cells: tuple[Cell, ...]
    table: tuple[Row, ...]
    _words: Words = field(repr=False)
    _held: tuple[object, ...] = field(repr=False)
    _said: dict[str, list[Any]] = field(default_factory=dict, repr=False)

    def said(self, column: str) -> list[Any]:
        """A column of `about` as a list, for looking up one campaign."""
        if column not in self._said:
            self._said[column] = self.about[column].tolist()
        return self._said[column]

    @cached_property
    def alike(self) -> Ints:
        """Campaigns of one channel, stage, pricing model, currency and client: a number each."""
        return cohort_codes(list(zip(*map(self.said, ALIKE), strict=True)))

    @cached_property
    def _rows(self) -> tuple[Ints, list[Row]]:
        """The different rows of thresholds, and which each campaign has."""
        rows = {id(row): row for row in self.table}
        places = {row: place for place, row in enumerate(rows)}
        return np.array([places[id(row)] for row in self.table], dtype=np.int64), [*rows.values()]

    def threshold(self, name: str) -> Floats:
        """A threshold, a campaign."""
        if name not in self._thresholds:
            codes, rows = self._rows
            self._thresholds[name] = np.array([row.get(name, np.nan) for row in rows])[codes]
        return self._thresholds[name]

    @cached_property
    def _thresholds(self) -> dict[str, Floats]:
        return {}

    @cached_property
    def stated(self) -> list[dict[str, float]]:
        """What the plan wants of each: a plain target means what its cell judges by."""
        judges = (cell.judge if cell.stage else None for cell in self.cells)
        return [
            stated(target, judge) for target, judge in zip(self.said("target"), judges, strict=True)
        ]

    @cached_property
    def places(self) -> list[tuple[Any, Any, Any]]:
        """Stage, pricing model and currency of each."""
        return list(zip(*map(self.said, ("stage", "pricing_model", "currency")), strict=True))

    @cached_property
    def in_funnel(self) -> list[CampaignPlace]:
        """Where each stands in its client's funnel."""
        words = map(self.said, ("client", "currency", "stage", "demand"))
        return [
            CampaignPlace(client, currency, stage, demand == "captured")
            for client, currency, stage, demand in zip(*words, strict=True)
        ]

    def still(self, words: Words, signature: tuple[object, ...]) -> bool:
        """Whether nothing that was told has changed; `signature` names the campaigns, too."""
        if signature != self._held:
            return False
        return all(np.array_equal(values, self._words[name]) for name, values in words.items())


def campaigns(
    snapshot: KnownRows,
    as_of: date,
    thresholds: Thresholds,
    plan: Plan,
    like: Profiles | None = None,
) -> Profiles:
    """What each campaign is; `like`, told on another morning, is told again if all is the same."""
    word_columns = words_known(snapshot)
    overrides = [
        override
        for override in plan.overrides
        if override.valid_from is None or override.valid_from <= as_of
    ]
    signature = (snapshot.entities, plan.valid(as_of), tuple(overrides), plan.bids, plan.reported)
    if like and like.still(word_columns, signature):
        return like
    columns = _described(snapshot.entities, word_columns, plan, as_of)
    cells = tuple(
        thresholds.cell(stage, pricing)
        for stage, pricing in zip(columns["stage"], columns["pricing_model"], strict=True)
    )
    grid = np.empty((len(snapshot.entities), len(columns)), dtype=object)
    for place, values in enumerate(columns.values()):
        grid[:, place] = np.fromiter(values, dtype=object, count=len(grid))
    return Profiles(
        pd.DataFrame(grid, columns=[*columns], dtype=object),
        cells,
        _table(columns, cells, thresholds, overrides),
        word_columns,
        signature,
        columns,
    )


def _described(
    entities: Sequence[str], words: Words, plan: Plan, as_of: date
) -> dict[str, list[Any]]:
    """The columns of `Profiles.about`; None where nothing is known."""
    raw: dict[str, list[Any]] = {"entity": list(entities)}
    raw |= {name: plain_words(column) for name, column in words.items()}
    described = plan.described(words, as_of)
    columns = {name: raw[name] for name in raw if name not in described}
    columns |= described
    for name in ("monthly_budget", "floor"):
        columns[name] = [None if amount is None else float(amount) for amount in columns[name]]
    columns["source_channel"] = raw["channel"]
    for name, first, second in (
        ("billed", "billed_by", "pricing_model"),
        ("measure", "measured_by", "channel"),
    ):
        pairs = zip(columns[first], columns[second], strict=True)
        columns[name] = [otherwise if word is None else word for word, otherwise in pairs]
    columns["bid"] = _bids(raw, plan)
    channels, accounts, ids = (
        [str(word) if word else "" for word in columns[name]]
        for name in ("channel", "account_id", "campaign_id")
    )
    names = [str(name) for name in columns["campaign_name"]]
    columns["label"] = labels(names, list(zip(channels, accounts, ids, strict=True)))
    columns["campaign_id"] = told_apart(
        columns["channel"], columns["account_id"], columns["campaign_id"]
    )
    return called_by_census(columns, plan.census)


def _bids(words: Mapping[str, Sequence[Any]], plan: Plan) -> list[Mapping[str, float] | None]:
    """What the platforms bid to, by metric; None where they bid to nothing."""
    if not plan.bids:
        return [None] * len(words["entity"])
    columns = (words[name] for name in ("channel", "account_id", "campaign_id"))
    places = ([str(word) if word else "" for word in column] for column in columns)
    return [
        plan.bids.get((channel, account_key(account), campaign))
        for channel, account, campaign in zip(*places, strict=True)
    ]


def retold(profiles: Profiles, as_of: date, thresholds: Thresholds, plan: Plan) -> Profiles:
    """The same campaigns under another table of thresholds."""
    overrides = [
        override
        for override in plan.overrides
        if override.valid_from is None or override.valid_from <= as_of
    ]
    words = zip(profiles.said("stage"), profiles.said("pricing_model"), strict=True)
    cells = tuple(thresholds.cell(*pair) for pair in words)
    table = _table(profiles.about, cells, thresholds, overrides)
    return replace(profiles, cells=cells, table=table, _said={})


def _table(
    descriptions: pd.DataFrame | Mapping[str, Sequence[Any]],
    cells: tuple[Cell, ...],
    thresholds: Thresholds,
    overrides: list[Override],
) -> tuple[Row, ...]:
    cached_rows: dict[tuple[Any, ...], Row] = {}
    patterns = [
        Patterns((override.match,)) if override.match is not None else None
        for override in overrides
    ]
    rows: list[Row] = []
    for cell, channel, demand, name in zip(
        cells,
        descriptions["channel"],
        descriptions["demand"],
        descriptions["campaign_name"],
        strict=True,
    ):
        changed = tuple(
            override
            for override, names in zip(overrides, patterns, strict=True)
            if _for(override, cell)
            and (names is None or names.first(channel, str(name)) is not None)
        )
        key = (id(cell), channel, demand, changed)
        if key not in cached_rows:
            row = thresholds.numbers(cell, channel, captured=demand == "captured")
            cached_rows[key] = row | _changes(changed, row)
        rows.append(cached_rows[key])
    return tuple(rows)


def _for(override: Override, cell: Cell) -> bool:
    stage = override.stage is None or override.stage == cell.stage
    return stage and (override.pricing_model is None or override.pricing_model == cell.pricing)


def _changes(overrides: tuple[Override, ...], row: Row) -> dict[str, float]:
    return {
        override.name: float(override.value)
        for override in overrides
        if override.name in row and isinstance(override.value, int | float)
    }


def pools(profiles: Profiles, counted: list[str | None]) -> list[tuple[Any, ...] | None]:
    """Which campaigns may trade money, a key a campaign; None for one that may not.

    A pool shares stage, what is counted, currency, client and who measured; without a shared
    measurer a campaign trades only within its channel.
    """
    columns = (counted if name == "counted" else profiles.said(name) for name in POOL)
    return [key if key[0] and key[1] else None for key in zip(*columns, strict=True)]


WHOLES = {**PACE, **FUNNEL}
"""Known only as `name.now`; what each is."""
SHARED: Mapping[bool | str, Sequence[str]] = {
    True: ("source_channel", "account_id"),
    EVERYWHERE: ("source_channel", "account_id"),
    "budget": ("entry",),
    "client": ("client", "currency"),
}
"""What campaigns share that are told of in one piece of advice, by a rule's `together`."""


@dataclass(frozen=True, eq=False)
class Wholes:
    """These numbers on a morning, one value a campaign, worked out when first asked for."""

    history: History
    told: Profiles
    as_of: date

    def column(self, name: str) -> Floats:
        """One of `WHOLES`; NaN where it says nothing of a campaign."""
        return self._pace[name] if name in PACE else self._funnel[name]

    @cached_property
    def _pace(self) -> Mapping[str, Floats]:
        budgets = np.array(self.told.said("monthly_budget"), dtype=np.float64)
        entries, currencies = self.told.said("entry"), self.told.said("currency")
        return pace(self.history, self.as_of, budgets, entries, currencies).columns

    @cached_property
    def _funnel(self) -> Mapping[str, Floats]:
        return funnel(self.history, self.as_of, self.told.in_funnel)
