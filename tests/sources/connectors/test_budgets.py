"""Budgets of each day, and people reached, out of what connectors keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.base import Pulled
from bot.sources.connectors.budget_versions import (
    BudgetVersion,
    DailyBudgets,
    merged,
    remembered,
    to_remember,
)
from tests.sources.connectors.budget_tables import BUDGETS, REACH, ReadDays, tables_with
from tests.sources.connectors.conftest import NOW, Warehouse, cells
from tests.sources.connectors.raw_tables import FIRST, FIVETRAN, SECOND, Table

HOURS = st.integers(0, 24 * 60)


def days_of(pulled: Pulled, column: str, days: ReadDays) -> dict[tuple[str, date], float | None]:
    """What a pull read of these days."""
    rows = cells(pulled.frame)
    return {key: None if pd.isna(rows[key][column]) else rows[key][column] for key in days}


@pytest.mark.parametrize("name", BUDGETS)
def test_each_day_has_the_budget_it_ended_with(sqlite_warehouse: Warehouse, name: str) -> None:
    """The version valid then, where the account is; of shared and lifetime budgets none."""
    sqlite_warehouse.fill(tables_with(name, BUDGETS))
    pulled = sqlite_warehouse.pull()
    beside = BUDGETS[name]
    assert days_of(pulled, "daily_budget", beside.days) == dict(beside.days)
    shared = {fact.campaign_id: fact.shared_budget for fact in pulled.campaigns}
    expected = beside.shared or {}
    assert {key: title for key, title in shared.items() if title} == expected


@pytest.mark.parametrize(
    "name",
    ["fivetran google_ads", "fivetran meta_ads", "airbyte linkedin_ads", "airbyte pinterest_ads"],
)
def test_every_warehouse_reads_the_same_budgets(warehouse: Warehouse, name: str) -> None:
    """Versions told apart by PostgreSQL and DuckDB as by SQLite; a time may be seconds."""
    warehouse.fill(tables_with(name, BUDGETS))
    days = BUDGETS[name].days
    assert days_of(warehouse.pull(), "daily_budget", days) == dict(days)


@pytest.mark.parametrize("name", REACH)
def test_people_are_never_added_up(sqlite_warehouse: Warehouse, name: str) -> None:
    """Reach is a day's and campaign's as the platform has it, or missing: not a sum over rows."""
    sqlite_warehouse.fill(tables_with(name, REACH))
    days = REACH[name].days
    assert days_of(sqlite_warehouse.pull(), "reach", days) == dict(days)


def test_reach_of_whole_days_beside_hours(warehouse: Warehouse) -> None:
    """TikTok's hours cannot be added up; the daily report beside them has the day."""
    daily = Table("campaign_id:i stat_time_day:t reach:i", ((11, datetime(2026, 10, 1), 25),))
    warehouse.fill({**tables_with("fivetran tiktok_ads", REACH), "campaign_report_daily": daily})
    days = {("11", FIRST): 25, ("11", SECOND): 38}
    assert days_of(warehouse.pull(), "reach", days) == days


def test_a_budget_that_changed_is_told(sqlite_warehouse: Warehouse) -> None:
    """With the moment, before and after; by whom, no connector says."""
    sqlite_warehouse.fill(tables_with("fivetran google_ads", BUDGETS))
    (change,) = [c for c in sqlite_warehouse.pull().changes if c.what == "budget"]
    assert (change.before, change.after) == (100, 150)
    assert (change.campaign_ids, change.account_id, change.through) == (("7",), "55", "Fivetran")
    assert change.when == datetime(2026, 10, 1, 22, 30, tzinfo=UTC)


def test_an_id_that_several_campaigns_have_is_a_shared_budget(sqlite_warehouse: Warehouse) -> None:
    """Also where nothing says so, as in Airbyte's stream of campaigns."""
    stream = Table(
        "campaign.id:i campaign.name:s segments.date:d metrics.cost_micros:i metrics.clicks:i "
        "metrics.impressions:i campaign_budget.amount_micros:i campaign.campaign_budget:s "
        "_airbyte_extracted_at:z",
        tuple(
            (campaign, f"C{campaign}", FIRST, 1_000_000, 1, 10, 5_000_000,
             f"customers/55/campaignBudgets/{budget}", NOW - timedelta(days=5))
            for campaign, budget in ((7, 1), (8, 1), (9, 2))
        ),
    )  # fmt: skip
    sqlite_warehouse.fill({"campaign": stream})
    pulled = sqlite_warehouse.pull()
    days = {("7", FIRST): None, ("8", FIRST): None, ("9", FIRST): 5}
    assert days_of(pulled, "daily_budget", days) == days


def test_what_a_table_forgot_is_remembered(sqlite_warehouse: Warehouse) -> None:
    """Airbyte's newest version replaces the one before: the days before keep their budget."""
    columns = "id:s name:s updated_time:s daily_budget:f _airbyte_extracted_at:z"
    beside = tables_with("airbyte meta_ads", BUDGETS)
    first = sqlite_warehouse.source(now=datetime(2026, 10, 2, 6, tzinfo=UTC))
    old = ("3", "Autumn", "2026-09-01T08:00:00+0200", 5000.0, NOW)
    sqlite_warehouse.fill({**beside, "campaigns": Table(columns, (old,))})
    seen = first.pull(FIRST, FIRST).seen
    new = ("3", "Autumn", "2026-10-02T08:00:00+0200", 9000.0, NOW)
    sqlite_warehouse.fill({"campaigns": Table(columns, (new,))})
    days = {("3", FIRST): 50}
    source = sqlite_warehouse.source()
    forgetful = source.pull(FIRST, SECOND)
    assert days_of(forgetful, "daily_budget", days) == {("3", FIRST): None}
    reminded = replace(source, seen=seen).pull(FIRST, SECOND)
    assert days_of(reminded, "daily_budget", days) == days
    assert [(c.before, c.after) for c in reminded.changes if c.what == "budget"] == [(50, 90)]


def test_minor_units_are_metas_own(sqlite_warehouse: Warehouse) -> None:
    """Whole units of some currencies, hundredths of others; without a currency no guess."""
    tables = tables_with("fivetran meta_ads", BUDGETS)
    accounts = FIVETRAN["meta_ads"].tables["account_history"]
    for currency, budget in (("ISK", 1234), ("NOK", 12.34)):
        row = (*accounts.rows[0][:3], currency, accounts.rows[0][4])
        sqlite_warehouse.fill({**tables, "account_history": Table(accounts.columns, (row,))})
        days = {("4", SECOND): budget}
        assert days_of(sqlite_warehouse.pull(), "daily_budget", days) == days
    nameless = Table("id:i _fivetran_synced:t name:s", ())
    sqlite_warehouse.fill({**tables, "account_history": nameless})
    days = {("4", SECOND): None}
    assert days_of(sqlite_warehouse.pull(), "daily_budget", days) == days


@given(st.dictionaries(HOURS, st.integers(1, 3), min_size=1, max_size=8), st.integers(0, 8), HOURS)
def test_a_day_has_the_last_version_before_its_end(
    versions: dict[int, int], pulled: int, end: int
) -> None:
    """Whatever order they are read in, also the first of them remembered from a pull before."""
    begin = datetime(2026, 9, 1, tzinfo=UTC)
    moments = {begin + timedelta(hours=hour): float(versions[hour]) for hour in sorted(versions)}
    known = [BudgetVersion("1", "", moment, amount) for moment, amount in moments.items()]
    earlier = remembered(to_remember(known[:pulled], begin + timedelta(days=30)))
    budgets = DailyBudgets.of(merged(reversed(known[pulled:]), earlier), has_own=True)
    until = begin + timedelta(hours=end)
    before = [moment for moment in moments if moment < until]
    assert budgets.on("1", until) == (moments[max(before)] if before else None)


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"campaign": "1"}]', "null"])
def test_a_memory_that_cannot_be_read_is_none(text: str) -> None:
    """What was known is asked anew; nothing fails."""
    assert remembered(text) == []
