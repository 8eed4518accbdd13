"""One connector's tables read into daily numbers: its queries run, its answers put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from bot.numbers.input.daily import normalise
from bot.sources.connectors import selects, values
from bot.sources.connectors.changes import changes
from bot.sources.connectors.known import Directory, Known, Row, by_id
from bot.sources.connectors.layouts import Events, Measure, Report, Versions
from bot.sources.connectors.schemas import Match, RawTable
from bot.sources.facts import PlatformChange
from bot.sources.given import ReadSettings
from bot.sources.platforms import objectives
from bot.sources.platforms.pulling import spans
from bot.sources.rows import BATCH

if TYPE_CHECKING:
    from sqlalchemy import Connection, FromClause, Select

CellKey = tuple[str, date]  # a campaign and a day
Span = tuple[date, date]  # the first and the last day
UTC_DAYS = ZoneInfo("UTC")
DAYS_A_QUERY = 31
UNFINISHED = timedelta(days=2)  # a day that old has been synced after its end, or never will be
OBJECTIVES = {
    "meta_ads": objectives.META_OBJECTIVES, "linkedin_ads": objectives.LINKEDIN,
    "tiktok_ads": objectives.TIKTOK,
}  # fmt: skip
EMPTY = normalise(pd.DataFrame())


@dataclass(frozen=True)
class RawNumbers:
    """What a connector's tables came to.

    Attributes:
        frame: Daily numbers in canonical shape, but for the source's name.
        notes: What was left aside, and why.
        changes: When a campaign was paused or started again.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    changes: tuple[PlatformChange, ...] = ()


@dataclass(frozen=True)
class ConnectorReading:
    """A connector's tables behind a connection.

    Attributes:
        schema: Where they are.
        since, until: The days that are read, both included.
        now: Aware UTC.
        settings: What the tables leave out.
        notes: What is to be said, as it comes up.
        aside: Spend of ads whose campaign is in no table.
    """

    connection: Connection
    match: Match
    schema: str
    since: date
    until: date
    now: datetime
    settings: ReadSettings
    notes: list[str] = field(default_factory=list)
    aside: list[float] = field(default_factory=list)

    def read(self) -> RawNumbers:
        """The daily numbers of every report there is.

        Raises:
            SourceError: A number that is none.
        """
        frames = [
            self._report(report, table, span)
            for report, table in self.match.reports()
            for span in spans(self.since, self.until, DAYS_A_QUERY)
        ]
        if self.aside:
            self.notes.append(
                f"{self.match.layout.name}: {np.nansum(self.aside):,.2f} of spend is left aside, "
                "for its ads' campaigns are in no table: sync the table of ads anew."
            )
        frames = [frame for frame in frames if len(frame)]
        if not frames:
            return RawNumbers(EMPTY, tuple(self.notes))
        table = self._finished(self._zeros(pd.concat(frames, ignore_index=True)))
        accounts = set(table["account_id"].fillna(""))
        has_currency = bool(table["currency"].notna().all())
        if unknown := self._directory.unknown(accounts, has_currency=has_currency):
            self.notes.append(unknown)
        frame = normalise(table.drop(columns="synced"))
        return RawNumbers(frame, tuple(dict.fromkeys(self.notes)), tuple(self._changes()))

    def _raw(self, table: RawTable) -> selects.Raw:
        return selects.Raw(table, self.schema, self.connection.dialect.name)

    def _rows(self, select: Select[Any]) -> list[Row]:
        """What was added up in the warehouse: all of it, for a driver may hold but one answer."""
        return [dict(row) for row in self.connection.execute(select).mappings()]

    def _streamed(self, select: Select[Any]) -> Iterator[Row]:
        """Rows that are added up here, a batch at a time; no other query runs meanwhile."""
        result = self.connection.execute(select, execution_options={"yield_per": BATCH})
        with result:
            yield from (dict(row) for row in result.mappings())

    @cached_property
    def _directory(self) -> Directory:
        layout = self.match.layout
        accounts, campaigns = self._newest(layout.accounts), self._newest(layout.campaigns)
        return Directory(layout, self.settings, accounts, campaigns)

    def _newest(self, versions: Versions | None) -> dict[str, Known]:
        table = self.match.versions(versions)
        if versions is None or table is None or not table.find(versions.columns["id"]):
            return {}
        return by_id(self._rows(selects.newest(self._raw(table), versions)))

    def _changes(self) -> list[PlatformChange]:
        """When campaigns were paused, as far as the table of them keeps versions."""
        versions = self.match.layout.campaigns
        table = self.match.versions(versions)
        if versions is None or table is None:
            return []
        since = datetime.combine(self.since, datetime.min.time(), UTC)
        select = selects.status_changes(self._raw(table), versions, since)
        accounts = {name: campaign.account for name, campaign in self._directory.campaigns.items()}
        rows = [] if select is None else self._rows(select)
        return changes(rows, self.match.layout, accounts)

    def _report(self, report: Report, table: RawTable, span: Span) -> pd.DataFrame:
        """A month of a report at a time: rows on their way here take the most room."""
        raw = self._raw(table)
        zoned = self._zoned(report, span)
        rows = [row for days in zoned for row in self._of_zone(raw, report, days)]
        cells = self._events(report, span)
        table_rows = [self._row(row, cells) for row in self._placed(rows)]
        return pd.DataFrame(table_rows)

    def _zoned(self, report: Report, span: Span) -> list[selects.Days]:
        """The days as each zone has them: once for all where rows have their day written."""
        if not report.moments:
            return [selects.Days(*span, UTC_DAYS)]
        return [selects.Days(*span, zone) for zone in self._directory.zones()]

    def _of_zone(self, raw: selects.Raw, report: Report, days: selects.Days) -> Iterator[Row]:
        """Sums of a report as numbers, of those accounts whose days these are."""
        for row in self._sums(raw, report, days):
            account = self._directory.account_of(row)
            if not report.moments or str(self._directory.zone(account)) == str(days.zone):
                yield {**row, "account": account, "campaign": values.id_of(row["campaign"])}

    def _sums(self, raw: selects.Raw, report: Report, days: selects.Days) -> Iterator[Row]:
        if report.json:
            yield from self._added_here(raw, report, days)
            return
        for row in self._rows(selects.by_campaign(raw, report, days, self._ads())):
            numbers = {
                name: values.number_of(row[name], micros=measure.micros)
                for name, measure in report.measures.items()
                if name in row
            }
            yield {**row, **numbers}

    def _ads(self) -> FromClause | None:
        """Each ad's campaign, for reports of ads."""
        versions = self.match.layout.ads
        table = self.match.versions(versions)
        if versions is None or table is None:
            return None
        return selects.newest(self._raw(table), versions).subquery("ads")

    def _added_here(self, raw: selects.Raw, report: Report, days: selects.Days) -> Iterator[Row]:
        """Measures out of JSON, added up a day and campaign."""
        sums: dict[CellKey, dict[str, Any]] = {}
        for row in self._streamed(selects.unpacked(raw, report, days, (report.json,))):
            packed = values.opened(row[selects.JSON + report.json])
            numbers = {
                name: _unpacked(packed, measure) for name, measure in report.measures.items()
            }
            key = (values.id_of(row["campaign"]), row[selects.DAY])
            before = sums.get(key)
            added = {n: before[n] + v for n, v in numbers.items()} if before else numbers
            sums[key] = {**row, **added}
        yield from sums.values()

    def _placed(self, rows: Sequence[Row]) -> list[Row]:
        """The rows that have a campaign; what those without one cost is kept to be said."""
        self.aside.extend(row.get("spend", np.nan) for row in rows if not row["campaign"])
        return [row for row in rows if row["campaign"] and row[selects.DAY] is not None]

    def _row(self, row: Row, cells: Mapping[CellKey, Mapping[str, float]]) -> dict[str, Any]:
        """A day and campaign in canonical shape, with when it was written."""
        campaign = self._directory.campaign(row["campaign"])
        account = self._directory.account(row["account"])
        layout, cell = self.match.layout, row.get
        objective = values.text_of(cell("objective")) or campaign.objective
        purpose = objectives.of_objective(OBJECTIVES.get(layout.channel, {}), objective or "")
        measures = {name: row[name] for report in layout.reports for name in report.measures
                    if name in row}  # fmt: skip
        return {
            "date": pd.Timestamp(row[selects.DAY]),
            "channel": layout.channel,
            "account_id": row["account"] or None,
            "account_name": values.text_of(cell("account_name")) or account.name,
            "campaign_id": row["campaign"],
            "campaign_name": campaign.name or values.text_of(cell("name")),
            "stage": purpose.stage,
            "pricing_model": purpose.pricing_model,
            "measured_by": layout.channel,
            "currency": values.text_of(cell("currency")) or account.currency or campaign.currency
            or self.settings.currency,
            "time_zone": str(self._directory.zone(row["account"])),
            "pulled_at": pd.Timestamp(self.now).tz_localize(None),
            "synced": cell(selects.SYNCED),
            **measures,
            **cells.get((row["campaign"], _day(row[selects.DAY])), {}),
        }  # fmt: skip

    def _events(self, report: Report, span: Span) -> dict[CellKey, dict[str, float]]:
        """What stands in rows of events, by campaign and day."""
        cells: dict[CellKey, dict[str, float]] = defaultdict(dict)
        for events in report.events:
            table = self.match.table((events.table,))
            if table is None:
                self.notes.append(f"{self.match.layout.name}: without the table {events.table} "
                                  "what it counts is missing.")  # fmt: skip
                continue
            for key, numbers in self._of_events(self._raw(table), events, span).items():
                cells[key] |= numbers
        for name, of in report.lists.items():
            for key, numbers in self._of_lists(report, name, of, span).items():
                cells[key] |= numbers
        return cells

    def _of_events(
        self, raw: selects.Raw, events: Events, span: Span
    ) -> dict[CellKey, dict[str, float]]:
        columns = values.meta_columns(events.of) if events.of else {}
        counted = {name: (types, events.value) for name, types in columns.items()}
        counted |= {name: (count.types, count.value) for name, count in events.counts.items()}
        types = sorted({kind for kinds, _ in counted.values() for kind in kinds})
        sums: dict[CellKey, dict[str, Row]] = defaultdict(dict)
        ads = self._ads() if events.ad else None
        for row in self._rows(
            selects.by_type(raw, events, types, selects.Days(*span, UTC_DAYS), ads)
        ):
            sums[values.id_of(row["campaign"]), _day(row[selects.DAY])][row[selects.KIND]] = row
        return {
            key: _counted({name: (kinds, {kind: values.number_of(row.get(column))
                                          for kind, row in rows.items()})
                           for name, (kinds, column) in counted.items()})
            for key, rows in sums.items()
        }  # fmt: skip

    def _of_lists(
        self, report: Report, name: str, of: str, span: Span
    ) -> dict[CellKey, dict[str, float]]:
        """Meta's actions as Airbyte has them: a list in JSON in each row."""
        table = self.match.table(report.tables)
        if table is None or not table.find((name,)):
            return {}
        sums: dict[CellKey, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        select = selects.unpacked(self._raw(table), report, selects.Days(*span, UTC_DAYS), (name,))
        for row in self._streamed(select):
            key = (values.id_of(row["campaign"]), _day(row[selects.DAY]))
            for kind, value in values.listed_actions(row[selects.JSON + name]):
                sums[key][kind] += value
        columns = values.meta_columns(of)
        return {key: _counted({column: (types, kinds) for column, types in columns.items()})
                for key, kinds in sums.items()}  # fmt: skip

    def _zeros(self, table: pd.DataFrame) -> pd.DataFrame:
        """What did not happen has no row: it is 0 where its account has any such event."""
        for name in self._counted_by_rows() & set(table.columns):
            has = table[name].notna().groupby(table["account_id"].fillna("")).transform("any")
            table[name] = table[name].where(table[name].notna() | ~has, 0.0)
        return table

    def _counted_by_rows(self) -> set[str]:
        events = [events for report, _ in self.match.reports() for events in report.events]
        of = [events.of for events in events if events.of]
        of += [name for report, _ in self.match.reports() for name in report.lists.values()]
        counted = {name for events in events for name in events.counts}
        return counted | {name for kind in of for name in values.meta_columns(kind)}

    def _finished(self, table: pd.DataFrame) -> pd.DataFrame:
        """Without the days that were not over when the connector last wrote: half a day is none."""
        synced = values.latest(table["synced"])
        if synced is None:
            return table
        keys = table[["account_id", "date"]].drop_duplicates()
        half = {
            (account, day)
            for account, day in keys.itertuples(index=False)
            if synced < (end := self._end(account or "", day)) and self.now - end < UNFINISHED
        }
        if not half:
            return table
        days = ", ".join(sorted({f"{day:%Y-%m-%d}" for _, day in half}))
        self.notes.append(f"{self.match.layout.name}: {days} was not over when the connector last "
                          f"wrote ({synced:%Y-%m-%d %H:%M} UTC): left for later.")  # fmt: skip
        cells = zip(table["account_id"], table["date"], strict=True)
        return table[[cell not in half for cell in cells]].reset_index(drop=True)

    def _end(self, account: str, day: pd.Timestamp) -> datetime:
        days = selects.Days(self.since, self.until, self._directory.zone(account))
        return days.midnight(day.date() + timedelta(days=1))


def _unpacked(packed: Any, measure: Measure) -> float:
    return values.number_of(values.at_path(packed, measure.path), micros=measure.micros)


def _counted(columns: Mapping[str, tuple[Sequence[str], Mapping[str, float]]]) -> dict[str, float]:
    numbers = {name: values.picked(sums, types) for name, (types, sums) in columns.items()}
    return {name: value for name, value in numbers.items() if not np.isnan(value)}


def _day(value: Any) -> date:
    return value if type(value) is date else pd.Timestamp(value).date()
