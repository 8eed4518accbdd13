"""What the page on sources says of connectors' raw tables is what is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.sources.connectors.layouts import Layout, layouts

PAGE = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
HEADING = "## Raw tables of Fivetran and Airbyte\n"
COLUMNS = {"fivetran": 1, "airbyte": 2}


def row_of(title: str) -> list[str]:
    """The cells of a platform's row."""
    section = PAGE.split(HEADING)[1].split("\n## ")[0]
    (row,) = re.findall(rf"^\| {re.escape(title)} \|.*$", section, re.MULTILINE)
    return [cell.strip() for cell in row.strip("|").split("|")]


def first_tables(layout: Layout) -> set[str]:
    """The tables of a layout, each under its usual name."""
    versions = (layout.campaigns, layout.accounts, layout.ads)
    reports = {report.tables[0] for report in layout.reports}
    events = {events.table for report in layout.reports for events in report.events}
    return reports | events | {table.tables[0] for table in versions if table}


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.name)
def test_every_table_that_is_read_is_on_the_page(layout: Layout) -> None:
    """And no other: who grants what stands there has granted enough."""
    cell = row_of(layout.title)[COLUMNS[layout.loader]]
    assert set(re.findall(r"`([a-z_]+)`", cell)) == first_tables(layout)


def test_a_connector_that_is_not_read_has_no_layout() -> None:
    """The page says so where there is none."""
    read = {(layout.title, layout.loader) for layout in layouts()}
    for title in {layout.title for layout in layouts()}:
        for loader, place in COLUMNS.items():
            cell = row_of(title)[place]
            assert ((title, loader) in read) == ("`" in cell), (title, loader)
