"""What the page on sources says of connectors' raw tables is what is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.sources.connectors.layouts import ConnectorLayout, layouts

PAGE = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
HEADING = "## Raw tables of Fivetran and Airbyte\n"
COLUMNS = {"fivetran": 1, "airbyte": 2}


def row_of(title: str, place: int = 0) -> list[str]:
    """The cells of a platform's row, in the table of numbers (0) or of reach and budgets (1)."""
    section = PAGE.split(HEADING)[1].split("\n## ")[0]
    rows = re.findall(rf"^\| {re.escape(title)} \|.*$", section, re.MULTILINE)
    assert len(rows) == 2, title
    return [cell.strip() for cell in rows[place].strip("|").split("|")]


def first_tables(layout: ConnectorLayout) -> set[str]:
    """The tables of a layout, each under its usual name."""
    versions = (layout.campaigns, layout.accounts, layout.ads)
    reports = {report.tables[0] for report in layout.reports}
    events = {events.table for report in layout.reports for events in report.events}
    return reports | events | {table.tables[0] for table in versions if table}


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.name)
def test_every_table_that_is_read_is_on_the_page(layout: ConnectorLayout) -> None:
    """And no other: who grants what stands there has granted enough."""
    cell = row_of(layout.title)[COLUMNS[layout.loader]]
    assert set(re.findall(r"`([a-z_]+)`", cell)) == first_tables(layout)


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.name)
def test_tables_of_reach_and_budgets_are_on_the_page(layout: ConnectorLayout) -> None:
    """Each where that connector's cell says it, and none where it says there is none."""
    row, place = row_of(layout.title, 1), COLUMNS[layout.loader]
    budgets = {table.tables[0] for table in layout.budgets}
    reports = {report.tables[0] for report in layout.reports}
    written = set(re.findall(r"`([a-z_]+)`", row[place + 2]))
    assert written == budgets - reports or written == budgets
    assert bool(budgets) != row[place + 2].startswith("none")
    if layout.reach:
        assert layout.reach.tables[0] in row[place]
    counted = any("reach" in report.measures for report in layout.reports)
    assert (counted or layout.reach is not None) != row[place].startswith("none")


def test_a_connector_that_is_not_read_has_no_layout() -> None:
    """The page says so where there is none."""
    read = {(layout.title, layout.loader) for layout in layouts()}
    for title in {layout.title for layout in layouts()}:
        for loader, place in COLUMNS.items():
            cell = row_of(title)[place]
            assert ((title, loader) in read) == ("`" in cell), (title, loader)
