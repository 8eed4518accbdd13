"""What daily numbers a warehouse holds, found by what tables are there: dbt's reports, raw tables.

Every schema that its user may see is looked through. Nothing is read of a table but its columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import SourceError
from bot.sources.connectors.schemas import IncompleteConnector, matches, plain, read_tables
from bot.sources.warehouse_address import Address
from bot.sources.warehouse_details import CAMPAIGNS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

SYSTEM = ("information_schema", "pg_", "sys", "performance_schema", "mysql", "duckdb_")
"""What the names of schemas begin with that hold no numbers of anybody's."""
MOST_SCHEMAS = 200


@dataclass(frozen=True)
class FoundNumbers:
    """A place with daily numbers.

    Attributes:
        schema: Where it is.
        table: dbt's report of campaigns, as `table` in perfbot.toml names it; "" for raw tables.
        connectors: Whose raw tables they are: `Google Ads (Fivetran)`.
    """

    schema: str
    table: str = ""
    connectors: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """As it is asked for: the table, or the schema."""
        return self.table or self.schema

    @property
    def content(self) -> str:
        """For people."""
        if self.table:
            return "dbt's ad_reporting: every platform's campaigns in one table"
        return ", ".join(self.connectors)


@dataclass(frozen=True)
class FoundInWarehouse:
    """What a warehouse holds.

    Attributes:
        numbers: Places with numbers: dbt's reports first.
        incomplete: Sentences on schemas that hold some of what a connector needs.
        schemas: Every schema that was looked through.
    """

    numbers: tuple[FoundNumbers, ...]
    incomplete: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()


def found_in(address: Address) -> FoundInWarehouse:
    """Look through a warehouse.

    Raises:
        SourceError: It does not answer, or its driver is missing.
    """
    engine = address.engine()
    try:
        with engine.connect() as connection:
            schemas = _schemas(connection)
        numbers: list[FoundNumbers] = []
        incomplete: list[str] = []
        for schema in schemas[:MOST_SCHEMAS]:
            try:
                numbers += _in_schema(engine, schema)
            except IncompleteConnector as error:
                incomplete.append(error.message)
    except Exception as error:  # drivers raise their own, and SQLAlchemy wraps only some
        raise address.failed(error, "its schemas") from error
    finally:
        engine.dispose()
    ordered = sorted(numbers, key=lambda found: (not found.table, found.schema))
    return FoundInWarehouse(tuple(ordered), tuple(incomplete), tuple(schemas))


def _schemas(connection: Connection) -> list[str]:
    """The schemas that may hold numbers; those a connection begins in first."""
    from sqlalchemy import inspect, text  # noqa: PLC0415 (an extra)

    if connection.dialect.name == "duckdb":
        statement = "SELECT DISTINCT table_schema FROM information_schema.tables ORDER BY 1"
        names = [str(name) for (name,) in connection.execute(text(statement))]
    else:
        names = [str(name) for name in inspect(connection).get_schema_names()]
    return [name for name in names if not name.lower().startswith(SYSTEM)]


def _in_schema(engine: Engine, schema: str) -> Iterator[FoundNumbers]:
    """What a schema holds.

    Raises:
        SourceError: Some of what a connector needs, and not all.
    """
    with engine.connect() as connection:  # one that is not allowed must not end the others
        tables = read_tables(connection, schema)
    report = tables.get(plain(CAMPAIGNS))
    if report is not None:
        yield FoundNumbers(schema, f"{part(schema)}.{report.name}")
    try:
        connectors = matches(tables, schema)
    except IncompleteConnector:
        raise
    except SourceError:  # somebody else's tables
        return
    yield FoundNumbers(schema, connectors=tuple(match.layout.name for match in connectors))


def part(name: str) -> str:
    """A part of a table's name as perfbot.toml has it: in double quotes where it has a point."""
    return f'"{name}"' if "." in name else name
