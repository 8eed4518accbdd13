"""Asset groups of Performance Max, and the places ads of other kinds were shown at, in protos."""

from __future__ import annotations

import zlib
from typing import Any

from bot.demo.platforms.entities import Account, Campaign, Group
from bot.demo.platforms.google_ads.filling import STATUS, fill, name

ASSET_GROUPS = "pmax"
"""The kind of campaigns that have asset groups in the place of ad groups and ads."""
PLACED = ("display", "video")
"""The kinds whose places Google tells with what they cost."""
PLACES = {
    "feed": ("avisen.example", "avisen.example", "WEBSITE"),
    "stories": ("UCvandring0000000000000", "Vandring på film", "YOUTUBE_CHANNEL"),
    "reels": ("mobileapp::2-example.puzzle", "Mobile app: Puzzle (Google Play)",
              "MOBILE_APPLICATION"),
    "network": ("vaer.example", "vaer.example", "WEBSITE"),
}  # fmt: skip
"""Of each of the world's places: as Google writes it, its name and its type."""


def asset_group(row: Any, campaign: Campaign, part: Group) -> None:
    account = campaign.account
    fill(
        row.asset_group, resource_name=name(account, "assetGroups", part.group_id),
        id=int(part.group_id), name=part.name, status=STATUS[part.status],
        campaign=name(account, "campaigns", campaign.campaign_id), ad_strength="GOOD",
    )  # fmt: skip


def placement(row: Any, account: Account, part: Group, place: str) -> None:
    """Where an ad group was shown; of several pages of a site the site."""
    written, title, kind = PLACES[place]
    fill(
        row.group_placement_view, placement=written, display_name=title, placement_type=kind,
        target_url=written if kind == "WEBSITE" else None,
        resource_name=name(account, "groupPlacementViews", part.group_id,
                           str(zlib.crc32(written.encode()))),
    )  # fmt: skip
