"""What each campaign is: its cell, its row of thresholds, its target, its pool."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from bot.advice.condition import Floats
from bot.advice.rulebook import Cell, Thresholds
from bot.numbers.board import campaigns_of, unique_ids
from bot.numbers.plan import Override, Plan, matches

Row: TypeAlias = Mapping[str, float]
POOL = ("stage", "counted", "currency", "client", "measure")


def campaigns(
    known: pd.DataFrame, as_of: date, thresholds: Thresholds, plan: Plan
) -> tuple[pd.DataFrame, tuple[Cell, ...], tuple[Row, ...]]:
    """One row a campaign, sorted by entity, with its cell and its thresholds.

    Besides what `Plan.resolve` says: `source_channel` (before the plan renamed it), `billed` (what
    the platform charges, else the pricing model) and `campaign_id` unique in the answer.
    """
    rows = campaigns_of(known)
    own = rows["channel"].to_numpy()
    about = plan.resolve(rows, as_of).assign(source_channel=own)
    about["billed"] = about["billed_by"].where(about["billed_by"].notna(), about["pricing_model"])
    about["measure"] = about["measured_by"].where(about["measured_by"].notna(), about["channel"])
    about["campaign_id"] = unique_ids(about)
    about = about.astype(object).where(about.notna(), None)
    cells = tuple(
        thresholds.cell(stage, pricing)
        for stage, pricing in zip(about["stage"], about["pricing_model"], strict=True)
    )
    return about, cells, _table(about, cells, thresholds, plan, as_of)


def _table(
    about: pd.DataFrame,
    cells: tuple[Cell, ...],
    thresholds: Thresholds,
    plan: Plan,
    on: date,
) -> tuple[Row, ...]:
    kept: dict[tuple[Any, ...], Row] = {}
    overrides = [one for one in plan.overrides if one.valid_from is None or one.valid_from <= on]
    rows: list[Row] = []
    for cell, channel, demand, name in zip(
        cells, about["channel"], about["demand"], about["campaign_name"], strict=True
    ):
        changed = tuple(one for one in overrides if _fits(one, cell, channel, str(name)))
        key = (id(cell), channel, demand, changed)
        if key not in kept:
            row = thresholds.numbers(cell, channel, captured=demand == "captured")
            kept[key] = row | _changes(changed, row)
        rows.append(kept[key])
    return tuple(rows)


def _fits(override: Override, cell: Cell, channel: str, name: str) -> bool:
    stage = override.stage is None or override.stage == cell.stage
    pricing = override.pricing_model is None or override.pricing_model == cell.pricing
    return stage and pricing and (override.match is None or matches(override.match, channel, name))


def _changes(overrides: tuple[Override, ...], row: Row) -> dict[str, float]:
    return {
        one.name: float(one.value)
        for one in overrides
        if one.name in row and isinstance(one.value, int | float)
    }


def targets(about: pd.DataFrame, cells: tuple[Cell, ...], metric: str) -> Floats:
    """What the plan wants of a metric, a campaign: a plain target means what its cell judges by."""
    found = [_target(said, cell, metric) for said, cell in zip(about["target"], cells, strict=True)]
    return np.array(found, dtype=np.float64)


def _target(said: object, cell: Cell, metric: str) -> float:
    if isinstance(said, Mapping):
        return float(said.get(metric, np.nan))
    if isinstance(said, int | float) and cell.stage and cell.judge == metric:
        return float(said)
    return float("nan")


def pools(about: pd.DataFrame, counted: list[str | None]) -> list[tuple[Any, ...] | None]:
    """Which campaigns may trade money, a key a campaign; None for one that may not.

    A pool shares stage, what is counted, currency, client and who measured; without a shared
    measurer a campaign trades only within its channel.
    """
    keyed = about.assign(counted=pd.Series(counted, index=about.index, dtype=object))
    rows = keyed[list(POOL)].itertuples(index=False, name=None)
    return [key if key[0] and key[1] else None for key in rows]
