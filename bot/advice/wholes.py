"""Numbers of what campaigns share: a budget of the plan, the stages of a client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from bot.advice.campaigns import Told
from bot.advice.condition import Floats
from bot.numbers.funnel import FUNNEL, Place, funnel
from bot.numbers.history import History
from bot.numbers.pace import PACE, pace

WHOLES = {**PACE, **FUNNEL}
"""Known only as `name.now`; what each is."""
SHARED: Mapping[bool | str, Sequence[str]] = {
    True: ("source_channel", "account_id"),
    "budget": ("entry",),
    "client": ("client", "currency"),
}
"""What campaigns share that are told of in one piece of advice, by a rule's `together`."""


@dataclass(frozen=True, eq=False)
class Wholes:
    """These numbers on a morning, one value a campaign, worked out when first asked for."""

    history: History
    told: Told
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
        words: list[Sequence[Any]] = [
            self.told.said(name) for name in ("client", "currency", "stage", "demand")
        ]
        places = [
            Place(client, currency, stage, demand == "captured")
            for client, currency, stage, demand in zip(*words, strict=True)
        ]
        return funnel(self.history, self.as_of, places)
