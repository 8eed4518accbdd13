"""Microsoft's report files: what may be asked, the rows, and the text they come in."""

from __future__ import annotations

import ast
import csv
import importlib.util
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from bot.demo.platforms.entities import (
    ACTIVE,
    PAUSED,
    REMOVED,
    Account,
    Campaign,
    Group,
    Keyword,
    SearchTerm,
)
from bot.demo.platforms.numbers import Table, split
from bot.demo.platforms.rest import Json, Refused, daily
from bot.demo.platforms.world import World

STATUS = {ACTIVE: "Active", PAUSED: "Paused", REMOVED: "Deleted"}
TYPES = {"search_manual": "Search", "search_conversions": "Search", "shopping": "Shopping"}
STATISTICS = frozenset({"Impressions", "Clicks", "Spend", "Conversions", "Revenue"})
LEVELS = {
    "CampaignPerformanceReportRequest": ("campaign", "campaign_performance_report_column"),
    "AdGroupPerformanceReportRequest": ("group", "ad_group_performance_report_column"),
    "KeywordPerformanceReportRequest": ("keyword", "keyword_performance_report_column"),
    "SearchQueryPerformanceReportRequest": ("query", "search_query_performance_report_column"),
}


@dataclass(frozen=True)
class Unit:
    """A line's subject, with its days."""

    table: Callable[[], Table]
    campaign: Campaign
    group: Group | None = None
    keyword: Keyword | None = None
    term: SearchTerm | None = None


@dataclass
class Job:
    """A report that was submitted."""

    account: Account
    request: Json
    fails: bool
    polls: int = 0


@cache
def columns_of(module: str) -> frozenset[str]:
    """The values of one of the SDK's column enums.

    Read from its source: importing the SDK costs four seconds of processor time, and the server
    needs nothing else of it.
    """
    package = importlib.util.find_spec("openapi_client")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("the msads SDK is not installed")
    folder = Path(package.submodule_search_locations[0]) / "models" / "reporting"
    tree = ast.parse((folder / f"{module}.py").read_text(encoding="utf-8"))
    values = (
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    )
    return frozenset(str(value) for value in values)


def check(report: Json) -> None:
    """Whether such a report can be had.

    Raises:
        Refused: A kind, column or aggregation that is not known.
    """
    if report.get("Type") not in LEVELS:
        raise operation(f"{report.get('Type')} cannot be had from this local server.")
    available_columns = columns_of(LEVELS[report["Type"]][1])
    columns = report.get("Columns") or []
    wrong = [column for column in columns if column not in available_columns]
    if wrong or not columns:
        raise operation(f"Invalid columns: {', '.join(wrong) or 'there are none'}.")
    if not STATISTICS & set(columns):
        raise operation("At least one performance statistics column is needed.")
    if report.get("Aggregation") not in ("Daily", "Summary"):
        raise operation("Aggregation must be Daily or Summary on this local server.")
    if report["Aggregation"] == "Daily" and "TimePeriod" not in columns:
        raise operation("TimePeriod is needed unless the aggregation is Summary.")


@dataclass(frozen=True)
class Reporter:
    """Writes the reports; `half` tells for which accounts yesterday is still being counted."""

    world: World
    half: Callable[[str], bool]

    def text(self, job: Job) -> str:
        """The CSV file of a report."""
        report, rows = job.request, list(self.rows(job))
        written = io.StringIO()
        writer = csv.writer(written, quoting=csv.QUOTE_ALL)
        if not report.get("ExcludeReportHeader"):
            writer.writerows([[line] for line in _header(job, len(rows), self.world)])
            writer.writerow([])
        if not report.get("ExcludeColumnHeaders"):
            writer.writerow(report["Columns"])
        writer.writerows(rows)
        if not report.get("ExcludeReportFooter"):
            writer.writerow([])
            writer.writerow(["©2026 Microsoft Corporation. All rights reserved. "])
        return written.getvalue()

    def rows(self, job: Job) -> Iterator[list[str]]:
        """Its rows, as text."""
        account, report = job.account, job.request
        since, until = span(report, self.world.today(account))
        for unit in self._units(account, LEVELS[report["Type"]][0]):
            table = unit.table().span(since, until)
            summary = report["Aggregation"] == "Summary"
            days = [(since, table)] if summary else daily(table, since, until)
            for day, part in days:
                if part.total("impressions"):
                    line = _line(account, unit, part, day)
                    yield [line.get(column, "") for column in report["Columns"]]

    def _units(self, account: Account, level: str) -> Iterator[Unit]:
        half = self.half(account.account_id)
        for campaign in self.world.campaigns(account):
            if level == "campaign":
                yield Unit(_late(self.world.numbers(campaign, half=half)), campaign)
                continue
            tables = self.world.group_numbers(campaign, half=half)
            for group, table in zip(campaign.groups, tables, strict=True):
                yield from _below(Unit(_late(table), campaign, group), level)


def _below(unit: Unit, level: str) -> Iterator[Unit]:
    """The group itself, its keywords, or what was typed."""
    group = unit.group
    if level == "group" or group is None or not group.keywords:
        yield from [unit] if level == "group" else []
        return
    tables = split(unit.table(), [keyword.part for keyword in group.keywords])
    for keyword, table in zip(group.keywords, tables, strict=True):
        if level == "keyword":
            yield Unit(_late(table), unit.campaign, group, keyword)
            continue
        parts = split(table, [term.part for term in keyword.terms])
        for term, part in zip(keyword.terms, parts, strict=True):
            yield Unit(_late(part), unit.campaign, group, keyword, term)


def _late(table: Table) -> Callable[[], Table]:
    return lambda: table


def scope(report: Json) -> str:
    ids = (report.get("Scope") or {}).get("AccountIds") or []
    if len(ids) != 1:
        raise operation("The scope must name one account on this local server.")
    return str(ids[0])


def span(report: Json, today: date) -> tuple[date, date]:
    """The days of a custom range, or of yesterday."""
    written = report.get("Time") or {}
    if written.get("PredefinedTime") == "Yesterday":
        return today - timedelta(days=1), today - timedelta(days=1)
    try:
        parts = [written[f"CustomDateRange{side}"] for side in ("Start", "End")]
        since, until = (date(part["Year"], part["Month"], part["Day"]) for part in parts)
    except (KeyError, TypeError, ValueError):
        raise operation("Time needs a custom date range or PredefinedTime Yesterday.") from None
    if since > until:
        raise operation("The date range starts after its end.")
    return since, until


def _header(job: Job, rows: int, world: World) -> list[str]:
    report, account = job.request, job.account
    since, until = span(report, world.today(account))
    return [
        f"Report Name: {report.get('ReportName', '')}",
        f"Report Time: {since:%m/%d/%Y},{until:%m/%d/%Y}", f"Time Zone: {account.time_zone}",
        f"Last Completed Available Day: {world.today(account) - timedelta(days=1):%m/%d/%Y}",
        f"Last Completed Available Hour: {world.now:%m/%d/%Y %H}:00:00 (GMT)",
        f"Report Aggregation: {report['Aggregation']}", "Report Filter: ",
        f"Potential Incomplete Data: {until >= world.today(account)}", f"Rows: {rows}",
    ]  # fmt: skip


def _line(account: Account, unit: Unit, table: Table, day: date) -> dict[str, str]:
    """Every column this server has; rates in per cent; what is not known stays empty."""
    impressions, clicks = table.total("impressions"), table.total("clicks")
    sold = table.total("purchases") + table.total("leads")
    spend, worth = account.decimal(table.total("spend")), account.decimal(table.total("value"))
    return _about(account, unit) | {
        "TimePeriod": day.isoformat(), "Impressions": str(impressions), "Clicks": str(clicks),
        "Spend": str(spend), "Ctr": f"{100 * clicks / impressions:.2f}%",
        "AverageCpc": f"{float(spend) / clicks:.2f}" if clicks else "",
        "Conversions": str(sold), "AllConversions": str(sold), "Revenue": str(worth),
        "ConversionRate": f"{100 * sold / clicks:.2f}%" if clicks else "",
        "CostPerConversion": f"{float(spend) / sold:.2f}" if sold else "",
    }  # fmt: skip


def _about(account: Account, unit: Unit) -> dict[str, str]:
    campaign, group, keyword = unit.campaign, unit.group, unit.keyword
    labels = {
        "AccountName": account.name, "AccountId": account.account_id,
        "AccountNumber": f"F{account.account_id[:7]}", "CurrencyCode": account.currency,
        "CampaignName": campaign.name, "CampaignId": campaign.campaign_id,
        "CampaignStatus": STATUS[campaign.status], "CampaignType": TYPES[campaign.kind],
    }  # fmt: skip
    if group:
        labels |= {"AdGroupName": group.name, "AdGroupId": group.group_id}
    if keyword:
        labels |= {"Keyword": keyword.text, "KeywordId": keyword.criterion_id,
                  "DeliveredMatchType": keyword.match_type.capitalize(),
                  "BidMatchType": keyword.match_type.capitalize()}  # fmt: skip
        labels["QualityScore"] = str(keyword.quality) if keyword.quality else ""
        levels = keyword.quality_parts or ("", "", "")
        parts = ("AdRelevance", "ExpectedCtr", "LandingPageExperience")
        labels |= {name: str(level) for name, level in zip(parts, levels, strict=True)}
    if unit.term:
        labels["SearchQuery"] = unit.term.text
    return labels


def operation(message: str) -> Refused:
    """ApiFaultDetail: what is wrong with the report; the code is from memory."""
    error = {"Code": 2004, "ErrorCode": "InvalidReportRequest", "Message": message, "Details": None}
    body = {"TrackingId": "local-tracking", "Type": "ApiFaultDetail", "OperationErrors": [error]}
    return Refused(body, 400)
