"""The reports that stand beside ad_reporting's campaigns: ad groups, ads, keywords, terms, pages.

Each is read for its own level, and only that: a report of keywords has ad groups as well, but not
all of what they spent. The report of accounts is a level above: its sums are held against the
campaigns', and added to nothing. What daily numbers a warehouse holds is found by what tables are
there: dbt's reports, raw tables.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bot.domain.details import DetailSpan, Level
from bot.errors import RefusedFile, SourceError
from bot.numbers.input.detail_rows import INCOMING, normal_details
from bot.numbers.input.names import account_key, channel_key, title
from bot.sentences import Sentence
from bot.sources.connectors.schemas import IncompleteConnector, matches, plain, read_tables
from bot.sources.refusals import shown
from bot.sources.warehouse_address import Address

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


log = logging.getLogger(__name__)
CAMPAIGNS = "ad_reporting__campaign_report"
ACCOUNTS = "ad_reporting__account_report"
REPORTS = {
    "ad_reporting__ad_group_report": Level.AD_SET,
    "ad_reporting__ad_report": Level.AD,
    "ad_reporting__keyword_report": Level.KEYWORD,
    "ad_reporting__search_report": Level.SEARCH_TERM,
    "ad_reporting__url_report": Level.LANDING_PAGE,
}
"""The reports of the dbt package, by the level each is read for."""


@dataclass(frozen=True)
class BesideReports:
    """Detail rows of a warehouse, and what they are all of.

    Attributes:
        frame: `bot.numbers.input.detail_rows.INCOMING`; None where there are none.
        spans: Days of accounts and levels it has every row of.
    """

    frame: pd.DataFrame | None = None
    spans: tuple[DetailSpan, ...] = ()


def reports_beside(table: str) -> dict[str, Level]:
    """The names of the other reports, as the campaigns' is written; none beside any other table."""
    names = {named_beside(table, report): level for report, level in REPORTS.items()}
    return {name: level for name, level in names.items() if name}


def named_beside(table: str, report: str) -> str:
    """Another report's name, as the campaigns' is written; "" beside any other table."""
    before, name, after = table.rpartition(CAMPAIGNS)
    return f"{before}{report}{after}" if name and not after.strip('"') else ""


CLOSE = 0.01
"""How far an account's spend may be from its campaigns': a platform rounds each by itself."""
KEYS = ["channel", "account_id", "date"]
HOW = {"spend": "sum", "unknown": "any"}


def unlike_their_accounts(campaigns: pd.DataFrame, accounts: pd.DataFrame) -> Iterator[Sentence]:
    """What is to be said of accounts whose campaigns do not add up to them, a sentence each.

    A day on which a spend is missing says nothing: nobody knows its sum.

    Args:
        campaigns: `channel`, `account_id`, `date` and `spend`, a row a day and campaign.
        accounts: The same, a row a day and account.
    """
    known_days = _spends(accounts).merge(
        _spends(campaigns), how="left", on=KEYS, suffixes=("", "_of_campaigns")
    )
    known_days = known_days.fillna({"spend_of_campaigns": 0.0})  # no row: nothing is there
    unknown = known_days[["unknown", "unknown_of_campaigns"]].eq(True)
    known_days = known_days[~unknown.any(axis=1)]
    for (channel, account), days in known_days.groupby(["channel", "account_id"]):
        totals, sums = days["spend"].to_numpy(), days["spend_of_campaigns"].to_numpy()
        off = np.abs(totals - sums)
        if off.sum() <= CLOSE * np.abs(totals).sum():
            continue
        worst = int(off.argmax())
        yield Sentence(
            "%(platform)s, account %(account)s: its report has a spend of %(total)s on %(day)s, "
            "and its campaigns have %(sum)s together (all days: %(totals)s and %(sums)s). Run the "
            "dbt models again, or look which campaigns the report of campaigns lacks.",
            platform=title(str(channel)),
            account=shown(str(account)),
            day=f"{days['date'].iloc[worst]:%Y-%m-%d}",
            total=f"{totals[worst]:,.2f}",
            sum=f"{sums[worst]:,.2f}",
            totals=f"{totals.sum():,.2f}",
            sums=f"{sums.sum():,.2f}",
        )


def _spends(rows: pd.DataFrame) -> pd.DataFrame:
    """The spend by KEYS, and whether that of one row is `unknown`."""
    spend = pd.to_numeric(rows["spend"]).astype(float)
    table = rows[KEYS].assign(spend=spend, unknown=spend.isna())
    by_day = table.groupby(KEYS, as_index=False, dropna=False).agg(HOW)
    by_campaign = by_day.assign(
        channel=[channel_key(str(name)) for name in by_day["channel"]],
        account_id=[account_key(str(name)) for name in by_day["account_id"].fillna("")],
        date=pd.to_datetime(by_day["date"]).astype("datetime64[ns]"),
    )
    return by_campaign.groupby(KEYS, as_index=False).agg(HOW)


def beside(
    campaigns: pd.DataFrame,
    reports: Mapping[str, Level],
    read: Callable[[str], pd.DataFrame | None],
    days: tuple[date, date],
) -> BesideReports:
    """Every report there is, of its own level.

    Args:
        campaigns: The daily numbers, for the accounts there are.
        reports: Names and levels.
        read: The details of a report; None where there is no such table, or nothing in it. One
            that cannot be read leaves what is stored of its level.
        days: The first and last day read.
    """
    frames, levels = [], []
    for name, level in reports.items():
        try:
            rows = read(name)
        except (RefusedFile, SourceError) as error:  # the campaigns' numbers do not wait for it
            log.warning("no details by %s today: %s: %s", level.value, name, error.message)
            continue
        if rows is not None:
            frames.append(rows[rows["level"] == level])
            levels.append(level)
    empty = normal_details(pd.DataFrame(columns=list(INCOMING)))
    frame = pd.concat(frames, ignore_index=True) if frames else empty
    accounts = campaigns[["channel", "account_id"]].drop_duplicates()
    spans = [
        DetailSpan(channel, account_key(account), level.value, *days)
        for level in levels
        for channel, account in accounts.itertuples(index=False)
    ]
    return BesideReports(frame if levels else None, tuple(spans))


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
            return Sentence("dbt's ad_reporting: every platform's campaigns in one table")
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
        raise address.failed(error, Sentence("its schemas")) from error
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
