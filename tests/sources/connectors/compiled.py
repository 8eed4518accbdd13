"""Every query of a connector's platform, compiled as a warehouse's own dialect writes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.sources.connectors import selects
from bot.sources.connectors.budget_versions import versions_select
from bot.sources.connectors.layouts import ConnectorLayout, layouts
from bot.sources.connectors.schemas import Match, RawColumn, RawTable, plain
from tests.sources.connectors.airbyte_tables import AIRBYTE
from tests.sources.connectors.budget_tables import BUDGETS, REACH
from tests.sources.connectors.raw_tables import FIVETRAN, Table

FAMILIES = {"fivetran": FIVETRAN, "airbyte": AIRBYTE}
DAYS = selects.ReportDays(date(2026, 10, 1), date(2026, 10, 2), ZoneInfo("Europe/Oslo"))
KINDS = {"d": "day", "t": "time", "z": "moment", "s": "text"}


def _raw_table(name: str, table: Table) -> RawTable:
    """As it would be read from a warehouse; BigQuery allows no point in a column's name."""
    columns = {}
    for title in table.columns.split():
        column, _, kind = title.rpartition(":")
        raw = RawColumn(column.replace(".", "_"), KINDS.get(kind, "other"))  # type: ignore[arg-type]
        columns[plain(column)] = raw
    return RawTable(name, columns)


def beside(name: str) -> dict[str, Table]:
    """A connector's tables of budgets and of people reached."""
    return {table: rows for kind in (REACH, BUDGETS) if name in kind
            for table, rows in kind[name].tables.items()}  # fmt: skip


def statements(layout: ConnectorLayout, raw_tables: Mapping[str, Table], dialect: Any) -> list[str]:
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


def layout_of(loader: str, channel: str) -> ConnectorLayout:
    return next(one for one in layouts() if (one.loader, one.channel) == (loader, channel))


def every_statement(loader: str, dialect: Any) -> list[str]:
    """Of all platforms of a loader, with their tables of budgets and of people reached."""
    return [
        statement
        for channel, family in FAMILIES[loader].items()
        for statement in statements(
            layout_of(loader, channel),
            {**family.tables, **beside(f"{loader} {channel}")},
            dialect,
        )
    ]
