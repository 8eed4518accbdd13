"""Campaigns whose answer to budgets is known, as the arrays and as the rows the engine reads."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bot.advice.response import Panel, PanelCampaign

MORNING = date(2026, 11, 23)
Array = np.ndarray[Any, Any]


@dataclass
class Market:
    """Results = rate x usual x (base + (1 - base) (spend / usual) ** elasticity), gamma-Poisson."""

    campaigns: tuple[PanelCampaign, ...]
    usual: Array
    rate: Array
    elasticity: Array
    base: Array
    dispersion: float
    random: np.random.Generator
    budgets: list[Array]
    spend: list[Array]
    results: list[Array]

    def expected(self, spend: Array) -> Array:
        bent = self.base + (1 - self.base) * (spend / self.usual) ** self.elasticity
        return np.asarray(self.rate * self.usual * bent)

    def play(self, budgets: Array, days: int = 1) -> None:
        for _ in range(days):
            spend = budgets * np.exp(self.random.normal(-0.03, 0.02, len(budgets)))
            mean, more = self.expected(spend), self.dispersion - 1
            self.budgets.append(budgets.copy())
            self.spend.append(spend)
            drawn = self.random.poisson(self.random.gamma(mean / more, more))
            self.results.append(drawn.astype(float))

    def panel(self, days: int = 91) -> Panel:
        spend, results, budget = (
            np.stack(one[-days:], axis=1) for one in (self.spend, self.results, self.budgets)
        )
        as_of = MORNING + timedelta(len(self.spend))
        return Panel(as_of, self.campaigns, spend, results, np.ones(spend.shape), budget)

    def rows(self) -> pd.DataFrame:
        """The same as daily numbers, a row a campaign and day."""
        days = [MORNING + timedelta(day) for day in range(len(self.spend))]
        made = [
            {
                "date": day, "channel": name[0], "account_id": name[1], "campaign_id": name[2],
                "campaign_name": name[2], "currency": "NOK", "spend": self.spend[place][row],
                "conversions": self.results[place][row], "daily_budget": self.budgets[place][row],
                "pulled_on": day + timedelta(1),
            }
            for place, day in enumerate(days)
            for row, name in enumerate(one.entity.split("|") for one in self.campaigns)
        ]  # fmt: skip
        return pd.DataFrame(made)


def market(
    seed: int,
    pools: Sequence[Hashable] = ("a",) * 8,
    elasticity: Any = 0.6,
    spread: float = 0.45,
    results: float = 12.0,
    currency: str | None = "NOK",
    base: Any = 0.0,
    z: Any = None,
) -> Market:
    """Campaigns c000, c001 … in these pools, each pool a group of its own; no day played yet."""
    random, count = np.random.default_rng(seed), len(pools)
    usual = np.round(results * 100 * np.exp(random.normal(0, 0.4, count)), 2)
    above = random.normal(0, spread, count) if z is None else np.asarray(z)
    campaigns = tuple(
        PanelCampaign(f"meta_ads|a|c{i:03d}", pool, group=pool, currency=currency)
        for i, pool in enumerate(pools)
    )
    full = np.ones(count)
    return Market(
        campaigns, usual, 0.01 * np.exp(above), elasticity * full, base * full, 1.6, random,
        [], [], [],
    )  # fmt: skip


@pytest.fixture(scope="session", name="market")
def _market() -> Callable[..., Market]:
    return market
