"""One connector's tables read into daily numbers: its queries run, its answers put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bot.numbers.input.daily import normalise
from bot.numbers.input.names import account_key
from bot.numbers.source_health import ShortDay
from bot.sentences import Sentence
from bot.sources.base import CampaignFacts, PlatformChange
from bot.sources.connectors import hour_counts, selects, values
from bot.sources.connectors.account_facts import Directory, Known, Row, by_id, changes, status_of
from bot.sources.connectors.budget_versions import DailyBudgets, read_budgets
from bot.sources.connectors.event_rows import (
    UTC_DAYS,
    BesideReport,
    CellKey,
    Queries,
    Span,
    counted_by_rows,
    day_of,
)
from bot.sources.connectors.layouts import MeasureColumn, Report, Versions
from bot.sources.connectors.schemas import Match, RawTable
from bot.sources.given import ReadSettings
from bot.sources.platforms import objectives
from bot.sources.platforms.account_pull import spans

if TYPE_CHECKING:
    from sqlalchemy import Connection

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
        changes: When a campaign was paused or started again, and when its budget was changed.
        campaigns: What the tables say of each campaign now.
        budgets: What the next pull is to be reminded of: budgets the tables may not keep.
        short_days: Days that lack hours, where rows are hours.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    changes: tuple[PlatformChange, ...] = ()
    campaigns: tuple[CampaignFacts, ...] = ()
    budgets: str = ""
    short_days: tuple[ShortDay, ...] = ()


@dataclass(frozen=True)
class ConnectorReading:
    """A connector's tables behind a connection.

    Attributes:
        schema: Where they are.
        since, until: The days that are read, both included.
        now: Aware UTC.
        settings: What the tables leave out.
        budgets_seen: `RawNumbers.budgets` of the pull before.
        notes: What is to be said, as it comes up.
        aside: Spend of ads whose campaign is in no table.
        hours: The hours that days have, where rows are hours.
    """

    connection: Connection
    match: Match
    schema: str
    since: date
    until: date
    now: datetime
    settings: ReadSettings
    budgets_seen: str = ""
    notes: list[str] = field(default_factory=list)
    aside: list[float] = field(default_factory=list)
    hours: hour_counts.Masks = field(default_factory=hour_counts.masks)

    @cached_property
    def _queries(self) -> Queries:
        return Queries(self.connection, self.match, self.schema)

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
                Sentence(
                    "%(connector)s: %(spend)s of spend is left aside, for its ads' campaigns are "
                    "in no table: sync the table of ads anew.",
                    connector=self.match.layout.name,
                    spend=f"{np.nansum(self.aside):,.2f}",
                )
            )
        frames = [frame for frame in frames if len(frame)]
        if not frames:
            return RawNumbers(EMPTY, tuple(self.notes))
        table = self._finished(self._zeros(pd.concat(frames, ignore_index=True)))
        accounts = set(table["account_id"].fillna(""))
        has_currency = bool(table["currency"].notna().all())
        if unknown := self._directory.unknown(accounts, has_currency=has_currency):
            self.notes.append(unknown)
        currencies = dict(zip(table["campaign_id"], table["currency"], strict=True))
        budgets, budgets_seen = read_budgets(self._queries, currencies, self.budgets_seen, self.now)
        table["daily_budget"] = [
            budgets.on(campaign, self._end(account or "", day))
            for campaign, account, day in table[["campaign_id", "account_id", "date"]].itertuples(
                index=False
            )
        ]
        return RawNumbers(
            normalise(table.drop(columns="synced")),
            tuple(dict.fromkeys(self.notes)),
            tuple(self._changes(budgets)),
            tuple(self._facts(sorted(currencies), budgets)),
            budgets_seen,
            tuple(self._short_days(table)),
        )

    def _short_days(self, table: pd.DataFrame) -> Iterator[ShortDay]:
        """Days of these rows that lack hours, by account."""
        accounts = [account_key(account or "") for account in table["account_id"]]
        read = set(zip(accounts, table["date"].dt.date, strict=True))
        zones = dict(zip(accounts, table["time_zone"], strict=True))
        short = hour_counts.short_days(self.match.layout.channel, self.hours, zones)
        return (day for day in short if (day.account_id, day.day) in read)

    @cached_property
    def _directory(self) -> Directory:
        layout = self.match.layout
        accounts, campaigns = self._newest(layout.accounts), self._newest(layout.campaigns)
        return Directory(layout, self.settings, accounts, campaigns)

    def _newest(self, versions: Versions | None) -> dict[str, Known]:
        table = self.match.versions(versions)
        if versions is None or table is None or not table.find(versions.columns["id"]):
            return {}
        return by_id(self._queries.rows(selects.newest(self._queries.raw(table), versions)))

    def _changes(self, budgets: DailyBudgets) -> list[PlatformChange]:
        """When campaigns were paused, as far as the table of them keeps versions."""
        layout, since = self.match.layout, datetime.combine(self.since, datetime.min.time(), UTC)
        table = self.match.versions(layout.campaigns)
        select = None
        if layout.campaigns is not None and table is not None:
            select = selects.status_changes(self._queries.raw(table), layout.campaigns, since)
        accounts = {name: campaign.account for name, campaign in self._directory.campaigns.items()}
        rows = [] if select is None else self._queries.rows(select)
        return [*changes(rows, layout, accounts), *budgets.changes(layout, accounts, since)]

    def _facts(self, ids: Iterable[str], budgets: DailyBudgets) -> Iterator[CampaignFacts]:
        """What the tables say of campaigns: what they are for, and their budget."""
        channel = self.match.layout.channel
        for campaign_id in ids:
            campaign = self._directory.campaign(campaign_id)
            yield CampaignFacts(
                self._directory.account_of({"campaign": campaign_id}),
                campaign_id,
                campaign.name or "",
                status_of(campaign.status) or "unknown",
                objectives.of_objective(OBJECTIVES.get(channel, {}), campaign.objective or ""),
                daily_budget=budgets.on(campaign_id, self.now),
                shared_budget=budgets.shared_name(campaign_id),
            )

    def _report(self, report: Report, table: RawTable, span: Span) -> pd.DataFrame:
        """A month of a report at a time: rows on their way here take the most room."""
        raw = self._queries.raw(table)
        zoned = self._zoned(report, span)
        for days in zoned:
            self._count_hours(raw, report, days)
        rows = [row for days in zoned for row in self._of_zone(raw, report, days)]
        cells = BesideReport(self._queries, self.notes).cells(report, span)
        table_rows = [self._row(row, cells) for row in self._placed(rows)]
        return pd.DataFrame(table_rows)

    def _zoned(self, report: Report, span: Span) -> list[selects.ReportDays]:
        """The days as each zone has them: once for all where rows have their day written."""
        if not report.moments:
            return [selects.ReportDays(*span, UTC_DAYS)]
        return [selects.ReportDays(*span, zone) for zone in self._directory.zones()]

    def _count_hours(self, raw: selects.Raw, report: Report, days: selects.ReportDays) -> None:
        """Which hours each account's days have, where the table is one of hours."""
        select = hour_counts.by_campaign(raw, report, days)
        for row in () if select is None else self._queries.rows(select):
            account = self._directory.account_of(row)
            is_local = not report.moments or str(self._directory.zone(account)) == str(days.zone)
            if is_local and row[selects.DAY] is not None:
                key = (account_key(account), day_of(row[selects.DAY]))
                self.hours[key] |= int(row[hour_counts.HOURS] or 0)

    def _of_zone(self, raw: selects.Raw, report: Report, days: selects.ReportDays) -> Iterator[Row]:
        """Sums of a report as numbers, of those accounts whose days these are."""
        for row in self._sums(raw, report, days):
            account = self._directory.account_of(row)
            if not report.moments or str(self._directory.zone(account)) == str(days.zone):
                yield {**row, "account": account, "campaign": values.id_of(row["campaign"])}

    def _sums(self, raw: selects.Raw, report: Report, days: selects.ReportDays) -> Iterator[Row]:
        if report.json:
            yield from self._added_here(raw, report, days)
            return
        for row in self._queries.rows(selects.by_campaign(raw, report, days, self._queries.ads())):
            numbers = {
                name: values.number_of(row[name], micros=measure.micros)
                for name, measure in report.measures.items()
                if name in row
            }
            yield {**row, **numbers}

    def _added_here(
        self, raw: selects.Raw, report: Report, days: selects.ReportDays
    ) -> Iterator[Row]:
        """Measures out of JSON, added up a day and campaign."""
        sums: dict[CellKey, dict[str, Any]] = {}
        once = [name for name, measure in report.measures.items() if measure.how == "once"]
        for row in self._queries.streamed(selects.unpacked(raw, report, days, (report.json,))):
            packed = values.opened(row[selects.JSON + report.json])
            numbers = {
                name: _unpacked(packed, measure) for name, measure in report.measures.items()
            }
            key = (values.id_of(row["campaign"]), row[selects.DAY])
            before = sums.get(key)
            added = {n: before[n] + v for n, v in numbers.items()} if before else numbers
            added |= dict.fromkeys(once, np.nan) if before else {}
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
            **cells.get((row["campaign"], day_of(row[selects.DAY])), {}),
        }  # fmt: skip

    def _zeros(self, table: pd.DataFrame) -> pd.DataFrame:
        """What did not happen has no row: it is 0 where its account has any such event."""
        for name in counted_by_rows(self.match) & set(table.columns):
            has = table[name].notna().groupby(table["account_id"].fillna("")).transform("any")
            table[name] = table[name].where(table[name].notna() | ~has, 0.0)
        return table

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
        self.notes.append(
            Sentence(
                "%(connector)s: %(days)s was not over when the connector last wrote "
                "(%(written)s UTC): left for later.",
                connector=self.match.layout.name,
                days=days,
                written=f"{synced:%Y-%m-%d %H:%M}",
            )
        )
        cells = zip(table["account_id"], table["date"], strict=True)
        return table[[cell not in half for cell in cells]].reset_index(drop=True)

    def _end(self, account: str, day: pd.Timestamp) -> datetime:
        days = selects.ReportDays(self.since, self.until, self._directory.zone(account))
        return days.midnight(day.date() + timedelta(days=1))


def _unpacked(packed: Any, measure: MeasureColumn) -> float:
    return values.number_of(values.at_path(packed, measure.path), micros=measure.micros)
