"""Fivetran's raw tables of each platform, in SQLite, PostgreSQL and DuckDB."""

from __future__ import annotations

import pytest

from tests.sources.connectors.conftest import Warehouse, compare, together
from tests.sources.connectors.raw_tables import FIVETRAN


@pytest.mark.parametrize("platform", FIVETRAN)
def test_the_raw_tables_come_to_days_and_campaigns(
    sqlite_warehouse: Warehouse, platform: str
) -> None:
    """Micros, hours, segments, versions and action types end as one row a day and campaign."""
    family = FIVETRAN[platform]
    sqlite_warehouse.fill(family.tables)
    pulled = sqlite_warehouse.pull()
    compare(pulled.frame, family)
    (account,) = pulled.accounts
    assert (account.ok, account.channels) == (True, (family.channel,))
    assert account.until == max(day for _, day, _ in family.expected)


def test_many_platforms_in_one_schema(warehouse: Warehouse) -> None:
    """Each is known by its columns, under whatever prefix, though four call theirs alike."""
    warehouse.fill(together(FIVETRAN))
    frame = warehouse.pull().frame
    assert set(frame["channel"]) == set(FIVETRAN)
    for channel, family in FIVETRAN.items():
        compare(frame[frame["channel"] == channel], family)
