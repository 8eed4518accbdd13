"""A source of kind `warehouse`: a table, a connector's raw tables, orders and leads.

Orders and leads are read as a file of them is: by the same headings.
Only the columns that are known are selected for: names, addresses and e-mails never leave the
warehouse. Ids are hashed before anything is stored (`bot.jobs.order_intake`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from bot.errors import PerfbotError, RefusedFile, SettingsError
from bot.numbers.input.daily import normalise
from bot.sentences import Sentence
from bot.sources.base import AccountPull, Clock, Pulled, Source, SourceConfig
from bot.sources.connectors.source import ConnectorSource
from bot.sources.given import ReadSettings
from bot.sources.lead_file import LEAD_COLUMNS, leads_of
from bot.sources.order_file import WAREHOUSE_COLUMNS, orders_of
from bot.sources.record_table import RecordColumns, places_of
from bot.sources.rows import BATCH, Batch, FileRows, Head, across
from bot.sources.warehouse import Query, WarehouseSource, quoted
from bot.sources.warehouse_address import Address, named_error
from bot.sources.workbook import as_text

LATE = timedelta(days=60)  # an order is taken back, and a lead won, weeks after its day


@dataclass(frozen=True)
class RecordSource:
    """A warehouse's orders and leads, and the daily numbers beside them where it has any.

    Attributes:
        name: The source's name in perfbot.toml.
        url: SQLAlchemy URL; never shown, since it may hold a password.
        clock: The time now, with its zone.
        orders, leads: A table of each, or a query; None where there is none.
        numbers: What gives the daily numbers.
        settings: The currency of amounts that name none, and whose days moments belong to.
    """

    name: str
    url: str = field(repr=False)
    clock: Clock
    orders: str | None = None
    leads: str | None = None
    numbers: Source | None = None
    settings: ReadSettings = field(default_factory=ReadSettings)

    def pull(self, since: date | None, until: date | None) -> Pulled:
        """The daily numbers, and the orders and leads of these days and of two months before.

        What cannot be read of them is said as an account of their name, and holds up nothing.

        Raises:
            SourceError: The daily numbers cannot be read, or the warehouse does not answer.
        """
        now = self.clock().astimezone(UTC)
        empty = Pulled(normalise(pd.DataFrame()), now, ())
        pulled = self.numbers.pull(since, until) if self.numbers else empty
        first_day = since and since - LATE
        readings: list[tuple[str, str | None, RecordColumns, Callable[[FileRows], Any]]] = [
            ("orders", self.orders, WAREHOUSE_COLUMNS,
             lambda rows: orders_of(rows, None, self.settings.currency, WAREHOUSE_COLUMNS)),
            ("leads", self.leads, LEAD_COLUMNS,
             lambda rows: leads_of(rows, currency=self.settings.currency)),
        ]  # fmt: skip
        for kind, table, record_columns, read in readings:
            if table:
                pulled = self._with(pulled, kind, _Table(table, record_columns, first_day, read))
        return pulled

    def _with(self, pulled: Pulled, kind: str, table: _Table) -> Pulled:
        """With what a table holds, or the sentence why not."""
        try:
            records = self._read(table)
        except PerfbotError as error:
            failed = AccountPull(kind, (), ok=False, until=None, error=error.as_sentence)
            return replace(pulled, accounts=(*pulled.accounts, failed))
        frame, notes = records.frame, tuple(f"{kind}: {note}" for note in records.notes)
        last_day = frame["date"].max().date() if len(frame) else None
        fine = AccountPull(kind, (), ok=True, until=last_day)
        pulled = replace(pulled, accounts=(*pulled.accounts, fine), notes=(*pulled.notes, *notes))
        return replace(pulled, orders=frame) if kind == "orders" else replace(pulled, leads=frame)

    def _read(self, table: _Table) -> Any:
        address = Address(self.name, self.url)
        engine = address.engine()
        try:
            with engine.connect() as connection:
                query = Query(connection, quoted(connection, table.name))
                zone = ZoneInfo(self.settings.time_zone or "UTC")
                return table.read(_RecordRows(query, table, zone))
        except RefusedFile as error:
            raise named_error(self.name, error) from error
        except Exception as error:  # drivers raise their own, and SQLAlchemy wraps only some
            raise address.failed(error, table.name) from error
        finally:
            engine.dispose()


@dataclass(frozen=True)
class _Table:
    """A table of records, or a query.

    Attributes:
        record_columns: Which columns are known.
        first_day: Where reading begins; None for the first there is.
        read: What its rows come to.
    """

    name: str
    record_columns: RecordColumns
    first_day: date | None
    read: Callable[[FileRows], Any]


@dataclass(frozen=True)
class _RecordRows:
    """The rows of a table: of those columns that are selected for, and of no others."""

    query: Query
    table: _Table
    zone: ZoneInfo
    total: int = 0  # unknown before all are read

    def heads(self) -> Sequence[Head]:
        return (self.query.head(),)

    def batches(
        self, head: Head, place: int, columns: Collection[int] | None = None
    ) -> Iterator[Batch]:
        """The rows from the first day on; what is not selected for is blank."""
        headings = head.rows[place]
        selected = sorted(range(len(headings)) if columns is None else columns)
        line = 1
        with closing(self._run(headings, selected)) as result:
            for rows in result.partitions(BATCH):
                cells = [self._spread(row, selected, len(headings)) for row in rows]
                yield across(cells, range(line, line + len(cells)), len(headings))
                line += len(cells)

    def _run(self, headings: Sequence[str], selected: Sequence[int]) -> Any:
        quote = self.query.connection.dialect.identifier_preparer.quote
        names = ", ".join(quote(headings[place]) for place in selected)
        select = f"SELECT {names} FROM {self.query.table}"  # noqa: S608 (quoted)
        if self.table.first_day is None:
            return self.query.run(select, {}, yield_per=BATCH)
        day = quote(headings[places_of(headings, self.table.record_columns, {})["date"]])
        bound = {"since": self.table.first_day}
        return self.query.run(f"{select} WHERE {day} >= :since", bound, yield_per=BATCH)

    def _spread(self, row: Sequence[Any], selected: Sequence[int], width: int) -> list[str]:
        cells = [""] * width
        for place, value in zip(selected, row, strict=True):
            cells[place] = self._text(value)
        return cells

    def _text(self, value: Any) -> str:
        """A cell as a file would have it; a moment is the day it was where the account is."""
        if isinstance(value, datetime):
            local = value.astimezone(self.zone) if value.tzinfo else value
            return local.date().isoformat()
        return as_text(value)


def source(
    config: SourceConfig,
    *,
    clock: Clock,
    seen: Mapping[str, str],
    known: ReadSettings,
) -> Source:
    """What perfbot.toml wants read of a warehouse.

    Raises:
        SettingsError: Its address is missing, or what is to be read.
    """
    records = (config.orders, config.leads)
    if not config.url or not any((config.table, config.raw_schema, *records)):
        raise SettingsError(
            Sentence(
                "The source %(name)s is of kind 'warehouse' and lacks what that needs.",
                name=config.name,
            ),
            hint="A warehouse needs table, raw_schema or orders, and its address in the "
            "environment.",
        )
    numbers = _numbers(config, config.url, clock, known, seen)
    if numbers is not None and not any(records):
        return numbers
    return RecordSource(config.name, config.url, clock, *records, numbers=numbers, settings=known)


def _numbers(
    config: SourceConfig, url: str, clock: Clock, known: ReadSettings, seen: Mapping[str, str]
) -> Source | None:
    """What gives a warehouse's daily numbers; None where only orders or leads are read."""
    if config.table:
        return WarehouseSource(config.name, url, config.table, clock, known, config.detail_days)
    if not config.raw_schema:
        return None
    return ConnectorSource(
        config.name, url, config.raw_schema, clock, config.connector, known, seen
    )
