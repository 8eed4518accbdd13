"""Airbyte's tables of each platform, in SQLite, PostgreSQL and DuckDB."""

from __future__ import annotations

import pytest

from tests.sources.connectors.airbyte_tables import AIRBYTE
from tests.sources.connectors.conftest import Warehouse, compare, together


@pytest.mark.parametrize("platform", AIRBYTE)
def test_a_row_that_was_appended_again_counts_once(
    sqlite_warehouse: Warehouse, platform: str
) -> None:
    """The newest copy of each row counts; JSON, texts and URNs are read as what they hold."""
    family = AIRBYTE[platform]
    sqlite_warehouse.fill(family.tables)
    compare(sqlite_warehouse.pull().frame, family)


def test_many_streams_in_one_schema(warehouse: Warehouse) -> None:
    """Each platform's streams under its own prefix, in one pull."""
    warehouse.fill(together(AIRBYTE))
    frame = warehouse.pull().frame
    assert set(frame["channel"]) == set(AIRBYTE)
    for channel, family in AIRBYTE.items():
        compare(frame[frame["channel"] == channel], family)
