"""Real warehouses for small tables: SQLite, PostgreSQL and DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from tests.sources.connectors.raw_tables import Table, fill

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

    def fill(self, tables: dict[str, Table]) -> None:
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


@pytest.fixture(params=["sqlite", "postgres", "duckdb"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    """Each kind of warehouse there is a real one of."""
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


def cells(frame: pd.DataFrame) -> dict[tuple[str, date], pd.Series]:
    """The rows by campaign and day."""
    keys = zip(frame["campaign_id"], frame["date"].dt.date, strict=True)
    return {key: row for key, (_, row) in zip(keys, frame.iterrows(), strict=True)}
