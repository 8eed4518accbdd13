"""The same queries as BigQuery and Databricks want them, compiled by their own dialects."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa
from databricks.sqlalchemy import TIMESTAMP as DATABRICKS_TIMESTAMP
from databricks.sqlalchemy import TIMESTAMP_NTZ, DatabricksDialect
from sqlalchemy.types import TypeEngine
from sqlalchemy_bigquery import BigQueryDialect

from bot.sources.connectors.schemas import column_kind
from tests.sources.connectors.airbyte_tables import AIRBYTE
from tests.sources.connectors.compiled import every_statement, layout_of, statements
from tests.sources.connectors.raw_tables import FIVETRAN


@cache
def _dialects() -> dict[str, Any]:
    return {"bigquery": BigQueryDialect(paramstyle="pyformat"), "databricks": DatabricksDialect()}


@pytest.mark.parametrize("warehouse", ["bigquery", "databricks"])
@pytest.mark.parametrize("loader", ["fivetran", "airbyte"])
def test_every_query_compiles(warehouse: str, loader: str) -> None:
    """Names are quoted as that warehouse does it, and every value is bound."""
    for statement in every_statement(loader, _dialects()[warehouse]):
        assert re.search(r"FROM `?connector_data`?\.", statement)
        assert "2026" not in statement  # a value that is not bound
        assert '"' not in statement  # another warehouse's quotes
        assert re.search(r"GROUP BY|row_number\(\)|lag\(|json_|dailyBudget", statement)


def test_bigquery_casts_text_to_its_own_exact_number() -> None:
    """NUMERIC without parameters, which is what BigQuery has nine decimals of."""
    layout, family = layout_of("airbyte", "linkedin_ads"), AIRBYTE["linkedin_ads"]
    sent = " ".join(statements(layout, family.tables, _dialects()["bigquery"]))
    assert "AS NUMERIC)" in sent
    assert "AS DECIMAL(38, 9))" in " ".join(
        statements(layout, family.tables, _dialects()["databricks"])
    )


@pytest.mark.parametrize(
    ("warehouse", "kinds"),
    [
        ("bigquery", {sa.TIMESTAMP(): "moment", sa.DATETIME(): "time", sa.DATE(): "day",
                      sa.String(): "text", sa.Numeric(): "other"}),
        ("databricks", {DATABRICKS_TIMESTAMP(): "moment", TIMESTAMP_NTZ(): "time",
                        sa.Date(): "day", sa.String(): "text", sa.Numeric(): "other"}),
    ],
)  # fmt: skip
def test_a_timestamp_is_what_that_warehouse_means(
    warehouse: str, kinds: dict[TypeEngine[Any], str]
) -> None:
    """A moment in some, a clock time in others: it is compared with one of its own kind."""
    dialect = _dialects()[warehouse]
    assert [column_kind(kind, dialect) for kind in kinds] == list(kinds.values())


def test_bigquery_compares_moments_with_moments() -> None:
    """A bound of another type is an error there."""
    layout, family = layout_of("fivetran", "snapchat_ads"), FIVETRAN["snapchat_ads"]
    sent = " ".join(statements(layout, family.tables, _dialects()["bigquery"]))
    assert "`campaign_hourly_report`.`date` >= %(param_5:TIMESTAMP)s" in sent
    assert "THEN %(param_2:DATE)s" in sent
