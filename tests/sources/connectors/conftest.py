"""Real warehouses for small tables: SQLite, PostgreSQL and DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import psycopg
import pytest
import sqlalchemy as sa

from bot.sources.base import Pulled
from bot.sources.connectors.source import ConnectorSource
from bot.sources.given import ReadSettings
from tests.sources.connectors.raw_tables import Family, Table, fill

NOW = datetime(2026, 10, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Warehouse:
    """A warehouse with one empty schema.

    Attributes:
        url: Its address, as perfbot.toml would have it.
        engine: The same, to write into.
    """

    url: str
    schema: str
    engine: sa.Engine

    def fill(self, tables: Mapping[str, Table]) -> None:
        """Write tables into the schema."""
        fill(self.engine, tables, self.schema)
        self.engine.dispose()  # of DuckDB's file only one may be at work

    def source(
        self, connector: str | None = None, now: datetime = NOW, **given: str
    ) -> ConnectorSource:
        """The schema as a source."""
        return ConnectorSource(
            "raw", self.url, self.schema, lambda: now, connector, ReadSettings(**given)
        )

    def pull(self, until: date = date(2026, 10, 2), **given: str) -> Pulled:
        """The first days of October 2026."""
        return self.source(**given).pull(date(2026, 10, 1), until)


@pytest.fixture(params=["postgres", "duckdb"])
def warehouse(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    """Each kind of warehouse there is a real one of, beside SQLite."""
    made: Warehouse = request.getfixturevalue(f"{request.param}_warehouse")
    yield made
    made.engine.dispose()


@pytest.fixture
def sqlite_warehouse(tmp_path: Path) -> Warehouse:
    url = f"sqlite:///{tmp_path / 'raw.db'}"
    return Warehouse(url, "main", sa.create_engine(url))


@pytest.fixture
def duckdb_warehouse(tmp_path: Path) -> Warehouse:
    url = f"duckdb:///{tmp_path / 'warehouse.duckdb'}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA raw"))
    return Warehouse(url, "raw", engine)


@pytest.fixture
def postgres_warehouse(postgres_schema: Callable[[], str]) -> Warehouse:
    url = postgres_schema()
    with psycopg.connect(url) as connection:
        (schema,) = connection.execute("SELECT current_schema()").fetchone() or ("",)
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    return Warehouse(url, schema, engine)


def together(families: Mapping[str, Family]) -> dict[str, Table]:
    """The tables of several platforms in one schema, each under its platform's prefix."""
    return {
        f"{platform}_{name}": table
        for platform, family in families.items()
        for name, table in family.tables.items()
    }


def compare(frame: pd.DataFrame, family: Family) -> None:
    """Every day and campaign, whose they are and what they are called; nothing beside them."""
    rows = cells(frame)
    assert set(rows) == {(campaign, day) for campaign, day, _ in family.expected}
    for campaign, day, numbers in family.expected:
        row = rows[campaign, day]
        for name, value in numbers.items():
            assert pd.isna(row[name]) if value is None else row[name] == value, (day, name, row)
    account, name, currency, zone = family.account
    assert set(frame["account_id"]) == {account}
    assert set(frame["account_name"].fillna("")) == {name or ""}
    assert set(frame["currency"]) == {currency}
    assert set(frame["time_zone"]) == {zone}
    titles = frame.set_index("campaign_id")["campaign_name"].to_dict()
    assert titles == dict(family.names)


def cells(frame: pd.DataFrame) -> dict[tuple[str, date], pd.Series]:
    """The rows by campaign and day."""
    keys = zip(frame["campaign_id"], frame["date"].dt.date, strict=True)
    return {key: row for key, (_, row) in zip(keys, frame.iterrows(), strict=True)}
