"""How Microsoft's answers are read: accounts, campaigns, goals, days and changes.

Answers are JSON as it came: an enum value that is newer than the SDK is a word like any other.

What is asked of Microsoft below its campaigns, and how those rows are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from bot.domain.attribution import shared, within
from bot.domain.details import Level
from bot.sources.base import AdAccount, CampaignFacts, PlatformChange, Status
from bot.sources.platforms import objectives
from bot.sources.platforms.microsoft_reports import CLOCKS, MISSING, account_zone, dates, numbers

Json = Mapping[str, Any]
CLOSED = ("Draft", "Inactive")  # accounts that never were, or are no more
STATUS: dict[str, Status] = {
    "Active": "enabled", "Paused": "paused", "BudgetAndManualPaused": "paused",
    "BudgetPaused": "enabled",  # its money is spent: nobody switched it off
    "Suspended": "enabled",  # by Microsoft: whoever runs it must hear that it stopped
    "Deleted": "removed",
}  # fmt: skip
PAUSING: dict[str, Status] = {
    "not paused": "enabled", "budget paused": "enabled", "paused": "paused",
    "budget and user paused": "paused",
}  # fmt: skip
LEADS = frozenset({
    "SubmitLeadForm", "BookAppointment", "Signup", "RequestQuote", "Contact",
})  # fmt: skip
TOOLS = {"web client (manual)": "web", "api": "api"}
MINUTES = 24 * 60
"""Of a day: goals have their windows in minutes."""


@dataclass(frozen=True)
class Goals:
    """What an account counts as conversions, by id: whether it is a lead.

    Goals that are left out of bidding are not among them: `Conversions` leaves them out, too.
    """

    lead_by_id: Mapping[str, bool]
    lead_by_name: Mapping[str, bool]
    attribution: str = ""

    @property
    def measures(self) -> tuple[str, ...]:
        """What there is of `leads` and `conversions`."""
        kinds = set(self.lead_by_id.values())
        return tuple(name for lead, name in ((True, "leads"), (False, "conversions"))
                     if lead in kinds)  # fmt: skip

    def only_leads(self, ids: Sequence[str]) -> bool:
        """Whether every goal that counts for a campaign is a lead; its own, or the account's."""
        of_campaign = [self.lead_by_id[key] for key in ids if key in self.lead_by_id]
        counted = of_campaign or list(self.lead_by_id.values())
        return bool(counted) and all(counted)


def records(answer: Json, name: str) -> list[Json]:
    """The records of a list; where one could not be had there is none."""
    listed = answer.get(name)
    return [record for record in listed or [] if isinstance(record, dict)]


def read_account(record: Json, manager: str) -> AdAccount | None:
    """An account, reached through the manager or the customer it belongs to."""
    account_id = record.get("Id")
    if not account_id or record.get("AccountLifeCycleStatus") in CLOSED:
        return None
    through = manager or str(record.get("ParentCustomerId") or "")
    zone = account_zone(str(record.get("TimeZone") or ""))
    name = str(record.get("Name") or account_id)
    return AdAccount(str(account_id), name, record.get("CurrencyCode") or None, zone, through)


def read_goals(answered: Iterable[Json]) -> Goals:
    """The goals that bidding and `Conversions` count."""
    goals = [
        goal for goal in answered
        if goal.get("Status") != "Deleted" and not goal.get("ExcludeFromBidding")
    ]  # fmt: skip
    lead = [goal.get("GoalCategory") in LEADS for goal in goals]
    return Goals(
        {str(goal.get("Id")): is_lead for goal, is_lead in zip(goals, lead, strict=True)},
        {str(goal.get("Name")): is_lead for goal, is_lead in zip(goals, lead, strict=True)},
        shared(map(_goal_windows, goals)),
    )


def _goal_windows(goal: Json) -> str:
    """In days; the window after a showing is not of every goal."""
    names = {"click": "ConversionWindowInMinutes", "view": "ViewThroughConversionWindowInMinutes"}
    days = {after: goal[name] // MINUTES for after, name in names.items()
            if isinstance(goal.get(name), int)}  # fmt: skip
    return within(**days)


def scheme_of(campaign: Json, strategies: Mapping[str, Json]) -> Json:
    """What a campaign bids by: its portfolio's strategy, or its own."""
    shared = strategies.get(str(campaign.get("BidStrategyId") or ""))
    scheme = (shared or campaign).get("BiddingScheme")
    return scheme if isinstance(scheme, dict) else {}


def read_campaign(
    campaign: Json, account: AdAccount, scheme: Json, budgets: Mapping[str, str], goals: Goals
) -> CampaignFacts:
    """A campaign; `budgets` are the names of the account's shared ones by id."""
    bidding = str(scheme.get("Type") or "").removesuffix("BiddingScheme")
    goal_ids = [str(goal_id) for goal_id in campaign.get("GoalIds") or []]
    purpose = objectives.microsoft(
        bidding, str(campaign.get("CampaignType") or ""), lead_goal=goals.only_leads(goal_ids)
    )
    metric, target = _bid(scheme)
    budget_id = str(campaign.get("BudgetId") or "").strip("0") and str(campaign["BudgetId"])
    return CampaignFacts(
        account.account_id,
        str(campaign["Id"]),
        str(campaign.get("Name") or campaign["Id"]),
        STATUS.get(str(campaign.get("Status")), "unknown"),
        purpose,
        started=_day(campaign.get("StartDate")),
        ends=_day(campaign.get("EndDate")),
        daily_budget=None if budget_id else _daily(campaign),
        shared_budget=budgets.get(budget_id, f"budget {budget_id}") if budget_id else "",
        budget_id=budget_id,
        bid_metric="cpl" if metric == "cpa" and purpose.pricing_model == "CPL" else metric,
        bid_target=target,
        attribution=goals.attribution,
    )


def _bid(scheme: Json) -> tuple[str, float | None]:
    for metric, name in (("cpa", "TargetCpa"), ("roas", "TargetRoas")):
        value = scheme.get(name)
        if isinstance(value, int | float) and value > 0:
            return metric, float(value)
    return "", None


def _daily(campaign: Json) -> float | None:
    amount = campaign.get("DailyBudget")
    daily = str(campaign.get("BudgetType") or "Daily").startswith("Daily")
    return float(amount) if daily and isinstance(amount, int | float) and amount > 0 else None


def _day(written: Any) -> date | None:
    try:
        return date.fromisoformat(str(written or "")[:10])
    except ValueError:
        return None


def read_shown(table: pd.DataFrame, named: Mapping[str, str]) -> pd.DataFrame:
    """Days with their columns under our names; counts and money as numbers."""
    frame = pd.DataFrame({
        "campaign_id": table["CampaignId"].astype(object),
        "date": dates(table["TimePeriod"]),
    })  # fmt: skip
    for theirs, ours in named.items():
        frame[ours] = numbers(table[theirs])
    return frame


def read_results(table: pd.DataFrame, goals: Goals, keys: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Leads, conversions and their worth apart, by the goal that was met, a row a day and part."""
    lead = table["Goal"].map(goals.lead_by_name)
    of_goal = lead.notna()
    frame = pd.DataFrame({name: column[of_goal] for name, column in keys.items()})
    lead, count = lead[of_goal].astype(bool), numbers(table["Conversions"])[of_goal]
    frame["leads"], frame["conversions"] = count.where(lead, 0.0), count.where(~lead, 0.0)
    frame["revenue"] = numbers(table["Revenue"])[of_goal]
    return frame.groupby(list(keys), sort=False, dropna=False).sum().reset_index()


def read_changes(table: pd.DataFrame, account: AdAccount) -> list[PlatformChange]:
    """Budgets and statuses of campaigns; the moments are the account's own time."""
    changes = [_change(row, account) for row in table.to_dict("records")]
    return [change for change in changes if change is not None]


def _change(row: Mapping[Any, Any], account: AdAccount) -> PlatformChange | None:
    values = _values(row)
    moment = _moment(str(row["DateTime"]), account.time_zone)
    if row["ItemChanged"] != "Campaign" or values is None or moment is None:
        return None
    aspect, before, after = values
    tool = str(row["Tool"])
    through = TOOLS.get(tool.lower(), tool.lower())
    return PlatformChange(account.account_id, (str(row["CampaignId"]),), moment, aspect, before,
                          after, str(row["ChangedBy"]), through)  # fmt: skip


Change = tuple[str, float | str | None, float | str | None]


def _values(row: Mapping[Any, Any]) -> Change | None:
    """What was changed, before and after; None where it is nothing that is kept."""
    attribute = str(row["AttributeChanged"]).lower()
    before, after = str(row["OldValue"]), str(row["NewValue"])
    if attribute == "daily budget":
        return "budget", _amount(before), _amount(after)
    if attribute == "pause status":
        sides = PAUSING.get(before.lower()), PAUSING.get(after.lower())
        return ("status", *sides) if sides[0] != sides[1] else None
    if attribute == "status" and after.lower() == "deleted":
        return "status", None, "removed"
    return None


def _amount(written: str) -> float | None:
    try:
        return float(written.replace(",", ""))
    except ValueError:
        return None


def _moment(written: str, zone: str) -> datetime | None:
    for clock in (*CLOCKS, "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(written.strip(), clock).replace(tzinfo=ZoneInfo(zone))
        except ValueError:
            continue
    return None


IDENTITY = ("detail_id", "detail_name", "parent_id", "parent_name", "match_type")
GRADES = {
    "quality_score": "HistoricalQualityScore", "expected_ctr": "HistoricalExpectedCtr",
    "ad_relevance": "HistoricalAdRelevance",
    "landing_page_experience": "HistoricalLandingPageExperience",
}  # fmt: skip  # as they stood on that day
DEVICES = {"Computer": "desktop", "Smartphone": "mobile", "Tablet": "tablet"}
MATCHES = {"Exact": "exact", "Phrase": "phrase", "Broad": "broad"}
Identity = dict[str, pd.Series]


@dataclass(frozen=True)
class MicrosoftLevel:
    """A level of Microsoft's.

    Attributes:
        kind: The report.
        columns: What tells its rows apart.
        identity: Their `IDENTITY`.
        graded: Whether they have a quality score.
    """

    kind: str
    columns: tuple[str, ...]
    identity: Callable[[pd.DataFrame], Identity]
    graded: bool = False

    def keys(self, table: pd.DataFrame) -> dict[str, pd.Series]:
        """Day, campaign and part of each row."""
        empty = pd.Series(None, index=table.index, dtype=object)
        identity = dict.fromkeys(IDENTITY, empty) | self.identity(table)
        return {
            "campaign_id": table["CampaignId"].astype(object),
            "date": dates(table["TimePeriod"]),
            **identity,
        }

    def grades(self, table: pd.DataFrame) -> dict[str, pd.Series]:
        """The score and its parts; a keyword that Microsoft does not grade has none."""
        if not self.graded:
            return {}
        return {ours: _grade(numbers(table[theirs])) for ours, theirs in GRADES.items()}


def _grade(grades: pd.Series) -> pd.Series:
    return grades.where(grades > 0)


def _group(table: pd.DataFrame) -> Identity:
    return {"parent_id": table["AdGroupId"], "parent_name": table["AdGroupName"]}


def _ad_set(table: pd.DataFrame) -> Identity:
    return {"detail_id": table["AdGroupId"], "detail_name": table["AdGroupName"]}


def _ad(table: pd.DataFrame) -> Identity:
    """Called by its title, or by its first headline, or by its id."""
    title = table["AdTitle"].where(table["AdTitle"] != "", table["TitlePart1"])
    name = title.where(title != "", "Ad " + table["AdId"])
    return {"detail_id": table["AdId"], "detail_name": name, **_group(table)}


def _keyword(table: pd.DataFrame) -> Identity:
    return {"detail_id": table["KeywordId"], "detail_name": table["Keyword"],
            "match_type": table["BidMatchType"].map(MATCHES).astype(object),
            **_group(table)}  # fmt: skip


def _search_term(table: pd.DataFrame) -> Identity:
    return {"detail_name": table["SearchQuery"],
            "match_type": table["DeliveredMatchType"].map(MATCHES).astype(object),
            **_group(table)}  # fmt: skip


def _device(table: pd.DataFrame) -> Identity:
    device = table["DeviceType"].map(DEVICES)
    return {"detail_name": device.fillna(table["DeviceType"].str.lower()).astype(object)}


def _age(table: pd.DataFrame) -> Identity:
    return {"detail_name": _lowered(table["AgeGroup"], "unknown")}


def _gender(table: pd.DataFrame) -> Identity:
    return {"detail_name": _lowered(table["Gender"], "unknown")}


def _lowered(cells: pd.Series, nameless: str) -> pd.Series:
    words = cells.str.strip().str.lower()
    return words.where(~words.isin(MISSING), nameless).astype(object)


def _region(table: pd.DataFrame) -> Identity:
    """Where people were, by the name Microsoft gives the place."""
    names = table["State"].str.strip()
    return {"detail_name": names.where(~names.isin(MISSING), "elsewhere").astype(object)}


_GROUP = ("AdGroupId", "AdGroupName")
_BY_PERSON = ("AccountName", "AdGroupName", "AgeGroup", "Gender")  # none of which may lack
LEVELS: Mapping[Level, MicrosoftLevel] = {
    Level.AD_SET: MicrosoftLevel("AdGroupPerformance", _GROUP, _ad_set),
    Level.AD: MicrosoftLevel(
        "AdPerformance", (*_GROUP, "AdId", "AdTitle", "TitlePart1"), _ad
    ),
    Level.KEYWORD: MicrosoftLevel(
        "KeywordPerformance", (*_GROUP, "KeywordId", "Keyword", "BidMatchType"), _keyword,
        graded=True,
    ),
    Level.SEARCH_TERM: MicrosoftLevel(
        "SearchQueryPerformance", (*_GROUP, "SearchQuery", "DeliveredMatchType"), _search_term
    ),
    Level.AGE: MicrosoftLevel("AgeGenderAudience", _BY_PERSON, _age),
    Level.GENDER: MicrosoftLevel("AgeGenderAudience", _BY_PERSON, _gender),
    Level.REGION: MicrosoftLevel(
        "UserLocationPerformance", ("AccountName", "AdGroupName", "Country", "State"), _region
    ),
    Level.DEVICE: MicrosoftLevel("CampaignPerformance", ("DeviceType",), _device),
}  # fmt: skip
