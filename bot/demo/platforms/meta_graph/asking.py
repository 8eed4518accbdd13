"""What an insights call asks for: its parameters, checked against the SDK's own lists.

Of action lists: the same sale under several names, and each by attribution window.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from facebook_business.adobjects.adsinsights import AdsInsights

from bot.demo.platforms.meta_graph.errors import GraphError, invalid
from bot.demo.platforms.meta_graph.objects import as_list, split_fields

Totals = dict[str, int]  # a measure's sum each; money in minor units
VIEWED = 8  # every so many-th result came after a view only
IN_PLACE = 12  # every so many-th sale was made on the platform itself
PIXEL_LEADS = 5  # every so many-th lead came from the website's pixel
GONE = ("7d_view", "28d_view")  # no longer reported since 2026-01-12


def actions(totals: Totals, windows: Sequence[str]) -> list[Json]:
    """The `actions` list; types that did not happen are left out."""
    counts = {
        "link_click": totals["clicks"],
        "landing_page_view": totals["landing_views"],
        "post_engagement": totals["engagements"],
        "page_engagement": totals["engagements"],
        "video_view": totals["video_views"],
        **_sold(totals["purchases"]),
        **_leads(totals["leads"]),
    }
    return [_action(name, count, windows) for name, count in counts.items() if count]


def values(totals: Totals, minor: int, windows: Sequence[str]) -> list[Json]:
    """The `action_values` list in currency units; each sale is worth the same here."""
    worth, sold = totals["value"], max(totals["purchases"], 1)
    amounts = {name: worth * count // sold for name, count in _sold(totals["purchases"]).items()}
    pixel, in_place = _SALES[2:]
    amounts[pixel] = worth - amounts[in_place]
    return [_action(name, amount, windows, minor) for name, amount in amounts.items() if amount]


_SALES = (
    "purchase", "omni_purchase", "offsite_conversion.fb_pixel_purchase", "onsite_web_purchase",
)  # fmt: skip


def _sold(count: int) -> dict[str, int]:
    return dict(zip(_SALES, (count, count, *_parts(count, IN_PLACE)), strict=True))


def _leads(count: int) -> dict[str, int]:
    forms, pixel = _parts(count, PIXEL_LEADS)
    return {
        "lead": count,
        "onsite_conversion.lead_grouped": forms,
        "offsite_conversion.fb_pixel_lead": pixel,
        "leadgen_grouped": forms,
    }


def _parts(count: int, interval: int) -> tuple[int, int]:
    return count - count // interval, count // interval


def _action(name: str, count: int, windows: Sequence[str], minor: int = 1) -> Json:
    """`value` is seven days after a click and one after a view; windows beside it as asked."""
    viewed = count // VIEWED
    clicked = count - viewed
    by_window = {
        "1d_click": clicked * 7 // 10, "7d_click": clicked, "28d_click": clicked + clicked // 10,
        "1d_view": viewed, "1d_ev": count // 20, "dda": count,
    }  # fmt: skip
    action = {"action_type": name, "value": text(count, minor)}
    for window in windows:
        if by_window.get(window):
            action[window] = text(by_window[window], minor)
    return action


def text(amount: int, minor: int = 1) -> str:
    """Numbers are text on the Graph API; money has the decimals it needs."""
    return str(amount) if minor == 1 else f"{amount / minor:.2f}"


Json = dict[str, Any]
MONTHS = 37
PARAMETERS = frozenset({
    "access_token", "appsecret_proof", "fields", "level", "time_range", "time_ranges",
    "date_preset", "time_increment", "breakdowns", "action_breakdowns", "filtering", "limit",
    "after", "before", "sort", "action_attribution_windows", "action_report_time", "summary",
    "default_summary", "use_unified_attribution_setting", "use_account_attribution_setting",
    "locale", "method", "pretty",
})  # fmt: skip
AXES = {
    "age": ("age", {}), "gender": ("gender", {}), "region": ("region", {}),
    "device_platform": (
        "device", {"mobile": "mobile_app", "desktop": "desktop", "tablet": "mobile_web"},
    ),
    "publisher_platform": (
        "placement",
        {"feed": "facebook", "stories": "instagram", "reels": "messenger",
         "network": "audience_network"},
    ),
}  # fmt: skip
POSITIONS = {"feed": "feed", "stories": "instagram_stories", "reels": "messenger_inbox",
             "network": "an_classic"}  # fmt: skip
"""Where on its platform a placement is; asked for beside the platform only."""
TOGETHER = (
    {"age", "gender"}, {"publisher_platform", "device_platform"},
    {"publisher_platform", "platform_position"},
)  # fmt: skip
PRESETS = {
    "today": (0, 0), "yesterday": (1, 1), "last_3d": (3, 1), "last_7d": (7, 1),
    "last_14d": (14, 1), "last_28d": (28, 1), "last_30d": (30, 1), "last_90d": (90, 1),
}  # fmt: skip
USUAL = "account_id,impressions,spend"


FILTERS = ("campaign.id", "campaign.effective_status", "adset.id", "ad.id", "impressions")
OPERATORS = ("IN", "EQUAL", "GREATER_THAN")


@dataclass(frozen=True)
class Asked:
    """What an insights call asks for, checked.

    Attributes:
        increment: Days a row; 0 for the whole range, -1 for calendar months.
        ids: Only campaigns, ad sets or ads with these ids (a node's own insights).
    """

    level: str
    fields: tuple[str, ...]
    since: date
    until: date
    increment: int
    breakdowns: tuple[str, ...]
    windows: tuple[str, ...]
    filters: tuple[Json, ...]
    ids: frozenset[str] = frozenset()


def members(kind: Any) -> frozenset[str]:
    """The values of one of the SDK's enums."""
    return frozenset(v for n, v in vars(kind).items() if not n.startswith("_"))


def ask(values: Mapping[str, str], today: date, level: str, ids: frozenset[str]) -> Asked:
    """Reads and checks the parameters.

    Args:
        values: Query string or form.
        today: The account's own day.
        level: The node's own level: what is meant where none is named.
        ids: The node, where it is no account.

    Raises:
        GraphError: A parameter, field, level, breakdown or window that is not known or no longer
            valid, or a time range that makes no sense.
    """
    for name in values:
        if name not in PARAMETERS:
            raise invalid(f"Unknown parameter {name} (this local server is strict).", name)
    level = _one_of(values, "level", AdsInsights.Level) or level
    fields = tuple(split_fields(values.get("fields", "") or USUAL))
    for field in fields:
        if field not in members(AdsInsights.Field):
            raise invalid(
                f"{field} is not valid for fields param. please check https://developers.facebook."
                "com/docs/marketing-api/reference/ads-insights/ for all valid values", "fields",
            )  # fmt: skip
    since, until = _range(values, today)
    _one_of(values, "action_report_time", AdsInsights.ActionReportTime)
    _several_of(values, "action_breakdowns", AdsInsights.ActionBreakdowns)
    return Asked(
        level, fields, since, until, _increment(values), _breakdowns(values), _windows(values),
        _filters(values), ids,
    )  # fmt: skip


def _one_of(values: Mapping[str, str], name: str, kind: Any) -> str:
    written = values.get(name, "")
    if written and written not in members(kind):
        raise invalid(f"Param {name} must be one of {sorted(members(kind))}.", name)
    return written


def _several_of(values: Mapping[str, str], name: str, kind: Any) -> tuple[str, ...]:
    chosen = tuple(as_list(values.get(name), name))
    for number, value in enumerate(chosen):
        if value not in members(kind):
            raise invalid(f"{name}[{number}] must be one of the following values: "
                          f"{', '.join(sorted(members(kind)))}", name)  # fmt: skip
    return chosen


def _windows(values: Mapping[str, str]) -> tuple[str, ...]:
    windows = _several_of(
        values, "action_attribution_windows", AdsInsights.ActionAttributionWindows
    )
    for window in windows:
        if window in GONE:
            raise invalid(f"The {window} attribution window is no longer supported.",
                          "action_attribution_windows")  # fmt: skip
    return windows


def _breakdowns(values: Mapping[str, str]) -> tuple[str, ...]:
    chosen = _several_of(values, "breakdowns", AdsInsights.Breakdowns)
    unknown = [name for name in chosen if name not in {*AXES, "platform_position"}]
    alone = chosen == ("platform_position",)
    if unknown or alone or not (len(chosen) <= 1 or set(chosen) in TOGETHER):
        raise invalid("Current combination of data breakdown columns (action_type, "
                      f"{', '.join(chosen)}) is invalid", "breakdowns")  # fmt: skip
    return chosen


def _increment(values: Mapping[str, str]) -> int:
    written = values.get("time_increment", "all_days")
    words = {"all_days": 0, "monthly": -1}
    if written in words:
        return words[written]
    if not written.isdecimal() or not 1 <= int(written) <= 90:
        raise invalid("time_increment must be 1 to 90, monthly or all_days.", "time_increment")
    return int(written)


def _range(values: Mapping[str, str], today: date) -> tuple[date, date]:
    if "time_ranges" in values:
        raise invalid("time_ranges cannot be had from this local server.", "time_ranges")
    if "time_range" not in values:
        return _preset(values, today)
    try:
        written = json.loads(values["time_range"])
        since, until = (date.fromisoformat(str(written[key])) for key in ("since", "until"))
    except (ValueError, KeyError, TypeError):
        raise invalid("Param time_range must have since and until as YYYY-MM-DD.",
                      "time_range") from None  # fmt: skip
    if since > until:
        raise invalid("time range start must not be after its end.", "time_range")
    if since < today - timedelta(days=MONTHS * 30.4):
        raise GraphError(3018, "(#3018) The start date of the time range cannot be beyond 37 "
                         "months from the current date")  # fmt: skip
    return since, until


def _preset(values: Mapping[str, str], today: date) -> tuple[date, date]:
    preset = _one_of(values, "date_preset", AdsInsights.DatePreset) or "last_30d"
    if preset not in PRESETS:
        raise invalid(f"date_preset {preset} cannot be had from this local server.", "date_preset")
    first_offset, last_offset = PRESETS[preset]
    return today - timedelta(days=first_offset), today - timedelta(days=last_offset)


def _filters(values: Mapping[str, str]) -> tuple[Json, ...]:
    filters = tuple(as_list(values.get("filtering"), "filtering"))
    for condition in filters:
        if not isinstance(condition, dict) or condition.keys() != {"field", "operator", "value"}:
            raise invalid("filtering needs field, operator and value.", "filtering")
        if condition["operator"] not in members(AdsInsights.Operator):
            raise invalid(f"Operator {condition['operator']} is not valid.", "filtering")
        if condition["field"] not in FILTERS or condition["operator"] not in OPERATORS:
            raise invalid(f"Filtering field {condition['field']} with operation "
                          f"{condition['operator']} is "
                          "not supported", "filtering")  # fmt: skip
    return filters
