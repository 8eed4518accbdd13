"""Small simulated markets with late, restated results, and the rulebook as it ships."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from bot import rules_files
from bot.advice.rules.rulebook import Rulebook
from bot.demo.market.kinds import HARSH, NULL, STANDARD, Kind
from bot.demo.market.world import FIRST_DAY, World, numbers
from bot.numbers.plan import Plan, PlanEntry

PLAN = Plan((PlanEntry("*", target=160.0),), currency="NOK")
KINDS = {
    "standard": replace(STANDARD, campaigns=16, history=40, days=70),
    "harsh": replace(HARSH, campaigns=16, history=40, days=70),
    "null": replace(NULL, campaigns=24, history=40, days=80),
}

Market = Callable[..., tuple[pd.DataFrame, date]]


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return rules_files.load()


@pytest.fixture(scope="session")
def plan() -> Plan:
    return PLAN


def market(kind: str, seed: int, days: int = 105) -> tuple[pd.DataFrame, date]:
    """Daily rows with every revision, and the morning after the last day."""
    found: Kind = KINDS[kind]
    world = World(found, seed)
    for _ in range(days):
        world.step()
    return numbers(world, days=days), FIRST_DAY + timedelta(days=world.day)


@pytest.fixture(name="market", scope="session")
def market_fixture() -> Market:
    kept: dict[tuple[object, ...], tuple[pd.DataFrame, date]] = {}

    def known(*asked: object) -> tuple[pd.DataFrame, date]:
        if asked not in kept:
            kept[asked] = market(*asked)  # type: ignore[arg-type]
        return kept[asked]

    return known
