"""What a schema lacks is said in one sentence; what two connectors have is not counted twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.errors import SourceError
from tests.sources.connectors.airbyte_tables import AIRBYTE
from tests.sources.connectors.conftest import Warehouse, compare
from tests.sources.connectors.raw_tables import FIRST, FIVETRAN, Table

GOOGLE = FIVETRAN["google_ads"].tables


def without(table: Table, column: str) -> Table:
    """A table that was synced without a column."""
    titles = table.columns.split()
    place = next(n for n, title in enumerate(titles) if title.startswith(f"{column}:"))
    keep = [n for n in range(len(titles)) if n != place]
    rows = tuple(tuple(row[n] for n in keep) for row in table.rows)
    return Table(" ".join(titles[n] for n in keep), rows)


def but(tables: Mapping[str, Table], name: str, column: str = "") -> dict[str, Table]:
    """The tables without one of them, or without one of its columns."""
    rest = {title: table for title, table in tables.items() if title != name}
    return rest | ({name: without(tables[name], column)} if column else {})


def refusal(warehouse: Warehouse, tables: Mapping[str, Table], connector: str | None = None) -> str:
    """The sentence with which a schema is refused; it always has a way out."""
    warehouse.fill(tables)
    with pytest.raises(SourceError) as caught:
        warehouse.source(connector).pull(FIRST, FIRST)
    assert caught.value.hint
    assert "\n" not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize(
    ("platform", "table", "column", "sentence"),
    [
        ("google_ads", "campaign_stats", "cost_micros",
         "Google Ads (Fivetran), but its table campaign_stats has no column cost_micros"),
        ("google_ads", "campaign_history", "", "the table campaign_history is not there"),
        ("google_ads", "campaign_history", "name",
         "its table campaign_history has no column name"),
        ("meta_ads", "basic_ad_actions", "", "the table basic_ad_actions is not there"),
        ("meta_ads", "ad_history", "", "the table ad_history is not there"),
        ("meta_ads", "ad_history", "campaign_id", "its table ad_history has no column campaign_id"),
        ("twitter_ads", "campaign_history", "", "X (Fivetran), but the table campaign_history"),
        ("snapchat_ads", "campaign_hourly_report", "date",
         "its table campaign_hourly_report has no column date"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(
    sqlite_warehouse: Warehouse, platform: str, table: str, column: str, sentence: str
) -> None:
    """The table or column, and whose; never a number from what is left."""
    tables = but(FIVETRAN[platform].tables, table, column)
    assert sentence in refusal(sqlite_warehouse, tables)


def test_a_schema_of_other_things_is_said(warehouse: Warehouse) -> None:
    """With what is in it; and one that is not there, or whose tables nobody may see."""
    other = {"shop_orders": Table("id:i total:n", ())}
    assert "it has shop_orders" in refusal(warehouse, other)
    absent = replace(warehouse, schema="nowhere")
    with pytest.raises(SourceError, match="nowhere is not there"):
        absent.source().pull(FIRST, FIRST)


def test_a_file_of_sqlite_has_few_schemas(sqlite_warehouse: Warehouse) -> None:
    """One that is not there is said the same way."""
    sqlite_warehouse.fill(GOOGLE)
    with pytest.raises(SourceError, match="nowhere is not there"):
        replace(sqlite_warehouse, schema="nowhere").source().pull(FIRST, FIRST)


def test_a_connector_that_nobody_knows_is_said(sqlite_warehouse: Warehouse) -> None:
    """With those that are known."""
    assert "No connector is called 'yahoo'" in refusal(sqlite_warehouse, GOOGLE, "yahoo")


def test_two_connectors_of_one_account_are_refused(sqlite_warehouse: Warehouse) -> None:
    """Until it is said which of them counts."""
    tables = {**GOOGLE, **AIRBYTE["google_ads"].tables}
    assert "campaign 7 twice" in refusal(sqlite_warehouse, tables)
    family = AIRBYTE["google_ads"]
    pulled = sqlite_warehouse.source("airbyte google_ads").pull(FIRST, family.expected[-1][1])
    compare(pulled.frame, family)


def test_what_is_not_needed_may_be_missing(sqlite_warehouse: Warehouse) -> None:
    """Results that are counted elsewhere are missing then, not 0, and it is said."""
    tables = but(FIVETRAN["reddit_ads"].tables, "campaign_conversions_report")
    sqlite_warehouse.fill(but(tables, "account"))
    pulled = sqlite_warehouse.pull(currency="USD", time_zone="Europe/Oslo")
    assert pulled.frame["spend"].sum() == pytest.approx(3.1)
    assert pulled.frame["conversions"].isna().all()
    assert set(pulled.frame["currency"]) == {"USD"}
    said = " ".join(pulled.notes)
    assert "without the table campaign_conversions_report" in said
    assert "no table says the time zone" in said
