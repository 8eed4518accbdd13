"""The tables of a schema, and which connector's they are: all it needs, or what it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bot.errors import SourceError
from bot.sentences import Sentence
from bot.sources.connectors.layouts import (
    MARKS,
    NEEDED,
    SYNCED,
    ConnectorLayout,
    MeasureColumn,
    Names,
    Report,
    Versions,
    layouts,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect, Inspector
    from sqlalchemy.types import TypeEngine

Kind = Literal["day", "time", "moment", "text", "other"]
SHOWN_TABLES = 8  # tables of a schema that a sentence names


class IncompleteConnector(SourceError):
    """A schema has a connector's report, and lacks something that it needs."""


@dataclass(frozen=True)
class RawColumn:
    """A column: its name as the warehouse has it, and what it holds.

    Attributes:
        kind: `day`, `time` (of no zone: connectors write UTC), `moment` (with its zone), `text`
            or anything else.
    """

    name: str
    kind: Kind


@dataclass(frozen=True)
class RawTable:
    """A table: its name as the warehouse has it, its columns by their plain names."""

    name: str
    columns: Mapping[str, RawColumn]

    def find(self, names: Sequence[str]) -> RawColumn | None:
        """The first of these columns that it has."""
        return next((self.columns[key] for key in map(plain, names) if key in self.columns), None)

    @property
    def is_airbytes(self) -> bool:
        return self.find(MARKS) is not None

    @property
    def synced(self) -> RawColumn | None:
        """When each row was written."""
        return self.find(SYNCED)


Tables = Mapping[str, RawTable]


def plain(name: str) -> str:
    """A name as every warehouse writes it: `segments.date`, `segments_date` and `SEGMENTS_DATE`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def read_tables(connection: Connection, schema: str) -> dict[str, RawTable]:
    """The tables and views of a schema by their plain names; empty where there are none."""
    if connection.dialect.name == "duckdb":
        return _from_information_schema(connection, schema)
    from sqlalchemy import inspect  # noqa: PLC0415 (an extra)

    inspector = inspect(connection)
    if connection.dialect.name == "sqlite" and schema not in inspector.get_schema_names():
        return {}  # elsewhere a schema that is not there has no tables; here asking is an error
    names = [*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)]
    report_names = _known_tables()
    read = [name for name in names if any(plain(name).endswith(table) for table in report_names)]
    return {
        plain(name): _table(name, _inspected(inspector, name, schema) if name in read else [])
        for name in names
    }


def _inspected(inspector: Inspector, table: str, schema: str) -> list[tuple[str, Kind]]:
    """A table's columns with what they hold, by their types' names in the warehouse's own words."""
    dialect = inspector.bind.dialect
    columns = inspector.get_columns(table, schema=schema)
    return [(str(c["name"]), column_kind(c["type"], dialect)) for c in columns]


def column_kind(type_: TypeEngine[Any], dialect: Dialect) -> Kind:
    """What a column of this type holds; BigQuery's and Databricks's TIMESTAMP is a moment."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 (an extra)

    try:
        word = type_.compile(dialect=dialect)
    except SQLAlchemyError:  # a type that nothing can be made of
        word = type(type_).__name__
    zoned = bool(getattr(type_, "timezone", False))
    zoned |= word == "TIMESTAMP" and dialect.name in {"bigquery", "databricks"}
    return _kind(word, zoned)


def _from_information_schema(connection: Connection, schema: str) -> dict[str, RawTable]:
    """DuckDB has no catalogue of PostgreSQL's kind that SQLAlchemy could inspect."""
    from sqlalchemy import text  # noqa: PLC0415 (an extra)

    rows = connection.execute(
        text("SELECT table_name, column_name, data_type FROM information_schema.columns "
             "WHERE table_schema = :schema ORDER BY table_name, ordinal_position"),
        {"schema": schema},
    )  # fmt: skip
    tables: dict[str, list[tuple[str, Kind]]] = {}
    for table, column, word in rows:
        tables.setdefault(table, []).append((column, _kind(word, "TIME ZONE" in word.upper())))
    return {plain(name): _table(name, columns) for name, columns in tables.items()}


def _table(name: str, columns: Sequence[tuple[str, Kind]]) -> RawTable:
    return RawTable(name, {plain(column): RawColumn(column, kind) for column, kind in columns})


_ZONED = ("TIMESTAMP_TZ", "TIMESTAMP_LTZ", "WITH TIME ZONE", "TIMESTAMPTZ")


def _kind(name: str, zoned: bool) -> Kind:
    word = name.upper()
    if word.startswith("DATE") and not word.startswith("DATETIME"):
        return "day"
    if word.startswith(("TIMESTAMP", "DATETIME")):
        return "moment" if zoned or any(mark in word for mark in _ZONED) else "time"
    return "text" if word.startswith(("VARCHAR", "TEXT", "STRING", "CHAR", "NVARCHAR")) else "other"


def _known_tables() -> set[str]:
    tables = {table for layout in layouts() for table in _tables_of(layout)}
    return set(map(plain, tables))


def _tables_of(layout: ConnectorLayout) -> Iterator[str]:
    for report in layout.reports:
        yield from report.tables
        yield from (events.table for events in report.events)
    for table in (layout.campaigns, layout.accounts, layout.ads, layout.reach, *layout.budgets):
        yield from table.tables if table else ()


@dataclass(frozen=True)
class Match:
    """A connector whose tables are all there.

    Attributes:
        prefix: What stands before the names of its tables, plain: Airbyte may write `bing_…`.
        tables: All of the schema.
    """

    layout: ConnectorLayout
    prefix: str
    tables: Tables

    def table(self, names: Names) -> RawTable | None:
        """The first of these tables that is there."""
        keys = (self.prefix + plain(name) for name in names)
        return next((self.tables[key] for key in keys if key in self.tables), None)

    def reports(self) -> Iterator[tuple[Report, RawTable]]:
        """The reports there are, with their tables."""
        for report in self.layout.reports:
            table = self.table(report.tables)
            if table is not None:
                yield report, table

    def versions(self, of: Versions | None) -> RawTable | None:
        """The table of campaigns, ads or accounts, where it is there."""
        return self.table(of.tables) if of else None

    @property
    def missing(self) -> int:
        """How many columns its reports lack."""
        return sum(len(list(_missing(report, table))) for report, table in self.reports())

    @property
    def lacks(self) -> str:
        """What it lacks, in words; "" for nothing."""
        for report, table in self.reports():
            missing = list(_missing(report, table))
            if missing:
                return _columnless(table, ", ".join(missing))
            for events in report.events:
                if events.needed and self.table((events.table,)) is None:
                    return _absent(events.table)
        return self._nameless()

    def _nameless(self) -> str:
        for kind, needed in (("campaigns", self.layout.campaigns), ("ads", self.layout.ads)):
            table = self.versions(needed)
            reports_name = all("name" in report.columns for report, _ in self.reports())
            if needed and table is None and not (kind == "campaigns" and reports_name):
                return _absent(needed.tables[0])
            if needed and table is not None:
                needed_columns = ("id", "campaign") if kind == "ads" else ("id", "name")
                missing = [
                    needed.columns[c][0]
                    for c in needed_columns
                    if not table.find(needed.columns[c])
                ]
                if missing:
                    return _columnless(table, missing[0])
        return ""


def _missing(report: Report, table: RawTable) -> Iterator[str]:
    """Names of columns without which a report says nothing."""
    identity = report.columns.get("campaign") or report.columns["ad"]
    if not table.find(report.day):
        yield report.day[0]
    if not table.find(identity):
        yield identity[0]
    if report.json:
        yield from () if table.find((report.json,)) else (report.json,)
        return
    for name in NEEDED:
        measure: MeasureColumn = report.measures[name]
        if not table.find(measure.names):
            yield measure.names[0]


def matches(tables: Tables, schema: str, connector: str | None = None) -> list[Match]:
    """The connectors whose tables a schema holds.

    Args:
        tables: Its tables.
        schema: Its name, for people.
        connector: The platform, or connector and platform (`fivetran google_ads`), where only that
            one is wanted.

    Raises:
        SourceError: There is none, or the one there is lacks a table or column.
    """
    candidates = [
        match
        for layout in layouts()
        if connector is None or connector in {layout.channel, f"{layout.loader} {layout.channel}"}
        for match in _candidates(layout, tables)
    ]
    complete = [match for match in candidates if not match.lacks]
    partial = [match for match in candidates if match.lacks and not _explained(match, complete)]
    if complete and (connector is None or not partial):
        return complete
    if partial:
        raise _partial(partial, schema)
    raise _nothing(tables, schema, connector)


def _explained(match: Match, complete: Sequence[Match]) -> bool:
    """Whether its report is another connector's: several call theirs `campaign_report`."""
    reports = {table.name for _, table in match.reports()}
    return any(reports & {table.name for _, table in rival.reports()} for rival in complete)


def _candidates(layout: ConnectorLayout, tables: Tables) -> Iterator[Match]:
    """The layout under every prefix under which one of its reports is there."""
    names = [plain(name) for report in layout.reports for name in report.tables]
    prefixes = {
        key.removesuffix(name)
        for key, table in tables.items()
        for name in names
        if key.endswith(name) and table.is_airbytes == (layout.loader == "airbyte")
    }
    for prefix in sorted(prefixes):
        match = Match(layout, prefix, tables)
        if any(_plausible(report, table) for report, table in match.reports()):
            yield match


def _columnless(table: RawTable, columns: str) -> Sentence:
    return Sentence(
        "its table %(table)s has no column %(columns)s", table=table.name, columns=columns
    )


def _absent(table: str) -> Sentence:
    return Sentence("the table %(table)s is not there", table=table)


def _plausible(report: Report, table: RawTable) -> bool:
    """Whether this is a report of that kind at all: it has most of what one needs."""
    return len(list(_missing(report, table))) <= 2


def _partial(candidates: Sequence[Match], schema: str) -> IncompleteConnector:
    """The one that comes nearest."""
    best = min(candidates, key=lambda match: (match.missing, len(match.prefix)))
    return IncompleteConnector(
        Sentence(
            "The schema %(schema)s has %(connector)s, but %(lacks)s.",
            schema=schema,
            connector=best.layout.name,
            lacks=best.lacks,
        ),
        hint="Select it in the connector, sync once more, and let this user read it; or write a "
        "query of your own as table.",
    )


def _nothing(tables: Tables, schema: str, connector: str | None) -> SourceError:
    if not tables:
        return SourceError(
            Sentence(
                "The schema %(schema)s is not there, or this user may not see its tables.",
                schema=schema,
            ),
            hint="Check its name, and grant usage of the schema and select on its tables.",
        )
    platforms = sorted({layout.channel for layout in layouts()})
    if connector is not None and connector.rpartition(" ")[2] not in platforms:
        return SourceError(
            Sentence("No connector is called %(name)s.", name=repr(connector)),
            hint=Sentence("Known: %(names)s.", names=", ".join(platforms)),
        )
    names = sorted(table.name for table in tables.values())
    and_more = ", …" if len(names) > SHOWN_TABLES else ""
    return SourceError(
        Sentence(
            "No connector's report is in the schema %(schema)s; it has %(tables)s.",
            schema=schema,
            tables=f"{', '.join(names[:SHOWN_TABLES])}{and_more}",
        ),
        hint="Raw tables of Fivetran and Airbyte are known (docs/sources.md has the list); or name "
        "a table or a query of your own as table.",
    )
