"""What each campaign is: its cell, its row of thresholds, its target, its pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from bot.advice.condition import Floats
from bot.advice.rulebook import Cell, Thresholds
from bot.numbers.about import Words, table_of, unique_ids, words_known
from bot.numbers.learned import ALIKE, alike
from bot.numbers.matching import Patterns
from bot.numbers.plan import Override, Plan
from bot.numbers.revisions import Known
from bot.numbers.sums import Ints
from bot.numbers.targets import stated

Row: TypeAlias = Mapping[str, float]
POOL = ("stage", "counted", "currency", "client", "measure")


@dataclass(frozen=True, eq=False)
class Told:
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
        return alike(list(zip(*map(self.said, ALIKE), strict=True)))

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
            stated(said, judge) for said, judge in zip(self.said("target"), judges, strict=True)
        ]

    @cached_property
    def places(self) -> list[tuple[Any, Any, Any]]:
        """Stage, pricing model and currency of each."""
        return list(zip(*map(self.said, ("stage", "pricing_model", "currency")), strict=True))

    def still(self, words: Words, held: tuple[object, ...]) -> bool:
        """Whether nothing that was told has changed; `held` names the campaigns, too."""
        if held != self._held:
            return False
        return all(np.array_equal(said, self._words[name]) for name, said in words.items())


def campaigns(
    known: Known, as_of: date, thresholds: Thresholds, plan: Plan, like: Told | None = None
) -> Told:
    """What each campaign is; `like`, told on another morning, is told again if all is the same."""
    said = words_known(known)
    overrides = [one for one in plan.overrides if one.valid_from is None or one.valid_from <= as_of]
    held = (known.entities, plan.valid(as_of), tuple(overrides))
    if like and like.still(said, held):
        return like
    words = table_of(known.entities, said)
    about = plan.resolve(words, as_of).assign(source_channel=words["channel"].to_numpy())
    about["billed"] = about["billed_by"].where(about["billed_by"].notna(), about["pricing_model"])
    about["measure"] = about["measured_by"].where(about["measured_by"].notna(), about["channel"])
    about["campaign_id"] = unique_ids(about)
    about = about.astype(object).where(about.notna(), None)
    cells = tuple(
        thresholds.cell(stage, pricing)
        for stage, pricing in zip(about["stage"], about["pricing_model"], strict=True)
    )
    return Told(about, cells, _table(about, cells, thresholds, overrides), said, held)


def retold(told: Told, as_of: date, thresholds: Thresholds, plan: Plan) -> Told:
    """The same campaigns under another table of thresholds."""
    overrides = [one for one in plan.overrides if one.valid_from is None or one.valid_from <= as_of]
    words = zip(told.said("stage"), told.said("pricing_model"), strict=True)
    cells = tuple(thresholds.cell(*each) for each in words)
    table = _table(told.about, cells, thresholds, overrides)
    return replace(told, cells=cells, table=table, _said={})


def _table(
    about: pd.DataFrame,
    cells: tuple[Cell, ...],
    thresholds: Thresholds,
    overrides: list[Override],
) -> tuple[Row, ...]:
    kept: dict[tuple[Any, ...], Row] = {}
    patterns = [Patterns((one.match,)) if one.match is not None else None for one in overrides]
    rows: list[Row] = []
    for cell, channel, demand, name in zip(
        cells, about["channel"], about["demand"], about["campaign_name"], strict=True
    ):
        changed = tuple(
            one
            for one, names in zip(overrides, patterns, strict=True)
            if _for(one, cell) and (names is None or names.first(channel, str(name)) is not None)
        )
        key = (id(cell), channel, demand, changed)
        if key not in kept:
            row = thresholds.numbers(cell, channel, captured=demand == "captured")
            kept[key] = row | _changes(changed, row)
        rows.append(kept[key])
    return tuple(rows)


def _for(override: Override, cell: Cell) -> bool:
    stage = override.stage is None or override.stage == cell.stage
    return stage and (override.pricing_model is None or override.pricing_model == cell.pricing)


def _changes(overrides: tuple[Override, ...], row: Row) -> dict[str, float]:
    return {
        one.name: float(one.value)
        for one in overrides
        if one.name in row and isinstance(one.value, int | float)
    }


def pools(about: pd.DataFrame, counted: list[str | None]) -> list[tuple[Any, ...] | None]:
    """Which campaigns may trade money, a key a campaign; None for one that may not.

    A pool shares stage, what is counted, currency, client and who measured; without a shared
    measurer a campaign trades only within its channel.
    """
    keyed = about.assign(counted=pd.Series(counted, index=about.index, dtype=object))
    rows = keyed[list(POOL)].itertuples(index=False, name=None)
    return [key if key[0] and key[1] else None for key in rows]
