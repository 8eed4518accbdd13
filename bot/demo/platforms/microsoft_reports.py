"""Microsoft's report files: what may be asked, the rows, and the text they come in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.demo.platforms.entities import (
    ACTIVE,
    PAUSED,
    REMOVED,
    Account,
    Ad,
    Campaign,
    Group,
    Keyword,
    SearchTerm,
)
from bot.demo.platforms.microsoft_schema import known, operation, values_of
from bot.demo.platforms.numbers import Table, merge, split
from bot.demo.platforms.web import Json, daily
from bot.demo.platforms.world import World

STATUS = {ACTIVE: "Active", PAUSED: "Paused", REMOVED: "Deleted"}
TYPES = {
    "search_manual": "Search", "search_conversions": "Search", "search_clicks": "Search",
    "search_portfolio": "Search", "shopping": "Shopping", "display": "Audience",
}  # fmt: skip
STATISTICS = frozenset({"Impressions", "Clicks", "Spend", "Conversions", "Revenue"})
HISTORY = "SearchCampaignChangeHistoryReportRequest"
LEVELS = {
    "CampaignPerformanceReportRequest": ("campaign", "campaign_performance_report"),
    "AdGroupPerformanceReportRequest": ("group", "ad_group_performance_report"),
    "AdPerformanceReportRequest": ("ad", "ad_performance_report"),
    "KeywordPerformanceReportRequest": ("keyword", "keyword_performance_report"),
    "SearchQueryPerformanceReportRequest": ("query", "search_query_performance_report"),
    "AgeGenderAudienceReportRequest": ("age and gender", "age_gender_audience_report"),
    "UserLocationPerformanceReportRequest": ("location", "user_location_performance_report"),
    HISTORY: ("history", "search_campaign_change_history_report"),
}
NEEDED = {
    HISTORY: ("DateTime",),
    "AgeGenderAudienceReportRequest": ("AccountName", "AdGroupName", "AgeGroup", "Gender"),
    "UserLocationPerformanceReportRequest": ("AccountName", "AdGroupName", "Country"),
}  # whether the two below are all that is needed is from memory
AGES = {
    "18-24": "18-24", "25-34": "25-34", "35-44": "35-49", "45-54": "50-64", "55-64": "50-64",
    "65+": "65+",
}  # fmt: skip
DEVICES = {"mobile": "Smartphone", "desktop": "Computer", "tablet": "Tablet"}
CLOCK = "%m/%d/%Y %I:%M:%S %p"
COUNTING = timedelta(hours=2)  # until what happened is in the reports


@dataclass(frozen=True)
class Goal:
    """A conversion goal: what it counts, and whether bidding and `Conversions` do."""

    name: str
    category: str
    measure: str
    counted: bool = True


GOALS = {
    "7001": Goal("Order", "Purchase", "purchases"),
    "7002": Goal("Contact form", "SubmitLeadForm", "leads"),
    "7003": Goal("Landing page", "PageView", "landing_views", counted=False),
}


@dataclass(frozen=True)
class Unit:
    """A line's subject, with its days."""

    table: Callable[[], Table]
    campaign: Campaign
    group: Group | None = None
    keyword: Keyword | None = None
    term: SearchTerm | None = None
    ad: Ad | None = None
    device: str = ""
    age: str = ""
    gender: str = ""
    region: str = ""


@dataclass
class Job:
    """A report that was submitted."""

    account: Account
    request: Json
    goals: dict[str, Goal]
    fails: bool
    waits: int = 0
    polls: int = 0
    rows: list[list[str]] | None = None


def check(report: Json) -> None:
    """Whether such a report can be had.

    Raises:
        Refused: A kind, field, column or aggregation that is not known.
    """
    kind = report.get("Type")
    if kind not in LEVELS:
        raise operation(f"{kind} cannot be had from this local server.")
    model = LEVELS[kind][1]
    known("reporting", f"{model}_request", report)
    if report.get("Format") not in (None, *values_of("reporting", "report_format")):
        raise operation(f"There is no format {report['Format']}.")
    _columns(report, values_of("reporting", f"{model}_column"))
    if kind != HISTORY:
        _aggregation(report)


def _columns(report: Json, available_columns: frozenset[str]) -> None:
    columns = report.get("Columns") or []
    wrong = [column for column in columns if column not in available_columns]
    if wrong or not columns:
        raise operation(f"Invalid columns: {', '.join(wrong) or 'there are none'}.")
    if missing := [name for name in NEEDED.get(report["Type"], ()) if name not in columns]:
        words = f"{', '.join(missing)} is needed."
        raise operation(words, 2015, "ReportingServiceRequiredColumnsNotSelected")
    if report["Type"] != HISTORY and not STATISTICS & set(columns):
        raise operation("At least one performance statistics column is needed.")


def _aggregation(report: Json) -> None:
    if report.get("Aggregation") not in ("Daily", "Summary"):
        raise operation("Aggregation must be Daily or Summary on this local server.")
    if (report["Aggregation"] == "Daily") != ("TimePeriod" in report["Columns"]):
        raise operation("TimePeriod is needed unless the aggregation is Summary.", 2034)


@dataclass(frozen=True)
class Reporter:
    """Writes the reports; `half` tells for which accounts yesterday is still being counted."""

    world: World
    half: Callable[[str], bool]

    def text(self, job: Job, rows: list[list[str]]) -> str:
        """The CSV file of a report."""
        report = job.request
        written = io.StringIO()
        writer = csv.writer(written, quoting=csv.QUOTE_ALL)
        if not report.get("ExcludeReportHeader"):
            half = self.half(job.account.account_id)
            writer.writerows([[line] for line in _header(job, len(rows), self.world, half=half)])
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
        level, columns = LEVELS[report["Type"]][0], report["Columns"]
        for unit in self._units(account, level, by_device="DeviceType" in columns):
            table = unit.table().span(since, until)
            summary = report["Aggregation"] == "Summary"
            days = [(since, table)] if summary else daily(table, since, until)
            for day, part in days:
                for line in _lines(job, unit, part, day, by_goal="Goal" in columns):
                    yield [line.get(column, "") for column in columns]

    def _units(self, account: Account, level: str, *, by_device: bool) -> Iterator[Unit]:
        half = self.half(account.account_id)
        for campaign in self.world.campaigns(account):
            if level == "campaign":
                unit = Unit(_late(self.world.numbers(campaign, half=half)), campaign)
                yield from _by_device(unit) if by_device else [unit]
                continue
            tables = self.world.group_numbers(campaign, half=half)
            for group, table in zip(campaign.groups, tables, strict=True):
                yield from _below(Unit(_late(table), campaign, group), level)


def _by_device(unit: Unit) -> Iterator[Unit]:
    for device, table in _parts(unit, "device"):
        yield Unit(_late(table), unit.campaign, device=DEVICES[device])


def _below(unit: Unit, level: str) -> Iterator[Unit]:
    """The group itself, its ads, its keywords, or what was typed."""
    group = unit.group
    if level == "group" or group is None:
        yield unit
        return
    if level == "age and gender":
        yield from _by_age_and_gender(unit)
        return
    if level == "location":
        for region, table in _parts(unit, "region"):
            yield replace(unit, table=_late(table), region=region)
        return
    if level == "ad":
        for ad, table in zip(
            group.ads, split(unit.table(), [a.part for a in group.ads]), strict=True
        ):
            yield Unit(_late(table), unit.campaign, group, ad=ad)
        return
    tables = split(unit.table(), [k.part for k in group.keywords]) if group.keywords else []
    for keyword, table in zip(group.keywords, tables, strict=True):
        if level == "keyword":
            yield Unit(_late(table), unit.campaign, group, keyword)
            continue
        parts = split(table, [term.part for term in keyword.terms])
        for term, part in zip(keyword.terms, parts, strict=True):
            yield Unit(_late(part), unit.campaign, group, keyword, term)


def _by_age_and_gender(unit: Unit) -> Iterator[Unit]:
    """Each age of Microsoft's, some of which are two of the world's, by each gender."""
    ages: dict[str, list[Table]] = {}
    for age, table in _parts(unit, "age"):
        ages.setdefault(AGES[age], []).append(table)
    for age, tables in ages.items():
        of_age = replace(unit, table=_late(merge(tables)), age=age)
        for gender, table in _parts(of_age, "gender"):
            yield replace(of_age, table=_late(table), gender=gender.capitalize())


def _parts(unit: Unit, axis: str) -> Iterator[tuple[str, Table]]:
    parts = unit.campaign.audiences[axis]
    yield from zip(parts, split(unit.table(), list(parts.values())), strict=True)


def _late(table: Table) -> Callable[[], Table]:
    return lambda: table


def scope(report: Json) -> str:
    written = report.get("Scope") or {}
    known("reporting", "account_through_ad_group_report_scope", written)
    ids = written.get("AccountIds") or []
    if len(ids) != 1:
        raise operation("The scope must name one account on this local server.")
    return str(ids[0])


def span(report: Json, today: date) -> tuple[date, date]:
    """The days of a custom range, or of yesterday."""
    written = known("reporting", "report_time", report.get("Time") or {})
    zone = written.get("ReportTimeZone")
    if zone is not None and zone not in values_of("reporting", "report_time_zone"):
        raise operation(f"There is no time zone {zone}.")
    if written.get("PredefinedTime") == "Yesterday":
        return today - timedelta(days=1), today - timedelta(days=1)
    try:
        parts = [written[f"CustomDateRange{side}"] for side in ("Start", "End")]
        since, until = (date(part["Year"], part["Month"], part["Day"]) for part in parts)
    except (KeyError, TypeError, ValueError):
        raise operation("Time needs a custom date range or PredefinedTime Yesterday.") from None
    if since > until or until > today:
        raise operation("The date range starts after its end, or ends after today.")
    return since, until


def _header(job: Job, rows: int, world: World, *, half: bool) -> list[str]:
    report, account = job.request, job.account
    since, until = span(report, world.today(account))
    ends = _end(until, account)
    counted = world.now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - COUNTING
    if half:
        counted = min(counted, ends - timedelta(hours=9))
    return [
        f"Report Name: {report.get('ReportName', '')}",
        f"Report Time: {since:%m/%d/%Y},{until:%m/%d/%Y}", f"Time Zone: {account.time_zone}",
        f"Last Completed Available Day: {counted:{CLOCK}} (GMT)",
        f"Last Completed Available Hour: {counted:{CLOCK}} (GMT)",
        f"Report Aggregation: {report.get('Aggregation', '')}", "Report Filter: ",
        f"Potential Incomplete Data: {str(counted < ends).lower()}", f"Rows: {rows}",
    ]  # fmt: skip


def _end(day: date, account: Account) -> datetime:
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(account.time_zone))
    return midnight.astimezone(UTC)


def _lines(
    job: Job, unit: Unit, table: Table, day: date, *, by_goal: bool
) -> Iterator[dict[str, str]]:
    """The line of a unit, or one for each goal that was met; none where nothing happened.

    What a line of a goal says of showings and spend is not documented: here it says nothing.
    """
    if not by_goal:
        if table.total("impressions"):
            yield _line(job, unit, table, day)
        return
    for goal in job.goals.values():
        count = table.total(goal.measure)
        if count and goal.counted:
            worth = table.total("value") if goal.measure == "purchases" else 0
            yield _about(job.account, unit) | {
                "TimePeriod": day.isoformat(), "Goal": goal.name, "Conversions": f"{count}.00",
                "Revenue": str(job.account.decimal(worth)),
            }  # fmt: skip


def _line(job: Job, unit: Unit, table: Table, day: date) -> dict[str, str]:
    """Every column this server has; rates in per cent; what is not known stays empty."""
    account, goals = job.account, job.goals.values()
    impressions, clicks = table.total("impressions"), table.total("clicks")
    sold = sum(table.total(goal.measure) for goal in goals if goal.counted)
    spend, worth = account.decimal(table.total("spend")), account.decimal(table.total("value"))
    return _about(account, unit) | {
        "TimePeriod": day.isoformat(), "Impressions": str(impressions), "Clicks": str(clicks),
        "Spend": str(spend), "Ctr": f"{100 * clicks / impressions:.2f}%",
        "AverageCpc": f"{float(spend) / clicks:.2f}" if clicks else "",
        "Conversions": str(sold), "Revenue": str(worth),
        "AllConversions": str(sum(table.total(goal.measure) for goal in goals)),
        "ConversionRate": f"{100 * sold / clicks:.2f}%" if clicks else "",
        "CostPerConversion": f"{float(spend) / sold:.2f}" if sold else "",
    }  # fmt: skip


def _about(account: Account, unit: Unit) -> dict[str, str]:
    campaign, group, keyword, ad = unit.campaign, unit.group, unit.keyword, unit.ad
    labels = {
        "AccountName": account.name, "AccountId": account.account_id,
        "AccountNumber": f"F{account.account_id[:7]}", "CurrencyCode": account.currency,
        "CampaignName": campaign.name, "CampaignId": campaign.campaign_id,
        "CampaignStatus": STATUS[campaign.status], "CampaignType": TYPES[campaign.kind],
        "DeviceType": unit.device, "AgeGroup": unit.age, "Gender": unit.gender,
        "Country": "Norway" if unit.region else "", "State": unit.region,
    }  # fmt: skip
    if group:
        labels |= {"AdGroupName": group.name, "AdGroupId": group.group_id}
    if keyword:
        labels |= {"Keyword": keyword.text, "KeywordId": keyword.criterion_id} | _graded(keyword)
    if unit.term:
        labels["SearchQuery"] = unit.term.text
    if ad:
        labels |= {"AdId": ad.ad_id, "AdTitle": "", "TitlePart1": ad.headline, "FinalUrl":
                   ad.final_url}  # fmt: skip
    return labels


def _graded(keyword: Keyword) -> dict[str, str]:
    """Match type and quality; `--` where no score was worked out."""
    match_type = keyword.match_type.capitalize()
    grades = (keyword.quality or "--", *(keyword.quality_parts or ("--",) * 3))
    names = ("QualityScore", "AdRelevance", "ExpectedCtr", "LandingPageExperience")
    scores = {name: str(grade) for name, grade in zip(names, grades, strict=True)}
    return {"DeliveredMatchType": match_type, "BidMatchType": match_type, **scores,
            **{f"Historical{name}": score for name, score in scores.items()}}  # fmt: skip
