"""Meta's action lists: the same sale under several names, and each by attribution window.

`purchase` and `omni_purchase` are all sales, of which `offsite_conversion.fb_pixel_purchase` and
`onsite_web_purchase` are parts: who adds them up counts every sale three times.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]
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
