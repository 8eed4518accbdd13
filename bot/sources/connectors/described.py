"""The columns that a connector's tables have, as they are remembered from pull to pull."""

from __future__ import annotations

from collections.abc import Iterator

from bot.numbers.schema_changes import ASIDE, TYPE
from bot.sources.connectors import values
from bot.sources.connectors.layouts import Measure
from bot.sources.connectors.schemas import Kind, Match, RawTable

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


def _measure(name: str, measure: Measure, table: RawTable) -> Iterator[str]:
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
