"""A warehouse's tables that change from one pull to the next, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from bot.errors import SourceError
from bot.numbers.schema_changes import SchemaChange, SchemaMemory
from bot.sources.base import Pulled
from tests.sources.connectors.budget_tables import BUDGETS, REACH, tables_with
from tests.sources.connectors.conftest import Warehouse, together
from tests.sources.connectors.raw_tables import FIRST, FIVETRAN, SECOND, Table

NEXT = date(2026, 10, 3)
Tables = Mapping[str, Table]


def without(table: Table, *columns: str, rename: Mapping[str, str] | None = None) -> Table:
    """A table without these columns, and with others under another name or of another type."""
    names = table.columns.split()
    places = [at for at, name in enumerate(names) if name.partition(":")[0] not in columns]
    renamed = [(rename or {}).get(names[at], names[at]) for at in places]
    return Table(" ".join(renamed), tuple(tuple(row[at] for at in places) for row in table.rows))


def change(warehouse: Warehouse, before: Tables, after: Tables) -> SchemaChange | None:
    """What is remembered of two pulls, one of each state of the schema."""
    memory = SchemaMemory()
    for day, tables in ((SECOND, before), (NEXT, after)):
        warehouse.fill(tables)
        ((_, columns),) = warehouse.pull().columns.items()
        memory = memory.after(columns, day)
    return memory.change


GOOGLE = tables_with("fivetran google_ads", BUDGETS)
STATS = GOOGLE["campaign_stats"]


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (STATS, None),
        (without(STATS, "conversions_value"), SchemaChange(NEXT, ("revenue",), of_table=True)),
        (without(STATS, rename={"conversions_value:f": "value_of_conversions:f"}),
         SchemaChange(NEXT, ("revenue",), ("value_of_conversions",), of_table=True)),
        (without(STATS, rename={"clicks:i": "clicks:s"}),
         SchemaChange(NEXT, (), retyped=(("clicks", "number", "text"),), of_table=True)),
        (Table(f"{STATS.columns} video_views:i", tuple((*row, 5) for row in STATS.rows)), None),
    ],
    ids=["same", "gone", "renamed", "type", "unread"],
)  # fmt: skip
def test_a_column_that_changed_is_told(
    sqlite_warehouse: Warehouse, after: Table, told: SchemaChange | None
) -> None:
    """Gone, renamed or of another type; one that nobody reads is nothing to anybody."""
    assert change(sqlite_warehouse, GOOGLE, {**GOOGLE, "campaign_stats": after}) == told


def test_what_is_new_is_told_once(warehouse: Warehouse) -> None:
    """Reach that a connector begins to sync: news of that pull, and no more of the next."""
    before = FIVETRAN["linkedin_ads"].tables
    after = tables_with("fivetran linkedin_ads", REACH)
    gained = change(warehouse, before, after)
    assert gained == SchemaChange(NEXT, (), gained=("reach",), of_table=True)
    assert gained.is_over(("reach",))


def test_a_column_that_came_back_is_no_news(sqlite_warehouse: Warehouse) -> None:
    """Nor is a type that is what it was."""
    memory = SchemaMemory()
    states = [GOOGLE, {**GOOGLE, "campaign_stats": without(STATS, "conversions_value")}, GOOGLE]
    for day, tables in zip((FIRST, SECOND, NEXT), states, strict=True):
        sqlite_warehouse.fill(tables)
        ((_, columns),) = sqlite_warehouse.pull().columns.items()
        memory = memory.after(columns, day)
    assert memory.change is None


def test_a_needed_column_that_is_gone_refuses_the_pull(warehouse: Warehouse) -> None:
    """In one sentence with the way out; nothing is read of that platform."""
    warehouse.fill(GOOGLE)
    assert len(warehouse.pull().frame)
    warehouse.fill({"campaign_stats": without(STATS, "cost_micros")})
    with pytest.raises(SourceError, match="campaign_stats has no column cost_micros") as caught:
        warehouse.pull()
    assert "sync once more" in caught.value.hint


def pulled_twice(warehouse: Warehouse, before: Tables, after: Tables) -> Pulled:
    """The second of two pulls, which knows what the first read."""
    warehouse.fill(before)
    seen = warehouse.pull().seen
    warehouse.fill(after)
    return replace(warehouse.source(), seen=seen).pull(FIRST, SECOND)


def test_one_platform_of_a_schema_that_lacks_a_column(sqlite_warehouse: Warehouse) -> None:
    """It is said as failed, and holds up no other; it does not fall silent."""
    families = {name: FIVETRAN[name] for name in ("google_ads", "linkedin_ads")}
    tables = together(families)
    report = tables["google_ads_campaign_stats"]
    pulled = pulled_twice(
        sqlite_warehouse, tables,
        {"google_ads_campaign_stats": without(report, "cost_micros")},
    )  # fmt: skip
    (failed,) = [account for account in pulled.accounts if not account.ok]
    assert failed.channels == ("google_ads",)
    assert "has no column cost_micros" in failed.error
    assert set(pulled.frame["channel"]) == {"linkedin_ads"}
    again = replace(sqlite_warehouse.source(), seen=pulled.seen).pull(FIRST, SECOND)
    assert [account.ok for account in again.accounts if account.channels == ("google_ads",)] == [
        False
    ]


def test_a_result_that_is_gone_is_missing_and_not_none(sqlite_warehouse: Warehouse) -> None:
    """Its cells are empty, never 0."""
    sqlite_warehouse.fill({**GOOGLE, "campaign_stats": without(STATS, "conversions_value")})
    assert pd.isna(sqlite_warehouse.pull().frame["revenue"]).all()
