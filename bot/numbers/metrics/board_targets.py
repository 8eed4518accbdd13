"""What a board's campaigns may cost: as the plan states it, and what follows from that.

What makes rows a campaign's: these days, its own money, None where nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from bot.numbers.input.columns import IDENTITY, MONEY
from bot.numbers.input.daily import campaigns_only, newest, visible_on
from bot.numbers.input.history import History
from bot.numbers.input.revisions import KnownRows, campaigns_known
from bot.numbers.input.windows import Window
from bot.numbers.metrics.glossary import Metrics
from bot.numbers.plan import Plan
from bot.numbers.signals.peer_rates import ALIKE, Learned, cohort_codes, learned_from
from bot.numbers.targets import PAID as PRICES
from bot.numbers.targets import Targets, stated

Judges = Mapping[tuple[str, str], str]


@dataclass(frozen=True, eq=False)
class TargetReading:
    """How the plan's targets are read on a morning, for boards of any window.

    Attributes:
        metrics: The glossary.
        judges: As `board` has them.
        plan, as_of: What people say the campaigns are for, on that morning.
        visible: Daily rows known then: rates are learned from some of them.
    """

    metrics: Metrics
    judges: Judges | None
    plan: Plan
    as_of: date
    visible: pd.DataFrame
    _derived: list[tuple[Any, pd.DataFrame]] = field(default_factory=list, repr=False)

    @classmethod
    def on(
        cls,
        numbers: pd.DataFrame,
        as_of: date,
        metrics: Metrics,
        plan: Plan,
        judges: Judges | None,
    ) -> TargetReading:
        """Over daily numbers in any revisions: only what was known that morning is read."""
        visible = campaigns_only(visible_on(numbers, as_of))
        return cls(metrics.measured, judges, plan, as_of, visible)

    def of(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The targets of resolved campaigns, index `entity`.

        Returns:
            `target.<metric>`, float64, NaN where there is none; `derived`: where each comes from
            that nobody stated (`Derived.to_json` by metric), else None.
        """
        campaigns = records(rows)
        stated_targets = self._stated(campaigns)
        index = pd.Index(rows["entity"].to_numpy())
        names = [f"target.{name}" for name in self.metrics]
        values = np.array([[targets.get(name, np.nan) for name in self.metrics]
                           for targets in stated_targets], dtype=np.float64)  # fmt: skip
        targets = pd.DataFrame(values.reshape(len(index), len(names)), index=index, columns=names)
        if not any(stated_targets):
            return targets.assign(derived=None)
        derived = self._derived_of(campaigns).reindex(index)
        notes = derived["derived"].astype(object).where(derived["derived"].notna(), None)
        return targets.fillna(derived[names]).assign(derived=notes)

    def _derived_of(self, rows: list[dict[str, Any]]) -> pd.DataFrame:
        """What follows from the stated targets by the rates seen, for campaigns that have any.

        The windows of a morning mostly show the same campaigns: it is worked out once for these.
        """
        of_window = {row["entity"]: row for row in rows}
        campaigns = [of_window.get(row["entity"], row) for row in self._learned]
        cohort_keys = [tuple(row[name] for name in ALIKE) for row in campaigns]
        rests_on = (cohort_keys, self._stated(campaigns))
        for earlier, derived in self._derived:
            if earlier == rests_on:
                return derived
        derived = self._worked_out(*rests_on)
        self._derived.append((rests_on, derived))
        return derived

    def _worked_out(
        self, cohort_keys: list[tuple[Any, ...]], stated_targets: list[dict[str, float]]
    ) -> pd.DataFrame:
        entities = list(self._recent[0].entities)
        places = [(stage, model, currency) for _, stage, model, currency, _ in cohort_keys]
        learned = Learned(self._history, cohort_codes(cohort_keys), self.as_of)
        targets = Targets(learned, self.metrics, stated_targets, places)
        values = {f"target.{name}": targets.values(name) for name in self.metrics}
        notes = [targets.all_derived(row) or None for row in range(len(entities))]
        derived = pd.Series(notes, index=entities, dtype=object)
        return pd.DataFrame(values, index=entities).assign(derived=derived)

    def _stated(self, rows: list[dict[str, Any]]) -> list[dict[str, float]]:
        """What the plan says of each campaign, by metric."""
        return [_said(row, self.metrics, self.judges) for row in rows]

    @cached_property
    def _recent(self) -> tuple[KnownRows, pd.DataFrame]:
        """The days rates are learned from, and their campaigns as the plan has them."""
        days = learned_from(self.as_of)
        recent = one_currency(newest(self.visible[within(self.visible, days)]))
        snapshot = KnownRows.of(recent, days)
        return snapshot, self.plan.resolve(campaigns_known(snapshot), self.as_of)

    @cached_property
    def _learned(self) -> list[dict[str, Any]]:
        """The campaigns rates are learned from, in their history's order."""
        snapshot, resolved = self._recent
        by_entity = {row["entity"]: row for row in records(resolved)}
        return [by_entity[name] for name in snapshot.entities]

    @cached_property
    def _history(self) -> History:
        return self._recent[0].history()


def _said(row: Mapping[str, Any], metrics: Metrics, judges: Judges | None) -> dict[str, float]:
    judge = (judges or {}).get((row["stage"], row["pricing_model"]))
    judge = judge or PRICES.get(row["pricing_model"] or "")
    stated_targets = stated(row["target"], judge if judge in metrics else None)
    return {
        name: value for name, value in stated_targets.items() if name in metrics or name == "margin"
    }


def within(rows: pd.DataFrame, span: Window) -> pd.Series:
    """Which rows are of these days."""
    return rows["date"].between(pd.Timestamp(span.since), pd.Timestamp(span.until))


def one_currency(rows: pd.DataFrame) -> pd.DataFrame:
    """Without money in another currency than the campaign's newest: it cannot be added up."""
    with_currency = rows[rows["currency"].notna()]
    if len(set(with_currency["currency"])) <= 1:
        return rows
    if not with_currency.groupby(list(IDENTITY))["currency"].nunique().gt(1).any():
        return rows
    newest = with_currency.sort_values("date", kind="stable").drop_duplicates(
        list(IDENTITY), keep="last"
    )
    keys = rows[list(IDENTITY)].merge(newest[[*IDENTITY, "currency"]], how="left")
    is_foreign = rows["currency"].notna().to_numpy() & (
        rows["currency"].to_numpy() != keys["currency"].to_numpy()
    )
    return rows.assign(**{name: rows[name].where(~is_foreign) for name in MONEY})


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts, None where nothing is known."""
    names = [str(name) for name in table.columns]
    cells = table.astype(object).to_numpy(copy=True)
    cells[table.isna().to_numpy()] = None
    return [dict(zip(names, row, strict=True)) for row in cells.tolist()]
