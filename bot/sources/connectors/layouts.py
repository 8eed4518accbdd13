"""What a connector leaves in a warehouse: its tables and columns, as the YAML files here say.

A file is one platform, with a layout for each connector (`fivetran`, `airbyte`). A column may be
one name, `{first: […]}` (the first of them that the table has) or, of a measure, `{any: […]}` (the
first that is not null), `{sum: […]}` and `{once: […]}` (of a day and campaign with one row only).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

FOLDER = Path(__file__).parent
LOADERS = {"fivetran": "Fivetran", "airbyte": "Airbyte"}
MARKS = ("_airbyte_extracted_at", "_airbyte_emitted_at", "_airbyte_raw_id", "_airbyte_ab_id")
"""Columns that only Airbyte writes: they tell its tables from Fivetran's."""
SYNCED = ("_fivetran_synced", "_airbyte_extracted_at", "_airbyte_emitted_at")
NEEDED = ("spend", "impressions", "clicks")
How = Literal["first", "any", "sum", "once"]
Unit = Literal["units", "micros", "minor"]
Names = tuple[str, ...]


@dataclass(frozen=True)
class MeasureColumn:
    """Where a number comes from.

    Attributes:
        names: Columns; in `path`'s stead.
        how: What is done with several: the first there is, the first that is not null, their sum;
            `once` is the first there is, of people, who cannot be added up over rows.
        micros: Whether it is in millionths of a currency unit.
        zero: Whether the platform leaves out what is none: null is 0. Else null is missing.
        path: Where it is inside the report's JSON column, with points between.
    """

    names: Names
    how: How = "first"
    micros: bool = False
    zero: bool = False
    path: str = ""


@dataclass(frozen=True)
class EventMeasure:
    """A measure that stands in rows of a table of its own: which types of event, which column."""

    types: Names
    value: str


@dataclass(frozen=True)
class EventTable:
    """A table with one row a day, campaign (or ad) and type of event.

    Attributes:
        of: For Meta whether its values are counts or amounts; what they mean is Meta's own map.
        counts: For others which types are which measure.
        needed: Whether the report says too little without it.
    """

    table: str
    day: str
    type: str
    needed: bool = False
    campaign: str = ""
    ad: str = ""
    value: str = ""
    of: str = ""
    counts: Mapping[str, EventMeasure] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """A table of daily or hourly numbers.

    Attributes:
        tables: Its names, the first there is counts.
        day: The column of the day or moment.
        moments: Whether that is a moment in UTC, to be counted in the account's own days.
        columns: Where the campaign, account, names, currency and objective stand.
        key: What a row is known by where a connector appends: the newest of each counts.
        json: The column whose JSON holds the measures; they are added up here.
        lists: Meta's JSON columns of actions, by what they hold.
    """

    tables: Names
    day: Names
    columns: Mapping[str, Names]
    measures: Mapping[str, MeasureColumn]
    moments: bool = False
    key: Names = ()
    json: str = ""
    lists: Mapping[str, str] = field(default_factory=dict)
    events: tuple[EventTable, ...] = ()


@dataclass(frozen=True)
class Reach:
    """The people reached a day and campaign, where the report is of something finer."""

    tables: Names
    day: Names
    campaign: Names
    value: Names


@dataclass(frozen=True)
class BudgetTable:
    """A table of what campaigns, or the parts of them, may spend a day: every version counts.

    Attributes:
        columns: `campaign`, `amount` and what else there is: `since` (when a version began; else it
            was read), `part` (the ad set it is of), `kind` (whether an amount is a day's), `shared`
            (whether others are paid from it), `pool` (an id only where they are), `budget` (an id:
            one that several campaigns have is shared), `title`, `currency`, and of a part `status`
            (whether it runs) and `started` (since when there is one).
        daily: What `kind` says of amounts that are a day's.
        unit: Whether amounts are in millionths, or in Meta's minor units.
        path: Where the amount is inside the JSON of its column.
    """

    tables: Names
    columns: Mapping[str, Names]
    daily: frozenset[str] = frozenset()
    unit: Unit = "units"
    path: str = ""

    @property
    def of_parts(self) -> bool:
        """Whether its rows are parts of campaigns."""
        return "part" in self.columns


@dataclass(frozen=True)
class Versions:
    """A table of campaigns, ads or accounts; of several versions of one the newest counts."""

    tables: Names
    columns: Mapping[str, Names]
    newest: Names = ()


@dataclass(frozen=True)
class ConnectorLayout:
    """What one connector leaves of one platform.

    Attributes:
        loader: `fivetran` or `airbyte`.
        days: The time zone of all accounts' days, where it is one ("" for each account's own).
    """

    channel: str
    title: str
    loader: str
    reports: tuple[Report, ...]
    campaigns: Versions | None = None
    accounts: Versions | None = None
    ads: Versions | None = None
    reach: Reach | None = None
    budgets: tuple[BudgetTable, ...] = ()
    days: str = ""

    @property
    def name(self) -> str:
        """For people: `Google Ads (Fivetran)`."""
        return f"{self.title} ({LOADERS[self.loader]})"


@cache
def layouts() -> tuple[ConnectorLayout, ...]:
    """Every layout there is, by platform."""
    files = sorted(FOLDER.glob("*.yml"))
    return tuple(layout for file in files for layout in _of_file(file))


def _of_file(file: Path) -> list[ConnectorLayout]:
    platform = yaml.safe_load(file.read_text(encoding="utf-8"))
    return [
        ConnectorLayout(
            platform["channel"],
            platform["title"],
            loader,
            tuple(map(_report, entry["reports"])),
            _versions(entry.get("campaigns")),
            _versions(entry.get("accounts")),
            _versions(entry.get("ads")),
            _reach(entry.get("reach")),
            tuple(map(_budgets, entry.get("budgets", ()))),
            platform.get("days", ""),
        )
        for loader, entry in platform["layouts"].items()
    ]


def _report(entry: Mapping[str, Any]) -> Report:
    read_apart = {"tables", "day", "measures", "moments", "key", "json", "lists", "events"}
    columns = {name: _names(value) for name, value in entry.items() if name not in read_apart}
    return Report(
        tuple(entry["tables"]),
        _names(entry["day"]),
        columns,
        {name: _measure(value) for name, value in entry["measures"].items()},
        entry.get("moments", False),
        tuple(entry.get("key", ())),
        entry.get("json", ""),
        entry.get("lists", {}),
        tuple(map(_events, entry.get("events", ()))),
    )


def _measure(value: str | Mapping[str, Any]) -> MeasureColumn:
    if isinstance(value, str):
        return MeasureColumn((value,))
    ways: tuple[How, ...] = ("any", "sum", "once")
    how: How = next((way for way in ways if way in value), "first")
    names = value.get(how) or (value["column"],) if "path" not in value else ()
    return MeasureColumn(
        tuple(names),
        how,
        value.get("micros", False),
        value.get("zero", False),
        str(value.get("path", "")),
    )


def _events(entry: Mapping[str, Any]) -> EventTable:
    counts = {
        name: EventMeasure(tuple(count["types"]), count["value"])
        for name, count in entry.get("counts", {}).items()
    }
    return EventTable(**{**entry, "counts": counts})


def _reach(entry: Mapping[str, Any] | None) -> Reach | None:
    if entry is None:
        return None
    names = {name: _names(entry[name]) for name in ("day", "campaign", "value")}
    return Reach(tuple(entry["tables"]), **names)


def _budgets(entry: Mapping[str, Any]) -> BudgetTable:
    read_apart = {"tables", "daily", "unit", "path"}
    return BudgetTable(
        tuple(entry["tables"]),
        {name: _names(value) for name, value in entry.items() if name not in read_apart},
        frozenset(entry.get("daily", ())),
        entry.get("unit", "units"),
        entry.get("path", ""),
    )


def _versions(entry: Mapping[str, Any] | None) -> Versions | None:
    if entry is None:
        return None
    read_apart = {"tables", "newest"}
    columns = {name: _names(value) for name, value in entry.items() if name not in read_apart}
    return Versions(tuple(entry["tables"]), columns, tuple(entry.get("newest", ())))


def _names(value: str | Mapping[str, Sequence[str]]) -> Names:
    return (value,) if isinstance(value, str) else tuple(value["first"])
