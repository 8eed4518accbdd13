"""The 28 days before an acknowledgement, and who could serve as an untouched peer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from bot.advice.outcome.peers import FEWEST, SAME_BUDGET
from bot.advice.outcome.types import BEFORE
from bot.numbers.board import campaigns_of, unique_ids
from bot.numbers.daily import campaigns_only, entity, known_on
from bot.numbers.history import History
from bot.numbers.plan import Plan
from bot.numbers.windows import Window

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Ground:
    """What was known of the days before.

    Attributes:
        known: Their daily rows, one a day and campaign, with `entity`.
        about: One row a campaign by the id advice knows: entity, stage, pricing_model, currency,
            target.
        span: The days.
    """

    known: pd.DataFrame
    about: Mapping[str, Row]
    span: Window

    @classmethod
    def of(cls, numbers: pd.DataFrame, as_of: date, plan: Plan) -> Ground:
        """The days before a morning, from what was known on it."""
        span = Window.ending(as_of - timedelta(1), BEFORE)
        known = campaigns_only(known_on(numbers, as_of))
        known = known[known["date"] >= pd.Timestamp(span.since)].reset_index(drop=True)
        if known.empty:
            return cls(known.assign(entity=None), {}, span)
        table = plan.resolve(campaigns_of(known), as_of)
        table["campaign_id"] = unique_ids(table)
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        about = {str(row["campaign_id"]): _named(row) for row in rows}
        return cls(known.assign(entity=entity(known)), about, span)

    def row(self, campaign_id: str) -> Row | None:
        """What a campaign is, None where it has no numbers."""
        if campaign_id in self.about:
            return self.about[campaign_id]
        channel, _, plain = campaign_id.partition(":")  # it clashed with one that has ended since
        found = (channel, plain.rpartition(":")[2])
        return next(
            (row for id_, row in self.about.items() if (row["channel"], id_) == found), None
        )

    def of_campaigns(self, entities: Iterable[str]) -> pd.DataFrame:
        """The daily rows of these campaigns."""
        return self.known[self.known["entity"].isin(set(entities))]

    def peers(self, row: Row, column: str, touched: Collection[str]) -> list[str]:
        """Peers of its stage and currency that count the same, with results and a steady budget.

        Args:
            row: The campaign that is changed.
            column: What is counted.
            touched: Ids of campaigns that are changed, flagged or otherwise no peers.
        """
        steady, place = self._steady(column), (row["stage"], row["currency"])
        return sorted(
            str(other["entity"])
            for id_, other in self.about.items()
            if id_ not in touched
            and (other["stage"], other["currency"]) == place
            and other["entity"] in steady
        )

    def _steady(self, column: str) -> set[str]:
        history = History.of(self.known, self.span)
        results, budget = history.column(column), history.column("daily_budget")
        low = np.where(np.isnan(budget), np.inf, budget).min(axis=1, initial=np.inf)
        high = np.where(np.isnan(budget), -np.inf, budget).max(axis=1, initial=-np.inf)
        fits = (np.nansum(results, axis=1) >= FEWEST) & ~(high > SAME_BUDGET * low)
        return {name for name, good in zip(history.entities, fits, strict=True) if good}


def _named(row: Mapping[Any, Any]) -> Row:
    return {str(name): value for name, value in row.items()}
