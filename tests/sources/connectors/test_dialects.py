"""The same queries as BigQuery and Databricks want them, compiled by their own dialects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from databricks.sqlalchemy import TIMESTAMP as DATABRICKS_TIMESTAMP
from databricks.sqlalchemy import TIMESTAMP_NTZ, DatabricksDialect
from sqlalchemy.types import TypeEngine
from sqlalchemy_bigquery import BigQueryDialect

from bot.sources.connectors import selects
from bot.sources.connectors.budgets import versions_select
from bot.sources.connectors.layouts import Layout, layouts
from bot.sources.connectors.schemas import Match, RawColumn, RawTable, column_kind, plain
from tests.sources.connectors.airbyte_tables import AIRBYTE
from tests.sources.connectors.budget_tables import BUDGETS, REACH
from tests.sources.connectors.raw_tables import FIVETRAN, Table

DAYS = selects.Days(date(2026, 10, 1), date(2026, 10, 2), ZoneInfo("Europe/Oslo"))
KINDS = {"d": "day", "t": "time", "z": "moment", "s": "text"}


def _raw_table(name: str, table: Table) -> RawTable:
    """As it would be read from a warehouse; BigQuery allows no point in a column's name."""
    columns = {}
    for title in table.columns.split():
        column, _, kind = title.rpartition(":")
        raw = RawColumn(column.replace(".", "_"), KINDS.get(kind, "other"))  # type: ignore[arg-type]
        columns[plain(column)] = raw
    return RawTable(name, columns)


def _beside(name: str) -> dict[str, Table]:
    """A connector's tables of budgets and of people reached."""
    return {table: rows for kind in (REACH, BUDGETS) if name in kind
            for table, rows in kind[name].tables.items()}  # fmt: skip


def statements(layout: Layout, raw_tables: Mapping[str, Table], dialect: Any) -> list[str]:
    """Every query of a platform, as the warehouse would be sent it."""
    tables = {plain(name): _raw_table(name, table) for name, table in raw_tables.items()}
    prefix = "bing" if "bingcampaignperformancereportdaily" in tables else ""
    match = Match(layout, prefix, tables)
    assert match.lacks == ""

    def raw(table: RawTable) -> selects.Raw:
        return selects.Raw(table, "connector_data", dialect.name)

    queries: list[sa.Select[Any]] = []
    for versions in (layout.campaigns, layout.accounts, layout.ads):
        table = match.versions(versions)
        if versions and table:
            queries.append(selects.newest(raw(table), versions))
            changed = selects.status_changes(raw(table), versions, DAYS.midnight(DAYS.since))
            queries += [] if changed is None else [changed]
    ads_table = match.versions(layout.ads)
    ads = (
        selects.newest(raw(ads_table), layout.ads).subquery("ads")
        if ads_table and layout.ads
        else None
    )
    for report, table in match.reports():
        if report.json:
            queries.append(selects.unpacked(raw(table), report, DAYS, (report.json,)))
        else:
            queries.append(selects.by_campaign(raw(table), report, DAYS, ads))
        for events in report.events:
            rows = match.table((events.table,))
            assert rows is not None
            types = ["purchase", "lead"]
            queries.append(
                selects.by_type(raw(rows), events, types, DAYS, ads if events.ad else None)
            )
    if layout.reach and (people := match.table(layout.reach.tables)):
        asked = selects.reached(raw(people), layout.reach, DAYS)
        queries += [] if asked is None else [asked]
    for budgets in layout.budgets:
        versions_table = match.table(budgets.tables)
        asked = versions_select(raw(versions_table), budgets) if versions_table else None
        queries += [] if asked is None else [asked]
    return [str(query.compile(dialect=dialect)) for query in queries]


@cache
def _dialects() -> dict[str, Any]:
    return {"bigquery": BigQueryDialect(paramstyle="pyformat"), "databricks": DatabricksDialect()}


def _layout(loader: str, channel: str) -> Layout:
    return next(one for one in layouts() if (one.loader, one.channel) == (loader, channel))


@pytest.mark.parametrize("warehouse", ["bigquery", "databricks"])
@pytest.mark.parametrize("loader", ["fivetran", "airbyte"])
def test_every_query_compiles(warehouse: str, loader: str) -> None:
    """Names are quoted as that warehouse does it, and every value is bound."""
    families = {"fivetran": FIVETRAN, "airbyte": AIRBYTE}[loader]
    dialect = _dialects()[warehouse]
    for channel, family in families.items():
        tables = {**family.tables, **_beside(f"{loader} {channel}")}
        for statement in statements(_layout(loader, channel), tables, dialect):
            assert re.search(r"FROM `?connector_data`?\.", statement)
            assert "2026" not in statement  # a value that is not bound
            assert '"' not in statement  # another warehouse's quotes
            assert re.search(r"GROUP BY|row_number\(\)|lag\(|json_|dailyBudget", statement)


def test_bigquery_casts_text_to_its_own_exact_number() -> None:
    """NUMERIC without parameters, which is what BigQuery has nine decimals of."""
    layout, family = _layout("airbyte", "linkedin_ads"), AIRBYTE["linkedin_ads"]
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
    layout, family = _layout("fivetran", "snapchat_ads"), FIVETRAN["snapchat_ads"]
    sent = " ".join(statements(layout, family.tables, _dialects()["bigquery"]))
    assert "`campaign_hourly_report`.`date` >= %(param_5:TIMESTAMP)s" in sent
    assert "THEN %(param_2:DATE)s" in sent
