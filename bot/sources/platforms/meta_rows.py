"""Meta's objects and insights, which are text, as facts and daily numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from bot.domain.attribution import shared, within
from bot.errors import SourceError
from bot.sentences import Sentence
from bot.sources.base import AdAccount, CampaignFacts, PlatformChange, Status
from bot.sources.platforms import objectives

ACTIONS = Path(__file__).parent / "meta_actions.yml"
# Budgets are in hundredths, but in whole units of these: Meta's own list, which is not ISO's.
WHOLE = frozenset({
    "CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND",
})  # fmt: skip
COUNTS = {"impressions": "impressions", "clicks": "inline_link_clicks", "clicks_all": "clicks",
          "spend": "spend", "reach": "reach"}  # fmt: skip
STATUS: dict[str, Status] = {
    "ACTIVE": "enabled", "IN_PROCESS": "enabled", "WITH_ISSUES": "enabled", "PAUSED": "paused",
    "CAMPAIGN_PAUSED": "paused", "DELETED": "removed", "ARCHIVED": "removed",
}  # fmt: skip
COUNTED_AFTER = {
    "CLICK_THROUGH": "click", "ENGAGED_VIDEO_VIEW": "engaged", "VIEW_THROUGH": "view",
}  # fmt: skip
OFF = ("PAUSED", "DELETED", "ARCHIVED")  # ad sets that somebody switched off
Row = Mapping[str, Any]


@cache
def actions() -> dict[str, tuple[str, ...]]:
    """Column to action types, the one that counts first."""
    table = yaml.safe_load(ACTIONS.read_text(encoding="utf-8"))
    return {column: tuple(types) for column, types in table.items()}


def units(currency: str | None) -> int:
    """Budget units a currency unit."""
    return 1 if currency in WHOLE else 100


def money(written: Any, currency: str | None) -> float | None:
    """A budget or bid in currency units; None where there is none (Meta writes 0)."""
    if written in (None, "", "0", 0):
        return None
    return float(Decimal(str(written)) / units(currency))


def read_account(row: Row) -> AdAccount:
    account_id = str(row["account_id"])
    return AdAccount(account_id, str(row.get("name") or account_id), row.get("currency"),
                     str(row.get("timezone_name") or "UTC"))  # fmt: skip


def read_campaign(row: Row, sets: Sequence[Row], account: AdAccount) -> CampaignFacts:
    """A campaign with its ad sets, where the goal, the bid and sometimes the budget are."""
    goals = tuple(sorted({str(s["optimization_goal"]) for s in sets if s.get("optimization_goal")}))
    events = tuple(sorted({_event(s) for s in sets} - {""}))
    purpose = objectives.meta(str(row.get("objective", "")), goals, events)
    bids = {money(s.get("bid_amount"), account.currency) for s in sets}
    metric = {"CPL": "cpl", "CPA": "cpa", "CPC": "cpc"}.get(purpose.pricing_model or "", "")
    target = next(iter(bids)) if len(bids) == 1 and metric and _caps(row, sets) else None
    return CampaignFacts(
        account.account_id,
        str(row["id"]),
        str(row.get("name", "")),
        _status(row, sets),
        purpose,
        started=_day(row.get("start_time") or row.get("created_time")),
        ends=_ends(row, sets),
        daily_budget=_budget(row, sets, account.currency),
        bid_metric=metric if target is not None else "",
        bid_target=target,
        billed_by="CPM" if {s.get("billing_event") for s in sets} == {"IMPRESSIONS"} else None,
        attribution=_attribution(sets),
    )


def _status(row: Row, sets: Sequence[Row]) -> Status:
    """The campaign's; Meta calls one active whose ad sets are all switched off."""
    status = STATUS.get(str(row.get("effective_status")), "unknown")
    off = bool(sets) and all(ad_set.get("effective_status") in OFF for ad_set in sets)
    return "paused" if status == "enabled" and off else status


def _ends(row: Row, sets: Sequence[Row]) -> date | None:
    """The campaign's last day, or that of the last of its ad sets where each of them has one."""
    days = [_day(ad_set.get("end_time")) for ad_set in sets]
    known_days = [day for day in days if day is not None]
    last_day = max(known_days) if known_days and len(known_days) == len(days) else None
    return _day(row.get("stop_time")) or last_day


def _event(adset: Row) -> str:
    return str((adset.get("promoted_object") or {}).get("custom_event_type", ""))


def _caps(row: Row, sets: Sequence[Row]) -> bool:
    """Whether the bid is what a result may cost, not what a showing may."""
    strategies = {row.get("bid_strategy"), *(s.get("bid_strategy") for s in sets)}
    return "COST_CAP" in strategies


def _budget(row: Row, sets: Sequence[Row], currency: str | None) -> float | None:
    """The campaign's daily budget, or the sum of its running ad sets' where they have them."""
    campaign_budget = money(row.get("daily_budget"), currency)
    if campaign_budget is not None or row.get("lifetime_budget") not in (None, "", "0"):
        return campaign_budget
    running = [s for s in sets if s.get("effective_status") not in OFF]
    budgets = [money(s.get("daily_budget"), currency) for s in running]
    known_budgets = [budget for budget in budgets if budget is not None]
    return sum(known_budgets) if known_budgets and len(known_budgets) == len(budgets) else None


def _attribution(sets: Sequence[Row]) -> str:
    return shared(_windows(adset.get("attribution_spec") or ()) for adset in sets)


def _windows(spec: Iterable[Row]) -> str:
    """Of an ad set; what it is counted after is a click, a while of a video or the showing."""
    return within(**{COUNTED_AFTER[word]: int(window["window_days"]) for window in spec
                     if (word := str(window["event_type"])) in COUNTED_AFTER})  # fmt: skip


def _day(written: Any) -> date | None:
    try:
        return date.fromisoformat(str(written)[:10])
    except ValueError:
        return None


def read_days(rows: Iterable[Row]) -> pd.DataFrame:
    """A row a day and campaign. A column no row of the account has is left out, not zero.

    Raises:
        SourceError: A number that is none, or a row without campaign or day.
    """
    table = [read_row(row) for row in rows]
    frame = pd.DataFrame(table)
    if frame.empty:
        return pd.DataFrame({"campaign_id": [], "date": []})
    return frame.assign(date=pd.to_datetime(frame["date"]))


def read_row(row: Row) -> dict[str, Any]:
    """The campaign, the day and what there is of numbers in a row of insights.

    Raises:
        SourceError: A number that is none, or no campaign or day.
    """
    try:
        values: dict[str, Any] = {"campaign_id": str(row["campaign_id"]), "date": row["date_start"]}
        for column, field in COUNTS.items():
            if row.get(field) not in (None, ""):
                values[column] = float(Decimal(str(row[field])))
        for column, types in actions().items():
            listed = row.get("action_values" if column == "revenue" else "actions") or ()
            counts = {str(action["action_type"]): action.get("value") for action in listed}
            kind = next(
                (action_type for action_type in types if counts.get(action_type) is not None), None
            )
            if kind is not None:
                values[column] = float(Decimal(str(counts[kind])))
    except (KeyError, InvalidOperation, TypeError) as error:
        raise SourceError(
            Sentence(
                "Meta's report has a row that cannot be read (%(reason)s).",
                reason=type(error).__name__,
            ),
            hint="Nothing of it is stored; the next pull asks again.",
        ) from None
    return values


def read_reach(rows: Iterable[Row]) -> pd.DataFrame:
    """`campaign_id` and `reach`."""
    table = [(str(row["campaign_id"]), float(row["reach"])) for row in rows if row.get("reach")]
    return pd.DataFrame(table, columns=["campaign_id", "reach"])


KINDS = {
    "update_campaign_budget": "budget", "update_ad_set_budget": "budget",
    "update_campaign_run_status": "status", "update_ad_set_bidding": "bid",
}  # fmt: skip


def read_activity(
    row: Row, account: AdAccount, campaign_of: Mapping[str, str]
) -> PlatformChange | None:
    """A change of budget, status or bid; None for any other, or of something unknown.

    The budget of an ad set is not its campaign's: what the campaign's was then is not told.
    """
    aspect, subject = KINDS.get(str(row.get("event_type"))), str(row.get("object_id", ""))
    campaign = campaign_of.get(subject)
    if aspect is None or campaign is None:
        return None
    extra = _extra(row.get("extra_data"))
    before, after = (_changed(aspect, extra, side, account) for side in ("old_value", "new_value"))
    if aspect == "budget" and campaign != subject:
        before = after = None
    changed_at = datetime.fromisoformat(str(row["event_time"]))
    application = str(row.get("application_name", ""))
    through = "web" if application == "Ads Manager" else "api" if application else ""
    return PlatformChange(account.account_id, (campaign,), changed_at, aspect, before, after,
                          str(row.get("actor_name", "")), through)  # fmt: skip


def _extra(written: Any) -> Mapping[str, Any]:
    try:
        extra = json.loads(written) if isinstance(written, str) else written
    except ValueError:
        return {}
    return extra if isinstance(extra, Mapping) else {}


def _changed(aspect: str, extra: Mapping[str, Any], side: str, account: AdAccount) -> Any:
    value = extra.get(side)
    if isinstance(value, Mapping):  # some events wrap it once more
        value = value.get(side, value.get("value"))
    if aspect == "status":
        return STATUS.get(str(value), None if value is None else str(value).lower())
    if extra.get("type") == "roas" or not isinstance(value, int | float | str):
        return None
    try:
        return money(value, account.currency)
    except InvalidOperation:
        return None
