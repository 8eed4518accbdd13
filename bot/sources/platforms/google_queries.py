"""What is asked of Google Ads, in its query language, and how its rows are read.

Rows are plain protobuf messages: no wrapper a row. An enum value newer than the SDK is its number.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.domain.attribution import shared, within
from bot.sources.base import AdAccount, CampaignFacts, PlatformChange, Status
from bot.sources.platforms import objectives

MICROS = 1_000_000
MOST_EVENTS = 10_000
ACCOUNTS = """
SELECT customer_client.id, customer_client.descriptive_name, customer_client.currency_code,
  customer_client.time_zone, customer_client.manager
FROM customer_client WHERE customer_client.status = 'ENABLED'
"""
CAMPAIGNS = """
SELECT campaign.id, campaign.name, campaign.status, campaign.start_date_time,
  campaign.end_date_time, campaign.primary_status, campaign.primary_status_reasons,
  campaign.advertising_channel_type, campaign.bidding_strategy_type,
  campaign.maximize_conversions.target_cpa_micros, campaign.target_cpa.target_cpa_micros,
  campaign.target_roas.target_roas, campaign.maximize_conversion_value.target_roas,
  bidding_strategy.target_cpa.target_cpa_micros, bidding_strategy.target_roas.target_roas,
  bidding_strategy.maximize_conversions.target_cpa_micros,
  bidding_strategy.maximize_conversion_value.target_roas,
  campaign_budget.id, campaign_budget.name, campaign_budget.amount_micros,
  campaign_budget.explicitly_shared, campaign_budget.period
FROM campaign
"""
GOALS = """
SELECT campaign.id, campaign_conversion_goal.category, campaign_conversion_goal.biddable
FROM campaign_conversion_goal
"""
ACTIONS = """
SELECT conversion_action.status, conversion_action.include_in_conversions_metric,
  conversion_action.click_through_lookback_window_days,
  conversion_action.view_through_lookback_window_days
FROM conversion_action
"""
DAYS = """
SELECT campaign.id, segments.date, metrics.impressions, metrics.clicks, metrics.cost_micros,
  metrics.engagements
FROM campaign WHERE segments.date BETWEEN '{since}' AND '{until}'
"""
RESULTS = """
SELECT campaign.id, segments.date, segments.conversion_action_category, metrics.conversions,
  metrics.conversions_value
FROM campaign WHERE segments.date BETWEEN '{since}' AND '{until}'
"""
CHANGES = """
SELECT change_event.change_date_time, change_event.user_email, change_event.client_type,
  change_event.change_resource_type, change_event.change_resource_name,
  change_event.changed_fields, change_event.old_resource, change_event.new_resource, campaign.id
FROM change_event
WHERE change_event.change_date_time BETWEEN '{since} 00:00:00' AND '{until} 23:59:59'
ORDER BY change_event.change_date_time DESC LIMIT {most}
"""
STATUS: dict[str, Status] = {"ENABLED": "enabled", "PAUSED": "paused", "REMOVED": "removed"}
SHOWN = ("ELIGIBLE", "LIMITED", "LEARNING")  # primary statuses of a campaign that may be shown
OFF_BELOW: dict[str, Status] = {
    "AD_GROUPS_PAUSED": "paused",
    "AD_GROUP_ADS_PAUSED": "paused",
    "KEYWORDS_PAUSED": "paused",
    "ASSET_GROUPS_PAUSED": "paused",
    "CAMPAIGN_GROUP_PAUSED": "paused",
    "CAMPAIGN_GROUP_ALL_GROUP_BUDGETS_ENDED": "ended",
}  # what somebody switched off around a campaign that still is enabled
LEADS = frozenset({
    "LEAD", "IMPORTED_LEAD", "SUBMIT_LEAD_FORM", "PHONE_CALL_LEAD", "BOOK_APPOINTMENT",
    "REQUEST_QUOTE", "CONTACT", "SIGNUP",
})  # fmt: skip
BIDS = (
    ("cpa", "target_cpa", "target_cpa_micros"),
    ("cpa", "maximize_conversions", "target_cpa_micros"),
    ("roas", "target_roas", "target_roas"),
    ("roas", "maximize_conversion_value", "target_roas"),
)  # fmt: skip


def word(message: Any, field: str) -> str:
    """An enum's name; its number where the SDK does not know it."""
    return words(message, field, [getattr(message, field)])[0]


def words(message: Any, field: str, numbers: Iterable[int]) -> list[str]:
    """The same of each number that a field has."""
    known = message.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number
    return [known[number].name if number in known else str(number) for number in numbers]


def read_account(row: Any, through: str) -> AdAccount:
    client = row.customer_client
    name = client.descriptive_name or str(client.id)
    return AdAccount(str(client.id), name, client.currency_code or None, client.time_zone, through)


def lead_goals(rows: Iterable[Any]) -> set[str]:
    """The campaigns all of whose goals they bid for are leads."""
    goals: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.campaign_conversion_goal.biddable:
            goals[str(row.campaign.id)].add(word(row.campaign_conversion_goal, "category"))
    return {campaign for campaign, categories in goals.items() if categories <= LEADS}


def action_windows(rows: Iterable[Any]) -> str:
    """The windows of the conversion actions that `conversions` counts."""
    return shared(
        within(
            click=row.conversion_action.click_through_lookback_window_days,
            view=row.conversion_action.view_through_lookback_window_days,
        )
        for row in rows
        if word(row.conversion_action, "status") == "ENABLED"
        and row.conversion_action.include_in_conversions_metric
    )


def read_campaign(
    row: Any, account: AdAccount, leads: set[str], attribution: str = ""
) -> CampaignFacts:
    campaign, budget = row.campaign, row.campaign_budget
    campaign_id = str(campaign.id)
    bidding = word(campaign, "bidding_strategy_type")
    purpose = objectives.google(
        bidding, word(campaign, "advertising_channel_type"), lead_goal=campaign_id in leads
    )
    metric, target = _bid(row)
    daily = word(budget, "period") in ("DAILY", "UNSPECIFIED") and budget.amount_micros > 0
    return CampaignFacts(
        account.account_id,
        campaign_id,
        campaign.name,
        _status(campaign),
        purpose,
        started=_day(campaign.start_date_time),
        ends=_day(campaign.end_date_time),
        daily_budget=budget.amount_micros / MICROS
        if daily and not budget.explicitly_shared
        else None,
        shared_budget=budget.name if budget.explicitly_shared else "",
        budget_id=str(budget.id) if budget.id else "",
        bid_metric="cpl" if metric == "cpa" and purpose.pricing_model == "CPL" else metric,
        bid_target=target,
        attribution=attribution,
    )


def _status(campaign: Any) -> Status:
    """The campaign's; Google calls one enabled that cannot be shown, as all below it is off."""
    status = STATUS.get(word(campaign, "status"), "unknown")
    if status != "enabled" or word(campaign, "primary_status") in SHOWN:
        return status
    reasons = words(campaign, "primary_status_reasons", campaign.primary_status_reasons)
    return next((OFF_BELOW[reason] for reason in reasons if reason in OFF_BELOW), status)


def _bid(row: Any) -> tuple[str, float | None]:
    """What it bids to: its own, or its portfolio's."""
    for message in (row.campaign, row.bidding_strategy):
        for metric, strategy, field in BIDS:
            value = getattr(getattr(message, strategy), field)
            if value:
                return metric, value / MICROS if field.endswith("micros") else float(value)
    return "", None


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def read_days(rows: Iterable[Any]) -> pd.DataFrame:
    """A row a day and campaign; cost in currency units."""
    ids, days, places = array("q"), array("l"), _Places()
    numbers = array("d")
    for row in rows:
        metrics = row.metrics
        ids.append(row.campaign.id)
        days.append(places[row.segments.date])
        numbers.extend((
            metrics.impressions, metrics.clicks, metrics.cost_micros, metrics.engagements
        ))  # fmt: skip
    table = _keyed(ids, days, places)
    names = ("impressions", "clicks", "spend", "engagements")
    counts = np.frombuffer(numbers, dtype=np.float64).reshape(len(ids), len(names))
    for place, name in enumerate(names):
        table[name] = counts[:, place]
    table["spend"] /= MICROS
    return table


def read_results(rows: Iterable[Any]) -> pd.DataFrame:
    """Leads, qualified leads and conversions apart, by the category of what was counted."""
    ids, days, places = array("q"), array("l"), _Places()
    categories, numbers = array("l"), array("d")
    measure_of: dict[int, str] = {}
    for row in rows:
        segments, metrics = row.segments, row.metrics
        category = segments.conversion_action_category
        if category not in measure_of:
            measure_of[category] = _measure(word(segments, "conversion_action_category"))
        ids.append(row.campaign.id)
        days.append(places[segments.date])
        categories.append(category)
        numbers.extend((metrics.conversions, metrics.conversions_value))
    counts = np.frombuffer(numbers, dtype=np.float64).reshape(len(ids), 2)
    return _summed(_keyed(ids, days, places), np.array(categories), measure_of, counts)


class _Places(dict[str, int]):
    """Days in the order in which they came, each with its number."""

    def __missing__(self, day: str) -> int:
        self[day] = place = len(self)
        return place


def _summed(
    keyed: pd.DataFrame,
    categories: npt.NDArray[np.int64],
    measure_of: Mapping[int, str],
    counts: npt.NDArray[np.float64],
) -> pd.DataFrame:
    """A row a day and campaign: each measure's count, NaN where nothing was counted, and worth."""
    if keyed.empty:
        return keyed
    campaigns, campaign_ids = pd.factorize(keyed["campaign_id"], sort=True)
    days, dates = pd.factorize(keyed["date"], sort=True)
    keys, places = np.unique(campaigns.astype(np.int64) * len(dates) + days, return_inverse=True)
    ids = np.asarray(campaign_ids, dtype=object)[keys // len(dates)]
    table = pd.DataFrame({"campaign_id": pd.Series(ids, dtype=object),
                          "date": dates[keys % len(dates)]})  # fmt: skip
    for name in sorted(set(measure_of.values())):
        of_measure = np.isin(
            categories, [key for key, value in measure_of.items() if value == name]
        )
        sums = np.bincount(places, counts[:, 0] * of_measure, len(keys))
        any_counted = np.bincount(places, of_measure, len(keys)) > 0
        table[name] = np.where(any_counted, sums, np.nan)
    return table.assign(revenue=np.bincount(places, counts[:, 1], len(keys)))


def _measure(category: str) -> str:
    if category == "QUALIFIED_LEAD":
        return "qualified_leads"
    return "leads" if category in LEADS else "conversions"


def _keyed(ids: array[int], days: array[int], places: Mapping[str, int]) -> pd.DataFrame:
    """Ids as text and days as dates, each different one written once."""
    codes, different = pd.factorize(np.array(ids))
    texts = np.array([str(campaign_id) for campaign_id in different], dtype=object)
    dates = pd.DatetimeIndex([pd.Timestamp(day) for day in places]).to_numpy("datetime64[ns]")
    ids_of_rows = pd.Series(texts[codes], dtype=object)
    return pd.DataFrame({"campaign_id": ids_of_rows, "date": dates[np.array(days)]})


def read_change(
    row: Any, account: AdAccount, sharing: dict[str, tuple[str, ...]]
) -> list[PlatformChange]:
    """Changes of budget, status and bid in an event; `sharing`: budget id to its campaigns."""
    event = row.change_event
    kind = word(event, "change_resource_type").lower()
    if kind not in ("campaign", "campaign_budget"):
        return []
    before, after = (
        getattr(getattr(event, side), kind) for side in ("old_resource", "new_resource")
    )
    changed_at = datetime.fromisoformat(event.change_date_time).replace(
        tzinfo=ZoneInfo(account.time_zone)
    )
    subject = event.change_resource_name.rpartition("/")[2]
    own_campaign = (str(row.campaign.id),) if row.campaign.id else ()
    campaigns = sharing.get(subject, own_campaign) if kind == "campaign_budget" else (subject,)
    fields = [(_what(path), path) for path in event.changed_fields.paths]
    return [
        PlatformChange(account.account_id, campaigns, changed_at, aspect, _value(before, path),
                       _value(after, path), event.user_email, _through(event))
        for aspect, path in fields if aspect
    ]  # fmt: skip


def _through(event: Any) -> str:
    client = word(event, "client_type")
    return {"GOOGLE_ADS_API": "api", "GOOGLE_ADS_WEB_CLIENT": "web"}.get(client, client.lower())


def _what(path: str) -> str:
    field_name = path.rpartition(".")[2]
    bids = ("target_cpa_micros", "target_roas")
    return {"amount_micros": "budget", "status": "status"}.get(
        field_name, "bid" if field_name in bids else ""
    )


def _value(resource: Any, path: str) -> float | str | None:
    *steps, field_name = path.split(".")
    for step in steps:
        resource = getattr(resource, step, None)
    if resource is None or not hasattr(resource, field_name):
        return None
    if field_name == "status":
        return STATUS.get(word(resource, field_name), "unknown")
    value = float(getattr(resource, field_name))
    return value / MICROS if field_name.endswith("micros") else value
