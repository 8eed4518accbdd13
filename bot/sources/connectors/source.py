"""A schema of raw connector tables as a source, and the columns remembered from pull to pull."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from bot.errors import PerfbotError, SourceError
from bot.numbers.input.daily import normalise
from bot.numbers.schema_changes import ASIDE, TYPE, columns_of
from bot.sentences import Sentence
from bot.sources.base import AccountPull, Clock, Pulled, accounts_of
from bot.sources.connectors import values
from bot.sources.connectors.layouts import MeasureColumn
from bot.sources.connectors.schemas import Kind, Match, RawTable, Tables, matches, read_tables
from bot.sources.given import ReadSettings
from bot.sources.warehouse_address import Address, named_error

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.sources.connectors.table_reading import RawNumbers


HOLDS: dict[Kind, str] = {
    "day": "day", "time": "time", "moment": "time", "text": "text", "other": "number",
}  # fmt: skip
MOST_ASIDE = 80
"""Columns of a report that are remembered though nothing is read of them: one is the new name."""


def columns_of_match(match: Match) -> tuple[str, ...]:
    """Columns of numbers, what each holds, and columns that are not read.

    As `bot.numbers.schema_changes` keeps them; what a report packs into JSON is taken to be there.
    """
    columns = dict.fromkeys(_numbers(match))
    return (*columns, *_left_aside(match))


def _numbers(match: Match) -> Iterator[str]:
    for report, table in match.reports():
        for name, measure in report.measures.items():
            yield from _measure(name, measure, table)
        for of in (events.of for events in report.events if match.table((events.table,))):
            yield from values.meta_columns(of) if of else ()
        for events in report.events:
            yield from events.counts if match.table((events.table,)) else ()
        for column, of in report.lists.items():
            yield from values.meta_columns(of) if table.find((column,)) else ()
    reach = match.layout.reach
    if reach and (people := match.table(reach.tables)) and people.find(reach.value):
        yield "reach"
    for budgets in match.layout.budgets:
        table_of_budgets = match.table(budgets.tables)
        if table_of_budgets and table_of_budgets.find(budgets.columns["amount"]):
            yield "daily_budget"


def _measure(name: str, measure: MeasureColumn, table: RawTable) -> Iterator[str]:
    if measure.path:
        yield name
        return
    column = table.find(measure.names)
    if column is not None:
        yield name
        yield f"{name}{TYPE}{HOLDS[column.kind]}"


def _left_aside(match: Match) -> Iterator[str]:
    """Columns of the reports that nothing is read of, but those that loaders add."""
    for report, table in match.reports():
        names = {name for measure in report.measures.values() for name in measure.names}
        names |= {name for column in (report.day, *report.columns.values()) for name in column}
        read = {column.name for name in names if (column := table.find((name,)))}
        aside = [column.name for column in table.columns.values()
                 if column.name not in read and not column.name.startswith("_")]  # fmt: skip
        yield from (f"{ASIDE}{name}" for name in sorted(aside)[:MOST_ASIDE])


READ = "connectors"
HISTORY = timedelta(days=400)  # how far back, where nobody says: a year and a month


@dataclass(frozen=True)
class ConnectorSource:
    """The raw tables of Fivetran or Airbyte in a schema, of one platform or several.

    Attributes:
        name: The source's name in perfbot.toml.
        url: SQLAlchemy URL; never shown, since it may hold a password.
        schema: Where the connector writes.
        clock: The time now, with its zone.
        connector: Which platform's tables are read; None for all there are.
        settings: What the tables leave out.
        seen: What earlier pulls read of budgets, by connector.
    """

    name: str
    url: str = field(repr=False)
    schema: str
    clock: Clock
    connector: str | None = None
    settings: ReadSettings = field(default_factory=ReadSettings)
    seen: Mapping[str, str] = field(default_factory=dict)

    def pull(self, since: date | None, until: date | None) -> Pulled:
        """The daily numbers from `since` to `until`, added up in the warehouse.

        Raises:
            SourceError: The warehouse does not answer, or the schema holds no connector's tables,
                or only some of what one needs.
        """
        now = self.clock().astimezone(UTC)
        last_day = until or now.date() - timedelta(days=1)
        days = (since or last_day - HISTORY, last_day)
        address = Address(self.name, self.url)
        engine = address.engine()
        try:
            with engine.connect() as connection:
                return self._pulled(connection, days, now)
        except PerfbotError as error:
            raise named_error(self.name, error) from error
        except Exception as error:  # drivers raise their own, and SQLAlchemy wraps only some
            subject = Sentence("the tables of %(schema)s", schema=self.schema)
            raise address.failed(error, subject) from error
        finally:
            engine.dispose()

    def _pulled(self, connection: Connection, days: tuple[date, date], now: datetime) -> Pulled:
        tables = read_tables(connection, self.schema)
        connectors = matches(tables, self.schema, self.connector)
        lost = self._gone(tables, connectors)
        numbers = [self._read(connection, match, days, now) for match in connectors]
        self._refuse_twice(connectors, numbers)
        frames = [read.frame for read in numbers if len(read.frame)]
        frame = pd.concat(frames, ignore_index=True) if frames else normalise(pd.DataFrame())
        accounts = accounts_of(frame) or (AccountPull("", (), ok=True, until=None),)
        columns: dict[tuple[str, str], tuple[str, ...]] = {}
        for match, read in zip(connectors, numbers, strict=True):
            columns |= columns_of(read.frame, columns_of_match(match))
        notes = tuple(note for read in numbers for note in read.notes)
        changes = tuple(change for read in numbers for change in read.changes)
        budgets = {
            _budgets_key(match): read.budgets
            for match, read in zip(connectors, numbers, strict=True)
            if read.budgets
        }
        return Pulled(
            frame.assign(source=self.name),
            now,
            (*accounts, *lost),
            notes,
            {**self.seen, **budgets, READ: _names(connectors, self.seen.get(READ, ""))},
            campaigns=tuple(campaign for read in numbers for campaign in read.campaigns),
            changes=changes,
            columns=columns,
            short_days=tuple(day for read in numbers for day in read.short_days),
        )

    def _gone(self, tables: Tables, connectors: Sequence[Match]) -> list[AccountPull]:
        """Platforms that an earlier pull read and that lack something now: each with the sentence.

        Only its numbers are left as they are; the others of the schema are read.
        """
        lost = []
        columns_now = _names(connectors).split(",")
        for name in filter(None, self.seen.get(READ, "").split(",")):
            if name in columns_now:
                continue
            try:
                matches(tables, self.schema, name)
            except SourceError as error:
                _, _, channel = name.partition(" ")
                reason = error.as_sentence
                lost.append(AccountPull("", (channel,), ok=False, until=None, error=reason))
        return lost

    def _read(
        self, connection: Connection, match: Match, days: tuple[date, date], now: datetime
    ) -> RawNumbers:
        from bot.sources.connectors.table_reading import ConnectorReading  # noqa: PLC0415 (an extra)

        budgets_seen = self.seen.get(_budgets_key(match), "")
        reading = ConnectorReading(
            connection, match, self.schema, *days, now, self.settings, budgets_seen
        )
        return reading.read()

    def _refuse_twice(self, connectors: list[Match], numbers: list[RawNumbers]) -> None:
        """Two connectors of one account would count everything twice."""
        reader: dict[tuple[str, str], Match] = {}
        for match, read in zip(connectors, numbers, strict=True):
            pairs = read.frame[["channel", "campaign_id"]].drop_duplicates().to_numpy(dtype=str)
            for channel, campaign in pairs:
                earlier = reader.setdefault((channel, campaign), match)
                if earlier is not match:
                    raise SourceError(
                        Sentence(
                            "The schema %(schema)s has campaign %(campaign)s twice: in %(first)s "
                            "and in %(second)s.",
                            schema=self.schema,
                            campaign=campaign,
                            first=earlier.layout.name,
                            second=match.layout.name,
                        ),
                        hint=Sentence(
                            'Name the one that counts: connector = "%(connector)s".',
                            connector=f"{earlier.layout.loader} {earlier.layout.channel}",
                        ),
                    )


def _budgets_key(match: Match) -> str:
    return f"budgets {match.layout.loader} {match.layout.channel}"


def _names(connectors: Sequence[Match], before: str = "") -> str:
    """Whose tables are read, and were before, as the next pull is reminded of them."""
    names = {f"{match.layout.loader} {match.layout.channel}" for match in connectors}
    return ",".join(sorted(names | set(filter(None, before.split(",")))))
