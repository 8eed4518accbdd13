"""Fivetran's raw tables of each platform, in SQLite, PostgreSQL and DuckDB."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.sources.connectors.conftest import Warehouse, cells
from tests.sources.connectors.raw_tables import FIVETRAN, Family


def compare(frame: pd.DataFrame, family: Family) -> None:
    """Every day and campaign, whose they are and what they are called; nothing beside them."""
    rows = cells(frame)
    assert set(rows) == {(campaign, day) for campaign, day, _ in family.expected}
    for campaign, day, numbers in family.expected:
        row = rows[campaign, day]
        for name, value in numbers.items():
            assert pd.isna(row[name]) if value is None else row[name] == value, (day, name, row)
    account, name, currency, zone = family.account
    assert set(frame["channel"]) == {family.channel}
    assert set(frame["account_id"]) == {account}
    assert set(frame["account_name"].fillna("")) == {name or ""}
    assert set(frame["currency"]) == {currency}
    assert set(frame["time_zone"]) == {zone}
    titles = frame.set_index("campaign_id")["campaign_name"].to_dict()
    assert titles == dict(family.names)


@pytest.mark.parametrize("platform", FIVETRAN)
def test_the_raw_tables_come_to_days_and_campaigns(warehouse: Warehouse, platform: str) -> None:
    """Micros, hours, segments, versions and action types end as one row a day and campaign."""
    family = FIVETRAN[platform]
    warehouse.fill(dict(family.tables))
    pulled = warehouse.pull()
    compare(pulled.frame, family)
    (account,) = pulled.accounts
    assert (account.ok, account.channels) == (True, (family.channel,))
    assert account.until == max(day for _, day, _ in family.expected)
