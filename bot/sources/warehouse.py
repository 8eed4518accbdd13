"""A table of daily numbers in the user's own warehouse, through SQLAlchemy."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from bot.errors import RefusedFile, SourceError
from bot.numbers.input.daily import VALUES, normalise
from bot.numbers.schema_changes import TYPE, columns_of
from bot.sentences import Sentence
from bot.sources.base import AccountPull, Clock, Pulled, accounts_of
from bot.sources.canonical import Canonical, canonical
from bot.sources.exports import columns_read
from bot.sources.given import ReadSettings
from bot.sources.layout import FIRST, LAST, Layout, lay_out
from bot.sources.refusals import NoDayColumn
from bot.sources.rows import BATCH, Batch, Head, across
from bot.sources.table import read_table
from bot.sources.warehouse_address import Address, named_error
from bot.sources.warehouse_details import (
    ACCOUNTS,
    BesideReports,
    beside,
    named_beside,
    reports_beside,
    unlike_their_accounts,
)
from bot.sources.workbook import as_text

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, Engine

log = logging.getLogger(__name__)
_QUERY = re.compile(r"\s*(?:select|with)\s", re.IGNORECASE)
_PART = re.compile(r'"([^"\x00]+)"|([^".\x00]+)')


@dataclass(frozen=True)
class WarehouseSource:
    """A table or view with one row a day and campaign.

    Attributes:
        name: The source's name in perfbot.toml.
        url: SQLAlchemy URL; never shown, since it may hold a password.
        table: `table`, `schema.table` or `database.schema.table` (a part with a point in it is
            written in double quotes), or a query.
        clock: The time now, with its zone.
        settings: What the table leaves out.
        detail_days: Of how many of the newest days the other reports of ad_reporting are read
            where the table is its report of campaigns; 0 for none.
    """

    name: str
    url: str = field(repr=False)
    table: str
    clock: Clock
    settings: ReadSettings = field(default_factory=ReadSettings)
    detail_days: int = 0

    def pull(self, since: date | None, until: date | None) -> Pulled:
        """The rows from `since` to `until`, both included, by one query bounded by date.

        Raises:
            SourceError: SQLAlchemy or a driver is missing, the warehouse does not answer, or the
                table holds something else.
        """
        address = self._address
        engine, now = address.engine(), self.clock().astimezone(UTC)
        try:
            with engine.connect() as connection:
                read = self._read(connection, self.table, since, until)
            below = self._beside(engine, read, until or now.date())
            unlike = self._unlike_accounts(engine, read.frame)
        except RefusedFile as error:
            raise named_error(self.name, error) from error
        except Exception as error:  # drivers raise their own, and SQLAlchemy wraps only some
            raise address.failed(error, self.table) from error
        finally:
            engine.dispose()
        accounts = accounts_of(read.frame) or (AccountPull("", (), ok=True, until=None),)
        columns = columns_of(read.frame, read.columns) if len(read.frame) else {}
        return Pulled(
            read.frame.assign(source=self.name),
            now,
            accounts,
            (*read.notes, *read.warnings, *unlike),
            details=below.frame,
            detail_spans=below.spans,
            columns=columns,
            short_days=read.short_days,
        )

    @property
    def _address(self) -> Address:
        return Address(self.name, self.url)

    def _beside(self, engine: Engine, read: Canonical, until: date) -> BesideReports:
        """The table's own details, or those of the reports beside it; each for itself."""
        has_reports = self.detail_days and not is_query(self.table)
        reports = reports_beside(self.table) if has_reports else {}
        first_day = until - timedelta(days=self.detail_days - 1)

        def of_report(name: str) -> pd.DataFrame | None:
            try:
                with engine.connect() as connection:
                    if not _has_table(connection, name):
                        return None
                    return self._read(connection, name, first_day, until).details
            except RefusedFile:
                raise
            except Exception as error:  # as above
                raise self._address.failed(error, self.table) from error

        if not reports:
            return BesideReports(read.details)
        return beside(read.frame, reports, of_report, (first_day, until))

    def _unlike_accounts(self, engine: Engine, campaigns: pd.DataFrame) -> tuple[str, ...]:
        """What dbt's report of accounts says of the campaigns' sums, where it is beside them."""
        name = "" if is_query(self.table) else named_beside(self.table, ACCOUNTS)
        if not name or campaigns.empty:
            return ()
        days = campaigns["date"]
        try:
            with engine.connect() as connection:
                if not _has_table(connection, name):
                    return ()
                query = Query(connection, quoted(connection, name))
                accounts = query.accounts(*(day.date() for day in (days.min(), days.max())))
            return tuple(unlike_their_accounts(campaigns, accounts))
        except Exception as error:  # noqa: BLE001, as above; the campaigns do not wait for it
            reason = self._address.failed(error, name).message
            log.warning("the sums of accounts are not checked today: %s: %s", name, reason)
            return ()

    def _read(
        self, connection: Connection, table_name: str, since: date | None, until: date | None
    ) -> Canonical:
        query = Query(connection, quoted(connection, table_name))
        layout = lay_out([query.head()], self.settings.columns, self.settings.currency)
        rows = query.between(layout, since, until)
        with closing(rows.found):
            table = read_table(rows, rows.layout)
        if not len(table.lines):
            return Canonical(normalise(pd.DataFrame()), (), ())
        daily = canonical(table, replace(self.settings, decimal="."))
        columns = (*columns_read(layout, daily.frame), *rows.types())
        return replace(daily, columns=columns)


@dataclass(frozen=True)
class Query:
    """The table behind a connection; its name is quoted, its values are bound.

    Attributes:
        table: As `quoted` writes it.
    """

    connection: Connection
    table: str

    def head(self) -> Head:
        """The columns, as a row of headings."""
        result = self.run(f"SELECT * FROM {self.table} WHERE 1 = 0", {})  # noqa: S608 (quoted)
        return Head((tuple(map(str, result.keys())),), (0,), "query")

    def between(self, layout: Layout, since: date | None, until: date | None) -> QueryRows:
        """The rows of these days, with only the columns that are read."""
        if "date" not in layout.columns:
            raise NoDayColumn("There is no column for the day.", hint=layout.dialect.again)
        quote = self.connection.dialect.identifier_preparer.quote
        day = quote(layout.headings[layout.columns["date"]])
        bounds = {"since": since, "until": until and until + timedelta(days=1)}
        values = {name: bound for name, bound in bounds.items() if bound}
        condition = " AND ".join(f"{day} {_SIGNS[name]} :{name}" for name in values)
        narrowed = _narrowed(layout)
        select = f"SELECT {', '.join(map(quote, narrowed.headings))} FROM {self.table}"  # noqa: S608 (quoted)
        result = self.run(
            f"{select} WHERE {condition}" if condition else select, values, yield_per=BATCH
        )
        return QueryRows(result, narrowed)

    def accounts(self, since: date, until: date) -> pd.DataFrame:
        """The days of dbt's report of accounts: `channel`, `account_id`, `date`, `spend`."""
        statement = (
            f"SELECT platform, account_id, date_day, spend FROM {self.table} "  # noqa: S608 (quoted)
            "WHERE date_day >= :since AND date_day < :until"
        )
        answer = self.run(statement, {"since": since, "until": until + timedelta(days=1)})
        columns = ["channel", "account_id", "date", "spend"]
        return pd.DataFrame([tuple(row) for row in answer], columns=columns)

    def run(self, statement: str, values: dict[str, date], **options: int) -> CursorResult[Any]:
        """What a statement gives, its values bound."""
        from sqlalchemy import Date, bindparam, text  # noqa: PLC0415 (an extra)

        bound = text(statement).bindparams(*(bindparam(name, type_=Date) for name in values))
        return self.connection.execute(bound, values, execution_options=options)


_SIGNS = {"since": ">=", "until": "<"}


@dataclass
class QueryRows:
    """The rows a query gives, typed cells as text that reads back as the same value.

    Attributes:
        found: The open result.
        layout: How its columns are read.
        total: Unknown before all are read.
        read: Whether they were.
        kinds: What each column holds, by its place, as far as any row says.
    """

    found: CursorResult[Any]
    layout: Layout
    total: int = 0
    read: bool = False
    kinds: dict[int, str] = field(default_factory=dict)

    def heads(self) -> Sequence[Head]:
        return (self.layout.head,)

    def batches(
        self,
        head: Head,
        place: int,
        columns: Collection[int] | None = None,  # noqa: ARG002 (only what is read was asked for)
    ) -> Iterator[Batch]:
        """The rows of the result, once: it cannot be read again."""
        if self.read:
            return
        self.read = True
        line, width = 1, len(head.rows[place])
        for rows in self.found.partitions(BATCH):
            self._look(rows, width)
            cells = [tuple(map(as_text, row)) for row in rows]
            yield across(cells, range(line, line + len(cells)), width, line + len(cells) - 1)
            line += len(cells)

    def _look(self, rows: Sequence[Sequence[Any]], width: int) -> None:
        """What columns hold that no row before had a value of."""
        for place in {*range(width)} - {*self.kinds}:
            value = next((row[place] for row in rows if row[place] is not None), None)
            if value is not None:
                self.kinds[place] = _kind(value)

    def types(self) -> Iterator[str]:
        """What the columns of numbers hold, as `bot.numbers.schema_changes` keeps it."""
        for name, place in self.layout.columns.items():
            column = name.removesuffix("_micros")
            if column in VALUES and place in self.kinds:
                yield f"{column}{TYPE}{self.kinds[place]}"


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, datetime):
        return "time"
    return "day" if isinstance(value, date) else "number"


def _narrowed(layout: Layout) -> Layout:
    """The layout of a query for only the columns that are read."""
    read = {name: index for name, index in layout.columns.items() if name not in {FIRST, LAST}}
    places = sorted(set(read.values()))
    headings = tuple(layout.headings[place] for place in places)
    columns = {name: places.index(index) for name, index in read.items()}
    columns |= {FIRST: 0, LAST: len(places) - 1}
    head = Head((headings,), (0,), "query")
    return replace(layout, head=head, place=0, headings=headings, columns=columns)


def is_query(text: str) -> bool:
    """Whether this is a query of the owner's, no name of a table."""
    return _QUERY.match(text) is not None


def quoted(connection: Connection, name: str) -> str:
    """A table's name with every part quoted where it needs to be, or a query as a table.

    Raises:
        SourceError: It is neither.
    """
    if is_query(name):
        query = name.strip().rstrip(";").replace(":", "\\:")  # it binds nothing
        return f"({query}) AS perfbot_query"
    parts = _parts(name)
    if not 1 <= len(parts) <= 3 or not all(parts):
        raise SourceError(
            Sentence("%(name)s is no name of a table.", name=repr(name)),
            hint="Write it as schema.table.",
        )
    quote = connection.dialect.identifier_preparer.quote
    return ".".join(map(quote, parts))


def _parts(name: str) -> list[str]:
    return [quoted or bare.strip() for quoted, bare in _PART.findall(name)]


def _has_table(connection: Connection, name: str) -> bool:
    """Whether there is such a table or view, of any schema that this user may see."""
    from sqlalchemy import inspect  # noqa: PLC0415 (an extra)

    *schema, table = _parts(name)
    return bool(inspect(connection).has_table(table, schema=".".join(schema) or None))
