"""Microsoft's report of what was changed: one line a campaign, in the campaign's own time zone."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bot.demo.platforms.entities import ACTIVE, REMOVED, Account, Change
from bot.demo.platforms.microsoft_reports import CLOCK, Job, span
from bot.demo.platforms.world import World

TOOLS = {"web": "Web client (manual)", "api": "API"}
PAUSING = {ACTIVE: "Not paused"}


def changes(world: World, job: Job) -> list[list[str]]:
    """The rows of such a report: budgets and statuses of campaigns, newest first."""
    account, columns = job.account, job.request["Columns"]
    since, until = span(job.request, world.today(account))
    zone = ZoneInfo(account.time_zone)
    return [
        [line.get(column, "") for column in columns]
        for change in world.history(account)
        if since <= change.when.astimezone(zone).date() <= until
        for line in _lines(world, account, change)
    ]


def _lines(world: World, account: Account, change: Change) -> Iterator[dict[str, str]]:
    attribute = _attribute(change)
    for campaign_id in change.campaign_ids if attribute else ():
        campaign = world.campaign(account, campaign_id)
        local = change.when.astimezone(ZoneInfo(account.time_zone))
        before, after = (_written(account, change, side) for side in (change.before, change.after))
        yield {
            "DateTime": f"{local:{CLOCK}}", "ChangedBy": change.by, "CampaignId": campaign_id,
            "CampaignName": campaign.name if campaign else "", "ItemChanged": "Campaign",
            "AttributeChanged": attribute, "HowChanged": "Changed", "OldValue": before,
            "NewValue": after, "Tool": TOOLS.get(change.through, "Other"),
        }  # fmt: skip


def _attribute(change: Change) -> str:
    if change.what == "status":
        return "Status" if change.after == REMOVED else "Pause status"
    return "Daily budget" if change.what == "budget" else ""  # targets are not documented


def _written(account: Account, change: Change, side: float | str | None) -> str:
    if change.what == "budget":
        return str(account.decimal(int(side or 0)))
    if change.after == REMOVED:
        return "Deleted" if side == REMOVED else "Active"
    return PAUSING.get(str(side), "Paused")
