"""What stands beside a report: results in rows of their own, and people reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from bot.sentences import Sentence
from bot.sources.connectors import selects, values
from bot.sources.connectors.layouts import EventTable, Report
from bot.sources.connectors.schemas import Match, RawTable
from bot.sources.rows import BATCH

if TYPE_CHECKING:
    from sqlalchemy import Connection, FromClause, Select

Row = Mapping[str, Any]
CellKey = tuple[str, date]  # a campaign and a day
Cells = dict[CellKey, dict[str, float]]
Span = tuple[date, date]  # the first and the last day
UTC_DAYS = ZoneInfo("UTC")


@dataclass(frozen=True)
class Queries:
    """A connector's tables behind a connection: what is asked of them, and answered."""

    connection: Connection
    match: Match
    schema: str

    def raw(self, table: RawTable) -> selects.Raw:
        return selects.Raw(table, self.schema, self.connection.dialect.name)

    def rows(self, select: Select[Any]) -> list[Row]:
        """What was added up in the warehouse: all of it, for a driver may hold but one answer."""
        return [dict(row) for row in self.connection.execute(select).mappings()]

    def streamed(self, select: Select[Any]) -> Iterator[Row]:
        """Rows that are added up here, a batch at a time; no other query runs meanwhile."""
        result = self.connection.execute(select, execution_options={"yield_per": BATCH})
        with result:
            yield from (dict(row) for row in result.mappings())

    def ads(self) -> FromClause | None:
        """Each ad's campaign, for reports of ads."""
        versions = self.match.layout.ads
        table = self.match.versions(versions)
        if versions is None or table is None:
            return None
        return selects.newest(self.raw(table), versions).subquery("ads")


@dataclass(frozen=True)
class BesideReport:
    """What a report does not say itself, by campaign and day.

    Attributes:
        notes: What is to be said, as it comes up.
    """

    queries: Queries
    notes: list[str]

    def cells(self, report: Report, span: Span) -> Cells:
        """Results that stand in rows of events or in lists, and the people reached."""
        cells: Cells = defaultdict(dict)
        for numbers in (*self._events(report, span), self._reach(span)):
            for key, named in numbers.items():
                cells[key] |= named
        return cells

    def _events(self, report: Report, span: Span) -> Iterator[Cells]:
        match = self.queries.match
        for events in report.events:
            table = match.table((events.table,))
            if table is None:
                self.notes.append(
                    Sentence(
                        "%(connector)s: without the table %(table)s what it counts is missing.",
                        connector=match.layout.name,
                        table=events.table,
                    )
                )
                continue
            yield self._of_events(self.queries.raw(table), events, span)
        for name, of in report.lists.items():
            yield self._of_lists(report, name, of, span)

    def _of_events(self, raw: selects.Raw, events: EventTable, span: Span) -> Cells:
        columns = values.meta_columns(events.of) if events.of else {}
        counted = {name: (types, events.value) for name, types in columns.items()}
        counted |= {name: (count.types, count.value) for name, count in events.counts.items()}
        types = sorted({kind for kinds, _ in counted.values() for kind in kinds})
        sums: dict[CellKey, dict[str, Row]] = defaultdict(dict)
        ads = self.queries.ads() if events.ad else None
        for row in self.queries.rows(
            selects.by_type(raw, events, types, selects.ReportDays(*span, UTC_DAYS), ads)
        ):
            sums[values.id_of(row["campaign"]), day_of(row[selects.DAY])][row[selects.KIND]] = row
        return {
            key: _counted({name: (kinds, {kind: values.number_of(row.get(column))
                                          for kind, row in rows.items()})
                           for name, (kinds, column) in counted.items()})
            for key, rows in sums.items()
        }  # fmt: skip

    def _of_lists(self, report: Report, name: str, of: str, span: Span) -> Cells:
        """Meta's actions as Airbyte has them: a list in JSON in each row."""
        table = self.queries.match.table(report.tables)
        if table is None or not table.find((name,)):
            return {}
        sums: dict[CellKey, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        days = selects.ReportDays(*span, UTC_DAYS)
        select = selects.unpacked(self.queries.raw(table), report, days, (name,))
        for row in self.queries.streamed(select):
            key = (values.id_of(row["campaign"]), day_of(row[selects.DAY]))
            for kind, value in values.listed_actions(row[selects.JSON + name]):
                sums[key][kind] += value
        columns = values.meta_columns(of)
        return {key: _counted({column: (types, kinds) for column, types in columns.items()})
                for key, kinds in sums.items()}  # fmt: skip

    def _reach(self, span: Span) -> Cells:
        """Of whole campaigns, where the report itself is of ads or hours."""
        reach = self.queries.match.layout.reach
        table = self.queries.match.table(reach.tables) if reach else None
        if reach is None or table is None:
            return {}
        select = selects.reached(
            self.queries.raw(table), reach, selects.ReportDays(*span, UTC_DAYS)
        )
        numbers = {} if select is None else {
            (values.id_of(row["campaign"]), day_of(row[selects.DAY])):
                values.number_of(row["reach"])
            for row in self.queries.rows(select)
        }  # fmt: skip
        return {key: {"reach": number} for key, number in numbers.items() if not np.isnan(number)}


def counted_by_rows(match: Match) -> set[str]:
    """Columns whose results are rows: what did not happen has none."""
    events = [events for report, _ in match.reports() for events in report.events]
    of = [events.of for events in events if events.of]
    of += [name for report, _ in match.reports() for name in report.lists.values()]
    counted = {name for events in events for name in events.counts}
    return counted | {name for kind in of for name in values.meta_columns(kind)}


def day_of(value: Any) -> date:
    """A day, however the driver hands it over."""
    return value if type(value) is date else pd.Timestamp(value).date()


def _counted(columns: Mapping[str, tuple[Sequence[str], Mapping[str, float]]]) -> dict[str, float]:
    numbers = {name: values.picked(sums, types) for name, (types, sums) in columns.items()}
    return {name: value for name, value in numbers.items() if not np.isnan(value)}
